"""Figures of ingest and answering, as ratios within one run: `python benchmarks/answering.py [FOLDER ...]`.

Ingests the folders (the bundled course by default) into a temporary library, then measures: `erica --help` against an
empty Python, ingest's share of time in the embedder, `erica ask` cold with its parts and peak memory, and warm
retrieval and first text against the embedder's own time for the question. Ratios hold across machines; times do not.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = (
    "What is CLIP and how is it used in computer vision applications?",
    "How does attention work in transformers?",
    "What is a tokenizer?",
    "Why is softmax used with cross-entropy?",
    "What is a vision transformer?",
)
COLD = """
import sys, time
began = time.perf_counter()
from tutor import app, settings
parts = {"imports": time.perf_counter() - began}
mark = time.perf_counter()
tutor = app.build(settings.load({"model": "extractive"}))
parts["open"] = time.perf_counter() - mark
mark = time.perf_counter()
from tutor.events import Retrieved, TextStreamed
for event in tutor.ask(sys.argv[1], settings=settings.load().retrieval, model="extractive"):
    if isinstance(event, Retrieved):
        parts["embedder and retrieval"] = time.perf_counter() - mark
        mark = time.perf_counter()
    if isinstance(event, TextStreamed) and event.text:
        parts["plan and first text"] = time.perf_counter() - mark
        break
import json, resource
print(json.dumps({"parts": parts, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("folders", nargs="*", type=Path, default=[ROOT / "courses" / "multimodal-learning"])
    folders = arguments.parse_args().folders
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    help_against_nothing()
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["ERICA_LIBRARY"] = str(Path(temporary) / "library")
        os.environ["ERICA_STATE"] = str(Path(temporary) / "state")
        ingest_share(folders)
        cold_ask()
        warm_ask()


def seconds(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


class Timed:
    """An embedder that adds up the time it takes."""

    def __init__(self, embedder: Any) -> None:
        self._embedder = embedder
        self.signature, self.tokenizer = embedder.signature, embedder.tokenizer
        self.seconds = 0.0

    def embed(self, texts: Sequence[str]) -> Any:
        began = time.perf_counter()
        vectors = self._embedder.embed(texts)
        self.seconds += time.perf_counter() - began
        return vectors


def process(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, check=True, capture_output=True, text=True)


def help_against_nothing() -> None:
    erica = str(Path(sys.executable).parent / "erica")
    pairs = [
        (seconds(lambda: process(erica, "--help")), seconds(lambda: process(sys.executable, "-c", "pass")))
        for _ in range(9)
    ]
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"erica --help: {ratio:.1f}x `python -c pass` (median of {len(pairs)} pairs; bound 10x)")


def ingest_share(folders: list[Path]) -> None:
    erica = str(Path(sys.executable).parent / "erica")
    for label in ("first", "again"):
        report = json.loads(process(erica, "ingest", "--json", *map(str, folders)).stdout)
        share = report["embed_seconds"] / report["seconds"] if report["seconds"] else 0.0
        print(
            f"ingest, {label}: {report['seconds']:.2f} s, {report['chunks']} chunks, {report['concepts']} concepts, "
            f"{share:.0%} of the time in the embedder, {len(report['unchanged'])} files unchanged"
        )


def cold_ask() -> None:
    runs = [json.loads(process(sys.executable, "-c", COLD, QUESTIONS[0]).stdout) for _ in range(3)]
    run = sorted(runs, key=lambda r: sum(r["parts"].values()))[1]
    total = sum(run["parts"].values())
    parts = ", ".join(f"{name} {1000 * value:.0f} ms" for name, value in run["parts"].items())
    print(f"cold process to first text (extractive): {total:.2f} s: {parts}; peak memory {run['peak_mb']:.0f} MB")


def warm_ask() -> None:
    from knowledge.embedders import open_embedder
    from knowledge.library import Library
    from knowledge.retriever import Retriever
    from tutor.compose import teach
    from tutor.events import TextStreamed
    from tutor.extractive import ExtractiveComposer

    embedder = Timed(open_embedder())
    with Library.open(Path(os.environ["ERICA_LIBRARY"])) as library:
        retriever = Retriever(library, embedder)

        def first_text(question: str) -> None:
            for event in teach(lambda: retriever.retrieve(question), ExtractiveComposer()):
                if isinstance(event, TextStreamed):
                    return

        for question in QUESTIONS * 2:
            first_text(question)
        alone, within, whole, text = [], [], [], []
        for _ in range(15):
            for question in QUESTIONS:  # in turn, as people ask: the same question again would flatter every cache
                embedder.seconds = 0.0
                whole.append(seconds(lambda q=question: retriever.retrieve(q)))  # type: ignore[misc]  # bound now
                within.append(embedder.seconds)
                alone.append(seconds(lambda q=question: embedder.embed([q])))  # type: ignore[misc]  # bound now
                text.append(seconds(lambda q=question: first_text(q)))  # type: ignore[misc]  # bound now
        ratio = statistics.median(w / e for w, e in zip(whole, within, strict=True))
        columns = {"alone": alone, "within": within, "whole": whole, "text": text}
        ms = {name: 1000 * statistics.median(times) for name, times in columns.items()}
        print(
            f"warm, {len(whole)} questions in turn, medians: retrieval {ms['whole']:.1f} ms, of it the embedder "
            f"{ms['within']:.1f} ms ({ratio:.2f}x; bound 2x); the embedder on its own {ms['alone']:.1f} ms; "
            f"first text {ms['text']:.1f} ms (bound 1 s)"
        )
    print(f"peak memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
