"""`erica graph`: the concepts of a course, how they depend on each other, and what should be looked at.

A thin face over `knowledge`; what it prints for people is worded in `tutor.graph_words`. Registered by `tutor.cli`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tutor.cli_graph_edit import add_edits
from tutor.cli_graph_explain import add_explain
from tutor.cli_graph_judge import add_judge
from tutor.exits import FAILED, OK, PARTIAL, complain
from tutor.graph_session import GraphSession, Refused, print_concepts, print_whole, told

_EXPORTS = ("graphml", "json", "mmd", "dot")


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add `erica graph` and its own commands to the parser's commands."""
    graph = commands.add_parser("graph", help="show, query, export and correct the concept graph")
    parts = graph.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def part(name: str, run: Callable[[argparse.Namespace], int], about: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = parts.add_parser(name, parents=[common], help=about, description=about)
        made.add_argument("--json", action="store_true", help="print one JSON object")
        made.set_defaults(command=run)
        return made

    part("show", _show, "a concept: definition, places, edges, and why each is believed").add_argument("concept")
    find = part("find", _find, "concepts by a part of their name")
    find.add_argument("text")
    find.add_argument("--limit", type=int, default=20, metavar="N")
    path = part("path", _path, "what is still to learn for a concept, in order")
    path.add_argument("goal")
    path.add_argument("--known", action="append", default=[], metavar="CONCEPT", help="known already; may be repeated")
    part("unlocks", _unlocks, "what these concepts make possible next").add_argument("concept", nargs="+")
    frontier = part("frontier", _frontier, "what can be learned next")
    frontier.add_argument("--known", action="append", required=True, metavar="CONCEPT")
    part("export", _export, "write the graph to a file").add_argument(
        "file", type=Path, metavar=f"FILE.({'|'.join(_EXPORTS)})"
    )
    review = part("review", _review, "what a person should look at first, by impact and doubt")
    review.add_argument("--limit", type=int, default=20, metavar="N")
    part("decisions", _decisions, "every decision, and what became of it")
    add_explain(part)
    add_judge(part)
    add_edits(part)


def _show(args: argparse.Namespace) -> int:
    from knowledge.concept_sheet import sheet
    from tutor.graph_words import sheet_lines, sheet_object

    def run() -> int:
        with GraphSession(args) as session:
            found = sheet(session.library.catalog, session.concept(args.concept))
        return print_whole(args, sheet_object(found), sheet_lines(found))

    return told(run)


def _find(args: argparse.Namespace) -> int:
    from knowledge.lookup import search

    def run() -> int:
        with GraphSession(args) as session:
            return print_concepts(args, search(session.library.catalog, args.text, args.limit))

    return told(run)


def _path(args: argparse.Namespace) -> int:
    from knowledge.graph import ConceptGraph

    def run() -> int:
        with GraphSession(args) as session:
            known, goal = [session.concept(one).id for one in args.known], session.concept(args.goal)
            found = ConceptGraph(session.library.catalog).path(known, goal.id)
            if not found:
                complain(f"note: “{goal.name}” is known already", OK)
            return print_concepts(args, found)

    return told(run)


def _unlocks(args: argparse.Namespace) -> int:
    from knowledge.graph import ConceptGraph

    def run() -> int:
        with GraphSession(args) as session:
            ids = [session.concept(one).id for one in args.concept]
            return print_concepts(args, ConceptGraph(session.library.catalog).unlocks(ids))

    return told(run)


def _frontier(args: argparse.Namespace) -> int:
    from knowledge.graph import ConceptGraph

    def run() -> int:
        with GraphSession(args) as session:
            ids = [session.concept(one).id for one in args.known]
            return print_concepts(args, ConceptGraph(session.library.catalog).frontier(ids))

    return told(run)


def _review(args: argparse.Namespace) -> int:
    from knowledge.review import review
    from tutor.graph_words import review_lines, review_object

    def run() -> int:
        with GraphSession(args) as session:
            items = review(session.library, args.limit)
        return print_whole(args, {"review": [review_object(item) for item in items]}, review_lines(items))

    return told(run)


def _decisions(args: argparse.Namespace) -> int:
    from knowledge.decided_library import rulings
    from tutor.graph_words import ruling_object

    def run() -> int:
        with GraphSession(args) as session:
            decided, malformed = rulings(session.library)
        whole = {
            "decisions": [ruling_object(one) for one in decided.rulings],
            "malformed": [{"where": f"{one.file}:{one.line}", "reason": one.reason} for one in malformed],
        }
        lines = [*map(str, decided.rulings), *map(str, malformed)] or ["nothing was decided yet"]
        print_whole(args, whole, lines)
        return PARTIAL if decided.conflicts or malformed else OK

    return told(run)


def _export(args: argparse.Namespace) -> int:
    from knowledge.graph_export import export

    def run() -> int:
        suffix = args.file.suffix.removeprefix(".").casefold()
        if suffix not in _EXPORTS:
            raise Refused(f"{args.file.name}: the name must end in one of {', '.join(_EXPORTS)}")
        with GraphSession(args) as session:
            text, counts = export(session.library.catalog, suffix), session.library.counts()
        try:
            args.file.write_text(text, encoding="utf-8")
        except OSError as error:
            raise Refused(f"{args.file} cannot be written: {error.strerror}", FAILED) from error
        said = {"file": str(args.file), "concepts": counts.concepts, "relations": counts.relations}
        return print_whole(args, said, [f"{args.file}: {counts.concepts} concepts, {counts.relations} relations"])

    return told(run)
