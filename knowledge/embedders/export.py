"""Exports a sentence-transformers model to ONNX, once, checked against itself; finds the export afterwards.

Exporting needs torch and onnx; finding needs neither. An export is a folder that is either whole or absent:
`model.onnx` (token ids and mask in, one unit vector a text out), `reference.npy` (what torch in single precision
makes of the probe texts) and `export.json` (what it was made from, and the hash of the model file).
"""

from __future__ import annotations

import json
import shutil
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from knowledge.embedders.lean import load_lean
from knowledge.embedders.probes import PROBES
from knowledge.embedders.runtime import Backend, embed_with
from knowledge.embedders.sentence_transformers import TorchRuntime
from knowledge.errors import EmbedderUnavailable
from knowledge.file_hashes import cache_folder, sha256_of

if TYPE_CHECKING:
    from knowledge.embedders.tokenizing import EmbedderTokenizer
    from knowledge.embedding import Vectors
    from knowledge.weights import Weights

_VERSION = 2
"""Raise it when the graph, the probes or the tokenizer's treatment of text change: older exports are then ignored."""
_OPSET = 17
LEAST_COSINE = 0.9999
"""What a runtime's vectors must keep to the reference, on every probe."""


class ExportFailed(EmbedderUnavailable):
    """The model cannot be exported here; it still runs through torch."""


@dataclass(frozen=True, slots=True)
class Export:
    """A whole export. `reference` holds the unit vectors of `PROBES`, shape (probes, dimension), float32."""

    model: Path
    reference: Vectors


def find_export(weights: Weights) -> Export | None:
    """Return the export of `weights`, or None where there is none, or it is not as it was made."""
    folder = _folder(weights)
    try:
        made = json.loads((folder / "export.json").read_bytes())
        reference = np.load(folder / "reference.npy", allow_pickle=False)
        if made["weights"] != weights.sha256 or made["model"] != sha256_of(folder / "model.onnx"):
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None  # absent or damaged: it is made again
    if reference.shape != (len(PROBES), weights.dimension):
        return None
    return Export(folder / "model.onnx", reference.astype(np.float32))


def make_export(weights: Weights, tokenizer: EmbedderTokenizer) -> Export:
    """Return a new export of `weights`, in place of any older one. Takes about ten seconds, imports included.

    Raises:
        EmbedderUnavailable: torch or sentence-transformers does not import, or the model does not load.
        ExportFailed: onnx or a lean runtime is missing, the disk is full, or the exported model differs.
    """
    torch_runtime = TorchRuntime(weights, device="cpu")
    reference = embed_with(torch_runtime, tokenizer, PROBES)
    folder = _folder(weights)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".export-") as working:
            fresh = Path(working) / "whole"
            fresh.mkdir()
            _trace(torch_runtime, fresh / "model.onnx")
            _check(fresh / "model.onnx", tokenizer, reference)
            np.save(fresh / "reference.npy", reference)
            made = {"weights": weights.sha256, "name": weights.name, "model": sha256_of(fresh / "model.onnx")}
            (fresh / "export.json").write_text(json.dumps(made, indent=2), encoding="utf-8")
            _swap_in(fresh, folder)
    except OSError as error:
        raise ExportFailed(f"{folder} cannot be written: {error}") from error
    found = find_export(weights)
    if found is None:
        raise ExportFailed(f"{folder} was changed while it was being written.")
    return found


def cosines(vectors: Vectors, reference: Vectors) -> Vectors:
    """Return the cosine of each unit vector to its reference, shape (n,)."""
    found: Vectors = np.einsum("nd,nd->n", vectors, reference)
    return found


def _folder(weights: Weights) -> Path:
    return cache_folder() / "embedders" / f"{weights.sha256[:16]}-{_VERSION}"


def _trace(runtime: TorchRuntime, target: Path) -> None:
    """Write the model as ONNX, by running it once on a small batch and recording what it does."""
    try:
        import onnx  # noqa: F401 - torch writes the file with it, and names it poorly when it is missing
    except ImportError as error:
        raise ExportFailed(f"onnx does not import ({error}): pip install onnx") from error
    import torch

    class UnitVectors(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = runtime.model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            made = self.model({"input_ids": input_ids, "attention_mask": attention_mask})
            return torch.nn.functional.normalize(made["sentence_embedding"], p=2, dim=1)

    ids = torch.tensor([[5, 6, 7, 8, 9, 10, 11], [5, 6, 7, 8, 9, 0, 0]])
    mask = torch.tensor([[1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 0, 0]])
    axes = {
        "input_ids": {0: "batch", 1: "length"},
        "attention_mask": {0: "batch", 1: "length"},
        "vectors": {0: "batch"},
    }
    with warnings.catch_warnings():
        # The tracer warns of every Python condition it saw; `_check` runs other shapes through what it recorded.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            UnitVectors().eval(),
            (ids, mask),
            str(target),
            input_names=["input_ids", "attention_mask"],
            output_names=["vectors"],
            dynamic_axes=axes,
            opset_version=_OPSET,
            dynamo=False,
        )


def _check(model: Path, tokenizer: EmbedderTokenizer, reference: Vectors) -> None:
    """Return if a lean runtime makes the reference vectors from the exported model."""
    missing: list[str] = []
    for backend in (Backend.ONNXRUNTIME, Backend.OPENVINO):
        try:
            runtime = load_lean(backend, model)
        except EmbedderUnavailable as error:
            missing.append(str(error))
            continue
        worst = float(cosines(embed_with(runtime, tokenizer, PROBES), reference).min())
        if worst < LEAST_COSINE:
            raise ExportFailed(f"The exported model differs from the original: cosine {worst:.5f} on a probe text.")
        return
    raise ExportFailed(" ".join(missing))


def _swap_in(fresh: Path, folder: Path) -> None:
    """Move `fresh` to `folder`. Another process may do the same at the same moment: one of the two stays."""
    if folder.exists():
        shutil.rmtree(folder, ignore_errors=True)
    try:
        fresh.replace(folder)
    except OSError:
        if not folder.is_dir():
            raise
