"""The concept graph in words and as JSON objects: sheets, lists, rulings and the review. Pure; prints nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from knowledge.decisions import Decision, Verb
from knowledge.model import Concept, MentionRole, Relation, RelationKind
from knowledge.wording import counted

if TYPE_CHECKING:
    from knowledge.concept_sheet import Place, Sheet
    from knowledge.deciding import Ruling
    from knowledge.graph_export import Stated
    from knowledge.library import Library
    from knowledge.review import ReviewItem

ROLE_WORDS = {
    MentionRole.DEFINES: "defined in",
    MentionRole.EXPLAINS: "explained in",
    MentionRole.EXEMPLIFIES: "shown by example in",
    MentionRole.USES: "used in",
}
_KIN_WORDS = {
    RelationKind.IS_A: ("is a kind of", "has the kind"),
    RelationKind.PART_OF: ("is a part of", "has the part"),
    RelationKind.CONTRASTS_WITH: ("stands against", "stands against"),
    RelationKind.RELATED: ("goes with", "goes with"),
}


def kin_words(edge: Relation, concept_id: str) -> str:
    """Return how a concept stands to the other end of an edge of near transfer."""
    return _KIN_WORDS[edge.kind][edge.target_id == concept_id]


def concept_line(concept: Concept) -> str:
    """Return a concept with its other names on one line."""
    return concept.name + (f" ({', '.join(concept.aliases)})" if concept.aliases else "")


def concept_object(concept: Concept) -> dict[str, Any]:
    """Return a concept as a JSON object."""
    return {
        "name": concept.name,
        "aliases": list(concept.aliases),
        "definition": concept.definition.text if concept.definition else None,
        "salience": concept.salience,
        "difficulty": concept.difficulty,
        "id": concept.id,
    }


# --- one concept ---


def sheet_lines(found: Sheet) -> Iterator[str]:
    """Yield all that is known about a concept, for a terminal."""
    concept = found.concept
    yield concept.name
    if concept.aliases:
        yield f"also: {', '.join(concept.aliases)}"
    if concept.definition is not None:
        yield f"“{concept.definition.text}”"
        if found.defined_at is not None:
            yield f"  {found.defined_at.words}"
    figures = f"taught {concept.salience:.2f}, difficulty {concept.difficulty:.2f}"
    yield f"{figures}, named in {counted(found.mentions, 'passage')}"
    for title, edges, earlier in (("needs", found.needs, True), ("unlocks", found.unlocks, False)):
        yield from [f"{title}:"] if edges else []
        for edge in edges:
            yield f"  {found.names[edge.source_id if earlier else edge.target_id]} ({edge.confidence:.2f})"
            yield from (f"    {line}" for line in evidence_lines(edge, found))
    yield from _near_lines(found)
    yield from ["places:"] if found.places else []
    yield from (f"  {ROLE_WORDS[one.role]} {one.words}" for one in found.places)


def _near_lines(found: Sheet) -> Iterator[str]:
    """Yield what stands beside a concept, what was left out, and which names were taken as one."""
    concept = found.concept
    yield from ["near:"] if found.kin else []
    for edge in found.kin:
        other = edge.source_id if edge.target_id == concept.id else edge.target_id
        yield f"  {kin_words(edge, concept.id)} {found.names.get(other, other)} ({edge.confidence:.2f})"
    for entry in found.cut:
        ends = (found.names.get(end, end) for end in (entry.relation.source_id, entry.relation.target_id))
        yield f"left out: {' before '.join(ends)}: {entry.reason}"
    for merge in found.merges:
        yield f"taken as one: {merge.surface} ({merge.reason})"


def evidence_lines(edge: Relation, found: Sheet) -> Iterator[str]:
    """Yield each sign for an edge, with its words and their place."""
    for sign in edge.evidence:
        place = found.quoted.get(sign.quote.chunk_id) if sign.quote else None
        quoted = f": “{sign.quote.text}”" if sign.quote else ""
        yield f"{sign.kind} {sign.weight:.2f}{quoted}" + (f" ({place.words})" if place else "")


def sheet_object(found: Sheet) -> dict[str, Any]:
    """Return all that is known about a concept as a JSON object."""
    return {
        **concept_object(found.concept),
        "defined_at": found.defined_at and _place_object(found.defined_at),
        "needs": [_edge_object(edge, found) for edge in found.needs],
        "unlocks": [_edge_object(edge, found) for edge in found.unlocks],
        "near": [_edge_object(edge, found) for edge in found.kin],
        "left_out": [{**_edge_object(one.relation, found), "reason": one.reason} for one in found.cut],
        "merges": [{"name": one.surface, "reason": one.reason} for one in found.merges],
        "places": [_place_object(one) for one in found.places],
    }


def _edge_object(edge: Relation, found: Sheet) -> dict[str, Any]:
    signs = []
    for sign in edge.evidence:
        place = found.quoted.get(sign.quote.chunk_id) if sign.quote else None
        signs.append(
            {
                "kind": sign.kind,
                "weight": sign.weight,
                "quote": sign.quote.text if sign.quote else None,
                "place": _place_object(place) if place else None,
            }
        )
    ends = {"source": found.names.get(edge.source_id), "target": found.names.get(edge.target_id)}
    return {**ends, "kind": edge.kind.value, "confidence": edge.confidence, "evidence": signs}


def _place_object(one: Place) -> dict[str, Any]:
    return {"role": one.role.value, "path": one.document.path, "place": one.words, "chunk": one.chunk.id}


# --- decisions ---


def ruling_object(ruling: Ruling) -> dict[str, Any]:
    """Return a decision and what became of it as a JSON object."""
    one = ruling.recorded
    return {
        "where": one.where,
        "date": one.decision.made_on.isoformat(),
        "author": one.decision.author,
        "decision": ("withdraw " if one.decision.withdraws else "") + one.decision.says,
        "reason": one.decision.reason,
        "state": ruling.state.value,
        "why": ruling.why,
    }


def as_decisions(library: Library, stated: Sequence[Stated], author: str, reason: str) -> list[Decision]:
    """Return as decisions what a file says and the library does not say already."""
    from knowledge.lookup import named

    today = date.today()
    made: list[Decision] = []
    added: set[str] = set()
    for one in stated:
        missing = [name for name in one.names if name not in added and not named(library.catalog, name)]
        if one.stands:
            made += [Decision(today, author, Verb.ADD, (name,), reason=reason) for name in missing]
            added.update(missing)
        new = bool(added.intersection(one.names))
        if one.kind is not None and (one.stands if new else _holds(library, one, one.kind) != one.stands):
            verb = Verb.ADD if one.stands else Verb.REJECT
            made.append(Decision(today, author, verb, one.names, one.kind, reason=reason))
    return made


def _holds(library: Library, one: Stated, kind: RelationKind) -> bool:
    """Return whether the library has the edge."""
    from knowledge.lookup import named

    first, second = ({concept.id for concept in named(library.catalog, name)} for name in one.names)
    ends = {(edge.source_id, edge.target_id) for edge in library.catalog.relations_of(sorted(first), [kind])}
    symmetric = kind in (RelationKind.RELATED, RelationKind.CONTRASTS_WITH)
    return any((a, b) in ends or (symmetric and (b, a) in ends) for a in first for b in second)


# --- review ---


def review_lines(items: Sequence[ReviewItem]) -> Iterator[str]:
    """Yield what to look at, with the commands that decide it."""
    if not items:
        yield "nothing is in doubt"
    for number, item in enumerate(items, start=1):
        yield f"{number}. {item.why} ({counted(item.impact, 'concept')} behind it, doubt {item.doubt:.2f})"
        for quote in item.quotes:
            yield f"   “{' '.join(quote.text.split())}” ({quote.where}; {quote.path})"
        for command in item.commands:
            yield "   erica graph " + " ".join([command[0], *map(_shell, command[1:])])


def review_object(item: ReviewItem) -> dict[str, Any]:
    """Return one thing to look at as a JSON object."""
    figures = {"impact": item.impact, "doubt": round(item.doubt, 4)}
    return {
        "matter": item.matter.value,
        "concepts": list(item.names),
        "why": item.why,
        **figures,
        "quotes": [{"text": one.text, "place": one.where, "path": one.path} for one in item.quotes],
        "commands": [["erica", "graph", *command] for command in item.commands],
    }


def _shell(name: str) -> str:
    import shlex

    return shlex.quote(name)
