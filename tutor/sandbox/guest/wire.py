"""Messages between host and box, as both ends write them: one JSON object a packet or a line.

Knows how a packet with descriptors is received and that JSON is strict. Nothing here unpickles.
"""

from __future__ import annotations

import json
import socket
from typing import Any, NoReturn

PACKET_BYTES = 1 << 16  # control packets are small
_MOST_DESCRIPTORS = 8


class Malformed(ValueError):
    """The bytes are not one strict JSON object."""


def _no_constant(literal: str) -> NoReturn:
    raise Malformed(f"{literal} is not JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("a key stands twice")
    return found


def parse(line: bytes) -> dict[str, Any]:
    """Return the object in the line. Malformed for anything else: twice a key, NaN, Infinity, bad UTF-8."""
    try:
        value = json.loads(line.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Malformed(str(error)) from error
    except ValueError as error:  # an integer of too many digits, or Malformed itself
        raise Malformed(str(error)) from error
    if not isinstance(value, dict):
        raise Malformed("not an object")
    return value


def compose(message: dict[str, Any]) -> bytes:
    """Return the message as one line. ValueError where it holds NaN or Infinity, which strict JSON has no words for."""
    return json.dumps(message, ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def send_packet(channel: socket.socket, message: dict[str, Any], descriptors: tuple[int, ...] = ()) -> None:
    """Send one packet, with copies of the descriptors."""
    socket.send_fds(channel, [compose(message)], list(descriptors))


def receive_packet(channel: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    """Return the next packet and its descriptors (close-on-exec); None at the end of the conversation."""
    content, descriptors, _, _ = socket.recv_fds(channel, PACKET_BYTES, _MOST_DESCRIPTORS, socket.MSG_CMSG_CLOEXEC)
    return (parse(content) if content else None), descriptors
