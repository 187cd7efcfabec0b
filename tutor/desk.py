"""Where a learner works on problems: what the judge passed is kept, and is evidence about the problem's concepts.

Knows a library and the learners of a state folder; refuses to know pages and how judging works.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from pathlib import Path

from knowledge.library import Library
from knowledge.lookup import named
from knowledge.model import RelationKind
from tutor import daily, problems, walkthroughs
from tutor.learner import EvidenceKind, Learner, Shown, Solution, Subject
from tutor.problems import Problem
from tutor.walkthroughs import Walkthrough

GUESS = 0.25
"""Probability of passing a problem without mastery of one of its concepts, which it may only touch: as much evidence
about each as a question with four options."""

_MOST_DAYS = 500


@lru_cache(maxsize=1)
def bundled_problems() -> dict[str, Problem]:
    """Return the bundled problems by name; read once, as they come with the program."""
    return {name: problems.load(problems.BUNDLED / name) for name in problems.names()}


@lru_cache(maxsize=1)
def bundled_walkthroughs() -> dict[str, Walkthrough]:
    """Return the bundled walkthroughs by name; read once, as they come with the program."""
    return {name: walkthroughs.read(walkthroughs.BUNDLED / name) for name in walkthroughs.names()}


class Desk:
    """One library and its learners. Safe to share between threads."""

    def __init__(self, library: Library, state: Path, clock: Callable[[], float] = time.time) -> None:
        self._library, self._state, self._clock = library, state, clock
        self._lock = threading.Lock()
        self._days: dict[tuple[str, date, int, int], daily.Day] = {}

    @contextmanager
    def learner(self, name: str) -> Iterator[Learner]:
        """Give the learner of this name, and close the file afterwards."""
        opened = Learner.open(self._state, name, self._clock)
        try:
            yield opened
        finally:
            opened.close()

    def solutions(self, name: str) -> dict[str, Solution]:
        """Return what the judge has passed of this learner's code, by the name of the problem."""
        with self.learner(name) as learner:
            return learner.solutions()

    def known_solutions(self, name: str) -> set[str]:
        """Return the names of the problems that this learner has solved or was shown the solution of."""
        with self.learner(name) as learner:
            return {*learner.solutions(), *learner.seen_solutions()}

    def passed(self, name: str, problem: Problem, code: str) -> None:
        """Keep code that the judge passed; the first time it is evidence about the problem's concepts.

        What passes after the solution was shown is kept and proves nothing.
        """
        with self.learner(name) as learner:
            if learner.solved(problem.name, code) and problem.name not in learner.seen_solutions():
                for subject in self.subjects(problem.concepts):
                    shown = Shown(subject, EvidenceKind.PROBLEM, True, GUESS, problem.name)
                    learner.record(shown, self.needs(subject))

    def show_solution(self, name: str, problem: Problem) -> None:
        """Keep that this learner was shown the solution."""
        with self.learner(name) as learner:
            learner.see_solution(problem.name)

    def saw_solution(self, name: str, problem: Problem) -> bool:
        """Return whether this learner was ever shown the solution."""
        with self.learner(name) as learner:
            return problem.name in learner.seen_solutions()

    def day(self, name: str, day: date) -> daily.Day:
        """Return the learner's problem and topic of a day; the same all day, whatever is done on it."""
        with self.learner(name) as learner:
            shown = len(learner.evidence(daily.start_s(day)))  # less of it only after the learner had it deleted
            key = (name, day, self._library.generation, shown)
            with self._lock:
                found = self._days.get(key)
            if found is None:
                found = daily.of_day(day, learner, self._library.catalog, bundled_problems(), self.needs)
        with self._lock:
            if len(self._days) > _MOST_DAYS:
                self._days.clear()
            self._days[key] = found
        return found

    def rhythm(self, name: str, day: date) -> daily.Rhythm:
        """Return how often the learner has practised, up to and with this day."""
        with self.learner(name) as learner:
            return daily.rhythm(day, learner)

    def subjects(self, names: Iterable[str]) -> list[Subject]:
        """Return those of these concepts that the library has, under its names."""
        found = [concepts[0] for one in names if len(concepts := named(self._library.catalog, one)) == 1]
        return list(dict.fromkeys(Subject(concept.id, concept.name) for concept in found))

    def needs(self, subject: Subject) -> list[Subject]:
        """Return what a concept directly needs."""
        catalog = self._library.catalog
        edges = catalog.relations_of([subject.id], [RelationKind.PREREQUISITE])
        ids = [edge.source_id for edge in edges if edge.target_id == subject.id]
        return [Subject(concept.id, concept.name) for concept in catalog.concepts(ids)]
