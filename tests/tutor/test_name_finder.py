"""Names of concepts in texts: the longest at each place, whole words, capitals as they are written."""

from __future__ import annotations

import pytest

from knowledge.model import Concept
from tutor.name_finder import NameFinder


def concept(name: str, *aliases: str) -> Concept:
    return Concept(Concept.id_for(name), name, aliases, None, 0.5, 0.5, (0, 0))


FINDER = NameFinder(
    [
        concept("image"),
        concept("image encoder"),
        concept("MAP", "maximum a posteriori"),
        concept("C++"),
        concept("loss"),
    ]
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The image encoder reads an image.", {"image encoder": 1, "image": 1}),
        ("Images, IMAGES and image\nencoders.", {"image": 2, "image encoder": 1}),
        ("A map is no MAP estimate; maximum a posteriori is.", {"MAP": 2}),
        ("Losses and lossless coding", {"loss": 1}),
        ("imagery, reimage, C++", {"C++": 1}),
        ("", {}),
    ],
)
def test_names_are_counted_by_concept(text, names):
    found = FINDER.counts(text)
    assert {FINDER.concepts[concept_id].name: count for concept_id, count in found.items()} == names


def test_without_concepts_nothing_is_found():
    assert not NameFinder([]).counts("image")
