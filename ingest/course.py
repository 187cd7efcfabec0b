"""A folder to a course: which files teach, and in which order.

The order is the author's where there is one (`course.toml`, `_toctree.yml`, the links of a saved site's first page),
else the natural order of paths. Course files are not trusted: nothing outside the folder is read, and what they name
wrongly is noted.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ingest.errors import IngestError, UnreadableSource
from ingest.readers import reader_for
from knowledge.model import Course, stable_id
from knowledge.wording import counted

COURSE_FILE = "course.toml"
_TOCTREES = ("_toctree.yml", "_toctree.yaml")
_LARGEST_COURSE_FILE = 2_000_000
_SKIPPED_FOLDERS = frozenset(
    "node_modules __pycache__ venv env site-packages dist build _build _site target vendor .ipynb_checkpoints".split()
)
_NOT_TEACHING = re.compile(
    r"^(?:licen[cs]e|copying|notice|changelog|changes|history|contributing|contributors|authors|code[_-]of[_-]conduct|"
    r"security|source|citation|credits|third[_-]party.*|requirements.*|constraints.*|robots|humans|cname|todo)(?:[-_.].*)?$",
    re.I,
)
_MADE_PAGES = re.compile(r"^(?:404|genindex|py-modindex|modindex)(?:-.{1,3})?$", re.I)
"""Pages that programs add to a site and that say nothing of their own."""
_FIRST_PAGES = ("index.html", "index.htm")
_README = re.compile(r"^readme(?:\.[\w.]+)?$", re.I)
_OPENING = re.compile(r"^_?(?:readme|index|intro|introduction|welcome|overview|syllabus|preface)\b", re.I)
_SOURCE_FOLDERS = frozenset("docs doc content contents src source lessons chapters notebooks en book".split())
_TEXT_SUFFIXES = frozenset(".rst .tex .adoc .org .odt .odp .rmd .qmd .key".split())


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """The files of a course in its order. `notes` say what was left out, and why."""

    course: Course
    files: tuple[Path, ...]
    notes: tuple[str, ...]


def discover(root: Path) -> CoursePlan:
    """Return what a folder teaches, in order. Files that an author's order leaves out follow it.

    Raises:
        UnreadableSource: `course.toml` or `_toctree.yml` cannot be read; names the place in it.
    """
    root = root.resolve()
    notes: list[str] = []
    files = sorted(_walk(root, notes), key=lambda path: natural_key(path.relative_to(root)))
    teaching = [path for path in files if reader_for(path) is not None and not _aside(path, root)]
    if not teaching:
        teaching = [path for path in files if reader_for(path) is not None]
    notes += _unread(files)
    stated = _toml(root / COURSE_FILE) if (root / COURSE_FILE).is_file() else {}
    lessons = _toml_lessons(stated, root)
    if lessons:
        ordered = _existing(lessons, root, COURSE_FILE, notes)
        listed = set(ordered)
        others = [path for path in _with_toctrees(teaching, files, notes) if path not in listed]
        if others:
            notes.append(f"not listed in {COURSE_FILE}, taken after what is: {counted(len(others), 'file')}")
        ordered += others
    else:
        ordered = _with_toctrees(teaching, files, notes)
    announced = ""
    if not lessons and not any(path.name in _TOCTREES for path in files):
        ordered, announced = _with_first_page(ordered, root)
    title = stated.get("title")
    if not (isinstance(title, str) and title):
        title = _title(root, files, announced)
    course = Course(course_id(root), str(root), title)
    return CoursePlan(course, tuple(ordered), tuple(notes))


def course_id(root: Path) -> str:
    """Return the id of the course with this root."""
    return stable_id("course", str(root.resolve()))


def natural_key(path: Path) -> tuple[tuple[int, tuple[tuple[int, int, str], ...]], ...]:
    """Return a key that sorts paths as people count: chapter2 before chapter10, an index or introduction first."""
    return tuple((0 if _OPENING.match(part) else 1, _natural(part)) for part in path.parts)


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    runs = re.findall(r"\d+|\D+", text.casefold())
    return tuple((0, int(run), run) if run.isdecimal() else (1, 0, run) for run in runs)


# --- files ------------------------------------------------------------------------------------------------------


def _walk(root: Path, notes: list[str]) -> Iterator[Path]:
    """Yield the files below a folder; hidden and generated folders are skipped, links must stay inside the folder."""
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            notes.append(f"{_below(folder, root)}: the folder cannot be opened ({error.strerror})")
            continue
        for entry in entries:
            path = Path(entry.path)
            if not _wanted(entry, root, notes):
                continue
            if entry.is_dir():
                if entry.name.lower() not in _SKIPPED_FOLDERS and not _environment(path) and not _beside_a_page(path):
                    waiting.append(path)
            elif entry.is_file():
                yield path


def _wanted(entry: os.DirEntry[str], root: Path, notes: list[str]) -> bool:
    if entry.name.startswith((".", "~$")):
        return False
    if re.search("[\ud800-\udfff]", entry.name):
        notes.append(f"{entry.name!a}: its name is not valid UTF-8, left out; rename it")
        return False
    if entry.is_symlink():  # what a link inside the course leads to is met by its own path
        if not Path(os.path.realpath(entry.path)).is_relative_to(root):
            notes.append(f"{_below(Path(entry.path), root)}: a link that leads out of the course, left out")
        return False
    return True


def _environment(folder: Path) -> bool:
    return (folder / "pyvenv.cfg").is_file() or (folder / "conda-meta").is_dir()


def _beside_a_page(folder: Path) -> bool:
    """Return whether a browser made this folder when it saved a page: pictures, scripts and advertisements."""
    page = folder.name.removesuffix("_files")
    return page != folder.name and any(folder.with_name(f"{page}{suffix}").is_file() for suffix in (".html", ".htm"))


def _below(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _aside(path: Path, root: Path) -> bool:
    """Return whether a file is about the folder, not the subject: licences, indices, and the README at the top."""
    if path.suffix.lower() in (".html", ".htm"):
        searches = path.stem == "search" and path.with_name("searchindex.js").is_file()
        return searches or _MADE_PAGES.match(path.stem) is not None
    return _NOT_TEACHING.match(path.stem) is not None or (path.parent == root and _README.match(path.name) is not None)


def _unread(files: Sequence[Path]) -> list[str]:
    """Return a note for each format of text that has no reader."""
    counts = Counter(path.suffix.lower() for path in files if path.suffix.lower() in _TEXT_SUFFIXES)
    return [f"{count} {suffix} files: there is no reader for this format" for suffix, count in sorted(counts.items())]


def _title(root: Path, files: Sequence[Path], announced: str) -> str:
    """Return the title of the README at the top, else what the first page announces, else the folder's name."""
    readme = next((path for path in files if path.parent == root and _README.match(path.name)), None)
    if readme is not None:
        from ingest.markup import heading_text
        from ingest.mdx import clean

        with readme.open(encoding="utf-8", errors="replace") as lines:
            head = lines.read(20_000)
        heading = re.search(r"^#\s+(\S[^\n]*)$", clean(head, jsx=False), re.M)
        words = heading_text(heading[1])[0] if heading else ""
        if words:
            return words
    if announced:
        return announced
    named = root
    while named.name.lower() in _SOURCE_FOLDERS and named.parent != named:
        named = named.parent
    return named.name or str(root)


# --- the author's order -----------------------------------------------------------------------------------------


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_small(path))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UnreadableSource(str(path), f"it is not valid TOML: {error}", "Correct it at the place named.") from error


def _small(path: Path) -> str:
    if path.stat().st_size > _LARGEST_COURSE_FILE:
        raise UnreadableSource(str(path), "it is too large for a list of lessons", "Keep it under 2 MB.")
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableSource(
            str(path), f"it cannot be read ({error})", "Save it as UTF-8, readable by you."
        ) from error


def _toml_lessons(stated: dict[str, Any], root: Path) -> list[str]:
    """Return the lessons that `course.toml` lists, at its top or by modules."""
    modules = stated.get("modules", [])
    if not isinstance(modules, list):
        raise UnreadableSource(
            str(root / COURSE_FILE), "`modules` is not a list", "Write [[modules]] above each module."
        )
    groups = [stated.get("lessons", [])]
    groups += [module.get("lessons", []) if isinstance(module, dict) else None for module in modules]
    for group in groups:
        if not isinstance(group, list) or not all(isinstance(lesson, str) for lesson in group):
            raise UnreadableSource(
                str(root / COURSE_FILE), "`lessons` is not a list of paths", 'Write lessons = ["one.md", "two.md"].'
            )
    return [lesson for group in groups for lesson in group]


def _existing(lessons: Sequence[str], root: Path, where: str, notes: list[str]) -> list[Path]:
    """Return the listed files that are there; each once, none outside the course."""
    found: dict[Path, None] = {}
    for lesson in lessons:
        path = (root / lesson).resolve()
        if not path.is_relative_to(root):
            notes.append(f"{where} names {lesson}, which is outside the course: left out")
        elif not path.is_file():
            notes.append(f"{where} names {lesson}, which does not exist")
        elif reader_for(path) is None:
            notes.append(f"{where} names {lesson}, which has no reader")
        else:
            found[path] = None
    return list(found)


def _with_toctrees(teaching: Sequence[Path], files: Sequence[Path], notes: list[str]) -> list[Path]:
    """Return the files in the order of the contents files among them; what none lists follows in natural order."""
    ordered: dict[Path, None] = {}
    readable = set(teaching)
    for contents in (path for path in files if path.name in _TOCTREES):
        for local in _toctree(contents):
            base = (contents.parent / local).resolve()
            named = [base.with_name(base.name + suffix) for suffix in ("", ".mdx", ".md", ".ipynb")]
            path = next((candidate for candidate in named if candidate in readable), None)
            if path is None:
                notes.append(f"{contents.name} names {local}, which does not exist")
            else:
                ordered[path] = None
    ordered.update(dict.fromkeys(teaching))
    return list(ordered)


def _with_first_page(ordered: list[Path], root: Path) -> tuple[list[Path], str]:
    """Return the files of a saved site in the order in which its first page links to them, and that page's title."""
    first = next((root / name for name in _FIRST_PAGES if root / name in ordered), None)
    if first is None or first.stat().st_size > _LARGEST_COURSE_FILE:
        return ordered, ""
    from ingest.web.links import leads

    here = "http://folder.invalid/"
    try:
        found = leads(first.read_bytes(), here + first.name)
    except (IngestError, OSError):
        return ordered, ""  # the page is told about when it is read
    linked = (
        root / unquote(link.removeprefix(here).partition("?")[0]) for link in found.links if link.startswith(here)
    )
    among = set(ordered)
    listed = dict.fromkeys([first, *(path for path in linked if path in among)])
    return [*listed, *(path for path in ordered if path not in listed)], found.title


def _toctree(path: Path) -> Iterator[str]:
    """Yield the pages of a contents file in its order; sections may be nested."""
    import yaml

    try:
        waiting: list[Any] = [yaml.safe_load(_small(path))]
    except (yaml.YAMLError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise UnreadableSource(
            str(path), f"it is not valid YAML: {reason}", "Correct it at the place named."
        ) from error
    met: set[int] = set()
    while waiting:
        entry = waiting.pop()
        if id(entry) in met:  # an alias may make a section its own part, or repeat it without end
            continue
        met.add(id(entry) if isinstance(entry, list | dict) else 0)
        if isinstance(entry, list):
            waiting.extend(reversed(entry))
        elif isinstance(entry, dict):
            if isinstance(entry.get("local"), str):
                yield entry["local"]
            waiting.append(entry.get("sections"))
