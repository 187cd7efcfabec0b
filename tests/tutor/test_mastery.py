from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.mastery import MASTERED, after_answer, after_credit

chances = st.floats(0.0, 1.0)


def test_the_published_update_by_hand() -> None:
    # P(L)=0.2, guess 0.25, slip 0.1, learn 0.15: 0.18/(0.18+0.2) = 0.473684; + 0.526316*0.15 = 0.552632
    assert after_answer(0.2, True, 0.25) == pytest.approx(0.552632, abs=1e-6)
    # wrong: 0.02/(0.02+0.6) = 0.0322581; + 0.9677419*0.15 = 0.1774194
    assert after_answer(0.2, False, 0.25) == pytest.approx(0.1774194, abs=1e-6)


@given(chances, st.floats(0.0, 0.5))
def test_a_right_answer_never_counts_less_than_a_wrong_one(mastery: float, guess: float) -> None:
    right, wrong = after_answer(mastery, True, guess), after_answer(mastery, False, guess)
    assert 0.0 <= wrong <= right + 1e-12 <= 1.0 + 1e-12


@given(chances, st.floats(0.0, 0.5))
def test_credit_is_a_part_of_the_gain_and_never_a_loss(mastery: float, guess: float) -> None:
    credited = after_credit(mastery, guess)
    assert mastery <= credited <= max(mastery, after_answer(mastery, True, guess))


def test_some_right_answers_in_a_row_master_a_concept_and_one_does_not() -> None:
    mastery, count = 0.2, 0
    while mastery < MASTERED:
        mastery, count = after_answer(mastery, True, 0.25), count + 1
    assert 2 <= count <= 5
