from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.conversation import FILE_NAME, Conversations, ConversationsUnusable, TurnState, title_of


@pytest.fixture
def conversations(tmp_path: Path):
    ticks = iter(range(1000, 9000))
    opened = Conversations.open(tmp_path, clock=lambda: float(next(ticks)))
    yield opened
    opened.close()


def test_a_conversation_is_titled_by_its_first_question_and_found_by_a_url_safe_id(conversations):
    started = conversations.start("What is CLIP?\nIn detail, please.")
    assert started.title == "What is CLIP? In detail, please."
    assert conversations.get(started.id) == started
    assert set(started.id) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert len(started.id) >= 16


def test_a_turn_streams_to_disk_and_is_read_back_by_another_opening(conversations, tmp_path):
    started = conversations.start("q")
    turn = conversations.ask(started.id, "q")
    conversations.append(turn, "Hel")
    conversations.append(turn, "lo")
    beside = sqlite3.connect(tmp_path / FILE_NAME)
    assert beside.execute("SELECT state, tail FROM turns").fetchall() == [("streaming", "Hello")]
    beside.close()


def test_saving_replaces_what_was_saved_and_empties_the_tail(conversations):
    turn = conversations.ask(conversations.start("q").id, "q")
    conversations.append(turn, "provisional")
    conversations.save(turn, "checked")
    [read] = conversations.turns(conversations.newest(1)[0].id)
    assert (read.body, read.tail, read.state) == ("checked", "", TurnState.STREAMING)


def test_a_crash_leaves_what_was_streamed_marked_interrupted(conversations, tmp_path):
    started = conversations.start("q")
    turn = conversations.ask(started.id, "q")
    conversations.save(turn, "first step")
    conversations.append(turn, "half a sen")
    again = Conversations.open(tmp_path)  # the first is never told to end
    [read] = again.turns(started.id)
    assert (read.state, read.body, read.tail) == (TurnState.INTERRUPTED, "first step", "half a sen")
    again.close()


def test_a_turn_that_still_streams_in_another_process_sets_its_state_right(conversations, tmp_path):
    started = conversations.start("q")
    turn = conversations.ask(started.id, "q")
    Conversations.open(tmp_path).close()
    conversations.append(turn, "more")
    assert conversations.turns(started.id)[0].state is TurnState.STREAMING


def test_ended_turns_stay_as_they_ended_when_opened_again(conversations, tmp_path):
    started = conversations.start("q")
    for state in (TurnState.FINISHED, TurnState.STOPPED, TurnState.FAILED):
        conversations.end(conversations.ask(started.id, "q"), state, body=state.value, reason="because")
    again = Conversations.open(tmp_path)
    assert [turn.state for turn in again.turns(started.id)] == [
        TurnState.FINISHED,
        TurnState.STOPPED,
        TurnState.FAILED,
    ]
    again.close()


def test_the_conversation_with_the_newest_question_comes_first(conversations):
    first, second = conversations.start("a"), conversations.start("b")
    assert [c.id for c in conversations.newest(10)] == [second.id, first.id]
    conversations.ask(first.id, "again")
    assert [c.id for c in conversations.newest(10)] == [first.id, second.id]
    assert len(conversations.newest(1)) == 1


def test_rename_clear_and_delete(conversations):
    kept, gone = conversations.start("kept"), conversations.start("gone")
    for conversation in (kept, gone):
        conversations.ask(conversation.id, "q")
    conversations.rename(kept.id, "  A better\ttitle ")
    conversations.rename(kept.id, "   ")
    conversations.clear(kept.id)
    conversations.delete(gone.id)
    assert [c.title for c in conversations.newest(10)] == ["A better title"]
    assert conversations.turns(kept.id) == []
    assert conversations.turns(gone.id) == []
    assert conversations.get(gone.id) is None


def test_a_question_to_a_deleted_conversation_is_refused_and_writes_nothing(conversations):
    with pytest.raises(KeyError):
        conversations.ask("nowhere", "q")
    assert conversations.turns("nowhere") == []


def test_writing_to_a_turn_that_was_cleared_meanwhile_does_nothing(conversations):
    started = conversations.start("q")
    turn = conversations.ask(started.id, "q")
    conversations.clear(started.id)
    conversations.append(turn, "late")
    conversations.end(turn, TurnState.FINISHED, body="late")
    assert conversations.turns(started.id) == []


def test_a_file_that_is_no_database_is_named_and_left_as_it_is(tmp_path):
    path = tmp_path / FILE_NAME
    path.write_text("not a database, " * 100)
    with pytest.raises(ConversationsUnusable, match=FILE_NAME):
        Conversations.open(tmp_path)
    assert path.read_text().startswith("not a database")


def test_a_file_of_a_newer_version_is_refused(tmp_path):
    Conversations.open(tmp_path).close()
    newer = sqlite3.connect(tmp_path / FILE_NAME)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(ConversationsUnusable, match="newer"):
        Conversations.open(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConversationsUnusable, match="file"):
        Conversations.open(tmp_path / "file" / "state")


@given(st.text())
def test_a_title_is_one_short_line_and_never_empty(question):
    title = title_of(question)
    assert 0 < len(title) <= 61
    assert "\n" not in title


def test_a_search_finds_words_of_titles_questions_and_answers_newest_first(conversations):
    one, two = conversations.start("What is CLIP?"), conversations.start("Optical flow")
    conversations.end(conversations.ask(two.id, "and warping?"), TurnState.FINISHED, body="a 100% bilinear answer")
    assert [found.id for found in conversations.search("clip", 9)] == [one.id]
    assert [found.id for found in conversations.search("WARPING bilinear", 9)] == [two.id]
    assert [found.id for found in conversations.search("100%", 9)] == [two.id]
    assert conversations.search("100_", 9) == []
    assert [found.id for found in conversations.search("  ", 9)] == [two.id, one.id]
