import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.errors import ModelUnavailable
from knowledge.models import ladder as ladder_module
from knowledge.models.catalogue import CATALOGUE
from knowledge.models.gguf import GGUFModel
from knowledge.models.ladder import Ladder, ModelOffer, ModelSettings
from knowledge.models.ollama import OllamaModel
from knowledge.models.openai_compatible import OpenAICompatibleModel
from tests.doubles.ollama_server import CLOUD, LLAMA_1B, NOMIC_EMBED, QWEN_7B, QWEN_HALF_B, Installed, OllamaDouble
from tests.doubles.openai_server import OpenAIDouble

NOWHERE = "127.0.0.1:9"  # the discard port: nobody listens
CODER = Installed("qwen2.5-coder:7b", "7.6B")
GIANT = Installed("llama3.1:70b", "70.6B", 42_520_413_916, "llama")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture(autouse=True)
def runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ladder_module, "runtime_present", lambda: True)
    monkeypatch.delenv("ERICA_OPENAI_KEY", raising=False)


@pytest.fixture
def ollama() -> Iterator[OllamaDouble]:
    with OllamaDouble() as double:
        yield double


@pytest.fixture
def openai() -> Iterator[OpenAIDouble]:
    with OpenAIDouble() as double:
        yield double


def install(folder: Path, name: str) -> None:
    model = CATALOGUE[name]
    with (folder / model.file_name).open("wb") as file:
        file.truncate(model.size_bytes)  # a file of holes: the ladder looks at names and sizes


def keyed(offers: list[ModelOffer]) -> dict[str, ModelOffer]:
    return {offer.key: offer for offer in offers}


def settings(folder: Path, ollama: OllamaDouble | None = None, openai: OpenAIDouble | None = None) -> ModelSettings:
    return ModelSettings(
        ollama_host=ollama.url if ollama else NOWHERE,
        openai_url=openai.url if openai else "",
        models_folder=folder,
    )


def test_with_nothing_there_the_course_speaks_for_itself_and_each_rung_says_why_quickly(folder: Path) -> None:
    ladder = Ladder(settings(folder))
    begun = time.monotonic()
    offers = ladder.offers()
    assert time.monotonic() - begun < 1.2
    assert [offer.key for offer in offers if offer.available] == ["extractive"]
    why = {key: offer.why for key, offer in keyed(offers).items()}
    assert "ollama serve" in why["ollama"]
    assert "No address" in why["openai"]
    assert "erica models get" in why["embedded:qwen2.5-coder-1.5b"]
    assert ladder.choose("auto").model is None
    assert ladder.choose("extractive").model is None


def test_the_best_rung_comes_first_and_auto_climbs_down_as_rungs_go(
    folder: Path, ollama: OllamaDouble, openai: OpenAIDouble
) -> None:
    install(folder, "qwen2.5-coder-1.5b")
    rungs = [
        (settings(folder, ollama, openai), "ollama:qwen2.5:7b-instruct", OllamaModel),
        (settings(folder, None, openai), "openai:served-model", OpenAICompatibleModel),
        (settings(folder), "embedded:qwen2.5-coder-1.5b", GGUFModel),
        (settings(folder / "empty"), "extractive", type(None)),
    ]
    for there, key, kind in rungs:
        chosen = Ladder(there).choose("auto")
        assert chosen.offer.key == key
        assert isinstance(chosen.model, kind)


def test_auto_prefers_a_writer_of_comfortable_size_that_runs_here(folder: Path, ollama: OllamaDouble) -> None:
    ollama.models = [CLOUD, GIANT, QWEN_HALF_B, CODER, NOMIC_EMBED, QWEN_7B, LLAMA_1B]
    keys = [offer.key for offer in Ladder(settings(folder, ollama)).offers() if offer.key.startswith("ollama:")]
    assert keys[:3] == ["ollama:qwen2.5:7b-instruct", "ollama:qwen2.5-coder:7b", "ollama:llama3.1:70b"]
    assert "ollama:nomic-embed-text:latest" not in keys


@pytest.mark.parametrize("lone", [LLAMA_1B, QWEN_HALF_B, CLOUD])
def test_a_model_that_is_too_small_or_elsewhere_is_offered_but_never_taken_on_its_own(
    folder: Path, ollama: OllamaDouble, lone: Installed
) -> None:
    ollama.models = [lone]
    ladder = Ladder(settings(folder, ollama))
    offer = keyed(ladder.offers())[f"ollama:{lone.name}"]
    assert offer.available
    assert not offer.automatic
    assert "never taken on its own" in offer.why
    assert offer.small is (lone is QWEN_HALF_B)
    assert offer.fluent is offer.why.startswith("Runs on someone else's machine")
    assert ladder.choose("auto").model is None
    assert ladder.choose(offer.key).model is not None


def test_a_pinned_ollama_model_is_taken_whatever_its_size(folder: Path, ollama: OllamaDouble) -> None:
    ollama.models = [QWEN_7B, LLAMA_1B]
    pinned = ModelSettings(ollama_host=ollama.url, ollama_model="llama3.2:1b", models_folder=folder)
    assert Ladder(pinned).choose("auto").offer.key == "ollama:llama3.2:1b"


def test_a_pinned_ollama_model_that_is_missing_is_told_with_its_command(folder: Path, ollama: OllamaDouble) -> None:
    pinned = ModelSettings(ollama_host=ollama.url, ollama_model="mistral:7b", models_folder=folder)
    ladder = Ladder(pinned)
    assert ladder.choose("auto").model is None
    with pytest.raises(ModelUnavailable, match="ollama pull mistral:7b"):
        ladder.choose("ollama:mistral:7b")


def test_an_ollama_without_chat_models_suggests_one(folder: Path, ollama: OllamaDouble) -> None:
    ollama.models = [NOMIC_EMBED]
    assert "ollama pull" in keyed(Ladder(settings(folder, ollama)).offers())["ollama"].why


def test_a_name_without_a_tag_means_the_latest(folder: Path, ollama: OllamaDouble) -> None:
    ollama.models = [Installed("phi4:latest", "14.7B")]
    assert Ladder(settings(folder, ollama)).choose("ollama:phi4").offer.key == "ollama:phi4:latest"


def test_a_key_that_cannot_be_had_says_why(folder: Path, ollama: OllamaDouble) -> None:
    ladder = Ladder(settings(folder, ollama))
    with pytest.raises(ModelUnavailable, match="ollama pull mistral"):
        ladder.choose("ollama:mistral")
    with pytest.raises(ModelUnavailable, match="No address"):
        ladder.choose("openai:gpt")
    with pytest.raises(ModelUnavailable, match="erica models get"):
        ladder.choose("embedded:qwen2.5-coder-1.5b")
    with pytest.raises(ModelUnavailable, match="There are: auto, ollama:qwen2"):
        ladder.choose("telepathy")
    with pytest.raises(ModelUnavailable, match="ollama serve"):
        Ladder(settings(folder)).choose("ollama:mistral")


def test_something_else_at_ollamas_address_is_told_and_spoils_nothing(folder: Path, openai: OpenAIDouble) -> None:
    elsewhere = ModelSettings(ollama_host=openai.url, openai_url=openai.url, models_folder=folder)
    offers = keyed(Ladder(elsewhere).offers())
    assert not offers["ollama"].available
    assert offers["openai:served-model"].available


def test_a_malformed_address_is_a_reason_not_a_crash(folder: Path) -> None:
    offers = keyed(Ladder(ModelSettings(ollama_host="ftp://x", openai_url="file:///x", models_folder=folder)).offers())
    assert "http" in offers["ollama"].why
    assert "http" in offers["openai"].why


def test_a_server_with_several_models_is_offered_but_not_guessed_at(folder: Path, openai: OpenAIDouble) -> None:
    openai.models = ["a", "b"]
    ladder = Ladder(settings(folder, None, openai))
    assert {"openai:a", "openai:b"} <= set(keyed(ladder.offers()))
    assert ladder.choose("auto").model is None
    named = ModelSettings(ollama_host=NOWHERE, openai_url=openai.url, openai_model="b", models_folder=folder)
    assert Ladder(named).choose("auto").offer.key == "openai:b"


def test_a_server_without_a_list_is_believed_about_a_named_model_and_asked_for_a_name_else(
    folder: Path, openai: OpenAIDouble
) -> None:
    openai.lists_models = False
    named = ModelSettings(ollama_host=NOWHERE, openai_url=openai.url, openai_model="b", models_folder=folder)
    assert keyed(Ladder(named).offers())["openai:b"].available
    assert "set the name" in keyed(Ladder(settings(folder, None, openai)).offers())["openai"].why


def test_the_key_comes_from_the_named_variable_at_the_time_of_use(
    folder: Path, openai: OpenAIDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    openai.key = "sk-lab"
    there = ModelSettings(ollama_host=NOWHERE, openai_url=openai.url, openai_key_env="LAB_KEY", models_folder=folder)
    ladder = Ladder(there)
    assert "LAB_KEY" in keyed(ladder.offers())["openai"].why
    monkeypatch.setenv("LAB_KEY", "sk-lab")
    assert keyed(ladder.offers())["openai:served-model"].available
    assert "sk-lab" not in repr(there) + repr(ladder.offers())


def test_the_small_embedded_model_is_marked_and_the_plumbing_one_never_automatic(folder: Path) -> None:
    install(folder, "qwen2.5-coder-0.5b")
    install(folder, "smollm2-135m")
    ladder = Ladder(settings(folder))
    offers = keyed(ladder.offers())
    assert offers["embedded:qwen2.5-coder-0.5b"].small
    assert offers["embedded:qwen2.5-coder-0.5b"].automatic
    assert not any(offer.fluent for offer in offers.values())
    assert offers["embedded:smollm2-135m"].available
    assert not offers["embedded:smollm2-135m"].automatic
    install(folder, "qwen2.5-coder-1.5b")
    assert ladder.choose("auto").offer.key == "embedded:qwen2.5-coder-1.5b"


def test_a_file_of_ones_own_comes_before_the_catalogues(folder: Path) -> None:
    install(folder, "qwen2.5-coder-1.5b")
    own = folder / "my-model.gguf"
    with own.open("wb") as file:
        file.truncate(4_000_000_000)
    ladder = Ladder(ModelSettings(ollama_host=NOWHERE, gguf_path=own, models_folder=folder))
    assert ladder.choose("auto").offer.key == "embedded:my-model"
    absent = ModelSettings(ollama_host=NOWHERE, gguf_path=folder / "gone.gguf", models_folder=folder)
    assert "no file" in keyed(Ladder(absent).offers())["embedded:gone"].why


def test_without_the_runtime_an_installed_file_says_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(folder, "qwen2.5-coder-1.5b")
    monkeypatch.setattr(ladder_module, "runtime_present", lambda: False)
    offer = keyed(Ladder(settings(folder)).offers())["embedded:qwen2.5-coder-1.5b"]
    assert not offer.available
    assert "erica-tutor[embedded]" in offer.why


def test_one_embedded_process_serves_all_who_choose_it(folder: Path) -> None:
    install(folder, "qwen2.5-coder-1.5b")
    ladder = Ladder(settings(folder))
    assert ladder.choose("auto").model is ladder.choose("embedded:qwen2.5-coder-1.5b").model
    ladder.close()
