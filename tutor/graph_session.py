"""One `erica graph` command's hold on a library: level with its decisions, its concepts found by what a person types.

Asks at a terminal where a name is ambiguous, and refuses with the choices where nobody can answer.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from tutor.exits import OK, USAGE, complain, print_json

if TYPE_CHECKING:
    from knowledge.decision_desk import DecisionDesk
    from knowledge.library import Library
    from knowledge.model import Concept
    from tutor.settings import Settings


ALIKE = 0.6
"""Least cosine of a name and a concept that is offered for it where no name is spelled nearly so."""
MOST_OFFERED = 3


class Refused(Exception):
    """The command cannot be carried out as asked; the text is for the person, the code for the shell."""

    def __init__(self, message: str, code: int = USAGE) -> None:
        super().__init__(message)
        self.code = code


class GraphSession:
    """An open library, brought level with its decisions, for one command."""

    def __init__(self, args: argparse.Namespace) -> None:
        from knowledge.decision_desk import DecisionDesk
        from knowledge.embedders import open_embedder
        from tutor.settings import KEYS, load

        self.settings: Settings = load({key.name: getattr(args, key.name, None) for key in KEYS})
        self._embedder = open_embedder(self.settings.embedding_model or None, backend=self.settings.embedding_backend)
        self.desk: DecisionDesk = DecisionDesk(self.settings.library, self._embedder)

    def __enter__(self) -> GraphSession:
        from knowledge.errors import LibraryBusy
        from knowledge.library import Library

        try:
            outcome = self.desk.level()
        except LibraryBusy as error:
            complain(f"note: decisions written since are not carried out yet. {error}", OK)
        else:
            for note in outcome.notes if outcome else ():
                complain(f"note: {note}", OK)
        self.library: Library = Library.open(self.settings.library)
        return self

    def __exit__(self, *_: object) -> None:
        self.library.close()

    def concept(self, name: str) -> Concept:
        """Return the concept of this name; of several, the one that a person at a terminal chooses."""
        from knowledge.lookup import choices, named, near

        found = named(self.library.catalog, name)
        if not found:
            close = [f"“{one.name}”" for one in near(self.library.catalog, name) or self._alike(name)]
            hint = f" Did you mean {' or '.join(close)}?" if close else " `erica graph find` searches in names."
            raise Refused(f"no concept is called “{name}”.{hint}")
        if len(found) == 1:
            return found[0]
        shown = choices(found)
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise Refused(f"“{name}” may mean {' or '.join(f'“{one}”' for one in shown)}. Name one of them fully.")
        return found[_chosen(name, shown)]

    def _alike(self, name: str) -> list[Concept]:
        """Return the concepts that mean nearly what a name says: ELBO for "variational lower bound"."""
        from knowledge.errors import EmbeddingMismatch

        try:
            self.library.check_embedder(self._embedder)
        except EmbeddingMismatch:
            return []
        found = self.library.concept_vectors().search(self._embedder.embed([name])[0], MOST_OFFERED)
        return self.library.catalog.concepts([one for one, cosine in found if cosine >= ALIKE])


def _chosen(name: str, shown: Sequence[str]) -> int:
    """Return the index that a person chooses at the terminal."""
    lines = [f"  {number}. {one}" for number, one in enumerate(shown, start=1)]
    sys.stderr.write("\n".join([f"“{name}” may mean", *lines, "Which? "]))
    sys.stderr.flush()
    answer = sys.stdin.readline().strip()
    if not answer.isdecimal() or not 1 <= int(answer) <= len(shown):
        raise Refused(f"{answer or 'nothing'} is none of 1 to {len(shown)}")
    return int(answer) - 1


def told(run: Callable[[], int]) -> int:
    """Run a part of a command; what it refuses becomes a complaint and an exit code."""
    from knowledge.decision_desk import DecisionRefused
    from knowledge.decisions import DecisionUnusable

    try:
        return run()
    except Refused as error:
        return complain(error, error.code)
    except (DecisionRefused, DecisionUnusable) as error:
        return complain(error, USAGE)


def print_concepts(args: argparse.Namespace, concepts: Sequence[Concept]) -> int:
    """Print concepts, one a line or as JSON; return the exit code."""
    from tutor.graph_words import concept_line, concept_object

    whole = {"concepts": [concept_object(one) for one in concepts]}
    return print_whole(args, whole, map(concept_line, concepts))


def print_whole(args: argparse.Namespace, whole: object, lines: Iterable[str]) -> int:
    """Print an object as JSON where that was asked for, else its lines; return the exit code."""
    from knowledge.wording import one_line

    if args.json:
        print_json(whole, ascii_only=True)
    else:
        for line in lines:
            indent = line[: len(line) - len(line.lstrip())]
            sys.stdout.write(f"{indent}{one_line(line)}\n")
    return OK
