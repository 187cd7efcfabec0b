"""`erica eval graph`: whether prerequisites lead to the lessons that authors link back to, and what each kind adds.

A thin face like `tutor.cli_eval`, which registers it.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor.exits import OK, USAGE, complain, print_json

if TYPE_CHECKING:
    from knowledge.catalog import Catalog
    from knowledge.embedding import Embedder
    from knowledge.evaluation.backlinks import BackLinks, Lessons
    from knowledge.evaluation.measures import PairMeasures
    from knowledge.prerequisites.scorer import Pair
    from knowledge.prerequisites.usage import Usages
    from knowledge.snapshot import ConceptSnapshot

LINKS, HIDDEN = "with the graph as it is", "with all links hidden from extraction"


def add_kinds(kinds: Any, common: argparse.ArgumentParser) -> None:
    """Add `graph` to what `erica eval` measures."""
    graph = kinds.add_parser("graph", parents=[common], help="measure a library's prerequisites")
    graph.add_argument("--links", type=Path, metavar="LINKS.csv", help="links between lessons: source,target (paths)")
    graph.add_argument(
        "--pairs", type=Path, nargs="+", default=[], metavar="PAIRS.csv", help="labelled pairs: source,target,label"
    )
    graph.add_argument("--json", action="store_true", help="print what was measured as one JSON object")
    graph.set_defaults(command=_graph)


def _graph(args: argparse.Namespace) -> int:
    from knowledge.embedders import open_embedder
    from knowledge.library import Library
    from tutor.settings import load

    if args.links is None and not args.pairs:
        return complain("`erica eval graph` needs --links LINKS.csv or --pairs PAIRS.csv, or both.", USAGE)
    settings = load({"library": args.library})
    told: dict[str, object] = {}
    with Library.open(settings.library) as library:
        if args.links is not None:
            found = _back_links(library.catalog, args.links)
            told["back_links"] = {name: measured.to_json() for name, measured in found.items()}
            if not args.json:
                print("\n".join(_link_lines(found)))
        if args.pairs:
            embedder = open_embedder(settings.embedding_model or None, backend=settings.embedding_backend)
            told["pairs"] = _pairs(library.catalog, embedder, args.pairs, args.json)
    if args.json:
        print_json(told)
    return OK


def _back_links(catalog: Catalog, path: Path) -> dict[str, BackLinks]:
    from ingest.withheld import snapshot_without_links
    from knowledge.evaluation.backlinks import SnapshotEdges, measure_back_links, read_back_links
    from knowledge.graph import ConceptGraph

    documents = _paths_of_one_course(catalog, path)
    order = [document for document in documents if document is not None]
    links = read_back_links(path, order)
    concepts = catalog.concepts()
    as_is = _lessons(catalog, documents, None)
    hidden = snapshot_without_links(catalog)
    graph = ConceptGraph(SnapshotEdges(concepts, catalog.prerequisites_of([concept.id for concept in concepts])))
    bare = ConceptGraph(SnapshotEdges(hidden.concepts, hidden.relations))
    return {
        LINKS: measure_back_links(graph, as_is, links),
        HIDDEN: measure_back_links(bare, _lessons(catalog, documents, hidden), links),
    }


def _paths_of_one_course(catalog: Catalog, path: Path) -> list[str | None]:
    """Return every document's path in the library's order; None outside the course that the file names most."""
    from knowledge.evaluation.backlinks import linked_lessons

    named = linked_lessons(path)
    documents = catalog.documents()
    counts = Counter(document.course_id for document in documents if document.path in named)
    course = counts.most_common(1)[0][0] if counts else ""
    return [document.path if document.course_id == course else None for document in documents]


def _lessons(catalog: Catalog, documents: Sequence[str | None], snapshot: ConceptSnapshot | None) -> Lessons:
    """Return what the lessons teach, by the library or by a snapshot of it."""
    from knowledge.evaluation.backlinks import lessons_of

    concepts = catalog.concepts() if snapshot is None else list(snapshot.concepts)
    ids = [concept.id for concept in concepts]
    mentions = catalog.mentions_of(ids) if snapshot is None else list(snapshot.mentions)
    with catalog.reading() as db:
        rows = db.execute("SELECT id, document_id FROM chunks").fetchall()
    paths = {
        document.id: path for document, path in zip(catalog.documents(), documents, strict=True) if path is not None
    }
    home = {chunk_id: paths[document_id] for chunk_id, document_id in rows if document_id in paths}
    return lessons_of(documents, concepts, mentions, home)


def _link_lines(found: dict[str, BackLinks]) -> list[str]:
    one = found[LINKS]
    lines = [
        f"{one.links} links back to an earlier lesson; 95 % bootstrap intervals",
        f"  floor: the lesson before            {one.previous_lesson}",
        f"  floor: same folder                  {one.same_folder}   {one.folder_lessons:.1f} lessons",
    ]
    for name, measured in found.items():
        lines += [
            f"{name}:",
            f"  found by expansion                  {measured.found}   {measured.lessons_reached:.1f} lessons",
            f"  as many earlier lessons at random   {measured.at_random}",
            f"  above the better floor              {measured.above_floor}",
        ]
    return lines


def _pairs(catalog: Catalog, embedder: Embedder, paths: Sequence[Path], quiet: bool) -> dict[str, object]:
    """Measure files of pairs, and print them unless `quiet`; return what was measured by file and selection."""
    from ingest.withheld import snapshot_without_topics
    from knowledge.concepts import normalise
    from knowledge.evaluation.backlinks import SnapshotEdges
    from knowledge.evaluation.kinds import by_kind
    from knowledge.evaluation.pairs import labelled_once, read_pairs
    from knowledge.prerequisites.scorer import PairScorer

    files = {path: labelled_once(read_pairs(path), path) for path in paths}
    unread = snapshot_without_topics(catalog)
    edges = SnapshotEdges(unread.concepts, unread.relations)
    told: dict[str, object] = {}
    for path, labels in files.items():
        # the list of topics must not know the names it is tried on
        names = frozenset(normalise(name) for pair in labels for name in pair)
        scorer = PairScorer(catalog, embedder, without=names, edges=edges)
        tables = {
            title: by_kind(scorer, pairs, [labels[pair] for pair in pairs])
            for title, pairs in _selections(list(labels), scorer.usages).items()
            if pairs
        }
        told[path.as_posix()] = {
            title: {name: measured.to_json() for name, measured in rows} for title, rows in tables.items()
        }
        if not quiet:
            for title, rows in tables.items():
                print("\n".join(_table_lines(f"{path.parent.name}/{path.name}, {title}", rows)))
    return told


def _selections(pairs: Sequence[Pair], usages: Usages) -> dict[str, list[Pair]]:
    """Return the pairs by what the library says of their names."""
    used = {name: usages.of(name) for pair in pairs for name in pair}
    both = [pair for pair in pairs if all(used[name].known for name in pair)]
    taught = [pair for pair in both if all(used[name].taught for name in pair)]
    return {
        "both names stand in the library": both,
        "both are taught there": taught,
        "one of them stands there in passing": sorted(set(both) - set(taught)),
        "all pairs": list(pairs),
    }


def _table_lines(title: str, rows: Sequence[tuple[str, PairMeasures]]) -> list[str]:
    first = rows[0][1]
    return [
        f"{title}: {first.pairs} pairs, {first.positives} of them prerequisites",
        f"  {'':34}{'AUC':24}{'direction':24}F1 at 0.5",
        *(f"  {name:34}{measured.auc!s:24}{measured.direction!s:24}{measured.f1}" for name, measured in rows),
    ]
