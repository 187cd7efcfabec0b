"""What every test shares: a small course, settings that reach no one's own folders, an embedder without weights."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import hypothesis
import pytest

from tests.fakes import HashingEmbedder

hypothesis.settings.register_profile("untimed", deadline=None)  # no test fails by the clock of a busy machine
hypothesis.settings.load_profile("untimed")

COURSE = {
    "course.toml": """title = "Small course"
lessons = ["01-vectors.md", "02-embeddings.md", "03-contrastive.md", "04-clip.md"]
""",
    "01-vectors.md": """# Vectors

## What a vector is

A **vector** is an ordered list of numbers. The **dot product** is the sum of the products of matching entries:

$$
a \\cdot b = \\sum_i a_i b_i
$$

## Why vectors matter

Vectors matter because a computer can compare them: similar objects get similar vectors.
""",
    "02-embeddings.md": """# Embeddings

This lesson builds on [vectors](01-vectors.md).

## What an embedding is

An **embedding** is a vector that stands for an object, such as a word or an image.
Two embeddings are compared by their dot product.

```python
import numpy as np

a, b = np.array([1.0, 0.0]), np.array([0.6, 0.8])
print(a @ b)
```
""",
    "03-contrastive.md": """# Contrastive learning

This lesson builds on [embeddings](02-embeddings.md).

## What contrastive learning is

**Contrastive learning** is a way of training an encoder so that the embeddings of matching pairs lie close together.
Contrastive learning needs embeddings of both members of a pair.
""",
    "04-clip.md": """# CLIP

This lesson builds on [contrastive learning](03-contrastive.md).

## What CLIP is

**CLIP** (Contrastive Language-Image Pre-training) is a model that is trained by contrastive learning on pairs.
CLIP computes an embedding of an image and an embedding of a text.

## Why CLIP matters

CLIP matters because it recognises classes that no one labelled for it.

## Applications of CLIP

CLIP is used for zero-shot classification, for image search and for filtering data sets.
""",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put files with slow tests first, those with the most of them last: a long test at the end keeps a core idle."""
    slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
    items.sort(key=lambda item: (item.path not in slow, slow[item.path]))


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course of four lessons, each of which builds on the one before."""
    root = tmp_path / "course"
    root.mkdir()
    for name, text in COURSE.items():
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def embedder() -> HashingEmbedder:
    return HashingEmbedder()


@pytest.fixture
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedder: HashingEmbedder) -> Path:
    """Settings that point into a temporary folder, no model but the extractive one, and the hashing embedder."""
    home = tmp_path / "home"
    for variable, folder in (("ERICA_LIBRARY", "library"), ("ERICA_STATE", "state"), ("ERICA_MODELS", "models")):
        monkeypatch.setenv(variable, str(home / folder))
    monkeypatch.setenv("ERICA_MODEL", "extractive")
    monkeypatch.setenv("ERICA_VERIFY_S", "0")  # no test starts a sandbox by asking
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setattr("knowledge.embedders.open_embedder", lambda *_, **__: embedder)
    monkeypatch.setattr("tutor.app.open_embedder", lambda *_, **__: embedder)
    monkeypatch.chdir(tmp_path)
    return home
