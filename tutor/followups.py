"""A follow-up ("why?", "and in PyTorch?", "the second one") to a question that stands alone.

Pure: decides from the words and from the answer before it, without a model, so that the same conversation always asks
the same thing. What was understood is shown to the learner. A question that stands alone is left exactly as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tutor.lesson import Lesson

_ARTICLE = re.compile(r"^(?:the|an?)\s+", re.I)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ORDINAL = re.compile(
    rf"^(?:and |what about |explain )?the (?P<nth>{'|'.join(_ORDINALS)}|last)(?: one| concept| step)?\W*$", re.I
)
_PRONOUN = re.compile(r"\b(?P<word>its|it|this|that|these|those|they|them|their)\b", re.I)
_POINTED_AT = re.compile(
    r"\b(?:this|that|these|those)\s+(?!is\b|are\b|was\b|were\b|do\b|does\b|mean|work|matter|help|not\b)[\w-]+", re.I
)
_CONJUNCTION = re.compile(
    r"\b(?:that|it|this)\s+(?:is|are|was|were)\s+(?:possible|true|easy|hard|important|common|necessary)\b", re.I
)
_POSSESSIVE = frozenset({"its", "their"})
_MOST_WORDS = 14
"""A longer question says by itself what it is about."""
_EARLIER_MENTION = re.compile(r"\b(?:[A-Z][\w-]*[A-Z0-9][\w-]*|[A-Z]{2,})\b")


@dataclass(frozen=True, slots=True)
class Past:
    """What the answer before was about."""

    question: str
    """As it was understood."""
    main: str
    """The concept it explained; empty where there was none."""
    offered: Sequence[str]
    """Concepts in the order in which the answer showed them, next steps last."""


@dataclass(frozen=True, slots=True)
class Understood:
    """The question to answer. `from_context` tells whether words of it come from the conversation."""

    question: str
    from_context: bool
    simpler: bool = False
    """Whether the learner asked for an easier explanation of the same."""


def past_of(lesson: Lesson) -> Past:
    """Return what a follow-up to this answer may refer to."""
    found = lesson.retrieval
    main = found.seeds[0].concept.name if lesson.answered and found.seeds else ""
    offered = [*(item.concept.name for item in found.order), *(concept.name for concept in found.unlocks)]
    return Past(lesson.question, main, tuple(dict.fromkeys(offered)))


_Form = tuple[re.Pattern[str], Callable[[re.Match[str], Past], str]]


def _form(pattern: str, make: Callable[[re.Match[str], Past], str]) -> _Form:
    return re.compile(rf"^(?:(?:and|but|ok|okay|so|well|hm+|please),?\s+)*(?:{pattern})\W*$", re.I), make


_SIMPLER = re.compile(
    r"^(?:(?:and|but|ok|okay|so|please|can you|could you),?\s+)*(?:(?:explain|say|put)\s+(?:it|this|that)\s+)?"
    r"(?:(?:more\s+)?simpl[ey]r?|in simpler (?:words|terms)|easier|in plain (?:words|english)|"
    r"like i'?m (?:five|5)|i (?:do not|don't) (?:understand|get it))(?:,? please)?\W*$",
    re.I,
)
_FORMS: tuple[_Form, ...] = (
    _form(
        r"why(?: is (?:that|it|this)(?: so| important)?| does (?:it|that|this) matter)?",
        lambda _, past: f"Why is {past.main} important?",
    ),
    _form(r"how(?: so| does (?:it|that|this) work| exactly)?", lambda _, past: f"How does {past.main} work?"),
    _form(
        r"(?:what|where)(?: is (?:it|that|this) (?:used )?for| is (?:it|this|that) used)",
        lambda _, past: f"Where is {past.main} used?",
    ),
    _form(
        r"(?:(?:can you |please )?(?:show|give)(?: me)? )?(?:an|another|one|some)?\s*(?:code )?examples?(?: please)?",
        lambda _, past: f"Show an example of {past.main}.",
    ),
    _form(
        r"(?:(?:tell|show) me )?more(?: details?| about (?:it|that|this))?|go deeper|in more detail|continue|go on",
        lambda _, past: f"Explain {past.main} in more detail.",
    ),
    _form(
        r"(?:how (?:do i do|is) (?:it|that|this) (?:done )?)?(?:in|with|using) (?P<tool>[\w.+#-]+(?: [\w.+#-]+)?)",
        lambda found, past: f"How is {past.main} done in {found['tool']}?",
    ),
    _form(
        r"what (?:should|do) i (?:learn|need)(?: to (?:know|learn))? (?:first|before(?: (?:it|that|this))?)|"
        r"prerequisites",
        lambda _, past: f"What do I need to know before {past.main}?",
    ),
    _form(r"what(?:'s| is| comes)? (?:next|after (?:it|that|this))", lambda _, past: f"What builds on {past.main}?"),
)
_WHAT_ABOUT = re.compile(r"^(?:and|what about|how about|and what about)\s+(?P<thing>.{2,80}?)\W*$", re.I)


def understand(question: str, past: Past | None) -> Understood:
    """Return the question that the learner means.

    Args:
        question: as typed.
        past: the last answer of the conversation; None at its start.
    """
    asked = " ".join(question.split())
    if past is None or not past.main or len(asked.split()) > _MOST_WORDS:
        return Understood(question, from_context=False)
    if _SIMPLER.match(asked):
        return Understood(past.question, from_context=True, simpler=True)
    found = _from_forms(asked, past) or _ordinal(asked, past) or _what_about(asked, past) or _with_names(asked, past)
    return Understood(found, from_context=True) if found else Understood(question, from_context=False)


def _from_forms(asked: str, past: Past) -> str | None:
    for pattern, make in _FORMS:
        found = pattern.match(asked)
        if found:
            return make(found, past)
    return None


def _ordinal(asked: str, past: Past) -> str | None:
    found = _ORDINAL.match(asked)
    if not found or not past.offered:
        return None
    nth = found["nth"].lower()
    index = len(past.offered) - 1 if nth == "last" else _ORDINALS.index(nth)
    return f"What is {past.offered[index]}?" if index < len(past.offered) else None


def _what_about(asked: str, past: Past) -> str | None:
    """Return the question before with another subject: "and SigLIP?" after "How does CLIP work?"."""
    found = _WHAT_ABOUT.match(asked)
    if not found or _PRONOUN.fullmatch(found["thing"]):
        return None
    thing = found["thing"]
    subject = re.compile(rf"(?<!\w){re.escape(past.main)}(?!\w)", re.I)
    bare = _ARTICLE.sub("", thing)
    if subject.search(past.question):
        return subject.sub(lambda _: bare if subject.search(f"the {past.main}") else thing, past.question, count=1)
    return f"What is {bare}?"


def _with_names(asked: str, past: Past) -> str | None:
    """Return the question with its first pronoun replaced by what the answer was about, or None where it has none."""
    if _EARLIER_MENTION.search(asked) or past.main.casefold() in asked.casefold() or _CONJUNCTION.search(asked):
        return None
    pointed = _POINTED_AT.search(asked)
    found = _PRONOUN.search(asked)
    if not found or (pointed and pointed.start() == found.start()):
        return None
    word = found["word"].lower()
    name = f"{past.main}'s" if word in _POSSESSIVE else past.main
    if _names_its_own(asked[: found.start()]):
        return None
    return asked[: found.start()] + name + asked[found.end() :]


def _names_its_own(before: str) -> bool:
    """Return whether the words before a pronoun hold what it stands for: "is a tensor copied when it is moved"."""
    return re.search(r"\b(?:an?|the)\s+\w+", before, re.I) is not None
