"""Question in, Retrieval out: hits by meaning and by words, the concepts asked about, and what they rest on.

Knows how the parts are joined; scoring lives in `ranking` and `seeds`, order in `graph`, storage in `library`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from knowledge.asking import asks_how_to
from knowledge.cells import is_python, unlike, whole_cell
from knowledge.concepts import normalise, singular, words
from knowledge.coverage import GATE, coverage, known_share
from knowledge.errors import LibraryBusy, QuestionUnusable
from knowledge.graph import ConceptGraph, Expansion, Kept
from knowledge.howto import lesson_for, most_telling
from knowledge.lexical import query_words
from knowledge.model import (
    Chunk,
    ChunkKind,
    Concept,
    ExpandedConcept,
    Hit,
    Mention,
    Relation,
    RelationKind,
    Retrieval,
    RetrievalSettings,
    SeedConcept,
    SourceDocument,
)
from knowledge.passages import strongest, teaching_passages
from knowledge.ranking import TEACHING_ROLES, Ranking, RankingWeights
from knowledge.remembered import RememberedCatalog
from knowledge.seeds import TOOLS_OF_AN_ANSWER, NamedConcept, asked_for, longest_matches, seed_concepts, surfaces
from knowledge.stopwords import STOP_WORDS
from knowledge.videos import opening_in_videos

if TYPE_CHECKING:
    from knowledge.embedding import Embedder, Vectors
    from knowledge.library import Library

MAX_QUESTION_CHARS = 4_000
RETRIES = 3
"""How often a question is asked anew when an ingest changed the library while it was answered."""
SIMILAR_CONCEPTS, BEST_HITS = 10, 10
RELATED_QUOTA = 5
CELLS, MOST_LESSONS = 2, 8
"""Code cells shown, and lessons looked through for them."""
SECTION_PASSAGES = 8
"""Most passages of the section that shows a procedure."""
WHOLE_HITS = 5
"""Hits that come with what stands right before and after them."""
WORDS_COUNTED = 60
"""Words of a question that are looked up for its coverage: a listing adds nothing."""
_NEAR_TRANSFER = (RelationKind.IS_A, RelationKind.PART_OF, RelationKind.CONTRASTS_WITH, RelationKind.RELATED)


def usable_question(question: str) -> str:
    """Return the question on one line, control characters left out.

    Raises:
        QuestionUnusable: nothing is left of it, or it is longer than `MAX_QUESTION_CHARS`.
    """
    asked = " ".join("".join(c if c.isprintable() or c.isspace() else " " for c in question).split())
    if not re.search(r"\w", asked):
        raise QuestionUnusable("The question is empty. Ask about something the course teaches.")
    if len(asked) > MAX_QUESTION_CHARS:
        raise QuestionUnusable(
            f"The question has {len(asked):,} characters; at most {MAX_QUESTION_CHARS:,} are read. "
            "Ask about one thing, and leave long listings out."
        )
    return asked


class Retriever:
    """Finds what a library holds for a question. Safe to use from several threads."""

    def __init__(self, library: Library, embedder: Embedder | None, weights: RankingWeights | None = None) -> None:
        """Without an embedder, hits come from words alone."""
        self._library = library
        self._catalog = library.catalog
        self._embedder = embedder
        self._kept = RememberedCatalog(library.catalog)
        self._graph = ConceptGraph(self._kept)
        self._ranking = Ranking(library, self._kept, weights)

    def retrieve(self, question: str, settings: RetrievalSettings | None = None) -> Retrieval:
        """Return everything found for the question that a lesson may use.

        Raises:
            QuestionUnusable: see `usable_question`.
            EmbeddingMismatch: the library's vectors were made by another embedder.
            EmbedderUnavailable: the embedder cannot be loaded.
        """
        asked = usable_question(question)
        for left in reversed(range(RETRIES)):
            generation = self._library.generation
            try:
                found = self._retrieve(asked, settings or RetrievalSettings())
            except KeyError as error:  # a document left the library between two readings for one question
                if left and self._library.generation != generation:
                    continue
                raise LibraryBusy("The library changed while the question was answered. Ask again.") from error
            if self._library.generation == generation or not left:
                return found
        raise AssertionError("the last round returns or raises")

    def _retrieve(self, asked: str, chosen: RetrievalSettings) -> Retrieval:
        """Return what one reading of the library gives; a change meanwhile may leave it mixed."""
        self._kept.refresh()
        vector = self._vector(asked)
        named = self._named(asked)
        hits = self._ranking.hits(asked, vector, named)
        seeds = self._seeds(named, vector, hits)[: min(chosen.semantic_results, chosen.max_concepts)]
        expansion = self._graph.expand(
            [seed.concept.id for seed in seeds], chosen.prerequisite_depth, chosen.max_concepts
        )
        order = self._order(expansion, asked_for(seeds))
        kept = {item.concept.id for item in order}
        related, unlocks = self._related(seeds, kept), self._unlocks(seeds, kept)
        passages = {**self._defining((*related, *unlocks)), **self._passages(asked, kept, seeds, hits)}
        shown = hits[: chosen.semantic_results]
        chunks = [hit.chunk for hit in shown] + [chunk for group in passages.values() for chunk in group]
        covered = self._coverage(asked, hits)
        return Retrieval(
            question=asked,
            settings=chosen,
            hits=tuple(shown),
            seeds=seeds,
            order=order,
            related=related,
            left_out=self._expanded(expansion.left_out),
            unlocks=unlocks,
            passages=passages,
            documents=self._documents(chunk.document_id for chunk in chunks),
            addresses=opening_in_videos(self._catalog.video_of, chunks),
            coverage=round(covered, 4),
            covered=covered >= GATE or self._asks_only_of_taught(asked, named),
        )

    def lessons(self, question: str) -> list[tuple[str, float]]:
        """Return the ids of the documents that answer the question with their scores, best first.

        Raises:
            QuestionUnusable: see `usable_question`.
            EmbedderUnavailable: the embedder cannot be loaded.
        """
        asked = usable_question(question)
        self._kept.refresh()
        return self._ranking.lessons(asked, self._vector(asked), self._named(asked))

    def _vector(self, asked: str) -> Vectors | None:
        return None if self._embedder is None else self._embedder.embed([asked])[0]

    def _coverage(self, asked: str, hits: Sequence[Hit]) -> float:
        """Return in 0..1 how well the material covers the question: similar meaning, and words that it uses."""
        words = query_words(asked)
        # "with a Python example" asks for a kind of answer: a course of Python code need not write the word.
        subject = [word for word in words if word.casefold() not in TOOLS_OF_AN_ANSWER] or words
        occurrences = self._catalog.occurrences(subject[:WORDS_COUNTED])
        known = known_share(occurrences, self._library.counts().chunks)
        if self._embedder is None:
            return coverage(None, known)
        return coverage(max((hit.cosine for hit in hits[:BEST_HITS] if hit.cosine is not None), default=0.0), known)

    def _asks_only_of_taught(self, asked: str, named: Sequence[NamedConcept]) -> bool:
        """Return whether all that the question names are concepts that the course teaches: "what is a stride"."""
        mentions = self._kept.mentions_of([one.concept_id for one in named])
        taught = {mention.concept_id for mention in mentions if mention.role in TEACHING_ROLES}
        concepts = self._kept.concepts(sorted(taught))
        told = {
            singular(word).casefold() for one in concepts for name in (one.name, *one.aliases) for word in words(name)
        }
        return bool(told) and all(singular(word).casefold() in told for word in query_words(asked))

    # --- concepts ---

    def _seeds(
        self, named: Sequence[NamedConcept], vector: Vectors | None, hits: Sequence[Hit]
    ) -> tuple[SeedConcept, ...]:
        similar = {} if vector is None else dict(self._library.concept_vectors().search(vector, SIMILAR_CONCEPTS))
        best = hits[:BEST_HITS]
        mentions = self._kept.mentions_in([hit.chunk.id for hit in best])
        ids = [*(entry.concept_id for entry in named), *similar, *(mention.concept_id for mention in mentions)]
        concepts = {concept.id: concept for concept in self._kept.concepts(list(dict.fromkeys(ids)))}
        definitions = {c.id: c.definition.chunk_id for c in concepts.values() if c.definition}
        home = {chunk.id: chunk.document_id for chunk in self._kept.chunks(list(definitions.values()))}
        homes = {concept_id: home[chunk_id] for concept_id, chunk_id in definitions.items() if chunk_id in home}
        return seed_concepts(named, similar, best, mentions, concepts, homes)

    def _named(self, asked: str) -> list[NamedConcept]:
        candidates = [surface for surface in surfaces(asked) if surface.isupper() or surface not in STOP_WORDS]
        keys = {surface: normalise(surface) for surface in candidates}
        by_key: dict[str, list[str]] = {}
        for key, concept_id in self._catalog.concepts_named(list(dict.fromkeys(keys.values()))):
            by_key.setdefault(key, []).append(concept_id)
        matches = {surface: by_key[key] for surface, key in keys.items() if key in by_key}
        found = list(longest_matches(matches, candidates))
        spread: dict[str, int] = {}
        for mention in self._kept.mentions_of([concept_id for _, concept_id in found]):
            spread[mention.concept_id] = spread.get(mention.concept_id, 0) + 1
        everywhere = math.log1p(max(1, self._library.counts().chunks))
        return [
            NamedConcept(concept_id, keys[surface], 1.0 - math.log1p(spread.get(concept_id, 0)) / everywhere)
            for surface, concept_id in found
        ]

    def _order(self, expansion: Expansion, asked: Sequence[Concept]) -> tuple[ExpandedConcept, ...]:
        kept = {item.concept.id: item for item in self._expanded(expansion.kept)}
        order = self._graph.order(list(kept), late={concept.id for concept in asked})
        return tuple(kept[concept_id] for concept_id in order)

    def _expanded(self, items: Sequence[Kept]) -> tuple[ExpandedConcept, ...]:
        concepts = {concept.id: concept for concept in self._kept.concepts([item.concept_id for item in items])}
        return tuple(
            ExpandedConcept(concepts[item.concept_id], item.distance, item.needed_by)
            for item in items
            if item.concept_id in concepts
        )

    def _related(self, seeds: Sequence[SeedConcept], kept: set[str]) -> tuple[Concept, ...]:
        """Return near-transfer neighbours of the seeds: a quota of their own, so they never displace a prerequisite."""
        seed_ids = [seed.concept.id for seed in seeds]
        relations = self._catalog.relations_of(seed_ids, _NEAR_TRANSFER)
        return self._neighbours(relations, kept)

    def _unlocks(self, seeds: Sequence[SeedConcept], kept: set[str]) -> tuple[Concept, ...]:
        return self._neighbours(self._kept.unlocked_by([seed.concept.id for seed in seeds[:1]]), kept)

    def _neighbours(self, relations: Sequence[Relation], kept: set[str]) -> tuple[Concept, ...]:
        strongest = sorted(relations, key=lambda edge: (-edge.confidence, edge.source_id, edge.target_id))
        ends = [end for edge in strongest for end in (edge.source_id, edge.target_id) if end not in kept]
        return tuple(self._kept.concepts(list(dict.fromkeys(ends))[:RELATED_QUOTA]))

    # --- passages ---

    def _passages(
        self, question: str, kept: set[str], seeds: Sequence[SeedConcept], hits: Sequence[Hit]
    ) -> dict[str, tuple[Chunk, ...]]:
        mentions: dict[str, list[Mention]] = {}
        for mention in self._kept.mentions_of(sorted(kept)):
            mentions.setdefault(mention.concept_id, []).append(mention)
        asked = {seed.concept.id for seed in seeds}
        main = {seed.concept.id for seed in seeds[:1]}
        concepts = {concept.id: concept for concept in self._kept.concepts(list(mentions))}
        wanted = {
            mention.chunk_id
            for concept_id, group in mentions.items()
            for mention in strongest(concepts.get(concept_id), group, hits, asked=concept_id in main)
        }
        chunks = {chunk.id: chunk for chunk in self._kept.chunks(sorted(wanted))}
        found = {
            concept.id: teaching_passages(concept, mentions[concept.id], chunks, hits, asked=concept.id in asked)
            for concept in concepts.values()
        }
        for seed in seeds[:1]:
            passages = found.get(seed.concept.id, ())
            shown = self._section(question, passages, hits)
            prose = [chunk for chunk in passages if chunk.kind is ChunkKind.PROSE and chunk not in shown]
            prose = list(dict.fromkeys([*prose[:1], *shown, *prose[1:], *self._beside(hits[:WHOLE_HITS])]))
            found[seed.concept.id] = (*prose, *self._cells(question, passages, hits))
        return found

    def _beside(self, hits: Sequence[Hit]) -> list[Chunk]:
        """Return each hit's chunk with the prose right before and after it, where an explanation may begin or go on."""
        beside: list[Chunk] = []
        for hit in hits:
            siblings = self._kept.document_chunks(hit.chunk.document_id)
            for at, chunk in enumerate(siblings):
                if chunk.id == hit.chunk.id:
                    beside.extend(one for one in siblings[max(0, at - 1) : at + 2] if one.kind is ChunkKind.PROSE)
        return beside

    def _section(self, question: str, passages: Sequence[Chunk], hits: Sequence[Hit]) -> list[Chunk]:
        """Return the prose of the section that shows how to do what is asked, whole; nothing for other questions."""
        near = [*(hit.chunk for hit in hits[:BEST_HITS]), *passages]
        lesson = lesson_for(question, near) if asks_how_to(question) else None
        best = next((chunk for chunk in near if chunk.document_id == lesson), None)
        if lesson is None or best is None:
            return []
        siblings = [c for c in self._kept.document_chunks(lesson) if c.heading_path == best.heading_path]
        return [chunk for chunk in siblings if chunk.kind is ChunkKind.PROSE][:SECTION_PASSAGES]

    def _cells(self, question: str, passages: Sequence[Chunk], hits: Sequence[Hit]) -> list[Chunk]:
        """Return the chunks of whole code cells on the main concept, Python that parses first.

        Code that names the concept and code among the best hits; where there is none, code of the same lessons. For a
        question how to do something, code of the lesson that shows it.
        """
        near = [*passages, *(hit.chunk for hit in hits[:BEST_HITS])]
        how_to = asks_how_to(question)
        shows = lesson_for(question, [*(hit.chunk for hit in hits[:BEST_HITS]), *passages]) if how_to else None
        first = [shows] if shows else [hit.chunk.document_id for hit in hits[:1]]
        lessons = dict.fromkeys([*first, *(chunk.document_id for chunk in near)])
        siblings = {lesson: self._kept.document_chunks(lesson) for lesson in list(lessons)[:MOST_LESSONS]}
        code = [chunk for chunk in near if chunk.kind is ChunkKind.CODE and chunk.document_id in siblings]
        shown = [chunk for chunk in siblings[shows] if chunk.kind is ChunkKind.CODE] if shows else []
        if not code and not shown:
            code = [c for lesson in list(siblings)[:2] for c in siblings[lesson] if c.kind is ChunkKind.CODE]
        cells = list(dict.fromkeys(whole_cell(chunk, siblings[chunk.document_id]) for chunk in shown or code))
        ranked = unlike(
            sorted(most_telling(question, cells) if how_to else cells, key=lambda cell: not is_python(cell))
        )
        return [chunk for cell in ranked[:CELLS] for chunk in cell]

    def _defining(self, concepts: Sequence[Concept]) -> dict[str, tuple[Chunk, ...]]:
        """Return for each concept that has a definition the chunk that it stands in."""
        chunk_of = {concept.id: concept.definition.chunk_id for concept in concepts if concept.definition}
        chunks = {chunk.id: chunk for chunk in self._kept.chunks(list(dict.fromkeys(chunk_of.values())))}
        return {concept_id: (chunks[chunk_id],) for concept_id, chunk_id in chunk_of.items() if chunk_id in chunks}

    def _documents(self, ids: Iterable[str]) -> dict[str, SourceDocument]:
        """Return the documents with these ids.

        Raises:
            KeyError: one of them has left the library.
        """
        documents = {document.id: document for document in self._catalog.documents()}
        return {document_id: documents[document_id] for document_id in dict.fromkeys(ids)}
