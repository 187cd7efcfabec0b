"""The lab's CLIP: a small `open_clip.CLIP` over the words of `scenes`, and published weights where they are on disk.

Knows the configuration, the tokenizer and the way from pictures and sentences to unit vectors. It knows nothing of
training. Where torchvision was built for another torch, import open_clip first in a way that works there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from lab import scenes, weights

PATCH = 8
GRID = scenes.SIZE // PATCH
"""Patches along one side of a picture."""
CONTEXT = 20
"""Longest sentence in words, with the two marks."""
EMBED = 64
WIDTH = 96
LAYERS = 2
TEXT_WIDTH = 64
_PAD, _START = 0, 1
_FRAME_WORDS = "a an two three at the on of and above below left right picture image showing background thing things"
Pictures = Sequence[NDArray[np.float32]] | NDArray[np.float32] | torch.Tensor


def _words() -> list[str]:
    """Return every word a caption may hold, in a fixed order."""
    words = {*_FRAME_WORDS.split(), *scenes.COLOURS, *scenes.PATTERNS, *scenes.PLACES, *scenes.BACKGROUNDS}
    words |= {*scenes.SHAPES, *(scenes.plural(shape) for shape in scenes.SHAPES)}
    return sorted(words)


VOCABULARY = {word: number for number, word in enumerate(_words(), start=2)}
_END = len(VOCABULARY) + 2  # the highest: `argmax` pooling of open_clip finds it by that


def tokenize(sentences: Sequence[str]) -> torch.Tensor:
    """Return the word numbers of the sentences, (N, CONTEXT) int64, padded with 0.

    Raises:
        ValueError: a word is unknown, or a sentence is too long; the message names it.
    """
    rows = torch.full((len(sentences), CONTEXT), _PAD, dtype=torch.long)
    for row, sentence in zip(rows, sentences, strict=True):
        words = sentence.lower().split()
        unknown = [word for word in words if word not in VOCABULARY]
        if unknown:
            raise ValueError(f"the lab's CLIP never learned {unknown[0]!r}; it knows: {' '.join(VOCABULARY)}")
        if len(words) > CONTEXT - 2:
            raise ValueError(f"the sentence has {len(words)} words, the most is {CONTEXT - 2}: {sentence!r}")
        numbers = [_START, *(VOCABULARY[word] for word in words), _END]
        row[: len(numbers)] = torch.tensor(numbers)
    return rows


def _stem() -> torch.nn.Module:
    """Return three strided convolutions from pixels to patch tokens.

    A transformer with such a stem trains in fewer steps than with one linear map a patch (Xiao and others, "Early
    Convolutions Help Transformers See Better", 2021, arXiv:2106.14881).
    """
    layers: list[torch.nn.Module] = []
    for inner, outer in ((3, 24), (24, 48), (48, WIDTH)):
        convolution = torch.nn.Conv2d(inner, outer, 3, stride=2, padding=1, bias=False)
        layers += [convolution, torch.nn.BatchNorm2d(outer), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def build(seed: int = 0) -> torch.nn.Module:
    """Return the untrained `open_clip.CLIP`, the same for the same seed."""
    from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg

    torch.manual_seed(seed)
    vision = CLIPVisionCfg(
        layers=LAYERS,
        width=WIDTH,
        head_width=32,
        mlp_ratio=2.0,
        patch_size=PATCH,
        image_size=scenes.SIZE,
        output_tokens=True,
    )
    text = CLIPTextCfg(
        context_length=CONTEXT, vocab_size=_END + 1, width=TEXT_WIDTH, heads=2, layers=2, mlp_ratio=2.0, pad_id=_PAD
    )
    model: torch.nn.Module = CLIP(embed_dim=EMBED, vision_cfg=vision, text_cfg=text)
    model.visual.conv1 = _stem()
    return model


def as_batch(pictures: Pictures) -> torch.Tensor:
    """Return pictures (SIZE, SIZE, 3) in 0..1 as a batch (N, 3, SIZE, SIZE), shifted and scaled to about -1..1."""
    if not isinstance(pictures, torch.Tensor):
        pictures = torch.from_numpy(np.stack(list(pictures)).astype(np.float32))
    return (pictures.permute(0, 3, 1, 2) - 0.45) / 0.3


# --- from pictures and sentences to vectors ---


@dataclass(frozen=True)
class Clip:
    """A CLIP ready for use. All vectors are rows of unit length, float32, on `device`."""

    network: torch.nn.Module
    encode_words: Callable[[Sequence[str]], torch.Tensor]
    prepare: Callable[[Pictures], torch.Tensor]
    device: str = "cpu"
    name: str = "lab"

    @property
    def scale(self) -> float:
        """What similarities are multiplied with before a softmax over sentences."""
        return float(self.network.logit_scale.exp())

    @torch.no_grad()
    def images(self, pictures: Pictures) -> torch.Tensor:
        """Return the vectors of pictures (N, SIZE, SIZE, 3) in 0..1, as (N, d)."""
        return self.images_with_gradient(pictures)

    def images_with_gradient(self, pictures: Pictures) -> torch.Tensor:
        """Return the same as `images`, so that a gradient reaches the pictures."""
        features = self.network.visual(self.prepare(pictures).to(self.device))
        pooled = features[0] if isinstance(features, tuple) else features
        return F.normalize(pooled, dim=-1)

    @torch.no_grad()
    def texts(self, sentences: Sequence[str]) -> torch.Tensor:
        """Return the vectors of the sentences, as (N, d)."""
        return F.normalize(self.network.encode_text(self.encode_words(sentences).to(self.device)), dim=-1)

    @torch.no_grad()
    def patches(self, pictures: Pictures) -> torch.Tensor:
        """Return the lab's patch tokens before the last projection, (N, GRID * GRID, WIDTH), row by row."""
        _, tokens = self.network.visual(self.prepare(pictures).to(self.device))
        return tokens

    @torch.no_grad()
    def patches_of_all_layers(self, pictures: Pictures) -> torch.Tensor:
        """Return the patch tokens after each layer, side by side, (N, GRID * GRID, LAYERS * WIDTH).

        The first layer's still say what is at the patch; the last one's say more of the whole picture.
        """
        batch = self.prepare(pictures).to(self.device)
        found = self.network.visual.forward_intermediates(batch, output_fmt="NLC", intermediates_only=True)
        return torch.cat(found["image_intermediates"], dim=-1)


def load(device: str = "cpu", folder: Path = weights.FOLDER) -> Clip:
    """Return the trained CLIP of the lab, from the folder of weights.

    Raises:
        weights.WeightsUnusable: the file beside this module is not the one that was committed.
    """
    network = build()
    network.load_state_dict(weights.read("clip", weights.shapes_of(network), folder))
    return Clip(network.eval().to(device), tokenize, as_batch, device)


# --- published weights ---


def published(name: str = "ViT-B-32", device: str = "cpu") -> Clip | None:
    """Return the published CLIP of that name where its weights are on this disk, else None; nothing is downloaded.

    It looks where open_clip keeps its downloads (`~/.cache/clip`) and in the cache of the Hugging Face hub.
    """
    found = _published_file(name)
    if found is None:
        return None
    import open_clip

    network, _, _ = open_clip.create_model_and_transforms(name, pretrained=str(found), device=device)
    return Clip(network.eval(), open_clip.get_tokenizer(name), _as_photographs, device, name)


def _published_file(name: str) -> Path | None:
    """Return the newest safetensors file of the model on this disk; a pickled one is never opened."""
    hub = Path(os.environ.get("HF_HUB_CACHE") or Path(os.environ.get("HF_HOME", "~/.cache/huggingface")) / "hub")
    places = [Path("~/.cache/clip").expanduser(), *hub.expanduser().glob(f"models--*{name}*/snapshots/*")]
    files = [file for place in places for file in place.glob("*.safetensors") if file.is_file()]
    named = [file for file in files if name.lower() in str(file).lower()]
    return max(named, key=lambda file: file.stat().st_mtime, default=None)


def _as_photographs(pictures: Pictures) -> torch.Tensor:
    """Return pictures enlarged to 224 pixels, shifted and scaled as CLIP's training photographs were."""
    from open_clip.constants import OPENAI_DATASET_MEAN, OPENAI_DATASET_STD

    if not isinstance(pictures, torch.Tensor):
        pictures = torch.from_numpy(np.stack(list(pictures)).astype(np.float32))
    large = F.interpolate(pictures.permute(0, 3, 1, 2), size=(224, 224), mode="bicubic", align_corners=False)
    mean, deviation = (torch.tensor(v).view(1, 3, 1, 1) for v in (OPENAI_DATASET_MEAN, OPENAI_DATASET_STD))
    return (large.clamp(0, 1) - mean) / deviation
