"""The process that holds an embedded model: started by `gguf`, never imported by it.

Reads one JSON line of settings from its input, loads the model, serves it on 127.0.0.1 behind a key, writes one JSON
line with its address, and lives until its input ends: so it never outlives the program that started it. A language
model in its own process can be killed, can crash, and gives its memory back, all without harm to the program.

It is run as a file and imports nothing of ours. `OMP_WAIT_POLICY` has to be in the environment before this process
starts: threads that spin while they wait halve the speed as soon as anything else wants the processor.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import Any

_CACHED_PROMPTS_MIB = 128  # the runtime's own default is 8 GiB
_PROMPT_STEP_TOKENS = 64  # a stop is noticed between two steps: after 0.6 s for a 1.5 B model, 7 s with 512, as fast


def serve(settings: dict[str, Any]) -> Any:
    """Return a running server for the model that `settings` names.

    Args:
        settings: `model` (path), `key`, `context_tokens`, `idle_s` (after which the weights leave memory until asked).
    """
    xllamacpp: Any = importlib.import_module("xllamacpp")  # it ships no types

    params = xllamacpp.CommonParams()
    params.model.path = settings["model"]
    params.n_ctx = settings["context_tokens"]
    params.n_batch = params.n_ubatch = _PROMPT_STEP_TOKENS
    params.n_parallel = 1
    params.cache_ram_mib = _CACHED_PROMPTS_MIB
    params.sleep_idle_seconds = settings["idle_s"]
    params.hostnames = ["127.0.0.1"]
    params.port = 0  # the system chooses a free one
    params.api_keys = [settings["key"]]
    params.ui = params.endpoint_slots = False
    params.offline = True
    params.verbosity = 1  # warnings and errors
    return xllamacpp.Server(params)


def main() -> None:
    """Serve until the input ends."""
    settings = json.loads(sys.stdin.readline())
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever the runtime prints must not look like an answer
    server = serve(settings)
    print(json.dumps({"url": server.listening_address}), file=answers, flush=True)
    sys.stdin.read()
    os._exit(0)  # there is nothing to save, and an answer under way is not waited for


if __name__ == "__main__":
    main()
