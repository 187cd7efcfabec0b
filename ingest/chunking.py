"""A document's blocks to chunks that the embedder reads whole.

A chunk never crosses a page, a cell, a section or a paragraph of speech; code stands alone unless it is tiny, and so
does output. Sizes are counted in the embedder's own tokens of `Chunk.embedded_text`, heading path included. Every
character of a teaching block that is not white space lies in exactly one chunk.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ingest.borders import Border, code_borders, fallback, prose_borders
from ingest.document import Block, BlockKind
from knowledge.embedding import Tokenizer
from knowledge.model import Chunk, ChunkKind, Line, Locator, SourceDocument, TimeSpan

MOST_TOKENS = 254
"""Tokens of a chunk even where the embedder reads more: past that a passage is about several things."""
HEADING_SHARE = 0.25
"""Share of those tokens the heading path may take; a longer path is shortened from its middle."""
TINY_CODE_TOKENS = 20
"""Code up to this length stays inside the prose around it."""
WINDOW_CHARS = 8_000
"""Characters that are looked at together; keeps the work linear in the length of the document."""

_CHARS_PER_TOKEN = 8
"""Most characters a chunk has for each token it may have: a "word" of thousands of letters is one token to some."""
_DISTANCE_COST = 0.6
_SPACE = " \t\n"
"""What every tokenizer takes for white space; some drop a separator that Python calls so, and join the words."""


def split(document: SourceDocument, blocks: Sequence[Block], tokenizer: Tokenizer) -> list[Chunk]:
    """Return the document's chunks in order: `document.text[c.start:c.end] == c.text` for each of them."""
    measure = _Measure(tokenizer)
    line_ends = [match.start() for match in re.finditer("\n", document.text)]
    chunks: list[Chunk] = []
    seen: Counter[tuple[tuple[str, ...], str]] = Counter()
    for run in _runs(document.text, blocks, measure):
        path = measure.shown(run.first.heading_path)
        for start, end, tokens in _spans(document.text, run, path, measure):
            text = document.text[start:end]
            occurrence = seen[path, text]
            seen[path, text] += 1
            chunks.append(
                Chunk(
                    id=Chunk.id_for(document.id, path, text, occurrence),
                    document_id=document.id,
                    position=len(chunks),
                    start=start,
                    end=end,
                    text=text,
                    locator=run.locator_of(line_ends, start, end),
                    heading_path=path,
                    kind=run.kind,
                    language=run.first.language if run.kind is ChunkKind.CODE else "",
                    tokens=tokens,
                )
            )
    return chunks


class _Measure:
    """The embedder's tokens, and how many of them a chunk may have."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self.limit = min(tokenizer.max_tokens, MOST_TOKENS)
        self._shown: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._prefix: dict[tuple[str, ...], int] = {}

    def shown(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """Return the heading path within its share: middle headings go first, then the ends of long ones."""
        if path not in self._shown:
            most = max(1, int(self.limit * HEADING_SHARE) - 1)
            kept = path
            while len(kept) > 2 and self.count(_line(kept)) > most:
                kept = (kept[0], *kept[2:])
            if self.count(_line(kept)) > most or len(_line(kept)) > most * _CHARS_PER_TOKEN:
                share = max(1, (most - len(kept) + 1) // len(kept) - 1)
                kept = tuple(self._shortened(heading, share) for heading in kept)
            self._shown[path] = kept if self.count(_line(kept)) <= most else ()
        return self._shown[path]

    def room(self, path: tuple[str, ...]) -> int:
        """Return the tokens left for text under this heading path."""
        if path not in self._prefix:
            self._prefix[path] = self.count(_line(path)) if path else 0
        return self.limit - self._prefix[path]

    def embedded(self, path: tuple[str, ...], text: str, counted: int | None) -> int:
        """Return the tokens of what will be embedded; `counted` are those of the text, where that is known."""
        if counted is not None and self._tokenizer.adds_up:
            return self.limit - self.room(path) + counted
        return self.count(f"{_line(path)}{text}" if path else text)

    def count(self, text: str) -> int:
        return self._tokenizer.count(text)

    def starts(self, text: str, start: int, end: int) -> list[int]:
        """Return where in the text the tokens of `text[start:end]` begin."""
        return [start + first for first, _ in self._tokenizer.spans(text[start:end])]

    def _shortened(self, heading: str, share: int) -> str:
        head = heading[: share * _CHARS_PER_TOKEN]
        spans = self._tokenizer.spans(head)
        if len(spans) > share:
            head = head[: spans[share - 1][1]]
        return heading if len(head) == len(heading) else f"{head.rstrip()}…"


def _line(path: tuple[str, ...]) -> str:
    return f"{' › '.join(path)}\n"


# --- runs -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Run:
    """Neighbouring blocks that may share a chunk: one section, one page, one cell, one kind."""

    blocks: tuple[Block, ...]
    start: int
    end: int

    @property
    def first(self) -> Block:
        return self.blocks[0]

    @property
    def kind(self) -> ChunkKind:
        return {BlockKind.CODE: ChunkKind.CODE, BlockKind.OUTPUT: ChunkKind.OUTPUT}.get(
            self.first.kind, ChunkKind.PROSE
        )

    @cached_property
    def _starts(self) -> list[int]:
        return [block.start for block in self.blocks]

    def locator_of(self, line_ends: Sequence[int], start: int, end: int) -> Locator:
        """Return the place of `text[start:end]`: times and lines are narrowed down to it."""
        first = self.blocks[max(0, bisect_right(self._starts, start) - 1)]
        last = self.blocks[max(0, bisect_left(self._starts, end) - 1)]
        match first.locator, last.locator:
            case TimeSpan(start_s, _), TimeSpan(_, end_s):
                return TimeSpan(start_s, end_s)
            case Line(from_first, _), Line(from_last, _):
                above = bisect_left(line_ends, start) - bisect_left(line_ends, first.start)
                inside = bisect_left(line_ends, end) - bisect_left(line_ends, last.start)
                return Line(from_first + above, from_last + inside)
        return first.locator


def _runs(text: str, blocks: Sequence[Block], measure: _Measure) -> Iterator[_Run]:
    run: list[Block] = []
    end = 0
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            continue
        if run and _continues(text, run, block, measure):
            run.append(block)
            end = _with_fence(text, block)
            continue
        if run:
            yield _Run(tuple(run), run[0].start, end)
        run, end = [block], block.end
    if run:
        yield _Run(tuple(run), run[0].start, end)


def _continues(text: str, run: Sequence[Block], block: Block, measure: _Measure) -> bool:
    """Return whether a block may share chunks with the run before it."""
    first, last = run[0], run[-1]
    if first.kind in (BlockKind.CODE, BlockKind.OUTPUT) or block.kind is BlockKind.OUTPUT:
        return False
    if block.heading_path != first.heading_path or block.end - first.start > WINDOW_CHARS:
        return False
    match last.locator, block.locator:
        case TimeSpan(), TimeSpan():
            same_place = "\n\n" not in text[last.end : block.start]
        case Line(), Line():
            same_place = True
        case _:
            same_place = last.locator == block.locator
    return same_place and (block.kind is not BlockKind.CODE or _tiny(text[block.start : block.end], measure))


def _tiny(code: str, measure: _Measure) -> bool:
    return len(code) <= TINY_CODE_TOKENS * _CHARS_PER_TOKEN and measure.count(code) <= TINY_CODE_TOKENS


def _with_fence(text: str, block: Block) -> int:
    """Return the end of a block; of code inside prose, the end of its closing fence."""
    if block.kind is not BlockKind.CODE:
        return block.end
    end = text.find("\n", block.end + 1)
    return len(text) if end == -1 else end


# --- cuts -------------------------------------------------------------------------------------------------------


def _spans(text: str, run: _Run, path: tuple[str, ...], measure: _Measure) -> Iterator[tuple[int, int, int]]:
    """Yield start, end and embedded tokens of each chunk of a run."""
    for window_start, window_end in _windows(text, run.start, run.end):
        starts = measure.starts(text, window_start, window_end)
        cutter = _Cutter(text, window_start, window_end, starts, run.kind is ChunkKind.PROSE)
        start = _skip(text, window_start, window_end, run.kind)
        while start < window_end:
            room = measure.room(path)
            while True:
                cut = cutter.cut(start, room)
                end = start + len(text[start:cut].rstrip())
                tokens = measure.embedded(path, text[start:end], cutter.whole_words(start, end))
                if tokens <= measure.limit or room == 1:
                    break
                room = max(1, room - max(1, tokens - measure.limit))
            yield start, end, tokens
            start = _skip(text, cut, window_end, run.kind)


def _windows(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the run as a whole, or in stretches of `WINDOW_CHARS` where it is much longer."""
    while end - start > 2 * WINDOW_CHARS:
        middle, furthest = start + WINDOW_CHARS // 2, start + WINDOW_CHARS
        blank = text.rfind("\n\n", middle, furthest)
        at = blank if blank != -1 else fallback(text, start, furthest)
        yield start, at
        start = at
    yield start, end


def _skip(text: str, start: int, end: int, kind: ChunkKind) -> int:
    """Return the first position from `start` that is no white space; in code, the indentation before it is kept."""
    at = start
    while at < end and text[at].isspace():
        at += 1
    if kind is ChunkKind.PROSE or at == end:
        return at
    return max(start, text.rfind("\n", start, at) + 1)


@dataclass(frozen=True)
class _Cutter:
    """Chooses where chunks of one window end."""

    text: str
    begin: int
    end: int
    starts: Sequence[int]
    """where the window's tokens begin"""
    is_prose: bool

    @cached_property
    def borders(self) -> Sequence[Border]:
        """Where the window may be cut; most windows are one chunk and never ask."""
        return (prose_borders if self.is_prose else code_borders)(self.text, self.begin, self.end)

    @cached_property
    def _at(self) -> list[int]:
        return [border.at for border in self.borders]

    def whole_words(self, start: int, end: int) -> int | None:
        """Return the tokens from start to end, or None where a word may have been cut."""
        if (start > self.begin and self.text[start - 1] not in _SPACE) or (
            end < self.end and self.text[end] not in _SPACE
        ):
            return None
        return bisect_left(self.starts, end) - bisect_left(self.starts, start)

    def cut(self, start: int, room: int) -> int:
        """Return where the chunk that begins at `start` ends: at most `room` tokens on, sizes even, borders cheap."""
        remaining = self._tokens(start, self.end)
        most_chars = room * _CHARS_PER_TOKEN
        if remaining <= room and self.end - start <= most_chars:
            return self.end
        furthest = min(self._reach(start, room), start + most_chars, self.end)
        ideal = remaining / math.ceil(max(remaining / room, 1))
        near = range(bisect_right(self._at, start), bisect_right(self._at, furthest))
        if not near:
            return fallback(self.text, start, furthest)
        best = min(near, key=lambda i: self._cost(i, start, ideal))
        at = self._at[best]
        following = self._at[best + 1] if best + 1 < len(self._at) else self.end
        if self._tokens(start, at) < ideal * HEADING_SHARE and self._tokens(at, following) > room:
            return fallback(self.text, start, furthest)  # what comes next has to be broken in any case
        return at

    def _cost(self, index: int, start: int, ideal: float) -> float:
        off = abs(self._tokens(start, self._at[index]) - ideal) / ideal
        return self.borders[index].cost + _DISTANCE_COST * off

    def _tokens(self, start: int, end: int) -> int:
        return max(1, bisect_left(self.starts, end) - bisect_left(self.starts, start))

    def _reach(self, start: int, room: int) -> int:
        """Return the furthest position with at most `room` tokens before it."""
        index = bisect_left(self.starts, start) + room
        return max(start + 1, self.starts[index]) if index < len(self.starts) else self.end
