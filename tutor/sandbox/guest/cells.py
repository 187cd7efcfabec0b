"""Runs cells in a real `__main__` and tells errors in the student's own lines.

`__main__` is the module pickles of a cell's functions name, so multiprocessing finds them.
"""

from __future__ import annotations

import ast
import base64
import builtins
import errno
import linecache
import os
import re
import signal
import sys
import traceback
import types
from typing import Any, NoReturn

from .show import Display, plain

_MAGIC = re.compile(r"^\s*(%%?|!)")
_HARMLESS_MAGIC = re.compile(r"^\s*%(matplotlib|config|load_ext|autoreload)\b")
_MOST_FRAMES = 40
_MOST_VARIABLES = 200
_MOST_CHARACTERS = 20_000  # of one line of a traceback: an error may quote a whole array


class InputRefused(RuntimeError):
    """A cell asked for keyboard input, which it does not have."""


def _refuse_input(prompt: object = "", /) -> NoReturn:
    raise InputRefused(f"input({str(prompt)!r}): a cell has no keyboard; assign the value in the code instead")


class Notebook:
    """One namespace, the cells run in it, and their numbers."""

    def __init__(self, display: Display) -> None:
        self.module = types.ModuleType("__main__")
        self._display = display
        self._count = 0
        self._process = os.getpid()
        self._own_names = set(self.module.__dict__) | {"display", "In", "Out"}
        sys.modules["__main__"] = self.module
        vars(builtins)["input"] = _refuse_input
        vars(builtins)["display"] = display.show
        display.stand_in_for_ipython()

    def run(self, order: dict[str, Any]) -> dict[str, Any]:
        """Run one cell. The reply's status is `ok`, `error`, or `exit` where the code ended the program itself."""
        self._count += 1
        name = str(order["name"])
        self._display.begin(order)
        reply: dict[str, Any] = {"type": "done", "count": self._count, "status": "ok"}
        try:
            lay_in(order.get("files", {}))
            self._execute(without_magics(order["code"]), name)
            self._display.flush_figures()
        except SystemExit as leaving:
            reply |= {"status": "exit", "reason": f"the code called exit({leaving.code!r})"}
        except BaseException as error:  # noqa: BLE001 - whatever a cell raises is its result, and is shown
            told = describe(error, name)
            if os.getpid() == self._process:
                self._display.flush_figures(quiet=True)
                self._display.tell("error", content=told)
            else:  # a fork of the student's own: what it raises is no error of the cell
                sys.stderr.write("".join(told["traceback"]))
            reply |= {"status": "error", "sign": sign_of(error)}
        finally:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return reply

    def _execute(self, code: str, name: str) -> None:
        linecache.cache[name] = (len(code), None, [line + "\n" for line in code.splitlines()], name)
        tree = ast.parse(code, name)
        last = tree.body[-1] if tree.body else None
        shown = isinstance(last, ast.Expr) and not code.rstrip().endswith(";")
        if isinstance(last, ast.Expr) and shown:
            tree.body.pop()
        exec(compile(tree, name, "exec"), self.module.__dict__)
        if isinstance(last, ast.Expr) and shown:
            value = eval(compile(ast.Expression(last.value), name, "eval"), self.module.__dict__)
            if value is not None:
                self.module.__dict__["_"] = value
                self._display.result(value, self._count)

    def variables(self, _order: dict[str, Any]) -> dict[str, Any]:
        """Name, type and a short form of each variable of the student's own."""
        listed = []
        for name, value in list(self.module.__dict__.items()):
            if name.startswith("_") or name in self._own_names or isinstance(value, types.ModuleType):
                continue
            shape = getattr(value, "shape", None)
            shown = f"shape {tuple(shape)}" if isinstance(shape, tuple) else plain(value, limit=120)
            listed.append({"name": name, "kind": type(value).__name__, "shown": shown})
        return {"type": "variables", "variables": listed[:_MOST_VARIABLES]}


def lay_in(files: dict[str, str]) -> None:
    """Write the files the host gave along (name to base64) into the working folder."""
    for name, content in files.items():
        with open(name, "wb") as file:
            file.write(base64.b64decode(content))


def without_magics(code: str) -> str:
    """Return the code with notebook display settings blanked; other magics are a SyntaxError."""
    try:
        ast.parse(code)
    except SyntaxError:
        lines = code.splitlines()
        for number, line in enumerate(lines):
            if _HARMLESS_MAGIC.match(line):
                lines[number] = ""
            elif _MAGIC.match(line):
                told = SyntaxError(f"{line.strip()!r} is an IPython command; the sandbox runs Python only")
                told.lineno = number + 1
                raise told from None
        return "\n".join(lines)
    return code


def _own_frames(error: BaseException, name: str) -> list[traceback.FrameSummary]:
    """Return the frames in cells, the innermost last; frames of libraries and of this sandbox are left out."""
    frames = traceback.extract_tb(error.__traceback__)
    return [frame for frame in frames if frame.filename == name or frame.filename.startswith("cell ")][-_MOST_FRAMES:]


def describe(error: BaseException, name: str) -> dict[str, Any]:
    """Return the error as the content of a Jupyter `error` message, with the line it happened on where one is known."""
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    chain = []
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        chain.append(current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    for link in reversed(chain):
        if lines:
            lines.append("\nwhich led to:\n")
        frames = _own_frames(link, name)
        if frames:
            lines += ["Traceback (most recent call last):\n", *traceback.StackSummary.from_list(frames).format()]
        lines += [line[:_MOST_CHARACTERS] for line in traceback.format_exception_only(link)]
    frames = _own_frames(error, name)
    line = error.lineno if isinstance(error, SyntaxError) else frames[-1].lineno if frames else None
    return {"ename": type(error).__name__, "evalue": plain_words(error), "traceback": lines, "line": line}


def plain_words(error: BaseException) -> str:
    """Return what the error says, or a note where its `__str__` fails itself."""
    try:
        return str(error)[:4000]
    except Exception as second:  # noqa: BLE001 - a student's own __str__ may raise anything
        return f"({type(second).__name__} while the message was made)"


def sign_of(error: BaseException) -> str | None:
    """Which limit the error points to, if any: `memory`, `disk` or `pids`."""
    words = plain_words(error)
    if isinstance(error, MemoryError) or "can't allocate memory" in words or "Cannot allocate memory" in words:
        return "memory"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
        return "disk"
    if isinstance(error, BlockingIOError) and error.errno == errno.EAGAIN and error.filename is None:
        return "pids" if "temporarily unavailable" in words else None
    if isinstance(error, RuntimeError) and "can't start new thread" in words:
        return "pids"
    return None
