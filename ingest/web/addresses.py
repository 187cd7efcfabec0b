"""Which machines may be asked: after the name is looked up, and at each connection.

A page on the web can name any address, and a name can be pointed at any machine. So the address that a name stands
for is judged, not the name, and the connection goes to the very address that was judged (`ingest.web.fetch`).
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from ingest.errors import UnreadableSource

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Sequence[str]]
"""Gives the addresses of a host at a port; raises `OSError` where there are none."""

LONGEST_URL = 2_000
PORTS = {"http": 80, "https": 443}

_NOT_PUBLIC_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
            "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
        ),
    )
)  # fmt: skip
"""The special-purpose registry of IANA (RFC 6890 and later), and a public address that one cloud answers itself."""
_PUBLIC_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
_NAT64 = IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR = IPv6Network("2002::/16")
_PRIVATE_4 = tuple(map(IPv4Network, ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
_PRIVATE_6 = tuple(map(IPv6Network, ("::1/128", "fc00::/7")))
_DISGUISED = re.compile(r"(?:^|\.)(?:\d+|0x[0-9a-f]*)$", re.I)
"""A last label that is a number: an IPv4 address, however written (WHATWG URL, "ends in a number")."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a URL is served: scheme, host in ASCII and lower case, port."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        """Return the origin as a URL begins."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port != PORTS[self.scheme] else "")


class RefusedAddress(UnreadableSource):
    """The URL leads, or may lead, to a machine that is not on the public internet, or is no web address."""


def origin_of(url: str) -> Origin:
    """Return where a URL is served.

    Raises:
        RefusedAddress: not `http` or `https`, with credentials, without a host, or with a host that hides an address.
    """
    if len(url) > LONGEST_URL or re.search(r"[\x00-\x20\x7f\\]", url):
        raise RefusedAddress(url[:100], "it is no valid web address", "Copy it from the browser's address line.")
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
    except ValueError as error:
        raise RefusedAddress(url[:100], f"it is no valid web address ({error})", "Check it.") from error
    if scheme not in PORTS:
        raise RefusedAddress(url[:100], "only http and https are fetched", "Download it, and ingest the file.")
    if parts.username is not None or parts.password is not None:
        shown = f"{scheme}://{host}"
        raise RefusedAddress(
            shown, "it holds a user name or password", "Leave it out: what needs a login is saved by hand."
        )
    if "[" in parts.netloc and not re.fullmatch(r"\[[0-9A-Fa-f:.]+\](?::\d*)?", parts.netloc):
        raise RefusedAddress(url[:100], "its host is no valid IPv6 address", "Check it.")
    return Origin(scheme, _host(host, url), port or PORTS[scheme])


def _host(host: str, url: str) -> str:
    if ":" in host:
        try:
            return str(IPv6Address(host))
        except ValueError as error:
            raise RefusedAddress(url[:100], "its host is no valid IPv6 address", "Check it.") from error
    try:
        plain = host.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise RefusedAddress(url[:100], "its host name is not valid", "Check it.") from error
    if not plain or not re.fullmatch(r"[a-z0-9._-]+", plain):
        raise RefusedAddress(url[:100], "it names no host", "Write it as https://host/path.")
    if _DISGUISED.search(plain):
        try:
            return str(IPv4Address(plain))
        except ValueError as error:
            raise RefusedAddress(
                url[:100], "its host is a number that hides an address", "Write the address as four decimal numbers."
            ) from error
    return plain


def is_public(address: Address) -> bool:
    """Return whether an address is one of the public internet, and so is each that it carries in itself."""
    carried = _carried(address)
    if carried is not None:
        return is_public(carried)
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)


def is_own(address: Address) -> bool:
    """Return whether an address is of this machine or its private network; cloud metadata and multicast are not."""
    if isinstance(address, IPv4Address):
        return any(address in network for network in _PRIVATE_4)
    carried = address.ipv4_mapped
    return is_own(carried) if carried is not None else any(address in network for network in _PRIVATE_6)


def _carried(address: Address) -> IPv4Address | None:
    """Return the IPv4 address that translators and tunnels take out of an IPv6 address."""
    if isinstance(address, IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour if address in _SIX_TO_FOUR else None


def looked_up(host: str, port: int) -> Sequence[str]:
    """Return the addresses that the system's resolver gives for a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def allowed_addresses(origin: Origin, *, private: bool, resolve: Resolver = looked_up) -> list[Address]:
    """Return the addresses of an origin; all of them may be connected to.

    Args:
        origin: who is asked.
        private: this machine and its private network are allowed as well; link-local addresses never are.
        resolve: looks names up.

    Raises:
        RefusedAddress: one of its addresses is not allowed; a name with both kinds is refused as a whole.
        UnreadableSource: the name cannot be looked up.
    """
    try:
        found = [ip_address(text.partition("%")[0]) for text in resolve(origin.host, origin.port)]
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableSource(
            str(origin), f"its name cannot be looked up ({reason})", "Check the address and the network."
        ) from error
    if not found:
        raise UnreadableSource(str(origin), "its name has no address", "Check the address.")
    for address in found:
        if is_public(address) or (private and is_own(address)):
            continue
        remedy = "If this is your own server: --allow-private." if is_own(address) else "It is not asked."
        raise RefusedAddress(str(origin), f"it leads to {address}, which is not on the public internet", remedy)
    return found
