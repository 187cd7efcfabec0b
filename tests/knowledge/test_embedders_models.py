"""The real model, once through torch and once without: the same vectors, and those its makers publish."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from knowledge.embedders import describe_backends, open_embedder
from knowledge.embedders.export import Export, find_export
from knowledge.embedders.probes import PROBES
from knowledge.embedders.runtime import Backend
from knowledge.errors import EmbedderUnavailable
from knowledge.file_hashes import cache_folder
from knowledge.weights import find_weights

pytestmark = pytest.mark.slow

CARD = ("The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium.")
CARD_SIMILARITIES = (0.6660, 0.1046, 0.1411)
"""Sentences and similarities as the model card of sentence-transformers/all-MiniLM-L6-v2 prints them."""
PLAIN = """
import sys; sys.modules["torchvision"] = None
import numpy as np
from sentence_transformers import SentenceTransformer
from knowledge.embedders.probes import PROBES
model = SentenceTransformer(sys.argv[1], device="cpu")
np.save(sys.argv[2], model.encode(list(PROBES), normalize_embeddings=True))
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the default model prepared: a copy of what set-up made, else made as set-up does."""
    cache = tmp_path_factory.mktemp("cache")
    if find_export(find_weights()) is not None:
        shutil.copytree(cache_folder() / "embedders", cache / "embedders")
        return cache
    command = [sys.executable, "-m", "knowledge.embedders"]
    environment = {**os.environ, "ERICA_CACHE": str(cache)}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=280)
    assert result.returncode == 0, result.stderr
    assert "* " in result.stderr
    return cache


@pytest.fixture(autouse=True)
def own_cache(prepared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERICA_CACHE", str(prepared))


def export() -> Export:
    found = find_export(find_weights())
    assert found is not None
    return found


def test_every_accepted_backend_reproduces_the_similarities_of_the_model_card() -> None:
    accepted = [report.backend for report in describe_backends() if report.trial and report.trial.accepted]
    assert Backend.ONNXRUNTIME in accepted
    for backend in accepted:
        if backend.lean:
            likeness = (vectors := open_embedder(backend=backend).embed(CARD)) @ vectors.T
            found = (likeness[0, 1], likeness[0, 2], likeness[1, 2])
            assert np.allclose(found, CARD_SIMILARITIES, atol=0.005), backend


def test_the_lean_runtime_agrees_with_plain_sentence_transformers(tmp_path: Path) -> None:
    target = tmp_path / "plain.npy"
    command = [sys.executable, "-c", PLAIN, str(find_weights().folder), str(target)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    ours = open_embedder(backend="onnxruntime-fp32").embed(PROBES)
    cosine = (ours * np.load(target)).sum(axis=1)
    # The probe with words of more than 100 characters is read better here than [UNK]: see `tokenizing`.
    endless = [row for row, text in enumerate(PROBES) if max(map(len, text.split())) > 100]
    assert len(endless) == 1
    assert np.delete(cosine, endless).min() > 0.99999


def test_a_question_is_embedded_without_torch_or_telemetry() -> None:
    code = (
        "import sys; from knowledge.embedders import open_embedder; open_embedder().embed(['What is a loss?']); "
        "print([m for m in ('torch', 'torchvision', 'transformers', 'openvino_telemetry') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert result.stdout.strip() == "[]"
    assert result.stderr == ""


def test_an_endless_word_keeps_a_meaning() -> None:
    embedder = open_embedder(backend="onnxruntime-fp32")
    words = embedder.embed(["gradientdescent" * 20, "gradient descent " * 20, "backpropagation " * 20])
    unknown = embedder.embed(["🜚"])[0]
    assert words[0] @ words[1] > words[0] @ unknown


def test_a_reference_that_does_not_fit_the_model_is_noticed_at_load() -> None:
    path = export().model.parent / "reference.npy"
    before = path.read_bytes()
    try:
        np.save(path, np.roll(np.load(path), 1, axis=0))
        with pytest.raises(EmbedderUnavailable, match="answers wrongly"):
            open_embedder(backend="onnxruntime-fp32").embed(["a question"])
    finally:
        path.write_bytes(before)
    assert open_embedder(backend="onnxruntime-fp32").embed(["a question"]).shape == (1, 384)


def test_preparing_again_changes_nothing(prepared: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (prepared / "embedders").rglob("*")}
    command = [sys.executable, "-m", "knowledge.embedders"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert {path: path.stat().st_mtime_ns for path in (prepared / "embedders").rglob("*")} == before


def test_without_an_export_auto_makes_one_on_first_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERICA_CACHE", str(tmp_path))
    code = "from knowledge.embedders import open_embedder; print(open_embedder().embed(['a question']).shape)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=240)
    assert result.stdout.strip() == "(1, 384)"
    assert find_export(find_weights()) is not None


def test_without_onnx_auto_says_so_and_runs_through_torch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERICA_CACHE", str(tmp_path))
    code = (
        "import sys; sys.modules['onnx'] = None; from knowledge.embedders import open_embedder; "
        "print(open_embedder().embed(['a question']).shape)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=240)
    assert result.stdout.strip() == "(1, 384)"
    assert "pip install onnx" in result.stderr
    assert find_export(find_weights()) is None
