import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knowledge.chat_model import Message, ModelName, Role, Rung
from knowledge.errors import ModelFailed, ModelUnavailable
from knowledge.models import gguf
from knowledge.models.gguf import GGUFModel, GGUFOptions
from knowledge.models.pacing import ModelLimits

ASKED = [Message(Role.USER, "What is a norm?")]
WORKER = Path(__file__).parents[2] / "doubles" / "gguf_worker.py"
Build = Callable[..., GGUFModel]


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(b"GGUF then weights")
    return path


@pytest.fixture
def build(weights: Path) -> Iterator[Build]:
    """A model whose process is the double, behaving as told."""
    built: list[GGUFModel] = []

    def model(behaviour: str, **options: object) -> GGUFModel:
        command = (sys.executable, "-P", str(WORKER), behaviour)
        limits = ModelLimits(connect_s=5, first_token_s=30, next_token_s=30, heartbeat_s=0.05)
        built.append(GGUFModel(weights, options=GGUFOptions(**options), limits=limits, worker=command))  # type: ignore[arg-type]  # named in each test
        return built[-1]

    yield model
    for each in built:
        each.close()


def gone(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return True
    return False


def test_the_process_starts_with_the_first_question_and_is_kept_for_the_next(build: Build) -> None:
    model = build("well")
    assert model.process_id is None
    list(model.stream(ASKED, max_tokens=5))
    first = model.process_id
    list(model.stream(ASKED, max_tokens=5))
    assert first is not None
    assert model.process_id == first


def test_its_threads_wait_patiently_unless_the_machine_is_its_own(build: Build) -> None:
    assert "".join(build("well").stream(ASKED, max_tokens=5)) == "passive"
    assert "".join(build("well", dedicated_machine=True).stream(ASKED, max_tokens=5)) == "spinning"


def test_a_process_that_dies_in_an_answer_is_a_failure_with_its_last_words_and_the_next_question_starts_another(
    build: Build,
) -> None:
    model = build("dies")
    for _ in range(2):
        with pytest.raises(ModelFailed, match=r"its process ended with code 3 \(ggml: out of memory\)"):
            list(model.stream(ASKED, max_tokens=5))


def test_a_process_killed_from_outside_is_told_as_such(build: Build) -> None:
    model = build("hangs")
    stream = model.stream(ASKED, max_tokens=5)
    while model.process_id is None:
        assert next(stream) == ""
    killed = model.process_id
    os.kill(killed, signal.SIGKILL)
    with pytest.raises(ModelFailed, match="killed, often for want of memory"):
        list(stream)
    again = model.stream(ASKED, max_tokens=5)
    while model.process_id is None:
        assert next(again) == ""
    assert model.process_id != killed


def test_a_model_that_cannot_be_loaded_says_why(build: Build) -> None:
    with pytest.raises(ModelFailed, match=r"could not be loaded .*wrong tensor count"):
        list(build("refuses").stream(ASKED, max_tokens=5))


def test_a_model_that_is_never_ready_is_given_up(build: Build) -> None:
    with pytest.raises(ModelFailed, match="could not be loaded"):
        list(build("never ready", load_s=0.5).stream(ASKED, max_tokens=5))


def test_a_model_that_is_still_loading_can_be_closed(build: Build) -> None:
    model = build("never ready")
    stream = model.stream(ASKED, max_tokens=5)
    while model._loading is None:
        assert next(stream) == ""
    model.close()
    with pytest.raises(ModelFailed, match="could not be loaded"):
        list(stream)


def test_closing_the_model_ends_its_process_and_leaves_it_usable(build: Build) -> None:
    model = build("well")
    list(model.stream(ASKED, max_tokens=5))
    process_id = model.process_id
    assert process_id is not None
    model.close()
    assert gone(process_id)
    assert model.process_id is None
    assert "".join(model.stream(ASKED, max_tokens=5)) == "passive"


def test_two_who_ask_at_once_share_one_process(build: Build) -> None:
    model = build("well")
    seen: list[int | None] = []

    def ask() -> None:
        list(model.stream(ASKED, max_tokens=5))
        seen.append(model.process_id)

    askers = [threading.Thread(target=ask) for _ in range(2)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(seen) == 2
    assert len(set(seen)) == 1


def test_the_process_does_not_outlive_the_program(weights: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from knowledge.models.gguf import GGUFModel\n"
        "from knowledge.chat_model import Message, Role\n"
        "model = GGUFModel(Path(sys.argv[1]), worker=(sys.executable, '-P', sys.argv[2], 'well'))\n"
        "list(model.stream([Message(Role.USER, 'hello')], max_tokens=5))\n"
        "print(model.process_id, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"  # no clean-up of ours can run
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(weights), str(WORKER)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    worker = int(done.stdout)
    for _ in range(500):
        if gone(worker) or _is_zombie(worker):
            return
        threading.Event().wait(0.01)
    pytest.fail("the model's process still runs after its program was killed")


def _is_zombie(process_id: int) -> bool:
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_file_that_is_no_model_is_refused_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "notes.gguf").write_text("# notes")
    with pytest.raises(ModelUnavailable, match="no GGUF file"):
        list(GGUFModel(tmp_path / "notes.gguf").stream(ASKED, max_tokens=5))
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        list(GGUFModel(tmp_path / "absent.gguf").stream(ASKED, max_tokens=5))


def test_without_its_runtime_it_says_what_to_install(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gguf, "runtime_present", lambda: False)
    with pytest.raises(ModelUnavailable, match=r"pip install 'erica-tutor\[embedded\]'"):
        list(GGUFModel(weights).stream(ASKED, max_tokens=5))


def test_a_model_says_who_it_is_without_starting(weights: Path) -> None:
    model = GGUFModel(weights)
    assert model.model_name == ModelName(Rung.EMBEDDED, "tiny")
    assert model.context_tokens == 4096
    assert model.process_id is None
