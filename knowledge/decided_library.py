"""A library brought level with what people decided, without reading a course again.

Joins the decisions' files, what was extracted, and the store; embeds only concepts whose names or definitions are new.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.catalog import Catalog
from knowledge.deciding import Decided, Ruling, apply
from knowledge.decision_files import Book, read_book
from knowledge.decisions import Malformed, Recorded
from knowledge.library import Library, LibraryWriter
from knowledge.snapshot import ConceptSnapshot
from knowledge.surfaces import Passage
from knowledge.undecided import Undecided, load, pack
from knowledge.verdicts import read_verdicts, weighed
from knowledge.wording import printable

if TYPE_CHECKING:
    from knowledge.embedding import Embedder


@dataclass(frozen=True, slots=True)
class Outcome:
    """What stands after all decisions, and what has to be kept beside it."""

    snapshot: ConceptSnapshot
    undecided: Undecided
    rulings: tuple[Ruling, ...]
    malformed: tuple[Malformed, ...]

    @property
    def recorded(self) -> tuple[Recorded, ...]:
        """The decisions it comes from."""
        return tuple(ruling.recorded for ruling in self.rulings)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should hear: decisions in conflict, and lines that are none."""
        conflicts = [str(ruling) for ruling in self.rulings if ruling.state == "conflict"]
        return (*conflicts, *map(str, self.malformed))


class CatalogPassages:
    """The passages of a catalog; see `surfaces.Passages`."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._numbers: dict[str, int] | None = None

    def naming(self, surface: str) -> Iterator[Passage]:
        """Yield the passages in which the words of this name stand one after the other, by any of their endings."""
        phrase = printable(surface).replace('"', " ")
        if any(character.isalnum() for character in phrase):
            condition = "number IN (SELECT rowid FROM chunks_fts WHERE chunks_fts MATCH ?)"
            yield from self._passages(condition, f'"{phrase}"')

    def of(self, path: str) -> Iterator[Passage]:
        """Yield the passages of the documents with this path."""
        yield from self._passages("document_id IN (SELECT id FROM documents WHERE path = ?)", path)

    def _passages(self, condition: str, value: str) -> Iterator[Passage]:
        if self._numbers is None:
            self._numbers = {document.id: number for number, document in enumerate(self._catalog.documents())}
        query = f"SELECT id, text, heading_path, document_id, position FROM chunks WHERE {condition}"
        with self._catalog.reading() as db:
            rows = db.execute(query, (value,)).fetchall()
        for chunk_id, text, headings, document_id, position in rows:
            path = json.loads(headings)
            yield Passage(chunk_id, text, path[-1] if path else "", (self._numbers[document_id], position))


def decide(library: Library, extracted: ConceptSnapshot) -> Outcome:
    """Return what people decided to make of what was extracted.

    Raises:
        DecisionsUnusable: a file of decisions is there and cannot be read.
    """
    return outcome_of(library, extracted, read_book(library))


def outcome_of(library: Library, extracted: ConceptSnapshot, book: Book) -> Outcome:
    """Return what the decisions of a book, and then the verdicts of models, make of what was extracted."""
    decided = apply(extracted, book.recorded, CatalogPassages(library.catalog))
    verdicts, digest = read_verdicts(library.folder)
    snapshot = weighed(decided.snapshot, verdicts)
    packed = b"" if snapshot is extracted else pack(extracted)
    return Outcome(snapshot, Undecided(packed, book.digest + digest), decided.rulings, book.malformed)


def digest_of(library: Library, book: Book) -> str:
    """Return what tells everything that was decided and judged about a library; empty where nothing was."""
    return book.digest + read_verdicts(library.folder)[1]


def rulings(library: Library) -> tuple[Decided, tuple[Malformed, ...]]:
    """Return what the decisions come to, and the lines that are none, whatever the library holds now."""
    book = read_book(library)
    return apply(load(library.catalog), book.recorded, CatalogPassages(library.catalog)), book.malformed


def is_level(library: Library) -> bool:
    """Return whether the library's concepts are as the decisions' files, and the models' verdicts, have them."""
    return (library.catalog.setting("decisions") or "") == digest_of(library, read_book(library))


def level(folder: Path, embedder: Embedder, *, wait_s: float = 0.0) -> Outcome:
    """Bring the concepts of the library in this folder level with the decisions, and return what came of them.

    Args:
        folder: of a library.
        embedder: loads its weights only if a concept's names or definition are new.
        wait_s: how long to wait for another writer, seconds.

    Raises:
        LibraryError: the library cannot be used as asked.
        DecisionsUnusable: a file of decisions is there and cannot be read.
        EmbedderUnavailable: there is something to embed and no embedder.
    """
    Library.open(folder).close()  # to make none where there is none
    with LibraryWriter.open(folder, embedder.signature, wait_s=wait_s) as library:
        outcome = decide(library, load(library.catalog))
        store(library, embedder, outcome)
        return outcome


def store(library: LibraryWriter, embedder: Embedder, outcome: Outcome) -> None:
    """Store an outcome; embeds the concepts that are new to the library."""
    from knowledge.vectors import concept_text

    known = library.known_concept_vectors(outcome.snapshot.concepts)
    fresh = {one.id: concept_text(one) for one in outcome.snapshot.concepts if one.id not in known}
    vectors = dict(zip(fresh, embedder.embed(list(fresh.values())), strict=True)) if fresh else {}
    library.replace_concepts(outcome.snapshot, vectors, outcome.undecided)
