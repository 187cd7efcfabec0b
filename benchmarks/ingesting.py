"""Figures of ingest, as ratios within one run: `python benchmarks/ingesting.py FOLDER ... [--only PART ...]`.

Parts: `formats` (each format's files alone), `whole` (all of them in one run, against the bare embedder over the same
chunks in batches of one length), `again` (nothing changed, one file of a hundred changed), `growth` (memory and disk at
1, 10 and 50 times a course), `beside` (questions while an ingest runs; two ingests at once) and `cold` (a first answer
through the lean runtime and through sentence-transformers). Times do not carry over to other machines; ratios do.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ingest.pipeline import ingest  # noqa: E402 - found by the line above
from ingest.readers import READERS  # noqa: E402
from ingest.report import IngestReport  # noqa: E402
from knowledge.embedders import open_embedder  # noqa: E402
from knowledge.library import Library  # noqa: E402

QUESTION = "What is a tokenizer?"
GROWTH = (1, 10, 50)
BATCH = 1_024
ROUNDS = 3
INGEST = """
import sys
from pathlib import Path
from ingest.pipeline import ingest
from tests.fakes import HashingEmbedder
import json
def most():  # not `ru_maxrss`: a child inherits that of the process that started it
    return next(int(line.split()[1]) / 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
before = most()
report = ingest([Path(sys.argv[1])], Path(sys.argv[2]), HashingEmbedder(dimension=384), wait_s=120)
print(json.dumps({"chunks": report.chunks, "seconds": report.seconds, "peak_mb": most(), "before_mb": before,
                  "stages": report.stages, "failed": len(report.failed)}))
"""
ASK = """
import sys, time
began = time.perf_counter()
from tutor import app, settings
tutor = app.build(settings.load({"model": "extractive", "embedding_backend": sys.argv[2]}))
from tutor.events import TextStreamed
for event in tutor.ask(sys.argv[1], settings=settings.load().retrieval, model="extractive"):
    if isinstance(event, TextStreamed) and event.text:
        break
import json
took = time.perf_counter() - began
held = next(int(line.split()[1]) / 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps({"s": took, "mb": held}))
"""


def main() -> None:
    parts: dict[str, Callable[[list[Path], Path], None]] = {
        "formats": formats, "whole": whole, "again": again, "growth": growth, "beside": beside, "cold": cold,
    }  # fmt: skip
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("folders", nargs="+", type=Path)
    arguments.add_argument("--only", nargs="+", choices=parts, default=list(parts))
    asked = arguments.parse_args()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    open_embedder().embed(["loaded, and tried where that was not done"] * 9)
    for name in asked.only:
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
        print(f"\n{name} (load {load:.1f} at its start)")
        with tempfile.TemporaryDirectory() as temporary:
            parts[name]([folder.resolve() for folder in asked.folders], Path(temporary))


# --- what a first ingest costs ----------------------------------------------------------------------------------


def formats(folders: list[Path], scratch: Path) -> None:
    files: dict[str, list[Path]] = defaultdict(list)
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.suffix.lower() in READERS:
                files[file.suffix.lower()].append(file)
    print(f"{'format':8}{'files':>6}{'chunks':>8}{'failed':>8}{'seconds':>9}{'chunks/s':>10}{'embedder':>10}")
    reasons = []
    for suffix, named in sorted(files.items()):
        report = ingest(named, scratch / suffix[1:], open_embedder())
        rate, share = report.written / report.seconds, report.embed_seconds / report.seconds
        counts = f"{len(named):6}{report.written:8}{len(report.failed):8}"
        print(f"{suffix:8}{counts}{report.seconds:9.1f}{rate:10.0f}{share:10.0%}")
        reasons += [f"  {one.path}: {one.reason}" for one in report.failed]
    print("\n".join(reasons))


class Kept:
    """The embedder, and every text it was given."""

    def __init__(self) -> None:
        self._embedder = open_embedder()
        self.signature, self.tokenizer = self._embedder.signature, self._embedder.tokenizer
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> Any:
        self.texts += texts
        return self._embedder.embed(texts)


def whole(folders: list[Path], scratch: Path) -> None:
    """Compare medians of pairs, taken in turns: what else the machine does meets both."""
    ratios, overheads = [], []
    for number in range(ROUNDS):
        embedder = Kept()
        began = os.times()
        report = ingest(folders, scratch / str(number), embedder)
        ended = os.times()
        busy = (ended.user + ended.system - began.user - began.system) / report.seconds
        texts = sorted(embedder.texts, key=len)
        mark, cpu = time.perf_counter(), time.process_time()
        for start in range(0, len(texts), BATCH):
            embedder._embedder.embed(texts[start : start + BATCH])
        bare, bare_cpu = time.perf_counter() - mark, time.process_time() - cpu
        cpu_over = ended.user + ended.system - began.user - began.system - bare_cpu
        ratios.append(report.seconds / bare)
        overheads.append(1_000 * cpu_over / report.chunks)
        stages = ", ".join(f"{name} {1_000 * value / report.chunks:.2f}" for name, value in report.stages.items())
        print(
            f"{report.seconds:.1f} s for {report.chunks} chunks and {report.concepts} concepts, "
            f"{report.embed_seconds / report.seconds:.0%} in the embedder, {busy:.2f} cores busy; bare embedder "
            f"{bare:.1f} s ({len(texts) / bare:.0f} texts/s): {ratios[-1]:.2f}x; ms a chunk (wall): {stages}"
        )
    print(
        f"total against the bare embedder: {statistics.median(ratios):.2f}x (bound 1.25x); processor time beyond it: "
        f"{statistics.median(overheads):.2f} ms a chunk (bound 2 ms)"
    )


def again(folders: list[Path], scratch: Path) -> None:
    course = scratch / "course"
    course.mkdir()
    texts = [file for folder in folders for file in sorted(folder.rglob("*.md*")) if file.stat().st_size > 2_000]
    for number, file in enumerate(texts[:100]):
        shutil.copy(file, course / f"{number:03}{file.suffix}")
    first = ingest([course], scratch / "library", open_embedder())
    same = ingest([course], scratch / "library", open_embedder())
    changed = course / f"050{texts[50].suffix}"
    changed.write_text(f"{changed.read_text(encoding='utf-8')}\n\nOne paragraph more.\n", encoding="utf-8")
    one = ingest([course], scratch / "library", open_embedder())
    print(
        f"first {first.seconds:.1f} s, {first.chunks} chunks; nothing changed {same.seconds / first.seconds:.2%} "
        f"(bound 2 %); 1 of {min(100, len(texts))} files changed {one.seconds / first.seconds:.2%} (bound 3 %), "
        f"{one.embedded} texts embedded, stages {rounded(one)}"
    )


def rounded(report: IngestReport) -> dict[str, float]:
    return {name: round(value, 3) for name, value in report.stages.items()}


# --- growth, with an embedder that costs nothing ----------------------------------------------------------------


def growth(folders: list[Path], scratch: Path) -> None:
    sources = [file for folder in folders for file in sorted(folder.rglob("*.md*")) if file.stat().st_size > 4_000][:20]
    for times in GROWTH:
        course, library = scratch / f"course-{times}", scratch / f"library-{times}"
        for copy in range(times):
            for number, file in enumerate(sources):
                target = course / f"part-{copy}" / f"{number:02}{file.suffix}"
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(altered(file.read_text(encoding="utf-8"), copy), encoding="utf-8")
        found = child(INGEST, course, library)
        per_thousand = megabytes(library) * 1_000 / found["chunks"]
        print(
            f"{times:3}x: {found['chunks']:6} chunks, {found['seconds']:6.1f} s "
            f"({1_000 * found['seconds'] / found['chunks']:.2f} ms a chunk without embedding), peak "
            f"{found['peak_mb']:.0f} MB ({found['before_mb']:.0f} before), disk {per_thousand:.1f} MB per 1,000 chunks"
        )
    before = megabytes(library)
    for part in range(times // 2):
        shutil.rmtree(course / f"part-{part}")
    child(INGEST, course, library)
    after = megabytes(library)
    print(f"half of it removed: {after / before:.0%} of the disk is still taken")


def altered(text: str, copy: int) -> str:
    """Return the text with every paragraph another one than in any other copy."""
    return "\n\n".join(
        f"{paragraph} ({copy})" if paragraph[:1].isalpha() else paragraph for paragraph in text.split("\n\n")
    )


def child(program: str, *arguments: object) -> dict[str, Any]:
    ran = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found


def megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


# --- side by side -----------------------------------------------------------------------------------------------


def beside(folders: list[Path], scratch: Path) -> None:
    from knowledge.retriever import Retriever

    library = scratch / "library"
    halves = [folders[:1], folders[1:] or folders[:1]]
    ingest(halves[0], library, open_embedder())
    with Library.open(library) as opened:
        retriever = Retriever(opened, open_embedder())
        idle = sorted(answering(retriever, iter(range(150))))
        program = (
            "import sys\nfrom pathlib import Path\nfrom ingest.pipeline import ingest\nfrom knowledge.embedders import "
            "open_embedder\ningest([Path(p) for p in sys.argv[2:]], Path(sys.argv[1]), open_embedder())"
        )
        with subprocess.Popen([sys.executable, "-c", program, str(library), *map(str, halves[1])], cwd=ROOT) as writer:
            busy = sorted(answering(retriever, iter(lambda: writer.poll() is None, False)))
    p95 = [1_000 * times[int(0.95 * len(times))] for times in (idle, busy)]
    p50 = [1_000 * times[len(times) // 2] for times in (idle, busy)]
    print(
        f"a retrieval, idle: median {p50[0]:.1f}, p95 {p95[0]:.1f} ms; while an ingest runs beside it ({len(busy)} "
        f"asked): median {p50[1]:.1f}, p95 {p95[1]:.1f} ms: {p95[1] / p95[0]:.1f}x (bound 5x)"
    )
    two = scratch / "two"
    threads = [threading.Thread(target=child, args=(INGEST, folder, two)) for folder in folders[:2]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"two ingests at once: {found_by_themselves(two)}")


def answering(retriever: Any, rounds: Iterator[object]) -> list[float]:
    questions = [QUESTION, "How does attention work?", "What is gradient descent?", "Why is softmax used?"]
    for question in questions:
        retriever.retrieve(question)
    times = []
    for number, _ in enumerate(rounds):
        began = time.perf_counter()
        retriever.retrieve(questions[number % len(questions)])
        times.append(time.perf_counter() - began)
    return times


def found_by_themselves(folder: Path) -> str:
    """Return how many of the stored vectors are found by themselves."""
    import numpy as np

    with Library.open(folder) as library, library.catalog.reading() as db:
        rows = db.execute("SELECT id, vector FROM chunk_vectors").fetchall()
        chunks = {row[0] for row in db.execute("SELECT id FROM chunks")}
        index = library.chunk_vectors()
        hits = 0
        for own, blob in rows:
            nearest = index.search(np.frombuffer(blob, dtype="<f4"), 1)
            hits += bool(nearest) and (nearest[0][0] == own or nearest[0][1] > 0.99999)
    return f"{hits} of {len(chunks)} chunks are found by their own vector"


def cold(folders: list[Path], scratch: Path) -> None:
    os.environ["ERICA_LIBRARY"], os.environ["ERICA_STATE"] = str(scratch / "library"), str(scratch / "state")
    ingest(folders[:1], scratch / "library", open_embedder())
    runs: dict[str, list[dict[str, Any]]] = {"auto": [], "torch-fp32": []}
    for _ in range(3):
        for backend, kept in runs.items():
            kept.append(child(ASK, QUESTION, backend))
    took = {backend: statistics.median(run["s"] for run in kept) for backend, kept in runs.items()}
    held = {backend: statistics.median(run["mb"] for run in kept) for backend, kept in runs.items()}
    print(
        f"first text of a cold process: lean {took['auto']:.2f} s and {held['auto']:.0f} MB, sentence-transformers "
        f"{took['torch-fp32']:.2f} s and {held['torch-fp32']:.0f} MB: {took['auto'] / took['torch-fp32']:.2f} of the "
        f"time (bound 0.33), {held['auto'] / held['torch-fp32']:.2f} of the memory (bound 0.5)"
    )


if __name__ == "__main__":
    main()
