"""The passages of a concept: its definition leads, then its own lesson, strong roles and hits."""

from __future__ import annotations

from dataclasses import replace

from knowledge.model import Chunk, ChunkKind, Mention, MentionRole
from knowledge.passages import strongest, teaching_passages
from tests.tutor import examples

CHUNKS = {chunk.id: chunk for chunk in examples.CHUNKS}
HITS = examples.retrieval().hits


def mentions(*pairs: tuple[str, MentionRole]) -> list[Mention]:
    return [Mention(examples.CLIP.id, chunk_id, role, 1) for chunk_id, role in pairs]


ALL = mentions(
    (examples.CLIP_USE.id, MentionRole.EXPLAINS),
    (examples.CLIP_HOW.id, MentionRole.USES),
    (examples.CLIP_WHY.id, MentionRole.USES),
    (examples.CLIP_CODE.id, MentionRole.EXEMPLIFIES),
    (examples.ZERO_SHOT.id, MentionRole.USES),
)


def test_the_defining_chunk_leads_and_code_comes_last() -> None:
    found = teaching_passages(examples.CLIP, ALL, CHUNKS, HITS, asked=True)
    assert found[0] == examples.CLIP_WHY
    assert found[-1] == examples.CLIP_CODE
    kinds = [chunk.kind for chunk in found]
    assert kinds == sorted(kinds, key=lambda kind: kind is ChunkKind.CODE)


def test_hits_come_before_other_passages_of_the_same_role_when_asked() -> None:
    same = mentions((examples.ZERO_SHOT.id, MentionRole.USES), (examples.CLIP_USE.id, MentionRole.USES))
    assert teaching_passages(examples.ZERO, same, CHUNKS, HITS, asked=True)[0] == examples.ZERO_SHOT  # its definition
    plain = teaching_passages(examples.CONTRAST, same, CHUNKS, HITS, asked=True)
    assert plain == (examples.CLIP_USE, examples.ZERO_SHOT)


def test_chunks_that_the_catalog_no_longer_holds_are_left_out() -> None:
    assert teaching_passages(examples.CLIP, mentions(("gone", MentionRole.DEFINES)), CHUNKS, [], asked=False) == ()


def test_reading_is_bounded_and_keeps_what_the_question_hit() -> None:
    many = mentions(*((f"chunk {i}", MentionRole.DEFINES) for i in range(500)))
    hit = mentions((HITS[0].chunk.id, MentionRole.USES))
    kept = strongest(examples.CLIP, [*many, *hit], HITS, asked=False)
    assert len(kept) == 30
    assert kept[0].chunk_id == HITS[0].chunk.id
    assert len(strongest(examples.CLIP, [*many, *hit], HITS, asked=True)) == 200


def test_the_definition_is_read_however_many_hits_there_are() -> None:
    hits = mentions(*((hit.chunk.id, MentionRole.DEFINES) for hit in HITS for _ in range(20)))
    definition = mentions((examples.CONTRASTIVE.id, MentionRole.USES))
    assert strongest(examples.CONTRAST, [*hits, *definition], HITS, asked=False)[0].chunk_id == examples.CONTRASTIVE.id


def test_the_lesson_of_a_concept_comes_before_the_lesson_of_something_longer() -> None:
    attention = replace(examples.CLIP, name="attention", aliases=(), definition=None)

    def teaching(title: str) -> Chunk:
        return replace(examples.CLIP_USE, id=title, heading_path=(title, "Method"))

    lessons = [
        teaching("Dilated Neighborhood Attention Transformer"),
        teaching("The Role of Attention"),
        teaching("Attention mechanisms"),
    ]
    same = mentions(*((chunk.id, MentionRole.EXPLAINS) for chunk in lessons))
    found = teaching_passages(attention, same, {chunk.id: chunk for chunk in lessons}, [], asked=True)
    assert [chunk.id for chunk in found] == [chunk.id for chunk in (lessons[1], lessons[2], lessons[0])]
