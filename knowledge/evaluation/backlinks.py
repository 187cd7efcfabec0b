"""Whether the graph reaches the earlier lessons that authors link back to.

For each link from a lesson to an earlier one: the later lesson's main concepts are expanded as for a question, and the
link is found if the earlier lesson introduces, defines or most teaches one of the concepts kept: those are the lessons
that an explanation would quote. Links are incomplete, so only the share found is measured. Three floors stand beside
it: the lesson before, all lessons of the same folder, and as many lessons as the graph reached drawn at random from
those before.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname

from knowledge.evaluation.measures import Measured, bootstrap, share
from knowledge.evaluation.pairs import PairsUnusable
from knowledge.graph import ConceptGraph
from knowledge.model import Concept, Mention, MentionRole, Relation, RelationKind

SEEDS, DEPTH, BUDGET = 5, 2, 10
"""Main concepts of a lesson, steps back, concepts kept: as for a question."""
IN_EARNEST = 0.5
"""A lesson introduces a concept if it is the first that teaches it at least half as much as the one that does most."""
_TEACHING = {MentionRole.DEFINES: 3, MentionRole.EXPLAINS: 1}
Link = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a course's lessons teach. Lessons are paths; what is not in `order` is of another course."""

    order: tuple[str, ...]
    main: Mapping[str, Sequence[str]]
    """By lesson, the concepts that it teaches most, best first."""
    teach: Mapping[str, frozenset[str]]
    """By concept, the lessons that introduce, define or most teach it."""


@dataclass(frozen=True, slots=True)
class BackLinks:
    """The shares of back links found, each with its interval."""

    links: int
    found: Measured
    lessons_reached: float
    """Mean over the links."""
    previous_lesson: Measured
    same_folder: Measured
    folder_lessons: float
    """Mean number of the other lessons of the folder."""
    at_random: Measured
    """Expected share of as many lessons drawn from all that stand before."""
    above_floor: Measured
    """Share found less that of the better of the first two floors."""

    def to_json(self) -> dict[str, object]:
        """Return the figures by name."""
        shares = ("found", "previous_lesson", "same_folder", "at_random", "above_floor")
        return {
            "links": self.links,
            "lessons_reached": round(self.lessons_reached, 2),
            "folder_lessons": round(self.folder_lessons, 2),
            **{name: getattr(self, name).to_json() for name in shares},
        }


class SnapshotEdges:
    """Concepts and prerequisites in memory, as a graph reads them."""

    def __init__(self, concepts: Iterable[Concept], relations: Iterable[Relation]) -> None:
        """Keep the concepts, and of the relations the prerequisites."""
        self._concepts = {concept.id: concept for concept in concepts}
        self._into: dict[str, list[Relation]] = defaultdict(list)
        self._out: dict[str, list[Relation]] = defaultdict(list)
        for edge in relations:
            if edge.kind is RelationKind.PREREQUISITE:
                self._into[edge.target_id].append(edge)
                self._out[edge.source_id].append(edge)

    def prerequisites_of(self, concept_ids: Sequence[str]) -> list[Relation]:
        """Return the edges that lead to one of the ids."""
        return [edge for one in dict.fromkeys(concept_ids) for edge in self._into.get(one, ())]

    def unlocked_by(self, concept_ids: Sequence[str]) -> list[Relation]:
        """Return the edges that start at one of the ids."""
        return [edge for one in dict.fromkeys(concept_ids) for edge in self._out.get(one, ())]

    def concepts(self, ids: Sequence[str] | None = None) -> list[Concept]:
        """Return the concepts with these ids, or all."""
        return [self._concepts[one] for one in (self._concepts if ids is None else ids) if one in self._concepts]


def lessons_of(
    documents: Sequence[str | None], concepts: Sequence[Concept], mentions: Sequence[Mention], home: Mapping[str, str]
) -> Lessons:
    """Return what the lessons of a course teach.

    Args:
        documents: path of every document of the library in its order, None for those of other courses.
        concepts: of the library.
        mentions: of those concepts.
        home: path by chunk id, for the chunks of this course's lessons alone.
    """
    by_lesson: dict[str, Counter[str]] = defaultdict(Counter)
    by_concept: dict[str, Counter[str]] = defaultdict(Counter)
    for mention in mentions:
        lesson, weight = home.get(mention.chunk_id), _TEACHING.get(mention.role)
        if lesson is not None and weight is not None:
            by_lesson[lesson][mention.concept_id] += weight
            by_concept[mention.concept_id][lesson] += weight
    place = {path: number for number, path in enumerate(documents)}
    teach: dict[str, frozenset[str]] = {}
    for concept in concepts:
        taught = by_concept.get(concept.id, Counter())
        earnest = [lesson for lesson in taught if taught[lesson] >= IN_EARNEST * max(taught.values())]
        defined = home.get(concept.definition.chunk_id) if concept.definition else None
        first = min(earnest, key=lambda lesson: place[lesson], default=None)
        teach[concept.id] = frozenset(one for one in (defined, first, *_ranked(taught)[:1]) if one is not None)
    order = tuple(path for path in documents if path is not None)
    return Lessons(order, {lesson: _ranked(found) for lesson, found in by_lesson.items()}, teach)


def _ranked(counts: Counter[str]) -> list[str]:
    return sorted(counts, key=lambda one: (-counts[one], one))


def measure_back_links(graph: ConceptGraph, lessons: Lessons, links: Sequence[Link]) -> BackLinks:
    """Return how many links lead to a lesson that expansion reaches.

    Args:
        graph: of the library.
        lessons: what they teach.
        links: (earlier lesson, later lesson that links to it), both in `lessons.order`.
    """
    place = {lesson: number for number, lesson in enumerate(lessons.order)}
    folder: dict[str, set[str]] = defaultdict(set)
    for lesson in lessons.order:
        folder[dirname(lesson)].add(lesson)
    reached = {later: _reached(graph, lessons, later) for later in {later for _, later in links}}
    found = [earlier in reached[later] for earlier, later in links]
    before = [place[earlier] == place[later] - 1 for earlier, later in links]
    same = [earlier in folder[dirname(later)] for earlier, later in links]
    at_random = [_share_of_earlier(reached[later], place, later) for _, later in links]
    floor = before if sum(before) > sum(same) else same
    gain = [float(hit) - float(low) for hit, low in zip(found, floor, strict=True)]
    return BackLinks(
        links=len(links),
        found=share(found),
        lessons_reached=_mean([len(reached[later]) for _, later in links]),
        previous_lesson=share(before),
        same_folder=share(same),
        folder_lessons=_mean([len(folder[dirname(later)]) - 1 for _, later in links]),
        at_random=bootstrap(lambda rows: _mean([at_random[row] for row in rows]), len(links)),
        above_floor=bootstrap(lambda rows: _mean([gain[row] for row in rows]), len(links)),
    )


def _reached(graph: ConceptGraph, lessons: Lessons, lesson: str) -> frozenset[str]:
    """Return the other lessons of the course that the concepts kept for a lesson lead to."""
    seeds = list(lessons.main.get(lesson, ()))[:SEEDS]
    kept = graph.expand(seeds, DEPTH, BUDGET).kept
    return frozenset(one for item in kept for one in lessons.teach.get(item.concept_id, ())) - {lesson}


def _share_of_earlier(reached: frozenset[str], place: Mapping[str, int], lesson: str) -> float:
    """Return the chance that one of the earlier lessons is among as many of them as were reached."""
    return min(1.0, len(reached) / place[lesson]) if place[lesson] else 0.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else float("nan")


def linked_lessons(path: Path) -> frozenset[str]:
    """Return every lesson that a file of links names.

    Raises:
        PairsUnusable: see `read_back_links`.
    """
    return frozenset(lesson for link in _read_links(path) for lesson in link)


def read_back_links(path: Path, order: Sequence[str]) -> list[Link]:
    """Return the links of a CSV file (columns `source`, `target`: target's text points to source) that point back.

    Raises:
        PairsUnusable: it cannot be read, or lacks a column, or names no two lessons of `order`.
    """
    place = {lesson: number for number, lesson in enumerate(order)}
    links = _read_links(path)
    back = [link for link in links if link[0] in place and link[1] in place and place[link[0]] < place[link[1]]]
    if not back:
        raise PairsUnusable(f"{path}: no line names two lessons of the library, the earlier one first.")
    return back


def _read_links(path: Path) -> list[Link]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            rows = list(csv.DictReader(opened))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PairsUnusable(f"{path} cannot be read as a file of links: {error}.") from error
    if rows and not {"source", "target"} <= rows[0].keys():
        raise PairsUnusable(f"{path}, line 1: needs the columns source and target.")
    return [(row["source"] or "", row["target"] or "") for row in rows]
