"""Questions that a chat model writes about one sentence of the material; each is checked before anyone sees it.

The sentence is chosen by us, so that what decides the question stands in the material word for word. The model drafts a
question, its answer and wrong answers (`tutor.quiz_drafts` says what may be used of them), and then answers the
question without being told which option is right (round-trip consistency, Alberti and others 2019, arXiv:1906.05416).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from knowledge.chat_model import ChatModel, Message, ModelName, Role
from knowledge.errors import ModelFailed
from knowledge.wording import counted, one_line
from tutor.grades import ChoiceKey
from tutor.learner import Subject
from tutor.prompting import quoted, template
from tutor.quiz import Option, Origin, QuizItem, Source, faults, item_id, shuffled
from tutor.quiz_drafts import LEAST_WRONG, Draft, blanked, objection, phrases, plain_words, usable_wrong
from tutor.quiz_statements import Statement

MOST_TRIED = 8
"""Sentences that a model is asked about for one quiz: a small one takes half a minute for each."""
_DRAFTED_WRONG = 4
"""Wrong answers that are asked for: one may be unusable."""
_MOST_TOKENS = 300
_FAILURES = 2
"""So many answers in a row that are none, and the model is given up."""
_LETTER = re.compile(r"^\s*[a-z](?:\)|\.|:|\s*$)")
"""An option's letter, which some models answer with in place of words."""
_ANSWER_IT = "Answer the question in the words of the statement, then say of each option whether it is a right answer."


@dataclass(frozen=True, slots=True)
class Askable:
    """A sentence that a question may be made of, and its place."""

    statement: Statement
    source: Source
    course: tuple[str, ...]
    """Its passage, and the other sentences that name its concept: what they say may be right, too."""
    elsewhere: tuple[str, ...] = ()
    """Phrases that the course says of other concepts, nearest first: wrong answers where the model has too few."""


@dataclass
class QuizWriter:
    """Makes questions with one model and counts why others were refused."""

    model: ChatModel
    kept: int = field(default=0, init=False)
    refused: Counter[str] = field(default_factory=Counter, init=False)
    _failed: int = field(default=0, init=False, repr=False)

    def __str__(self) -> str:
        """Return what came of it, in words: "2 questions; 3 refused (it asks nothing: 3)"."""
        whys = ", ".join(f"{why}: {times}" for why, times in self.refused.most_common())
        refused = f"; {self.refused.total()} refused ({whys})" if whys else ""
        return counted(self.kept, "question") + refused

    def item(self, askable: Askable) -> QuizItem | None:
        """Return a question about the sentence, or None where what the model wrote was refused.

        Raises:
            ModelUnavailable: the model is not there.
            ModelFailed: it did not answer twice in a row.
        """
        try:
            made = self._made(askable)
        except ModelFailed as error:
            self._failed += 1
            if self._failed >= _FAILURES:
                raise
            made = one_line(str(error))
        else:
            self._failed = 0
        if isinstance(made, str):
            self.refused[made] += 1
            return None
        self.kept += 1
        return made

    def _made(self, askable: Askable) -> QuizItem | str:
        statement = askable.statement
        concept = statement.concept
        answers = phrases(statement.text, (concept.name, *concept.aliases))
        if not answers:
            return "the sentence has no phrase that could be an answer"
        draft = self._drafted(statement, answers)
        if draft.right not in answers:
            return "the answer is no phrase of the sentence"
        filled = replace(draft, wrong=(*draft.wrong, *askable.elsewhere))
        wrong = usable_wrong(filled, statement.text, askable.course)
        if len(wrong) < LEAST_WRONG:
            return "too few wrong answers are surely wrong and of the same form"
        stem = blanked(statement.text, draft.right) if objection(draft, statement.text) else draft.question
        item = _item(replace(draft, question=stem), wrong, askable, self.model.model_name)
        if found := faults(item):
            return found[0]
        return item if self._confirmed(item, draft, statement) else "the model answers it otherwise itself"

    def _drafted(self, statement: Statement, answers: Sequence[str]) -> Draft:
        task = f"Write one question about “{quoted(statement.concept.name)}”."
        told = self._told(statement, task, _draft_schema(answers))
        question, right = (" ".join(str(told[key]).split()) for key in ("question", "right"))
        written = told["wrong"]
        wrong = tuple(" ".join(str(one).split()).rstrip(".") for one in written) if isinstance(written, list) else ()
        return Draft(question, right, wrong)

    def _confirmed(self, item: QuizItem, draft: Draft, statement: Statement) -> bool:
        """Return whether the model answers its own question as before and takes no other option for right."""
        asked = "\n".join([item.stem, *(f"{option.id}) {option.text}" for option in item.options)])
        task = f"{quoted(asked)}\n\n{_ANSWER_IT}"
        told = self._told(statement, task, _answer_schema(item.options))
        taken = {option.id for option in item.options if told[option.id] is True}
        first, second = plain_words(draft.right), plain_words(_LETTER.sub("", str(told["answer"])))
        return isinstance(item.key, ChoiceKey) and taken == item.key.right and (not second or bool(first & second))

    def _told(self, statement: Statement, task: str, schema: Mapping[str, object]) -> dict[str, object]:
        prompt = f"<statement>\n{quoted(statement.text)}\n</statement>\n\n{task}"
        messages = [Message(Role.SYSTEM, template("quiz")), Message(Role.USER, prompt)]
        told = self.model.complete(messages, schema, max_tokens=_MOST_TOKENS)
        if not isinstance(told, dict):
            raise ModelFailed(f"{self.model.model_name.name} did not answer with an object.")
        return told


def _item(draft: Draft, wrong: Sequence[str], askable: Askable, by: ModelName) -> QuizItem:
    pairs = [(_capital(text), text == draft.right) for text in (draft.right, *wrong)]
    options, right = shuffled(draft.question, pairs)
    key = ChoiceKey(right, frozenset(option.id for option in options))
    concept, source = askable.statement.concept, askable.source
    return QuizItem(
        item_id("choice", draft.question, source),
        "choice",
        draft.question,
        options,
        key,
        askable.statement.sentence,
        source,
        Origin.MODEL,
        Subject(concept.id, concept.name),
        by,
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _text(longest: int) -> dict[str, object]:
    return {"type": "string", "minLength": 1, "maxLength": longest}


def _object(**properties: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _draft_schema(answers: Sequence[str]) -> dict[str, object]:
    """Return the schema of a draft; its answer has to be one of these."""
    wrong = {"type": "array", "items": _text(90), "minItems": _DRAFTED_WRONG, "maxItems": _DRAFTED_WRONG}
    return _object(question=_text(160), right={"type": "string", "enum": list(answers)}, wrong=wrong)


def _answer_schema(options: Sequence[Option]) -> dict[str, object]:
    return _object(answer=_text(120), **{option.id: {"type": "boolean"} for option in options})
