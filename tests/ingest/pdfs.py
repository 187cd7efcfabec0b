"""Small PDF files written by hand: text, pages without text, bookmarks."""

from __future__ import annotations

from collections.abc import Sequence


def pdf(pages: Sequence[Sequence[str]], *, title: str = "", bookmarks: Sequence[tuple[str, int]] = ()) -> bytes:
    """Return a PDF whose pages show these lines; bookmarks are (title, page from 0)."""
    objects: list[bytes] = [b"", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    page_ids = []
    for lines in pages:
        shown = "".join(f"({_escaped(line)}) Tj 0 -16 Td\n" for line in lines)
        stream = f"BT /F1 12 Tf 72 720 Td\n{shown}ET".encode("latin-1")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
        page_ids.append(len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (
        b" ".join(b"%d 0 R" % number for number in page_ids),
        len(page_ids),
    )
    outlines = b""
    if bookmarks:
        root = len(objects) + 1
        objects.append(
            b"<< /First %d 0 R /Last %d 0 R /Count %d >>" % (root + 1, root + len(bookmarks), len(bookmarks))
        )
        for number, (label, page) in enumerate(bookmarks, start=1):
            following = b"/Next %d 0 R" % (root + number + 1) if number < len(bookmarks) else b""
            objects.append(
                b"<< /Title (%s) /Parent %d 0 R %s /Dest [%d 0 R /Fit] >>"
                % (_escaped(label).encode("latin-1"), root, following, page_ids[page])
            )
        outlines = b"/Outlines %d 0 R" % root
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R %s >>" % outlines
    objects.append(b"<< /Title (%s) >>" % _escaped(title).encode("latin-1"))
    return _file(objects)


def _file(objects: Sequence[bytes]) -> bytes:
    out = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"<< /Size %d /Root 1 0 R /Info %d 0 R >>" % (len(objects) + 1, len(objects))
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        table,
        trailer,
        len(out),
    )


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
