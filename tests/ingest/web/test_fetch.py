"""Fetching ends: in size, in time, in redirects; and it reaches nothing that was not judged."""

from __future__ import annotations

import gzip
import socket
import time
import zlib
from http.server import BaseHTTPRequestHandler

import pytest

from ingest.errors import TooLarge, UnreadableSource
from ingest.web.addresses import RefusedAddress, Resolver, looked_up, origin_of
from ingest.web.fetch import MOST_REDIRECTS, Fetched, Fetcher, NoAnswer
from tests.ingest.web.sites import Answer, Server, answer, packed, redirect, serve


def get(
    site: Server, path: str = "/", *, most_bytes: int = 100_000, request_s: float = 20.0, resolve: Resolver = looked_up
) -> Fetched:
    private = frozenset({origin_of(site.address)})
    with Fetcher(private=private, most_bytes=most_bytes, request_s=request_s, resolve=resolve) as fetcher:
        return fetcher.get(f"{site.address}{path}")


def test_a_page_comes_with_its_type_charset_and_validators() -> None:
    def page(handler: BaseHTTPRequestHandler) -> None:
        answer(handler, b"hi", 'Text/HTML; Charset="koi8-r"', ETag='"1"', Last_Modified="yesterday")

    with serve({"/a?b=c%20d": page}) as site:
        got = get(site, "/a?b=c%20d")
        assert got == Fetched(f"{site.address}/a?b=c%20d", 200, b"hi", "text/html", "koi8-r", '"1"', "yesterday")
        assert site.headers[0]["User-Agent"].startswith("Erica/")
        assert site.headers[0]["Host"] == site.address.removeprefix("http://")
        assert "Cookie" not in site.headers[0]


def test_an_unchanged_page_answers_without_a_body() -> None:
    with serve({"/": "text"}) as site, Fetcher(private=frozenset({origin_of(site.address)})) as fetcher:
        first = fetcher.get(f"{site.address}/")
        again = fetcher.get(f"{site.address}/", etag=first.etag)
        assert (first.status, again.status, again.body) == (200, 304, b"")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(status: int) -> None:
    with serve({"/": redirect("/b/../c", status), "/c": "there"}) as site:
        assert get(site) == Fetched(f"{site.address}/c", 200, b"there", "text/html", "utf-8", get(site, "/c").etag)


def test_redirects_end() -> None:
    with serve({"/": redirect("/"), "/long0": "x"}) as site:
        site.pages |= {f"/long{n}": redirect(f"/long{n - 1}") for n in range(1, MOST_REDIRECTS + 2)}
        with pytest.raises(UnreadableSource, match="redirects more than"):
            get(site)
        assert len(site.asked) == MOST_REDIRECTS + 1
        assert get(site, f"/long{MOST_REDIRECTS}").body == b"x"
        with pytest.raises(UnreadableSource, match="redirects more than"):
            get(site, f"/long{MOST_REDIRECTS + 1}")


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://[::1]/", "http://localhost/", "file:///etc/passwd",
        "http://127.0.0.1:1/", "//192.168.0.1/", "http://0x7f.1/", "gopher://127.0.0.1/", "http://user:pw@127.0.0.1/", "http://[",
    ],
)  # fmt: skip
def test_a_redirect_to_another_private_place_is_refused_even_where_the_first_is_allowed(target: str) -> None:
    with serve({"/": redirect(target)}) as site:
        with pytest.raises(RefusedAddress):
            get(site)
        assert site.asked == ["/"]


def test_a_loopback_address_is_refused_where_nothing_allows_it() -> None:
    with serve({"/": "secret"}) as site:
        with Fetcher() as fetcher, pytest.raises(RefusedAddress, match="not on the public internet"):
            fetcher.get(f"{site.address}/")
        assert site.asked == []


def test_a_name_that_changes_its_address_gains_nothing() -> None:
    """The address that is judged is the one that is connected to: there is only one look-up for each connection."""
    answers = [["93.184.216.34"], ["127.0.0.1"]]

    with serve({"/": "secret"}) as site:
        port = origin_of(site.address).port
        lookups: list[str] = []

        def rebinding(host: str, port: int) -> list[str]:
            lookups.append(host)
            return answers[min(len(lookups), 2) - 1]

        connected: list[str] = []
        original = socket.create_connection

        def recorded(address: tuple[str, int], *rest: object, **named: object) -> socket.socket:
            connected.append(address[0])
            raise OSError("no network in tests")

        with pytest.MonkeyPatch.context() as patch, Fetcher(resolve=rebinding) as fetcher:
            patch.setattr(socket, "create_connection", recorded)
            with pytest.raises(NoAnswer):
                fetcher.get(f"http://rebind.example:{port}/")
            with pytest.raises(RefusedAddress):
                fetcher.get(f"http://rebind.example:{port}/")
        assert socket.create_connection is original
        assert connected == ["93.184.216.34"]
        assert site.asked == []


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serve({"/": "direct"}) as site:
        assert get(site).body == b"direct"


def test_an_answer_that_says_it_is_too_large_is_not_read() -> None:
    def large(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "99999999999")
        handler.end_headers()

    with serve({"/": large}) as site, pytest.raises(TooLarge, match=r"larger than 0\.1 MB"):
        get(site)


def test_an_endless_answer_is_cut_off() -> None:
    with serve({"/": _endless}) as site, pytest.raises(TooLarge):
        get(site)


def _endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Connection", "close")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"x" * 10_000)
    except OSError:
        handler.close_connection = True


def _dripping_body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    _drip(handler)


def _dripping_head(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    _drip(handler)


def _drip(handler: BaseHTTPRequestHandler) -> None:
    try:
        for _ in range(200):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.02)
    except OSError:
        handler.close_connection = True


@pytest.mark.parametrize("drip", [_dripping_body, _dripping_head])
def test_a_slow_drip_ends_with_the_time_of_the_request(drip: Answer) -> None:
    with serve({"/": drip}) as site:
        began = time.monotonic()
        with pytest.raises(NoAnswer, match="there is no answer"):
            get(site, request_s=0.3)
        assert time.monotonic() - began < 3


def test_a_gzip_bomb_is_stopped_while_it_unpacks() -> None:
    bomb = b"\0" * 80_000_000
    with serve({"/": packed(bomb), "/small": packed(b"hello")}) as site:
        assert get(site, "/small").body == b"hello"
        with pytest.raises(TooLarge, match="larger than"):
            get(site)
        with pytest.raises(TooLarge, match="unpacks to far more"):
            get(site, most_bytes=1_000_000_000)


@pytest.mark.parametrize(
    ("body", "encoding"), [(zlib.compress(b"deflated"), "deflate"), (gzip.compress(b"deflated", mtime=0), "x-gzip")]
)
def test_other_packings_that_servers_use_are_understood(body: bytes, encoding: str) -> None:
    with serve({"/": lambda handler: answer(handler, body, Content_Encoding=encoding)}) as site:
        assert get(site).body == b"deflated"


def test_damaged_and_foreign_packings_are_errors() -> None:
    pages: dict[str, Answer] = {
        "/damaged": lambda handler: answer(handler, b"not gzip", Content_Encoding="gzip"),
        "/foreign": lambda handler: answer(handler, b"x", Content_Encoding="br"),
    }
    with serve(pages) as site:
        with pytest.raises(NoAnswer, match="cannot be unpacked"):
            get(site, "/damaged")
        with pytest.raises(UnreadableSource, match="packed as br"):
            get(site, "/foreign")


def test_a_server_that_speaks_no_http_or_is_not_there_is_no_answer() -> None:
    with serve({"/": lambda handler: handler.wfile.write(b"SSH-2.0\r\n\r\n")}) as site, pytest.raises(NoAnswer):
        get(site)
    with pytest.raises(NoAnswer):
        get(site)  # it is closed by now
