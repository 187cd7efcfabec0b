"""The commands of `erica graph` by which a person decides: each adds a line to the file of decisions.

Thin faces over `knowledge.decision_desk`; registered by `tutor.cli_graph`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.graph_session import GraphSession, Refused, print_whole, told

if TYPE_CHECKING:
    from knowledge.deciding import Ruling
    from knowledge.decisions import Decision
    from knowledge.model import RelationKind

IMPORTS = ("json", "csv")
_MOST_IMPORTED_BYTES = 32_000_000
_KINDS = ("prerequisite", "is-a", "part-of", "contrasts-with", "related")
Part = Callable[[str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def add_edits(part: Part) -> None:
    """Add the commands that decide, by `part(name, run, about)`."""
    edits: list[argparse.ArgumentParser] = []
    for verb, about in (
        ("add", "a concept, or an edge from the first to the second"),
        ("approve", "what was found: a concept, or an edge"),
        ("remove", "a concept, or an edge"),
        ("reject", "what was found: a concept, or an edge"),
    ):
        made = part(verb, _stand, f"{verb} {about}")
        made.add_argument("names", nargs="+", metavar="CONCEPT")
        made.add_argument("--kind", choices=_KINDS, default="prerequisite", help="of the edge (prerequisite)")
        made.set_defaults(verb=verb)
        edits.append(made)
    for verb, first, second, about in (
        ("rename", "old", "new", "show a concept under another name; the old one stays an alias"),
        ("merge", "concept", "into", "make a concept a part of another"),
        ("split", "name", "concept", "part a name from a concept, as a concept of its own"),
    ):
        made = part(verb, _pair, about)
        made.add_argument("first", metavar=first.upper())
        made.add_argument("second", metavar=second.upper())
        made.set_defaults(verb=verb)
        edits.append(made)
    define = part("define", _define, "define a concept by words that stand in a document")
    define.add_argument("concept")
    define.add_argument("--quote", required=True, metavar="WORDS")
    define.add_argument("--at", required=True, metavar="PATH", help="the document, below its course's folder")
    undo = part("undo", _undo, "take the latest decision back, or the one in a line of its file")
    undo.add_argument("line", nargs="?", metavar="FILE:LINE", help="as `erica graph decisions` prints it")
    take = part("import", _import, "take concepts and edges of a file as decisions")
    take.add_argument("file", type=Path, metavar=f"FILE.({'|'.join(IMPORTS)})")
    for made in (*edits, define, undo, take):
        made.add_argument("--reason", default="", metavar="WORDS", help="why, for whoever reads the file")
        made.add_argument("--author", default="", metavar="NAME", help="who decides (git's user, else the account)")


def _stand(args: argparse.Namespace) -> int:
    from knowledge.lookup import named
    from knowledge.model import RelationKind

    def run() -> int:
        if len(args.names) > 2:
            raise Refused(f"`{args.verb}` takes a concept, or the two ends of an edge; quote names of several words")
        with GraphSession(args) as session:
            if len(args.names) == 2:
                names = tuple(session.concept(name).name for name in args.names)
                kind = RelationKind(args.kind.replace("-", "_"))
                return _decide(args, session, [_decision(args, args.verb, names, kind)])
            name = args.names[0]
            if args.verb != "add" or named(session.library.catalog, name):
                name = session.concept(name).name if args.verb != "add" else name
            return _decide(args, session, [_decision(args, args.verb, (name,))])

    return told(run)


def _pair(args: argparse.Namespace) -> int:
    def run() -> int:
        with GraphSession(args) as session:
            first = args.first if args.verb == "split" else session.concept(args.first).name
            second = args.second if args.verb == "rename" else session.concept(args.second).name
            return _decide(args, session, [_decision(args, args.verb, (first, second))])

    return told(run)


def _define(args: argparse.Namespace) -> int:
    from datetime import date

    from knowledge.decisions import Decision, Verb

    def run() -> int:
        with GraphSession(args) as session:
            name = session.concept(args.concept).name
            made = Decision(
                date.today(), _author(args), Verb.DEFINE, (name,), quote=args.quote, path=args.at, reason=args.reason
            )
            return _decide(args, session, [made])

    return told(run)


def _undo(args: argparse.Namespace) -> int:
    from knowledge.decision_files import read_book

    def run() -> int:
        with GraphSession(args) as session:
            if args.line:
                book = read_book(session.library)
                recorded = next((one for one in book.recorded if one.where == args.line), None)
            else:
                recorded = session.desk.latest()
            if recorded is None:
                raise Refused("there is no such decision; `erica graph decisions` lists them")
            return _said(args, session.desk.withdraw(recorded, _author(args)))

    return told(run)


def _import(args: argparse.Namespace) -> int:
    from knowledge.graph_export import GraphFileUnusable, read_graph
    from tutor.graph_words import as_decisions

    def run() -> int:
        suffix = args.file.suffix.removeprefix(".").casefold()
        if suffix not in IMPORTS:
            raise Refused(f"{args.file.name}: the name must end in one of {', '.join(IMPORTS)}")
        try:
            with args.file.open("rb") as opened:
                content = opened.read(_MOST_IMPORTED_BYTES + 1)
            if len(content) > _MOST_IMPORTED_BYTES:
                raise Refused(f"{args.file} is past {_MOST_IMPORTED_BYTES // 1_000_000} MB")
            stated = read_graph(content.decode("utf-8-sig"), suffix)
        except OSError as error:
            raise Refused(f"{args.file} cannot be read: {error.strerror}") from error
        except (GraphFileUnusable, UnicodeDecodeError) as error:
            raise Refused(f"{args.file}: {error}") from error
        with GraphSession(args) as session:
            made = as_decisions(session.library, stated, _author(args), args.reason or f"from {args.file.name}")
            if not made:
                return print_whole(args, {"decided": []}, ["the library says all of this already"])
            return _decide(args, session, made)

    return told(run)


def _decision(
    args: argparse.Namespace, verb: str, names: tuple[str, ...], kind: RelationKind | None = None
) -> Decision:
    from datetime import date

    from knowledge.decisions import Decision, Verb

    return Decision(date.today(), _author(args), Verb(verb), names, kind, reason=args.reason)


def _author(args: argparse.Namespace) -> str:
    from knowledge.decision_files import person

    return args.author or person()


def _decide(args: argparse.Namespace, session: GraphSession, decisions: Sequence[Decision]) -> int:
    return _said(args, session.desk.decide(decisions))


def _said(args: argparse.Namespace, rulings: Sequence[Ruling]) -> int:
    from tutor.graph_words import ruling_object

    return print_whole(args, {"decided": [ruling_object(one) for one in rulings]}, map(str, rulings))
