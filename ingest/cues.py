"""Phrases in which a text relates one concept to another: kinds, parts, contrasts, and what has to be known first.

Each cue holds the two stretches of text the concepts are to be looked for in, and the sentence verbatim; which concepts
they name is settled later, when all names of the course are known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.definitions import LONGEST_QUOTE, plain
from ingest.facts import CueFact, CueKind, LinkFact

_SUBJECT = r"(?P<subject>[^,.;:()]{2,80}?)"
_OBJECT = r"(?P<object>[^.;:()]{2,120})"
_CUES: tuple[tuple[CueKind, float, bool, re.Pattern[str]], ...] = tuple(
    (kind, weight, swapped, re.compile(pattern, re.IGNORECASE))
    for kind, weight, swapped, pattern in (
        (
            CueKind.IS_A,
            0.8,
            False,
            rf"{_SUBJECT}\s+(?:is|are)\s+(?:an?\s+|the\s+)?(?:[\w-]+\s+)?(?:types?|kinds?|forms?|variants?|variations?|special"
            rf"\s+cases?|subsets?|subfields?|branch(?:es)?|famil(?:y|ies)|class(?:es)?)\s+of\s+{_OBJECT}",
        ),
        (
            CueKind.PART_OF,
            0.7,
            True,
            rf"{_SUBJECT}\s+(?:consists?\s+of|(?:is|are)\s+(?:composed|made\s+up|comprised)\s+of|comprises?|is\s+built\s+from|"
            rf"has\s+(?:two|three|four|five|several)\s+(?:main\s+|key\s+)?(?:parts|components|building\s+blocks)\s*[:-])\s+{_OBJECT}",
        ),
        (
            CueKind.PART_OF,
            0.7,
            False,
            rf"{_SUBJECT}\s+(?:is|are)\s+(?:an?\s+|the\s+|one\s+of\s+the\s+)?(?:[\w-]+\s+)?(?:components?|parts?|building\s+"
            rf"blocks?|ingredients?|elements?)\s+(?:of|in)\s+{_OBJECT}",
        ),
        (
            CueKind.CONTRAST,
            0.6,
            False,
            rf"(?P<subject>)\b(?:unlike|in\s+contrast\s+(?:to|with)|as\s+opposed\s+to)\s+{_OBJECT}",
        ),
        (
            CueKind.CONTRAST,
            0.6,
            False,
            r"\bdifferences?\s+between\s+(?P<subject>[^,.;:()]{2,60}?)\s+and\s+(?P<object>[^,.;:()]{2,60})",
        ),
        (
            CueKind.CONTRAST,
            0.6,
            False,
            r"(?P<subject>[^,.;:()]{2,60}?)\s+(?:vs\.?|versus)\s+(?P<object>[^,.;:()]{2,60})",
        ),
        (
            CueKind.NEEDS,
            0.8,
            False,
            rf"{_SUBJECT}\s+(?:(?:is|are)\s+)?(?:builds?\s+(?:up)?on|built\s+(?:up)?on(?:\s+top\s+of)?|extends?|an\s+extension\s+of|"
            rf"generali[sz]es?|an?\s+generali[sz]ation\s+of|relies\s+(?:heavily\s+)?on|rely\s+on|inspired\s+by)\s+{_OBJECT}",
        ),
        (CueKind.NEEDS, 0.55, False, rf"{_SUBJECT}\s+(?:is|are)\s+(?:[\w-]+ly\s+)?based\s+on\s+{_OBJECT}"),
        (
            CueKind.NEEDS,
            0.45,
            False,
            rf"{_SUBJECT}\s+(?:uses?|employs?|leverages?|utili[sz]es?|combines?|requires?|applies)\s+{_OBJECT}",
        ),
        (
            CueKind.RECALLS,
            0.7,
            False,
            r"(?P<subject>)\b(?:recall|remember)(?:\s+(?:that|how|from|the|our|what|when|we))*\s+(?P<object>[^.;:()]{2,120})",
        ),
        (
            CueKind.RECALLS,
            0.7,
            False,
            r"(?P<subject>)\b(?:as\s+(?:we\s+(?:have\s+)?|you\s+(?:have\s+)?)?(?:saw|seen|discussed|learned|learnt|explained|described|"
            r"mentioned|covered|introduced)|we\s+(?:have\s+)?(?:already\s+)?(?:saw|seen|discussed|learned|covered|introduced|"
            r"encountered)|you\s+(?:have\s+)?(?:already\s+)?(?:saw|learned|seen)|in\s+(?:the\s+)?(?:previous|last|earlier|preceding)"
            r"\s+(?:section|chapter|unit|lesson|lecture|part|module)s?)\b(?P<object>[^.;()]{2,140})",
        ),
        (
            CueKind.NEEDS,
            0.8,
            False,
            r"(?P<subject>)\b(?:famil\w+\s+with|knowledge\s+of|understanding\s+of|(?:to|you)\s+understand|need\s+to\s+know|"
            r"prerequisites?\s*(?:is|are|:)|comfortable\s+with|assumes?\s+(?:that\s+)?you\s+know)\s+(?P<object>[^.;()]{2,140})",
        ),
    )
)
_TRIGGER = re.compile(
    r"\b(?:types?|kinds?|forms?|varia\w+|special\s+case|subset|subfield|branch|famil\w+|class|classes|consist|composed|made\s+up|compris|"
    r"parts?|components?|building|ingredients?|elements?|unlike|contrast|opposed|differences?|vs|versus|builds?|built|exten\w+|"
    r"generali\w+|rel(?:y|ies)|inspired|based|uses?|employs?|leverag\w+|utili\w+|combines?|requires?|applies|recall|remember|as|saw|seen|"
    r"previous|last|earlier|preceding|learned|discussed|covered|introduced|encountered|knowledge|understand\w*|know|"
    r"prerequisites?|comfortable|built)\b",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?<!!)\[(?P<text>[^\[\]\n]{1,120})\]\((?P<target>[^()\s]+)(?:\s+\"[^\"]*\")?\)")


def cues(sentence: str) -> Iterator[CueFact]:
    """Yield what a sentence says about how concepts relate."""
    if len(sentence) > LONGEST_QUOTE or _TRIGGER.search(sentence) is None:
        return
    text = plain(sentence)
    for kind, weight, swapped, pattern in _CUES:
        match = pattern.search(text)
        if match is not None:
            subject, other = match.group("subject").strip(), match.group("object").strip()
            if swapped:
                subject, other = other, subject
            yield CueFact(kind, subject, other, sentence, weight)


def links(sentence: str) -> Iterator[LinkFact]:
    """Yield the Markdown links of a sentence; whether they stay inside the course shows later."""
    if "](" not in sentence:
        return
    for match in _LINK.finditer(sentence):
        target = match.group("target")
        if not target.startswith(("#", "mailto:")):
            quote = sentence if len(sentence) <= LONGEST_QUOTE else match.group()
            yield LinkFact(target, plain(match.group("text")), quote)
