"""Readers that do what parsers do at their worst. Imported in a reader's process alone, see `BOOT`."""

from __future__ import annotations

import ctypes
import os
from typing import NoReturn

from ingest import readers
from ingest.document import ReadDocument
from ingest.readers import text

BOOT = (
    "import json, sys\n"
    "path, memory, parent = json.loads(sys.argv[1])\n"
    "sys.path[:] = path\n"
    "import tests.ingest.bad_readers as bad\n"
    "bad.install()\n"
    "from ingest.reading_process import main\n"
    "main(memory, parent)\n"
)


def hang(content: bytes, name: str) -> NoReturn:
    while True:
        pass


def crash(content: bytes, name: str) -> NoReturn:
    ctypes.string_at(0)
    raise AssertionError("reading address 0 went well")


def leave(content: bytes, name: str) -> NoReturn:
    os._exit(3)


def eat(content: bytes, name: str) -> NoReturn:
    eaten = []
    while True:
        eaten.append(bytearray(500_000_000))


def fail(content: bytes, name: str) -> NoReturn:
    raise KeyError("xref")


def descend(content: bytes, name: str) -> ReadDocument:
    return descend(content, name)


def lie(content: bytes, name: str) -> NoReturn:
    """Write to everything that could be the pipe for answers, as parser code that was taken over would."""
    for pipe in range(3, 12):
        try:
            os.write(pipe, content)
        except OSError:
            continue
    os._exit(0)


def chatter(content: bytes, name: str) -> ReadDocument:
    os.write(1, b"parsing..." * 1000)
    return text.read(content, name)


def install() -> None:
    bad = {function.__name__: function for function in (hang, crash, leave, eat, fail, descend, lie, chatter)}
    readers.READERS = {**readers.READERS, **{f".{name}": function for name, function in bad.items()}}
