"""How well chapters find where talks were joined: Pk, and the joins found, over a folder of transcripts.

`.venv/bin/python benchmarks/chapters.py FOLDER` joins pieces of 10 to 25 sentences from six talks, twelve times, and
cuts them again. Half of the talks (by seed) chose window and cutoff; the other half is only ever read with the values
in force. Pk: Beeferman, Berger and Lafferty, "Statistical Models for Text Segmentation", Machine Learning 34 (1999).
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from ingest.readers import transcript
from knowledge.sentences import sentences
from tutor.topic_shifts import CUTOFF, WINDOW, shifts

TALKS, DRAWS, NEAR = 6, 12, 2
_FEWEST = 12


@dataclass(frozen=True)
class Outcome:
    """Pk (smaller is better, 0.5 is chance), share of joins found within two sentences, share of boundaries at one."""

    pk: float
    found: float
    right: float


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="with .srt or .vtt files")
    talks = _talks(parser.parse_args().folder)
    half = len(talks) // 2
    print(f"{len(talks)} talks, {half} to choose with")
    print("window  cutoff  Pk    found  right")
    for window in (40, 60, 80):
        for cutoff in (0.0, 0.5, 1.0):
            print(f"{window:6}  {cutoff:6.1f}  {_row(_measured(talks[:half], 1, window, cutoff))}")
    print(f"held out, {WINDOW} and {CUTOFF}: {_row(_measured(talks[half:], 2, WINDOW, CUTOFF))}")


def _row(outcome: Outcome) -> str:
    return f"{outcome.pk:.2f}  {outcome.found:.2f}   {outcome.right:.2f}"


def _talks(folder: Path) -> list[list[str]]:
    found = []
    for path in sorted([*folder.glob("*.srt"), *folder.glob("*.vtt")]):
        text = transcript.read(path.read_bytes(), path.name).text
        said = [text[sentence.start : sentence.end] for sentence in sentences(text)]
        if len(said) >= _FEWEST:
            found.append(said)
    random.Random(0).shuffle(found)
    return found


def _measured(talks: Sequence[list[str]], seed: int, window: int, cutoff: float) -> Outcome:
    draw = random.Random(seed)
    errors, found, made, there = [], 0, 0, 0
    for _ in range(DRAWS):
        joined: list[str] = []
        joins: list[int] = []
        for talk in draw.sample(list(talks), TALKS):
            start = draw.randrange(max(1, len(talk) - 14))
            joins += [len(joined)] if joined else []
            joined += talk[start : start + draw.randrange(10, 26)]
        cut = shifts(joined, window=window, cutoff=cutoff)
        errors.append(pk(joins, cut, len(joined)))
        found += sum(any(abs(at - join) <= NEAR for at in cut) for join in joins)
        made, there = made + len(cut), there + len(joins)
    return Outcome(sum(errors) / len(errors), found / there, found / max(1, made))


def pk(joins: Sequence[int], cut: Sequence[int], length: int) -> float:
    """Return the share of pairs, half a segment apart, that one side parts and the other does not."""
    apart = max(2, round(length / (len(joins) + 1) / 2))
    one, other = (list(accumulate(int(at in borders) for at in range(length))) for borders in (joins, cut))
    pairs = range(length - apart)
    return sum((one[at] == one[at + apart]) != (other[at] == other[at + apart]) for at in pairs) / len(pairs)


if __name__ == "__main__":
    main()
