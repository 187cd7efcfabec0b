"""Runs any sentence-transformers model through torch, on a GPU where there is one. Imports it on first use.

The slow way to start (about six seconds of imports) and the reference that the lean runtimes are checked against.
Nothing here reaches a hub: models are folders on this machine.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from knowledge.embedders.torchvision_guard import hidden
from knowledge.errors import EmbedderUnavailable
from knowledge.weights import Weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

    from knowledge.embedding import Vectors


class TorchRuntime:
    """A loaded sentence-transformers model.

    Args:
        weights: the model's folder.
        bf16: multiply matrices in bfloat16, about three times faster where the processor has units for it. Sums,
            norms and softmax stay in single precision: all in bfloat16 leaves cosines of 0.9998 to the reference.
        device: a torch device; None for a CUDA GPU where torch sees one, else the processor.

    Raises:
        EmbedderUnavailable: sentence-transformers or torch does not import, or the model does not load.
    """

    def __init__(self, weights: Weights, *, bf16: bool = False, device: str | None = None) -> None:
        self.model = _load(weights, device=device)
        self._bf16 = bf16
        self.at_once = 1  # torch spreads a batch over all cores itself
        if bf16:
            _halve_matrices(self.model)

    @property
    def batch_tokens(self) -> int:
        """Most tokens of a batch: what keeps a GPU busy, or what stays in a processor's cache."""
        return 1_024 if self.model.device.type == "cpu" else 65_536

    def run(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Vectors:
        """Return one vector a row, shape (batch, dimension), float32."""
        import torch

        device = self.model.device
        features = {
            "input_ids": torch.from_numpy(ids).to(device),
            "attention_mask": torch.from_numpy(mask).to(device),
        }
        with torch.inference_mode(), torch.autocast(device.type, dtype=torch.bfloat16, enabled=self._bf16):
            vectors: Vectors = self.model(features)["sentence_embedding"].float().cpu().numpy()
        return vectors


def _halve_matrices(model: SentenceTransformer) -> None:
    """Keep the linear layers' weights in bfloat16, so that autocast does not convert them in every call."""
    import torch

    for module in model.modules():
        if isinstance(module, torch.nn.Linear):
            module.to(torch.bfloat16)


def _load(weights: Weights, *, device: str | None) -> SentenceTransformer:
    os.environ["HF_HUB_OFFLINE"] = "1"  # read once, when huggingface_hub is imported
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    try:
        with hidden("torchvision"):
            import torch
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging

            logging.disable_progress_bar()  # type: ignore[no-untyped-call] # transformers left it untyped
            chosen = device or ("cuda" if torch.cuda.is_available() else "cpu")
            model = SentenceTransformer(
                str(weights.folder),
                device=chosen,
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"dtype": torch.float32, "use_safetensors": True},
            )
    except ImportError as error:
        raise EmbedderUnavailable(
            f"sentence-transformers does not import ({error}): pip install --force-reinstall sentence-transformers"
        ) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise EmbedderUnavailable(f"{weights.name} in {weights.folder} does not load: {error}") from error
    return model.eval()
