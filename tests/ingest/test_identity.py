"""Which names are one concept, over a table of pairs (`tests/data/concept_identity.csv`, of our own making).

Each pair stands in a small course with the evidence a course would give: nothing but the writing (`none`), an expansion
in parentheses (`stated`), "also known as" (`aka`), both in one lesson (`both`), or one short form with two expansions
(`clash`). The half `held` was not looked at while the rules were made.
"""

import csv
from pathlib import Path

import pytest

from ingest.relations import consolidate
from knowledge.concepts import merge_reason, normalise
from tests.ingest.small_course import facts_of

TABLE = Path(__file__).parents[1] / "data" / "concept_identity.csv"
PAIRS = list(csv.DictReader(TABLE.read_text().splitlines()))
LEAST_RIGHT = 0.95


def lesson(name, opening, *others):
    body = f"The {name} is used often. We study the {name} here. A course on the {name} ends with the {name}."
    return "\n\n".join((f"# {name}", opening, body, *others)) + "\n"


def defined(name):
    return f"The {name} is a thing that works with numbers."


def courses(pair):
    """Yield the small courses in which a pair is put: in two lessons, and in one where both stand side by side."""
    first, second = pair["first"], pair["second"]
    if pair["evidence"] == "stated":
        yield [lesson(first, f"The {first} ({second}) is a thing that works."), lesson(second, defined(second))]
    elif pair["evidence"] == "aka":
        opening = f"The {first}, also known as {second}, is a thing that works."
        yield [lesson(first, opening), lesson(second, defined(second))]
    elif pair["evidence"] == "both":
        yield [
            lesson(
                first,
                defined(first),
                f"## {second}\n\nPeople write {second}. The {second} is short. Our {second} works.",
            )
        ]
    else:
        yield [lesson(first, defined(first)), lesson(second, defined(second))]
    if pair["same"] == "two":
        yield [lesson(first, defined(first), f"## {second}", defined(second), f"Unlike {first}, {second} differs.")]


def clash_course(pair):
    """Return two lessons that each expand one short form in their own way."""
    texts = []
    for entry in (pair["first"], pair["second"]):
        long, short = entry.rstrip(")").split(" (")
        texts.append(lesson(long, f"The {long} ({short}) is a thing that works.", f"The {short} is here. Our {short}."))
    return texts


def owners(snapshot, name):
    key = normalise(name)
    return {one.id for one in snapshot.concepts if key in map(normalise, (one.name, *one.aliases))}


def joined(pair):
    """Return for each course of the pair whether one concept has both names; `None` where a name is no concept."""
    found = []
    for texts in courses(pair):
        snapshot = consolidate(facts_of(*texts))
        one, other = owners(snapshot, pair["first"]), owners(snapshot, pair["second"])
        found.append(bool(one & other) if one and other else None)
    return found


def test_the_table_has_enough_of_both_kinds():
    same = [pair["same"] for pair in PAIRS]
    assert same.count("one") >= 100
    assert same.count("two") >= 100
    assert {pair["half"] for pair in PAIRS} == {"dev", "held"}


@pytest.mark.parametrize("half", ["dev", "held"])
def test_names_that_must_stay_apart_are_never_joined_by_a_course(half):
    pairs = [pair for pair in PAIRS if pair["same"] == "two" and pair["evidence"] != "clash" and pair["half"] == half]
    results = {(pair["first"], pair["second"]): joined(pair) for pair in pairs}
    assert not [names for names, found in results.items() if any(found)]
    seen = [found is not None for all_found in results.values() for found in all_found]
    assert sum(seen) / len(seen) > 0.8, "most of the names have to be concepts, or nothing is shown"


@pytest.mark.parametrize("half", ["dev", "held"])
def test_names_of_one_thing_are_joined_by_a_course(half):
    pairs = [pair for pair in PAIRS if pair["same"] == "one" and pair["half"] == half]
    missed = [(pair["first"], pair["second"]) for pair in pairs if not all(joined(pair))]
    assert len(missed) <= (1 - LEAST_RIGHT) * len(pairs), missed


@pytest.mark.parametrize(
    "pair", [pair for pair in PAIRS if pair["evidence"] == "clash"], ids=lambda pair: pair["first"]
)
def test_a_short_form_with_two_meanings_joins_neither(pair):
    snapshot = consolidate(facts_of(*clash_course(pair)))
    first, second = (entry.split(" (")[0] for entry in (pair["first"], pair["second"]))
    assert owners(snapshot, first)
    assert owners(snapshot, second)
    assert not owners(snapshot, first) & owners(snapshot, second)


@pytest.mark.parametrize("half", ["dev", "held"])
def test_the_reasons_for_joining_agree_with_the_table(half):
    pairs = [pair for pair in PAIRS if pair["half"] == half and pair["evidence"] != "clash"]
    wrong, right, same = [], 0, 0
    for pair in pairs:
        reason = merge_reason(
            pair["first"],
            pair["second"],
            stated=pair["evidence"] in ("stated", "aka"),
            same_document=pair["evidence"] == "both",
        )
        if pair["same"] == "two" and reason is not None:
            wrong.append((pair["first"], pair["second"], reason))
        same += pair["same"] == "one"
        right += pair["same"] == "one" and reason is not None
    assert not wrong
    assert right >= LEAST_RIGHT * same


def one_concept(first, second, *texts):
    snapshot = consolidate(facts_of(*texts))
    return bool(owners(snapshot, first) & owners(snapshot, second))


@pytest.mark.parametrize(
    ("short", "long", "opening", "same"),
    [
        ("Transformer", "Transformer model", "The Transformer is a net that reads.", True),
        ("encoder", "encoder model", "The encoder is a net that reads.", False),
        ("Diffusion", "Diffusion model", "The Diffusion is a process that spreads.", False),
        ("k-means", "k-means clustering", "The k-means is a clustering algorithm that works.", True),
        ("dropout", "dropout regularization", "Dropout is a regularization technique that works.", True),
        ("reward", "reward clustering", "The reward is a number that works.", False),
        ("SVM", "SVM classification", "The SVM is an image classification model that works.", False),
    ],
)
def test_a_last_word_adds_nothing_where_the_name_or_its_definition_says_so(short, long, opening, same):
    assert one_concept(short, long, lesson(short, opening), lesson(long, defined(long))) == same


@pytest.mark.parametrize(
    ("full", "short", "long", "same"),
    [
        ("convolutional neural network", "CNN", "CNN architecture", True),
        ("support vector machine", "SVM", "SVM classifier", True),
        ("artificial intelligence", "AI", "AI model", False),
        ("natural language processing", "NLP", "NLP model", False),
        ("support vector machine", "SVM", "SVM loss", False),
    ],
)
def test_a_short_form_of_something_built_is_the_same_with_the_word_for_what_is_built(full, short, long, same):
    texts = lesson(full, f"The {full} ({short}) is a thing that works."), lesson(long, defined(long))
    assert one_concept(full, long, *texts) == same
