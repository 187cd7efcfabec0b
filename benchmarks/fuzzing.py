"""Mutated course files through the readers, the chunker and the extraction: `python benchmarks/fuzzing.py [RUNS]`.

For each format that has a reader, valid seeds are cut, doubled, overwritten and spliced at random, with a fixed seed of
the generator: the same run finds the same things. A file may be taken or fail with a reason (`IngestError`); another
exception, a broken law of chunks, or a run past the limit is a finding, printed with the number that repeats it.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ingest.readers import READERS
from tests.ingest.fuzz import mutated, outcome_of, seeds

LIMIT_S = 10


class TooLong(BaseException):
    """The limit of one input has passed. Not an `Exception`: nothing on the way may take it for a damaged file."""


@dataclass
class Tally:
    taken: int = 0
    refused: int = 0
    slowest_s: float = 0.0
    slowest: int = 0
    findings: dict[str, list[int]] = field(default_factory=dict)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("runs", nargs="?", type=int, default=10_000, help="inputs for each format")
    arguments.add_argument("--format", choices=sorted(READERS), help="one format alone")
    arguments.add_argument("--only", type=int, help="one number alone, to repeat a finding")
    arguments.add_argument("--minutes", type=float, default=60.0, help="for each format at most")
    asked = arguments.parse_args()
    signal.signal(signal.SIGALRM, _stop)
    print(f"{'format':10} {'inputs':>7} {'taken':>7} {'refused':>8} {'seconds':>8} {'slowest':>8}  findings")
    for suffix in [asked.format] if asked.format else READERS:
        if not seeds(suffix):
            continue
        numbers = range(asked.runs) if asked.only is None else [asked.only]
        began = time.perf_counter()
        tally = run(suffix, numbers, began + 60 * asked.minutes)
        found = "; ".join(f"{what} x{len(where)} (first {where[0]})" for what, where in tally.findings.items())
        done = tally.taken + tally.refused + sum(map(len, tally.findings.values()))
        print(
            f"{suffix:10} {done:7} {tally.taken:7} {tally.refused:8} {time.perf_counter() - began:8.1f} "
            f"{tally.slowest_s:7.2f}s  {found or 'none'} (slowest is {tally.slowest})",
            flush=True,
        )


def run(suffix: str, numbers: range | list[int], until: float) -> Tally:
    tally = Tally()
    sources = seeds(suffix)
    for number in numbers:
        if time.perf_counter() > until:
            break
        content = mutated(sources, random.Random(f"{suffix} {number}"))
        began = time.thread_time()
        try:
            with limited(LIMIT_S):
                taken = outcome_of(content, f"fuzz{suffix}")
        except TooLong:
            tally.findings.setdefault(f"past {LIMIT_S} s", []).append(number)
        except Exception as error:  # noqa: BLE001 - any exception is what is looked for; it is counted and printed
            last = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
            tally.findings.setdefault(place, []).append(number)
        else:
            tally.taken += taken
            tally.refused += not taken
        took = time.thread_time() - began
        if took > tally.slowest_s:
            tally.slowest_s, tally.slowest = took, number
    return tally


@contextmanager
def limited(seconds: int) -> Iterator[None]:
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def _stop(number: int, frame: FrameType | None) -> None:
    raise TooLong


if __name__ == "__main__":
    main()
