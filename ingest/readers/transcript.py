"""Subtitles (.srt, .vtt) to paragraphs of whole sentences, each sentence with its stretch of time.

Cues break sentences anywhere, so sentences are rebuilt over them. Speech recognition without punctuation is cut where
the cues and the pauses are. Speaker names, tags and sounds in brackets are no speech and go.
"""

from __future__ import annotations

import io
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.decoding import decode, title_from_name
from ingest.document import BlockKind, ReadDocument, TextBuilder
from ingest.errors import UnreadableSource
from ingest.videos import Video, video_at, youtube
from knowledge.model import SourceKind, TimeSpan
from knowledge.sentences import sentences

PARAGRAPH_S = 40.0
"""Seconds after which a paragraph ends with its sentence."""
PAUSE_S = 1.5
"""Silence that ends a paragraph, once it has run for a third of its length."""
UNPUNCTUATED_S = 12.0
"""Seconds of a stretch where nothing marks the sentences."""

_LEAST_PUNCTUATED = 1 / 400
"""Sentence ends for each character below which speech counts as unpunctuated; English prose has about 1 in 100."""
_TAGS = re.compile(r"<[^<>]{0,200}>|\{\\[^{}]{0,100}\}")
_SPEAKER = re.compile(
    r"^(?:>>+\s*|[-–]\s+)?"
    r"(?:[A-Z][A-Z.'’-]{1,40}(?: [A-Z][A-Z.'’-]{1,40}){0,2} ?(?:\d{1,2})?:\s+|\[[^\]]{1,40}\]:?\s*|>>+\s*|[-–]\s+)"
)
_SOUND = re.compile(
    r"[\[(](?:music|applause|laughter|laughs|inaudible|silence|noise|cough\w*|background \w+|[A-Z ]{3,30})[\])]|[♪♫]+",
    re.I,
)
_ENDS = re.compile(r"[.!?。！？…](?=[\"'”’)\]]*(?:\s|$))|[。！？]")

_STAMP = r"(?:\d+:)?\d{1,2}:\d{1,2}[.,]\d+"
_TIMED = re.compile(rf"\s*{_STAMP}\s*-->\s*{_STAMP}")
_LONGEST_HEAD = 5_000
_STATED = re.compile(
    r"^(?:NOTE[ \t]*\n?[ \t]*)?(?:video|url|source|webpage_url)[ \t]*[:=][ \t]*(?P<address>\S{5,500})", re.I | re.M
)
_WITH_KEY = re.compile(
    r"[ _.-]*\[(?P<key>[\w-]{11})\](?:\.[A-Za-z]{2,3}(?:-[A-Za-z]{2,4})?)?(?P<suffix>\.(?:srt|vtt))$", re.I
)


@dataclass(frozen=True, slots=True)
class _Cue:
    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence, or a stretch of unpunctuated speech."""

    start_s: float
    end_s: float
    text: str


def read(content: bytes, name: str) -> ReadDocument:
    """Return the transcript; every block is a sentence with its time, blank lines part paragraphs.

    Raises:
        UnreadableSource: no cue could be found in it.
        EmptySource: there are cues, and no words in them.
    """
    text, notes = decode(content, name)
    video = video_of(text, name)
    cues = _unrolled(_cues(text, name))
    title = title_from_name(_WITH_KEY.sub(r"\g<suffix>", name))
    builder = TextBuilder()
    if video is not None:
        builder.add_video(video)
    previous: _Said | None = None
    opened_s = 0.0
    for said in _said(cues):
        if previous is None:
            opened_s, gap = said.start_s, ""
        else:
            ran_s, pause_s = previous.end_s - opened_s, said.start_s - previous.end_s
            ends = ran_s >= PARAGRAPH_S or (pause_s >= PAUSE_S and ran_s >= PARAGRAPH_S / 3)
            opened_s, gap = (said.start_s, "\n\n") if ends else (opened_s, " ")
        builder.add(said.text, BlockKind.PROSE, TimeSpan(said.start_s, said.end_s), (title,), gap=gap)
        previous = said
    return builder.document(name, title, SourceKind.TRANSCRIPT, (*notes, *_untimed(text)))


def video_of(text: str, name: str) -> Video | None:
    """Return the video that a transcript is the words of, None where neither its head nor its name tells.

    The head says `NOTE video: ADDRESS` (WebVTT); the name holds the id as downloaders write it, `Title [id].en.vtt`, or
    is the id alone.
    """
    head = text[: (text.find("-->") + 1 or _LONGEST_HEAD)][:_LONGEST_HEAD]
    stated = _STATED.search(head)
    if stated is not None:
        return video_at(stated["address"]) or youtube(stated["address"])
    in_name = _WITH_KEY.search(name)
    if in_name is not None:
        return youtube(in_name["key"])
    stem = re.sub(r"(?:\.[A-Za-z]{2,3}(?:-[A-Za-z]{2,4})?)?\.(?:srt|vtt)$", "", name.rsplit("/", 1)[-1], flags=re.I)
    return None if _reads_as_words(stem) else youtube(stem)


def _reads_as_words(stem: str) -> bool:
    """Return whether a name of eleven characters is made of words, as `Week3_Intro` is, and no id."""
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", stem)
    if not (re.search(r"[a-z]", stem) and re.search(r"[A-Z]", stem)):
        return True
    return all(len(part) > 2 and re.search(r"[aeiouy]", part, re.I) for part in parts)


def _cues(text: str, name: str) -> list[_Cue]:
    import webvtt
    from webvtt.errors import MalformedCaptionError, MalformedFileError

    vtt = text.lstrip().startswith("WEBVTT")
    try:
        captions = webvtt.from_buffer(io.StringIO(text.lstrip()), format="vtt" if vtt else "srt").captions
    except (MalformedFileError, MalformedCaptionError) as error:
        raise UnreadableSource(
            name,
            f"it is not a transcript in {'WebVTT' if vtt else 'SubRip'} form ({error or 'no cue at its start'})",
            "The first lines should be WEBVTT, or 1 and 00:00:01,000 --> 00:00:02,000.",
        ) from error
    timed = ((c.start_time.in_milliseconds() / 1000, c.end_time.in_milliseconds() / 1000, c.raw_text) for c in captions)
    return [_Cue(start_s, max(start_s, end_s), words) for start_s, end_s, words in timed]


def _untimed(text: str) -> Iterator[str]:
    """Yield a note where cues were left out because their times cannot be read."""
    lost: list[int] = []
    block: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        block = [*block[:2], line] if line.strip() else []
        stands_for_times = "-->" in line and len(block) <= 2 and not block[0].startswith("NOTE")
        if stands_for_times and not _TIMED.match(line):
            lost.append(number)
    if lost:
        cues = "1 cue was" if len(lost) == 1 else f"{len(lost)} cues were"
        yield f"{cues} left out: no times like 00:00:01.000 --> 00:00:02.000 can be read on line {lost[0]}."


def _unrolled(cues: Sequence[_Cue]) -> Iterator[_Cue]:
    """Yield the cues in time order as clean text; lines that roll on from the cue before are said once."""
    shown: list[str] = []
    for cue in sorted(cues, key=lambda cue: (cue.start_s, cue.end_s)):
        lines = [line for raw in cue.text.split("\n") if (line := _spoken(raw))]
        fresh = list(lines)
        while fresh and fresh[0] in shown:
            fresh.pop(0)
        shown = lines or shown
        if fresh:
            yield _Cue(cue.start_s, cue.end_s, " ".join(fresh))


def _spoken(line: str) -> str:
    text = _SOUND.sub(" ", _TAGS.sub("", line)).replace("&nbsp;", " ").replace("&amp;", "&")
    return " ".join(_SPEAKER.sub("", text.strip()).split())


def _said(cues: Iterator[_Cue]) -> Iterator[_Said]:
    known = list(cues)
    text = " ".join(cue.text for cue in known)
    if len(_ENDS.findall(text)) >= len(text) * _LEAST_PUNCTUATED:
        yield from _sentences(known, text)
    else:
        yield from _stretches(known)


def _sentences(cues: Sequence[_Cue], text: str) -> Iterator[_Said]:
    """Yield the sentences; a time inside a cue is taken in proportion to the characters."""
    starts: list[int] = []
    position = 0
    for cue in cues:
        starts.append(position)
        position += len(cue.text) + 1

    def time_at(offset: int, *, ends: bool) -> float:
        cue = bisect_right(starts, offset - 1 if ends else offset) - 1
        share = (offset - starts[cue]) / len(cues[cue].text)
        return cues[cue].start_s + min(1.0, share) * (cues[cue].end_s - cues[cue].start_s)

    for sentence in sentences(text):
        start_s = time_at(sentence.start, ends=False)
        end_s = max(start_s, time_at(sentence.end, ends=True))
        yield _Said(round(start_s, 3), round(end_s, 3), text[sentence.start : sentence.end])


def _stretches(cues: Sequence[_Cue]) -> Iterator[_Said]:
    """Yield runs of whole cues, ended by a pause or by their length."""
    run: list[_Cue] = []
    for cue in cues:
        if run and (cue.start_s - run[-1].end_s >= PAUSE_S or cue.end_s - run[0].start_s > UNPUNCTUATED_S):
            yield _joined(run)
            run = []
        run.append(cue)
    if run:
        yield _joined(run)


def _joined(run: Sequence[_Cue]) -> _Said:
    return _Said(run[0].start_s, max(cue.end_s for cue in run), " ".join(cue.text for cue in run))
