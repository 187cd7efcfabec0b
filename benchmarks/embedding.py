"""How fast each embedding backend is on real text, beside plain sentence-transformers in the same run.

    python benchmarks/embedding.py [FOLDER]

Texts are the Markdown files of FOLDER (default: the bundled courses), cut into chunks of up to 250 tokens. Backends
take turns, and the best of their rounds counts, so that other work on the machine touches all alike. Ratios say more
than rates: compare them, not rates of different days. Cold starts and memory are of fresh processes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from knowledge.embedders import describe_backends, open_embedder
from knowledge.embedders.torchvision_guard import hidden
from knowledge.weights import find_weights

if TYPE_CHECKING:
    from knowledge.embedding import Vectors

COURSES = Path(__file__).resolve().parent.parent / "courses"
CHUNKS = 64
CHUNK_TOKENS = 250
ROUNDS = 2
QUESTIONS = [f"How does a learned temperature change the contrastive loss, part {number}?" for number in range(25)]
Embed = Callable[[Sequence[str]], "Vectors"]

COLD = """
import resource, sys, time
start = time.perf_counter()
if sys.argv[1] == "plain":
    sys.modules["torchvision"] = None
    from sentence_transformers import SentenceTransformer
    from knowledge.weights import find_weights
    SentenceTransformer(str(find_weights().folder), device="cpu").encode(["What is a contrastive loss?"])
else:
    from knowledge.embedders import open_embedder
    open_embedder(backend=sys.argv[1]).embed(["What is a contrastive loss?"])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
print(time.perf_counter() - start, peak)
"""


@dataclass
class Figures:
    """What a backend showed: best seconds for all chunks, every question's milliseconds, vectors of the chunks."""

    embed: Embed
    best_s: float = float("inf")
    question_ms: list[float] = field(default_factory=list)
    vectors: Vectors | None = None


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0]) if arguments else COURSES
    chunks = read_chunks(folder)
    if not chunks:
        print(f"{folder} holds no Markdown text.", file=sys.stderr)
        return 1
    print(f"{len(chunks)} chunks of up to {CHUNK_TOKENS} tokens from {folder}; load {os.getloadavg()[0]:.1f}")
    names = [report.backend.value for report in describe_backends() if report.trial is not None]
    # First, while this process is small: a child starts with its parent's peak on its account.
    print_cold_starts(["plain", *(name for name in names if not name.startswith("torch"))])
    figures = {"plain": Figures(plain_sentence_transformers())}
    figures |= {name: Figures(open_embedder(backend=name).embed) for name in names}
    for _ in range(ROUNDS):
        for shown in figures.values():
            take_turn(shown, chunks)
    print_speeds(figures, len(chunks))
    return 0


def read_chunks(folder: Path) -> list[str]:
    """Return the first chunks of the folder's Markdown, whole tokens, none longer than the model reads."""
    tokenizer = open_embedder().tokenizer
    chunks: list[str] = []
    for path in sorted([*folder.rglob("*.md"), *folder.rglob("*.mdx")]):
        text = path.read_text(encoding="utf-8", errors="replace")
        spans = tokenizer.spans(text)
        cuts = range(0, len(spans), CHUNK_TOKENS)
        chunks += [text[spans[cut][0] : spans[min(cut + CHUNK_TOKENS, len(spans)) - 1][1]] for cut in cuts]
        if len(chunks) >= CHUNKS:
            break
    return chunks[:CHUNKS]


def plain_sentence_transformers() -> Embed:
    """Return the package as its own documentation uses it, single precision, on the processor."""
    with hidden("torchvision"):
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()
        model = SentenceTransformer(str(find_weights().folder), device="cpu")
    return lambda texts: np.asarray(model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False))


def take_turn(shown: Figures, chunks: Sequence[str]) -> None:
    shown.embed(QUESTIONS[:2])
    for question in QUESTIONS:
        start = time.perf_counter()
        shown.embed([question])
        shown.question_ms.append((time.perf_counter() - start) * 1_000)
    start = time.perf_counter()
    shown.vectors = shown.embed(chunks)
    shown.best_s = min(shown.best_s, time.perf_counter() - start)


def print_speeds(figures: dict[str, Figures], count: int) -> None:
    plain = figures["plain"]
    assert plain.vectors is not None
    print(f"\n{'backend':18} {'chunks/s':>8} {'x plain':>8} {'question p50':>13} {'p95 ms':>7} {'worst cosine':>13}")
    for name, shown in figures.items():
        assert shown.vectors is not None
        cosine = float((shown.vectors * plain.vectors).sum(axis=1).min())
        p50, p95 = np.percentile(shown.question_ms, [50, 95])
        ratio = plain.best_s / shown.best_s
        print(f"{name:18} {count / shown.best_s:8.1f} {ratio:8.2f} {p50:13.2f} {p95:7.2f} {cosine:13.5f}")


def print_cold_starts(names: Sequence[str]) -> None:
    print(f"\n{'first question':18} {'seconds':>8} {'peak MB':>8}   (fresh process, imports included; best of 2)")
    for name in names:
        runs = [cold(name) for _ in range(2)]
        print(f"{name:18} {min(run[0] for run in runs):8.2f} {max(run[1] for run in runs):8.0f}")


def cold(name: str) -> tuple[float, float]:
    """Return seconds and peak megabytes of a fresh process from start to the first vector."""
    result = subprocess.run([sys.executable, "-c", COLD, name], capture_output=True, text=True, check=True)
    seconds, peak_mb = result.stdout.split()
    return float(seconds), float(peak_mb)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
