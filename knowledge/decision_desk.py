"""Where a person decides: the decision is tried, written down and carried out while nobody else writes.

A decision that cannot be carried out is refused before it is written. Knows one library; refuses to know pages and
commands.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from knowledge.decided_library import CatalogPassages, Outcome, is_level, level, outcome_of, store
from knowledge.deciding import Ruling, State, apply
from knowledge.decision_files import append, file_for, read_book
from knowledge.decisions import Decision, Recorded, in_force
from knowledge.errors import KnowledgeError
from knowledge.library import Library, LibraryWriter
from knowledge.lookup import named
from knowledge.undecided import load

if TYPE_CHECKING:
    from pathlib import Path

    from knowledge.embedding import Embedder


class DecisionRefused(KnowledgeError):
    """The decision cannot be carried out; the text says what stands in its way. Nothing was written."""


class DecisionDesk:
    """Takes decisions about one library. Safe in several threads, which take turns."""

    def __init__(self, folder: Path, embedder: Embedder, *, wait_s: float = 5.0) -> None:
        """Take the library's folder, its embedder, and how long to wait for another writer, seconds."""
        self._folder = folder
        self._embedder = embedder
        self._wait_s = wait_s
        self._turn = threading.Lock()

    def level(self) -> Outcome | None:
        """Carry out what was written into the files since; None where there is nothing to do."""
        with self._turn:
            with Library.open(self._folder) as library:
                if is_level(library):
                    return None
            return level(self._folder, self._embedder, wait_s=self._wait_s)

    def decide(self, decisions: Sequence[Decision]) -> tuple[Ruling, ...]:
        """Write decisions down, carry them out, and return what became of each.

        Raises:
            DecisionRefused: one of them cannot be carried out; none was written.
            LibraryBusy: another process is writing.
            DecisionsUnusable: the file cannot be read or written to.
        """
        with (
            self._turn,
            LibraryWriter.open(self._folder, self._embedder.signature, wait_s=self._wait_s) as library,
        ):
            book = read_book(library)
            extracted = load(library.catalog)
            file = file_for(library, self._document(library, decisions[0]))
            new = [Recorded(one, str(file), -number) for number, one in enumerate(decisions)]
            tried = apply(extracted, [*book.recorded, *new], CatalogPassages(library.catalog))
            refused = [ruling for ruling in tried.rulings[-len(new) :] if ruling.state is State.CONFLICT]
            if refused:
                raise DecisionRefused(f"{refused[0].recorded.decision.says}: {refused[0].why}")
            append(file, decisions)
            outcome = outcome_of(library, extracted, read_book(library))
            store(library, self._embedder, outcome)
            return tuple(one for one in outcome.rulings if one.recorded.decision in decisions)[-len(new) :]

    def withdraw(self, recorded: Recorded, author: str) -> tuple[Ruling, ...]:
        """Take a decision back; see `decide`."""
        taken = replace(recorded.decision, made_on=date.today(), author=author, reason="", withdraws=True)
        return self.decide([taken])

    def latest(self) -> Recorded | None:
        """Return the decision that an undo would take back: the last one in force in the files; None without one."""
        with Library.open(self._folder) as library:
            left = in_force(read_book(library).recorded).decisions
        return left[-1] if left else None

    @staticmethod
    def _document(library: Library, decision: Decision) -> int:
        """Return the place of the document that introduces what is decided about; the first where none does."""
        for name in reversed(decision.names):
            found = named(library.catalog, name)
            if found:
                return found[0].introduced_at[0]
        return 0
