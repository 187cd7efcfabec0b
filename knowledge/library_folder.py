"""A library's folder: what may stand in it, and what its catalog says that its vectors were made with.

library/
├── catalog.sqlite3            the system of record: everything, vectors included
├── erica.decisions            what people decided, where it cannot stand beside the course
├── verdicts.jsonl             what chat models said about the order of concepts
├── ingest.log, ingest.log.1   what each file gave, run after run
├── web/                       what was fetched of sites, to be read again without the network
├── vectors/                   Chroma's index over the vectors; may be deleted, and is then built again
└── writer.lock, writer.json   who is writing
"""

from __future__ import annotations

from pathlib import Path

from knowledge.embedding import EmbeddingSignature
from knowledge.errors import EmbeddingMismatch, LibraryUnusable
from knowledge.lock import HOLDER_NAME, LOCK_NAME

CATALOG_NAME = "catalog.sqlite3"
DECISIONS_NAME = "erica.decisions"
"""What people decided; beside the course where its folder can be written to."""
VERDICTS_NAME = "verdicts.jsonl"
"""What chat models said about edges in doubt (`knowledge.verdicts`)."""
LOG_NAME = "ingest.log"
OLD_LOG_NAME = "ingest.log.1"
WEB_NAME = "web"
"""What was fetched of sites (`ingest.web.snapshots`)."""
_OURS = {
    CATALOG_NAME,
    f"{CATALOG_NAME}-wal",
    f"{CATALOG_NAME}-shm",
    LOCK_NAME,
    HOLDER_NAME,
    "vectors",
    WEB_NAME,
    DECISIONS_NAME,
    VERDICTS_NAME,
    LOG_NAME,
    OLD_LOG_NAME,
}


def check_signature(folder: Path, stored: EmbeddingSignature, asked: EmbeddingSignature) -> None:
    """Do nothing if vectors of the two can be compared.

    Raises:
        EmbeddingMismatch: they cannot.
    """
    if stored == asked:
        return
    raise EmbeddingMismatch(
        f"The library in {folder} was embedded with {_named(stored)}; the embedder in use is {_named(asked)}. "
        f"Use the library's own, or embed the library again: erica reembed --model {asked.name}"
    )


def settings_of(signature: EmbeddingSignature) -> dict[str, str | int]:
    """Return the settings under which a catalog keeps what its vectors were made with."""
    return {
        "embedder": signature.name,
        "dimension": signature.dimension,
        "weights_sha256": signature.weights_sha256,
    }


def _named(signature: EmbeddingSignature) -> str:
    return f"{signature.name} ({signature.dimension} dimensions, weights {signature.weights_sha256[:8]})"


def has_catalog(folder: Path) -> bool:
    """Return whether the folder holds a catalog; otherwise it is missing, or holds nothing that is not ours.

    Raises:
        LibraryUnusable: it holds something else, is no folder, or cannot be looked into.
    """
    try:
        if (folder / CATALOG_NAME).is_file():
            return True
        others = sorted({entry.name for entry in folder.iterdir()} - _OURS)
    except FileNotFoundError:
        return False
    except NotADirectoryError as error:
        raise LibraryUnusable(f"{folder} is a file. Name a folder for the library.") from error
    except OSError as error:
        raise LibraryUnusable(
            f"The folder {folder} cannot be read ({error.strerror}). Check its permissions."
        ) from error
    # names with a dot in front are left by the system: they say nothing about what a folder is for
    foreign = [name for name in others if not name.startswith(".") and name != "lost+found"]
    if foreign:
        raise LibraryUnusable(
            f"The folder {folder} holds other files ({foreign[0]}) and no library. Name an empty folder, or a new one."
        )
    return False


def make_folder(folder: Path) -> None:
    """Make the folder where there is none.

    Raises:
        LibraryUnusable: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryUnusable(f"The folder {folder} cannot be made ({error.strerror}). Name another one.") from error
