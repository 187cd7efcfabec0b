"""Concepts offered to a newcomer."""

from __future__ import annotations

from pathlib import Path

from knowledge.library import LibraryWriter
from knowledge.lookup import main_subjects
from knowledge.model import Concept, Mention, MentionRole, Quote
from knowledge.snapshot import ConceptSnapshot
from tests.fakes import HashingEmbedder
from tests.knowledge.material import put, replace

PASSAGES = tuple(f"An image is shown in passage {number}." for number in range(8))


def test_what_most_passages_name_is_offered_after_the_subjects_of_the_course(tmp_path: Path):
    with LibraryWriter.open(tmp_path / "library", HashingEmbedder().signature) as writer:
        _, chunks = put(writer, "vision.md", PASSAGES)

        def concept(name: str, salience: float, *, defined: bool = True) -> Concept:
            quote = Quote(chunks[0].id, "An image") if defined else None
            return Concept(Concept.id_for(name), name, (), quote, salience, 0.5, (0, 0))

        image, warping = concept("image", 0.9), concept("warping", 0.5)
        other, undefined = concept("optical flow", 0.7), concept("patch", 0.8, defined=False)
        mentions = [Mention(image.id, chunk.id, MentionRole.USES, 1) for chunk in chunks]
        mentions += [Mention(one.id, chunks[0].id, MentionRole.DEFINES, 1) for one in (warping, other, undefined)]
        replace(writer, ConceptSnapshot((image, warping, other, undefined), (), tuple(mentions), (), ()))
        names = [one.name for one in main_subjects(writer.catalog, 3)]
    assert names == ["optical flow", "warping", "image"]
