"""The chat in process: what it shows, what it passes on, and that an answer outlives the page."""

from __future__ import annotations

import re
from dataclasses import replace

from streamlit.testing.v1 import AppTest

from knowledge.model import RetrievalSettings
from tests.ui.fake_tutor import HOSTILE_NAME
from tests.ui.site import DEADLINE_S, QUESTION, Site, conversation_of, labels, shown
from tutor.conversation import TurnState
from tutor.desk import Desk
from tutor.learner import Subject
from tutor.markdown import escape
from tutor.style import Level

# --- asking ---


def test_a_question_becomes_a_lesson_with_headings_citations_a_cell_and_its_context(site):
    page = site.ask(site.open())
    text = shown(page)
    assert "## Why CLIP matters" in text
    assert text.index("## Dot product") < text.index("## Embedding") < text.index("## CLIP")
    assert "[2](?source=" in text
    assert "$$\nu \\cdot v" in text
    editor = page.get("bidi_component")[0].proto
    assert editor.component_name == "erica-tutor.code_cell"
    assert "rng = np.random.default_rng(0)" in editor.json
    assert "badge[Not run]" in text
    assert "View Retrieved Context" in [expander.label for expander in page.expander]
    assert "2 unsupported statements removed" in text


def test_the_context_shows_seeds_order_passages_and_what_was_left_out(site):
    text = shown(site.ask(site.open()))
    assert "| CLIP | 0.97 | named in the question |" in text
    assert "1. Dot product :gray[needed for Embedding]" in text
    assert "meaning 0.81 (rank 1) · words 9.4 (rank 1)" in text
    assert "**Left out, past 10 concepts:** Vector, Softmax" in text
    assert "no passage supports it" in text
    assert "Worded by qwen2" in text


def test_every_link_of_a_lesson_opens_a_place_of_the_library(site):
    for chunk_id in set(re.findall(r"\?source=([0-9a-f]+)", shown(site.ask(site.open())))):
        assert site.tutor.source(chunk_id) is not None


def test_the_settings_and_the_model_reach_the_tutor(site):
    page = site.open()
    page.slider(key="semantic_results").set_value(7)
    page.slider(key="prerequisite_depth").set_value(0)
    page.slider(key="max_concepts").set_value(3)
    page.selectbox(key="model").set_value("extractive").run()
    site.ask(page)
    assert site.tutor.asked == [(QUESTION, RetrievalSettings(7, 0, 3), "extractive")]


def test_a_follow_up_is_asked_as_it_was_understood_and_kept_as_it_was_typed(site):
    page = site.ask(site.ask(site.open()), "why?")
    assert site.tutor.asked[-1][0] == "Why is CLIP important?"
    assert [turn.question for turn in site.turns(page)] == [QUESTION, "why?"]
    assert "Understood as: Why is CLIP important?" in shown(page)
    assert "Understood as: What is CLIP?" not in shown(page)


def test_a_question_that_was_put_right_is_told_once_and_first(site):
    text = shown(site.ask(site.open(), "What is CLIPP?"))
    assert text.count("Understood as: What is CLIP?") == 1
    assert text.index("Understood as") < text.index("first words")


def test_what_the_learner_knows_reaches_the_tutor_and_nothing_of_others(site, tmp_path):
    site.services = replace(site.services, desk=Desk(None, tmp_path))
    for name, concept in (("a" * 32, "Dot product"), ("b" * 32, "Vector")):
        with site.services.desk.learner(name) as learner:
            learner.mark(Subject(concept, concept))
    page = site.open()
    page.session_state["erica_student"] = "a" * 32
    site.ask(page)
    assert site.tutor.styles[-1].known == {"Dot product"}


def test_a_suggestion_asks_its_question(site):
    page = site.open()
    suggested = next(button for button in page.button if button.label == QUESTION)
    suggested.click().run()
    site.settle(page)
    assert site.tutor.asked[0][0] == QUESTION


def test_what_comes_next_is_offered_below_the_last_answer_only(site):
    page = site.ask(site.ask(site.open()))
    assert labels(page).count("Temperature") == 1
    next(button for button in page.button if button.label == "Temperature").click().run()
    site.settle(page)
    assert site.tutor.asked[-1][0] == "What is Temperature?"


def test_a_question_outside_the_course_is_declined_with_what_the_course_does_teach(site):
    page = site.ask(site.open(), "How do I cook rice?")
    assert "That is not in this course" in shown(page)
    assert escape("Zero-shot classification") in labels(page)
    assert "View Retrieved Context" in [expander.label for expander in page.expander]


def test_names_from_the_course_are_shown_as_they_are_written_and_as_nothing_else(site):
    page = site.ask(site.open(), "How do I cook rice?")
    assert escape(HOSTILE_NAME) in labels(page)
    assert HOSTILE_NAME not in shown(page)


def test_a_model_that_cannot_be_had_is_explained(site):
    page = site.ask(site.open(), "Is the server there?")
    assert "ollama serve" in page.error[0].value.replace("\\", "")
    assert not page.chat_input[0].disabled


# --- an answer outlives the page ---


def _half_way(site: Site) -> AppTest:
    page = site.open()
    page.chat_input[0].set_value(QUESTION).run()
    assert site.waiting.wait(DEADLINE_S)
    return page.run()


def test_a_moved_slider_leaves_the_answer_as_it_was_and_going_on(slow):
    page = _half_way(slow)
    before = shown(page)
    assert "## Why CLIP matters" in before
    page.slider(key="max_concepts").set_value(4).run()
    assert "## Why CLIP matters" in shown(page)
    assert "Stop" in labels(page)
    slow.gate.set()
    slow.settle(page)
    assert "## Summary" in shown(page)
    assert len(slow.tutor.asked) == 1


def test_stop_keeps_what_was_there_and_frees_the_box(slow):
    page = _half_way(slow)
    assert page.chat_input[0].disabled
    next(button for button in page.button if button.label == "Stop").click().run()
    page.run()
    assert "You stopped this answer here" in shown(page)
    assert "## Why CLIP matters" in shown(page)
    assert "## Summary" not in shown(page)
    assert not page.chat_input[0].disabled
    assert slow.turns(page)[0].state is TurnState.STOPPED


def test_a_reload_in_the_middle_shows_the_answer_going_on(slow):
    page = _half_way(slow)
    again = slow.open(c=conversation_of(page))
    assert "## Why CLIP matters" in shown(again)
    assert "Stop" in labels(again)
    slow.gate.set()
    slow.settle(again)
    assert "## Summary" in shown(again)


def test_an_answer_that_died_with_its_server_is_shown_as_far_as_it_came(slow, tmp_path):
    page = _half_way(slow)
    import streamlit as st

    st.cache_resource.clear()
    restarted = Site(tmp_path)
    text = shown(restarted.open(c=conversation_of(page)))
    assert "## Why CLIP matters" in text
    assert "broke off when the server ended" in text


def test_an_answer_kept_by_another_version_is_named_so_and_takes_nothing_else_down(site):
    conversation = site.conversations.start("old").id
    site.conversations.end(site.conversations.ask(conversation, "old"), TurnState.FINISHED, body='{"schema":"other/9"}')
    page = site.open(c=conversation)
    assert "another version" in page.warning[0].value
    assert "## CLIP" in shown(site.ask(page))


# --- conversations ---


def test_a_reload_shows_the_conversation_of_the_url(site):
    page = site.ask(site.open())
    assert "## CLIP" in shown(site.open(c=conversation_of(page)))


def test_an_unknown_conversation_is_a_new_page(site):
    assert "What is CLIP?" in labels(site.open(c="gone"))


def test_clear_chat_removes_the_answers_and_keeps_the_conversation(site):
    page = site.ask(site.open())
    next(button for button in page.button if button.label == "Clear Chat").click().run()
    assert "## CLIP" not in shown(page)
    assert site.turns(page) == []
    assert "What is CLIP?" in labels(page)


def test_past_conversations_open_again_and_a_new_one_starts_empty(site):
    page = site.ask(site.open())
    first = conversation_of(page)
    next(button for button in page.button if button.label == "New conversation").click().run()
    assert "c" not in page.query_params
    page.button(key=f"open-{first}").click().run()
    assert conversation_of(page) == first
    assert "## CLIP" in shown(page)


def test_a_conversation_is_renamed_and_deleted(site):
    page = site.ask(site.open())
    first = conversation_of(page)
    page.text_input(key=f"title-{first}").set_value("About CLIP").run()
    page.button(key=f"rename-{first}").click().run()
    assert [c.title for c in site.conversations.newest(5)] == ["About CLIP"]
    page.button(key=f"delete-{first}").click().run()
    assert site.conversations.newest(5) == []
    assert "What is CLIP?" in labels(page)


def test_level_and_language_go_with_the_question_and_simpler_lowers_the_level(site):
    page = site.open()
    page.selectbox(key="level").set_value(Level.MATHEMATICAL)
    page.text_input(key="language").set_value("Ger{man}").run()
    site.ask(site.ask(page), "simpler")
    first, second = site.tutor.styles
    assert (first.level, first.language) == (Level.MATHEMATICAL, "German")
    assert second.level is Level.STANDARD


def test_what_was_left_out_is_one_click_away(site):
    page = site.ask(site.open())
    next(button for button in page.button if button.label == "Softmax").click().run()
    site.settle(page)
    assert site.tutor.asked[-1][0] == "What is Softmax?"


def test_an_ambiguous_question_is_asked_back_and_one_click_answers(site):
    page = site.ask(site.open(), "What is MAE?")
    assert "## Which one do you mean?" in shown(page)
    assert "restores hidden patches" in shown(page).replace("\\", "")
    next(button for button in page.button if button.label == "Masked autoencoder").click().run()
    site.settle(page)
    assert site.tutor.asked[-1][0] == "What is masked autoencoder?"
