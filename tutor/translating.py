"""Checked sentences in another language: the words change, what was checked does not.

Sentences are checked in the course's language, where words can be compared; then each is put into the other language
by itself and keeps its citation. A line that loses a number or a formula on the way stays as it was.
"""

from __future__ import annotations

import re
from contextlib import closing

from knowledge.chat_model import ChatModel, Message, Role
from tutor.prompting import template

_MARK = re.compile(r"( ?\[c\d+\])")
_KEPT = re.compile(r"\$[^$\n]+\$|\\\(.+?\\\)|\d+(?:[.,]\d+)*")
"""What a line and its translation must have in common."""
_NUMBERED = re.compile(r"(?m)^\s*(\d+)[.):]\s+(.+?)\s*$")
_TOKENS_A_LINE = 90


def translated(text: str, language: str, model: ChatModel) -> str:
    """Return a checked text in another language, marks in place; lines that come back damaged stay as they were.

    Raises:
        ModelError: the model failed.
    """
    parts = _MARK.split(text)
    plain = {index: " ".join(part.split()) for index, part in enumerate(parts) if _is_prose(part)}
    if not plain:
        return text
    lines = "\n".join(f"{number}. {line}" for number, line in enumerate(plain.values(), start=1))
    prompt = template("translate").replace("{language}", language).replace("{lines}", lines)
    answer = ""
    tokens = _TOKENS_A_LINE * len(plain)
    with closing(model.stream([Message(Role.USER, prompt)], max_tokens=tokens)) as stream:
        for delta in stream:
            answer += delta
    said = {int(number): line for number, line in _NUMBERED.findall(answer)}
    for number, (index, before) in enumerate(plain.items(), start=1):
        after = _MARK.sub("", said.get(number, ""))
        if after and sorted(_KEPT.findall(after)) == sorted(_KEPT.findall(before)):
            lead = parts[index][: len(parts[index]) - len(parts[index].lstrip())]
            parts[index] = f"{lead}{after}"
    return "".join(parts)


def _is_prose(part: str) -> bool:
    """Return whether a part is words on lines of their own: display formulas and lists with them stay as they are."""
    return bool(part.strip()) and not _MARK.fullmatch(part) and "$$" not in part and "\\[" not in part
