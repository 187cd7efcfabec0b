"""What is read of a lesson in the dress of eight site generators, beside trafilatura as a referee; seconds a page.

    python benchmarks/web_pages.py

The pages are those of the tests (`tests/fixtures/pages`). The referee gets them as they are, with tables, links and
formatting asked for. Long pages repeat the lesson's sections under new ids.
"""

from __future__ import annotations

import os
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from ingest.readers import html
from tests.ingest.readers.pages import CODE, FRAME, SENTENCES, STYLES, page

TEX = r"w_{t+1} = w_t - \eta \nabla L(w_t)"
LOOKS = {
    "sentences": lambda text, language: sum(words in " ".join(text.split()) for words in SENTENCES) / len(SENTENCES),
    "code": lambda text, language: float(CODE in text),
    "language": lambda text, language: float(language),
    "formula": lambda text, language: float(TEX.replace(" ", "") in text.replace(" ", "")),
    "caption": lambda text, language: float("narrow valley" in text),
    "frame": lambda text, language: float(sum(words in text for words in FRAME)),
}


def ours(content: bytes) -> tuple[str, bool]:
    document = html.read(content, "page.html")
    return document.text, any(block.language == "python" for block in document.blocks)


def referee(content: bytes) -> tuple[str, bool]:
    import trafilatura

    text = trafilatura.extract(
        content.decode(), output_format="markdown", include_tables=True, include_links=True, include_formatting=True,
        include_images=True,
    )  # fmt: skip
    return text or "", "```python" in (text or "")


def repeated(content: bytes, times: int) -> bytes:
    """A page whose sections stand in it many times, ids kept apart."""
    source = content.decode()
    start = source.index(SENTENCES[0]) + len(SENTENCES[0])
    end = source.index(SENTENCES[3]) + len(SENTENCES[3])
    head, body, tail = source[:start], source[start:end], source[end:]
    if body.count("<section") != body.count("</section"):
        body += "</section>" * (body.count("<section") - body.count("</section"))
    copies = [re.sub(r'id="([^"]*)"', rf'id="\1-{n}"', body) for n in range(times)]
    return (head + "".join(copies) + tail).encode()


def seconds(read: Callable[[bytes], object], content: bytes, rounds: int = 5) -> float:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        read(content)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def main() -> None:
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'page':14}", *(f"{name:>16}" for name in LOOKS), "   (ours / referee; frame: words of it that are left)")
    totals = {name: [0.0, 0.0] for name in LOOKS}
    for style in STYLES:
        found = [read(page(style)) for read in (ours, referee)]
        shown = []
        for name, look in LOOKS.items():
            values = [look(*one) for one in found]
            for at, value in enumerate(values):
                totals[name][at] += value
            shown.append(f"{values[0]:.2f} / {values[1]:.2f}")
        print(f"{style:14}", *(f"{one:>16}" for one in shown))
    print(f"{'sum':14}", *(f"{f'{mine:.2f} / {theirs:.2f}':>16}" for mine, theirs in totals.values()))
    for style in ("sphinx", "mkdocs", "docusaurus"):
        content = repeated(page(style), 40)
        mine, theirs = seconds(ours, content), seconds(referee, content)
        print(
            f"{style}, {len(content) / 1e3:.0f} kB: {mine * 1e3:.0f} ms a page, {1e6 * mine / len(content):.2f} s/MB, "
            f"{theirs / mine:.1f}x as fast as the referee"
        )


if __name__ == "__main__":
    main()
