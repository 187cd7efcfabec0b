"""A small ingested course for tests of the concept map, with a name in it that tries to be markup."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ingest.pipeline import ingest
from knowledge.library import Library
from tests.conftest import COURSE
from tests.fakes import HashingEmbedder
from tutor.concept_map import ConceptMap

HOSTILE = "<img src=x onerror=alert(1)> gradient"


DENIAL = "# CLIP again\n\nCLIP is a model that is not trained by contrastive learning on pairs. CLIP is small.\n"
"""A lesson that denies what the course says of CLIP."""

DOUBTS = {
    "10.md": "# Temperature\n\nRecall the embedding. The temperature is a number that scales scores. It matters.\n",
    "11.md": "# Projection head\n\nA projection head is a layer that maps an embedding to a shorter vector.\n\n"
    "The projection head is dropped later.\n",
}
"""Lessons whose concepts rest on others by a hint alone."""


def course_map(folder: Path, more: Mapping[str, str] | None = None) -> ConceptMap:
    """Return the map of the course of `tests.conftest` and `more` lessons, in the folder, hostile name included."""
    root = folder / "course"
    root.mkdir()
    for name, text in {**COURSE, **(more or {})}.items():
        (root / name).write_text(text, encoding="utf-8")
    (root / "erica.decisions").write_text(
        f'2026-11-05 anna add concept "{HOSTILE}"\n2026-11-05 anna add prerequisite "CLIP" -> "{HOSTILE}"\n'
    )
    embedder = HashingEmbedder()
    ingest([root], folder / "library", embedder)
    return ConceptMap(Library.open(folder / "library"), embedder)
