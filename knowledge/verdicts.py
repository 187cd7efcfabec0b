"""What chat models said about the order of concepts: a file beside the catalog, weighed into the edges in doubt.

A verdict is one more sign for or against an edge that the text speaks for. It makes no edge of its own, and it never
outranks a person. Knows the file and the weighing; refuses to know how models are asked (`prerequisites.judge`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge.concepts import normalise
from knowledge.decided_graph import DECISION, without_cycles
from knowledge.errors import DecisionsUnusable
from knowledge.library_folder import VERDICTS_NAME
from knowledge.model import Concept, Evidence, Relation, RelationKind
from knowledge.prerequisites.weights import shifted
from knowledge.snapshot import ConceptSnapshot, CutEdge

LOG_ODDS = 1.5
"""What a verdict adds to an edge or takes from it: about what a definition that uses the other is worth."""
LEAST_CONFIDENCE = 0.5
"""Edges that a verdict leaves weaker are left out, as ingest leaves out weaker ones."""
_WEIGHT = 0.8176
"""The same log-odds as a weight in 0..1."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a model said about two concepts: which comes first, or neither (an empty name)."""

    names: tuple[str, str]
    first: str
    model: str

    @property
    def key(self) -> frozenset[str]:
        """What tells the pair, whatever its order and writing."""
        return frozenset(map(normalise, self.names))


Verdicts = Mapping[frozenset[str], Verdict]


def read_verdicts(folder: Path) -> tuple[Verdicts, str]:
    """Return the latest verdict on each pair, and what tells the file's bytes (empty where there is none).

    Lines that are none are passed over: half a line is left by a crash, and is asked about again.

    Raises:
        DecisionsUnusable: the file is there and cannot be read.
    """
    file = folder / VERDICTS_NAME
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return {}, ""
    except OSError as error:
        raise DecisionsUnusable(f"{file} cannot be read ({error.strerror}). Check its permissions.") from error
    found = (_verdict(line) for line in content.decode(errors="replace").splitlines())
    return {one.key: one for one in found if one is not None}, hashlib.sha256(content).hexdigest()[:20]


def write_verdicts(folder: Path, verdicts: Iterable[Verdict]) -> None:
    """Put these verdicts in place of all that the folder held.

    Raises:
        DecisionsUnusable: the file cannot be written.
    """
    file, beside = folder / VERDICTS_NAME, folder / f".{VERDICTS_NAME}"
    lines = [
        json.dumps({"names": one.names, "first": one.first, "model": one.model}, ensure_ascii=False) + "\n"
        for one in sorted(verdicts, key=lambda one: (one.names, one.model))
    ]
    try:
        if not lines:
            file.unlink(missing_ok=True)
            return
        beside.write_text("".join(lines), encoding="utf-8")
        beside.replace(file)
    except OSError as error:
        raise DecisionsUnusable(f"{file} cannot be written ({error.strerror}). Check its permissions.") from error


def _verdict(line: str) -> Verdict | None:
    try:
        entry = json.loads(line)
        one, other = map(str, entry["names"])
        first, model = str(entry["first"]), str(entry["model"])
    except (ValueError, KeyError, TypeError):
        return None
    return Verdict((one, other), first, model) if first in (one, other, "") else None


def weighed(snapshot: ConceptSnapshot, verdicts: Verdicts) -> ConceptSnapshot:
    """Return the snapshot with the verdicts weighed into its prerequisites; itself where none is about one of them.

    An edge that a person decided stays as it is. One that a verdict leaves in too much doubt is listed as left out,
    with the model's name; an edge that it had kept out then comes back.
    """
    if not verdicts:
        return snapshot
    concepts = {concept.id: concept for concept in snapshot.concepts}
    steps = [edge for edge in snapshot.relations if edge.kind is RelationKind.PREREQUISITE]
    edges = [*steps, *(entry.relation for entry in snapshot.cut)]
    about = {
        (edge.source_id, edge.target_id): verdict
        for edge in edges
        if not _is_decided(edge) and (verdict := _about(edge, concepts, verdicts)) is not None
    }
    if not about:
        return snapshot
    denied: list[CutEdge] = []
    standing: list[Relation] = []
    for edge in edges:
        verdict = about.get((edge.source_id, edge.target_id))
        weighed_edge = edge if verdict is None else _shifted(edge, verdict, concepts[edge.source_id])
        if verdict is not None and weighed_edge.confidence < LEAST_CONFIDENCE:
            denied.append(CutEdge(weighed_edge, _reason(verdict)))
        else:
            standing.append(weighed_edge)
    decided = {(edge.source_id, edge.kind, edge.target_id) for edge in standing if _is_decided(edge)}
    names = {concept.id: concept.name for concept in snapshot.concepts}
    kept, cut = without_cycles(standing, decided, names)
    others = [edge for edge in snapshot.relations if edge.kind is not RelationKind.PREREQUISITE]
    left_out = sorted((*cut, *denied), key=lambda entry: (entry.relation.source_id, entry.relation.target_id))
    return replace(snapshot, relations=(*kept, *others), cut=tuple(left_out))


def _is_decided(edge: Relation) -> bool:
    return any(sign.kind == DECISION for sign in edge.evidence)


def _about(edge: Relation, concepts: Mapping[str, Concept], verdicts: Verdicts) -> Verdict | None:
    """Return the verdict on an edge's ends, by any of their names."""
    ends = concepts.get(edge.source_id), concepts.get(edge.target_id)
    if ends[0] is None or ends[1] is None:
        return None
    keys = (frozenset((one, other)) for one in _keys(ends[0]) for other in _keys(ends[1]))
    return next((verdicts[key] for key in keys if key in verdicts), None)


def _keys(concept: Concept) -> Iterator[str]:
    return map(normalise, (concept.name, *concept.aliases))


def _shifted(edge: Relation, verdict: Verdict, source: Concept) -> Relation:
    agrees = bool(verdict.first) and normalise(verdict.first) in set(_keys(source))
    says = "agrees" if agrees else "denies it"
    confidence = round(shifted(edge.confidence, LOG_ODDS if agrees else -LOG_ODDS), 4)
    sign = Evidence(f"a model {says} ({verdict.model})", _WEIGHT)
    return replace(edge, confidence=confidence, evidence=(*edge.evidence, sign))


def _reason(verdict: Verdict) -> str:
    if verdict.first:
        return f"{verdict.model} says that “{verdict.first}” comes first"
    return f"{verdict.model} says that neither needs the other"


def in_doubt(snapshot: ConceptSnapshot, most: float) -> list[tuple[str, str]]:
    """Return the names of the ends of prerequisites that are no surer than `most`, or that a cycle cut.

    What bears most comes first: doubt times the concepts that directly need the later one. Decided edges are left out.
    """
    names = {concept.id: concept.name for concept in snapshot.concepts}
    steps = [edge for edge in snapshot.relations if edge.kind is RelationKind.PREREQUISITE]
    bears: dict[str, int] = {}
    for edge in steps:
        bears[edge.source_id] = bears.get(edge.source_id, 0) + 1
    doubtful = [edge for edge in (*steps, *(entry.relation for entry in snapshot.cut)) if edge.confidence < most]
    doubtful.sort(key=lambda edge: (-(1.0 - edge.confidence) * (1 + bears.get(edge.target_id, 0)), edge.source_id))
    pairs = [_named(edge, names) for edge in doubtful if not _is_decided(edge)]
    return list(dict.fromkeys(pair for pair in pairs if pair is not None))


def _named(edge: Relation, names: Mapping[str, str]) -> tuple[str, str] | None:
    pair = names.get(edge.source_id), names.get(edge.target_id)
    return (pair[0], pair[1]) if pair[0] is not None and pair[1] is not None else None


def with_new(known: Verdicts, new: Sequence[Verdict]) -> list[Verdict]:
    """Return all verdicts, the new ones in place of earlier ones on the same pairs."""
    return list({**known, **{one.key: one for one in new}}.values())
