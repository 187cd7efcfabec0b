"""Settings come from flags, variables, files and defaults, in that order, and say what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.app import model_settings
from tutor.settings import KEYS, SettingsError, load


def test_defaults_are_five_two_ten(tmp_path: Path) -> None:
    settings = load(environ={}, folder=tmp_path)
    chosen = settings.retrieval
    assert (chosen.semantic_results, chosen.prerequisite_depth, chosen.max_concepts) == (5, 2, 10)
    assert settings.model == "auto"


def test_flags_win_over_variables_and_variables_over_files(tmp_path: Path) -> None:
    (tmp_path / "erica.toml").write_text('depth = 4\nconcepts = 7\nlibrary = "from-file"\n')
    environ = {"ERICA_DEPTH": "3", "ERICA_LIBRARY": "from-variable"}
    settings = load({"library": Path("from-flag")}, environ, tmp_path)
    assert settings.library == Path("from-flag")
    assert settings.retrieval.prerequisite_depth == 3
    assert settings.retrieval.max_concepts == 7
    assert settings.origin["library"] == "command line"
    assert settings.origin["depth"] == "ERICA_DEPTH"
    assert settings.origin["concepts"] == str(tmp_path / "erica.toml")
    assert settings.origin["results"] == "default"


def test_every_violation_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "erica.toml").write_text("dept = 4\nconcepts = true\n")
    with pytest.raises(SettingsError) as caught:
        load(environ={"ERICA_RESULTS": "many"}, folder=tmp_path)
    text = str(caught.value)
    assert "unknown setting 'dept'" in text
    assert "concepts must be text or a whole number" in text
    assert "ERICA_RESULTS must be a whole number, not 'many'" in text


def test_values_out_of_range_are_refused_with_their_origin(tmp_path: Path) -> None:
    with pytest.raises(
        SettingsError, match=r"prerequisite_depth must be between 0 and 10, not 99.*depth from ERICA_DEPTH"
    ):
        load(environ={"ERICA_DEPTH": "99"}, folder=tmp_path)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "erica.toml").write_text("depth = = 3")
    with pytest.raises(SettingsError, match=r"erica\.toml is not TOML"):
        load(environ={}, folder=tmp_path)


def test_a_key_in_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "erica.toml").write_text('openai_key = "sk-secret"')
    with pytest.raises(SettingsError, match="unknown setting 'openai_key'") as caught:
        load(environ={}, folder=tmp_path)
    assert "sk-secret" not in str(caught.value)


def test_the_readme_documents_every_setting() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert [key.name for key in KEYS if f"`{key.name}`" not in readme] == []


def test_the_context_of_servers_is_a_setting_that_reaches_the_models(tmp_path: Path) -> None:
    settings = load(environ={"ERICA_CONTEXT_TOKENS": "32000"}, folder=tmp_path)
    assert model_settings(settings).server_context_tokens == 32_000
    with pytest.raises(SettingsError, match="context_tokens must be 2048 to"):
        load(environ={"ERICA_CONTEXT_TOKENS": "100"}, folder=tmp_path)
