"""Citations: keys to places, sentences to the passages that support them. Pure; the model never decides a citation.

A sentence's support by a passage is the share of its content words, numbers and formulas that stand there, joined
with the similarity of meaning where an embedder is at hand. Marks that a model wrote are taken out and counted.
A sentence of another subject, or without the denial or the "often" of its source, is not supported by it
(`tutor.claims`), and a display formula stays only where it stands in a passage. Not checked: who does what to whom.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from knowledge.model import fragment, place
from knowledge.sentences import SentenceKind, sentences
from knowledge.stopwords import content_words
from tutor.claims import Claim
from tutor.connected import announced, complaint, renumbered, unframed
from tutor.lesson import Citation, Passage, Removed

SUPPORTED = 0.6
"""Least support at which a sentence keeps its place (findings: cosine 0.6 attached 23 of 25 sentences rightly)."""
FEWEST_WORDS = 2
"""Content words that a sentence needs to be compared by; one of fewer has to stand in the passage as it is."""
Similarity = Callable[[Sequence[str], Sequence[str]], Sequence[Sequence[float]]]
"""Cosines of every text of the first list with every text of the second."""
_MODEL_MARK = re.compile(
    r"\s*(?:\[(?:\^?c?\d+(?:\s*[,;–-]\s*c?\d+)*|"
    r"(?:source|video|page|slide|cell|passage|lesson|reference|ref|citation)s?\b[^\]\n]{0,80})\](?!\()"
    r"|【[^】\n]{0,80}】|\((?:source|passage|see passage|citation)s?:?\s[^)\n]{0,80}\))",
    re.I,
)
_INLINE_FORMULA = re.compile(r"(?<![\\$])\$(?!\$)([^$\n]+)\$|\\\((.+?)\\\)")
_OWN_MARK = re.compile(r" \[c\d+\]$")
_OWN_MARKS = re.compile(r" \[c\d+\]")
_DRESS = re.compile(r"[\"'“”‘’*_`]")
UNSUPPORTED = "no passage supports it"
_CODE_SPAN = re.compile(r"(```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]*\$|\\\(.*?\\\)|\\\[.*?\\\])", re.S)


def resolve(passage: Passage, quote: str, support: float) -> Citation:
    """Return the citation of a passage for these words of it."""
    chunk, document = passage.chunk, passage.document
    anchor = fragment(chunk.locator)
    return Citation(
        key=passage.key,
        chunk_id=chunk.id,
        source=document.title,
        path=document.path,
        uri=passage.address or (f"{document.uri}#{anchor}" if anchor else document.uri),
        locator=place(chunk.locator),
        quote=quote,
        support=round(support, 3),
    )


@dataclass(frozen=True, slots=True)
class CheckedText:
    """A model's text after checking: supported sentences with our marks, their citations, and what was taken out."""

    text: str
    citations: tuple[Citation, ...]
    removed: tuple[Removed, ...]


def strip_marks(text: str) -> tuple[str, list[Removed]]:
    """Return the text without anything that looks like a citation, and each such mark; code and formulas are kept."""
    removed: list[Removed] = []

    def take(match: re.Match[str]) -> str:
        removed.append(Removed(match.group(0).strip(), "the model's own citation mark"))
        return ""

    parts = _CODE_SPAN.split(text)
    kept = [part if index % 2 else _MODEL_MARK.sub(take, part) for index, part in enumerate(parts)]
    return "".join(kept), removed


def wordings(text: str) -> set[str]:
    """Return the sentences of a checked text in the form in which `check` knows what was said before."""
    bare = _OWN_MARKS.sub("", text)
    return {_wording(bare[span.start : span.end]) for span in sentences(bare) if span.kind in _CLAIMS}


def check(
    text: str,
    passages: Sequence[Passage],
    similarity: Similarity | None = None,
    said: Collection[str] = (),
    closeness: float = 0.0,
) -> CheckedText:
    """Return the text with each sentence cited to the passage that supports it best, or taken out.

    Args:
        text: what the model wrote, Markdown.
        passages: all it was given.
        similarity: cosines by an embedder; without it, words alone decide.
        said: `wordings` of what stands before it, which is not said again.
        closeness: least share, 0..1, of a sentence's content words that the one sentence it is cited to has to hold.
    """
    bare, removed = strip_marks(unframed(text))
    evidence = [one for passage in passages for one in _Evidence.all_of(passage)]
    spans = sentences(bare)
    claims = [bare[span.start : span.end] for span in spans if span.kind in _CLAIMS]
    rows = _compared(claims, evidence, similarity)
    kept = _Kept(removed, said)
    position = 0
    for span, after in zip_longest(spans, spans[1:]):
        between, sentence = bare[position : span.start], bare[span.start : span.end]
        position = span.end
        if span.kind is SentenceKind.FORMULA and kept.pieces and _stands_in(sentence, passages):
            kept.pieces.append(f"{between}{sentence}")
            continue
        if span.kind not in _CLAIMS:
            removed.append(Removed(sentence, "it stands in no passage"))
            continue
        support, found = _best(sentence, evidence, next(rows), closeness)
        if found is None or support < SUPPORTED or not _formulas_stand(sentence, passages):
            kept.drop(sentence, UNSUPPORTED)
            continue
        if span.kind is SentenceKind.PROSE:
            kept.retract()
        kept.take(between, sentence, resolve(found.passage, found.quote, support), after.kind if after else None)
    kept.retract()
    return kept.text()


class _Kept:
    """What stays of a text so far, and what was taken out."""

    def __init__(self, removed: list[Removed], said: Collection[str]) -> None:
        self.pieces: list[str] = []
        self._removed = removed
        self._citations: dict[str, Citation] = {}
        self._said = set(said)
        self._orphaned = False

    def take(self, between: str, sentence: str, citation: Citation, after: SentenceKind | None) -> None:
        """Keep a supported sentence with its mark, unless it says nothing to a reader where it stands."""
        bare = " ".join(sentence.split())
        announces = after in (SentenceKind.ITEM, SentenceKind.FORMULA)
        why = complaint(bare, "".join(self.pieces), orphaned=self._orphaned, announces=announces)
        if why or _wording(sentence) in self._said:
            self.drop(sentence, why or "it was said before")
            return
        self._said.add(_wording(sentence))
        self._orphaned = False
        known = self._citations.get(citation.key)
        if known is None or known.support < citation.support:
            self._citations[citation.key] = citation
        self.pieces.append(f"{between if self.pieces else ''}{sentence} [{citation.key}]")

    def drop(self, sentence: str, why: str) -> None:
        """Take a sentence out; what leans on it goes with it. The same is not asked for again twice."""
        wording = _wording(sentence)
        self._removed.append(Removed(sentence, "it was said before" if wording in self._said else why))
        self._said.add(wording)
        self._orphaned = True

    def retract(self) -> None:
        """Take back a last sentence that announces what was taken out."""
        if self.pieces and announced(_OWN_MARK.sub("", self.pieces[-1])):
            self._removed.append(Removed(_OWN_MARK.sub("", self.pieces.pop()).strip(), "what it announces is gone"))

    def text(self) -> CheckedText:
        """Return what stays, with the citations that it still uses."""
        whole = renumbered("".join(self.pieces).strip())
        used = [one for key, one in self._citations.items() if f"[{key}]" in whole]
        return CheckedText(whole, tuple(used), tuple(self._removed))


_CLAIMS = (SentenceKind.PROSE, SentenceKind.ITEM)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """A sentence of a passage, with what it is compared by."""

    passage: Passage
    quote: str
    claim: Claim
    headings: frozenset[str]
    """Content words of the headings over it."""
    around: frozenset[str]
    """Content words of the whole passage and its headings."""

    @staticmethod
    def all_of(passage: Passage) -> list[_Evidence]:
        """Return every sentence of a passage."""
        headings = frozenset(content_words(" ".join((passage.document.title, *passage.chunk.heading_path))))
        around = frozenset(content_words(passage.chunk.embedded_text))
        return [_Evidence(passage, quote, Claim.of(quote), headings, around) for quote in _quotes(passage.chunk.text)]


def _wording(sentence: str) -> str:
    """Return a sentence without quotation marks, emphasis, case and a full stop: two that share it say the same."""
    return " ".join(_DRESS.sub("", sentence).split()).casefold().rstrip(".")


def _stands_in(formula: str, passages: Sequence[Passage]) -> bool:
    """Return whether a display formula stands in a passage, white space and the delimiters aside."""
    bare = _bare_formula(formula)
    return any(bare in _bare_formula(passage.chunk.text) for passage in passages)


def _formulas_stand(sentence: str, passages: Sequence[Passage]) -> bool:
    """Return whether every inline formula of a sentence stands in a passage; a single symbol is a word."""
    formulas = [match[1] or match[2] for match in _INLINE_FORMULA.finditer(sentence)]
    return all(len(_bare_formula(one)) <= 1 or _stands_in(one, passages) for one in formulas)


def _bare_formula(text: str) -> str:
    return re.sub(r"\s|\$\$|\\\[|\\\]", "", text)


def _quotes(text: str) -> list[str]:
    return [text[s.start : s.end] for s in sentences(text) if s.kind is not SentenceKind.HEADING]


def _compared(
    claims: Sequence[str], evidence: Sequence[_Evidence], similarity: Similarity | None
) -> Iterator[Sequence[float] | None]:
    """Return for each claim its cosines with all evidence, or None where nothing is embedded."""
    if similarity is None or not claims or not evidence:
        return iter([None] * len(claims))
    return iter(similarity(claims, [one.quote for one in evidence]))


def _best(
    sentence: str, evidence: Sequence[_Evidence], cosines: Sequence[float] | None, closeness: float
) -> tuple[float, _Evidence | None]:
    """Return the greatest support of the sentence and the evidence that gives it; the first wins a tie."""
    claim = Claim.of(sentence)
    wanted = claim.words
    best, found = 0.0, None
    for index, candidate in enumerate(evidence):
        if len(wanted) < FEWEST_WORDS and sentence.strip() not in candidate.quote and not announced(sentence):
            continue  # one word in common says nothing: "It is the same again and again."
        if not claim.rests_on(candidate.claim, candidate.headings):
            continue
        if len(wanted & candidate.around) < SUPPORTED * len(wanted):
            continue  # near in meaning to one sentence, and most of what it says stands nowhere in the passage
        words = len(wanted & candidate.claim.words) / len(wanted)
        if words < closeness:
            continue
        support = words if cosines is None else _joined(words, max(0.0, float(cosines[index])))
        if support > best:
            best, found = support, candidate
    return best, found


def _joined(words: float, cosine: float) -> float:
    """Return support from shared words and similar meaning; similar meaning alone supports nothing."""
    return max(words, 0.5 * (words + cosine), cosine if words >= 0.3 else 0.0)
