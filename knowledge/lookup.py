"""Concepts by what a person types: a name, another name, a part of one, or something close to one.

Knows writing; refuses to know meaning (`seeds` finds what a question is about).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches

from knowledge.catalog import Catalog
from knowledge.concepts import normalise
from knowledge.model import Concept

NEAR_ENOUGH = 0.75
"""Least similarity (0 to 1, `difflib`) of names offered for a name that nothing has."""
_MOST_COMPARED = 50_000
_CONSIDERED = 4
"""Concepts looked at for each main subject."""
EVERYWHERE = 0.25
"""Share of a library's chunks from which on a name is a word of the course and no subject of its own."""


def named(catalog: Catalog, name: str) -> list[Concept]:
    """Return the concepts that a name may mean: one where it is clear, several to choose from, or none.

    A concept shown by exactly this name is meant before one that is shown by it in another writing, and this one
    before all that have it as another name.
    """
    key = normalise(name)
    ids = [concept_id for surface, concept_id in catalog.concepts_named([name]) if surface == key]
    found = catalog.concepts(ids)
    exact = [concept for concept in found if concept.name == name]
    shown = [concept for concept in found if normalise(concept.name) == key]
    return next((group for group in (exact, shown) if len(group) == 1), shown or found)


def search(catalog: Catalog, text: str, limit: int = 20) -> list[Concept]:
    """Return up to `limit` concepts with this text in a name: whole names first, then beginnings, then parts.

    Within each, the most taught first. Writing does not count (`concepts.normalise`). Where no name holds the text,
    those that are spelled nearly so.
    """
    key = normalise(text)
    if not key:
        return []
    with catalog.reading() as db:
        query = (
            "SELECT concept_id, MIN(CASE WHEN surface = ?1 THEN 0 WHEN substr(surface, 1, length(?1)) = ?1 THEN 1 "
            "ELSE 2 END) AS kind FROM names WHERE instr(surface, ?1) GROUP BY concept_id "
            "ORDER BY kind, -(SELECT salience FROM concepts WHERE id = concept_id), concept_id LIMIT ?2"
        )
        ids = [concept_id for concept_id, _ in db.execute(query, (key, limit))]
    return catalog.concepts(ids) if ids else near(catalog, text, limit)


def near(catalog: Catalog, text: str, limit: int = 3) -> list[Concept]:
    """Return concepts with a name that is spelled nearly so, nearest first."""
    key = normalise(text)
    with catalog.reading() as db:
        rows = db.execute("SELECT surface, concept_id FROM names LIMIT ?", (_MOST_COMPARED,)).fetchall()
    owner = dict(reversed(rows))
    close = get_close_matches(key, owner, n=limit, cutoff=NEAR_ENOUGH)
    return catalog.concepts(list(dict.fromkeys(owner[surface] for surface in close)))


def main_subjects(catalog: Catalog, limit: int) -> list[Concept]:
    """Return up to `limit` concepts that the course defines, most taught first.

    What more than a quarter of the chunks name comes last: "image" in a course on vision is no subject of its own.
    """
    defined = (concept for concept in catalog.concepts() if concept.definition is not None)
    taught = sorted(defined, key=lambda concept: (-concept.salience, concept.introduced_at, concept.id))
    first = taught[: limit * _CONSIDERED]
    named_in = Counter(mention.concept_id for mention in catalog.mentions_of([concept.id for concept in first]))
    most = EVERYWHERE * catalog.counts().chunks
    return sorted(first, key=lambda concept: named_in[concept.id] > most)[:limit]


def choices(concepts: Sequence[Concept]) -> list[str]:
    """Return a name for each of some concepts, told apart by their other names where two are shown alike."""
    shown = [concept.name for concept in concepts]
    return [
        f"{concept.name} ({', '.join(concept.aliases)})" if shown.count(concept.name) > 1 and concept.aliases else name
        for concept, name in zip(concepts, shown, strict=True)
    ]
