"""`erica eval retrieval` and `erica eval answers`: a course and questions about it in, figures out. A thin face.

The course is read into a library of its own that is gone afterwards, so that a person's library does not change.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tutor.exits import OK, print_json

if TYPE_CHECKING:
    from knowledge.embedding import Embedder
    from knowledge.evaluation.questions import AskedQuestion
    from tutor.evaluation import AnswerRow
    from tutor.settings import Settings


def add_kinds(kinds: Any) -> None:
    """Add the two kinds to `erica eval`."""
    material = argparse.ArgumentParser(add_help=False)
    material.add_argument("docs", type=Path, metavar="DOCS", help="folder of the course")
    material.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl", help="a line each: id, question, gold")
    material.add_argument("--json", action="store_true", help="print the figures as one JSON object")

    retrieval = kinds.add_parser("retrieval", parents=[material], help="how high the right lessons rank")
    retrieval.add_argument("--run", type=Path, metavar="OUT.jsonl", help="write the ranking of each question")
    retrieval.add_argument("--against", type=Path, metavar="RUN.jsonl", help="compare with an earlier ranking")
    retrieval.set_defaults(command=_retrieval)

    answers = kinds.add_parser("answers", parents=[material], help="are lessons grounded, in order, and honest")
    answers.add_argument("--outside", type=Path, metavar="FILE.jsonl", help="questions the course does not answer")
    answers.add_argument("--model", metavar="NAME", default="extractive", help="who words the lessons (extractive)")
    answers.add_argument(
        "--rows", type=Path, metavar="OUT.jsonl", help="write the figures of each question; one begun is continued"
    )
    answers.add_argument("--lessons", type=Path, metavar="FOLDER", help="keep each lesson as ID.json, to be read")
    answers.add_argument("--verify", action="store_true", help="run the code cells of the lessons too")
    answers.set_defaults(command=_answers)


@contextlib.contextmanager
def _library_of(docs: Path) -> Iterator[tuple[Settings, Embedder]]:
    """Give settings whose library holds the course alone, for as long as the block lasts."""
    from ingest.pipeline import ingest
    from ingest.terminal import ingest_progress
    from knowledge.embedders import open_embedder
    from tutor.settings import load

    settings = load({})
    embedder = open_embedder(settings.embedding_model or None, backend=settings.embedding_backend)
    with tempfile.TemporaryDirectory(prefix="erica-eval-") as folder:
        with ingest_progress(quiet=not sys.stderr.isatty()) as progress:
            ingest([docs], Path(folder) / "library", embedder, progress=progress)
        yield replace(settings, library=Path(folder) / "library", state=Path(folder) / "state"), embedder


def _retrieval(args: argparse.Namespace) -> int:
    from knowledge.evaluation.questions import read_questions, read_run, write_run
    from knowledge.evaluation.rankings import MEASURES, measure_run, paired_difference
    from knowledge.library import Library
    from knowledge.retriever import Retriever

    asked = read_questions(args.questions)
    before = read_run(args.against) if args.against else None
    with _library_of(args.docs) as (settings, embedder), Library.open(settings.library) as library:
        retriever = Retriever(library, embedder)
        paths = {document.id: document.path for document in library.catalog.documents()}
        run = {one.id: [paths[found] for found, _ in retriever.lessons(one.question)] for one in asked}
    if args.run:
        with args.run.open("w", encoding="utf-8") as out:
            write_run(out, run)
    gold = {one.id: set(one.gold) for one in asked if one.gold}
    means, single = measure_run(run, gold)
    gains = {}
    if before is not None:
        other = measure_run(before, gold)[1]
        gains = {name: paired_difference(single, other, name) for name in MEASURES}
    if args.json:
        kinds = {"questions": len(gold), "measures": means, **({"gain": gains} if gains else {})}
        print_json({key: _plain(value) for key, value in kinds.items()})
        return OK
    print(f"{len(gold)} questions with right lessons; 95 % bootstrap intervals")
    for name in MEASURES:
        print(f"{name:10} {means[name]}" + (f"   against the other run {gains[name]}" if gains else ""))
    return OK


def _plain(value: Any) -> Any:
    return {name: asdict(one) for name, one in value.items()} if isinstance(value, dict) else value


def _answers(args: argparse.Namespace) -> int:
    from knowledge.evaluation.questions import read_questions
    from tutor.evaluation import summarise
    from tutor.evaluation_rows import read_rows

    asked = list(read_questions(args.questions))
    if args.outside:
        asked += [replace(one, gold=()) for one in read_questions(args.outside)]
    measured_before = {row.id: row for row in (read_rows(args.rows, args.model) if args.rows else ())}
    begun = [measured_before[one.id] for one in asked if one.id in measured_before]
    left = [one for one in asked if one.id not in measured_before]
    with _library_of(args.docs) as (settings, _):
        chosen = settings if args.verify else replace(settings, verify_s=0)
        rows = begun + _measured(left, chosen, args)
    measured = summarise(rows)
    if args.json:
        print_json({"questions": len(rows), "model": args.model, "measures": asdict(measured)})
        return OK
    inside = sum(row.inside for row in rows)
    print(
        f"{inside} questions that the course answers, {len(rows) - inside} that it does not; 95 % bootstrap intervals"
    )
    print("\n".join(measured.lines()))
    return OK


def _measured(asked: Sequence[AskedQuestion], settings: Settings, args: argparse.Namespace) -> list[AnswerRow]:
    """Return the figures of each question; each is written when it is known, so that a break loses one lesson."""
    from urllib.parse import quote

    from knowledge.library import Library
    from tutor.app import build
    from tutor.compose import finished
    from tutor.evaluation import measure_lesson
    from tutor.evaluation_rows import append_row
    from tutor.lesson_json import lesson_to_json

    rows = []
    with build(settings) as tutor, Library.open(settings.library) as library:
        for number, one in enumerate(asked, start=1):
            if sys.stderr.isatty():
                print(f"\rquestion {number} of {len(asked)}", end="", file=sys.stderr, flush=True)
            lesson = finished(tutor.ask(one.question, settings=settings.retrieval, model=args.model))
            rows.append(measure_lesson(one, lesson, library.catalog))
            if args.lessons:
                args.lessons.mkdir(parents=True, exist_ok=True)
                (args.lessons / f"{quote(one.id, safe='')}.json").write_text(lesson_to_json(lesson), encoding="utf-8")
            if args.rows:
                append_row(args.rows, rows[-1], args.model)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return rows
