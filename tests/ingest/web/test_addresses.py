"""Only machines of the public internet are asked: whatever name, spelling or tunnel leads to them."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import UnreadableSource
from ingest.web.addresses import Origin, RefusedAddress, allowed_addresses, is_own, is_public, origin_of

PUBLIC = """
8.8.8.8 1.1.1.1 93.184.216.34 172.15.255.255 172.32.0.0 192.0.1.1 192.167.255.255 192.169.0.0 100.63.255.255 100.128.0.0
198.17.255.255 198.20.0.0 9.255.255.255 11.0.0.0 126.255.255.255 128.0.0.0 169.253.255.255 169.255.0.0 223.255.255.255
2606:4700::1111 2001:4860:4860::8888 2a00:1450:4001:80b::200e ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::1
""".split()
OWN = """
127.0.0.1 127.255.255.254 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 192.168.255.255 100.64.0.1
100.127.255.255 ::1 fc00::1 fd00:ec2::254 fdff::1 ::ffff:127.0.0.1 ::ffff:192.168.1.1
""".split()
NEVER = """
0.0.0.0 0.1.2.3 169.254.169.254 169.254.0.1 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255
198.51.100.1 203.0.113.7 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 168.63.129.16 :: fe80::1 fec0::1 ff02::1
2001:db8::1 2001::1 2001:2::1 3fff::1 100::1 5f00::1 ::ffff:169.254.169.254 ::ffff:0.0.0.0 64:ff9b::169.254.169.254
64:ff9b::10.0.0.1 64:ff9b:1::1 2002:7f00:1::1 2002:a9fe:a9fe::1 ::127.0.0.1 ::8.8.8.8
""".split()
ORIGIN = Origin("https", "course.example", 443)


def resolving(*addresses: str):  # type: ignore[no-untyped-def]  # a resolver with one answer
    return lambda host, port: addresses


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_asked(address: str) -> None:
    assert is_public(ip_address(address))
    assert allowed_addresses(ORIGIN, private=False, resolve=resolving(address)) == [ip_address(address)]


@pytest.mark.parametrize("address", OWN)
def test_addresses_of_this_machine_and_its_network_may_be_asked_only_where_allowed(address: str) -> None:
    with pytest.raises(RefusedAddress, match="--allow-private"):
        allowed_addresses(ORIGIN, private=False, resolve=resolving(address))
    assert allowed_addresses(ORIGIN, private=True, resolve=resolving(address)) == [ip_address(address)]


@pytest.mark.parametrize("address", NEVER)
def test_link_local_reserved_and_tunnelled_addresses_are_never_asked(address: str) -> None:
    for private in (False, True):
        with pytest.raises(RefusedAddress, match="not on the public internet"):
            allowed_addresses(ORIGIN, private=private, resolve=resolving(address))


def test_a_name_with_a_public_and_a_private_address_is_refused_as_a_whole() -> None:
    with pytest.raises(RefusedAddress):
        allowed_addresses(ORIGIN, private=False, resolve=resolving("8.8.8.8", "10.0.0.1"))


def test_a_scoped_address_is_judged_without_its_scope() -> None:
    with pytest.raises(RefusedAddress):
        allowed_addresses(ORIGIN, private=True, resolve=resolving("fe80::1%eth0"))


def test_a_name_that_cannot_be_looked_up_is_said() -> None:
    def failing(host: str, port: int) -> list[str]:
        raise OSError(-2, "Name or service not known")

    with pytest.raises(UnreadableSource, match=r"looked up \(Name or service not known\)"):
        allowed_addresses(ORIGIN, private=False, resolve=failing)
    with pytest.raises(UnreadableSource, match="no address"):
        allowed_addresses(ORIGIN, private=False, resolve=resolving())


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_no_address_is_public_and_ours_and_python_s_own_list_is_never_wider(address: object) -> None:
    judged = ip_address(str(address))
    assert not (is_public(judged) and is_own(judged))
    if judged.version == 4 and is_public(judged):
        assert judged.is_global  # an independent list of the same registry


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Course.Example/a", "https://course.example"),
        ("http://course.example:80/a", "http://course.example"),
        ("http://course.example:8080", "http://course.example:8080"),
        ("https://course.example./", "https://course.example"),
        ("https://[2606:4700::1111]:8443/", "https://[2606:4700::1111]:8443"),
        ("https://bücher.example/", "https://xn--bcher-kva.example"),
        ("http://１２７.0.0.1/", "http://127.0.0.1"),
        ("http://127。0。0。1/", "http://127.0.0.1"),
        ("http://LOCALHOST/", "http://localhost"),
    ],
)
def test_a_host_has_one_spelling(url: str, origin: str) -> None:
    assert str(origin_of(url)) == origin


@pytest.mark.parametrize(
    "url",
    [
        "ftp://course.example/", "file:///etc/passwd", "gopher://course.example/", "javascript:alert(1)",
        "//course.example", "course.example/a", "https://", "https:///path", "http://user@course.example/", "http://user:secret@course.example/",
        "http://8.8.8.8@127.0.0.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://127.1/",
        "http://0177.0.0.1/", "http://127.0.0.1.5/", "http://course.example:99999/", "http://course.example:x/",
        "http://[::1/", "http://[fe80::1%25eth0]/", "http://[::ffff:7f00:1]x/", "http://a b/", "http://a\\b.example/",
        "http://course.example/\r\nHost: x", "http://exa%6dple/", "http://.../", "http://a..b/",
        "http://" + "a" * 64 + ".example/",
        "https://course.example/" + "a" * 3000, "http://course.example/\x00", "http://0/", "http://1.2.3.0x4/",
    ],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(RefusedAddress):
        origin_of(url)


@given(st.text(max_size=60))
def test_any_text_has_an_origin_or_is_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"https://{text}/x"):
        try:
            origin = origin_of(url)
        except RefusedAddress:
            continue
        assert origin_of(f"{origin}/") == origin
