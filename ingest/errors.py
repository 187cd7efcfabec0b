"""What can go wrong with a source, each with the file, the reason and what to do about it.

IngestError
├── UnreadableSource   damaged, encrypted, of unknown encoding, or not permitted
├── EmptySource        nothing in it that could be taught from
├── TooLarge           past the size limit
├── ReaderFailed       its reader hung, crashed, or needed too much memory
└── UnknownSource      a name that nothing in the library answers to
"""

from __future__ import annotations


class IngestError(Exception):
    """Root of the package's errors. `str(error)` is a sentence for a person, remedy included.

    Args:
        file: the source as the person named it.
        reason: what is wrong with it, place included where one is known.
        remedy: what to do about it.
    """

    def __init__(self, file: str, reason: str, remedy: str) -> None:
        super().__init__(f"{file}: {reason}. {remedy}")
        self.file = file
        self.reason = reason
        self.remedy = remedy


class UnreadableSource(IngestError):
    """The source is damaged, encrypted, in an unknown encoding, or may not be read."""


class EmptySource(IngestError):
    """The source holds nothing that could be taught from."""


class TooLarge(IngestError):
    """The source is past the size limit."""


class ReaderFailed(IngestError):
    """The reader of the source hung, crashed, needed too much memory, or gave nothing that is a document."""


class UnknownSource(IngestError):
    """Nothing in the library answers to this name."""
