"""Connections that are made to judged addresses only, and that end when the time of a request does."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import httpcore

from ingest.web.addresses import Origin, RefusedAddress, Resolver, allowed_addresses

SILENCE_S = 15.0
"""Seconds without a byte after which a server has given up."""


class Wire:
    """Kept connections for one request at a time.

    Args:
        private: the origins that may be on this machine or its network.
        resolve: looks names up.
        clock: seconds that only grow.
    """

    def __init__(self, private: frozenset[Origin], resolve: Resolver, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._backend = _Backend(private, resolve, self._left)
        self._deadline = 0.0
        self._pool = httpcore.ConnectionPool(max_connections=4, keepalive_expiry=30.0, network_backend=self._backend)

    def answer(
        self, origin: Origin, target: str, headers: Mapping[str, str], deadline: float
    ) -> AbstractContextManager[httpcore.Response]:
        """Return the answer to a GET; its body streams in while the context is open, until the deadline."""
        self._deadline = deadline
        self._backend.expected = origin
        waits = dict.fromkeys(("connect", "read", "write", "pool"), SILENCE_S)
        sent = [("Host", str(origin).partition("://")[2]), *headers.items()]
        return self._pool.stream("GET", f"{origin}{target}", headers=sent, extensions={"timeout": waits})

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def _left(self, wanted: float | None) -> float:
        """Return the seconds that an operation may take."""
        left = self._deadline - self._clock()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for one request is over")
        return left if wanted is None else min(wanted, left)


_Left = Callable[[float | None], float]


class _Backend(httpcore.NetworkBackend):
    """Looks a name up, judges what comes of it, and connects to that address."""

    def __init__(self, private: frozenset[Origin], resolve: Resolver, left: _Left) -> None:
        self._private = private
        self._resolve = resolve
        self._left = left
        self._plain = httpcore.SyncBackend()
        self.expected: Origin | None = None

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        origin = self.expected
        if origin is None or (origin.host, origin.port) != (host.strip("[]").lower(), port):
            raise RefusedAddress(f"{host}:{port}", "it is not what was asked for", "Report this: it is a defect.")
        *others, last = allowed_addresses(origin, private=origin in self._private, resolve=self._resolve)
        for address in others:
            try:
                return self._connected(str(address), port, timeout, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connected(str(last), port, timeout, socket_options)

    def _connected(
        self, address: str, port: int, timeout: float | None, options: Iterable[Any] | None
    ) -> httpcore.NetworkStream:
        return _Stream(self._plain.connect_tcp(address, port, self._left(timeout), None, options), self._left)


class _Stream(httpcore.NetworkStream):
    """A connection whose every operation ends when the time of the request does: a slow drip cannot hold it open."""

    def __init__(self, inner: httpcore.NetworkStream, left: _Left) -> None:
        self._inner = inner
        self._left = left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, self._left(timeout)), self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
