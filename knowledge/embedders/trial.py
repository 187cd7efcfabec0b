"""Tries the ways to run a model on this machine: are the vectors right, and how fast is it.

A trial takes about a second a backend and is remembered with the export, under a key that changes with the
processor, the cores and the versions of what was tried.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.embedders.export import LEAST_COSINE, Export, cosines
from knowledge.embedders.probes import LONG_PASSAGES, PROBES, QUESTIONS
from knowledge.embedders.runtime import Backend, cores, embed_with
from knowledge.file_hashes import write_whole

if TYPE_CHECKING:
    from knowledge.embedders.runtime import Runtime
    from knowledge.embedders.tokenizing import EmbedderTokenizer
    from knowledge.embedding import Vectors

_ROUNDS = 3  # the best of them counts: other work on the machine only ever slows a round down
_MANNER = "a batch keeps to one core"  # how the runtimes are run: other words here, and all are tried anew
_PACKAGES = ("onnxruntime", "openvino", "sentence-transformers", "tokenizers", "torch", "transformers")


@dataclass(frozen=True, slots=True)
class Trial:
    """What a backend showed. `cosine` is the worst over all probes; `chunks_per_s` counts chunks of full length."""

    backend: Backend
    cosine: float
    chunks_per_s: float
    question_ms: float

    @property
    def accepted(self) -> bool:
        """Whether its vectors may stand beside those of any other accepted backend."""
        return self.cosine >= LEAST_COSINE


def run_trial(backend: Backend, runtime: Runtime, tokenizer: EmbedderTokenizer, reference: Vectors) -> Trial:
    """Return how the loaded `runtime` does on the probes, against their reference vectors."""
    worst = float(cosines(embed_with(runtime, tokenizer, PROBES), reference).min())
    chunk_s = min(_seconds(runtime, tokenizer, LONG_PASSAGES) for _ in range(_ROUNDS)) / len(LONG_PASSAGES)
    question_s = min(_seconds(runtime, tokenizer, [question]) for question in QUESTIONS * _ROUNDS)
    return Trial(backend, round(worst, 6), round(1 / chunk_s, 1), round(question_s * 1_000, 2))


def best_lean(trials: Sequence[Trial]) -> Trial | None:
    """Return the fastest trial of a lean backend whose vectors are right, or None."""
    fitting = [trial for trial in trials if trial.accepted and trial.backend.lean]
    return max(fitting, key=lambda trial: trial.chunks_per_s, default=None)


def remembered(export: Export) -> list[Trial]:
    """Return the trials made of `export` on this machine with these packages; empty where there are none."""
    try:
        entries = json.loads(_memory(export).read_bytes())
        return [Trial(**{**entry, "backend": Backend(entry["backend"])}) for entry in entries]
    except (OSError, ValueError, TypeError, KeyError):
        return []  # not tried yet, or not readable: it is tried again


def remember(export: Export, trials: Sequence[Trial]) -> None:
    """Keep `trials` beside the export."""
    try:
        write_whole(_memory(export), json.dumps([asdict(trial) for trial in trials], indent=2).encode())
    except OSError:
        return  # a cache that cannot be written costs the trial again at the next start, and nothing else


def processor_flags() -> frozenset[str]:
    """Return the processor's feature flags as Linux names them; empty elsewhere."""
    return frozenset(_processor().get("flags", _processor().get("Features", "")).split())


def computes_bf16() -> bool:
    """Return whether the processor has bfloat16 units; without them it is emulated, and slower than fp32."""
    return not processor_flags().isdisjoint({"avx512_bf16", "amx_bf16", "bf16"})


def _memory(export: Export) -> Path:
    return export.model.parent / f"trials-{_machine_key()}.json"


def _machine_key() -> str:
    parts = [platform.machine(), _processor().get("model name", platform.processor()), str(cores()), _MANNER]
    parts += sorted(processor_flags())
    parts += [f"{package}=={_version(package)}" for package in _PACKAGES]
    parts.append(str(os.path.exists("/dev/nvidia0")))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _processor() -> dict[str, str]:
    """Return what Linux says of the first core; empty elsewhere."""
    described: dict[str, str] = {}
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if not line.strip():
                    break
                key, _, value = line.partition(":")
                described[key.strip()] = value.strip()
    except OSError:
        return {}  # no Linux: versions and core count still tell machines apart well enough
    return described


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


def _seconds(runtime: Runtime, tokenizer: EmbedderTokenizer, texts: Sequence[str]) -> float:
    start = time.perf_counter()
    embed_with(runtime, tokenizer, texts)
    return time.perf_counter() - start
