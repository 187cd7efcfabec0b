"""Hostile slides, documents and books: zip archives with XML inside, made part by part."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping

MB = 1_000_000
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {two} "{f"&{one};" * 10}">' for one, two in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
"""A billion laughs: eight entities of ten of the one before."""
OUTSIDE = '<!DOCTYPE l [<!ENTITY i SYSTEM "file:///etc/passwd">]>'

Package = tuple[str, Callable[[], bytes], str]


def packages() -> Iterator[Package]:
    """Yield name, content and the reason it fails with (see `hostile`)."""
    for suffix in ("docx", "pptx", "epub"):
        whole = docx(f"<w:p><w:r><w:t>A {suffix}.</w:t></w:r></w:p>")
        yield f"empty.{suffix}", lambda: b"", "empty"
        yield f"text.{suffix}", lambda s=suffix: f"Only text, no {s}.".encode(), "."
        yield f"truncated.{suffix}", lambda w=whole, s=suffix: w[: len(w) // 2 + ord(s[0])], "."
        yield f"no-parts.{suffix}", lambda s=suffix: archive({"readme.txt": f"no {s}"}), "."
        yield (
            f"other-kind.{suffix}",
            lambda s=suffix: archive({"[Content_Types].xml": f"<Types><!-- {s} --></Types>"}),
            ".",
        )
        yield f"bomb.{suffix}", lambda s=suffix: _bomb(s), "."
        yield f"many-parts.{suffix}", lambda s=suffix: _many_parts(s), "*"
        yield f"laughs.{suffix}", lambda s=suffix: _main_part(s, f"{_HEAD}{LAUGHS}<l>&i;</l>"), "."
        yield f"outside.{suffix}", lambda s=suffix: _main_part(s, f"{_HEAD}{OUTSIDE}<l>&i;</l>"), "."
        yield f"deep.{suffix}", lambda s=suffix: _main_part(s, _HEAD + "<a>" * 200_000), "."
        yield f"not-xml.{suffix}", lambda s=suffix: _main_part(s, "\0\1\2 <<<<"), "."
        yield f"traversal.{suffix}", lambda w=whole: _with(w, {"../../../tmp/erica-was-here": "x"}), "*"
        yield f"tail.{suffix}", lambda w=whole: w + b"\0" * 70_000, "*"
    yield "empty-paragraphs.docx", lambda: docx("<w:p/>" * 20_000), "no text|nothing|empty"
    yield "deep-tables.docx", lambda: docx(_nested("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", 300)), "*"
    yield "long-run.docx", lambda: docx(f"<w:p><w:r><w:t>{'word ' * 400_000}</w:t></w:r></w:p>"), ""
    yield "right-to-left.docx", lambda: docx("<w:p><w:r><w:rtl/><w:t>الانتباه 👩‍🔬 يقيس</w:t></w:r></w:p>"), ""


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a zip archive of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return stream.getvalue()


def _with(whole: bytes, more: Mapping[str, str]) -> bytes:
    stream = io.BytesIO(whole)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as made:
        for name, content in more.items():
            made.writestr(name, content)
    return stream.getvalue()


def docx(body: str) -> bytes:
    """Return the smallest Word document around this body."""
    return archive(
        {
            **_frame("word/document.xml", _WORD_TYPE),
            "word/document.xml": f'{_HEAD}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>',
        }
    )


def _frame(main: str, kind: str) -> dict[str, str]:
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{main}" ContentType="{kind}"/></Types>',
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="{main}"/></Relationships>',
    }


_MAIN = {
    "docx": ("word/document.xml", _WORD_TYPE),
    "pptx": (
        "ppt/presentation.xml",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
    ),
}


def _main_part(suffix: str, xml: str | bytes) -> bytes:
    """Return a package whose main part is this."""
    if suffix == "epub":
        container = (
            '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="../book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
        )
        return archive({"mimetype": "application/epub+zip", "META-INF/container.xml": container, "book.opf": xml})
    main, kind = _MAIN[suffix]
    return archive({**_frame(main, kind), main: xml})


def _bomb(suffix: str) -> bytes:
    """Return a package whose main part is 300 MB of spaces, in 300 kB."""
    return _main_part(suffix, b" " * (300 * MB))


def _many_parts(suffix: str) -> bytes:
    frame = _frame(*_MAIN.get(suffix, _MAIN["docx"]))
    return archive({**frame, **{f"media/{number}.png": "x" for number in range(20_000)}})


def _nested(opening: str, closing: str, depth: int) -> str:
    return opening * depth + "<w:p><w:r><w:t>inside</w:t></w:r></w:p>" + closing * depth
