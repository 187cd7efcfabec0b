# ruff: noqa: E501 (the sentences of the course read best unbroken)
"""A small course of our own words for tests of the pages: Markdown, a notebook, a transcript and a PDF."""

from __future__ import annotations

from pathlib import Path

from knowledge.model import (
    Cell,
    Chunk,
    ChunkKind,
    Heading,
    Locator,
    Page,
    SourceDocument,
    SourceKind,
    TimeSpan,
)

Part = tuple[str, Locator, ChunkKind]


class Material:
    """Documents with their chunks, spans of the text as the law asks."""

    def __init__(self, root: Path) -> None:
        self.documents: dict[str, SourceDocument] = {}
        self.chunks: dict[str, Chunk] = {}
        self.of_document: dict[str, list[Chunk]] = {}
        self._root = root

    def add(self, path: str, title: str, kind: SourceKind, parts: list[Part]) -> list[Chunk]:
        uri = str(self._root / path)
        document_id = SourceDocument.id_for(uri)
        text, chunks = "", []
        for position, (words, locator, chunk_kind) in enumerate(parts):
            start = len(text)
            text += words + "\n\n"
            path_of_headings = (title, *locator.path[1:]) if isinstance(locator, Heading) else (title,)
            chunk_id = Chunk.id_for(document_id, path_of_headings, words, 0)
            language = "python" if chunk_kind is ChunkKind.CODE else ""
            end = start + len(words)
            chunk = Chunk(
                chunk_id, document_id, position, start, end, words, locator, path_of_headings, chunk_kind, language, 90
            )
            chunks.append(chunk)
            self.chunks[chunk_id] = chunk
        position = len(self.documents)
        self.documents[document_id] = SourceDocument(
            document_id, "course", path, uri, title, kind, text, "0" * 64, position
        )
        self.of_document[document_id] = chunks
        return chunks

    def listed(self) -> dict[str, SourceDocument]:
        return {
            key: SourceDocument(d.id, d.course_id, d.path, d.uri, d.title, d.kind, "", d.content_hash, d.position)
            for key, d in self.documents.items()
        }


def heading(title: str, *rest: str) -> Heading:
    return Heading((title, *rest), "-".join(rest[-1].lower().split()) if rest else "")


PROSE, CODE, OUTPUT = ChunkKind.PROSE, ChunkKind.CODE, ChunkKind.OUTPUT
VECTORS, CLIP, NOTEBOOK, LECTURE = (
    "Vectors and dot products",
    "CLIP",
    "CLIP in practice",
    "Lecture 4: pairing images and words",
)
DOCUMENTS: list[tuple[str, str, SourceKind, list[Part]]] = [
    (
        "01-vectors.md",
        VECTORS,
        SourceKind.MARKDOWN,
        [
            (
                "A **vector** is an ordered list of numbers. An image or a sentence becomes one when an encoder reads it.",
                heading(VECTORS),
                PROSE,
            ),
            (
                "The **dot product** multiplies two vectors place by place and adds the results:\n\n"
                "\\[\n u \\cdot v = \\sum_{i=1}^{d} u_i v_i \n\\]\n\nFor vectors of length one it is the *cosine similarity*: "
                "1 for the same direction, 0 for unrelated ones.",
                heading(VECTORS, "The dot product"),
                PROSE,
            ),
            (
                "An **embedding** is a vector learned so that similar things lie close together.",
                heading(VECTORS, "Embeddings"),
                PROSE,
            ),
        ],
    ),
    (
        "02-clip.md",
        CLIP,
        SourceKind.MARKDOWN,
        [
            (
                "CLIP (Contrastive Language-Image Pre-training) trains an image encoder and a text encoder together, so that an "
                "image and its caption get embeddings that point the same way.",
                heading(CLIP, "What CLIP is"),
                PROSE,
            ),
            (
                "For a batch of \\(N\\) pairs the loss compares each image with every caption, at temperature \\(\\tau\\):\n\n"
                "$$\n\\mathcal{L} = -\\frac{1}{N} \\sum_{i=1}^{N} \\log "
                "\\frac{\\exp(u_i \\cdot v_i / \\tau)}{\\sum_{j=1}^{N} \\exp(u_i \\cdot v_j / \\tau)}\n$$\n\n"
                "![diagram](https://example.org/tracker.png) The same is done from captions to images, and the two are averaged. "
                "See [the overview](01-vectors.md), <b>please</b>, or pay $5.",
                heading(CLIP, "The contrastive loss"),
                PROSE,
            ),
            (
                "A class name is written into a sentence such as *a photo of a dog*; the class whose sentence lies closest to the "
                "image wins. No example of the class was needed: this is zero-shot classification.",
                heading(CLIP, "Zero-shot classification"),
                PROSE,
            ),
        ],
    ),
    (
        "03-clip-in-practice.ipynb",
        NOTEBOOK,
        SourceKind.NOTEBOOK,
        [
            ("We compare two small batches of embeddings.", Cell(1), PROSE),
            (
                "import numpy as np\n\nrng = np.random.default_rng(0)\nimages = rng.normal(size=(4, 8))  # (batch, dim)\n"
                "texts = images + 0.1 * rng.normal(size=(4, 8))\nimages /= np.linalg.norm(images, axis=1, keepdims=True)\n"
                "texts /= np.linalg.norm(texts, axis=1, keepdims=True)\nscores = images @ texts.T  # (batch, batch)\n"
                "print(scores.argmax(axis=1))",
                Cell(2),
                CODE,
            ),
            ("[0 1 2 3]", Cell(3), OUTPUT),
        ],
    ),
    (
        "lecture-04.vtt",
        LECTURE,
        SourceKind.TRANSCRIPT,
        [
            ("Last week we had labels, and labels are expensive.", TimeSpan(741.0, 755.0), PROSE),
            (
                "So why pair images with captions? Because the web has them by the hundreds of millions, and nobody had to label one.",
                TimeSpan(755.0, 792.5),
                PROSE,
            ),
            ("That is the whole trick, and the rest is engineering.", TimeSpan(792.5, 801.0), PROSE),
        ],
    ),
    (
        "handout.pdf",
        "Handout: temperature",
        SourceKind.PDF,
        [("A small temperature makes the softmax sharp; CLIP learns it during training.", Page(1), PROSE)],
    ),
]


def material(root: Path) -> Material:
    course = Material(root)
    for path, title, kind, parts in DOCUMENTS:
        course.add(path, title, kind, parts)
    return course


def pdf(words: str) -> bytes:
    """Return a PDF of one page with one line of text."""
    stream = f"BT /F1 18 Tf 60 700 Td ({words}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
