"""The last step and the last challenge of each walkthrough go through the judge and its boxes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.walkthroughs.test_bundled_steps import NAMES, walk_of
from tutor.judge import JudgeVerdict, judge
from tutor.sandbox import Sandbox, SandboxUnavailable

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    try:
        opened = Sandbox.open(preload=("numpy",))
    except SandboxUnavailable as reason:
        pytest.skip(f"no sandbox on this machine: {reason}")
    with opened:
        yield opened


@pytest.mark.parametrize("name", NAMES)
def test_the_references_pass_and_a_fault_does_not(sandbox: Sandbox, name: str) -> None:
    walk = walk_of(name)
    for problem in (walk.steps[-1], walk.challenges[-1]):
        judgement = judge(problem, problem.reference, sandbox)
        assert (judgement.verdict, judgement.passed) == (JudgeVerdict.PASSED, len(judgement.cases)), judgement
    fault = walk.steps[-1].mutants[0].of(walk.steps[-1].reference)
    assert judge(walk.steps[-1], fault, sandbox).verdict is not JudgeVerdict.PASSED
