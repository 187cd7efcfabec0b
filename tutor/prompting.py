"""Prompts as text with declared variables. Templates are files beside this module, so that a person can read them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from knowledge.chat_model import Message, Role
from tutor.lesson import Passage, PlannedStep, StepName
from tutor.style import Level

TASKS = {
    StepName.ANSWER: "Answer the student's question itself, as directly as the passages allow.",
    StepName.WHY: "Say why {name} matters: which problem it solves or what it makes possible.",
    StepName.PREREQUISITE: "Say what these are, as what the student needs before the rest of the lesson: {names}.",
    StepName.TOPIC: "Explain what {name} is, from the idea to the precise statement.",
    StepName.HOW: "Explain how {name} works, step by step.",
    StepName.APPLICATIONS: "Say where {name} is used.",
    StepName.SUMMARY: "Sum up what the student should remember about {name}.",
}
LENGTHS = {
    StepName.ANSWER: "two or three sentences",
    StepName.WHY: "two sentences",
    StepName.PREREQUISITE: "a list with one sentence for each",
    StepName.TOPIC: "four to six sentences",
    StepName.HOW: "four to six sentences",
    StepName.APPLICATIONS: "two or three sentences",
    StepName.SUMMARY: "two sentences",
}


_VARIABLE = re.compile(r"\{(\w+)\}")
_CONTROL = re.compile(
    r"<(?=\s*/?\s*(?:passages?|question|statement|attempt|system|user|assistant|human|tool|think|s|start_of_turn|end_of_turn|bos|eos)\b)"
    r"|<(?=\s*[|｜])|(?<=[|｜])>|<(?=<\s*/?\s*SYS)|\[(?=\s*/?\s*INST\s*\])",
    re.I,
)
"""Where a text would close our quotation, or begin or end a turn in the templates of common chat models."""
_HARMLESS = {"<": "‹", ">": "›", "[": "("}
"""What is read the same by a person. A space beside the mark would not do: models take `< /passage>` for a tag too."""


@cache
def template(name: str) -> str:
    """Return the template of this name, `system` or `step`."""
    return (Path(__file__).parent / "prompts" / f"{name}.md").read_text(encoding="utf-8").strip()


_MANNERS = {
    Level.INTUITIVE: " Use plain words and pictures from everyday life that the passages give; leave formulas out.",
    Level.STANDARD: "",
    Level.MATHEMATICAL: " State it exactly, with the formulas that the passages give and what each symbol means.",
}


def messages(question: str, step: PlannedStep, passages: list[Passage], level: Level = Level.STANDARD) -> list[Message]:
    """Return the prompt for one step. The system part never changes, so that a model may keep it in its cache."""
    values = {
        "question": quoted(" ".join(question.split())),
        "passages": _passages(passages),
        "task": _task(step),
        "manner": _MANNERS[level],
    }
    return _filled("step", values)


def lesson_messages(
    question: str, steps: Sequence[PlannedStep], passages: Sequence[Passage], level: Level = Level.STANDARD
) -> list[Message]:
    """Return the prompt for all these steps at once, numbered from 1, each passage given once."""
    values = {
        "question": quoted(" ".join(question.split())),
        "passages": _passages(passages),
        "count": str(len(steps)),
        "parts": "\n".join(f"{number}. {_task(step)}" for number, step in enumerate(steps, start=1)),
        "manner": _MANNERS[level].strip(),
    }
    return _filled("lesson", values)


def rewriting(sentences: Sequence[str], passages: Sequence[Passage]) -> list[Message]:
    """Return the prompt for sentences that no passage supports, to be said again as the passages say it."""
    listed = "\n".join(f"- {quoted(' '.join(sentence.split()))}" for sentence in sentences)
    return _filled("rewrite", {"passages": _passages(passages), "sentences": listed})


def _filled(name: str, values: Mapping[str, str]) -> list[Message]:
    """Return the system prompt and this template with its variables."""
    # One pass over the template alone: a question or passage may hold braces, even the names of our variables.
    body = _VARIABLE.sub(lambda match: values[match[1]], template(name)).strip()
    return [Message(Role.SYSTEM, template("system")), Message(Role.USER, body)]


def _task(step: PlannedStep) -> str:
    name = step.concept.name if step.concept else "the subject of the question"
    names = ", ".join(concept.name for concept in step.mentions)
    return f"{TASKS[step.name].format(name=name, names=names)} Write {LENGTHS[step.name]}."


def _passages(passages: Sequence[Passage]) -> str:
    return "\n\n".join(f"<passage>\n{quoted(passage.chunk.text)}\n</passage>" for passage in passages)


def quoted(text: str) -> str:
    """Return course text that can neither close its own quotation nor open a turn of its own."""
    return _CONTROL.sub(lambda match: _HARMLESS[match.group()], text).strip()
