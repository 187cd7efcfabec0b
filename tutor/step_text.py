"""How what a step quotes is written: sentences with their marks, entries of lists, what is missing. Pure.

Knows the words of our own that stand between quotations; refuses to know which sentences are chosen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.cells import Cell, is_python, source
from knowledge.concepts import name_like, singular, words
from knowledge.model import Concept, place
from tutor.citations import resolve
from tutor.events import StepFinished
from tutor.headings import TOLD, clause_of
from tutor.lesson import CellStatus, Citation, LessonCell, LessonStep, Passage, PlannedStep, StepName
from tutor.plan import titled
from tutor.quoting import QuotableSentence, no_key_of_ours
from tutor.standing import readable
from tutor.subjects import opens_with

NEAREST = "Erica found no single sentence that answers this. The course comes nearest here:"
_MISSING = {
    StepName.ANSWER: "No single sentence of the course answers this; what it says stands below.",
    StepName.WHY: "The course does not say {clause}.",
    StepName.PREREQUISITE: "The course says in no sentence that stands alone what is needed first.",
    StepName.TOPIC: "The course names {name} without explaining it in a sentence that stands alone.",
    StepName.HOW: "The course says no more about {clause}.",
    StepName.EXAMPLE: "The course has no code example for {name}.",
    StepName.APPLICATIONS: "The course does not say {clause}.",
    StepName.SUMMARY: "What stands above is all that the course says about {name}.",
    StepName.READING: "The course has no further place on {name}.",
    StepName.NEXT: "Nothing in the course builds on {name} yet.",
}
_BLOCK = re.compile(r"\s*(?:(?=\$\$|\\\[|\\begin)|\n\s*(?=[-*+] |\d{1,3}[.)] ))")
_NAME = re.compile(r"^(?!(?:APIs?|CLI|SDK|FAQs?|[CGT]PUs?|PyTorch|TensorFlow|NumPy|JAX)$)[A-Za-z-]{3,}")
"""What tells the name of a model from a number, a version, acronyms that name none, and what code is written in."""
_TWO = re.compile(r"\b(?:vs|versus|compared)\b", re.I)


def flowing(chosen: Sequence[QuotableSentence], told: str = "") -> str:
    """Return the sentences with their marks; neighbours from one passage share a paragraph and formulas stand alone.

    Args:
        chosen: what is quoted.
        told: what the question and the step name: a paragraph of a section on anything else with a name of its own
            begins with that name.
    """
    text = of = ""
    previous: QuotableSentence | None = None
    for sentence in chosen:
        if previous is not None and previous.passage.key == sentence.passage.key and not previous.block:
            text += " "
        else:
            over = _of_what(sentence, told)
            text += ("\n\n" if text else "") + (f"*{over}:* " if over not in ("", of) else "")
            of = over
        text += marked(sentence)
        previous = sentence
    return text


def _of_what(sentence: QuotableSentence, told: str) -> str:
    """Return the names of the model or method that the sentence's section is headed by; "" if one is told already."""
    over = readable(" ".join(sentence.passage.chunk.heading_path[-1:]))
    own = list(dict.fromkeys(word for word in words(over) if name_like(word) and _NAME.search(word)))
    known = {singular(word).casefold() for word in words(f"{told} {sentence.shown}")}
    if _TWO.search(over) or known & {singular(word).casefold() for word in own}:
        return ""
    return ", ".join(own)


def marked(sentence: QuotableSentence) -> str:
    """Return the sentence with its mark, which stands before the formula or list that the sentence announces."""
    block = _BLOCK.search(sentence.shown) if sentence.block else None
    end = block.start() if block else len(sentence.shown)
    return f"{sentence.shown[:end]} [{sentence.passage.key}]{sentence.shown[end:]}"


def citations(chosen: Sequence[QuotableSentence]) -> list[Citation]:
    """Return one citation a passage, quoting its first chosen sentence."""
    firsts: dict[str, Citation] = {}
    for sentence in chosen:
        firsts.setdefault(sentence.passage.key, resolve(sentence.passage, sentence.quote, 1.0))
    return list(firsts.values())


def entry(concept: Concept, said: str, key: str, reminder: str = "") -> str:
    """Return an entry of a list that says what a concept is; one that opens with the name needs no heading."""
    lead = "" if opens_with(said, concept) else f"**{titled(concept.name)}**: "
    return f"- {reminder}{lead}{said} [{key}]"


def shown_cell(passage: Passage, cell: Cell) -> LessonCell:
    """Return a cell as a lesson shows it, not run yet."""
    language = passage.chunk.language or ("python" if is_python(cell) else "")
    return LessonCell(source(cell), language, passage.key, CellStatus.NOT_RUN, "it was not tried")


def missing(step: PlannedStep) -> str:
    """Return what a step says of which nothing was found."""
    name = step.concept.name if step.concept else "this"
    clause = clause_of(step.name, name) if step.name in TOLD else ""
    return f"*{_MISSING[step.name].format(name=name, clause=clause)}*"


def place_of(passage: Passage) -> str:
    """Return the document and the place in it."""
    return no_key_of_ours(f"*{passage.document.title}*, {place(passage.chunk.locator)}")


def first_line(text: str) -> str:
    """Return the first line that is not empty."""
    return text.strip().split("\n", 1)[0]


def finished_step(
    step: PlannedStep,
    text: str,
    citations: Sequence[Citation],
    cells: tuple[LessonCell, ...] = (),
    *,
    found: bool = True,
) -> StepFinished:
    """Return a step with its text and what it cites; `found` where it says something of the course."""
    keys = tuple(dict.fromkeys(citation.key for citation in citations))
    concept = step.concept.name if step.concept else None
    return StepFinished(LessonStep(step.name, step.title, concept, text, keys, cells, found), tuple(citations))
