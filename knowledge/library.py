"""A library folder as a whole: the catalog, the vectors, who may write, and what made it.

Knows which parts a library has and when they fit together; refuses to know tables (`catalog`) and course files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from knowledge import schema
from knowledge.attachments import NOTHING, Attachments
from knowledge.catalog import Catalog, LibraryCounts
from knowledge.catalog_writer import CatalogWriter
from knowledge.embedding import Embedder, EmbeddingSignature
from knowledge.errors import LibraryNotFound
from knowledge.library_folder import CATALOG_NAME, check_signature, has_catalog, make_folder, settings_of
from knowledge.lock import WriterLock
from knowledge.model import Chunk, Concept, Course, SourceDocument
from knowledge.snapshot import ConceptSnapshot
from knowledge.upgrading import bring_up_to_date
from knowledge.videos import PlacedVideo

if TYPE_CHECKING:
    from knowledge.chroma_index import ChromaStore
    from knowledge.undecided import Undecided
    from knowledge.vectors import Vector, VectorIndex, VectorTable

MAY_LAG = 0.05
"""Share of the vectors by which Chroma may lag: opening it takes a second, more than a corrected typo is worth."""


class Library:
    """The reading side: opens in a millisecond, in any number of processes, beside a writer. A context manager."""

    def __init__(self, folder: Path, *, chroma_url: str | None = None) -> None:
        """Take a folder that holds a library; `open` checks that it does."""
        self.folder = folder
        self._chroma_url = chroma_url
        self._chroma_store: ChromaStore | None = None
        self._indexes: dict[tuple[VectorTable, bool], VectorIndex] = {}
        self._intact: tuple[str | int | None, bool] | None = None
        self._counted: tuple[int, LibraryCounts] | None = None
        self.catalog = Catalog(folder / CATALOG_NAME)

    @classmethod
    def open(cls, folder: Path, *, chroma_url: str | None = None) -> Library:
        """Return the library in this folder. One that an older Erica made is brought up to date.

        Args:
            folder: where it was ingested to.
            chroma_url: address of a Chroma server that keeps the index, instead of the folder.

        Raises:
            LibraryNotFound: nothing was ingested there yet.
            LibraryUnusable: the folder holds something else, or a library that is damaged, of a newer version, or of an
                older one that cannot be brought up to date.
        """
        library = Library(folder, chroma_url=chroma_url)
        try:
            version = library._version() if has_catalog(folder) else 0
            if version == 0:  # nothing there, or its making was broken off
                raise LibraryNotFound(f"There is no library in {folder} yet. Read a course into it: erica ingest PATH")
            if version < schema.VERSION:
                bring_up_to_date(folder)
        except BaseException:
            library.close()
            raise
        return library

    def _version(self) -> int:
        with self.catalog.reading() as db:
            return schema.version_of(db)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close every file; the second time does nothing."""
        self.catalog.close()
        if self._chroma_store is not None:
            self._chroma_store.close()

    @property
    def signature(self) -> EmbeddingSignature:
        """What the library's vectors were made with."""
        return self.catalog.signature

    @property
    def generation(self) -> int:
        """A number that differs after every committed change; some microseconds to read."""
        return self.catalog.generation

    def counts(self) -> LibraryCounts:
        """Return how much the library holds; counted anew only after a change."""
        generation = self.generation
        if self._counted is None or self._counted[0] != generation:
            self._counted = (generation, self.catalog.counts())
        return self._counted[1]

    @property
    def concepts_are_current(self) -> bool:
        """Whether the concepts were made from the documents as they are: not so after a crash between the two."""
        return bool(self.catalog.setting("concepts_current"))

    def check_embedder(self, embedder: Embedder) -> None:
        """Do nothing if this embedder's vectors can be compared with the library's.

        Raises:
            EmbeddingMismatch: they were made by another embedder, or by other weights.
        """
        check_signature(self.folder, self.signature, embedder.signature)

    # --- vectors ---

    def chunk_vectors(self) -> VectorIndex:
        """Return the index over the chunks: an exact one as long as that is the faster, else Chroma's."""
        from knowledge.vectors import VectorTable

        return self._index(VectorTable.CHUNKS, self.counts().chunks)

    def concept_vectors(self) -> VectorIndex:
        """Return the index over the concepts, chosen as for `chunk_vectors`."""
        from knowledge.vectors import VectorTable

        return self._index(VectorTable.CONCEPTS, self.counts().concepts)

    def _index(self, table: VectorTable, count: int) -> VectorIndex:
        from knowledge.chroma_index import ChromaIndex
        from knowledge.vectors import EXACT_UP_TO, ExactIndex

        chroma = count > EXACT_UP_TO and self._chroma().readable and self._chroma_is_intact()
        if (table, chroma) not in self._indexes:
            made = ChromaIndex(self.catalog, table, self._chroma()) if chroma else ExactIndex(self.catalog, table)
            self._indexes[table, chroma] = made
            self._indexes.pop((table, not chroma), None)
        return self._indexes[table, chroma]

    def _chroma_is_intact(self) -> bool:
        """Return whether Chroma's files are as the last writer left them; looked at once for every writer."""
        from knowledge.chroma_seal import SEAL_KEY, intact

        sealed = self.catalog.setting(SEAL_KEY)
        if not self._chroma().embedded:
            return True
        if self._intact is None or self._intact[0] != sealed:
            self._intact = sealed, intact(self._chroma().folder, None if sealed is None else str(sealed))
        return self._intact[1]

    def _chroma(self) -> ChromaStore:
        from knowledge.chroma_index import ChromaStore

        if self._chroma_store is None:
            self._chroma_store = ChromaStore(self.folder, self._chroma_url)
        return self._chroma_store


class LibraryWriter(Library):
    """The writing side: one at a time for a folder, held by a lock across processes. Threads take turns."""

    def __init__(self, folder: Path, lock: WriterLock, writer: CatalogWriter, *, chroma_url: str | None = None) -> None:
        """Take what `open` opened."""
        super().__init__(folder, chroma_url=chroma_url)
        self.repairs: list[str] = []
        """What was found damaged and mended, in words for a person."""
        self._lock = lock
        self._writer = writer

    @classmethod
    def open(  # type: ignore[override]  # a writer has to know what its vectors are made with; opened by name only
        cls, folder: Path, signature: EmbeddingSignature, *, wait_s: float = 0.0, chroma_url: str | None = None
    ) -> LibraryWriter:
        """Return the library in this folder for writing; makes it, folder included, where there is none.

        Args:
            folder: where the library is or will be.
            signature: what the vectors given to it are made with.
            wait_s: how long to wait for another writer, seconds.
            chroma_url: address of a Chroma server that keeps the index, instead of the folder.

        Raises:
            LibraryBusy: another process is writing.
            LibraryUnusable: the folder holds something else, cannot be written to, or holds a damaged library.
            EmbeddingMismatch: its vectors were made by another embedder.
        """
        library = cls._locked(folder, signature, wait_s, chroma_url)
        try:
            if library.catalog.counts().documents:
                check_signature(folder, library.signature, signature)
            library._writer.set(settings_of(signature))  # without documents nothing was made by another embedder
            library._sync(first=False, behind=MAY_LAG)  # after a crash between the catalog and its index
        except BaseException:
            library.close()
            raise
        return library

    @classmethod
    def _locked(
        cls, folder: Path, signature: EmbeddingSignature, wait_s: float, chroma_url: str | None
    ) -> LibraryWriter:
        """Return the library for writing, whatever its vectors were made with."""
        if not has_catalog(folder):
            make_folder(folder)
        lock = WriterLock.acquire(folder, wait_s=wait_s)
        try:
            writer = CatalogWriter(folder / CATALOG_NAME, settings_of(signature))
            return cls(folder, lock, writer, chroma_url=chroma_url)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def reembed(
        cls,
        folder: Path,
        embedder: Embedder,
        *,
        progress: Callable[[int, int], None] = lambda done, of: None,
        wait_s: float = 0.0,
        chroma_url: str | None = None,
    ) -> None:
        """Embed everything in this folder's library with another embedder, in one transaction.

        Questions are answered with the old vectors until the end. Nothing but vectors and token counts changes.

        Args:
            folder: of a library.
            embedder: what embeds from now on.
            progress: is told how many texts are embedded, and of how many.
            wait_s: how long to wait for another writer, seconds.
            chroma_url: as for `open`.

        Raises:
            LibraryNotFound, LibraryBusy, LibraryUnusable: as for opening.
            EmbeddingMismatch: the embedder reads less at a time than the library's passages are long.
            EmbedderUnavailable: the embedder cannot be loaded.
        """
        from knowledge.reembedding import chunk_rows, concept_rows

        Library.open(folder).close()  # to make none where there is none
        with cls._locked(folder, embedder.signature, wait_s, chroma_url) as library:
            catalog = library.catalog
            library._writer.replace_vectors(
                settings_of(embedder.signature),
                chunk_rows(catalog, embedder, progress),
                concept_rows(catalog, embedder, progress),
            )
            library._sync(first=False, behind=0.0)

    def close(self) -> None:
        """Close every file and let the next writer in; the second time does nothing."""
        super().close()
        self._writer.close()
        self._lock.release()

    def known_vectors(self, chunk_ids: Sequence[str]) -> set[str]:
        """Return those of the ids whose vectors are stored: an id tells the text, so they need no embedding."""
        return self.catalog.with_vectors(chunk_ids)

    def known_concept_vectors(self, concepts: Sequence[Concept]) -> set[str]:
        """Return the ids of those whose stored vector was made from the text they have now (`vectors.concept_text`)."""
        from knowledge.vectors import concept_text, text_digest

        stored = self.catalog.concept_vector_digests()
        return {concept.id for concept in concepts if stored.get(concept.id) == text_digest(concept_text(concept))}

    def put_document(
        self,
        course: Course,
        document: SourceDocument,
        chunks: Sequence[Chunk],
        facts: str,
        vectors: Mapping[str, Vector],
        attached: Attachments = NOTHING,
    ) -> None:
        """Store a document with all that belongs to it, in one transaction, in place of what its id held before.

        Args:
            course: the document's course; stored with it.
            document: with its text.
            chunks: all of its chunks; those stored already keep their words and vectors.
            facts: what was extracted from it, JSON.
            vectors: unit vectors by chunk id, for every chunk that `known_vectors` does not name. A document whose
                file was moved needs none for passages that it had before.
            attached: figures, videos, and the document that this one was before its file was moved.

        Raises:
            ValueError: the parts do not belong together, or a chunk is left without vector.
            LibraryUnusable: the disk is full or fails; the document is then out, and everything else as it was.
        """
        from knowledge.vectors import packed

        stored = packed(vectors, self.signature.dimension)
        self._writer.put_document(course, document, chunks, facts, stored, attached)

    def remove_document(self, document_id: str) -> None:
        """Remove a document and all that belongs to it, in one transaction; an unknown id changes nothing."""
        self._writer.remove_document(document_id)

    def arrange(self, course: Course, document_ids: Sequence[str]) -> None:
        """Give a stored course its title and its documents this order, in one transaction; nothing is read again."""
        self._writer.arrange(course, document_ids)

    def replace_facts(self, document_id: str, facts: str) -> None:
        """Store what was extracted from a document anew, JSON."""
        self._writer.replace_facts(document_id, facts)

    def rebuild_words(self) -> None:
        """Make the lexical index anew from the chunks, in one transaction."""
        self._writer.rebuild_words()

    def discard_index(self) -> None:
        """Delete Chroma's index where it lies in the library's folder; `sync_vectors` makes it anew."""
        if self._chroma().embedded:
            self._chroma().discard()

    def state_videos(self, course_id: str, videos: Sequence[PlacedVideo]) -> None:
        """Keep what a person stated about the videos of a course's documents, in place of what was stated before."""
        self._writer.state_videos(course_id, videos)

    def note(self, settings: Mapping[str, str | int]) -> None:
        """Keep values that the library knows about itself; `catalog.setting` gives them back."""
        self._writer.set(settings)

    def replace_concepts(
        self, snapshot: ConceptSnapshot, vectors: Mapping[str, Vector], undecided: Undecided | None = None
    ) -> None:
        """Store all that is known about concepts in place of what was, in one transaction.

        Args:
            snapshot: everything about concepts.
            vectors: unit vectors by concept id, for every concept that `known_concept_vectors` does not name.
            undecided: what was extracted, where people's decisions made something else of it.

        Raises:
            ValueError: two records contradict each other, or a concept is left without vector.
            LibraryUnusable: the disk is full or fails; everything is then as it was.
        """
        from knowledge.vectors import concept_text, packed, text_digest

        made_from = {concept.id: text_digest(concept_text(concept)) for concept in snapshot.concepts}
        self._writer.replace_concepts(snapshot, made_from, packed(vectors, self.signature.dimension), undecided)

    def sync_vectors(self, *, behind: float = 0.0) -> None:
        """Bring Chroma's index level with the catalog; costs nothing, and imports nothing, where it is.

        Searches are right without it: what Chroma lacks is searched exactly, what it holds too much is left out.

        Args:
            behind: share of the vectors by which it may lag and is left alone, see `MAY_LAG`.

        Raises:
            LibraryUnusable: Chroma fails.
        """
        self._sync(first=True, behind=behind)

    def _sync(self, *, first: bool, behind: float) -> None:
        """Level the collections; those never made before only if `first`. A damaged index is made anew."""
        from knowledge.chroma_index import indexed_key, is_loose, lags, level
        from knowledge.chroma_seal import BEING_WRITTEN, SEAL_KEY, seal
        from knowledge.vectors import VectorTable

        store = self._chroma()
        asked = [table for table in VectorTable if first or self.catalog.setting(indexed_key(table, store)) is not None]
        lagging = [table for table in asked if lags(self.catalog, table, store, behind)]
        if (first or lagging) and not self._chroma_is_intact():
            store.discard()
            self.repairs.append("the vector index was damaged; it was made anew from the catalog, nothing is lost")
            lagging = [table for table in VectorTable if lags(self.catalog, table, store)]
        if not lagging:
            return
        if store.embedded and is_loose(self.catalog, VectorTable.CHUNKS, store):
            store.discard()
            lagging = [table for table in VectorTable if lags(self.catalog, table, store)]
        if store.embedded:
            self._writer.set({SEAL_KEY: BEING_WRITTEN})
        for table in lagging:
            level(self.catalog, table, store, record=self._writer.set)
        if store.embedded:
            store.close()
            self._writer.set({SEAL_KEY: seal(store.folder)})

    def compact(self, *, at_least: float = 0.0) -> None:
        """Give the space of what was removed back to the disk; needs as much free space as the library is large.

        Args:
            at_least: share of the catalog that has to be free for it to be worth that.
        """
        self._writer.compact(at_least=at_least)
