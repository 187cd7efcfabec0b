"""Says in words why a student's own attempt fails: by a chat model where there is one, without it otherwise.

The prompt holds the statement, the attempt and what was noticed about it; never the reference, the hints, or the
arguments and results of hidden cases. What a model writes is shown only if it gives nothing of the reference away.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass

from knowledge.chat_model import ChatModel, Message, ModelName, Role
from knowledge.errors import ModelError
from tutor.attempt_reading import Finding, read
from tutor.leaks import leaks
from tutor.problems import Problem
from tutor.prompting import quoted, template
from tutor.trial import Trial

_MOST_TOKENS = 300
_MOST_FINDINGS = 4
_MOST_CHARACTERS = 6000  # of an attempt: a small model reads no more
_THOUGHTS = re.compile(r"<think>.*?(?:</think>|\Z)", re.S | re.I)
_RIGHT = "Nothing is wrong with what was tried: every case that was run comes out right."


@dataclass(frozen=True)
class Explanation:
    """Why an attempt fails. `by` is the model that wrote it, or None; `note` says why one that was asked did not."""

    words: str
    by: ModelName | None = None
    note: str = ""


def explain(problem: Problem, attempt: str, trial: Trial | None, model: ChatModel | None = None) -> Explanation:
    """Return why the attempt fails, in some sentences.

    Args:
        problem: what is asked.
        attempt: the student's text; only read.
        trial: what it did, where it was tried.
        model: any rung of the ladder; None has it said without one.
    """
    findings = read(problem, attempt, trial)
    if not findings and trial is not None and not trial.failed:
        return Explanation(_RIGHT)
    plain = _without_model(problem, attempt, findings)
    if model is None:
        return Explanation(plain)
    try:
        words = _written(model, messages(problem, attempt, findings))
    except ModelError as error:
        return Explanation(plain, note=f"{model.model_name.name} did not answer: {error}")
    if not words:
        return Explanation(plain, note=f"{model.model_name.name} wrote nothing")
    if leaks(words, problem, attempt):
        return Explanation(plain, note=f"what {model.model_name.name} wrote gave part of the solution away")
    return Explanation(words, model.model_name)


def messages(problem: Problem, attempt: str, findings: list[Finding]) -> list[Message]:
    """Return the prompt. What it holds of hidden cases are their names."""
    noticed = "\n".join(f"- {finding.words}" for finding in findings[:_MOST_FINDINGS])
    body = (
        f"<statement>\n{quoted(problem.statement)}\n</statement>\n\n"
        f"<attempt>\n{quoted(attempt[:_MOST_CHARACTERS])}\n</attempt>\n\n"
        f"What was noticed when the attempt was tried:\n{quoted(noticed) or '- nothing in particular'}\n\n"
        "Say what the student's code does that it should not do."
    )
    return [Message(Role.SYSTEM, template("explain")), Message(Role.USER, body)]


def _written(model: ChatModel, prompt: list[Message]) -> str:
    with contextlib.closing(model.stream(prompt, max_tokens=_MOST_TOKENS)) as parts:
        return _THOUGHTS.sub("", "".join(parts)).strip()


def _without_model(problem: Problem, attempt: str, findings: list[Finding]) -> str:
    told = [finding.words for finding in findings[:_MOST_FINDINGS] if not leaks(finding.words, problem, attempt)]
    if problem.concepts:
        told.append(f"The problem turns on {problem.concepts[0]}: read what the statement says about it once more.")
    return "\n\n".join(told)
