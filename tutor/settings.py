"""Settings: flags before `ERICA_*` variables before `./erica.toml` before the user's file before defaults.

Each setting remembers where its value came from. Secrets are no settings: the key of an OpenAI-compatible server is
read from the environment (`ERICA_OPENAI_KEY`) by the model that needs it, and stands in no file.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.model import RetrievalSettings
from tutor.style import Level, Style, Unsupported

PROJECT_FILE = "erica.toml"
MOST_LANGUAGE_CHARACTERS = 40


class SettingsError(Exception):
    """A settings file or variable holds something unusable; the text names each one and where it stands."""


@dataclass(frozen=True, slots=True)
class Key:
    """One setting a person may turn."""

    name: str
    default: object
    parse: Callable[[str], object]
    about: str

    @property
    def variable(self) -> str:
        """Return the environment variable of this setting."""
        return f"ERICA_{self.name.upper()}"


def _path(text: str) -> Path:
    return Path(text).expanduser()


def _text(text: str) -> str:
    return text.strip()


def _yes_or_no(text: str) -> str:
    word = text.strip().casefold()
    if word not in ("yes", "no"):
        raise ValueError(text)
    return word


def _level(text: str) -> str:
    return Level(text.strip().casefold()).value


def _unsupported(text: str) -> str:
    return Unsupported(text.strip().casefold()).value


def _language(text: str) -> str:
    name = " ".join(text.split())
    if len(name) > MOST_LANGUAGE_CHARACTERS or not all(c.isalpha() or c in " -()" for c in name):
        raise ValueError(text)
    return name


KEYS = (
    Key("library", None, _path, "folder of the library (default: the user's folder for application files)"),
    Key("state", None, _path, "folder of conversations (default: beside the library's default)"),
    Key("results", 5, int, "semantic search results"),
    Key("depth", 2, int, "prerequisite depth"),
    Key("concepts", 10, int, "most concepts a lesson may hold"),
    Key("model", "auto", _text, "who words the lesson: auto, extractive, ollama:NAME, openai:NAME, embedded:NAME"),
    Key("level", "standard", _level, "how lessons explain: intuitive, standard or mathematical"),
    Key("language", "", _language, "language of answers, such as German; needs a model (default: the course's own)"),
    Key("unsupported", "drop", _unsupported, "what no passage supports, of a model's words: drop or mark"),
    Key("verify_s", 3, int, "most seconds a lesson waits for its code cells to be run (0: it runs none)"),
    Key("cell_s", 30, int, "most seconds a cell may run"),
    Key("gpu_cell_s", 60, int, "most seconds a cell marked `# gpu` may run on a GPU"),
    Key("cell_memory_mb", 1024, int, "most memory a cell may use, in MiB (2048 where it works with CLIP)"),
    Key("cells_per_hour", 300, int, "most cells a student may run in an hour"),
    Key("solutions_per_hour", 30, int, "most solutions a student may hand in in an hour"),
    Key("owners_machine", "no", _yes_or_no, "yes: run cells without user namespaces too (tier C); only your own code"),
    Key("ollama_host", "", _text, "address of the Ollama server (default: OLLAMA_HOST, else 127.0.0.1:11434)"),
    Key("openai_url", "", _text, "base URL of an OpenAI-compatible server; the key stands in ERICA_OPENAI_KEY"),
    Key("openai_model", "", _text, "model to ask for at that server"),
    Key("context_tokens", 8192, int, "context asked of those servers; from 16384 on a lesson is written in one go"),
    Key("gguf", "", _text, "path of a GGUF file to run inside Erica"),
    Key("embedding_model", "", _text, "sentence-transformers model or folder (default: all-MiniLM-L6-v2, offline)"),
    Key("embedding_backend", "auto", _text, "runtime of the embedder: auto, or one that `erica doctor` lists"),
)


_FORMS: Mapping[Callable[[str], object], str] = {
    _yes_or_no: "yes or no",
    _level: "intuitive, standard or mathematical",
    _unsupported: "drop or mark",
    _language: "the name of a language",
}
_RANGES = {
    "context_tokens": (2_048, 1_048_576),
    "verify_s": (0, 3_600),
    "cell_s": (1, 600),
    "gpu_cell_s": (1, 600),
    "cell_memory_mb": (64, 16_384),
    "cells_per_hour": (1, 100_000),
    "solutions_per_hour": (1, 100_000),
}
"""Lowest and highest value; the highest of a cell's limits are the sandbox's own (`tutor.sandbox.CEILING`)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, checked. `origin` tells for each key where its value came from."""

    library: Path
    state: Path
    retrieval: RetrievalSettings
    model: str
    verify_s: int
    ollama_host: str
    openai_url: str
    openai_model: str
    gguf: str
    embedding_model: str
    embedding_backend: str
    origin: Mapping[str, str] = field(default_factory=dict)
    cell_s: int = 30
    gpu_cell_s: int = 60
    cell_memory_mb: int = 1024
    cells_per_hour: int = 300
    solutions_per_hour: int = 30
    owners_machine: bool = False
    context_tokens: int = 8192
    style: Style = field(default_factory=Style)


def load(
    flags: Mapping[str, object] | None = None, environ: Mapping[str, str] | None = None, folder: Path | None = None
) -> Settings:
    """Return the settings in force.

    Args:
        flags: values given on the command line, by key; None values are not given.
        environ: the environment; the process's own by default.
        folder: where `erica.toml` is looked for; the working folder by default.

    Raises:
        SettingsError: names every key and value that cannot be used, and where each stands.
    """
    import platformdirs

    variables = os.environ if environ is None else environ
    user_file = Path(platformdirs.user_config_dir("erica")) / PROJECT_FILE
    wrong: list[str] = []
    values: dict[str, object] = {key.name: key.default for key in KEYS}
    origin = dict.fromkeys(values, "default")
    for source in (user_file, (folder or Path.cwd()) / PROJECT_FILE):
        for name, value in _read(source, wrong).items():
            values[name], origin[name] = value, str(source)
    for key in KEYS:
        if variables.get(key.variable):
            values[key.name] = _parsed(key, variables[key.variable], key.variable, wrong)
            origin[key.name] = key.variable
        if flags and flags.get(key.name) is not None:
            values[key.name], origin[key.name] = flags[key.name], "command line"
    if wrong:
        raise SettingsError("; ".join(wrong))
    home = Path(platformdirs.user_data_dir("erica"))
    return _settings(values, origin, home)


def _settings(values: Mapping[str, object], origin: Mapping[str, str], home: Path) -> Settings:
    def text(name: str) -> str:
        return str(values[name] or "")

    def number(name: str) -> int:
        return int(text(name) or 0)

    try:
        retrieval = RetrievalSettings(
            *(int(str(values[name])) for name in ("results", "depth", "concepts")),
        )
    except ValueError as error:
        places = ", ".join(f"{name} from {origin[name]}" for name in ("results", "depth", "concepts"))
        raise SettingsError(f"{error} ({places})") from error
    wrong = [
        f"{name} must be {lowest} to {highest}, not {text(name)} ({origin[name]})"
        for name, (lowest, highest) in _RANGES.items()
        if not lowest <= number(name) <= highest
    ]
    if wrong:
        raise SettingsError("; ".join(wrong))
    return Settings(
        library=Path(text("library")).expanduser() if values["library"] else home / "library",
        state=Path(text("state")).expanduser() if values["state"] else home / "state",
        retrieval=retrieval,
        model=text("model") or "auto",
        verify_s=number("verify_s"),
        ollama_host=text("ollama_host"),
        openai_url=text("openai_url"),
        openai_model=text("openai_model"),
        gguf=text("gguf"),
        embedding_model=text("embedding_model"),
        embedding_backend=text("embedding_backend") or "auto",
        origin=origin,
        cell_s=number("cell_s"),
        gpu_cell_s=number("gpu_cell_s"),
        cell_memory_mb=number("cell_memory_mb"),
        cells_per_hour=number("cells_per_hour"),
        solutions_per_hour=number("solutions_per_hour"),
        owners_machine=text("owners_machine") == "yes",
        context_tokens=number("context_tokens"),
        style=Style(Level(text("level")), text("language"), Unsupported(text("unsupported"))),
    )


def _read(path: Path, wrong: list[str]) -> dict[str, object]:
    """Return the known keys of a settings file; note what is unknown, of the wrong type, or not TOML at all."""
    try:
        content = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        wrong.append(f"{path} cannot be read: {error}")
        return {}
    try:
        found = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        wrong.append(f"{path} is not TOML: {error}")
        return {}
    known = {key.name: key for key in KEYS}
    values: dict[str, object] = {}
    for name, value in found.items():
        if name not in known:
            wrong.append(f"{path}: unknown setting {name!r}; known are {', '.join(known)}")
        elif not isinstance(value, str | int) or isinstance(value, bool):
            wrong.append(f"{path}: {name} must be text or a whole number")
        else:
            values[name] = _parsed(known[name], str(value), f"{path}: {name}", wrong)
    return values


def _parsed(key: Key, text: str, where: str, wrong: list[str]) -> object:
    try:
        return key.parse(text)
    except ValueError:
        wrong.append(f"{where} must be {_FORMS.get(key.parse, 'a whole number')}, not {text!r}")
        return key.default
