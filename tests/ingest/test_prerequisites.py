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


def test_what_is_recalled_by_examples_is_the_examples():
    (cue,) = cues("We discussed workhorses of deep learning such as convolutional networks in the previous section.")
    assert (cue.kind, cue.object.strip()) == (CueKind.RECALLS, "convolutional networks")


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
    (colon,) = cues("Nets are like perceptrons from the last chapter: they are made of weights.")
    assert "perceptrons" in colon.object
    assert "weights" not in colon.object
    assert "recurrent networks" in after.object
    assert "recurrent networks" in before.object
    assert after.kind is before.kind is CueKind.RECALLS


def test_a_concept_does_not_rest_on_what_its_definition_says_it_is_good_for():
    retrieval = "# Retrieval\n\nRetrieval is a search for things. Retrieval finds. Retrieval ranks.\n"
    clip = "# Matching\n\nMatching is a method used for retrieval by means of contrastive learning. Matching matches.\n"
    stored = edges(consolidate(facts_of(CONTRASTIVE_LESSON, retrieval, clip)), PREREQUISITE)
    assert ("contrastive learning", "Matching") in stored
    assert ("Retrieval", "Matching") not in stored


def lesson(name, opening):
    return f"# {name}\n\n{opening} We study the {name} here. A course on the {name} ends with the {name}.\n"


def pairs(*texts):
    """Return the stored prerequisites of a course, names in lower case."""
    return {(one.casefold(), other.casefold()) for one, other in edges(consolidate(facts_of(*texts)), PREREQUISITE)}


GRADIENT = lesson("gradient", "The gradient is a slope of many numbers.")


def test_what_a_definition_defines_in_turn_is_no_ingredient_of_it():
    turn = (
        "**Slopeness** is what we call one entry of the slope of many numbers, and the gradient is simply the "
        "vector of slopenesses."
    )
    assert ("gradient", "slopeness") not in pairs(GRADIENT, lesson("Slopeness", turn))
    used = "**Slopeness** is an entry of the gradient."
    assert ("gradient", "slopeness") in pairs(GRADIENT, lesson("Slopeness", used))


def test_another_name_or_an_example_in_a_definition_is_no_ingredient_of_it():
    other = "*Slopeness* or *gradient* is a process that goes downhill."
    example = "**Slopeness** is a quantity that changes (just like in the gradient)."
    for opening in (other, example):
        assert ("gradient", "slopeness") not in pairs(GRADIENT, lesson("Slopeness", opening))


def test_what_is_usually_learned_later_comes_first_only_where_the_lesson_says_so():
    bert = lesson("bert", "BERT is a model that reads text.")
    masking = lesson("masked language modeling", "Masked language modeling is a task that uses BERT.")
    assert ("bert", "masked language modeling") not in pairs(bert, masking)
    needs = "Prerequisites: BERT. Masked language modeling is a task that hides words."
    assert ("bert", "masked language modeling") in pairs(bert, lesson("Masked language modeling", needs))
    other = lesson("hidden word guessing", "Hidden word guessing is a task that uses BERT.")
    assert ("bert", "hidden word guessing") in pairs(bert, other)


def test_what_is_usually_learned_first_counts_where_the_text_names_it_while_teaching():
    masking = lesson("masked language modeling", "Masked language modeling is a task that hides words.")
    bert = lesson("bert", "BERT is a model that reads text. BERT met masked language modeling early.")
    [edge] = edges(consolidate(facts_of(bert, masking)), PREREQUISITE).values()
    assert Sign.USUAL in {sign.kind for sign in edge.evidence}
    alone = lesson("bert", "BERT is a model that reads text.")
    assert ("masked language modeling", "bert") not in pairs(alone, masking)


def test_a_word_that_stands_everywhere_is_a_prerequisite_of_less_than_one_that_is_taught_in_its_place():
    kinds = [f"{name} plan" for name in ("Amber", "Birch", "Cedar", "Dune", "Ember", "Fjord", "Grove", "Heath")]

    def found(everywhere):
        filler = "The plinth is used and a plinth stands here." if everywhere else "Nothing else is here."
        lessons = [lesson(name, f"The {name} is a method that uses the plinth. {filler}") for name in kinds[:2]]
        others = [lesson(name, f"The {name} is a method. {filler}") for name in kinds[2:]]
        snapshot = consolidate(facts_of(lesson("Plinth", "A plinth is a base."), *lessons, *others))
        return [
            edge.confidence for (one, _), edge in edges(snapshot, PREREQUISITE).items() if one.casefold() == "plinth"
        ]

    assert sum(found(everywhere=True)) < sum(found(everywhere=False))


def test_a_word_in_a_name_that_only_spells_an_acronym_is_no_part_of_it():
    precision = lesson("Mean average precision", "The mean average precision (MAP) is a figure. The MAP is high.")
    other = lesson("Activation map", "An activation map is a table of numbers. The activation map is large.")
    assert not [pair for pair in pairs(precision, other) if pair[1] == "activation map"]


def test_of_a_word_that_stands_everywhere_a_name_that_holds_it_makes_no_step():
    filler = "# Topic {0}\n\nThe tensor of topic {0} is one of many. Every tensor counts.\n\nSee the tensor again.\n"
    taught = "# Tensor\n\nA tensor is a grid of numbers. Tensors have axes.\n"
    sparse = "# Sparse tensor\n\nSparse tensor formats are many. A sparse tensor. The sparse tensor stays.\n"
    few = edges(consolidate(facts_of(taught, sparse)), PREREQUISITE)
    many = edges(consolidate(facts_of(taught, sparse, *(filler.format(number) for number in range(12)))), PREREQUISITE)
    assert ("tensor", "sparse tensor") in {(one.lower(), other.lower()) for one, other in few}
    assert ("tensor", "sparse tensor") not in {(one.lower(), other.lower()) for one, other in many}


def test_a_name_defined_in_a_clause_of_its_own_does_not_rest_on_the_rest_of_the_sentence():
    lesson = (
        "# Softmax classifier\n\nThe Softmax classifier is a model that scores classes. The Softmax classifier.\n\n"
        "The Softmax classifier gets its name from the *softmax function*, which is used to squash the raw scores "
        "into shares. The softmax function is smooth.\n"
    )
    edge = edges(consolidate(facts_of(lesson)), PREREQUISITE).get(("Softmax classifier", "softmax function"))
    assert edge is None or Sign.DEFINITION not in {sign.kind for sign in edge.evidence}
