"""What can go wrong with a library, each with words that say what to do.

KnowledgeError
├── LibraryError
│   ├── LibraryNotFound      nothing was ingested there yet
│   ├── LibraryBusy          another process is writing
│   ├── LibraryUnusable      not ours, from a newer version, damaged, or no space left
│   └── EmbeddingMismatch    vectors were made by another embedder
├── DecisionsUnusable        a file of people's decisions cannot be read or written to
├── QuestionUnusable         empty, or too long to be one question
├── EmbedderUnavailable      weights missing, altered, or a package that does not import
└── ModelError               (chat models)
    ├── ModelUnavailable     no server, no such model, no weights
    └── ModelFailed          it hung, broke off or answered outside its schema
"""

from __future__ import annotations


class KnowledgeError(Exception):
    """Root of the package's errors. `str(error)` is a sentence for a person, remedy included."""


class LibraryError(KnowledgeError):
    """The library folder cannot be used as asked."""


class LibraryNotFound(LibraryError):
    """The folder holds no library yet."""


class LibraryBusy(LibraryError):
    """Another process holds the writer's lock."""


class LibraryUnusable(LibraryError):
    """The folder is damaged, not ours, written by a newer version, or its disk is full."""


class EmbeddingMismatch(LibraryError):
    """The library's vectors were made by another embedder than the one in use."""


class DecisionsUnusable(KnowledgeError):
    """A file of people's decisions cannot be read or written to."""


class QuestionUnusable(KnowledgeError):
    """The question is empty or too long."""


class EmbedderUnavailable(KnowledgeError):
    """The embedder cannot be loaded: weights missing or altered, or a package that does not import."""


class ModelError(KnowledgeError):
    """Root of what a chat model can do wrong."""


class ModelUnavailable(ModelError):
    """The model cannot be reached at all: no server, no such model, no weights."""


class ModelFailed(ModelError):
    """The model was reached and failed: it hung, broke off, or answered outside its schema."""
