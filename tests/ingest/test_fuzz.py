"""Random damage to valid files of every format; `benchmarks/fuzzing.py` does the same ten thousand times."""

from __future__ import annotations

import random

import pytest

from ingest.readers import READERS
from tests.ingest.fuzz import mutated, outcome_of, seeds

FORMATS = [suffix for suffix in READERS if seeds(suffix)]


@pytest.mark.slow
@pytest.mark.parametrize("suffix", FORMATS)
def test_damaged_files_are_taken_or_refused_with_a_reason(suffix: str) -> None:
    taken = 0
    for number in range(200):
        content = mutated(seeds(suffix), random.Random(f"{suffix} {number}"))
        try:
            taken += outcome_of(content, f"fuzz{suffix}")
        except Exception as error:
            raise AssertionError(f"python benchmarks/fuzzing.py --format {suffix} --only {number}") from error
    assert 0 < taken < 200  # neither reads everything nor nothing


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_seeds_themselves_are_taken(suffix: str) -> None:
    assert all(outcome_of(content, f"seed{suffix}") for content in seeds(suffix))
