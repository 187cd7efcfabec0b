"""A web server on 127.0.0.1 for the tests: pages from a table, and answers that misbehave."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """A running site. `pages` may be changed while it runs; `asked` is what was asked for, in order."""

    address: str
    pages: dict[str, bytes | str | Answer | int]
    asked: list[str] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    """Headers of each request."""


@contextmanager
def serve(pages: Mapping[str, bytes | str | Answer | int]) -> Iterator[Server]:
    """Serve pages by path: text is HTML, a number a bare status, a function answers itself; all have ETags."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.asked.append(self.path)
            site.headers.append(dict(self.headers.items()))
            page = site.pages.get(self.path, 404)
            if isinstance(page, int):
                answer(self, b"", status=page)
            elif callable(page):
                page(self)
            else:
                body = page.encode() if isinstance(page, str) else page
                suffix = self.path.partition("?")[0].rpartition(".")[2]
                kind = {"txt": "text/plain", "pdf": "application/pdf", "md": "text/markdown", "png": "image/png"}
                etag = f'"{hash(body)}"'
                if self.headers.get("If-None-Match") == etag:
                    answer(self, b"", status=304)
                else:
                    answer(self, body, kind.get(suffix, "text/html; charset=utf-8"), ETag=etag)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = Server(f"http://127.0.0.1:{server.server_address[1]}", dict(pages))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answer(
    handler: BaseHTTPRequestHandler, body: bytes, kind: str = "text/html", *, status: int = 200, **headers: str
) -> None:
    """Send an answer with its length."""
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def redirect(to: str, status: int = 302) -> Answer:
    return lambda handler: answer(handler, b"", status=status, Location=to)


def packed(body: bytes) -> Answer:
    return lambda handler: answer(handler, gzip.compress(body), Content_Encoding="gzip")


def page(title: str, text: str, *links: str) -> str:
    """Return a small page of a course."""
    shown = "".join(f'<li><a href="{link}">{link}</a></li>' for link in links)
    return (
        f"<!doctype html><html><head><title>{title}</title></head><body><nav><a href='/elsewhere'>out</a></nav><main>"
        f"<h1 id=top>{title}</h1><p>{text}</p><ul>{shown}</ul></main></body></html>"
    )
