"""What works on this machine, what does not, and the remedy. Looks; changes nothing."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from knowledge.errors import EmbedderUnavailable, LibraryError, LibraryNotFound
from tutor.settings import Settings

LEAST_FREE_BYTES = 500_000_000
TRACING_VARIABLES = ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2")
"""Set, they make langchain send prompts to a service outside this machine."""


class Health(StrEnum):
    """How a check came out."""

    OK = "ok"
    NOTE = "note"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, how it is, and what to do where it is not well."""

    check: str
    health: Health
    text: str
    remedy: str = ""

    @property
    def broken(self) -> bool:
        """Return whether Erica cannot do its main job because of this."""
        return self.health is Health.BROKEN

    def line(self) -> str:
        """Return the finding as one line for a terminal."""
        mark = {Health.OK: "ok    ", Health.NOTE: "note  ", Health.BROKEN: "BROKEN"}[self.health]
        return f"{mark}  {self.check:12} {self.text}" + (f"\n        {'':12} → {self.remedy}" if self.remedy else "")

    def to_json(self) -> dict[str, str]:
        """Return the finding as a JSON object."""
        return {name: str(value) for name, value in asdict(self).items()}


def examine(settings: Settings) -> list[Finding]:
    """Return the findings of all checks, in a fixed order."""
    checks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _python,
        _packages,
        _torch,
        _embedder,
        _library,
        _folders,
        _sandbox,
        _models,
        _tracing,
    )
    return [finding for check in checks for finding in check(settings)]


def _python(_: Settings) -> Iterator[Finding]:
    version = sys.version.split()[0]
    yield Finding("python", Health.OK, f"{version}, erica-tutor {metadata.version('erica-tutor')}")


def _packages(_: Settings) -> Iterator[Finding]:
    """Look for another distribution that brings a package of one of our names: it would hide ours or lose its own."""
    owners = metadata.packages_distributions()
    for package in ("tutor", "knowledge", "ingest"):
        others = sorted(set(owners.get(package, [])) - {"erica-tutor"})
        if others:
            yield Finding(
                "packages",
                Health.BROKEN,
                f"the package `{package}` is also installed by {', '.join(others)}",
                "install Erica into a virtual environment of its own",
            )


def _torch(_: Settings) -> Iterator[Finding]:
    torch, torchvision = _version("torch"), _version("torchvision")
    if torch is None:
        yield Finding("torch", Health.NOTE, "not installed: image models and code cells need it", "pip install torch")
        return
    gpu = "a GPU is present" if Path("/dev/nvidia0").exists() else "no GPU"
    beside = f"; torchvision {torchvision}, which text embedding never imports" if torchvision else ""
    yield Finding("torch", Health.OK, f"{torch}; {gpu}{beside}")


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _embedder(settings: Settings) -> Iterator[Finding]:
    from knowledge.embedders import describe_backends, open_embedder

    try:
        embedder = open_embedder(settings.embedding_model or None, backend=settings.embedding_backend)
        signature = embedder.signature
    except EmbedderUnavailable as error:
        yield Finding("embedder", Health.BROKEN, str(error))
        return
    yield Finding("embedder", Health.OK, f"{signature.name}, {signature.dimension} dimensions")
    for report in describe_backends(settings.embedding_model or None):
        text = f"{report.backend}: {report.why}" + (" (in use)" if report.chosen else "")
        yield Finding("embedder", Health.OK if report.trial else Health.NOTE, text)


def _library(settings: Settings) -> Iterator[Finding]:
    from knowledge.library import Library

    try:
        with Library.open(settings.library) as library:
            counts = library.catalog.counts()
            text = f"{counts.documents} sources, {counts.chunks} chunks, {counts.concepts} concepts"
            yield Finding("library", Health.OK, f"{settings.library}: {text}")
            if not library.concepts_are_current:
                text = "concepts are not made from all documents: an ingest is running or was broken off"
                yield Finding("library", Health.NOTE, text, "run erica ingest again")
    except LibraryNotFound:
        remedy = "erica ingest FOLDER"
        yield Finding("library", Health.NOTE, f"{settings.library}: nothing was ingested yet", remedy)
    except LibraryError as error:
        yield Finding("library", Health.BROKEN, str(error))


def _folders(settings: Settings) -> Iterator[Finding]:
    for name, folder in (("library folder", settings.library), ("state folder", settings.state)):
        nearest = next(path for path in (folder, *folder.absolute().parents) if path.exists())
        if not os.access(nearest, os.W_OK):
            yield Finding(
                name, Health.BROKEN, f"{nearest} cannot be written", f"set ERICA_{name.split()[0].upper()} to a folder"
            )
        elif shutil.disk_usage(nearest).free < LEAST_FREE_BYTES:
            yield Finding(name, Health.NOTE, f"less than 0.5 GB is free at {nearest}", "free some space")


def _sandbox(settings: Settings) -> Iterator[Finding]:
    """Open the sandbox, which attacks it first unless it held since the machine started."""
    from tutor.sandbox import Sandbox, SandboxUnavailable, Tier

    try:
        with Sandbox.open(preload=(), owners_machine=settings.owners_machine) as sandbox:
            if sandbox.tier is Tier.C:
                text = "tier C: your own code runs, without user namespaces; nothing counts for credit"
                yield Finding("sandbox", Health.NOTE, text, "`erica sandbox` says what would isolate it")
                return
            yield Finding("sandbox", Health.OK, f"tier {sandbox.tier}: code runs isolated (`erica sandbox` says more)")
    except SandboxUnavailable as error:
        yield Finding("sandbox", Health.NOTE, "tier D: code is shown but not run", str(error))


def _models(settings: Settings) -> Iterator[Finding]:
    from knowledge.models.ladder import Ladder
    from tutor.app import model_settings

    for offer in Ladder(model_settings(settings)).offers():
        text = f"{offer.key}: {offer.why}"
        yield Finding("model", Health.OK if offer.available else Health.NOTE, text)


def _tracing(_: Settings) -> Iterator[Finding]:
    for variable in TRACING_VARIABLES:
        if os.environ.get(variable, "").lower() in {"1", "true", "yes"}:
            text = f"{variable} is set: prompts would be sent to a service outside this machine"
            yield Finding("privacy", Health.BROKEN, text, f"unset {variable}")
