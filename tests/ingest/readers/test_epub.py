"""E-books are read in the order of their spine; what a shop locked or a zip file hides is refused."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.document import ReadDocument
from ingest.errors import EmptySource, IngestError, UnreadableSource
from ingest.readers import epub
from knowledge.model import Heading, SourceKind
from tests.ingest.decks import png

CONTAINER = (
    '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
PACKAGE = """<?xml version="1.0"?>
<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/" version="3.0">
<metadata><dc:title>Learning machines</dc:title></metadata>
<manifest>
<item id="two" href="text/two.xhtml" media-type="application/xhtml+xml"/>
<item id="one" href="text/one.xhtml" media-type="application/xhtml+xml"/>
<item id="plain" href="text/plain.xhtml" media-type="application/xhtml+xml"/>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="ad" href="text/ad.xhtml" media-type="application/xhtml+xml"/>
<item id="pic" href="images/a%20b.png" media-type="image/png"/>
</manifest>
<spine><itemref idref="nav"/><itemref idref="one"/><itemref idref="two"/><itemref idref="plain"/>
<itemref idref="ad" linear="no"/></spine></package>"""
NAV = (
    '<html xmlns="http://www.w3.org/1999/xhtml"><body><nav><ol><li>'
    '<a href="text/plain.xhtml">An afterword</a></li></ol></nav></body></html>'
)


def page(body: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml">'
        f"<head><title>x</title></head><body>{body}</body></html>"
    )


FILES: dict[str, str | bytes] = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": CONTAINER,
    "OEBPS/book.opf": PACKAGE,
    "OEBPS/nav.xhtml": NAV,
    "OEBPS/text/one.xhtml": page('<h1 id="c1">Gradients</h1><p>A gradient points uphill.</p>'),
    "OEBPS/text/two.xhtml": page(
        '<h1 id="c2">Attention</h1><h2 id="mask">Masks</h2><p>A causal mask hides the future.</p>'
        '<figure><img src="../images/a%20b.png" alt="A mask"/><figcaption>Figure 1: A mask.</figcaption></figure>'
        "<pre><code>import torch\nx = 1</code></pre>"
    ),
    "OEBPS/text/plain.xhtml": page("<p>That was all.</p>"),
    "OEBPS/text/ad.xhtml": page("<p>Buy more books.</p>"),
    "OEBPS/images/a b.png": png(),
}


def packed(files: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for path, body in files.items():
            made.writestr(path, body)
    return out.getvalue()


def read() -> ReadDocument:
    return epub.read(packed(FILES), "books/02_learning.epub")


def test_chapters_come_in_the_order_of_the_spine() -> None:
    book = read()
    assert (book.title, book.kind) == ("Learning machines", SourceKind.EPUB)
    places = [book.text.index(words) for words in ("points uphill", "causal mask", "import torch", "That was all")]
    assert places == sorted(places)
    assert "Buy more" not in book.text


def test_a_sentence_comes_back_with_its_chapter_and_anchor() -> None:
    book = read()
    at = book.text.index("A causal mask")
    block = next(block for block in book.blocks if block.start <= at < block.end)
    assert block.locator == Heading(("Learning machines", "Attention", "Masks"), "OEBPS/text/two.xhtml#mask")
    assert block.heading_path == ("Learning machines", "Attention", "Masks")


def test_a_chapter_without_heading_is_named_by_the_contents() -> None:
    assert read().blocks[-1].heading_path == ("Learning machines", "An afterword")


def test_figures_bring_their_picture() -> None:
    (figure,) = read().figures
    assert (figure.caption, figure.alt) == ("Figure 1: A mask.", "A mask")
    assert (figure.image, figure.media_type) == (png(), "image/png")


def encryption(algorithm: str, path: str) -> str:
    return (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:e="http://www.w3.org/2001/04/xmlenc#">'
        f'<e:EncryptedData><e:EncryptionMethod Algorithm="{algorithm}"/><e:CipherData><e:CipherReference URI="{path}"/>'
        "</e:CipherData></e:EncryptedData></encryption>"
    )


def test_a_locked_book_is_refused_and_a_masked_font_is_none() -> None:
    lock = encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc", "OEBPS/text/one.xhtml")
    with pytest.raises(UnreadableSource, match=r"1 of its 3 chapters are encrypted.*DRM"):
        epub.read(packed(FILES | {"META-INF/encryption.xml": lock}), "a.epub")
    mask = encryption("http://www.idpf.org/2008/embedding", "OEBPS/text/one.xhtml")
    assert "uphill" in epub.read(packed(FILES | {"META-INF/encryption.xml": mask}), "a.epub").text


def test_a_broken_package_is_refused_and_a_broken_chapter_noted() -> None:
    for path, body in (
        ("META-INF/container.xml", "<container/>"),
        ("OEBPS/book.opf", "<package>"),
        ("OEBPS/book.opf", PACKAGE.replace("itemref", "nothing")),
        ("OEBPS/book.opf", '<!DOCTYPE a [<!ENTITY b "c">]><package>&b;</package>'),
    ):
        with pytest.raises(UnreadableSource, match=r"a\.epub"):
            epub.read(packed(FILES | {path: body}), "a.epub")
    with pytest.raises(UnreadableSource, match="no e-book"):
        epub.read(packed({"a.txt": "x"}), "a.epub")
    book = epub.read(packed(FILES | {"OEBPS/text/one.xhtml": bytes(range(1, 9)) * 400}), "a.epub")
    assert "OEBPS/text/one.xhtml" in book.notes[0]
    assert "causal mask" in book.text


def test_a_book_without_words_is_refused() -> None:
    empty: dict[str, str | bytes] = {path: page("") for path in FILES if path.startswith("OEBPS/text/")}
    with pytest.raises(EmptySource):
        epub.read(packed(FILES | empty | {"OEBPS/nav.xhtml": "<html/>"}), "a.epub")


WHOLE = packed(FILES)


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=40))
def test_any_damage_is_read_or_refused(at: int, noise: bytes) -> None:
    content = bytearray(WHOLE)
    start = at * len(content) // 10_000
    content[start : start + len(noise)] = noise
    try:
        book = epub.read(bytes(content), "a.epub")
    except IngestError:
        return
    assert book.blocks
