import pytest

from knowledge.disagreements import contradiction, disagreements, shared_names
from knowledge.model import Concept, Mention, MentionRole
from knowledge.snapshot import ConceptSnapshot
from tests.knowledge.material import put, replace

AGREE = [
    (
        "ReLU is a function that cuts negative numbers.",
        "ReLU is a function that keeps positive numbers and cuts others.",
    ),
    ("A kernel is a small matrix of weights.", "A kernel is a function that compares two points."),
    ("BERT has 12 layers.", "BERT is a model with 110 million parameters."),
    ("Dropout is a method that removes units.", "Dropout is a method that removes units."),
    ("", "Dropout is a method that removes units."),
]
DIFFER = [
    ("BERT has 12 layers in its base form.", "BERT has 24 layers in its base form.", "numbers differ: 12 and 24"),
    ("Bagging is sampling with replacement.", "Bagging is sampling without replacement.", "one of them denies it"),
    ("A GAN is a generative model of images.", "A GAN is a discriminative model of images.", "against"),
    ("Clustering is a supervised method.", "Clustering is an unsupervised method.", "against"),
    (
        "**CLIP** (Contrastive Language-Image Pre-training) is trained on pairs.",
        "CLIP is not trained on pairs.",
        "one of them denies it",
    ),
]


@pytest.mark.parametrize(("first", "second", "why"), DIFFER)
def test_statements_that_differ_by_a_number_a_negation_or_an_opposite_contradict(first, second, why):
    found = contradiction(first, second)
    assert found is not None
    assert why in found
    assert contradiction(second, first) is not None


@pytest.mark.parametrize(("first", "second"), AGREE)
def test_statements_about_other_things_or_in_other_words_do_not(first, second):
    assert contradiction(first, second) is None
    assert contradiction(second, first) is None


def concept(name, *aliases, place=0):
    return Concept(Concept.id_for(name), name, aliases, None, 0.5, 0.5, (0, place))


def test_a_name_of_several_concepts_is_found_and_one_of_one_concept_is_not():
    precision, point = concept("average precision", "AP"), concept("access point", "APs", place=1)
    (shared,) = shared_names([point, precision, concept("recall", "sensitivity")])
    assert shared.name == "AP"
    assert shared.concepts == (precision, point)


def test_two_lessons_that_contradict_each_other_are_named_with_both_places(writer):
    _, first = put(
        writer, "one.md", ["Boosting is old. **Clustering** (or grouping) is a supervised method.", "It helps."]
    )
    _, second = put(writer, "two.md", ["A **clustering** is an unsupervised method. Read on."], position=1)
    clustering = concept("clustering")
    places = [first[0], first[1], second[0]]
    roles = [MentionRole.DEFINES, MentionRole.USES, MentionRole.DEFINES]
    mentions = tuple(Mention(clustering.id, chunk.id, role, 1) for chunk, role in zip(places, roles, strict=True))
    replace(writer, ConceptSnapshot((clustering,), (), mentions, (), ()))
    (found,) = disagreements(writer.catalog)
    assert found.concept == clustering
    quotes = {found.first.chunk_id: found.first.text, found.second.chunk_id: found.second.text}
    assert quotes == {
        first[0].id: "**Clustering** (or grouping) is a supervised method.",
        second[0].id: "A **clustering** is an unsupervised method.",
    }


def test_lessons_that_agree_are_not_named(lesson):
    assert disagreements(lesson.catalog) == []
