"""`erica sources`, `remove`, `rebuild` and `reembed`: what a library holds, and what is done to it as a whole.

A thin face like `tutor.cli`, which registers it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor.exits import FAILED, INTERRUPTED, OK, PARTIAL, print_json

if TYPE_CHECKING:
    from ingest.report import IngestReport, Progress
    from knowledge.embedding import Embedder
    from tutor.settings import Settings


def folder(text: str) -> Path:
    """Return the folder that an option names; an empty name is none, and never the current folder.

    Raises:
        argparse.ArgumentTypeError: the name is empty.
    """
    if not text.strip():
        raise argparse.ArgumentTypeError("the name of the folder is empty")
    return Path(text)


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add the commands to the `erica` parser's commands."""
    wait = argparse.ArgumentParser(add_help=False)
    wait.add_argument("--wait", type=float, default=0.0, metavar="S", help="wait for another writer, seconds")
    report = argparse.ArgumentParser(add_help=False)
    report.add_argument("--json", action="store_true", help="print the report as one JSON object")

    sources = commands.add_parser("sources", parents=[common], help="list everything ingested and where it came from")
    sources.add_argument("--json", action="store_true")
    sources.set_defaults(command=_sources)

    remove = commands.add_parser(
        "remove", parents=[common, wait, report], help="take documents out of the library, with all that came of them"
    )
    remove.add_argument(
        "names", nargs="+", metavar="NAME", help="a path, folder or web address, a path of `sources`, or a course title"
    )
    remove.set_defaults(command=_remove)

    rebuild = commands.add_parser(
        "rebuild", parents=[common, wait, report], help="make passages, concepts and indexes anew from the sources"
    )
    rebuild.set_defaults(command=_rebuild)

    reembed = commands.add_parser("reembed", parents=[common, wait], help="embed the whole library with another model")
    reembed.add_argument("--model", required=True, metavar="NAME", help="a sentence-transformers model or folder")
    reembed.set_defaults(command=_reembed)


def _settings(args: argparse.Namespace, embedding_model: str | None = None) -> Settings:
    from tutor.settings import load

    return load({"library": args.library, "embedding_model": embedding_model})


def _embedder(settings: Settings) -> Embedder:
    from knowledge.embedders import open_embedder

    return open_embedder(settings.embedding_model or None, backend=settings.embedding_backend)


def _sources(args: argparse.Namespace) -> int:
    from knowledge.library import Library
    from knowledge.wording import one_line

    with Library.open(_settings(args).library) as library:
        courses = {course.id: course for course in library.catalog.courses()}
        rows = [
            {
                "course": courses[document.course_id].title,
                "path": document.path,
                "title": document.title,
                "kind": document.kind.value,
                "from": document.uri,
            }
            for document in library.catalog.documents()
        ]
    if args.json:
        print_json({"sources": rows})
        return OK
    for row in rows:
        print("\t".join(one_line(row[name]) for name in ("course", "kind", "title", "from")))
    return OK


def _remove(args: argparse.Namespace) -> int:
    from ingest.removal import remove

    def run(settings: Settings, progress: Callable[[Progress], None]) -> IngestReport:
        return remove(args.names, settings.library, _embedder(settings), progress=progress, wait_s=args.wait)

    return _reported(args, run)


def _rebuild(args: argparse.Namespace) -> int:
    from ingest.rebuilding import rebuild

    def run(settings: Settings, progress: Callable[[Progress], None]) -> IngestReport:
        return rebuild(settings.library, _embedder(settings), progress=progress, wait_s=args.wait)

    return _reported(args, run)


def _reported(args: argparse.Namespace, run: Callable[[Settings, Callable[[Progress], None]], IngestReport]) -> int:
    """Run with progress shown, print the report, and return the exit code."""
    from ingest.terminal import ingest_progress, report_lines

    settings = _settings(args)
    with ingest_progress(quiet=args.json) as progress:
        report = run(settings, progress)
    print(report.to_json() if args.json else "\n".join(report_lines(report, settings.library)))
    if report.interrupted:
        return INTERRUPTED
    if report.failed:
        return PARTIAL if report.updated or report.unchanged else FAILED
    return OK


def _reembed(args: argparse.Namespace) -> int:
    from knowledge.library import LibraryWriter

    def show(done: int, of: int) -> None:
        print(f"\rembedding {done} of {of}", end="" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)

    settings = _settings(args, embedding_model=args.model)
    embedder = _embedder(settings)
    LibraryWriter.reembed(settings.library, embedder, progress=show, wait_s=args.wait)
    print(
        f"\nThe library at {settings.library} is embedded with {embedder.signature.name}. From now on set",
        file=sys.stderr,
    )
    print(f"embedding_model = {settings.embedding_model!r} (or ERICA_EMBEDDING_MODEL).", file=sys.stderr)
    return OK
