"""Code cells as they can be run: their code, the cells above that they build on, and why some are not run at all.

Pure, but for asking which versions of libraries are installed. Parses code of courses and models, never runs it.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import json
import platform
import symtable
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata

from knowledge.cells import cells_of, is_python, source
from knowledge.model import Chunk, ChunkKind

_KEY_VERSION = 1  # another number forgets every cached run
_DISTRIBUTIONS = {
    "PIL": "pillow",
    "cv2": "opencv-python-headless",
    "open_clip": "open_clip_torch",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "PyYAML",
}
"""Distributions that are not called as the module they bring."""
_PYTHON = ("", "python", "py", "python3")
_BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class CodeCell:
    """One cell as it is shown, with the code of the cells above it in its document where it needs their names."""

    code: str
    language: str
    above: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Return a hash of everything that decides what a run gives: the code, what is above it, and the versions."""
        everything = "\n".join((*self.above, self.code))
        versions = [(name, version_of(name)) for name in sorted(modules_named(everything))]
        parts = [_KEY_VERSION, self.language, self.code, self.above, platform.python_version(), versions]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """A cell of a document, with its chunks' first place."""

    cell: CodeCell
    chunk: Chunk


def cells_in(chunks: Sequence[Chunk]) -> list[PlacedCell]:
    """Return the code cells of one document's chunks, in order, each with the cells above that it needs."""
    placed: list[PlacedCell] = []
    above: list[str] = []
    for cell in cells_of(chunk for chunk in chunks if chunk.kind is ChunkKind.CODE):
        code = source(cell)
        python = is_python(cell)
        language = cell[0].language or ("python" if python else "")
        placed.append(PlacedCell(CodeCell(code, language, tuple(above) if builds_on(code, above) else ()), cell[0]))
        if python:
            above.append(code)
    return placed


def builds_on(code: str, above: Sequence[str]) -> bool:
    """Return whether the code reads a name that it does not bind itself and that code above may bind."""
    wanted = _names(code)[0]
    return bool(wanted) and any("*" in bound or wanted & bound for bound in (_names(each)[1] for each in above))


def names_bound(code: str) -> frozenset[str]:
    """Return the global names that the code may bind."""
    return _names(code)[1]


@lru_cache(maxsize=2_048)
def _names(code: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the global names that the code reads without binding them, and those it binds (`*`: any)."""
    nodes, top = list(ast.walk(_tree(code) or ast.Module([], []))), _table(code)
    if top is None:
        return frozenset(), frozenset()
    bound = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    read = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_referenced()}
    for table in _inner(top):
        for symbol in table.get_symbols():
            if symbol.is_global():
                (bound if symbol.is_assigned() else read).add(symbol.get_name())
    changed = {n.target.id for n in nodes if isinstance(n, ast.AugAssign) and isinstance(n.target, ast.Name)}
    if any(isinstance(n, ast.ImportFrom) and n.names[0].name == "*" for n in nodes):
        bound.add("*")
    return frozenset((read - bound - _BUILTINS) | changed), frozenset(bound)


@lru_cache(maxsize=512)
def _tree(code: str) -> ast.Module | None:
    """Return the code parsed; None where it is not Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a course's escapes: whoever runs the cell hears of them
        try:
            return ast.parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _table(code: str) -> symtable.SymbolTable | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return symtable.symtable(code, "cell", "exec")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None  # some errors, such as `return` outside a function, are found only here


def _inner(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from _inner(child)


def why_not_run(cell: CodeCell) -> str:
    """Return why a cell is not run, a clause for a person; "" where it is one to run."""
    if cell.language not in _PYTHON:
        return f"it is {cell.language}, and only Python is run"
    lines = [line.strip() for line in cell.code.splitlines() if line.strip()]
    if not lines:
        return "it is empty"
    if _tree(cell.code) is not None:
        return ""
    if lines[0].startswith(">>>"):
        return "it is written as an interactive session"
    if any(line.startswith(("!", "%")) for line in lines):
        return "it uses commands of a notebook (! or %), which are not Python"
    return "" if cell.language else "it does not say that it is Python, and does not read as Python"


def modules_named(code: str) -> frozenset[str]:
    """Return the top-level modules outside the standard library that the code imports."""
    nodes = list(ast.walk(_tree(code) or ast.Module([], [])))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level]
    return frozenset(name.split(".")[0] for name in names) - sys.stdlib_module_names


@lru_cache(maxsize=256)
def version_of(module: str) -> str:
    """Return the installed version of a module's distribution; "" where there is none of a known name."""
    try:
        return metadata.version(_DISTRIBUTIONS.get(module, module))
    except (metadata.PackageNotFoundError, ValueError):
        return ""
