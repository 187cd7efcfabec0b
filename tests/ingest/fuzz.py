"""Random damage to valid course files, and what reading one may come to; for tests and `benchmarks/fuzzing.py`."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from ingest.chunking import split
from ingest.errors import IngestError
from ingest.extraction import extract
from ingest.facts import DocumentFacts
from ingest.readers import reader_for
from knowledge.model import SourceDocument
from tests.fakes import RegexTokenizer
from tests.ingest.hostile_packages import archive, docx
from tests.ingest.pdfs import pdf

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
_TOKENS = [
    mark.encode()
    for mark in "` ``` $ $$ \\[ \\] \\begin{a} \\end{a} | |-|-| [ ] ]( ![ ( ) * ** _ # ## > - 1. < </ <!-- --> <div> "
    "<script> {% %} {{ }} --- +++ === ~~~ ::: & &lt; @ https:// \u202e \u0301 \ufeff 👩‍🔬 注 \u2028 --> WEBVTT "
    "00:00:01,000 -1 99999999999 1e999 null true {} [] \" ' \\ \\u0000 \\ud800 stream endobj << >> /Kids 0 R".split(" ")
] + [b"\n", b"\r\n", b"\0", b"\t", b"    ", b"\n\n", b"\xff", b"\xc3", b"\xed\xa0\x80", b"PK\x03\x04", b"\n> " * 8]
_LONGEST = 20_000
"""Bytes of an input: mistakes show in small ones, and ten thousand of them have to be read."""


@cache
def seeds(suffix: str) -> tuple[bytes, ...]:
    """Return valid files of a format; none for a format that only another's name is given to."""
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Attention\n", "\n", "It is $\\sum_i w_i v_i$."]},
        {"cell_type": "code", "metadata": {}, "execution_count": 1, "source": "import torch\nx = torch.ones(3)  # 3",
         "outputs": [{"output_type": "stream", "name": "stdout", "text": ["tensor([1., 1., 1.])\n"]},
                     {"output_type": "execute_result", "data": {"text/plain": "3"}, "metadata": {}}]},
    ]  # fmt: skip
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"language": "python"}}, "cells": cells}
    markdown = [path.read_bytes() for path in sorted(FIXTURES.glob("*.md*"))]
    srt = (FIXTURES / "hf-llm-course-carbon-footprint.srt").read_bytes()
    html = "<html><head><title>A</title></head><body><article><h1 id='a'>A</h1><p>Text, \\(x^2\\), <code>y</code>.</p>"
    html += (
        "<pre><code class='language-python'>x = 1</code></pre><ul><li>one</li></ul><table><tr><td>1</td></tr></table>"
    )
    marks = [("One", 0), ("Two", 1)]
    made: dict[str, tuple[bytes, ...]] = {
        ".md": tuple(markdown),
        ".mdx": tuple(markdown),
        ".txt": (srt, *markdown),
        ".srt": (srt,),
        ".vtt": (b"WEBVTT\n\n" + srt.replace(b",", b"."),),
        ".ipynb": (json.dumps(notebook).encode(), json.dumps(notebook, indent=1).encode()),
        ".pdf": (pdf([["Descent follows", "the slope."], ["A step."]], title="Descent", bookmarks=marks),),
        ".html": (f"{html}</article></body></html>".encode(),),
        ".docx": (docx("<w:p><w:r><w:t>Text of a document.</w:t></w:r></w:p>" * 3),),
        ".pptx": tuple(_slides()),
        ".epub": (_book(),),
    }
    return made.get(suffix, ())


def _slides() -> list[bytes]:
    import pptx

    show = pptx.Presentation()
    for title in ("Attention", "Softmax"):
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = f"{title} is a weighted sum.\nIt adds up to one."
        slide.notes_slide.notes_text_frame.text = "Say it slowly."
    stream = io.BytesIO()
    show.save(stream)
    return [stream.getvalue()]


def _book() -> bytes:
    container = (
        '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<rootfiles><rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    package = (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>A book</dc:title></metadata><manifest>'
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>'
    )
    page = (
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>A</title></head><body><h1>A</h1>'
        "<p>Attention is a weighted sum of values.</p><pre><code>x = 1</code></pre></body></html>"
    )
    parts = {"META-INF/container.xml": container, "book.opf": package, "a.xhtml": page}
    return archive({"mimetype": "application/epub+zip", **parts})


def mutated(sources: Sequence[bytes], rng: random.Random) -> bytes:
    """Return one of the files, damaged in a few places; of an archive mostly a part inside it."""
    content = rng.choice(sources)
    if content.startswith(b"PK") and rng.random() < 0.9:
        return _repacked(content, rng)
    if len(content) > _LONGEST and not content.startswith(b"PK"):
        start = rng.randrange(len(content) - _LONGEST)
        content = content[start : start + _LONGEST]
    return _damaged(content, rng)


def _damaged(content: bytes, rng: random.Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        at = rng.randrange(len(damaged) + 1)
        span = rng.choice((1, 4, 40, 400))
        match rng.randrange(7):
            case 0:
                del damaged[at:]
            case 1:
                del damaged[at : at + span]
            case 2:
                damaged[at:at] = rng.choice(_TOKENS) * rng.choice((1, 1, 2, 50, 1_000))
            case 3:
                damaged[at:at] = damaged[at : at + span] * rng.choice((1, 3, 30))
            case 4:
                damaged[at : at + 4] = rng.randbytes(4)
            case 5:
                other = rng.randrange(len(damaged) + 1)
                damaged[at:at] = damaged[other : other + span]
            case _:
                damaged[at : at + 1] = rng.choice(_TOKENS)
        del damaged[4 * _LONGEST :]
    return bytes(damaged)


def _repacked(content: bytes, rng: random.Random) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        names = old.namelist()
        struck = set(rng.sample(names, min(len(names), rng.choice((1, 1, 3)))))
        for name in names:
            part = old.read(name)
            if name in struck and rng.random() < 0.1:
                continue
            new.writestr(name, _damaged(part, rng) if name in struck else part)
    return stream.getvalue()


def outcome_of(content: bytes, name: str) -> bool:
    """Return whether the content was taken; it may also fail with a reason and a remedy. Anything else raises."""
    reader = reader_for(name)
    assert reader is not None
    try:
        read = reader(content, name)
    except IngestError as error:
        if not (error.reason and error.remedy):
            raise AssertionError("a failure without a reason and a remedy") from error
        return False
    document = SourceDocument("id", "course", name, f"/{name}", read.title, read.kind, read.text, "hash", 0)
    chunks = split(document, read.blocks, RegexTokenizer())
    assert all(document.text[chunk.start : chunk.end] == chunk.text for chunk in chunks)
    assert all(chunk.tokens <= 254 for chunk in chunks)
    assert [chunk.start for chunk in chunks] == sorted(chunk.start for chunk in chunks)
    document.text.encode()  # no lone surrogate: it could not be stored
    facts = extract(document, chunks)
    assert DocumentFacts.from_json(facts.to_json()) == facts
    return True
