from itertools import permutations

import pytest

from ingest.lessons import resolve_links
from ingest.relations import consolidate
from knowledge.model import MentionRole, RelationKind
from tests.ingest.small_course import CLIP_LESSON, CONTRASTIVE_LESSON, edges, facts_of, named, names

PREREQUISITE = RelationKind.PREREQUISITE


def test_the_graph_is_a_pure_function_of_the_facts():
    facts = facts_of(CONTRASTIVE_LESSON, CLIP_LESSON)
    assert consolidate(facts) == consolidate(list(facts))
    assert consolidate([]).concepts == ()


def test_a_document_that_is_added_and_removed_leaves_no_trace():
    before = facts_of(CONTRASTIVE_LESSON, CLIP_LESSON)
    grown = consolidate(
        [*before, *facts_of("# Dropout\n\nDropout is a method to drop units. Dropout helps. Dropout.\n")]
    )
    assert "dropout" in {name.lower() for name in names(grown)}
    assert consolidate(before) == consolidate(facts_of(CONTRASTIVE_LESSON, CLIP_LESSON))


PIXELS = "# Pixels\n\nA pixel is a point of an image. Pixels have a colour. Pixels matter, and pixels are points.\n"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_lessons_changes_places_and_nothing_else_about_concepts(order):
    texts = (CONTRASTIVE_LESSON, CLIP_LESSON, PIXELS)
    usual, other = (consolidate(facts_of(*(texts[one] for one in way))) for way in ((0, 1, 2), order))
    assert {(one.id, one.name, one.aliases) for one in usual.concepts} == {
        (one.id, one.name, one.aliases) for one in other.concepts
    }
    assert {(one.surface, one.reason) for one in usual.merges} == {(one.surface, one.reason) for one in other.merges}


def test_a_concept_is_harder_the_later_the_deeper_and_the_more_its_definition_uses():
    hard = (
        "# Captioning\n\nCaptioning is a task that turns a pixel into words by contrastive learning with CLIP. "
        "Captioning builds on contrastive learning. Captioning needs words, and captioning is slow.\n"
    )
    snapshot = consolidate(facts_of(PIXELS, CONTRASTIVE_LESSON, CLIP_LESSON, hard))
    difficulty = [named(snapshot, name).difficulty for name in ("pixel", "contrastive learning", "Captioning")]
    assert difficulty == sorted(difficulty)
    assert difficulty[0] < difficulty[-1]


def test_acronym_plural_and_empty_tail_name_one_concept_and_each_join_says_why():
    snapshot = consolidate(facts_of(CONTRASTIVE_LESSON, CLIP_LESSON))
    clip = named(snapshot, "CLIP")
    assert "Contrastive Language-Image Pre-training" in (clip.name, *clip.aliases)
    joined = {merge.surface: merge.reason for merge in snapshot.merges if merge.concept_id == clip.id}
    assert joined["Contrastive Language-Image Pre-training"] == "abbreviation stated in the text"
    assert all(reason for reason in joined.values())


def test_an_acronym_is_not_found_in_a_plain_word():
    facts = facts_of(CLIP_LESSON, "# Gradient clipping\n\nWe clip gradients. To clip is to cut: clip them. Clip.\n")
    snapshot = consolidate(facts)
    clip = named(snapshot, "CLIP")
    second = {chunk.chunk_id for chunk in facts[1].chunks}
    assert not [
        mention for mention in snapshot.mentions if mention.concept_id == clip.id and mention.chunk_id in second
    ]


def test_a_plain_word_that_an_acronym_spells_is_another_thing_even_in_a_heading():
    clipping = (
        "# Policy gradients\n\n## Clip function\n\nThe clip function is a function that cuts ratios. Clip.\n\n"
        "## Clip\n\nClip is a step that cuts. We clip, and the clip function clips. Clip it: the clip function.\n"
    )
    facts = facts_of(CLIP_LESSON, clipping)
    snapshot = consolidate(facts)
    clip = named(snapshot, "CLIP")
    assert "clip function" in {name.lower() for name in names(snapshot)}
    assert not any("function" in name.lower() for name in (clip.name, *clip.aliases))
    second = {chunk.chunk_id for chunk in facts[1].chunks}
    assert not [one for one in snapshot.mentions if one.concept_id == clip.id and one.chunk_id in second]


def test_a_last_word_that_repeats_what_a_thing_is_said_to_be_adds_nothing():
    text = (
        "# Attention\n\nAttention is a mechanism that weighs inputs. The attention mechanism helps.\n\n"
        "## Attention mechanism\n\nThe attention mechanism is old. Attention heads differ. Attention.\n\n"
        "## Attention head\n\nAn attention head is a part that looks. An attention head.\n"
    )
    snapshot = consolidate(facts_of(text))
    attention = named(snapshot, "attention")
    assert "attention mechanism" in {name.lower() for name in (attention.name, *attention.aliases)}
    assert named(snapshot, "attention head").id != attention.id


def test_a_common_noun_that_is_used_for_a_name_once_does_not_become_it():
    text = (
        "# Hidden states\n\nA hidden state, also known as a feature, is a vector that a network keeps.\n\n"
        "## Feature\n\nA feature is a number that describes an input. Features, features and hidden states.\n"
    )
    snapshot = consolidate(facts_of(text))
    assert not [merge for merge in snapshot.merges if "feature" in merge.surface.lower()]
    assert "hidden state" in {name.lower() for name in names(snapshot)}


def test_what_a_thing_has_to_do_with_is_not_what_it_is():
    kind = "# Agents\n\nAn agent is a system that acts. Agents act, and agents learn.\n"
    model = "# Gloms\n\nA glom is an agent benchmark that scores. A glom scores. Gloms score agents.\n"
    snapshot = consolidate(facts_of(kind, model))
    assert ("glom", "agent") not in edges(snapshot, RelationKind.IS_A)


@pytest.mark.parametrize(
    "sentence",
    [
        "For example, the corpus of a glom consists of agents.",
        "The glom masks tokens that are not part of agents.",
    ],
)
def test_an_example_and_a_denial_make_no_part(sentence):
    kind = "# Agents\n\nAn agent is a system that acts. Agents act, and agents learn.\n"
    model = f"# Gloms\n\nA glom is a thing that scores. {sentence} Gloms score, and a glom counts.\n"
    snapshot = consolidate(facts_of(kind, model))
    assert not edges(snapshot, RelationKind.PART_OF)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("L1 regularization", "L2 regularization"),
        ("Supervised learning", "Unsupervised learning"),
        ("On-policy learning", "Off-policy learning"),
        ("Linear regression", "Non-linear regression"),
        ("Type I error", "Type II error"),
        ("Value function", "Q-value function"),
        ("Image encoder", "Image decoder"),
        ("Self-attention", "Attention"),
    ],
)
def test_opposites_and_numbered_kin_stay_two_concepts(one, other):
    lesson = "# {0}\n\n{0} is a technique that works. People like {0}. We use {0} in {1}.\n"
    snapshot = consolidate(facts_of(lesson.format(one, other), lesson.format(other, one)))
    assert named(snapshot, shown(snapshot, one)).id != named(snapshot, shown(snapshot, other)).id
    assert not snapshot.merges


def shown(snapshot, name):
    return next(found for found in names(snapshot) if found.lower() == name.lower())


def test_an_acronym_with_two_meanings_keeps_them_apart_and_follows_each_document():
    precision = "# Average Precision\n\nAverage Precision (AP) is a measure of ranking. AP is high. Our AP rose. AP!\n"
    point = "# Access Points\n\nAn Access Point (AP) is a device that sends. The AP is near. An AP sends. AP!\n"
    facts = facts_of(precision, point)
    snapshot = consolidate(facts)
    counted = {(mention.concept_id, mention.chunk_id): mention.count for mention in snapshot.mentions}
    average, access = named(snapshot, "Average Precision"), named(snapshot, "Access Point")
    assert average.id != access.id
    assert "AP" in average.aliases
    assert "AP" in access.aliases
    assert counted[average.id, facts[0].chunks[0].chunk_id] > 3
    assert (average.id, facts[1].chunks[0].chunk_id) not in counted


def test_junk_is_no_concept():
    text = (
        "# Introduction\n\nIn this chapter we will see an example. See main.py and https://a.org.\n\n## Exercise 3\n\n"
        "Try it out! The result is a number.\n\n## Conclusion\n\nThe approach is a good one.\n\n## Step 1\n\nGo on.\n"
    )
    assert names(consolidate(facts_of(text, text, text))) == set()


def test_a_concept_is_introduced_where_it_is_taught_and_not_where_it_is_first_named():
    early = (
        "# Pixels\n\nPixels are points that make images. Later we meet contrastive learning. Pixels matter. Pixels.\n"
    )
    snapshot = consolidate(facts_of(early, CLIP_LESSON, CONTRASTIVE_LESSON))
    assert named(snapshot, "contrastive learning").introduced_at[0] == 2


def test_mentions_tell_definition_explanation_example_and_use_apart():
    code = (
        CONTRASTIVE_LESSON
        + "\n## Contrastive learning in code\n\nWe write it.\n\n```python\nloss = contrast(a, b)\n```\n"
    )
    facts = facts_of(code, CLIP_LESSON)
    snapshot = consolidate(facts)
    concept = named(snapshot, "contrastive learning")
    roles = {mention.chunk_id: mention.role for mention in snapshot.mentions if mention.concept_id == concept.id}
    by_order = [roles.get(chunk.chunk_id) for entry in facts for chunk in entry.chunks]
    assert by_order[0] is MentionRole.DEFINES
    assert MentionRole.EXEMPLIFIES in by_order
    assert roles[facts[1].chunks[0].chunk_id] is MentionRole.USES


def test_what_a_concept_builds_on_comes_first_with_the_words_that_say_so():
    snapshot = consolidate(facts_of(CONTRASTIVE_LESSON, CLIP_LESSON))
    clip = named(snapshot, "CLIP").name
    edge = edges(snapshot, PREREQUISITE)["contrastive learning", clip]
    assert 0 < edge.confidence <= 1
    assert any(sign.quote and "leverages contrastive learning" in sign.quote.text for sign in edge.evidence)
    assert (clip, "contrastive learning") not in edges(snapshot, PREREQUISITE)


@pytest.mark.parametrize(
    "statement",
    [
        "This lesson builds on [contrastive learning](0.md) and on pixels.",
        "## Prerequisites\n\n- Contrastive learning and pixels\n\n## Idea",
    ],
)
def test_what_a_lesson_says_it_needs_comes_before_all_that_its_title_names(statement):
    pixels = "# Pixels\n\nA pixel is a point of an image. Pixels have a colour. Pixels matter.\n"
    lesson = (
        f"# Pruning and distillation\n\n{statement}\n\nPruning is a cut that shrinks nets. "
        "Distillation is a transfer. We use pruning, and we use distillation.\n"
    )
    snapshot = consolidate(facts_of(CONTRASTIVE_LESSON, pixels, lesson))
    needed = edges(snapshot, PREREQUISITE)
    for target in ("pruning", "distillation"):
        for source in ("contrastive learning", "pixel"):
            assert needed[source, target].confidence >= 0.65


def test_a_title_that_names_two_teaches_the_first_one_first_unless_they_are_opposites():
    text = "# {0} and {1}\n\nA {0} is a thing that lasts. A {1} is a thing that ends. {0}, {1}.\n"
    ordered = edges(consolidate(facts_of(text.format("posterior", "evidence bound"))), PREREQUISITE)
    signs = {sign.kind for sign in ordered["posterior", "evidence bound"].evidence}
    assert "named first in the title they share" in signs
    opposites = edges(consolidate(facts_of(text.format("encoder", "decoder"))), PREREQUISITE).values()
    assert all(sign.kind not in signs for edge in opposites for sign in edge.evidence if "title" in sign.kind)


def test_being_named_together_is_no_prerequisite():
    rnn = "# Recurrent networks\n\nA recurrent network is a model with a state. Recurrent networks loop.\n"
    other = "# Captions\n\nA caption is a text about an image. Captions, recurrent networks and others appear here.\n"
    snapshot = consolidate(facts_of(rnn, other, other.replace("Caption", "Subtitle").replace("caption", "subtitle")))
    assert ("recurrent network", "caption") not in edges(snapshot, PREREQUISITE)


def test_a_kind_rests_on_what_it_is_a_kind_of_even_when_it_is_taught_first():
    special = "# LSTM\n\nAn LSTM is a type of recurrent network that keeps a state. LSTM cells gate. An LSTM.\n"
    general = "# Recurrent networks\n\nA recurrent network is a model with a state. Recurrent networks loop.\n"
    snapshot = consolidate(facts_of(special, general))
    assert ("recurrent network", "LSTM") in edges(snapshot, PREREQUISITE)
    assert ("LSTM", "recurrent network") in edges(snapshot, RelationKind.IS_A)


def test_sections_beside_each_other_are_related_and_opposites_contrast():
    text = (
        "# Networks\n\nTwo parts.\n\n## Encoder\n\nAn encoder is a network that reads. Encoders read.\n\n"
        "## Decoder\n\nA decoder is a network that writes. Decoders write.\n"
    )
    snapshot = consolidate(facts_of(text))
    assert ("decoder", "encoder") in edges(snapshot, RelationKind.CONTRASTS_WITH)


def test_every_quote_in_the_graph_stands_in_its_chunk_and_every_edge_has_both_ends():
    texts = (CONTRASTIVE_LESSON, CLIP_LESSON)
    snapshot = consolidate(facts_of(*texts))
    known = {concept.id for concept in snapshot.concepts}
    whole = "\n".join(texts)
    for edge in snapshot.relations:
        assert {edge.source_id, edge.target_id} <= known
        assert edge.evidence
        assert 0 < edge.confidence <= 1
        assert all(sign.quote.text in whole for sign in edge.evidence if sign.quote)
    for concept in snapshot.concepts:
        assert 0 <= concept.salience <= 1
        assert 0 <= concept.difficulty <= 1
        assert concept.definition is None or concept.definition.text in whole


def test_links_are_resolved_from_relative_site_and_full_addresses():
    lesson = (
        "# Three\n\nSee [one](../a/one.md), [two](/course/b/two#x), [far](https://x.org/learn/b/two?y=1), "
        "[b](../b), [no](q.md).\n"
    )
    paths = ("a/one.md", "b/two.mdx", "c/three.md")
    facts = facts_of("# One\n\nText.\n", "# Two\n\nText.\n", lesson, paths=paths)
    assert [(link.source, link.target, link.text) for link in resolve_links(facts)] == [
        (2, 0, "one"),
        (2, 1, "two"),
        (2, 1, "far"),
        (2, 1, "b"),
    ]
