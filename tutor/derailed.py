"""Where what a model streams stops being an answer: loops, leaked marks, thoughts. Knows text alone, no model."""

from __future__ import annotations

import re

_LEAK = re.compile(
    r"<\|?/?(?:tool|function)[_a-z]*\|?>|<\|im_|<\|(?:end|eot|start)[a-z_]*\|>|\{\s*\"(?:name|tool|function)\"\s*:",
    re.I,
)
"""The marks of a tool call or of a turn of the conversation: nothing after them is an answer."""
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.I | re.S)
_LOOP_CHARS = 40


def derailed(text: str) -> bool:
    """Return whether nothing more is to be expected: the text ends in a loop, or leaks what is no answer."""
    return _loops(text) or _LEAK.search(text) is not None


def answer_of(text: str) -> str:
    """Return the text up to its first leak, without thoughts."""
    return _THOUGHT.sub("", _LEAK.split(text, maxsplit=1)[0])


def whole_sentences(text: str) -> str:
    """Return the text up to its last finished sentence: a cut-off tail says half of something."""
    stripped = text.strip()
    match = re.search(r"(?s)\A.*[.!?。](?:[\"'”’)\]*_`$]*|\s*\\[\])])", stripped)
    return match.group(0) if match else ""


def _loops(text: str) -> bool:
    """Return whether the text ends in the same 40 characters three times: the model is stuck."""
    tail = text[-_LOOP_CHARS:]
    return len(tail) == _LOOP_CHARS and text.count(tail) >= 3
