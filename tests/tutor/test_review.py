from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor.review import Card, after_review

DAY_S = 86_400.0
START_S = 1_800_000_000.0


def reviewed(answers: list[bool]) -> list[tuple[float, Card]]:
    card, now_s, seen = None, START_S, []
    for right in answers:
        card = after_review(card, right, now_s)
        seen.append((now_s, card))
        now_s = card.due_s
    return seen


def test_remembered_cards_wait_longer_each_time() -> None:
    waits = [card.due_s - at for at, card in reviewed([True] * 5)]
    assert waits == sorted(waits)
    assert waits[-1] > 7 * DAY_S


def test_a_forgotten_card_comes_back_within_the_hour() -> None:
    at, card = reviewed([True, True, True, False])[-1]
    assert 0 < card.due_s - at <= 3_600


@given(st.lists(st.booleans(), min_size=1, max_size=8))
def test_the_same_answers_give_the_same_dates_and_never_a_past_one(answers: list[bool]) -> None:
    first = reviewed(answers)
    assert first == reviewed(answers)
    assert all(card.due_s > at for at, card in first)
