"""Files that nobody should have to read: broken, mislabelled, endless, deep or made to blow up. Made here, never kept.

Each says what has to come of it: taken, failed with a reason that a person understands, or either of the two where the
format leaves it open. None may crash an ingest, hang it, or take another file down with it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.ingest.hostile_packages import packages
from tests.ingest.pdfs import pdf

TAKEN = ""
EITHER = "*"
MB = 1_000_000


@dataclass(frozen=True)
class Hostile:
    """A file: its name, how it is made, and the reason (a pattern) it has to fail with, `TAKEN` or `EITHER`."""

    name: str
    make: Callable[[], bytes]
    reason: str = TAKEN


def all_hostile() -> list[Hostile]:
    """Return every hostile file; no two have the same name."""
    made = [*_encodings(), *_markdown(), *_deep_markdown(), *_notebooks(), *_transcripts(), *_pdfs(), *_html()]
    made += [Hostile(name, make, reason) for name, make, reason in packages()]
    return made


def _text(name: str, text: str | Callable[[], str], reason: str = TAKEN) -> Hostile:
    return Hostile(name, lambda: (text if isinstance(text, str) else text()).encode("utf-8", "surrogatepass"), reason)


PROSE = "Gradient descent is a method that follows the slope of a loss. "


def _encodings() -> Iterator[Hostile]:
    for number, suffix in enumerate(("md", "txt", "srt")):  # no two files have the same bytes: one would stand for both
        body = f"{PROSE} {suffix}" if suffix != "srt" else f"1\n00:00:01,000 --> 00:00:02,000\n{PROSE}\n"
        yield Hostile(f"empty.{suffix}", lambda: b"", "empty")
        yield Hostile(f"white-space.{suffix}", lambda n=number: b" \t\r\n\n" * (50 + n), "no text")
        yield Hostile(
            f"png.{suffix}",
            lambda n=number: b"\x89PNG\r\n\x1a\n" + random.Random(n).randbytes(4_000),
            "binary|not valid",
        )
        yield Hostile(f"nuls.{suffix}", lambda b=body: b.encode() + b"\0" * 4_000, "binary")
        yield Hostile(f"crlf-and-mark.{suffix}", lambda b=body: b"\xef\xbb\xbf" + b.replace("\n", "\r\n").encode())
        yield Hostile(f"utf-16.{suffix}", lambda b=body: b.encode("utf-16"))
        yield Hostile(f"utf-16-cut.{suffix}", lambda b=body: b.encode("utf-16")[:-1], "not valid UTF-16")
        yield Hostile(f"surrogates.{suffix}", lambda b=body: b.encode() + b"\xed\xa0\x80" * 40, "not valid UTF-8")
    yield _text("one-nul.md", "# A\n\nA word\0 with a NUL in it.\n")
    yield _text(
        "right-to-left.md", "# الانتباه\n\n" + "\u202eيقيس الانتباه مدى توافق المفاتيح مع الاستعلام.\u202c " * 300
    )
    yield _text("emoji.md", "# 👩‍🔬\n\n" + "👩‍🔬🧑🏽‍🚀" * 20_000)
    yield _text("combining.md", "# Zalgo\n\ne" + "\u0301\u0327" * 40_000)
    yield _text("controls.txt", "A line with \x1b[31mescape\x1b[0m codes and \x07 a bell, " * 2)
    yield _text("one-letter-line.txt", lambda: "a" * (10 * MB))
    yield _text("one-line.md", lambda: PROSE * (2 * MB // len(PROSE)))
    yield _text("separators.txt", "a\u2028b\u2029c\x0ce\x85f" * 5_000)
    yield _text("blank-lines.md", "# A\n" + "\n" * 500_000 + "End.")


def _markdown() -> Iterator[Hostile]:
    """Yield runs of marks: what backtracks in one of them is quadratic at best."""
    runs = {
        "backticks": "`", "dollars": "$", "pipes": "|", "brackets": "[", "closing-brackets": "]", "parentheses": "(",
        "stars": "*", "underscores": "_", "angles": "<", "braces": "{", "ampersands": "&", "backslashes": "\\",
        "tildes": "~", "hashes": "#", "quotes": ">", "images": "![", "links": "[a](", "tags": "<a ", "comments": "<!--",
        "attributes": '<a b="', "formulas": "\\[", "spans": "$x ", "bold": "**a ", "weak": "_a ", "template": "{% ",
        "shortcodes": "{{< ", "environments": "\\begin{x} ", "footnotes": "[^1] ", "ticked": "`a ``b ", "dots": "a.b@",
        "urls": "https://", "entities": "&lt;", "parenthesised": "A (B ", "capitals": "A B ", "is-a": "is a ",
        "stops": ". ", "colons": "a: ", "wiki": "[[a",
        "hyphens": "-", "hyphened": "a-", "commas": "a, ", "short": "e.g. ", "spaces": " a" + 40 * " ",
    }  # fmt: skip
    for name, mark in runs.items():
        reason = EITHER if mark in ("#", ">", "<!--", "<a ", '<a b="', "{% ", "{{< ", "*", "_", "|") else TAKEN
        yield _text(f"run-of-{name}.md", f"# {name}\n\nText.\n\n" + mark * (100_000 // len(mark)), reason)
        yield _text(f"lines-of-{name}.mdx", f"# {name}\n\nText.\n\n" + f"{mark}\n" * (40_000 // len(mark)), reason)


def _deep_markdown() -> Iterator[Hostile]:
    yield _text("deep-list.md", "# A\n\n" + "".join(f"{'  ' * depth}- item {depth}\n" for depth in range(400)))
    yield _text("deep-quote.md", "# A\n\n" + ">" * 5_000 + " quoted\n")
    yield _text("deep-mixture.md", "# A\n\n" + "> - " * 1_000 + "quoted\n")
    yield _text("deep-tags.mdx", "# A\n\n" + "<div>" * 20_000 + "inside" + "</div>" * 20_000)
    yield _text("long-attribute.mdx", f"# A\n\nText.\n\n<img {'-' * 19_000} alt='a b'>\n")
    yield _text("deep-callouts.md", "# A\n\n" + "".join(f"{':' * (900 - n)} note\n" for n in range(800)) + "inside\n")
    yield _text("same-headings.md", "".join(f"# Same\n\nText {n}.\n\n" for n in range(3_000)))
    yield _text("long-heading.md", f"# {'word ' * 20_000}\n\nText.\n")
    yield _text("wide-table.md", "# A\n\n" + "|" + "a|" * 5_000 + "\n|" + "-|" * 5_000 + "\n|" + "b|" * 5_000 + "\n")
    yield _text("long-table.md", "# A\n\n| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 20_000)
    yield _text("huge-cell.md", "# A\n\n| a | b |\n|---|---|\n| " + "word " * 200_000 + "| 2 |\n")
    yield _text("definitions.md", "# A\n\nText.\n\n" + "".join(f"[a{n}]: http://b/{n}\n" for n in range(8_000)))
    yield _text("setext.md", "# A\n\n" + "a\n=\n" * 10_000)
    yield _text("unclosed-fence.md", "# A\n\nText.\n\n```python\n" + "print(1)\n" * 20_000)
    yield _text("fences.md", "# A\n\nText.\n\n" + "```\n````\n" * 8_000)
    yield _text("cyclic-front.md", "---\na: &a [*a]\ntitle: &t {t: *t}\n---\n# A\n\nText.\n")
    yield _text("laughing-front.md", "---\na: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{two}: &{two} [{','.join([f'*{one}'] * 9)}]\n" for one, two in zip("abcdefgh", "bcdefghi", strict=True)
    ) + "title: *i\n---\n# A\n\nText.\n")  # fmt: skip
    yield _text("deep-front.md", "---\na: " + "[" * 5_000 + "\n---\n# A\n\nText.\n")
    yield _text("deep-toml.md", "+++\na = " + "[" * 5_000 + "\n+++\n# A\n\nText.\n")
    yield _text("number-front.md", f"---\ntitle: {'9' * 6_000}\ndate: 2024-99-99\n---\n# A\n\nText.\n")
    yield _text("number-toml.md", f"+++\ntitle = {'9' * 6_000}\n+++\n# A\n\nText.\n")


def _notebooks() -> Iterator[Hostile]:
    def notebook(*cells: object, version: object = 4, **more: object) -> str:
        return json.dumps({"nbformat": version, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **more})

    text = {"cell_type": "markdown", "metadata": {}, "source": "# A\n\nText."}
    code = {"cell_type": "code", "metadata": {}, "source": "x = 1", "outputs": [], "execution_count": None}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}}
    sheet = {"worksheets": [{"cells": [{"cell_type": "markdown", "metadata": {}, "source": ["# Old\n", "Text."]}]}]}
    yield _text("truncated.ipynb", notebook(text, code)[:-30], "not valid JSON at line 1")
    yield _text("markdown.ipynb", "# A\n\nText.\n", "not valid JSON")
    yield _text("list.ipynb", "[1, 2]", "no notebook")
    yield _text("number.ipynb", "1" * 6_000, "no notebook|not valid JSON|number")
    yield _text(
        "long-number.ipynb", notebook(text).replace('"metadata": {}', '"metadata": ' + "9" * 6_000, 1), "number|JSON"
    )
    yield _text("deep.ipynb", "[" * 200_000, "nested too deeply|not valid JSON")
    yield _text(
        "deep-cell.ipynb", notebook(text)[:-2] + ', "a": ' + '{"a":' * 50_000, "nested too deeply|not valid JSON"
    )
    yield _text("version-3.ipynb", json.dumps({**old, **sheet}))
    yield _text(
        "version-3-wrong.ipynb",
        json.dumps({**old, "worksheets": [3]}),
        "cannot be brought to format 4|no list of cells",
    )
    yield _text("version-1.ipynb", notebook(text, version=1), EITHER)
    yield _text("version-0.ipynb", notebook(text, version=-3), EITHER)
    yield _text("version-999.ipynb", notebook(text, version=999), EITHER)
    yield _text("version-true.ipynb", notebook(text, version=True), EITHER)
    yield _text("no-cells.ipynb", '{"nbformat": 4, "cells": {}}', "no list of cells")
    yield _text("empty-cells.ipynb", notebook({**text, "source": ""}), "no text|no cell|nothing|empty")
    wrong = [None, 3, [], {}, {"cell_type": 4}, {"cell_type": "code", "source": 7}, {**code, "outputs": {"a": 1}}]
    wrong += [{**text, "source": {"a": 1}}, {**code, "outputs": [3]}, {**code, "outputs": [{"output_type": "stream"}]}]
    wrong += [{**code, "outputs": [{"output_type": "display_data", "data": [1]}]}, {**code, "source": [1, None]}]
    yield _text("wrong-types.ipynb", notebook(text, *wrong))
    yield _text("wrong-metadata.ipynb", notebook(text, metadata=[{"kernelspec": 1}]))
    yield _text("not-a-number.ipynb", notebook(text, extra=[float("nan"), float("inf")]))
    yield _text("escaped-surrogates.ipynb", notebook({**text, "source": "# A\ud800\n\nText \udfff\x00."}))
    stream = {"output_type": "stream", "name": "stdout", "text": "epoch 1 loss 2.3\r" * 300_000}
    yield _text("endless-output.ipynb", lambda: notebook(text, {**code, "outputs": [stream]}))
    picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * 3 * MB, "text/plain": "<F>"}}
    yield _text("picture.ipynb", lambda: notebook(text, {**code, "outputs": [picture]}))
    traversal = {**text, "attachments": {"../../../etc/passwd": {"image/png": "AAAA"}}}
    yield _text(
        "traversal.ipynb", notebook({**traversal, "source": "# A\n\nText ![x](attachment:../../../etc/passwd)"})
    )
    yield _text("escapes.ipynb", notebook(text, {**code, "outputs": [{**stream, "text": "\x1b[0;31m" * 50_000 + "a"}]}))
    yield _text("thousands.ipynb", lambda: notebook(*[text, code] * 3_000))


def _transcripts() -> Iterator[Hostile]:
    def cue(start: str, end: str, text: str, number: int = 1) -> str:
        return f"{number}\n{start} --> {end}\n{text}\n\n"

    words = PROSE.strip()
    yield _text(
        "backwards.srt", cue("00:00:09,000", "00:00:01,000", words) + cue("00:00:05,000", "00:00:02,000", words)
    )
    yield _text("same-time.srt", cue("00:00:01,000", "00:00:01,000", words) * 500)
    yield _text("far-future.srt", cue("99999999:59:59,999", "999999999:59:59,999", words), EITHER)
    yield _text("wrong-minutes.srt", cue("00:99:99,999", "00:99:99,999", words), EITHER)
    yield _text("no-times.srt", f"{words}\n" * 20, "SubRip form")
    yield _text("truncated.srt", cue("00:00:01,000", "00:00:02,000", words) + "2\n00:00:03,0")
    yield _text("cut-in-time.srt", "1\n00:00:01", "SubRip form|no text|no words|nothing")
    yield _text("sounds.srt", cue("00:00:01,000", "00:00:02,000", "[MUSIC]"), "no text|no words|nothing|empty")
    yield _text("tags.srt", cue("00:00:01,000", "00:00:02,000", f"{words} " + "<" * 20_000 + "{\\" * 20_000))
    yield _text("many.srt", lambda: "".join(cue(f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02},000", f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02},900", words, n) for n in range(8_000)))  # fmt: skip  # noqa: E501 - one expression
    yield _text("one-cue.srt", lambda: cue("00:00:01,000", "00:00:02,000", words * 20_000))
    yield _text(
        "hyphens.srt", cue("00:00:01,000", "00:00:02,000", f"If you are u{'-' * 500}sing energy. Then coal is bad.")
    )
    yield _text("shouting.srt", cue("00:00:01,000", "00:00:02,000", "A'" * 2_000))
    yield _text("speakers.srt", cue("00:00:01,000", "00:00:02,000", "A. B. C. D" * 5_000 + ">> " * 9_000))
    yield _text("header.vtt", "WEBVTT\n", "no text|no words|nothing|empty|WebVTT")
    yield _text("no-header.vtt", "00:01.000 --> 00:02.000\n" + words, EITHER)
    yield _text(
        "settings.vtt", f"WEBVTT\n\n00:01.000 --> 00:02.000 line:-1% position:{'9' * 5_000}% a:b\n{words}\n", EITHER
    )
    yield _text(
        "notes.vtt", "WEBVTT\n\n" + "NOTE\n" * 9_000 + f"\nSTYLE\n::cue{{}}\n\n00:01.000 --> 00:02.000\n{words}\n"
    )
    yield _text("backwards.vtt", f"WEBVTT\n\n00:09.000 --> 00:02.000\n{words}\n\n00:01.000 --> 00:02.000\n{words}\n")
    yield _text("srt-in-vtt.vtt", cue("00:00:01,000", "00:00:02,000", words))
    yield _text("arrows.vtt", "WEBVTT\n\n" + "-->" * 30_000, EITHER)


def _pdfs() -> Iterator[Hostile]:
    good = pdf([["Gradient descent follows the slope.", "It needs a step size."]], title="Descent")
    damaged = "damaged or no PDF|text layer|no page"
    yield Hostile("truncated.pdf", lambda: good[: len(good) // 2], EITHER)
    yield Hostile("header.pdf", lambda: b"%PDF-1.7\n", damaged)
    yield Hostile("noise.pdf", lambda: b"%PDF-1.7\n" + random.Random(2).randbytes(50_000), damaged)
    yield _text("page.pdf", "<html><body>Not found</body></html>", damaged)
    yield Hostile("no-pages.pdf", lambda: pdf([]), damaged)
    yield Hostile("pictures.pdf", lambda: pdf([[], [], []]), "text layer")
    yield Hostile("loop.pdf", lambda: good.replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]"), EITHER)
    yield Hostile("count.pdf", lambda: good.replace(b"/Count 1 ", b"/Count 999999999 "), EITHER)
    yield Hostile("media-box.pdf", lambda: good.replace(b"[0 0 612 792]", b"[0 0 9e9 9e9]"), EITHER)
    yield Hostile("no-object.pdf", lambda: good.replace(b"/Contents 4 0 R", b"/Contents 99 0 R"), EITHER)
    yield Hostile("deep.pdf", lambda: good.replace(b"/Title (Descent)", b"/Title " + b"[" * 60_000), EITHER)
    yield Hostile("bomb.pdf", lambda: _flate_bomb(good), EITHER)
    many = [[f"Line {n} about descent."] for n in range(1_500)]
    yield Hostile("many-pages.pdf", lambda: pdf(many, bookmarks=[(f"Part {n}", n) for n in range(1_500)]))
    yield Hostile("tail.pdf", lambda: good + b"\0" * MB, EITHER)


def _flate_bomb(good: bytes) -> bytes:
    """Return a PDF whose page is 200 MB of spaces, in 200 kB."""
    import zlib

    squeezed = zlib.compress(b" " * (200 * MB), 9)
    stream = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(squeezed), squeezed)
    start = good.index(b"4 0 obj\n") + len(b"4 0 obj\n")
    return good[:start] + stream + good[good.index(b"\nendobj", start) :]


def _html() -> Iterator[Hostile]:
    page = "<html><head><title>A</title></head><body><article><h1>A</h1><p>{}</p></article></body></html>"
    words = PROSE * 5
    yield _text("deep.html", page.format("<div>" * 50_000 + words), EITHER)
    yield _text("deep-lists.html", page.format("<ul><li>" * 5_000 + words), EITHER)
    yield _text("unclosed.html", page.format(words)[:-40] + "<p" * 20_000, EITHER)
    yield _text("scripts.html", page.format(words + "<script>alert(1)</script>" * 5_000))
    yield _text(
        "only-script.html", "<html><body><script>document.write('x')</script></body></html>", "no text|nothing|empty"
    )
    yield _text("nuls.html", page.format(words + "\0" * 9), EITHER)
    yield _text("attributes.html", page.format("<a " + "b='c' " * 50_000 + ">x</a>" + words), EITHER)
    yield _text("charset.html", '<meta charset="utf-7">' + page.format(words), EITHER)
    yield _text("huge-cell.html", page.format("<table><tr><td>" + "word " * 100_000 + "</td></tr></table>"), EITHER)
    yield _text("wide.html", page.format("<table><tr>" + "<td>a</td>" * 20_000 + "</tr></table>" + words), EITHER)
    yield _text("entities.html", page.format("&amp;" * 100_000 + words), EITHER)
    yield _text(
        "entity-bomb.html", '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]>' + page.format("&d;" + words), EITHER
    )
    yield _text("formulas.html", page.format("$$" * 20_000 + "\\(" * 20_000 + words), EITHER)
    yield _text("picture.html", page.format(f'<img src="data:image/png;base64,{"A" * MB}">' + words), EITHER)
    yield Hostile("noise.html", lambda: random.Random(3).randbytes(50_000), EITHER)
    yield _text("pdf.html", "%PDF-1.4\n%\n1 0 obj\n<<>>\nendobj\n", EITHER)
