"""A read document as JSON and bytes, to cross from a reader's process to ours; what comes back is checked.

The other side may have been taken over by the file it read. So nothing here unpickles, every offset, kind and place is
checked, and what does not fit is no document.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ingest.document import Block, BlockKind, FoundFigure, FoundVideo, ReadDocument
from knowledge.model import Heading, Locator, SourceKind, TimeSpan
from knowledge.records import locator_from_json, locator_to_json

MOST_PICTURE_BYTES = 5_000_000
MOST_PICTURES = 200
"""Of one document; further ones, and larger ones, are kept without their bytes."""
MOST_PICTURES_BYTES = 100_000_000
"""Of all pictures of one document together."""

_KINDS = {kind.value: kind for kind in BlockKind}


def encode(read: ReadDocument) -> tuple[bytes, bytes]:
    """Return the document as JSON, and the bytes of its pictures one after the other."""
    read = _with_few_pictures(read)
    paths: dict[tuple[str, ...], int] = {}
    blocks = [
        [
            block.start,
            block.end,
            block.kind.value,
            locator_to_json(block.locator),
            paths.setdefault(block.heading_path, len(paths)),
            block.language,
        ]
        for block in read.blocks
    ]
    figures = [
        [locator_to_json(one.locator), one.caption, one.alt, one.at, one.reference, len(one.image), one.media_type]
        for one in read.figures
    ]
    tree = {
        "title": read.title,
        "kind": read.kind.value,
        "text": read.text,
        "paths": list(paths),
        "blocks": blocks,
        "notes": read.notes,
        "figures": figures,
        "videos": [[one.provider, one.key, one.at] for one in read.videos],
    }
    encoded = json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return encoded, b"".join(one.image for one in read.figures)


def decode(encoded: bytes, pictures: bytes) -> ReadDocument:
    """Return the document that `encode` wrote. Lone surrogates, which no UTF-8 can hold, have become `?`.

    Raises:
        ValueError: it is no document.
    """
    try:
        return _document(json.loads(encoded), pictures)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise ValueError(f"it is no document ({type(error).__name__}: {error})") from error


def _document(tree: dict[str, Any], pictures: bytes) -> ReadDocument:
    text = _text(tree["text"])
    paths = [_texts(path) for path in tree["paths"]]
    places: dict[str, Locator] = {}
    blocks = tuple(_block(row, paths, places) for row in tree["blocks"])
    _check_order(blocks, len(text))
    figures, position = [], 0
    for locator, caption, alt, at, reference, size, media_type in tree["figures"]:
        image = pictures[position : position + _count(size, len(pictures) - position)]
        position += size
        words = _texts([caption, alt, reference, media_type])
        figures.append(
            FoundFigure(_place(locator), words[0], words[1], _count(at, len(text)), words[2], image, words[3])
        )
    videos = tuple(
        FoundVideo(_text(provider), _text(key), _count(at, len(text))) for provider, key, at in tree["videos"]
    )
    kind = SourceKind(tree["kind"])
    return ReadDocument(_text(tree["title"]), kind, text, blocks, _texts(tree["notes"]), tuple(figures), videos)


def _block(row: Sequence[Any], paths: Sequence[tuple[str, ...]], places: dict[str, Locator]) -> Block:
    start, end, kind, locator, path, language = row
    if locator not in places:  # blocks of a section share one
        places[locator] = _place(locator)
    return Block(_count(start), _count(end), _KINDS[kind], places[locator], paths[_count(path)], _text(language))


def _place(value: Any) -> Locator:
    locator = locator_from_json(_text(value))
    match locator:
        case Heading(path, _):
            _texts(path)
        case TimeSpan(start_s, end_s):
            if not (isinstance(start_s, int | float) and isinstance(end_s, int | float) and 0 <= start_s <= end_s):
                raise ValueError("a time in it is out of range")
    return locator


def _check_order(blocks: Sequence[Block], length: int) -> None:
    ends = [0, *(block.end for block in blocks)]
    if any(not before <= block.start < block.end for before, block in zip(ends, blocks, strict=False)):
        raise ValueError("its blocks are out of order")
    if ends[-1] > length:
        raise ValueError("its blocks reach past its text")
    if not blocks:
        raise ValueError("it has no block")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("a text in it is none")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError("a text in it is no valid Unicode") from error
    return value


def _texts(values: Sequence[Any]) -> tuple[str, ...]:
    return tuple(_text(value) for value in values)


def _count(value: Any, most: int | None = None) -> int:
    if type(value) is not int or value < 0 or (most is not None and value > most):
        raise ValueError("a number in it is out of range")
    return value


def _with_few_pictures(read: ReadDocument) -> ReadDocument:
    """Return the document with the pictures that may be kept; of the others the words stay."""
    kept, total, left_out = [], 0, 0
    for number, one in enumerate(read.figures):
        fits = len(one.image) <= MOST_PICTURE_BYTES and total + len(one.image) <= MOST_PICTURES_BYTES
        if not one.image or (fits and number < MOST_PICTURES):
            total += len(one.image)
            kept.append(one)
        else:
            left_out += 1
            kept.append(replace(one, image=b"", media_type=""))
    if not left_out:
        return read
    limits = f"{MOST_PICTURE_BYTES // 10**6} MB a picture, {MOST_PICTURES} a document"
    note = f"{left_out} of {len(kept)} pictures are kept by their words alone (at most {limits})"
    return replace(read, figures=tuple(kept), notes=(*read.notes, note))
