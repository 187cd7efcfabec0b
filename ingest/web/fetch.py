"""One request at a time: bytes of a URL within limits of size, time and redirects, from addresses that were judged.

Names are looked up and judged where the connection is made, in the socket layer, so a name that changes its address
between check and connection gains nothing. Proxies of the environment are not used: a proxy looks names up itself,
and would undo the check.
"""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from ingest.errors import TooLarge, UnreadableSource
from ingest.web.addresses import Origin, RefusedAddress, Resolver, looked_up, origin_of
from ingest.web.urls import normal

if TYPE_CHECKING:
    import httpcore

    from ingest.web.wire import Wire

MOST_REDIRECTS = 5
MOST_BYTES = 50_000_000
"""Bytes of one answer, after it is unpacked."""
MOST_PACKED = 200
"""How many times larger an answer may be unpacked than it was sent, from a megabyte on."""
REQUEST_S = 60.0
"""Seconds for one request, redirects included, from the first look-up to the last byte."""
AGENT = "Erica"
"""The name that robots.txt may address."""

_MISDIRECTIONS = frozenset((301, 302, 303, 307, 308))


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. `url` is where the last redirect led; the body is unpacked, and empty unless the status is 200."""

    url: str
    status: int
    body: bytes = field(repr=False)
    media_type: str = ""
    """Such as `text/html`, in lower case, without parameters."""
    charset: str = ""
    etag: str = ""
    modified: str = ""


class NoAnswer(UnreadableSource):
    """The server could not be reached, or broke off: it may answer another time."""


class Fetcher:
    """Fetches URLs one after the other over kept connections. A context manager.

    Args:
        private: the origins that may be on this machine or its network: those that the person named.
        resolve: looks names up.
        most_bytes: limit of one answer, bytes.
        request_s: limit of one request, seconds.
    """

    def __init__(
        self,
        *,
        private: frozenset[Origin] = frozenset(),
        resolve: Resolver = looked_up,
        most_bytes: int = MOST_BYTES,
        request_s: float = REQUEST_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most_bytes = most_bytes
        self._request_s = request_s
        self._private = private
        self._resolve = resolve
        self._clock = clock
        self._wire: Wire | None = None

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        if self._wire is not None:
            self._wire.close()

    def get(
        self, url: str, *, etag: str = "", modified: str = "", allowed: Callable[[str], bool] = lambda _: True
    ) -> Fetched:
        """Return the answer to a GET.

        Args:
            url: what to fetch.
            etag: sent as `If-None-Match`: an unchanged page answers 304 without a body.
            modified: sent as `If-Modified-Since`.
            allowed: asked before each redirect is followed; where it says no, the redirect itself is the answer.

        Raises:
            RefusedAddress: the URL, or one it redirects to, must not be asked.
            TooLarge: the answer is past the size limit, or unpacks to far more than it is.
            NoAnswer: no answer, or none in time.
            UnreadableSource: it redirects too often, or is packed in a way that was not offered.
        """
        deadline = self._clock() + self._request_s
        asked = url
        for _ in range(MOST_REDIRECTS + 1):
            conditions = {"If-None-Match": etag, "If-Modified-Since": modified} if url == asked else {}
            answer, location = self._once(url, deadline, {name: value for name, value in conditions.items() if value})
            if not location:
                return answer
            try:
                url = normal(urljoin(url, location))
            except ValueError as error:
                raise RefusedAddress(asked, "it redirects to what is no web address", "Check the address.") from error
            if not allowed(url):
                return Fetched(url, answer.status, b"")
        raise UnreadableSource(asked, f"it redirects more than {MOST_REDIRECTS} times", "Open it in a browser.")

    def _once(self, url: str, deadline: float, conditions: dict[str, str]) -> tuple[Fetched, str]:
        """Return an answer, and where it redirects to, if it does."""
        import httpcore

        from ingest.web.wire import Wire

        if self._wire is None:
            self._wire = Wire(self._private, self._resolve, self._clock)
        headers = {
            "User-Agent": f"{AGENT}/{_version()} (reads course pages for a local tutor)",
            "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
            "Accept-Encoding": "gzip",
            **conditions,
        }
        try:
            with self._wire.answer(origin_of(url), _target(url), headers, deadline) as response:
                got = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                location = got.get("location", "") if response.status in _MISDIRECTIONS else ""
                body = b"" if location or response.status != 200 else self._body(url, response, got)
                return _answer(url, response.status, body, got), location
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError) as error:
            late = isinstance(error, httpcore.TimeoutException)
            reason = str(error) or ("it takes too long" if late else "it broke off")
            raise NoAnswer(url, f"there is no answer ({reason})", "Check the network, and try again.") from error
        except ValueError as error:
            raise NoAnswer(url, f"the answer is damaged ({error})", "Try again.") from error

    def _body(self, url: str, response: httpcore.Response, got: dict[str, str]) -> bytes:
        """Return the body, unpacked as it comes in: never more in memory than the limit."""
        packing = got.get("content-encoding", "").strip().lower()
        if packing not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise UnreadableSource(url, f"it is packed as {packing}, which was not asked for", "Download it by hand.")
        length = got.get("content-length", "")
        if length.isdecimal() and int(length) > self._most_bytes:
            raise self._too_large(url)
        parts: list[bytes] = []
        size = sent = 0
        for part, raw in _unpacked(response.iter_stream(), self._most_bytes, packed=packing not in ("", "identity")):
            size += len(part)
            sent += raw
            if size > self._most_bytes:
                raise self._too_large(url)
            if size > 1_000_000 and size > MOST_PACKED * max(1, sent):
                raise TooLarge(url, "it unpacks to far more than it is", "Download it by hand if you trust it.")
            parts.append(part)
        return b"".join(parts)

    def _too_large(self, url: str) -> TooLarge:
        return TooLarge(
            url,
            f"it is larger than {self._most_bytes / 1e6:.4g} MB",
            "Download it and split it, or raise the limit: --max-file-mb.",
        )


def _unpacked(stream: Any, most: int, *, packed: bool) -> Iterator[tuple[bytes, int]]:
    """Yield stretches of a body, and how many bytes were sent for each."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32) if packed else None
    for raw in stream:
        if unpacker is None:
            yield raw, len(raw)
            continue
        sent = len(raw)
        waiting = raw
        while waiting:
            try:
                part = unpacker.decompress(waiting, min(1 << 20, most + 1))
            except zlib.error as error:
                raise ValueError(f"it cannot be unpacked: {error}") from error
            yield part, sent
            sent = 0
            waiting = unpacker.unconsumed_tail


def _answer(url: str, status: int, body: bytes, got: dict[str, str]) -> Fetched:
    kind, _, parameters = got.get("content-type", "").partition(";")
    charset = next((part.partition("=")[2] for part in parameters.split(";") if "charset" in part.lower()), "")
    return Fetched(
        url,
        status,
        body,
        kind.strip().lower(),
        charset.strip().strip("\"'"),
        got.get("etag", "")[:500],
        got.get("last-modified", "")[:100],
    )


def _target(url: str) -> str:
    """Return path and query of a URL, as a request names them."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("erica-tutor")
    except PackageNotFoundError:
        return "0"
