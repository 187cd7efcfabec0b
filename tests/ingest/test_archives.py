"""Archives past a limit, with names that lead out, or that lie about themselves are refused before they cost."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile

import pytest

from ingest import archives
from ingest.archives import open_archive
from ingest.errors import IngestError, TooLarge, UnreadableSource

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><a>&lol2;</a>"""


def packed(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for path, body in entries.items():
            made.writestr(path, body)
    return out.getvalue()


def read_all(content: bytes, *, doctypes: bool = False) -> None:
    open_archive(content, "a.pptx", doctypes=doctypes).repacked()


def test_an_ordinary_archive_comes_back_entry_by_entry() -> None:
    entries = {"a.xml": b"<a/>", "media/b.png": bytes(range(256))}
    archive = open_archive(packed(entries), "a.pptx")
    assert archive.paths == frozenset(entries)
    with zipfile.ZipFile(archive.repacked()) as again:
        assert {path: again.read(path) for path in again.namelist()} == entries


def test_a_bomb_is_refused_by_what_it_says_of_itself() -> None:
    with pytest.raises(TooLarge, match="unpacks to 50 MB"):
        read_all(packed({"media/x.bin": bytes(50_000_000)}))


def test_many_entries_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_ENTRIES", 10)
    with pytest.raises(TooLarge, match="11 entries"):
        read_all(packed({f"{n}.xml": b"" for n in range(11)}))


def test_the_sum_of_all_entries_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_UNPACKED_BYTES", 1000)
    with pytest.raises(TooLarge, match="Shrink the pictures"):
        read_all(packed({"a.xml": b"x" * 600, "b.xml": b"y" * 600}))


def test_an_entry_that_lies_about_its_size_is_not_unpacked() -> None:
    bomb = bytearray(packed({"media/x.bin": bytes(40_000_000)}))
    true = struct.pack("<I", 40_000_000)
    while (at := bomb.find(true)) != -1:
        bomb[at : at + 4] = struct.pack("<I", 100)
    tracemalloc.start()
    with pytest.raises(UnreadableSource, match=r"x\.bin"):
        read_all(bytes(bomb))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 5_000_000


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "a/../../b", "C:evil.xml", "..\\x.xml"])
def test_names_that_lead_out_are_refused(path: str) -> None:
    with pytest.raises(UnreadableSource, match="outside"):
        read_all(packed({path: b"x"}))


def test_entities_are_refused_and_a_plain_doctype_is_for_epub_alone() -> None:
    for content in (LAUGHS, LAUGHS.decode().encode("utf-16")):
        for doctypes in (True, False):
            with pytest.raises(UnreadableSource, match="entities"):
                read_all(packed({"ppt/slides/slide1.xml": content}), doctypes=doctypes)
    page = packed({"toc.ncx": b"<!DOCTYPE ncx><ncx/>"})
    read_all(page, doctypes=True)
    with pytest.raises(UnreadableSource):
        read_all(page)


def test_encrypted_entries_are_refused() -> None:
    content = bytearray(packed({"a.xml": b"<a/>"}))
    at = content.rfind(b"PK\x01\x02")
    content[at + 8] |= 1
    with pytest.raises(UnreadableSource, match="encrypted"):
        read_all(bytes(content))


def test_old_and_locked_office_files_are_told_apart() -> None:
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    with pytest.raises(UnreadableSource, match=r"Office 97.*soffice"):
        read_all(old)
    with pytest.raises(UnreadableSource, match="locked by a password"):
        read_all(old + "EncryptedPackage".encode("utf-16-le"))


def test_archives_inside_stay_closed() -> None:
    inner = packed({"deep.bin": bytes(9_000_000)})
    with zipfile.ZipFile(open_archive(packed({"embedded.zip": inner}), "a.docx").repacked()) as again:
        assert again.read("embedded.zip") == inner


@pytest.mark.parametrize("cut", range(0, 100, 7))
def test_a_truncated_archive_is_refused(cut: int) -> None:
    with pytest.raises(IngestError):
        read_all(packed({"a.xml": b"<a/>"})[:cut])
