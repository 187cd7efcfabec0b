"""Hints read the attempt, climb, and give nothing away before the last rung."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from tests.problems.in_process import TORCH, tried_here
from tutor import problems
from tutor.attempt_reading import Sign, patterns, read
from tutor.hints import Hint, Rung, ladder, skeleton
from tutor.leaks import leaks
from tutor.problems import Problem
from tutor.sandbox import Sandbox, SandboxUnavailable
from tutor.trial import Trial, try_out

ALL = [pytest.param(n, marks=pytest.mark.slow) if n in TORCH else n for n in problems.names()]
RUN = 8  # tokens in a row that are no longer chance


def attempts(problem: Problem) -> Iterator[str]:
    """Wrong attempts: faults of the reference, and beginnings that owe it nothing."""
    arguments = re.search(r"def \w+\((.*?)\):", problem.starter)
    assert arguments
    head = f"import numpy as np\n\n\ndef {problem.function}({arguments[1]}):\n"
    yield problem.starter
    yield head + "    return None\n"
    yield head + "    return (1 +\n"
    yield head + "    return undefined_name\n"
    yield head.replace(problem.function, "other_name") + "    return 0\n"
    for mutant in problem.mutants:
        yield mutant.of(problem.reference)


@cache
def ladders(name: str) -> list[tuple[Hint, ...]]:
    problem = problems.find(name)
    return [ladder(problem, attempt, _trial(problem, attempt)) for attempt in attempts(problem)]


def _trial(problem: Problem, attempt: str) -> Trial | None:
    try:
        compile(attempt, "attempt", "exec")
    except SyntaxError:
        return None
    return tried_here(problem, attempt)


def _tokens(text: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", re.sub(r"#.*", "", text))


def _runs(text: str) -> set[tuple[str, ...]]:
    """Every run of tokens within one line, beyond the name that a line may assign to."""
    lines = [_tokens(re.sub(r"^\s*[\w, ]+ = ", "", line)) for line in text.splitlines()]
    return {tuple(line[n : n + RUN]) for line in lines for n in range(len(line) - RUN + 1)}


def _expressions(problem: Problem) -> str:
    """The reference without the lines that only frame it: imports, the heads of functions and loops."""
    framing = re.compile(r"\s*(import|from|def|for|with|else)\b")
    return "\n".join(line for line in problem.reference.splitlines() if not framing.match(line))


@pytest.mark.parametrize("name", ALL)
def test_no_rung_before_the_last_gives_the_solution_away(name: str) -> None:
    """Nothing known from the attempt is excused here: faults of the reference hold most of it."""
    problem = problems.find(name)
    every = ladders(name)
    assert len(every) >= 5 + 8
    secret = _runs(_expressions(problem)) - _runs(problem.statement) - _runs(problem.starter)
    for hints in every:
        for hint in hints[:-1]:
            told = f"{hint.words}\n```python\n{hint.code}```"
            assert leaks(told, problem) == [], hint
            assert not secret & _runs(told), hint


@pytest.mark.parametrize("name", ALL)
def test_each_rung_says_more_than_the_one_before(name: str) -> None:
    problem = problems.find(name)
    for hints in ladders(name):
        assert [hint.rung for hint in hints] == list(Rung)
        assert len({hint.words for hint in hints}) == len(Rung)
        nudge, concept, plan, partial, solution = hints
        assert not nudge.code + concept.code + plan.code
        assert re.findall(r"(\d)\. ", plan.words)[:3] == ["1", "2", "3"]
        vocabulary = set(filter(str.isidentifier, _tokens(problem.reference))) - set(
            _tokens(problem.starter + problem.statement)
        )
        known = [vocabulary & set(_tokens(f"{hint.words} {hint.code}")) for hint in (plan, partial, solution)]
        assert len(known[0]) < len(known[1]) < len(known[2])
        assert solution.code == problem.reference


@pytest.mark.parametrize("name", ALL)
def test_the_first_hint_depends_on_the_attempt(name: str) -> None:
    firsts = [hints[0].words for hints in ladders(name)]
    assert len(set(firsts[:5])) == 5, firsts
    assert len(set(firsts[5:])) >= 4, firsts


@pytest.mark.parametrize("name", ALL)
def test_a_known_fault_is_recognised_by_what_it_answers(name: str) -> None:
    """A fault stays recognisable in other words: the attempt is compared by its results alone."""
    problem = problems.find(name)
    named = [
        mutant.name in tried_here(problem, f"{mutant.of(problem.reference)}\n# in other words\n", seed=4).slips
        for mutant in problem.mutants
    ]
    assert np.mean(named) >= 0.8  # the rest differ from the reference on the timed cases alone, or give NaN


@pytest.mark.parametrize("name", ALL)
def test_the_frame_of_a_solution_is_python_with_gaps(name: str) -> None:
    problem = problems.find(name)
    code = skeleton(problem)
    compile(code, "skeleton", "exec")
    assert code.count("...") >= 3
    list(tokenize.generate_tokens(io.StringIO(code).readline))


@pytest.mark.parametrize(
    "text",
    [
        "Use `queries @ keys.T / temperature` there.",
        "Use queries@keys.T/temperature there.",
        "```python\nz = a @ b.T / tau\n```",
        "    scores = x @ y.T / heat\n",
        "Finally `F.cross_entropy(scores, targets)`.",
        "return F.cross_entropy(logits, own)",
    ],
)
def test_a_leak_is_seen_through_new_names_and_spaces(text: str) -> None:
    assert leaks(text, problems.find("info-nce"))


@pytest.mark.parametrize(
    "text", ["One matrix product, divided by the temperature.", "Look at `F.cross_entropy`.", "", "queries @ keys"]
)
def test_words_are_no_leak(text: str) -> None:
    assert leaks(text, problems.find("info-nce")) == []


def test_what_the_learner_wrote_is_no_secret() -> None:
    problem = problems.find("info-nce")
    mine = "def info_nce(q, k, t):\n    return q @ k.T / t\n"
    assert leaks("You wrote `q @ k.T / t`.", problem)
    assert leaks("You wrote `q @ k.T / t`.", problem, mine) == []


def test_an_authored_hint_that_leaks_is_withheld() -> None:
    problem = problems.find("info-nce")
    told = replace(
        problem, hints=("Write `queries @ keys.T / temperature`.", "Think.", "1. Return F.cross_entropy(logits, own).")
    )
    for hint in ladder(told, "def info_nce(queries, keys, temperature):\n    return 0\n")[:-1]:
        assert leaks(hint.words, told) == []
        assert hint.words


WANT = np.array([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2], [0.25, 0.05, 0.7]])


@pytest.mark.parametrize(
    ("got", "says"),
    [
        (-WANT, "sign"),
        (WANT * 3, "3 times"),
        (WANT + 0.5, "same amount, 0.5"),
        (WANT.T, "rows and columns"),
        (WANT[::-1], "reverse order along axis 0"),
        (np.roll(WANT, 1, 1), "one place off along axis 1"),
        (np.exp(WANT), "logarithm missing"),
        (WANT**2, "square"),
        (1 - WANT, "one minus"),
        (np.full((3, 3), 0.5), "every value is the same"),
        (np.where(np.arange(3) == 2, 9.0, WANT), "last entry along axis 1"),
        (WANT * [[1.1], [1.2], [1.3]], "add up to one"),
    ],
)
def test_wrong_values_have_patterns(got: np.ndarray, says: str) -> None:
    assert any(says in words for _, words in patterns(got, WANT)), list(patterns(got, WANT))


def test_right_but_for_some_values_tells_how_many() -> None:
    got = WANT.copy()
    got[0, 0] = got[1, 1] = got[2, 2] = 5
    assert [words[:6] for sign, words in patterns(got, WANT) if sign is Sign.PLACE] == ["3 of 9"]


def test_a_single_number_shows_a_factor_only_where_every_case_does() -> None:
    problem = problems.find("mean-iou")
    head = "import numpy as np\n\n\ndef mean_iou(predicted, true, classes, ignore):\n"
    chance = ladder(
        problem, attempt := head + "    return float(np.mean(predicted == true))\n", tried_here(problem, attempt)
    )
    assert "times" not in chance[0].words
    percent = problem.reference.replace("return float(np.mean(scores))", "return 100 * float(np.mean(scores))")
    assert "100 times" in ladder(problem, percent, tried_here(problem, percent))[0].words


def test_values_of_hidden_cases_are_not_told() -> None:
    problem = problems.find("kl-divergence")
    trial = tried_here(problem, "def kl_divergence(p, q):\n    raise ValueError(repr(p))\n")
    hidden = replace(trial, cases=tuple(case for case in trial.cases if not case.visible))
    words = " ".join(f.words for f in read(problem, "def kl_divergence(p, q):\n    return p * q\n", hidden))
    assert "ValueError" in words
    assert "array" not in words


@pytest.mark.slow
@pytest.mark.parametrize(("name", "number"), [("bilinear-flow-warp", 1), ("mean-iou", 2)])
def test_an_attempt_is_tried_in_boxes_and_its_slip_is_named(name: str, number: int) -> None:
    problem = problems.find(name)
    try:
        sandbox = Sandbox.open(preload=("numpy",))
    except SandboxUnavailable as reason:
        pytest.skip(f"no sandbox on this machine: {reason}")
    with sandbox:
        trial = try_out(problem, problem.mutants[number].of(problem.reference), sandbox)
        right = try_out(problem, problem.reference, sandbox)
        broken = try_out(problem, "import nothing_of_this_name\n", sandbox)
    assert problem.mutants[number].name in trial.slips
    assert right.slips == ()
    assert right.failed == ()
    assert "ModuleNotFoundError" in broken.loads
