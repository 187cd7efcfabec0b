"""A concept graph as a file that other programs read, and such a file as decisions.

Names come from course files and may hold anything: each format gets them escaped. JSON says everything, GraphML the
graph with its figures, Mermaid and DOT what can be drawn: prerequisites alone, without those that a chain implies.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from knowledge.catalog import Catalog
from knowledge.decisions import LONGEST_NAME
from knowledge.graph import ConceptGraph
from knowledge.model import Concept, Relation, RelationKind
from knowledge.undecided import standing

SCHEMA = "erica.graph/1"
_XML_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLAIN = re.compile(r"[^\w \-.,;/+()']")


class GraphFileUnusable(ValueError):
    """The file holds no graph that can be imported; the text says where and why."""


@dataclass(frozen=True, slots=True)
class _Graph:
    concepts: Sequence[Concept]
    relations: Sequence[Relation]
    drawn: Sequence[Relation]


def export(catalog: Catalog, suffix: str) -> str:
    """Return the library's graph in the format of this suffix: `json`, `graphml`, `mmd` or `dot`.

    Raises:
        KeyError: there is no such format; see `FORMATS`.
    """
    write = FORMATS[suffix]
    all_of_it = standing(catalog)
    drawn = ConceptGraph(catalog).reduced([concept.id for concept in all_of_it.concepts])
    return write(_Graph(all_of_it.concepts, all_of_it.relations, drawn))


def _json(graph: _Graph) -> str:
    def shown(concept: Concept) -> dict[str, Any]:
        definition = concept.definition
        return {
            "id": concept.id,
            "name": concept.name,
            "aliases": list(concept.aliases),
            "definition": definition and {"text": definition.text, "chunk": definition.chunk_id},
            "salience": concept.salience,
            "difficulty": concept.difficulty,
            "introduced_at": list(concept.introduced_at),
        }

    def edge(relation: Relation) -> dict[str, Any]:
        evidence = [
            {"kind": sign.kind, "weight": sign.weight, "quote": sign.quote and sign.quote.text}
            for sign in relation.evidence
        ]
        ends = {"source": relation.source_id, "target": relation.target_id}
        return {**ends, "kind": relation.kind.value, "confidence": relation.confidence, "evidence": evidence}

    whole = {
        "schema": SCHEMA,
        "concepts": [shown(concept) for concept in graph.concepts],
        "relations": [edge(relation) for relation in graph.relations],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _graphml(graph: _Graph) -> str:
    root = ElementTree.Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    columns = {
        "node": {"name": "string", "aliases": "string", "definition": "string", "salience": "double",
                 "difficulty": "double"},
        "edge": {"kind": "string", "confidence": "double"},
    }  # fmt: skip
    for owner, fields in columns.items():
        for name, sort in fields.items():
            ElementTree.SubElement(
                root, "key", {"id": f"{owner}-{name}", "for": owner, "attr.name": name, "attr.type": sort}
            )
    body = ElementTree.SubElement(root, "graph", edgedefault="directed")

    def hold(parent: ElementTree.Element, owner: str, values: Mapping[str, object]) -> None:
        for name, value in values.items():
            ElementTree.SubElement(parent, "data", key=f"{owner}-{name}").text = _XML_UNFIT.sub("�", str(value))

    for concept in graph.concepts:
        definition = concept.definition.text if concept.definition else ""
        figures = {"salience": concept.salience, "difficulty": concept.difficulty}
        words = {"name": concept.name, "aliases": "; ".join(concept.aliases), "definition": definition}
        hold(ElementTree.SubElement(body, "node", id=concept.id), "node", {**words, **figures})
    for edge in graph.relations:
        drawn = ElementTree.SubElement(body, "edge", source=edge.source_id, target=edge.target_id)
        hold(drawn, "edge", {"kind": edge.kind.value, "confidence": edge.confidence})
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _mermaid(graph: _Graph) -> str:
    number, concepts = _numbered(graph)
    lines = ["flowchart LR"]
    lines += [f'  n{number[concept.id]}["{_entities(concept.name)}"]' for concept in concepts]
    lines += [f"  n{number[edge.source_id]} --> n{number[edge.target_id]}" for edge in graph.drawn]
    return "\n".join(lines) + "\n"


def _dot(graph: _Graph) -> str:
    number, concepts = _numbered(graph)
    lines = ["digraph concepts {", "  rankdir=LR;", '  node [shape=box, style=rounded, fontname="sans-serif"];']
    lines += [f'  n{number[concept.id]} [label="{_dot_text(concept.name)}"];' for concept in concepts]
    lines += [f"  n{number[edge.source_id]} -> n{number[edge.target_id]};" for edge in graph.drawn]
    return "\n".join([*lines, "}"]) + "\n"


def _numbered(graph: _Graph) -> tuple[dict[str, int], list[Concept]]:
    """Return the concepts that an edge drawn touches, and a number for each."""
    touched = {end for edge in graph.drawn for end in (edge.source_id, edge.target_id)}
    concepts = [concept for concept in graph.concepts if concept.id in touched]
    return {concept.id: number for number, concept in enumerate(concepts)}, concepts


def _entities(name: str) -> str:
    """Return the name with every mark that Mermaid might read spelled as an entity."""
    return _PLAIN.sub(lambda found: f"#{ord(found[0])};", " ".join(name.split()))


def _dot_text(name: str) -> str:
    return " ".join(name.split()).replace("\\", "\\\\").replace('"', '\\"')


FORMATS: Mapping[str, Callable[[_Graph], str]] = {"json": _json, "graphml": _graphml, "mmd": _mermaid, "dot": _dot}


# --- import ---


@dataclass(frozen=True, slots=True)
class Stated:
    """What a file says: a concept (one name) or an edge (two), which stands or not."""

    names: tuple[str, ...]
    kind: RelationKind | None
    stands: bool


def read_graph(text: str, suffix: str) -> list[Stated]:
    """Return what a file says, concepts before edges, each once.

    Args:
        text: JSON as `export` writes it (names may stand in place of ids), or CSV with a heading line
            `source,target` and perhaps `kind` (prerequisite) and `stands` (yes or no).
        suffix: `json` or `csv`.

    Raises:
        GraphFileUnusable: it is neither, or something in it is no name or kind.
    """
    read = _from_json if suffix == "json" else _from_csv
    return list(dict.fromkeys(read(text)))


def _from_json(text: str) -> Iterator[Stated]:
    try:
        whole = json.loads(text)
        concepts, relations = whole.get("concepts", []), whole.get("relations", [])
        named = {str(one["id"]): _name(one["name"]) for one in concepts if "id" in one}
        for one in concepts:
            yield Stated((_name(one["name"]),), None, True)
        for one in relations:
            ends = tuple(named.get(str(one[end]), _name(one[end])) for end in ("source", "target"))
            yield Stated(ends, _kind(one.get("kind", "")), bool(one.get("stands", True)))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise GraphFileUnusable(f"the JSON holds no graph such as `erica graph export` writes ({error})") from error


def _from_csv(text: str) -> Iterator[Stated]:
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), skipinitialspace=True)
    if not {"source", "target"} <= set(rows.fieldnames or ()):
        raise GraphFileUnusable("the first line of the CSV must name the columns source and target")
    for row in rows:
        try:
            stands = (row.get("stands") or "yes").strip().casefold()
            if stands not in ("yes", "no", "1", "0", "true", "false"):
                raise GraphFileUnusable(f"{stands!r} is neither yes nor no")
            ends = (_name(row["source"]), _name(row["target"]))
            yield Stated(ends, _kind(row.get("kind") or ""), stands in ("yes", "1", "true"))
        except GraphFileUnusable as error:
            raise GraphFileUnusable(f"line {rows.line_num}: {error}") from error


def _name(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_NAME:
        raise GraphFileUnusable(f"{str(value)[:40]!r} is no name")
    return " ".join(value.split())


def _kind(value: str) -> RelationKind:
    try:
        return RelationKind(value.strip().replace("-", "_") or RelationKind.PREREQUISITE)
    except ValueError as error:
        raise GraphFileUnusable(f"{value[:40]!r} is none of {', '.join(RelationKind)}") from error
