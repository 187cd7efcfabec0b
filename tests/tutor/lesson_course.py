"""A small course for tests of lessons, ingested: modules, lessons that lead on, a figure, and a talk on three topics.

A title, a module, a caption and a frame try to be markup, and a link leads to a place outside the course.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import pytest

from ingest.pipeline import ingest
from knowledge.library import Library
from tests.fakes import HashingEmbedder

HOSTILE = ":red[CLIP] **now** $x$ [c1]"
VIDEO_KEY = "abcdefGHI_1"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 80"><rect width="200" height="80" fill="#ddd"/>'
    '<circle cx="100" cy="40" r="25" fill="#0b6b69"/></svg>'
)
TALK = {
    0: """A vector is an ordered list of numbers. Vectors of one length can be added entry by entry.
    The dot product multiplies matching entries of two vectors and adds the products.
    A vector of length one is called a unit vector. For unit vectors the dot product is a cosine.
    Numbers of a vector are called entries, and vectors with equal entries are equal vectors.
    Two vectors with a dot product of zero stand at a right angle. A vector divided by its length is a unit vector.
    The dot product grows with the length of either vector. Entries of a vector may be negative numbers.
    Adding vectors adds their entries, and the dot product of a vector with itself is its squared length.""",
    90: """Now we turn to recipes. A good soup needs onions, butter, salt and patience.
    Onions are cut small and cooked in butter until the onions are soft.
    Salt belongs in the soup early, because salt needs time. A soup without salt tastes of nothing.
    Butter burns in a hot pan, therefore the pan is only warm. Onions in a hot pan turn bitter in the soup.
    The soup is ready when the onions fall apart in the soup. Bread with butter and salt belongs beside the soup.
    A pan of soft onions keeps for days. Patience makes the onions sweet, and butter makes the soup smooth.
    Water is added to the pan once the onions are soft, and the soup cooks with salt until evening.""",
    180: """Next we look at contrastive learning. Contrastive learning trains an encoder on matching pairs.
    An encoder maps images and captions to embeddings. Matching pairs get embeddings that lie close together.
    In contrastive learning every other caption of the batch is a negative.
    A larger batch brings more negatives, so that the encoder learns finer differences between captions.
    CLIP is a model that is trained by contrastive learning on images and captions.
    The encoder of images and the encoder of captions share one space of embeddings.
    Captions of other images in the batch are negatives because matching pairs stand on the diagonal.
    Contrastive learning with a small batch sees few negatives, and its embeddings of images stay coarse.""",
}
LESSONS = {
    "course.toml": """title = "Vectors to CLIP"

[[modules]]
title = "Foundations <b>bold</b>"
lessons = ["01/01-vectors.md", "01/02-embeddings.md", "01/03-words.md"]

[[modules]]
title = "CLIP"
lessons = ["02/03-contrastive.md", "02/04-clip.md", "02/talk.vtt"]
""",
    "01/01-vectors.md": """# Vectors

## What a vector is

A **vector** is an ordered list of numbers. The **dot product** is the sum of the products of matching entries:

$$
a \\cdot b = \\sum_i a_i b_i
$$

![Two arrows and the angle between them.](figures/arrows.svg)

*Figure: two vectors <script>alert(2)</script> in the plane.*

## Check yourself

What is the dot product of (1, 2) and (3, 4)?

11
""",
    "01/02-embeddings.md": """# Embeddings

This lesson builds on [vectors](01-vectors.md) and on [a file elsewhere](../../../etc/passwd).

## What an embedding is

An **embedding** is a vector that stands for an object, such as a word or an image.
Two embeddings are compared by their dot product.

```python
a, b = [1.0, 0.0], [0.6, 0.8]
print(sum(x * y for x, y in zip(a, b)))
```
""",
    "01/03-words.md": """# Words to know

## What softmax is

**Softmax** is a function that turns scores into positive shares which sum to one.

## What a gradient is

A **gradient** is a list of slopes that points where a loss grows fastest.

## What a kernel is

A **kernel** is a small table of weights that slides over a picture.

## What a token is

A **token** is a piece of text that a model reads as one unit, such as a syllable.

## What dropout is

**Dropout** is a habit of switching random neurons off while a network is trained.

## What a batch is

A **batch** is a handful of examples that are processed together in a single step.
A batch of the course has 16 examples.

## Questions

Q: What does a kernel slide over?
A: a picture
""",
    "02/03-contrastive.md": """# Contrastive learning

This lesson builds on [embeddings](../01/02-embeddings.md#what-an-embedding-is).

## What contrastive learning is

**Contrastive learning** is a way of training an encoder so that the embeddings of matching pairs lie close together.
Contrastive learning needs embeddings of both members of a pair.
""",
    "02/04-clip.md": f"""# {HOSTILE}

This lesson builds on [contrastive learning](03-contrastive.md).

<iframe src="https://www.youtube.com/embed/{VIDEO_KEY}"></iframe>

## What CLIP is

**CLIP** (Contrastive Language-Image Pre-training) is a model that is trained by contrastive learning on pairs.
CLIP computes an embedding of an image and an embedding of a text. <iframe src="https://example.org/"></iframe>
""",
    "01/figures/arrows.svg": SVG,
}


def transcript() -> str:
    """Return the talk as WebVTT: a cue for each sentence, as long as it has characters, with the video's address."""
    lines = ["WEBVTT", "", f"NOTE video: https://www.youtube.com/watch?v={VIDEO_KEY}", ""]
    for begins_s, text in TALK.items():
        said = [f"{sentence.strip()}." for sentence in " ".join(text.split()).rstrip(".").split(". ")]
        character_s = 90 / sum(map(len, said))
        ends = list(accumulate((len(sentence) * character_s for sentence in said), initial=begins_s))
        for sentence, start_s, end_s in zip(said, ends, ends[1:], strict=False):
            lines += [f"{_stamp(start_s)} --> {_stamp(end_s)}", sentence, ""]
    return "\n".join(lines)


def _stamp(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"00:{whole // 60:02d}:{whole % 60:02d}.{thousandths:03d}"


def lesson_library(folder: Path) -> Library:
    """Return the library of the course below the folder, written and ingested by the first who asks."""
    if not (folder / "library").exists():
        root = folder / "course"
        for name, text in {**LESSONS, "02/talk.vtt": transcript()}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        ingest([root], folder / "library", HashingEmbedder())
    return Library.open(folder / "library")


def shared_library(factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Yield the library that all tests of a session read; for a fixture."""
    with lesson_library(factory.getbasetemp() / "lessons") as opened:
        yield opened
