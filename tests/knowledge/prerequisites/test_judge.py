"""A judge that is asked about doubt alone, within its budget, once."""

import json

import pytest

from knowledge.errors import ModelFailed, ModelUnavailable
from knowledge.models.scripted import ScriptedChatModel
from knowledge.prerequisites.judge import SCHEMA, Answers, Judge
from knowledge.prerequisites.scorer import PairScore
from knowledge.prerequisites.weights import WHOLE


def scored(source, target, belong=0.4, first=0.5):
    return PairScore(source, target, WHOLE.score(belong, first), first, belong, {}, {})


def judge(tmp_path, *script):
    model = ScriptedChatModel([json.dumps({"first": one}) if isinstance(one, str) else one for one in script])
    return model, Judge(model, Answers(tmp_path / "state" / "answers.jsonl"), lambda name: f"what {name} is")


def letter_of(model, name):
    """Return the letter under which a name was asked about last."""
    user = model.prompts[-1].messages[-1].content
    return user[user.index(f'"{name}"') - 3]


def test_an_answer_moves_the_score_of_its_order_up_and_of_the_reverse_down(tmp_path):
    forth, back = scored("vector", "embedding"), scored("embedding", "vector")
    for answer in ("A", "B"):
        model, judging = judge(tmp_path / answer, answer)
        judged = judging.judged([forth, back], 5)
        ahead = "vector" if letter_of(model, "vector") == answer else "embedding"
        first = judged[0] if ahead == "vector" else judged[1]
        last = judged[1] if ahead == "vector" else judged[0]
        assert first.score > forth.score > last.score
        assert len(model.prompts) == 1  # both orders are one question
    _, judging = judge(tmp_path / "neither", "neither")
    assert all(entry.score < forth.score for entry in judging.judged([forth, back], 5))


def test_only_what_is_in_doubt_is_asked_and_the_most_doubtful_first(tmp_path):
    sure, near, far = scored("a", "b", 0.95, 0.95), scored("c", "d", 0.42, 0.5), scored("e", "f", 0.55, 0.72)
    model, judging = judge(tmp_path, "A")
    plan = judging.plan([sure, near, far], 1)
    assert (plan.doubtful, plan.known, plan.calls) == (2, 0, 1)
    assert "1 calls to make (about 176 tokens, time unknown)" in str(plan)
    judged = judging.judged([sure, near, far], 1)
    assert judged[0] == sure
    assert judged[1] != near
    assert judged[2] == far  # beyond the budget
    assert '"c"' in model.prompts[0].messages[-1].content
    assert model.prompts[0].schema == SCHEMA


def test_what_was_answered_is_never_asked_again_and_a_broken_line_is(tmp_path):
    pairs = [scored("a", "b"), scored("c", "d")]
    _, first = judge(tmp_path, "A", "neither")
    judged = first.judged(pairs, 5)
    model, second = judge(tmp_path)
    plan = second.plan(pairs, 5)
    assert (plan.known, plan.calls, plan.seconds) == (2, 0, 0.0)
    assert second.judged(pairs, 5) == judged
    assert not model.prompts
    file = tmp_path / "state" / "answers.jsonl"
    lines = file.read_text().splitlines()
    file.write_text(lines[0] + "\n" + lines[1][:20])
    _, third = judge(tmp_path, "neither")
    assert third.plan(pairs, 5).calls == 1


def test_another_model_is_asked_for_itself(tmp_path):
    _, first = judge(tmp_path, "A")
    first.judged([scored("a", "b")], 5)
    other = ScriptedChatModel([], name="other")
    again = Judge(other, Answers(tmp_path / "state" / "answers.jsonl"), lambda name: f"what {name} is")
    assert again.plan([scored("a", "b")], 5).calls == 1


def test_a_failed_call_leaves_its_pair_and_a_model_that_is_gone_is_said(tmp_path):
    pair = scored("a", "b")
    _, judging = judge(tmp_path, ModelFailed("it broke off"))
    assert judging.judged([pair], 5) == [pair]
    _, judging = judge(tmp_path, ModelUnavailable("it is gone"))
    with pytest.raises(ModelUnavailable):
        judging.judged([pair], 5)
