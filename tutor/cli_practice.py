"""`erica quiz` and `erica review`: questions in the terminal, graded and remembered. Registered by `tutor.cli`.

A thin face over `tutor.quiz_book` and `tutor.learner`. Answers are read from standard input, one line each; an empty
line passes a question over, and the end of the input ends the quiz.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tutor.exits import OK, USAGE, complain, print_json

if TYPE_CHECKING:
    from knowledge.model import Concept
    from tutor.learner import Learner
    from tutor.quiz import QuizItem
    from tutor.quiz_book import QuizBook
    from tutor.quiz_worded import Askable


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add `erica quiz` and `erica review` to the parser's commands."""
    quiz = commands.add_parser("quiz", parents=[common], help="answer questions about a concept or a lesson")
    quiz.add_argument("concept", nargs="?", help="a concept of the course")
    quiz.add_argument("--lesson", metavar="PATH", help="a document, by its path as `erica sources` lists it")
    quiz.add_argument("--limit", type=int, default=10, metavar="N", help="most questions (10)")
    quiz.add_argument("--model", metavar="NAME", help="have a chat model write questions first, such as ollama:NAME")
    quiz.add_argument("--json", action="store_true", help="print the questions with their answers as one JSON object")
    quiz.set_defaults(command=_quiz)
    review = commands.add_parser("review", parents=[common], help="answer what is due for review")
    review.add_argument("--limit", type=int, default=20, metavar="N", help="most questions (20)")
    what = review.add_mutually_exclusive_group()
    what.add_argument("--json", action="store_true", help="print what is due, with its questions, as one JSON object")
    what.add_argument("--export", action="store_true", help="print all that is stored about you as one JSON object")
    what.add_argument("--delete", action="store_true", help="remove all that is stored about you")
    review.set_defaults(command=_review)


def _quiz(args: argparse.Namespace) -> int:
    from knowledge.lookup import choices, named, near
    from tutor.quiz_book import with_written

    if (args.concept is None) == (args.lesson is None):
        return complain("name a concept or a lesson: erica quiz CONCEPT, or erica quiz --lesson PATH", USAGE)

    def run(book: QuizBook, learner: Learner, catalog: Any) -> int:
        if args.lesson is not None:
            if args.lesson not in book.paths():
                return complain(f"the library has no document “{args.lesson}”.", USAGE)
            written = _written(args, book.sentences_of(args.lesson)) if args.model else []
            items = with_written(book.of_lesson(args.lesson), written)
            return _asked(args, book, learner, items, book.taught(args.lesson))
        found = named(catalog, args.concept)
        if len(found) != 1:
            close = choices(found) if found else [concept.name for concept in near(catalog, args.concept)]
            hint = f" Did you mean {' or '.join(f'“{one}”' for one in close)}?" if close else ""
            return complain(f"“{args.concept}” is not the name of one concept.{hint}", USAGE)
        written = _written(args, book.sentences_about(found[0])) if args.model else []
        return _asked(args, book, learner, with_written(book.of_concept(found[0]), written), found)

    return _with_library(args, run)


def _written(args: argparse.Namespace, sentences: Sequence[Askable]) -> list[QuizItem]:
    """Return what the named model writes about these sentences and passes the checks; says how far it is."""
    from contextlib import closing

    from knowledge.errors import ModelFailed, ModelUnavailable
    from knowledge.models.ladder import Ladder
    from tutor.app import model_settings
    from tutor.quiz_worded import MOST_TRIED, QuizWriter

    written: list[QuizItem] = []
    with closing(Ladder(model_settings(_settings(args)))) as ladder:
        model = ladder.choose(args.model).model
        if model is None:
            raise ModelUnavailable(f"“{args.model}” is no chat model that can write. `erica models` lists them.")
        writer, tried = QuizWriter(model), sentences[: min(MOST_TRIED, max(0, args.limit))]
        for number, sentence in enumerate(tried, start=1):
            print(f"{model.model_name.name}: question {number} of {len(tried)}", file=sys.stderr)
            try:
                item = writer.item(sentence)
            except ModelFailed as error:
                print(f"{error} The other questions need no model.", file=sys.stderr)
                break
            written += [item] if item else []
    print(f"{model.model_name.name} wrote {writer}", file=sys.stderr)
    return written


def _review(args: argparse.Namespace) -> int:
    def run(book: QuizBook, learner: Learner, _: Any) -> int:
        due = learner.due()
        return _asked(args, book, learner, book.of_subjects(state.concept for state in due[: args.limit]))

    if not (args.export or args.delete):
        return _with_library(args, run)
    from tutor.learner import Learner

    learner = Learner.open(_settings(args).state)
    try:
        if args.export:
            print_json(learner.export())
        else:
            learner.delete()
            print("All that was stored about you is removed.")
    finally:
        learner.close()
    return OK


def _settings(args: argparse.Namespace) -> Any:
    from tutor.settings import KEYS, load

    return load({key.name: getattr(args, key.name, None) for key in KEYS})


def _with_library(args: argparse.Namespace, run: Callable[[QuizBook, Learner, Any], int]) -> int:
    from knowledge.library import Library
    from tutor.learner import Learner
    from tutor.quiz_book import QuizBook

    settings = _settings(args)
    with Library.open(settings.library) as library:
        learner = Learner.open(settings.state)
        try:
            return run(QuizBook(library), learner, library.catalog)
        finally:
            learner.close()


def _asked(
    args: argparse.Namespace,
    book: QuizBook,
    learner: Learner,
    items: list[QuizItem],
    concepts: Sequence[Concept] = (),
) -> int:
    """Ask the first of these questions; end with a problem in code about one of the concepts, if there is one."""
    from tutor.grades import CodeKey

    chosen = items[: max(0, args.limit)]
    if args.json:
        print_json({"questions": [item.to_json() for item in chosen]})
        return OK
    if not chosen:
        print("There is nothing to ask.")
        return OK
    right = 0
    for number, item in enumerate(chosen, start=1):
        _print_item(item, number, len(chosen))
        line = sys.stdin.readline()
        if not line:
            print()
            break
        if line.strip():
            right += _told(item, line, book, learner)
    print(f"{right} right")
    for item in book.code_about(concepts, {*learner.solutions(), *learner.seen_solutions()}):
        if isinstance(item.key, CodeKey):
            print(f"In code: {item.stem}. `erica problem {item.key.problem}` shows it.")
    return OK


def _print_item(item: QuizItem, number: int, of: int) -> None:
    from knowledge.wording import printable

    print(f"\n{number} of {of}: {printable(item.stem)}")
    for option in item.options:
        print(f"  {option.id}) {printable(option.text)}")
    print("Your answer: ", end="", flush=True)


def _told(item: QuizItem, answer: str, book: QuizBook, learner: Learner) -> bool:
    """Grade, record and explain an answer; return whether it is right."""
    from knowledge.wording import one_line, printable
    from tutor.grades import Verdict
    from tutor.quiz import answer_text
    from tutor.quiz_book import answered

    verdict, why = answered(item, answer.strip(), learner, book.needs(item.concept) if item.concept else ())
    words = {Verdict.RIGHT: "Right.", Verdict.WRONG: f"Wrong. {why}", Verdict.UNSURE: f"Not sure. {why}"}
    print(f"{words[verdict]} Answer: {printable(answer_text(item))}")
    print(f"  {one_line(item.explanation)}\n  [{one_line(item.source.title)}, {one_line(item.source.place)}]")
    return verdict is Verdict.RIGHT
