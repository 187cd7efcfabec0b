"""Sentences of the material that say what a concept is, or state a number about it, and stand on their own.

Knows the shapes "X is a ...", "**X**: a ..." and one plain number; refuses everything that points elsewhere ("this",
"we", "above"), holds formulas or links, or is too short to tell its concept from others. Better no statement than one
that a reader of the passage alone would not agree with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.concepts import normalise, words
from knowledge.model import Chunk, Concept
from knowledge.sentences import SentenceKind, sentences
from knowledge.stopwords import STOP_WORDS, content_words, stem

LEAST_WORDS, MOST_WORDS = 6, 40
"""Length of a description in words."""
LEAST_CONTENT = 4
"""Content words that a description needs to tell its concept from others."""
_DEIXIS = re.compile(
    r"\b(?:this|that's|these|those(?! (?:that|which|who))|here|above|below|previously|earlier|later|"
    r"the following|section|"
    r"chapter|lesson|figure|fig|we|we'll|we've|our|ours|you|your|you'll|let's|i|my|now|again|also|too|instead|"
    r"however|therefore|first of|"
    r"(?<!to )(?<!from )(?<!one )another|both|such(?! as)|former|latter|one of|"
    r"course|assignment|discussed|mentioned|introduced|described|"
    r"recent(?:ly)?|currently|approach we|actually|basically|just|right|left|image on|in layman)\b",
    re.I,
)
UNCLEAN = re.compile(r"[|\\$<>{}#_=~^🤗📝⚠🚨💡]|``|\]\(|\bhttps?:|!\[|\.\.\.|…")
_LINK = re.compile(r"\[([^\]\[]{1,120})\]\([^()\s]{0,300}\)")
_BOLD = re.compile(r"(\*\*|\*|__|(?<!\w)_|`)(\S(?:.{0,80}?\S)?)\1(?!\w)")
_OPENING = r"(?:(?:an?|the|each|every|most|many|modern) (?:[a-z-]+ )?)"
_VERB = r"(?:is|are|refers? to|means|denotes|describes)"
_ADVERB = r"(?:usually |often |sometimes |commonly |also |generally |typically )?"
_NAMED_LAST = r"(?:is|are) " + _ADVERB + r"(?:called|known as|referred to as|termed) (?:the |an? )?"
_START = re.compile(
    r"(?:(?P<article>an?|the)\s+|(?P<doing>[a-z]+ing)\b|(?P<does>[a-z]{3,}[^s\W]s)\s+(?:the|an?|how|whether)\b"
    r"|(?P<things>(?!\w+ed\b)(?:[a-z-]+\s+){0,2}[a-z]{3,}s\s+(?:that|of|trained|which|where)\b))",
    re.I,
)
_VAGUE = re.compile(
    r"(?:an?|the)\s+(?:[\w-]+\s+){0,2}(?:thing|idea|part|case|result|example|point|topic|field|concept|term|reason|area|"
    r"question|goal|challenge|choice|option|hyperparameter|world|research|two|tool|core|crucial|key|way|components?|"
    r"topics?|most|best|only|main|simplest|resources?)\b(?!\s+(?:of (?!the)[a-z]+ing|that|to [a-z]+))",
    re.I,
)
_ONE = re.compile(r"an? ", re.I)
PRAISE = re.compile(
    r"\b(?:eas(?:y|ily)|powerful|excels?|invaluable|popular|great|essential|crucial|critical|important|excellent|widely|"
    r"interesting|exciting|perfect|ideal|impressive|remarkabl[ey]|significant|amazing|best|key to|broad|numerous|"
    r"valuable|revolution\w+|superior|state-of-the-art|cornerstone|shines?|clever|balance|new and|ground.?breaking|"
    r"innovati(?:ve|on)|game.changer|leap|fundamental|vital|handy|nice|core|(?:dis)?advantages?|benefits?|drawbacks?|"
    r"(?:various|many|several|different) ways|what (?:gives|makes|lets|allows))\b",
    re.I,
)
"""What may be said of much."""
_CLAUSE = re.compile(
    r"(?:the|an?|one|each)\s+(?:(?!that|which|where|who|when|of|for|to)[\w-]+\s+){1,4}"
    r"(?:is|are|was|were|has|have|had|can|will|should|must|learns?|generates?|receives?|uses?|does|tr(?:y|ies))\b",
    re.I,
)
"""A whole sentence in place of a description: "The data is centred by ..."."""
GAP = "[…]"
MOST_GAPS = 2
_HEADLESS = re.compile(r"^(?:\w+ )?\[…\](?:,| (?:that|which|who|of|for|to|in|with|used)\b)|\[…\] \[…\]")
"""A gap in place of what the concept is a kind of: "The […] that ..."."""
_DIFFERENTIA = re.compile(
    r"\b(?:that|which|where|whose|who|when|used|designed|for|to|of|from|by|with|between|based|trained|into|in)\b", re.I
)
_SUPPOSED = re.compile(
    r"\b(?:intuitions?|intuitively|analog(?:y|ies)|metaphors?|misconceptions?|"
    r"worked examples?|check your(?:self)?|quiz|references|bibliography|(?:further|recommended) reading|resources)\b",
    re.I,
)
"""Headings below which a sentence says what something is like, what it is wrongly said to be, or what is supposed."""
_SECOND_CLAUSE = re.compile(
    r", (?:and|but|so) (?:(?:the|an?|its?) )?(?:(?!that\b|which\b|who\b)[\w-]+ ){1,3}?"
    r"(?:is|are|was|were|has|have|can|will|makes?|allows?|helps?|enables?|gives?|provides?|uses?)\b.*",
    re.I,
)
"""What a sentence adds about something else: "..., and Unsloth makes it accessible"."""
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
LEAST_PART = 3
"""Letters from which on a part of a name gives it away."""
_NUMBER = re.compile(r"(?<![\w.,-])(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?:(?=\s+[a-z])|(?=%))(?![\w])")
_SAYS = r"(?:is|are|was|were|has|have|had|[a-z]+[^s\W]s|[a-z]+ed)\b"
_YEAR = re.compile(r"\b(?:19|20)\d\d\b|\bago\b")


@dataclass(frozen=True, slots=True)
class Description:
    """What a sentence says a concept is: `text` follows the verb, without the concept's name."""

    concept: Concept
    text: str
    chunk: Chunk
    sentence: str
    """The sentence as it stands in the chunk."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that opens with a concept and stands on its own, without marks and links."""

    concept: Concept
    text: str
    chunk: Chunk
    sentence: str
    """The sentence as it stands in the chunk."""


@dataclass(frozen=True, slots=True)
class StatedNumber:
    """A sentence about a concept with exactly one number; `before` and `after` are its halves around it."""

    concept: Concept
    number: str
    before: str
    after: str
    chunk: Chunk
    sentence: str


def descriptions(concept: Concept, chunks: Sequence[Chunk]) -> list[Description]:
    """Return what these chunks say the concept is, in their order; usually none or one."""
    patterns = _patterns(concept)
    forms = [name.casefold() for name in (concept.name, *concept.aliases)]
    titled = " " in concept.name and concept.name.istitle()
    found = []
    for chunk, sentence, plain in prose(chunks):
        folded = plain.casefold()
        if not any(form in folded for form in forms):
            continue  # most sentences: the patterns cost a hundred times as much
        for pattern in patterns:
            match = pattern.fullmatch(plain)
            said = match.group("rest").strip().rstrip(".;") if match else ""
            label = match is not None and plain[: match.start("rest")].rstrip().endswith(":")
            if label and (len(chunks) == 1 or titled or not _ONE.match(said)):
                continue  # an entry of a list and hardly a concept: "Attention Computation: Looking back at ..."
            text = None if _is_doing(plain, said) else _told(concept, said)
            if text is not None:
                found.append(Description(concept, text, chunk, sentence))
                break
    return found


def _is_doing(sentence: str, said: str) -> bool:
    """Return whether a sentence tells what something is doing now, not what it is: "Transformers are replacing ..."."""
    doing = beginning(said) == "doing"
    return doing and bool(re.search(rf"\b(?:is|are)\s+{re.escape(said[:20])}", sentence, re.I))


def statements(concept: Concept, chunks: Sequence[Chunk]) -> list[Statement]:
    """Return the sentences that begin with the concept's name and say something of it, each once."""
    opening = re.compile(rf"(?:{_OPENING})?(?:{_names(concept)})\b", re.I)
    found: dict[str, Statement] = {}
    for chunk, sentence, plain in prose(chunks):
        whole = plain.endswith(".") and plain[0].isupper() and not points_elsewhere(plain)
        whole = whole and not re.search(r"`|\bthen\b|\bthat(?=[.,:;])", plain)
        if whole and opening.match(plain) and LEAST_WORDS < len(plain.split()) <= MOST_WORDS:
            found.setdefault(plain, Statement(concept, plain, chunk, sentence))
    return list(found.values())


def naming(concept: Concept, chunks: Sequence[Chunk]) -> list[str]:
    """Return all sentences of these chunks that name the concept, of whatever kind."""
    name = name_pattern(concept)
    spans = ((chunk.text, span) for chunk in chunks for span in sentences(chunk.text))
    return [said for text, span in spans if name.search(said := text[span.start : span.end])]


def name_pattern(concept: Concept) -> re.Pattern[str]:
    """Return the pattern of the concept's names, as words of their own, in singular or plural."""
    return re.compile(rf"\b(?:{_names(concept)})\b", re.I)


def points_elsewhere(text: str) -> bool:
    """Return whether a text needs what stands around it: "this", "we", "above"."""
    return _DEIXIS.search(text) is not None


def stated_numbers(concept: Concept, chunks: Sequence[Chunk]) -> list[StatedNumber]:
    """Return sentences about the concept that state one number of two digits or more: counted things or a share."""
    name = re.compile(rf"(?:the |an? )?(?:{_names(concept)})(?: \([^()]+\))? {_SAYS}", re.I)
    found = []
    for chunk, sentence, plain in prose(chunks):
        numbers = list(_NUMBER.finditer(plain))
        if len(numbers) != 1 or not name.match(plain) or not LEAST_WORDS < len(plain.split()) <= MOST_WORDS:
            continue
        number = numbers[0]
        alone = len(re.findall(r"\d+", plain)) == len(re.findall(r"\d+", number.group()))
        whole = plain.endswith(".") and plain[0].isupper() and not _DEIXIS.search(plain) and not _YEAR.search(plain)
        if alone and whole and len(number.group(1)) >= 2 and "example" not in plain:
            halves = plain[: number.start()], plain[number.end() :]
            found.append(StatedNumber(concept, number.group(1), *halves, chunk, sentence))
    return found


def prose(chunks: Sequence[Chunk]) -> Iterator[tuple[Chunk, str, str]]:
    """Yield each clean sentence of prose: its chunk, itself, and itself without marks and links.

    Sections of comparisons and exercises are left out: "A transformer block is a meeting followed by private study."
    """
    for chunk in chunks:
        if any(_SUPPOSED.search(heading) for heading in chunk.heading_path[-1:]):
            continue
        for sentence, plain in _clean(chunk.text):
            yield chunk, sentence, plain


@lru_cache(maxsize=4_096)
def _clean(text: str) -> tuple[tuple[str, str], ...]:
    found = []
    for span in sentences(text):
        if span.kind not in (SentenceKind.PROSE, SentenceKind.ITEM):
            continue
        sentence = text[span.start : span.end]
        plain = " ".join(_LINK.sub(r"\1", sentence).split())
        plain = _BOLD.sub(r"\2", _BOLD.sub(r"\2", plain))
        if len(sentence) <= 600 and not UNCLEAN.search(plain):
            found.append((sentence, plain))
    return tuple(found)


def _names(concept: Concept) -> str:
    forms = sorted({concept.name, *concept.aliases}, key=len, reverse=True)
    return "|".join(rf"{re.escape(form)}(?:s|es)?" for form in forms if form.strip())


def _patterns(concept: Concept) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a sentence that says what the concept is: its name first, or its name last."""
    name = rf"(?:{_names(concept)})(?:\s*\([^()]{{1,60}}\))?"
    twice = rf"(?:{name}\.\s+)?"  # **Dropout**. Dropout is ...
    first = re.compile(rf"{twice}(?:the |an? )?{name}(?:\s+{_VERB}\s+|\s*:\s+)(?P<rest>\S.*)", re.I)
    process = r"(?:(?:this|the) (?:process|task|act|practice|technique) of (?=[a-z]+ing\b))?"
    last = re.compile(rf"{process}(?P<rest>\S.*?),? {_NAMED_LAST}[\"“]?{name}[\"”]?\.?", re.I)
    return first, last


def beginning(text: str) -> str:
    """Return how a description begins: with an `article`, with what is `doing`, with what it `does`; else nothing."""
    match = _START.match(text)
    return str(match.lastgroup) if match else ""


def _told(concept: Concept, said: str) -> str | None:
    """Return what is said of the concept with the words of its name left out, or None where it tells too little."""
    if (
        not LEAST_WORDS <= len(said.split()) <= MOST_WORDS
        or _DEIXIS.search(said)
        or said.endswith((":", "?", ",", "!"))
    ):
        return None
    if re.search(r"\b(?:that|which|and|or|to|of)$|^(?:an?|the) (?:little|bit|lot)\b", said, re.I):
        return None
    praised = PRAISE.search(" ".join(said.split()[:4]))
    if not beginning(said) or praised or _VAGUE.match(said) or _CLAUSE.match(said) or not _DIFFERENTIA.search(said):
        return None
    if said.count("(") != said.count(")") or said.count("“") != said.count("”"):
        return None
    said = _SECOND_CLAUSE.sub("", said)
    if len(said.split()) < LEAST_WORDS:
        return None
    text, gaps = _without_name(concept, said)
    tells = gaps <= MOST_GAPS and not _HEADLESS.search(text) and len(content_words(text)) >= LEAST_CONTENT + 2 * gaps
    return text if tells else None


def _without_name(concept: Concept, text: str) -> tuple[str, int]:
    """Return the text with a gap for each word of the concept's name, or one that begins like it, and their number.

    A name run together counts by its parts: "HumanEval" shows through in "evaluation", "StyleGAN" in "GAN".
    """
    own = {word.casefold() for name in (concept.name, *concept.aliases) for word in words(name)}
    stems = {stem(word) for word in own if word not in STOP_WORDS}
    beginnings = {word[:5] for word in own if len(word) >= 5}
    parts = tuple(
        part.casefold()
        for name in (concept.name, *concept.aliases)
        for part in _PART.findall(name)
        if len(part) >= LEAST_PART and part.casefold() not in STOP_WORDS
    )

    def gap(match: re.Match[str]) -> str:
        word = match.group()
        alike = word.casefold()[:5] in beginnings or word.casefold().startswith(parts)
        shown = alike or stem(word) in stems or normalise(word) in own
        return GAP if shown else word

    gapped = re.sub(r"[^\W_]+", gap, text)
    return gapped, gapped.count(GAP)
