"""Runs the exported model without torch: OpenVINO or ONNX Runtime, each imported on first use.

A batch keeps to one core and as many run at once as there are cores: a batch that is spread over all of them waits at
every layer for the slowest, and where other work holds one core, all wait (1.2 times slower quiet, 1.4 times busy).

Knows how to load a model file and run it; whether its vectors may be trusted is decided by `trial`.
"""

from __future__ import annotations

import queue
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.embedders.runtime import Backend, cores
from knowledge.embedders.torchvision_guard import hidden
from knowledge.errors import EmbedderUnavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge.embedders.runtime import Runtime
    from knowledge.embedding import Vectors

_BATCH_TOKENS = 1_024  # four full chunks: stays in a core's cache, and a question never waits long behind a batch


class OnnxRuntime:
    """The model in ONNX Runtime, single precision.

    Raises:
        EmbedderUnavailable: onnxruntime does not import, or refuses the file.
    """

    batch_tokens = _BATCH_TOKENS

    def __init__(self, model: Path) -> None:
        self.at_once = cores()
        try:
            import onnxruntime
        except ImportError as error:
            raise EmbedderUnavailable(f"onnxruntime does not import ({error}): pip install onnxruntime") from error
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # its errors share no base below Exception
            raise EmbedderUnavailable(f"onnxruntime cannot load {model}: {error}") from error

    def run(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Vectors:
        """Return one vector a row, shape (batch, dimension), float32."""
        vectors: Vectors = self._session.run(["vectors"], {"input_ids": ids, "attention_mask": mask})[0]
        return vectors


class OpenVinoRuntime:
    """The model in OpenVINO on the processor; keeps its compiled form in `compiled`, which halves the next start.

    Raises:
        EmbedderUnavailable: openvino does not import, or refuses the file.
    """

    batch_tokens = _BATCH_TOKENS

    def __init__(self, model: Path, compiled: Path, *, bf16: bool) -> None:
        self.at_once = cores()
        try:
            with hidden("openvino_telemetry"):  # openvino falls back to a stub that reports nothing
                import openvino
        except ImportError as error:
            raise EmbedderUnavailable(f"openvino does not import ({error}): pip install openvino") from error
        settings = {
            "INFERENCE_PRECISION_HINT": "bf16" if bf16 else "f32",
            "INFERENCE_NUM_THREADS": self.at_once,
            "NUM_STREAMS": self.at_once,
            "CACHE_DIR": str(compiled),
        }
        try:
            network = openvino.Core().compile_model(str(model), "CPU", settings)
            requests = [network.create_infer_request() for _ in range(self.at_once)]
        except RuntimeError as error:
            raise EmbedderUnavailable(f"openvino cannot load {model}: {error}") from error
        self._free: queue.LifoQueue[Any] = queue.LifoQueue()  # a request holds one set of inputs
        for request in requests:
            self._free.put(request)

    def run(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Vectors:
        """Return one vector a row, shape (batch, dimension), float32."""
        request = self._free.get()
        try:
            request.infer({"input_ids": ids, "attention_mask": mask}, share_inputs=True)
            vectors: Vectors = request.get_output_tensor(0).data.copy()
        finally:
            self._free.put(request)
        return vectors


def load_lean(backend: Backend, model: Path) -> Runtime:
    """Return the lean `backend` with the exported `model` loaded.

    Raises:
        EmbedderUnavailable: its package does not import, or it cannot load the file.
    """
    if backend is Backend.ONNXRUNTIME:
        return OnnxRuntime(model)
    return OpenVinoRuntime(model, model.parent / "openvino", bf16=backend is Backend.OPENVINO_BF16)
