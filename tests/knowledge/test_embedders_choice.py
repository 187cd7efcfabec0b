"""The fastest right backend is taken, wrong ones are refused, and damage is noticed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from knowledge.embedders import __main__ as command
from knowledge.embedders import choice, describe_backends, open_embedder
from knowledge.embedders.export import Export, cosines, find_export
from knowledge.embedders.probes import PROBES, QUESTIONS
from knowledge.embedders.runtime import Backend, embed_with
from knowledge.embedders.tokenizing import EmbedderTokenizer
from knowledge.embedders.trial import Trial, best_lean, remember, remembered, run_trial
from knowledge.errors import EmbedderUnavailable
from knowledge.file_hashes import cache_folder, sha256_of
from knowledge.weights import find_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from knowledge.embedding import Vectors

WEIGHTS = find_weights()
TOKENIZER = EmbedderTokenizer(WEIGHTS.folder, WEIGHTS.max_sequence)


class HashingRuntime:
    """A model of our own making: each text's ids seed a random vector; `noise` is added to every answer."""

    batch_tokens = 256
    at_once = 1

    def __init__(self, noise: float = 0.0) -> None:
        self.noise = noise

    def run(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Vectors:
        rows = [np.random.default_rng(row[kept > 0]).normal(size=384) for row, kept in zip(ids, mask, strict=True)]
        wrong = np.random.default_rng(1).normal(size=(len(rows), 384)) * self.noise
        return (np.array(rows) + wrong).astype(np.float32)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERICA_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def exported() -> Export:
    """Write an export of `HashingRuntime`, so that no test here needs torch."""
    folder = cache_folder() / "embedders" / f"{WEIGHTS.sha256[:16]}-2"
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(b"model")
    np.save(folder / "reference.npy", embed_with(HashingRuntime(), TOKENIZER, PROBES))
    made = {"weights": WEIGHTS.sha256, "model": sha256_of(folder / "model.onnx")}
    (folder / "export.json").write_text(json.dumps(made))
    found = find_export(WEIGHTS)
    assert found is not None
    return found


def trial(backend: Backend, chunks_per_s: float, cosine: float = 1.0) -> Trial:
    return Trial(backend, cosine, chunks_per_s, 2.0)


def test_the_fastest_right_lean_backend_is_best() -> None:
    trials = [
        trial(Backend.ONNXRUNTIME, 40),
        trial(Backend.OPENVINO, 50),
        trial(Backend.OPENVINO_BF16, 150, cosine=0.9998),
        trial(Backend.TORCH_BF16, 200),
    ]
    best = best_lean(trials)
    assert best is not None
    assert best.backend is Backend.OPENVINO
    assert best_lean(trials[2:]) is None


def test_a_trial_measures_and_judges_a_runtime(exported: Export) -> None:
    right = run_trial(Backend.ONNXRUNTIME, HashingRuntime(), TOKENIZER, exported.reference)
    assert right.accepted
    assert right.chunks_per_s > 0 < right.question_ms
    wrong = run_trial(Backend.ONNXRUNTIME, HashingRuntime(noise=0.05), TOKENIZER, exported.reference)
    assert not wrong.accepted
    assert 0.99 < wrong.cosine < 0.9999


def test_trials_are_remembered_for_the_same_processor_and_packages(
    exported: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    trials = [trial(Backend.ONNXRUNTIME, 40), trial(Backend.TORCH, 25)]
    remember(exported, trials)
    assert remembered(exported) == trials
    monkeypatch.setattr("knowledge.embedders.trial.cores", lambda: 64)
    assert remembered(exported) == []


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'[{"backend": "abacus"}]', b'[{"backend": "torch-fp32"}]'])
def test_a_damaged_memory_of_trials_is_as_none(exported: Export, content: bytes) -> None:
    remember(exported, [])
    (path,) = exported.model.parent.glob("trials-*.json")
    path.write_bytes(content)
    assert remembered(exported) == []


def test_an_altered_or_cut_export_is_no_export(exported: Export) -> None:
    assert find_export(WEIGHTS) is not None
    exported.model.write_bytes(b"mode")
    assert find_export(WEIGHTS) is None


@pytest.mark.parametrize("name", ["reference.npy", "export.json"])
def test_an_export_without_its_papers_is_no_export(exported: Export, name: str) -> None:
    path = exported.model.parent / name
    path.write_bytes(path.read_bytes()[:20])
    assert find_export(WEIGHTS) is None
    path.unlink()
    assert find_export(WEIGHTS) is None


def test_auto_loads_the_best_backend_and_embeds(exported: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(exported, [trial(Backend.ONNXRUNTIME, 40), trial(Backend.OPENVINO, 50)])
    loaded = []
    monkeypatch.setattr(choice, "load_lean", lambda backend, _: loaded.append(backend) or HashingRuntime())
    vectors = open_embedder().embed(PROBES)
    assert loaded == [Backend.OPENVINO]
    assert float(cosines(vectors, exported.reference).min()) > 0.9999


def test_auto_tries_the_lean_backends_where_no_trial_fits_this_machine(
    exported: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "load_lean", lambda *_: HashingRuntime())
    open_embedder().embed(["What is a loss?"])
    assert {entry.backend for entry in remembered(exported)} >= {Backend.ONNXRUNTIME}
    assert all(entry.backend.lean for entry in remembered(exported))


def test_a_backend_that_answers_wrongly_is_refused(exported: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(exported, [trial(Backend.ONNXRUNTIME, 40)])
    monkeypatch.setattr(choice, "load_lean", lambda *_: HashingRuntime(noise=1.0))
    with pytest.raises(EmbedderUnavailable, match=r"onnxruntime-fp32 answers wrongly.*Delete"):
        open_embedder().embed(list(QUESTIONS))
    monkeypatch.setattr(choice, "load_lean", lambda *_: HashingRuntime(noise=float("nan")))
    with pytest.raises(EmbedderUnavailable, match="answers wrongly"):
        open_embedder(backend="onnxruntime-fp32").embed(list(QUESTIONS))


@pytest.mark.parametrize(("torch_speed", "moves"), [(59.0, False), (61.0, True)])
def test_long_work_moves_to_torch_only_if_that_is_much_faster(
    exported: Export, torch_speed: float, moves: bool
) -> None:
    remember(exported, [trial(Backend.ONNXRUNTIME, 40), trial(Backend.TORCH_BF16, torch_speed)])
    assert (choice._faster_torch(WEIGHTS) is not None) is moves


def test_an_unknown_backend_is_an_error_that_lists_the_known() -> None:
    with pytest.raises(EmbedderUnavailable, match=r"no embedding backend 'abacus'.*auto.*onnxruntime-fp32"):
        open_embedder(backend="abacus")


def test_reports_put_the_chosen_backend_first_and_say_why(exported: Export) -> None:
    remember(exported, [trial(Backend.TORCH, 25), trial(Backend.ONNXRUNTIME, 40), trial(Backend.OPENVINO, 50, 0.9)])
    reports = describe_backends()
    assert [report.backend for report in reports if report.chosen] == [reports[0].backend] == [Backend.ONNXRUNTIME]
    why = {report.backend: report.why for report in reports}
    assert why[Backend.ONNXRUNTIME] == "40 chunks/s, 2.0 ms a question, cosine 1.00000"
    assert why[Backend.OPENVINO].startswith("refused: cosine 0.90000")
    assert "long work" in why[Backend.TORCH]
    assert set(why) == set(Backend)


def test_reports_without_an_export_say_what_to_run() -> None:
    reports = describe_backends()
    assert not any(report.chosen for report in reports)
    assert any("python -m knowledge.embedders" in report.why for report in reports)


def test_the_command_reports_an_unknown_model_and_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["no-such-model"]) == 1
    assert "hf download" in capsys.readouterr().err
    assert command.main(["one", "two"]) == 2
    assert "usage" in capsys.readouterr().err
