"""Questions that authors put into their material, read from the file as it is written.

Knows the forms in which course files ask: `<Question choices={[...]}/>`, `Q:`/`A:` lines, `<details><summary>`, and a
section "Check yourself" with a question and its answer. Refuses to make questions up. The file is untrusted text: it
is matched, never run, and anything that does not fit a form is passed over.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from knowledge.model import Chunk, SourceDocument, place
from tutor.grades import ChoiceKey, Key, NumberKey, WordsKey
from tutor.grading_numbers import read_quantity
from tutor.quiz import Option, Origin, QuizItem, Source, faults, item_id

MOST_QUESTIONS = 500
"""Questions read from one file at most."""
_SHORT_WORDS = 8
"""An answer of up to this many words can be compared by its words."""
_STRING = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`"
_TAG = re.compile(r"<Question\b")
_PIECE = re.compile(rf"(?P<open>\{{)|(?P<close>\}})|(?P<key>\w+)\s*:\s*(?P<value>{_STRING}|true|false)|(?P<end>/>)")
_HEADING = re.compile(r"^#{1,6}\s+(?:\d+[.)]\s*)?(?P<text>\S.*?)\s*#*$", re.M)
_Q_A = re.compile(
    r"^(?:\*\*)?Q(?:uestion)?(?:\s*\d+)?[:.](?:\*\*)?\s*(?P<q>\S[^\n]*)\n+"
    r"(?:\*\*)?A(?:nswer)?(?:\s*\d+)?[:.](?:\*\*)?\s*(?P<a>\S[^\n]*(?:\n(?!\s*\n|(?:\*\*)?Q)[^\n]+)*)",
    re.M,
)
_DETAILS = re.compile(r"<details>\s*<summary>(?P<q>[^<]{1,500})</summary>(?P<a>[^<]{1,4000})</details>", re.I)
_CHECK = re.compile(
    r"^#{1,6}\s+(?:check yourself|check your understanding|self-check|quick check|quiz)\s*$\n+"
    r"(?P<q>[^\n#][^\n]*(?:\n[^\n#]+)*)\n[ \t]*\n(?P<a>[^\n#][^\n]*(?:\n[^\n#]+)*)",
    re.M | re.I,
)
_ANSWER_LEAD = re.compile(r"^(?:\*\*)?(?:the )?answer(?:\*\*)?(?: is|:)\s*(?:\*\*)?", re.I)
_ESCAPE = re.compile(r"\\(.)")
_MARKUP = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as it stands in a file, at this offset, under this heading."""

    at: int
    stem: str
    answer: str = ""
    choices: tuple[tuple[str, bool, str], ...] = ()


def authored(document: SourceDocument, chunks: Sequence[Chunk], written: str | None = None) -> list[QuizItem]:
    """Return the questions of a document in its order; those with a doubled or missing right option are left out.

    Args:
        document: with its text.
        chunks: its chunks, for the places.
        written: the file as it is written, where it is at hand: the text of a document holds no components.
    """
    text = document.text if written is None else written
    found = sorted([*_choices(text), *_open(text)], key=lambda asked: asked.at)[:MOST_QUESTIONS]
    items = [_item(asked, document, chunks, _heading_above(text, asked.at)) for asked in found]
    return [item for item in items if item is not None and not faults(item)]


def written_file(document: SourceDocument) -> str | None:
    """Return the file of a document as it is written, or None where it is no file here or has changed since."""
    path = Path(document.uri)
    if not path.is_absolute() or not path.is_file():
        return None
    content = path.read_bytes()
    if sha256(content).hexdigest() != document.content_hash:
        return None
    return content.decode("utf-8", "replace")


def _item(asked: _Asked, document: SourceDocument, chunks: Sequence[Chunk], heading: str) -> QuizItem | None:
    chunk = _chunk_of(chunks, heading, asked)
    if chunk is None or not asked.stem:
        return None
    source = Source(chunk.id, asked.answer or asked.stem, document.title, place(chunk.locator))
    key, options, kind = _key(asked)
    why = "\n".join(option.why for option in options if isinstance(key, ChoiceKey) and option.id in key.right)
    name = item_id(kind, asked.stem, source)
    return QuizItem(name, kind, asked.stem, options, key, why or asked.answer, source, Origin.AUTHORED)


def _key(asked: _Asked) -> tuple[Key, tuple[Option, ...], str]:
    if asked.choices:
        options = tuple(Option(_letter(n), text, why) for n, (text, _, why) in enumerate(asked.choices))
        right = frozenset(_letter(n) for n, (_, correct, _) in enumerate(asked.choices) if correct)
        return ChoiceKey(right, frozenset(option.id for option in options)), options, "choice"
    bare = _ANSWER_LEAD.sub("", asked.answer).strip()
    if read_quantity(bare) is not None:
        return NumberKey(bare.strip("$. ")), (), "number"
    short = len(bare.split()) <= _SHORT_WORDS
    return WordsKey(((bare if short else asked.answer,),)), (), "words"


def _letter(index: int) -> str:
    return chr(ord("a") + index) if index < 26 else f"o{index}"


def _chunk_of(chunks: Sequence[Chunk], heading: str, asked: _Asked) -> Chunk | None:
    """Return the chunk that holds the question's words, else the first below its heading, else the document's first."""
    words = asked.stem[:60]
    holding = next((chunk for chunk in chunks if words in chunk.text), None)
    below = next((chunk for chunk in chunks if chunk.heading_path and chunk.heading_path[-1].endswith(heading)), None)
    return holding or below or next(iter(chunks), None)


def _heading_above(text: str, at: int) -> str:
    last = ""
    for match in _HEADING.finditer(text, 0, at):
        last = match.group("text")
    return last


def _open(text: str) -> Iterator[_Asked]:
    """Yield questions that are answered in words."""
    for form in (_Q_A, _DETAILS, _CHECK):
        for match in form.finditer(text):
            stem, answer = _plain(match.group("q")), _plain(match.group("a"))
            if stem.endswith("?") or form is not _DETAILS:  # a summary that asks nothing only folds text away
                yield _Asked(match.start(), stem, answer)


def _choices(text: str) -> Iterator[_Asked]:
    """Yield questions with options, as components of MDX write them."""
    before = 0
    for tag in _TAG.finditer(text):
        choices, end = _objects(text, tag.end())
        stem = _stem(text[before : tag.start()])
        before = end
        if len(choices) >= 2 and any(correct for _, correct, _ in choices):
            yield _Asked(tag.start(), stem, "", tuple(choices))


def _objects(text: str, start: int) -> tuple[list[tuple[str, bool, str]], int]:
    """Return the objects of the list of choices, and where the component ends."""
    found: list[tuple[str, bool, str]] = []
    told: dict[str, str] = {}
    position, depth = start, 0
    for match in _PIECE.finditer(text, start):
        position = match.end()
        if match.group("end") and depth <= 0:
            break
        if match.group("open"):
            depth += 1
            told = {} if depth >= 2 else told
        elif match.group("close"):
            depth -= 1
            if told.get("text"):
                found.append((_plain(told["text"]), told.get("correct") == "true", _plain(told.get("explain", ""))))
                told = {}
        elif match.group("key"):
            value = match.group("value")
            told[match.group("key")] = _ESCAPE.sub(r"\1", value[1:-1]) if value[0] in "\"'`" else value
    return found, position


def _stem(before: str) -> str:
    """Return what stands between the heading above a component and the component, the heading included."""
    headings = list(_HEADING.finditer(before))
    if not headings:
        return _plain(before.strip().rsplit("\n\n", 1)[-1])
    last = headings[-1]
    return _plain(f"{last.group('text')}\n\n{before[last.end() :].strip()}")


def _plain(text: str) -> str:
    return html.unescape(_MARKUP.sub("", text)).strip()
