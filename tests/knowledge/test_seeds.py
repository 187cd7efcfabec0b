"""Seeds: what the question names, what the best passages teach, what is similar; nothing off topic."""

from __future__ import annotations

from knowledge.model import Mention, MentionRole
from knowledge.seeds import NamedConcept, longest_matches, seed_concepts, surfaces, taught_shares
from tests.tutor import examples

HITS = examples.retrieval().hits
CONCEPTS = {c.id: c for c in (examples.CLIP, examples.CONTRAST, examples.EMBEDDINGS)}


def mention(concept: str, chunk: str, role: MentionRole = MentionRole.USES) -> Mention:
    return Mention(concept, chunk, role, 1)


def test_surfaces_are_all_runs_of_words_longest_first() -> None:
    assert surfaces("What is k-NN search?") == [
        "What is k-NN search",
        "What is k-NN",
        "is k-NN search",
        "What is",
        "is k-NN",
        "k-NN search",
        "What",
        "is",
        "k-NN",
        "search",
    ]


def test_a_longer_name_hides_the_names_inside_it() -> None:
    candidates = surfaces("explain contrastive learning and learning")
    found = dict(longest_matches({"contrastive learning": ["a"], "learning": ["b"], "contrastive": ["c"]}, candidates))
    assert found == {"contrastive learning": "a"}


def test_what_the_question_names_comes_first() -> None:
    named = [NamedConcept(examples.CLIP.id, "CLIP", 0.5)]
    seeds = seed_concepts(named, {examples.EMBEDDINGS.id: 0.9}, HITS, [], CONCEPTS)
    assert [s.concept.name for s in seeds] == ["CLIP"]
    assert seeds[0].reason == "named in the question"


def test_without_a_name_the_concept_that_the_hits_teach_is_asked_about() -> None:
    mentions = [mention(examples.CLIP.id, hit.chunk.id, MentionRole.DEFINES) for hit in HITS]
    mentions.append(mention(examples.EMBEDDINGS.id, HITS[3].chunk.id))
    seeds = seed_concepts([], {examples.CLIP.id: 0.6, examples.EMBEDDINGS.id: 0.3}, HITS, mentions, CONCEPTS)
    assert [s.concept.name for s in seeds] == ["CLIP"]
    assert 0 < seeds[0].score <= 1


def test_a_concept_whose_lesson_the_hits_come_from_is_no_seed_if_the_question_is_not_like_it() -> None:
    mentions = [mention(examples.CLIP.id, hit.chunk.id, MentionRole.DEFINES) for hit in HITS]
    assert seed_concepts([], {examples.CLIP.id: 0.2}, HITS, mentions, CONCEPTS) == ()


def test_a_word_that_asks_for_a_kind_of_answer_is_no_subject_beside_one() -> None:
    python, clip = NamedConcept(examples.EMBEDDINGS.id, "python", 0.9), NamedConcept(examples.CLIP.id, "CLIP", 0.4)
    concepts = {c.id: c for c in (examples.CLIP, examples.EMBEDDINGS)}
    assert [s.concept.name for s in seed_concepts([python, clip], {}, [], [], concepts)] == ["CLIP"]
    assert [s.concept.name for s in seed_concepts([python], {}, [], [], concepts)][:1] == ["Embedding"]


def test_shares_weigh_rank_and_role_and_stay_within_one() -> None:
    first = taught_shares(HITS, [mention("x", HITS[0].chunk.id, MentionRole.DEFINES)])["x"]
    last = taught_shares(HITS, [mention("x", HITS[-1].chunk.id, MentionRole.DEFINES)])["x"]
    used = taught_shares(HITS, [mention("x", HITS[0].chunk.id)])["x"]
    assert 1 >= first > last > 0
    assert first > used
    assert taught_shares([], []) == {}
