"""The web side of `erica ingest`: its options, and the addresses that were named as sources of an ingest."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import IngestError
from ingest.web.urls import is_web
from knowledge.library_folder import WEB_NAME, has_catalog
from knowledge.wording import one_line

if TYPE_CHECKING:
    from ingest.selection import Source
    from ingest.web.crawl import CrawlSettings


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what a person can name, and how far and how fast a site is read."""
    parser.add_argument("paths", nargs="+", type=_named, metavar="PATH", help="course folder, file or web address")
    web = parser.add_argument_group("web addresses")
    web.add_argument(
        "--crawl-depth", type=_count, default=0, metavar="N", help="follow links below the address N deep (0: one page)"
    )
    web.add_argument("--max-pages", type=_count, default=200, metavar="N", help="most pages of a site (200)")
    web.add_argument("--delay", type=_seconds, default=0.5, metavar="S", help="seconds between two requests (0.5)")
    web.add_argument("--allow-private", action="store_true", help="addresses on this machine or its network are meant")


def _named(text: str) -> Path | str:
    """Return a path, or a web address as it was written."""
    return text if is_web(text) else Path(text)


def _count(text: str) -> int:
    if not (text.isdecimal() and len(text) < 10):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 on")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from 0 to 3600")
    return seconds


@contextmanager
def fetched(args: argparse.Namespace, library: Path, max_file_mb: float) -> Iterator[list[Source]]:
    """Yield what was named as sources of an ingest; addresses are fetched first.

    An address that cannot be had is a source with an error, and the others go on. In a dry run, what is fetched is
    kept only while the context is open.

    Raises:
        LibraryUnusable: the folder holds something else than a library.
    """
    if not any(isinstance(one, str) for one in args.paths):
        yield list(args.paths)
        return
    from ingest.web.crawl import CrawlSettings

    has_catalog(library)  # a folder that is no library is refused before anything is put into it
    settings = CrawlSettings(
        depth=args.crawl_depth,
        max_pages=max(1, args.max_pages),
        delay_s=args.delay,
        allow_private=args.allow_private,
        max_bytes=int(max_file_mb * 1e6),
    )
    with _kept_in(library, dry_run=args.dry_run) as folder:
        yield [one if isinstance(one, Path) else _site(one, folder, settings, quiet=args.json) for one in args.paths]


def _site(url: str, folder: Path, settings: CrawlSettings, *, quiet: bool) -> Source:
    from ingest.web.crawl import crawl, unreachable

    def show(page: str) -> None:
        if not quiet:
            print(f"ingest: fetching {one_line(page)}", file=sys.stderr, flush=True)

    try:
        return crawl(url, folder, settings, progress=show)
    except IngestError as error:
        return unreachable(url, error)


@contextmanager
def _kept_in(library: Path, *, dry_run: bool) -> Iterator[Path]:
    """Yield the folder that is to hold what is fetched: the library, in a dry run a passing image of it."""
    if not dry_run:
        yield library
        return
    with tempfile.TemporaryDirectory(prefix="erica-dry-run-") as folder:
        if (library / WEB_NAME).is_dir():
            shutil.copytree(library / WEB_NAME, Path(folder) / WEB_NAME, copy_function=_linked)
        yield Path(folder)


def _linked(source: str, target: str) -> None:
    """Give a file a second name, or a copy where that cannot be: kept bytes are replaced, never changed."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
