"""The ladder of hints: a nudge, the concept, a plan, code with gaps, and at last the solution.

Each rung says more than the one before, and the first depends on the attempt: what it fails on and what it looks like.
No rung before the last may hold a part of the reference (`tutor.leaks`); an authored text that does is withheld. It
knows nothing of how attempts are tried or shown.
"""

from __future__ import annotations

import ast
import enum
from dataclasses import dataclass

from tutor.attempt_reading import Finding, Sign, read
from tutor.leaks import SMALLEST, leaks, weight
from tutor.problems import Problem
from tutor.trial import Trial


class Rung(enum.StrEnum):
    """How much a hint tells, from little to all."""

    NUDGE = "nudge"
    CONCEPT = "concept"
    PLAN = "plan"
    PARTIAL = "partial code"
    SOLUTION = "solution"


@dataclass(frozen=True)
class Hint:
    """One rung: words, and code where the rung has some."""

    rung: Rung
    words: str
    code: str = ""


_WITHOUT = "Compare what your code does with the statement, sentence by sentence."
_PARTIAL = "The frame of a solution, with gaps where the work is done. Each gap says which functions it calls."


def ladder(problem: Problem, attempt: str, trial: Trial | None = None) -> tuple[Hint, ...]:
    """Return all five rungs for this attempt; a page shows one after the other.

    Args:
        problem: what is asked.
        attempt: the learner's text; only read.
        trial: what it did; without it the hints read the text alone.
    """
    findings = read(problem, attempt, trial)
    nudge, concept, plan = (*problem.hints, *[""] * 3)[:3]
    first = findings[0].words if findings else nudge
    about = f"This is about {', '.join(problem.concepts)}." if problem.concepts else ""
    rungs = (
        Hint(Rung.NUDGE, _kept(problem, attempt, first) or _kept(problem, attempt, nudge) or _WITHOUT),
        Hint(Rung.CONCEPT, _joined(problem, attempt, (_second(findings), about, concept)) or _WITHOUT),
        Hint(Rung.PLAN, _joined(problem, attempt, (nudge if first != nudge else "", plan)) or _WITHOUT),
        Hint(Rung.PARTIAL, _PARTIAL, skeleton(problem)),
    )
    return (*rungs, Hint(Rung.SOLUTION, problem.editorial or "This solution passes every case.", problem.reference))


def _second(findings: list[Finding]) -> str:
    """Return what was noticed next, of another kind than the first: best a fault that is known."""
    rest = [f for f in findings[1:] if f.sign is not findings[0].sign]
    return min(rest, key=lambda f: (f.sign is not Sign.SLIP, f.sign)).words if rest else ""


def _kept(problem: Problem, attempt: str, words: str) -> str:
    return "" if leaks(words, problem, attempt) else words


def _joined(problem: Problem, attempt: str, parts: tuple[str, ...]) -> str:
    return "\n\n".join(filter(None, (_kept(problem, attempt, part) for part in parts if part)))


def skeleton(problem: Problem) -> str:
    """Return the reference with a gap for every expression that would tell something.

    Functions that the learner was given to begin with are left out.
    """
    gaps = _Gaps()
    whole = ast.parse(problem.reference)
    given = _functions(problem.starter) - {problem.function}
    whole.body = [node for node in whole.body if not isinstance(node, ast.FunctionDef) or node.name not in given]
    tree = ast.fix_missing_locations(gaps.visit(whole))
    lines = []
    for line in ast.unparse(tree).splitlines():
        named = [name for name in gaps.calls if name in line]
        for name in named:
            line = line.replace(name, "...")  # noqa: PLW2901 -- one line with all its gaps
        called = list(dict.fromkeys(call for name in named for call in gaps.calls[name]))
        lines.append(f"{line}  # with {', '.join(called)}" if called else line)
    return "\n".join(lines) + "\n"


def _functions(code: str) -> set[str]:
    """Return the names of the functions that the code defines; none where it is no Python."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return set()
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


class _Gaps(ast.NodeTransformer):
    """Replaces what is large enough to be an answer by a name that stands for a gap."""

    def __init__(self) -> None:
        self.calls: dict[str, list[str]] = {}

    def visit(self, node: ast.AST) -> ast.AST:
        """Return the node, or a gap in its place."""
        if isinstance(node, ast.Import | ast.ImportFrom | ast.arguments):
            return node
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(weight(target) >= SMALLEST and not isinstance(target, ast.Tuple) for target in targets):
                return ast.Expr(self._gap(node))
            node.value = self._in_place(node.value)
            return node
        return self._in_place(node) if isinstance(node, ast.expr) else super().generic_visit(node)

    def _in_place(self, node: ast.expr) -> ast.expr:
        if weight(node) < SMALLEST:
            return node
        if isinstance(node, ast.Tuple):
            node.elts = [self._in_place(element) for element in node.elts]
            return node if weight(node) < SMALLEST else node if _bare(node) else self._gap(node)
        return self._gap(node)

    def _gap(self, node: ast.AST) -> ast.Name:
        name = f"gap_{len(self.calls):03d}_"
        called = [n.func for n in ast.walk(node) if isinstance(n, ast.Call)]
        self.calls[name] = [f.attr if isinstance(f, ast.Attribute) else ast.unparse(f) for f in called]
        return ast.Name(name, ast.Load())


def _bare(node: ast.Tuple) -> bool:
    """Return whether a tuple holds gaps and names alone."""
    return all(isinstance(element, ast.Name | ast.Constant) for element in node.elts)
