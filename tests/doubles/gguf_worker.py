"""Stands in for the process of an embedded model: keeps its contract (see `gguf_process`), serves a scripted answer.

Run as a file, as the real one is. Its one argument says how it behaves: `well`, `refuses` (ends at once with a
complaint), `dies` (ends in the middle of its first
answer), `hangs` (in its first answer), `falls silent` (in the middle of it) or `never ready`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.doubles.openai_server import OpenAIDouble
from tests.doubles.scripted_server import Fault, Served


class _Dying(OpenAIDouble):
    def played(self, answer, tokens, piece, error):  # type: ignore[no-untyped-def]  # as the base has it
        for text in answer.first_half:
            yield piece(text)
        sys.stderr.write("ggml: out of memory\n")
        sys.stderr.flush()
        os._exit(3)


def main() -> None:
    behaviour = sys.argv[1]
    settings = json.loads(sys.stdin.readline())
    if behaviour == "refuses":
        sys.exit("error loading model: wrong tensor count")
    if behaviour == "never ready":
        sys.stdin.read()
        return
    double = (_Dying if behaviour == "dies" else OpenAIDouble)(models=["tiny"], key=settings["key"])
    if behaviour == "hangs":
        double.will_say(Served(fault=Fault.HANG))
    if behaviour == "falls silent":
        double.will_say(Served.of("Some words, and then no more of them.", Fault.HANG_MIDWAY))
    double.will_say(os.environ.get("OMP_WAIT_POLICY", "spinning"))
    with double:
        sys.stdout.write(json.dumps({"url": double.url}) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


main()
