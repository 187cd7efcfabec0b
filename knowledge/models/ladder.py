"""Which chat models are there, why the others are not, and which one `auto` takes.

The order, best first: Ollama with a chat model of about 3 B parameters or more, an OpenAI-compatible server where one
is configured, an embedded GGUF file, none (the lesson is then made of the course's own words). A model under about
1 B only rewords: it is offered as `small`. Builds adapters; asks them nothing but whether they are there.
"""

from __future__ import annotations

import math
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from knowledge.chat_model import ChatModel
from knowledge.errors import ModelError, ModelUnavailable
from knowledge.models.catalogue import CATALOGUE, CatalogueModel
from knowledge.models.gguf import RUNTIME_HINT, GGUFModel, GGUFOptions, runtime_present
from knowledge.models.ollama import OllamaEntry, OllamaModel, installed_chat_models, ollama_url
from knowledge.models.openai_compatible import Endpoint, OpenAICompatibleModel, api_url, listed_models
from knowledge.models.pacing import ModelLimits
from knowledge.models.store import installed, models_folder, path_of
from knowledge.models.wire import is_local, reachable

AUTO = "auto"
EXTRACTIVE = "extractive"
_OLLAMA, _OPENAI, _EMBEDDED = "ollama", "openai", "embedded"
_SUGGESTED = "qwen2.5:7b-instruct"
_SMALL_BELOW_B = 1.0  # measured: at 0.5 B the prose is a copy of the passages, at 0.135 B it invents
_WRITES_FROM_B = 2.9  # "3B" models have 2.8 to 3.2
_COMFORTABLE_B = 8.0  # the size that this rung is meant for: good prose at reading speed on one consumer GPU
_BYTES_PER_PARAMETER = 0.72  # of 4-bit GGUF files this small: 1.12 GB for 1.54 B
_GREETING_S = 2.0  # for a server that accepts connections to say what it has


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which models may be used. Everything has a default that works with nothing configured."""

    ollama_host: str = ""
    """Empty for `OLLAMA_HOST`, else 127.0.0.1:11434."""
    ollama_model: str = ""
    """The model that `auto` takes from Ollama, whatever its size; empty for the one that fits best."""
    openai_url: str = ""
    """An OpenAI-compatible server; empty for none."""
    openai_model: str = ""
    """Empty for the only one that the server lists."""
    openai_key_env: str = "ERICA_OPENAI_KEY"
    """The name of the environment variable that holds the key. The key itself is never a setting."""
    gguf_path: Path | None = None
    """A GGUF file of one's own, before the catalogue's."""
    models_folder: Path | None = None
    """Where the catalogue's models are; None for the user's data folder (or `ERICA_MODELS`)."""
    server_context_tokens: int = 8192
    embedded: GGUFOptions = field(default_factory=GGUFOptions)
    limits: ModelLimits = field(default_factory=ModelLimits)


@dataclass(frozen=True, slots=True)
class ModelOffer:
    """One model as a person may choose it, or the reason why it cannot be chosen."""

    key: str
    """`extractive`, `ollama:NAME`, `openai:NAME`, `embedded:NAME`; the bare rung where not even a name is known."""
    label: str
    available: bool
    why: str
    small: bool = False
    """True for a model that may only reword what was retrieved."""
    automatic: bool = False
    """True where `auto` may take it."""
    fluent: bool = False
    """True from about 3 B parameters on, and where the size is not known: what it makes up is often usable."""


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """What `choose` decided. `model` is None for the extractive rung."""

    offer: ModelOffer
    model: ChatModel | None


_EXTRACTIVE_OFFER = ModelOffer(
    EXTRACTIVE, "The course's own words", True, "Needs no model: every sentence is quoted.", automatic=True
)


class Ladder:
    """The models of one program. An embedded model's process is shared by all who choose it; `close` ends it."""

    def __init__(self, settings: ModelSettings | None = None) -> None:
        self._settings = settings or ModelSettings()
        self._embedded: dict[Path, GGUFModel] = {}
        self._lock = threading.Lock()

    def offers(self) -> list[ModelOffer]:
        """Return the models of every rung, best first, `extractive` last; those that are not there say why.

        Starts no model. Takes at most the connect limit (1 s) where no server answers.
        """
        settings = self._settings
        with ThreadPoolExecutor(2, thread_name_prefix="model probe") as threads:
            servers = [threads.submit(ollama_offers, settings), threads.submit(openai_offers, settings)]
            embedded = embedded_offers(settings)
            found = [offer for server in servers for offer in server.result()]
        return [*found, *embedded, _EXTRACTIVE_OFFER]

    def choose(self, key: str = AUTO) -> ChosenModel:
        """Return the model of `key`; for `auto` the best that is there.

        Raises:
            ModelUnavailable: `key` was pinned and cannot be had; says why. Never for `auto` and `extractive`.
        """
        if key == EXTRACTIVE:
            return ChosenModel(_EXTRACTIVE_OFFER, None)
        offers = self.offers()
        if key == AUTO:
            offer = next(offer for offer in offers if offer.available and offer.automatic)
        else:
            offer = _named(key, offers)
        return ChosenModel(offer, self._built(offer.key))

    def close(self) -> None:
        """End the process of every embedded model; the next choice starts anew."""
        with self._lock:
            for model in self._embedded.values():
                model.close()
            self._embedded.clear()

    def _built(self, key: str) -> ChatModel | None:
        """Return the adapter for the key of an available offer."""
        settings = self._settings
        rung, _, name = key.partition(":")
        if rung == _OLLAMA:
            return OllamaModel(
                name,
                host=settings.ollama_host or None,
                limits=settings.limits,
                context_tokens=settings.server_context_tokens,
            )
        if rung == _OPENAI:
            return OpenAICompatibleModel(
                name, _endpoint(settings), limits=settings.limits, context_tokens=settings.server_context_tokens
            )
        if rung == _EMBEDDED:
            return self._shared(name, _gguf_file(settings, name))
        return None

    def _shared(self, name: str, path: Path) -> GGUFModel:
        with self._lock:
            if path not in self._embedded:
                self._embedded[path] = GGUFModel(
                    path, name=name, options=self._settings.embedded, limits=self._settings.limits
                )
            return self._embedded[path]


def ollama_offers(settings: ModelSettings) -> list[ModelOffer]:
    """Return what Ollama has, best first; where it has nothing or is not there, one offer that says so."""
    try:
        url = ollama_url(settings.ollama_host or None)
        _knock(url, f"Ollama does not answer at {url}. Start it with `ollama serve`.", settings.limits)
        entries = installed_chat_models(url, _greeting(settings.limits))
    except ModelError as error:
        return [ModelOffer(_OLLAMA, "Ollama", False, str(error))]
    pinned = settings.ollama_model
    offers = [_ollama_offer(entry, pinned, url) for entry in sorted(entries, key=_distance_from_comfort)]
    if pinned and not any(offer.automatic for offer in offers):
        why = f"Ollama has no chat model {pinned}. Get it with `ollama pull {pinned}`."
        offers.insert(0, ModelOffer(f"{_OLLAMA}:{pinned}", f"{pinned} (Ollama)", False, why))
    if not offers:
        return [ModelOffer(_OLLAMA, "Ollama", False, f"It has no chat model yet. `ollama pull {_SUGGESTED}` gets one.")]
    return offers


def openai_offers(settings: ModelSettings) -> list[ModelOffer]:
    """Return the configured OpenAI-compatible server's models, or one offer that says why there is none."""
    if not settings.openai_url:
        return [ModelOffer(_OPENAI, "OpenAI-compatible server", False, "No address is set for one.")]
    name = settings.openai_model
    try:
        endpoint = _endpoint(settings)
        _knock(endpoint.url, f"Nothing answers at {endpoint.url}.", settings.limits)
        listed = listed_models(endpoint, _greeting(settings.limits))
    except ModelError as error:
        key = f"{_OPENAI}:{name}" if name else _OPENAI
        return [ModelOffer(key, name or "OpenAI-compatible server", False, str(error))]
    if not name and not listed:
        why = f"{endpoint.url} lists no models; set the name of one."
        return [ModelOffer(_OPENAI, "OpenAI-compatible server", False, why)]
    if name and listed and name not in listed:
        why = f"{endpoint.url} does not list {name}; it has {', '.join(listed[:5])}."
        return [ModelOffer(f"{_OPENAI}:{name}", name, False, why)]
    host = urlsplit(endpoint.url).hostname
    why = "On this machine." if is_local(endpoint.url) else f"Questions and passages are sent to {host}."
    names = [name] if name else listed
    automatic = len(names) == 1
    return [ModelOffer(f"{_OPENAI}:{each}", f"{each} ({host})", True, why, False, automatic, True) for each in names]


def embedded_offers(settings: ModelSettings) -> list[ModelOffer]:
    """Return the models that can run inside this program: a file of one's own, then the catalogue's, largest first."""
    offers = []
    if settings.gguf_path is not None:
        offers.append(_own_file_offer(settings.gguf_path))
    present = installed(settings.models_folder or models_folder())
    offers += [_catalogue_offer(model) for model in present]
    for model in CATALOGUE.values():
        if model.writes_lessons and model not in present:
            why = f"Not installed ({model.size_bytes / 1e9:.1f} GB): `erica models get {model.name}`."
            offers.append(ModelOffer(f"{_EMBEDDED}:{model.name}", _embedded_label(model), False, why))
    return offers


def _ollama_offer(entry: OllamaEntry, pinned: str, url: str) -> ModelOffer:
    size = f"{entry.parameters_b:.2g} B parameters"
    if entry.remote:
        why = "Runs on someone else's machine, to which questions and passages are sent; never taken on its own."
    elif entry.parameters_b < _SMALL_BELOW_B:
        why = f"{size}: too small to write, so it only rewords; never taken on its own."
    elif entry.parameters_b < _WRITES_FROM_B:
        why = f"{size}: its prose stays close to the passages; never taken on its own."
    else:
        why = size if is_local(url) else f"{size}, at {urlsplit(url).hostname}: questions and passages are sent there."
    fluent = entry.parameters_b >= _WRITES_FROM_B
    automatic = not entry.remote and fluent
    if pinned:
        automatic = _same_name(entry.name, pinned)
    small = not entry.remote and entry.parameters_b < _SMALL_BELOW_B
    return ModelOffer(f"{_OLLAMA}:{entry.name}", f"{entry.name} (Ollama)", True, why, small, automatic, fluent)


def _own_file_offer(path: Path) -> ModelOffer:
    key, label = f"{_EMBEDDED}:{path.stem}", f"{path.stem} (embedded)"
    if not path.is_file():
        return ModelOffer(key, label, False, f"There is no file {path}.")
    if not runtime_present():
        return ModelOffer(key, label, False, RUNTIME_HINT)
    parameters_b = path.stat().st_size / _BYTES_PER_PARAMETER / 1e9
    small, fluent = parameters_b < _SMALL_BELOW_B, parameters_b >= _WRITES_FROM_B
    return ModelOffer(key, label, True, f"Runs inside this program, from {path}.", small, True, fluent)


def _catalogue_offer(model: CatalogueModel) -> ModelOffer:
    key, label = f"{_EMBEDDED}:{model.name}", _embedded_label(model)
    if not runtime_present():
        return ModelOffer(key, label, False, RUNTIME_HINT)
    if not model.writes_lessons:
        return ModelOffer(key, label, True, "Only there to try the machinery: it loops and invents.", small=True)
    small = model.parameters_b < _SMALL_BELOW_B
    why = "Runs inside this program; it only rewords." if small else "Runs inside this program."
    return ModelOffer(key, label, True, why, small, automatic=True)


def _embedded_label(model: CatalogueModel) -> str:
    return f"{model.title} (embedded)"


def _named(key: str, offers: list[ModelOffer]) -> ModelOffer:
    """Return the available offer that `key` names.

    Raises:
        ModelUnavailable: there is none; with the reason of that very model, else of its rung.
    """
    rung = key.partition(":")[0]  # a rung that is not there at all is offered without a name
    for offer in offers:
        if _same_name(offer.key, key) or offer.key == rung:
            if offer.available:
                return offer
            raise ModelUnavailable(offer.why)
    name = key.removeprefix(f"{_OLLAMA}:")
    if name != key:
        raise ModelUnavailable(f"Ollama has no chat model {name}. Get it with `ollama pull {name}`.")
    known = ", ".join(offer.key for offer in offers if offer.available)
    raise ModelUnavailable(f"There is no model {key!r}. There are: {AUTO}, {known}.")


def _same_name(name: str, wanted: str) -> bool:
    """Return whether `wanted` means `name`; Ollama's names end in `:latest` where no tag was given."""
    return wanted in {name, name.removesuffix(":latest")}


def _gguf_file(settings: ModelSettings, name: str) -> Path:
    if settings.gguf_path is not None and settings.gguf_path.stem == name:
        return settings.gguf_path
    return path_of(name, settings.models_folder or models_folder())


def _endpoint(settings: ModelSettings) -> Endpoint:
    variable = settings.openai_key_env
    return Endpoint(
        api_url(settings.openai_url),
        lambda: os.environ.get(variable),
        key_hint=f"Set the environment variable {variable}.",
    )


def _knock(url: str, absent: str, limits: ModelLimits) -> None:
    """Return if anything listens at `url`: a bare connection, which costs none of a client's import time."""
    if not reachable(url, limits.connect_s):
        raise ModelUnavailable(absent)


def _greeting(limits: ModelLimits) -> ModelLimits:
    """Return the limits for asking a server what it has, where nobody wants to wait as long as for an answer."""
    return replace(limits, first_token_s=_GREETING_S, next_token_s=_GREETING_S)


def _distance_from_comfort(entry: OllamaEntry) -> tuple[bool, bool, float, str]:
    """Return a key that sorts the best-fitting model first: local, able to write, no coder, near the size we like."""
    size = max(entry.parameters_b, 1e-3)
    is_coder = "code" in entry.name
    return (entry.remote, size < _WRITES_FROM_B, is_coder + abs(math.log(size / _COMFORTABLE_B)), entry.name)
