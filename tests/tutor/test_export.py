"""A conversation saved as a file: readable, runnable, and never faked."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from knowledge.model import RetrievalSettings
from tests.ui.fake_tutor import FakeTutor
from tutor.conversation import Conversations, TurnState
from tutor.draft import Draft, draft_to_json
from tutor.export import Exchange, conversation_markdown, conversation_notebook, exchanges, file_name


@pytest.fixture
def lesson():
    return list(FakeTutor(Path("/course")).ask("What is CLIP?", settings=RetrievalSettings()))[-1].lesson


def test_markdown_has_each_question_as_typed_its_answer_and_its_sources(lesson):
    text = conversation_markdown("CLIP & co", [Exchange("clip?", lesson), Exchange("why?", None)])
    assert text.startswith("# CLIP \\& co\n\n## clip?\n")
    assert (
        text.index("## clip?") < text.index("### Why CLIP matters") < text.index("### Sources") < text.index("## why?")
    )
    assert "*This answer is not whole.*" in text
    assert "?source=" not in text  # the page's own addresses lead nowhere outside it


def test_a_notebook_is_valid_and_keeps_the_cells_with_how_they_ran(lesson):
    notebook = nbformat.reads(conversation_notebook("CLIP", [Exchange("clip?", lesson)]), as_version=4)
    nbformat.validate(notebook)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    shown = [cell.code for step in lesson.steps for cell in step.cells if cell.language == "python"]
    assert [source.split("\n", 1)[1] for source in code] == shown
    assert all(source.startswith("# Not run") for source in code)


def test_a_reason_of_many_lines_stays_inside_its_comment(lesson):
    steps = [
        replace(step, cells=tuple(replace(cell, reason="it\nfailed()") for cell in step.cells)) for step in lesson.steps
    ]
    notebook = json.loads(conversation_notebook("CLIP", [Exchange("q", replace(lesson, steps=tuple(steps)))]))
    [code] = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert code.split("\n")[0].endswith("it failed()")


def test_answers_are_read_from_the_conversation_and_a_broken_one_is_not_whole(tmp_path, lesson):
    conversations = Conversations.open(tmp_path)
    started = conversations.start("clip?")
    conversations.end(
        conversations.ask(started.id, "clip?"), TurnState.FINISHED, body=draft_to_json(Draft(lesson=lesson))
    )
    conversations.end(conversations.ask(started.id, "and?"), TurnState.FINISHED, body='{"schema": "other"}')
    read = exchanges(conversations, started.id)
    assert [(one.question, one.lesson is None) for one in read] == [("clip?", False), ("and?", True)]
    conversations.close()


@pytest.mark.parametrize(
    ("title", "name"),
    [("What is CLIP?", "what-is-clip.md"), ("../../etc/passwd", "etc-passwd.md"), ("日本語", "conversation.md")],
)
def test_a_file_name_is_made_of_letters_digits_and_hyphens(title, name):
    assert file_name(title, ".md") == name
