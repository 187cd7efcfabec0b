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

from knowledge.decided_library import Outcome, digest_of, is_level, level, outcome_of, store
from knowledge.deciding import Ruling, State
from knowledge.decision_files import append, file_after, file_for, read_book, with_added
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
            file = file_after(library, book, file, decisions[0])
            wanted = with_added(library, book, file, decisions)
            new = [one for one in wanted if one not in book.recorded]
            tried = outcome_of(library, extracted, replace(book, recorded=tuple(wanted)))
            refused = [one for one in tried.rulings if one.recorded in new and one.state is State.CONFLICT]
            if refused:
                raise DecisionRefused(f"{refused[0].recorded.decision.says}: {refused[0].why}")
            append(file, decisions)
            written = read_book(library)
            if written.recorded == tried.recorded:
                outcome = replace(tried, undecided=replace(tried.undecided, decisions=digest_of(library, written)))
            else:  # somebody wrote into the file by hand meanwhile
                outcome = outcome_of(library, extracted, written)
            store(library, self._embedder, outcome)
            return tuple(one for one in outcome.rulings if one.recorded in new)

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
