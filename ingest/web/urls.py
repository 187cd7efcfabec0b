"""One spelling for each page: addresses without fragments, tracking parameters and idle differences."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from ingest.web.addresses import PORTS

_TRACKING = re.compile(
    r"(?:utm_\w+|gclid|dclid|gbraid|wbraid|fbclid|msclkid|mc_[ce]id|igshid|_ga|_gl|_hs\w+|yclid|vero_id|spm|ref_src)",
    re.I,
)
_UNRESERVED = re.compile(r"%(?:2D|2E|5F|7E|3[0-9]|[46][1-9A-F]|[57][0-9A])", re.I)
_SAFE = "/:@!$&'()*+,;=~-._%"


def is_web(address: str) -> bool:
    """Return whether a person means a web address and no file: `https://host/path`."""
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://", address) is not None


def normal(url: str) -> str:
    """Return the spelling of a URL by which its page is known.

    Scheme and host in lower case, no default port, no fragment, no tracking parameters, no `.` and `..`, and escapes in
    one way (RFC 3986, section 6.2.2).

    Raises:
        ValueError: it is no URL.
    """
    parts = urlsplit(url.strip())
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    port = parts.port
    where = f"[{host}]" if ":" in host else host
    if "@" in parts.netloc:
        where = f"{parts.netloc.rpartition('@')[0]}@{where}"
    if port is not None and port != PORTS.get(scheme):
        where = f"{where}:{port}"
    path = _escaped(parts.path)
    steps = posixpath.normpath(path) if path else "/"
    if path.endswith(("/", "/.", "/..")) and not steps.endswith("/"):
        steps += "/"
    query = "&".join(
        pair for pair in parts.query.split("&") if pair and not _TRACKING.fullmatch(pair.partition("=")[0])
    )
    return urlunsplit((scheme, where, re.sub("^/+", "/", steps), _escaped(query, extra="?"), ""))


def _escaped(text: str, extra: str = "") -> str:
    shown = _UNRESERVED.sub(lambda match: unquote(match[0]), text)
    shown = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", shown)
    return re.sub(r"%[0-9a-f]{2}", lambda match: match[0].upper(), quote(shown, safe=_SAFE + extra), flags=re.I)


def folder_of(url: str) -> str:
    """Return the URL of the folder that a page stands in: what lies below it belongs to the same site."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rpartition("/")[0] + "/", "", ""))


def path_below(root: str, url: str) -> str:
    """Return a page's path below its site's root; of the root itself `./`."""
    below = url.removeprefix(root) if url.startswith(root) and root.endswith("/") else ""
    if root == url or not below:
        last = urlsplit(url).path.rstrip("/").rpartition("/")[2]
        return "./" if root.endswith("/") else unquote(last) or "./"
    return below
