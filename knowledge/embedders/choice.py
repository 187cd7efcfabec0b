"""Chooses how an embedding model is run on this machine, and says why.

`auto` runs the exported model without torch, on whichever lean runtime was fastest in its trial among those whose
vectors are right. Only where no export exists and none can be made does it run sentence-transformers itself. Where
torch is much faster than any lean runtime (a GPU, or bf16 units without OpenVINO), long work moves over to it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from knowledge.embedders.export import LEAST_COSINE, Export, ExportFailed, cosines, find_export, make_export
from knowledge.embedders.lean import load_lean
from knowledge.embedders.moving import MovingEmbedder
from knowledge.embedders.probes import QUESTIONS
from knowledge.embedders.runtime import Backend, LocalEmbedder, Runtime, embed_with
from knowledge.embedders.sentence_transformers import TorchRuntime
from knowledge.embedders.tokenizing import EmbedderTokenizer
from knowledge.embedders.trial import Trial, best_lean, computes_bf16, remember, remembered, run_trial
from knowledge.errors import EmbedderUnavailable
from knowledge.weights import Weights, find_weights

if TYPE_CHECKING:
    from knowledge.embedding import Embedder

_LOG = logging.getLogger(__name__)
AUTO = "auto"
_TORCH_START_S = 6.0  # importing sentence-transformers and loading the model, measured on a warm file cache
_WORTH_MOVING = 1.5  # how many times faster torch must be before its start and its memory are spent on it


@dataclass(frozen=True, slots=True)
class BackendReport:
    """What is known of one backend here. `trial` is None where it was not tried; `why` is for a person."""

    backend: Backend
    chosen: bool
    trial: Trial | None
    why: str


def open_embedder(model: str | None = None, *, backend: str = AUTO) -> Embedder:
    """Return the embedder for `model`: cheap, nothing is loaded before its first `embed`.

    Args:
        model: None for the default; a model's folder; or the name of one that was downloaded.
        backend: `auto`, or a value of `Backend` to insist on it.

    Raises:
        EmbedderUnavailable: the model is not on this machine, or there is no such backend.
    """
    weights = find_weights(model)
    if backend == AUTO:
        return MovingEmbedder(LocalEmbedder(weights, _load_best), lambda: _faster_torch(weights), _TORCH_START_S)
    try:
        wanted = Backend(backend)
    except ValueError:
        known = ", ".join([AUTO, *Backend])
        raise EmbedderUnavailable(f"There is no embedding backend {backend!r}. There are: {known}.") from None
    return LocalEmbedder(weights, lambda found, tokenizer: _load(wanted, found, tokenizer))


def prepare(model: str | None = None) -> list[BackendReport]:
    """Return the report of every backend after exporting the model, if need be, and trying them all.

    Set-up calls this once, so that no question pays for it: about 20 seconds, and next to nothing when repeated.

    Raises:
        EmbedderUnavailable: the model is not on this machine, altered, or cannot be exported.
    """
    weights = find_weights(model)
    weights.verify()
    tokenizer = EmbedderTokenizer(weights.folder, weights.max_sequence)
    export = find_export(weights) or make_export(weights, tokenizer)
    if len(remembered(export)) < len(_candidates()):
        remember(export, _try(_candidates(), weights, export, tokenizer))
    return describe_backends(model)


def describe_backends(model: str | None = None) -> list[BackendReport]:
    """Return what is known of every backend, the chosen one first; loads no model and imports nothing heavy.

    Raises:
        EmbedderUnavailable: the model is not on this machine.
    """
    export = find_export(find_weights(model))
    trials = {trial.backend: trial for trial in (remembered(export) if export else [])}
    best = best_lean(list(trials.values()))
    chosen = best.backend if best else None
    reports = [
        BackendReport(backend, backend is chosen, trials.get(backend), _why(backend, trials.get(backend), export))
        for backend in Backend
    ]
    return sorted(reports, key=lambda report: not report.chosen)


def _faster_torch(weights: Weights) -> LocalEmbedder | None:
    """Return torch as an embedder where its trial was so much faster that long work should move to it."""
    export = find_export(weights)
    trials = [trial for trial in (remembered(export) if export else []) if trial.accepted]
    lean = best_lean(trials)
    torch_trials = [trial for trial in trials if not trial.backend.lean]
    fastest = max(torch_trials, key=lambda trial: trial.chunks_per_s, default=None)
    if lean is None or fastest is None or fastest.chunks_per_s < _WORTH_MOVING * lean.chunks_per_s:
        return None
    bf16 = fastest.backend is Backend.TORCH_BF16
    return LocalEmbedder(weights, lambda found, _: TorchRuntime(found, bf16=bf16))


def _load_best(weights: Weights, tokenizer: EmbedderTokenizer) -> Runtime:
    """Return the best lean runtime, exporting and trying first where that was not done, else torch."""
    try:
        export = find_export(weights) or make_export(weights, tokenizer)
        trials = remembered(export)
        if not trials:
            trials = _try([backend for backend in _candidates() if backend.lean], weights, export, tokenizer)
            remember(export, trials)
        best = best_lean(trials)
        if best is None:
            raise ExportFailed("No lean runtime is installed and right: pip install onnxruntime.")
        return _load(best.backend, weights, tokenizer)
    except ExportFailed as failure:
        _LOG.warning("Embedding runs through torch, which starts slowly. %s", failure)
        return TorchRuntime(weights)


def _load(backend: Backend, weights: Weights, tokenizer: EmbedderTokenizer) -> Runtime:
    """Return `backend` loaded and, if lean, seen to answer one question as the reference does."""
    if not backend.lean:
        return TorchRuntime(weights, bf16=backend is Backend.TORCH_BF16)
    export = find_export(weights) or make_export(weights, tokenizer)
    runtime = load_lean(backend, export.model)
    answered = embed_with(runtime, tokenizer, QUESTIONS[:1])
    cosine = float(cosines(answered, export.reference[:1])[0])
    if not cosine >= LEAST_COSINE:  # so written that a vector of NaN fails
        raise EmbedderUnavailable(
            f"{backend} answers wrongly (cosine {cosine:.4f} to the reference). Delete {export.model.parent} and run "
            "`python -m knowledge.embedders`."
        )
    return runtime


def _candidates() -> list[Backend]:
    """Return the backends worth trying here: installed, and bf16 only where the processor computes it."""
    packages = {
        Backend.OPENVINO_BF16: "openvino",
        Backend.OPENVINO: "openvino",
        Backend.ONNXRUNTIME: "onnxruntime",
        Backend.TORCH_BF16: "sentence_transformers",
        Backend.TORCH: "sentence_transformers",
    }
    emulated = set() if computes_bf16() else {Backend.OPENVINO_BF16, Backend.TORCH_BF16}
    return [backend for backend, package in packages.items() if backend not in emulated and find_spec(package)]


def _try(backends: Sequence[Backend], weights: Weights, export: Export, tokenizer: EmbedderTokenizer) -> list[Trial]:
    trials = []
    for backend in backends:
        try:
            if backend.lean:
                runtime = load_lean(backend, export.model)
            else:
                runtime = TorchRuntime(weights, bf16=backend is Backend.TORCH_BF16)
        except EmbedderUnavailable as error:
            _LOG.warning("The embedding backend %s cannot be used. %s", backend, error)
            continue
        trials.append(run_trial(backend, runtime, tokenizer, export.reference))
    return trials


def _why(backend: Backend, trial: Trial | None, export: Export | None) -> str:
    if trial is not None:
        if not trial.accepted:
            return f"refused: cosine {trial.cosine:.5f} to the reference, at least {LEAST_COSINE} wanted"
        speed = f"{trial.chunks_per_s:.0f} chunks/s, {trial.question_ms:.1f} ms a question, cosine {trial.cosine:.5f}"
        return speed if backend.lean else f"{speed}; starts slowly, kept for long work"
    if backend not in _candidates():
        return "not installed, or no bf16 units in this processor"
    if export is None:
        return "not tried: the model is not exported yet (python -m knowledge.embedders)"
    return "not tried with the packages installed now"
