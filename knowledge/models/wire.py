"""HTTP as models need it: a short time to connect, sockets that another thread can shut, and errors fit for people.

Knows addresses and connections; knows no model's protocol.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from knowledge.errors import ModelFailed, ModelUnavailable

if TYPE_CHECKING:
    import httpx

    from knowledge.models.pacing import ModelLimits

_QUOTED_CHARACTERS = 300
_GRACE_S = 5.0  # an answer's silence is measured by `pacing`; the socket's own limit must not come first


class Hangup:
    """Ends an HTTP exchange at once from any thread, by shutting its sockets.

    Closing a client from another thread would not wake a thread that waits for bytes; shutting the socket does, and
    tells the server that nobody reads on, upon which it stops to generate.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._over = False

    def __call__(self) -> None:
        """Shut what is open, and whatever will be opened."""
        with self._lock:
            self._over = True
            for open_socket in self._sockets:
                _shut(open_socket)

    def watch(self, request: httpx.Request) -> None:
        """Learn of the sockets that `request` opens: an httpx event hook."""
        request.extensions["trace"] = self._trace

    def _trace(self, event: str, details: Mapping[str, Any]) -> None:
        if not event.endswith(("connect_tcp.complete", "start_tls.complete")):
            return
        opened = details["return_value"].get_extra_info("socket")
        with self._lock:
            self._sockets.append(opened)
            if self._over:
                _shut(opened)


_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def _shut(open_socket: socket.socket) -> None:
    """Let nothing more come or go. A server that fills the connection faster than we read hears of it at our close."""
    with suppress(OSError):  # closed already, which is what was wanted
        open_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        socket.socket.shutdown(open_socket, socket.SHUT_RDWR)  # the plain one: TLS has no farewell for a hangup


def client_options(url: str, limits: ModelLimits, hangup: Hangup | None = None) -> dict[str, Any]:
    """Return keyword arguments for an `httpx.Client` that talks to `url`.

    Redirects are refused, so that neither a prompt nor a key goes where nobody configured it to go; a proxy of the
    environment is never used for this machine's own servers.
    """
    import httpx

    silence_s = limits.longest_silence_s + (_GRACE_S if hangup else 0.0)
    return {
        "timeout": httpx.Timeout(silence_s, connect=limits.connect_s),
        "follow_redirects": False,
        "trust_env": not is_local(url),
        "event_hooks": {"request": [hangup.watch]} if hangup else {},
    }


@contextmanager
def explained(who: str, absent: str) -> Iterator[None]:
    """Turn what httpx raises into the ladder's own errors.

    Args:
        who: the server's name, for messages.
        absent: the sentences for a server that cannot be reached, remedy included.
    """
    import httpx

    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, ConnectionError) as error:
        raise ModelUnavailable(absent) from error
    except httpx.ReadTimeout as error:
        raise ModelFailed(f"{who} stopped answering.") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ModelFailed(f"{who} broke off: {quoted(str(error))}") from error


def server_url(text: str, *, default_port: int | None = None) -> str:
    """Return `text` as `http(s)://host[:port][/path]`, without a slash at its end.

    A missing scheme is http; a server told to listen everywhere (0.0.0.0) is reached at 127.0.0.1.

    Raises:
        ModelUnavailable: another scheme, no host, a port that is none, or a name, password or query in the address.
    """
    given = text.strip()
    parts = urlsplit(given if "://" in given else f"http://{given}")
    if parts.scheme not in {"http", "https"}:
        raise ModelUnavailable(f"{_address(parts)} is no address of a model server: it must start with http or https.")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ModelUnavailable(
            f"{_address(parts)}: no name, password or query may stand in a model's address. "
            "Keys belong in the environment."
        )
    try:
        port = parts.port or (default_port if "://" not in given else None)
    except ValueError:
        raise ModelUnavailable(f"{_address(parts)} has no valid port.") from None
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1" if port else ""}.get(parts.hostname or "")
    host = parts.hostname if host is None else host
    if not host:
        raise ModelUnavailable(f"{given!r} names no host.")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def reachable(url: str, timeout_s: float) -> bool:
    """Return whether anything accepts connections at `url`, within `timeout_s` even where its name hangs to resolve."""
    parts = urlsplit(url)
    address = (parts.hostname or "", parts.port or {"http": 80, "https": 443}[parts.scheme])
    answered = threading.Event()

    def knock() -> None:
        with suppress(OSError), socket.create_connection(address, timeout=timeout_s):
            answered.set()

    knocking = threading.Thread(target=knock, name=f"knocks at {url}", daemon=True)
    knocking.start()
    knocking.join(timeout_s)
    return answered.is_set()


def is_local(url: str) -> bool:
    """Return whether `url` names this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def quoted(text: str, *, secret: str | None = None) -> str:
    """Return what a server said as one short printable line, with `secret` struck out."""
    if secret:
        text = text.replace(secret, "***")
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _QUOTED_CHARACTERS else line[: _QUOTED_CHARACTERS - 1] + "…"


def _address(parts: SplitResult) -> str:
    """Return the address without any password in it."""
    return quoted(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")
