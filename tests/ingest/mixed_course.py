"""A folder of sixty small files in seven formats, the same for the same seed; its text is made of these words."""

from __future__ import annotations

import json
import random
from pathlib import Path

from tests.ingest.decks import png
from tests.ingest.pdfs import pdf

TOPICS = (
    "vectors matrices gradients attention transformers embeddings convolution pooling dropout entropy softmax tokens "
    "backpropagation regularisation clustering retrieval diffusion contrast quantisation distillation"
).split()


def write(root: Path, *, files: int = 60, seed: int = 5) -> None:
    """Write the course into this folder."""
    chance = random.Random(seed)
    root.mkdir(parents=True)
    (root / "figure.png").write_bytes(png())
    makers = (_markdown, _markdown, _notebook, _subtitles, _text, _page, _paper)
    for number in range(files):
        topic, other = chance.sample(TOPICS, 2)
        title = f"{topic} {other} {number}".capitalize()
        suffix, content = makers[number % len(makers)](title, topic, other, chance)
        (root / f"unit{number % 5}").mkdir(exist_ok=True)
        (root / f"unit{number % 5}/{number:02}-{topic}{suffix}").write_bytes(content)


def _prose(topic: str, other: str, chance: random.Random) -> str:
    words = " ".join(chance.choices(TOPICS, k=60))
    return (
        f"**{topic.capitalize()}** is a method that builds on {other}. {topic.capitalize()} needs {other}. So {words}."
    )


def _markdown(title: str, topic: str, other: str, chance: random.Random) -> tuple[str, bytes]:
    sections = "\n\n".join(f"## Part {part}\n\n{_prose(topic, other, chance)}" for part in range(3))
    return ".md", f"# {title}\n\n![A figure of {topic}](../figure.png)\n\n{sections}\n".encode()


def _notebook(title: str, topic: str, other: str, chance: random.Random) -> tuple[str, bytes]:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": f"# {title}\n\n{_prose(topic, other, chance)}"},
        {"cell_type": "code", "metadata": {}, "execution_count": 1, "outputs": [], "source": f"{topic} = {len(topic)}"},
    ]
    return ".ipynb", json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def _subtitles(title: str, topic: str, other: str, chance: random.Random) -> tuple[str, bytes]:
    cues = [
        f"{n + 1}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\n{title}: {word} it is." for n, word in enumerate(TOPICS)
    ]
    return ".srt", "\n\n".join(cues).encode()


def _text(title: str, topic: str, other: str, chance: random.Random) -> tuple[str, bytes]:
    return ".txt", "\n\n".join(f"{title}. {_prose(topic, other, chance)}" for _ in range(4)).encode()


def _page(title: str, topic: str, other: str, chance: random.Random) -> tuple[str, bytes]:
    body = "".join(f"<h2>Part {part}</h2><p>{_prose(topic, other, chance)}</p>" for part in range(3))
    return (
        ".html",
        f"<html><head><title>{title}</title></head><body><main><h1>{title}</h1>{body}</main></body></html>".encode(),
    )


def _paper(title: str, topic: str, other: str, chance: random.Random) -> tuple[str, bytes]:
    lines = _prose(topic, other, chance).replace("**", "").split(". ")
    return ".pdf", pdf([[title, *(f"{line}." for line in lines)], lines], title=title)
