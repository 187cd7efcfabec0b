"""Reads and writes the lab's weights: half-precision safetensors files, each held to a committed hash and to shapes.

Knows files and their promises (`weights.json`); it knows no model. Nothing here unpickles.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import torch

FOLDER = Path(__file__).parent / "weights"
_PROMISES = "weights.json"
_MOST_BYTES = 8 << 20


class WeightsUnusable(ValueError):
    """A file of weights is missing or not the one that was committed; the message says which and what to do."""


def shapes_of(network: torch.nn.Module) -> dict[str, tuple[int, ...]]:
    """Return the name and shape of everything the network keeps."""
    return {name: tuple(value.shape) for name, value in network.state_dict().items()}


def read(name: str, shapes: Mapping[str, tuple[int, ...]], folder: Path = FOLDER) -> dict[str, torch.Tensor]:
    """Return the weights of that name in float32; whole numbers stay whole.

    Args:
        name: the file is `NAME.safetensors`.
        shapes: what has to be in it, exactly.
        folder: where the file and its promises lie.

    Raises:
        WeightsUnusable: hash, size, names or shapes differ from what was promised.
    """
    from safetensors.torch import load

    path = folder / f"{name}.safetensors"
    remedy = "restore it from the repository, or train anew with scripts/train_lab.py"
    try:
        promised = json.loads((folder / _PROMISES).read_text(encoding="utf-8"))[name]["sha256"]
        content = path.read_bytes()
    except (OSError, KeyError) as error:
        raise WeightsUnusable(f"{path} cannot be used ({error}); {remedy}") from error
    if len(content) > _MOST_BYTES or hashlib.sha256(content).hexdigest() != promised:
        raise WeightsUnusable(f"{path} is not the file that was committed; {remedy}")
    found = load(content)
    wrong = [
        key for key in {*shapes, *found} if tuple(getattr(found.get(key), "shape", ("absent",))) != shapes.get(key)
    ]
    if wrong:
        raise WeightsUnusable(f"{path} does not fit the model (first: {min(wrong)}); {remedy}")
    return {key: value.float() if value.is_floating_point() else value for key, value in found.items()}


def write(name: str, network: torch.nn.Module, origin: Mapping[str, object], folder: Path = FOLDER) -> Path:
    """Write the network's weights in half precision with a promise of hash and origin; return the file."""
    from safetensors.torch import save

    state = {key: value.detach().cpu().contiguous() for key, value in network.state_dict().items()}
    content = save({key: value.half() if value.is_floating_point() else value for key, value in state.items()})
    folder.mkdir(parents=True, exist_ok=True)
    path, promises = folder / f"{name}.safetensors", folder / _PROMISES
    path.write_bytes(content)
    known = json.loads(promises.read_text(encoding="utf-8")) if promises.exists() else {}
    known[name] = {"sha256": hashlib.sha256(content).hexdigest(), **origin}
    promises.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return path
