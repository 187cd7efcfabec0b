import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import ModelUnavailable
from knowledge.models.wire import is_local, quoted, reachable, server_url


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("127.0.0.1", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080"),
        (":8080", "http://127.0.0.1:8080"),
        ("example.org", "http://example.org:11434"),
        ("http://example.org", "http://example.org"),
        ("https://example.org:444/ollama/", "https://example.org:444/ollama"),
        (" [::1]:9 ", "http://[::1]:9"),
    ],
)
def test_an_address_is_understood_as_ollama_understands_it(written: str, meant: str) -> None:
    assert server_url(written, default_port=11434) == meant


@pytest.mark.parametrize(
    "written", ["file:///etc/passwd", "ftp://example.org", "http://", "http://h:99999", "unix://x"]
)
def test_what_is_no_address_of_a_server_is_refused(written: str) -> None:
    with pytest.raises(ModelUnavailable):
        server_url(written)


@pytest.mark.parametrize("written", ["http://me:s3cret@example.org", "http://s3cret@example.org", "http://h/?k=s3cret"])
def test_a_secret_in_an_address_is_refused_and_not_repeated(written: str) -> None:
    with pytest.raises(ModelUnavailable, match="environment") as refusal:
        server_url(written)
    assert "s3cret" not in str(refusal.value)


def test_this_machine_is_told_from_others() -> None:
    assert is_local("http://127.0.0.1:1")
    assert is_local("http://localhost:1")
    assert is_local("http://[::1]:1")
    assert not is_local("http://example.org")
    assert not is_local("http://10.0.0.1")


def test_a_port_where_nobody_listens_is_not_reachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert reachable(f"http://127.0.0.1:{port}", 1.0)
    assert not reachable(f"http://127.0.0.1:{port}", 1.0)


@given(st.text(), st.text(min_size=1))
def test_what_a_server_says_is_quoted_as_one_short_printable_line(said: str, secret: str) -> None:
    line = quoted(said, secret=secret)
    assert line.isprintable()
    assert len(line) <= 300


def test_a_key_that_a_server_repeats_is_struck_out() -> None:
    assert quoted("Incorrect key: sk-12\nsk-12", secret="sk-12") == "Incorrect key: *** ***"
