"""What people decided about the concepts of a course: values, and the one line of text that each is written as.

    2026-11-05 "Anna B." reject prerequisite "RNN" -> "CLIP" because "CLIP has no recurrent part"
    2026-11-05 "Anna B." merge "CLIP model" into "CLIP"
    2026-11-06 ben withdraw merge "CLIP model" into "CLIP"

Lines are only ever added; a later one outranks an earlier one, and `withdraw` takes one back. Names stand for
concepts, not ids, so that a decision outlives every re-ingest. Knows the words; refuses to know graphs (`deciding`)
and folders (`decision_files`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from knowledge.concepts import normalise
from knowledge.model import RelationKind

LONGEST_NAME = 200
LONGEST_QUOTE = 2_000
_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|->|[^\s"]+)')
_BARE = re.compile(r"[\w.@+-]+")
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


class DecisionUnusable(ValueError):
    """The words make no decision; the text says why, and what would."""


class Verb(StrEnum):
    """What can be decided."""

    ADD = "add"
    """the concept or edge stands, made where the material has none"""
    APPROVE = "approve"
    """what was found stands, and stays"""
    REMOVE = "remove"
    REJECT = "reject"
    """what was found is wrong, and stays out"""
    RENAME = "rename"
    """one name to another; the old one stays as an alias"""
    MERGE = "merge"
    """the first concept into the second"""
    SPLIT = "split"
    """the first name from the second concept, as a concept of its own"""
    DEFINE = "define"
    """a concept by words that stand in the material"""


ON_ONE_OR_TWO = (Verb.ADD, Verb.APPROVE, Verb.REMOVE, Verb.REJECT)
STANDING = (Verb.ADD, Verb.APPROVE)
_JOINING = {Verb.RENAME: "to", Verb.MERGE: "into", Verb.SPLIT: "from"}
_KINDS = {kind.value.replace("_", "-"): kind for kind in RelationKind}


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of one person. Equal decisions say the same, whoever made them and whenever: see `says`."""

    made_on: date
    author: str
    verb: Verb
    names: tuple[str, ...]
    """One name for a concept or a definition, else two: from the earlier to the later, from the old to the new."""
    kind: RelationKind | None = None
    """Of an edge; None where the decision is about concepts."""
    quote: str = ""
    path: str = ""
    """For DEFINE: the words, and the document they stand in, below its course's root."""
    reason: str = ""
    withdraws: bool = False
    """Whether it takes back an earlier decision that says the same."""

    def __post_init__(self) -> None:
        for text in (self.author, *self.names, self.quote, self.path, self.reason):
            if any("\ud800" <= character <= "\udfff" for character in text):
                raise DecisionUnusable("a text holds half a character; write it in UTF-8")
        for name in self.names:
            if not normalise(name) or len(name) > LONGEST_NAME:
                raise DecisionUnusable(
                    f"{_quoted(name[:40])} is no name: it needs a word, in {LONGEST_NAME} characters"
                )
        wanted = 2 if self.kind is not None or self.verb in _JOINING else 1
        if len(self.names) != wanted:
            raise DecisionUnusable(f"`{self.verb}` needs {wanted} names here, not {len(self.names)}")
        if self.kind is not None and self.verb not in ON_ONE_OR_TWO:
            raise DecisionUnusable(f"`{self.verb}` is about concepts, not edges")
        if wanted == 2 and self.verb is not Verb.RENAME and normalise(self.names[0]) == normalise(self.names[1]):
            raise DecisionUnusable(f"both names are {_quoted(self.names[0])}")
        if self.verb is Verb.DEFINE and not (self.quote.strip() and self.path and len(self.quote) <= LONGEST_QUOTE):
            raise DecisionUnusable("a definition needs the words and the document they stand in")
        if not self.author.strip():
            raise DecisionUnusable("a decision needs an author")

    @property
    def says(self) -> str:
        """What is decided, as it is written: `reject prerequisite "RNN" -> "CLIP"`."""
        first = _quoted(self.names[0])
        if self.kind is not None:
            return f"{self.verb} {self.kind.value.replace('_', '-')} {first} -> {_quoted(self.names[1])}"
        if self.verb is Verb.DEFINE:
            return f"{self.verb} {first} as {_quoted(self.quote)} at {_quoted(self.path)}"
        if self.verb in _JOINING:
            return f"{self.verb} {first} {_JOINING[self.verb]} {_quoted(self.names[1])}"
        return f"{self.verb} concept {first}"

    @property
    def key(self) -> tuple[object, ...]:
        """What a withdrawal has to share with the decision it takes back."""
        return self.verb, self.kind, tuple(map(normalise, self.names)), self.quote, self.path

    def line(self) -> str:
        """Return the decision as its line of text, without the line's end."""
        author = self.author if _BARE.fullmatch(self.author) else _quoted(self.author)
        withdraw = "withdraw " if self.withdraws else ""
        because = f" because {_quoted(self.reason)}" if self.reason else ""
        return f"{self.made_on.isoformat()} {author} {withdraw}{self.says}{because}"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision and the line it stands in, counted from 1."""

    decision: Decision
    file: str
    line: int

    @property
    def where(self) -> str:
        """The place as editors read it: `course/erica.decisions:12`."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Malformed:
    """A line that says nothing Erica understands; all other lines of its file count."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}. Correct the line, or put # in front of it."


def read_lines(content: bytes, file: str) -> tuple[list[Recorded], list[Malformed]]:
    """Return the decisions of a file in order, and the lines that are none. Empty lines and `#` lines say nothing."""
    recorded, malformed = [], []
    for number, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        try:
            line = raw.decode("utf-8").strip()
            if line and not line.startswith("#"):
                recorded.append(Recorded(parse(line), file, number))
        except UnicodeDecodeError:
            malformed.append(Malformed(file, number, "it is not UTF-8 text"))
        except DecisionUnusable as error:
            malformed.append(Malformed(file, number, str(error)))
    return recorded, malformed


def parse(line: str) -> Decision:
    """Return the decision that the line says.

    >>> parse('2026-11-05 anna merge "CLIP model" into "CLIP"').names
    ('CLIP model', 'CLIP')

    Raises:
        DecisionUnusable: it says none.
    """
    words = _Words(line)
    made_on = words.take("a date such as 2026-11-05")
    try:
        day = date.fromisoformat(made_on)
    except ValueError as error:
        raise DecisionUnusable(f"{_quoted(made_on[:40])} is no date such as 2026-11-05") from error
    author = words.take("an author")
    withdraws = words.skip("withdraw")
    decision = replace(_clause(words, day, author), withdraws=withdraws)
    if words.skip("because"):
        decision = replace(decision, reason=words.take("a reason"))
    words.end()
    return decision


def _clause(words: _Words, day: date, author: str) -> Decision:
    known = ", ".join(Verb)
    spelled = words.take(f"one of {known}")
    try:
        verb = Verb(spelled)
    except ValueError as error:
        raise DecisionUnusable(f"{_quoted(spelled[:40])} is none of {known}") from error
    if verb is Verb.DEFINE:
        name = words.take("a name")
        words.need("as")
        quote = words.take("the words of the definition")
        words.need("at")
        return Decision(day, author, verb, (name,), quote=quote, path=words.take("a document"))
    if verb in _JOINING:
        first = words.take("a name")
        words.need(_JOINING[verb])
        return Decision(day, author, verb, (first, words.take("a name")))
    about = words.take("`concept` or a kind of edge")
    if about == "concept":
        return Decision(day, author, verb, (words.take("a name"),))
    if about not in _KINDS:
        raise DecisionUnusable(f"{_quoted(about[:40])} is none of concept, {', '.join(_KINDS)}")
    source = words.take("a name")
    words.need("->")
    return Decision(day, author, verb, (source, words.take("a name")), _KINDS[about])


class _Words:
    """The words of a line, one after the other; quoted ones are JSON strings."""

    def __init__(self, line: str) -> None:
        self._tokens: list[str] = []
        at = 0
        while at < len(line.rstrip()):
            found = _TOKEN.match(line, at)
            if found is None:
                raise DecisionUnusable(f"a quotation mark is not closed: {line[at : at + 40].strip()}")
            self._tokens.append(found[1])
            at = found.end()
        self._tokens.reverse()

    def take(self, what: str) -> str:
        """Return the next word, its quotation marks read."""
        if not self._tokens:
            raise DecisionUnusable(f"{what} is missing at the end")
        token = self._tokens.pop()
        if not token.startswith('"'):
            return token
        try:
            return str(json.loads(token))
        except ValueError as error:
            raise DecisionUnusable(f"{token[:40]} is no text in quotation marks ({error})") from error

    def skip(self, word: str) -> bool:
        """Return whether the next word is this one, and pass it."""
        if self._tokens and self._tokens[-1] == word:
            self._tokens.pop()
            return True
        return False

    def need(self, word: str) -> None:
        if not self.skip(word):
            raise DecisionUnusable(f"`{word}` is missing before {self._tokens[-1][:40] if self._tokens else 'the end'}")

    def end(self) -> None:
        if self._tokens:
            raise DecisionUnusable(f"{self._tokens[-1][:40]} is too much")


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of a list of decisions once withdrawals are done."""

    decisions: tuple[Recorded, ...]
    withdrawn: tuple[tuple[Recorded, Recorded], ...]
    """Decision and the later line that took it back."""
    unmatched: tuple[Recorded, ...]
    """Withdrawals for which there was nothing to take back."""


def in_force(recorded: Sequence[Recorded]) -> Standing:
    """Return the decisions that no later line withdraws. A withdrawal takes back the latest one that says the same."""
    standing: list[Recorded] = []
    withdrawn: list[tuple[Recorded, Recorded]] = []
    unmatched: list[Recorded] = []
    for one in recorded:
        if not one.decision.withdraws:
            standing.append(one)
            continue
        same = [index for index, other in enumerate(standing) if other.decision.key == one.decision.key]
        if same:
            withdrawn.append((standing.pop(same[-1]), one))
        else:
            unmatched.append(one)
    return Standing(tuple(standing), tuple(withdrawn), tuple(unmatched))


def _quoted(text: str) -> str:
    """Return the text as a JSON string; what an editor would not show, or show elsewhere, is spelled out."""
    return _UNSHOWN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
