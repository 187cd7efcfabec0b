"""The files that hold people's decisions: beside each course, or in the library's folder where that cannot be.

Plain text that is only added to, so that a course's history shows who decided what. Knows folders; refuses to know
what a decision does.
"""

from __future__ import annotations

import getpass
import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.concepts import normalise
from knowledge.decisions import Decision, Malformed, Recorded, read_lines
from knowledge.errors import DecisionsUnusable
from knowledge.library import Library
from knowledge.library_folder import DECISIONS_NAME
from knowledge.model import Course
from knowledge.wording import one_line

MOST_BYTES = 8_000_000
_INSTALLED = ("site-packages", "dist-packages")
_HEADER = """\
# What people decided about the concepts of this course. Erica reads it at every ingest, and it outranks what she
# found. One decision a line; add lines at the end, as later ones outrank earlier ones:
#   2026-11-05 anna reject prerequisite "RNN" -> "CLIP" because "CLIP has no recurrent part"
#   2026-11-05 anna merge "CLIP model" into "CLIP"
#   2026-11-06 anna withdraw merge "CLIP model" into "CLIP"
# Others: add|approve|remove|reject concept "X"; rename "X" to "Y"; split "Y" from "X"; define "X" as "words" at
# "lesson.md"; add|approve|remove|reject prerequisite|is-a|part-of|contrasts-with|related "X" -> "Y".
"""


@dataclass(frozen=True, slots=True)
class Book:
    """All decisions about a library's courses, course after course, and the lines that are none."""

    recorded: tuple[Recorded, ...]
    malformed: tuple[Malformed, ...]
    digest: str
    """Tells the bytes of all files; empty where there is none."""


def read_book(library: Library) -> Book:
    """Return what people decided about the courses of this library.

    Raises:
        DecisionsUnusable: a file is there and cannot be read.
    """
    recorded: list[Recorded] = []
    malformed: list[Malformed] = []
    digest = hashlib.sha256()
    found = False
    for file in files(library):
        content = _read(file)
        if content is None:
            continue
        found = True
        digest.update(len(content).to_bytes(8, "big") + content)
        good, bad = read_lines(content, str(file))
        recorded += good
        malformed += bad
    return Book(tuple(recorded), tuple(malformed), digest.hexdigest()[:20] if found else "")


def files(library: Library) -> list[Path]:
    """Return where decisions may stand: beside each course, by title, and last in the library's folder."""
    beside = [Path(course.root) / DECISIONS_NAME for course in library.catalog.courses() if _is_folder(course)]
    return list(dict.fromkeys([*beside, library.folder / DECISIONS_NAME]))


def file_for(library: Library, document: int) -> Path:
    """Return the file that a new decision belongs to.

    Args:
        library: with at least one course, or none.
        document: place in course order of the document that introduces what is decided about.
    """
    documents = library.catalog.documents()
    if documents:
        course_id = documents[min(max(document, 0), len(documents) - 1)].course_id
        course = next(one for one in library.catalog.courses() if one.id == course_id)
        if _is_folder(course) and _may_write(Path(course.root)):
            return Path(course.root) / DECISIONS_NAME
    return library.folder / DECISIONS_NAME


def file_after(library: Library, book: Book, file: Path, decision: Decision) -> Path:
    """Return this file, or a later one that holds a decision about the same names: only from there it is overruled."""
    order = [str(one) for one in files(library)]
    keys = set(map(normalise, decision.names))
    about = [one.file for one in book.recorded if keys & set(map(normalise, one.decision.names))]
    return Path(max([str(file), *about], key=order.index))


def with_added(library: Library, book: Book, file: Path, decisions: Sequence[Decision]) -> list[Recorded]:
    """Return what `read_book` will return once these decisions are added at the end of a file.

    Raises:
        DecisionsUnusable: the file is there and cannot be read.
    """
    content = _read(file) or b""
    first = 1 + (content or _HEADER.encode()).count(b"\n") + (bool(content) and not content.endswith(b"\n"))
    order = [str(one) for one in files(library)]
    place = order.index(str(file))
    earlier = [one for one in book.recorded if order.index(one.file) <= place]
    new = [Recorded(one, str(file), first + number) for number, one in enumerate(decisions)]
    return [*earlier, *new, *book.recorded[len(earlier) :]]


def append(file: Path, decisions: Sequence[Decision]) -> None:
    """Add decisions at the end of a file, on disk before this returns; the file is made where there is none.

    Raises:
        DecisionsUnusable: the file cannot be written to.
    """
    lines = "".join(f"{decision.line()}\n" for decision in decisions)
    try:
        with file.open("a+b") as opened:
            end = opened.seek(0, os.SEEK_END)
            if not end:
                lines = _HEADER + lines
            else:
                opened.seek(end - 1)
                lines = lines if opened.read(1) == b"\n" else "\n" + lines
            opened.write(lines.encode())  # opened for appending: one write at the end, wherever others are
            opened.flush()
            os.fsync(opened.fileno())
    except OSError as error:
        raise DecisionsUnusable(
            f"{file} cannot be written to ({error.strerror}). Check its permissions and its disk."
        ) from error


def person() -> str:
    """Return the name of whoever runs this process, for the line of a decision: git's, else the account's."""
    named = os.environ.get("GIT_AUTHOR_NAME") or _git_name()
    if named:
        return named
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in some containers
        return "somebody"


def _git_name() -> str:
    """Return the name that git would write into a commit; empty where git is not there or knows none."""
    git = shutil.which("git")
    if git is None:
        return ""
    try:
        asked = subprocess.run([git, "config", "user.name"], capture_output=True, text=True, check=False, timeout=5)
    except subprocess.TimeoutExpired:  # on a folder of a network that does not answer
        return ""
    return one_line(asked.stdout)


def _is_folder(course: Course) -> bool:
    return "://" not in course.root and Path(course.root).is_dir()


def _may_write(folder: Path) -> bool:
    """Return whether decisions may be kept here: not in an installed package, which the next update replaces."""
    kept = folder / DECISIONS_NAME
    return os.access(kept if kept.exists() else folder, os.W_OK) and not set(_INSTALLED) & set(folder.parts)


def _read(file: Path) -> bytes | None:
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise DecisionsUnusable(f"{file} cannot be read ({error.strerror}). Check its permissions.") from error
    if len(content) > MOST_BYTES:
        raise DecisionsUnusable(f"{file} is past {MOST_BYTES // 1_000_000} MB. Take out decisions that were withdrawn.")
    return content
