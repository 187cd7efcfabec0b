"""What signs are worth together, and which of them count for which order."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.cues import cues
from ingest.evidence_weights import WEIGHTS, Circumstances, Sign, probability
from ingest.facts import CueKind
from ingest.prerequisites import LEAST_CONFIDENCE, MOST_BY_COUNTING
from ingest.relations import consolidate
from knowledge.model import Evidence, RelationKind
from tests.ingest.small_course import CLIP_LESSON, CONTRASTIVE_LESSON, edges, facts_of

PREREQUISITE = RelationKind.PREREQUISITE
SIGNS = st.lists(
    st.builds(Evidence, st.sampled_from([sign.value for sign in Sign]), st.floats(0, 1)),
    unique_by=lambda sign: sign.kind,
)
PAIRS = st.builds(Circumstances, st.floats(-2, 2), st.floats(-1, 1), st.floats(0, 3))


@settings(deadline=None)
@given(SIGNS, PAIRS)
def test_one_more_sign_never_makes_an_edge_less_likely(signs, pair):
    for count in range(len(signs)):
        assert probability(signs[:count], pair) <= probability(signs[: count + 1], pair)
    assert 0 <= probability(signs, pair) <= 1


def test_every_sign_has_a_weight_and_nothing_alone_makes_no_edge():
    assert set(WEIGHTS) == set(Sign)
    assert probability([], Circumstances(2.0, 1.0, 0.0)) < LEAST_CONFIDENCE


def test_what_is_general_or_taught_earlier_is_likelier_and_signs_for_the_reverse_count_against():
    sign = [Evidence(Sign.DEFINITION, 0.4)]
    plain = probability(sign, Circumstances(0.0, 0.0, 0.0))
    assert probability(sign, Circumstances(1.0, 0.0, 0.0)) > plain
    assert probability(sign, Circumstances(0.0, 0.5, 0.0)) > plain
    assert probability(sign, Circumstances(0.0, 0.0, 0.5)) < plain


@pytest.mark.parametrize(
    "sentence",
    [
        "Image classification does not require data augmentation.",
        "Diffusion models don't rely on adversarial training.",
        "A perceptron is not based on backpropagation.",
        "Momentum never uses the Hessian matrix.",
    ],
)
def test_what_a_sentence_denies_is_no_cue(sentence):
    assert list(cues(sentence)) == []
    affirmed = sentence.replace("does not require", "requires").replace("don't ", "").replace("not ", "")
    assert list(cues(affirmed.replace("never ", "")))


def test_a_sentence_on_it_is_a_weaker_sign_than_one_that_names_its_subject():
    pixels = "# Pixels\n\nA pixel is a point of an image. Pixels have a colour. Pixels matter.\n"
    lesson = "# Pruning\n\nPruning is a cut that shrinks nets. We prune. {0} contrastive learning.\n"
    named = consolidate(facts_of(CONTRASTIVE_LESSON, pixels, lesson.format("Pruning uses")))
    guessed = consolidate(facts_of(CONTRASTIVE_LESSON, pixels, lesson.format("It uses")))
    edge = edges(named, PREREQUISITE)["contrastive learning", "Pruning"]
    assert Sign.BUILDS_ON in {sign.kind for sign in edge.evidence}
    assert ("contrastive learning", "Pruning") not in edges(guessed, PREREQUISITE)


def test_what_two_courses_teach_in_no_common_course_has_no_order_from_them():
    first = "# Attention\n\nAttention is a weighted sum of values. Attention attends. Attention.\n"
    second = "# Softmax\n\nThe softmax is a function that gives shares. The softmax is used in attention. Softmax.\n"
    third = "# Attention again\n\nAttention is a sum that uses the softmax. Attention and the softmax. Attention.\n"
    facts = facts_of(first, second, third)
    apart = [replace(facts[0], course_id="one"), *(replace(entry, course_id="two") for entry in facts[1:])]
    assert ("softmax", "Attention") in edges(consolidate(apart), PREREQUISITE)


def test_stored_edges_are_likelier_right_than_wrong_and_carry_their_signs():
    snapshot = consolidate(facts_of(CONTRASTIVE_LESSON, CLIP_LESSON))
    stored = edges(snapshot, PREREQUISITE)
    assert stored
    for edge in stored.values():
        assert edge.confidence >= LEAST_CONFIDENCE
        assert {sign.kind for sign in edge.evidence} <= set(Sign)


def test_what_counts_alone_say_is_never_surer_than_what_a_sentence_says():
    many = "# Kernels\n\nA kernel is a small matrix. {}\n".format("Kernels slide over images. " * 3)
    # the second lesson names kernels in every passage that leads up to its concept, and no sentence relates the two
    second = (
        "# Filters of a network\n\nHere come kernels. A kernel slides.\n\n## Dilated stacks\n\n"
        "Think of kernels again.\n\nDilated stacks widen a kernel. **Dilated stacks** matter. Dilated stacks.\n"
    )
    snapshot = consolidate(facts_of(CONTRASTIVE_LESSON, many, second))
    counted = {Sign.LEANS, Sign.LEADS_UP}
    for edge in edges(snapshot, PREREQUISITE).values():
        kinds = {sign.kind for sign in edge.evidence}
        assert kinds != {Sign.LEANS}
        assert not kinds <= counted or edge.confidence <= MOST_BY_COUNTING


def test_a_hyphenated_name_rests_on_its_head_but_not_on_what_follows_a_prefix():
    text = "# {0}\n\n{0} is a technique that works. People like {0}. We use {0}.\n"
    snapshot = consolidate(facts_of(*(text.format(name) for name in ("Attention", "Self-attention", "Linearity"))))
    signs = {pair: {sign.kind for sign in edge.evidence} for pair, edge in edges(snapshot, PREREQUISITE).items()}
    assert Sign.HEAD in signs["Attention", "Self-attention"]
    apart = consolidate(facts_of(text.format("Linearity"), text.format("Non-linearity")))
    assert not edges(apart, PREREQUISITE)


def test_what_a_lesson_says_was_discussed_before_is_recalled_on_either_side_of_the_phrase():
    (after,) = cues("In the previous section we saw recurrent networks.")
    (before,) = cues("We discussed recurrent networks in previous sections.")
    assert "recurrent networks" in after.object
    assert "recurrent networks" in before.object
    assert after.kind is before.kind is CueKind.RECALLS


def test_a_concept_does_not_rest_on_what_its_definition_says_it_is_good_for():
    retrieval = "# Retrieval\n\nRetrieval is a search for things. Retrieval finds. Retrieval ranks.\n"
    clip = "# Matching\n\nMatching is a method used for retrieval by means of contrastive learning. Matching matches.\n"
    stored = edges(consolidate(facts_of(CONTRASTIVE_LESSON, retrieval, clip)), PREREQUISITE)
    assert ("contrastive learning", "Matching") in stored
    assert ("Retrieval", "Matching") not in stored
