"""Whether a text gives a solution away.

A fragment is a part of the reference that is large enough to be an answer: an expression of at least `SMALLEST` nodes
of its syntax tree, with the reference's own variables made nameless, so that renaming hides nothing. It leaks where the
text holds it as code (syntax tree) or as characters (spaces aside). What the statement, the starter or the learner's
own attempt holds already is no secret. It refuses to judge paraphrases: a plan in words is no leak.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from tutor.problems import Problem

SMALLEST = 5  # nodes: `F.cross_entropy(logits, own)` has five, `np.floor(x)` four
_SHORTEST = 12  # characters of a fragment that is looked for as text
_FENCED = re.compile(r"```[^\n]*\n(.*?)(?:```|\Z)", re.S)
_QUOTED = re.compile(r"`([^`\n]+)`")
_KEPT = frozenset("np torch F math numpy range len float int abs sum max min zip enumerate sorted bool".split())


def weight(node: ast.AST) -> int:
    """Return how many nodes a part of a syntax tree has; contexts and operators do not count."""
    return sum(not isinstance(n, ast.expr_context | ast.operator | ast.unaryop | ast.cmpop) for n in ast.walk(node))


def leaks(text: str, problem: Problem, attempt: str = "") -> list[str]:
    """Return the fragments of the reference that the text gives away, longest first; none where it keeps the secret."""
    secret = dict(_shapes(problem.reference))
    for known in (problem.starter, *_code_in(problem.statement), attempt):
        for shape in _shapes(known):
            secret.pop(shape, None)
    told = {shape for code in _code_in(text) for shape in _shapes(code)}
    plain, public = _squeezed(text), _squeezed(problem.statement + problem.starter + attempt)
    found = set()
    for shape, written in secret.items():
        characters = _squeezed(written)
        as_text = len(characters) >= _SHORTEST and characters in plain and characters not in public
        if shape in told or as_text:
            found.add(written)
    return sorted(found, key=lambda fragment: (-len(fragment), fragment))


@lru_cache(maxsize=2048)
def _shapes(code: str) -> dict[str, str]:
    """Return every fragment of the code, as written, by its shape: none where the text is no Python."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}  # what it holds as characters is compared all the same
    large = (n for n in ast.walk(tree) if isinstance(n, ast.expr) and weight(n) >= SMALLEST)
    return {_shape(node): ast.unparse(node) for node in large}


def _shape(node: object) -> str:
    """Return the syntax tree as text in which variables have no names and contexts do not matter."""
    if isinstance(node, ast.Name):
        return node.id if node.id in _KEPT else "_"
    if isinstance(node, ast.AST):
        parts = ",".join(_shape(value) for name, value in ast.iter_fields(node) if name not in ("ctx", "type_comment"))
        return f"{type(node).__name__}({parts})"
    return f"[{','.join(map(_shape, node))}]" if isinstance(node, list) else repr(node)


def _code_in(text: str) -> list[str]:
    """Return what in a text may be code: fenced blocks, quoted words, lines as they stand, and all of it."""
    lines = [line.strip() for line in text.splitlines()]
    return [*_FENCED.findall(text), *_QUOTED.findall(text), *filter(None, lines), text]


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
