from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.addresses import LONGEST_URL, is_public, parse_target
from corpus.errors import FetchRefused

if TYPE_CHECKING:
    import ipaddress


def refusal(url: str, **options: frozenset[str]) -> str:
    with pytest.raises(FetchRefused) as caught:
        parse_target(url, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.1", "0.1.2.3", "10.0.0.1", "127.0.0.1", "127.255.255.254", "172.16.0.1", "172.31.255.255"),
        *("192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192"),
        *(
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
        ),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "100::1"),
        *(
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "::ffff:0:127.0.0.1",
            "2001:db8::1",
            "3fff::1",
        ),
        *("2002:7f00:1::", "2002:808:808::1", "2001:0:7f00:1::1", "64:ff9b::127.0.0.1", "64:ff9b:1::8.8.8.8"),
        *("64:ff9b::169.254.169.254", "2001:10::1", "2001:2::1", "4000::1", "", "news.example", "127.1"),
    ],
)
def test_nothing_private_or_reserved_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "93.184.215.14",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "223.255.255.255",
        ),
        *("2606:4700:4700::1111", "2a00:1450:4001::1", "2001:4860:4860::8888"),
        "64:ff9b::93.184.215.14",  # what a network without IPv4 makes of a public one
    ],
)
def test_what_everybody_can_reach_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_is_public_that_python_calls_local(address: ipaddress.IPv4Address) -> None:
    assert not is_public(str(address)) or (address.is_global and not address.is_multicast)


@given(st.ip_addresses(v=6, network="2000::/3"))
def test_no_ipv6_address_is_public_that_python_calls_local(address: ipaddress.IPv6Address) -> None:
    assert not is_public(str(address)) or (address.is_global and not address.is_multicast)


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.1",
            "127.0.0.1.",
            "127.1",
            "127.0.1",
            "2130706433",
            "017700000001",
            "0x7f000001",
            "0x7f.1",
        ),
        *(
            "0177.0.0.1",
            "0x7F.0.0.0x1",
            "127.0.0.1.in.127",
            "00000177.0.0.1",
            "0",
            "0x",
            "1.1.1",
            "256.1.1.1",
        ),
        *("①②⑦.⓪.⓪.①", "127。0。0。1", "1２7.0.0.1", "[::1]", "[::ffff:7f00:1]", "[::ffff:127.0.0.1]"),
        *(
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[2001:0:7f00:1::1]",
            "[fd00:ec2::254]",
            "[fe80::1%25eth0]",
        ),
        *(
            "169.254.169.254",
            "2852039166",
            "0xa9fea9fe",
            "[::ffff:a9fe:a9fe]",
            "10.0.0.1",
            "[::]",
            "100.64.0.1",
        ),
    ],
)
def test_no_spelling_of_an_address_inside_is_fetched(host: str) -> None:
    words = refusal(f"http://{host}/latest/meta-data")
    assert "is not on the public internet" in words or "address" in words


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://news.example/a", "file:///etc/passwd", "gopher://news.example/", "javascript:alert(1)"),
        *(
            "data:text/html,a",
            "//news.example/a",
            "news.example/a",
            "",
            "http:",
            "http:news.example",
            "http:///a",
        ),
    ],
)
def test_only_http_and_https_are_fetched(url: str) -> None:
    assert refusal(url) == "only addresses that begin with http:// or https:// are fetched"


@pytest.mark.parametrize("port", [0, 22, 25, 8080, 6379, 65535])
def test_only_ports_80_and_443_are_fetched_from(port: int) -> None:
    assert refusal(f"http://news.example:{port}/") == (
        f"news.example: only the ports 80 and 443 are fetched from, not {port}"
        f" (whoever runs the bot can trust news.example:{port} by CRISISBOT_FETCH_TRUSTED)"
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://reader:secret@news.example/",
        "http://@news.example/",
        "http://news.example@127.0.0.1/",
        "http://127.0.0.1\\@news.example/",
        "http://news.example%40127.0.0.1/",
        "http://news.example\\.other.example/",
        "http://news.example:99999/",
        "http://news.example:8O/",
        "http://[::1/",
        "http://news.exa\nmple/",
        "http://news.example/a b",
        "http://news.example/\u200b",
        "http://news.example/\ud800",
        "http://\u2100.example/",
        "http://" + "a" * 64 + ".example/",
        "http://*.example/",
    ],
)
def test_nothing_ambiguous_is_fetched(url: str) -> None:
    words = refusal(url)
    assert "address" in words
    assert "secret" not in words


def test_longer_addresses_than_any_article_has_are_not_fetched() -> None:
    assert parse_target("http://news.example/".ljust(LONGEST_URL, "a")).host == "news.example"
    assert refusal("http://news.example/".ljust(LONGEST_URL + 1, "a")) == (
        "this address has more than 2,000 characters, so it is not fetched"
    )


def test_an_address_is_taken_apart_into_ascii() -> None:
    target = parse_target(" HTTPS://Новости.Example:443/день 5".replace(" 5", "%205") + "?о=б&a=%d0#тут ")
    assert target.url == "https://xn--b1amnebsh.example/%D0%B4%D0%B5%D0%BD%D1%8C%205?%D0%BE=%D0%B1&a=%D0"
    assert (target.host, target.port, target.is_trusted) == ("xn--b1amnebsh.example", 443, False)


@given(
    st.text(),
    st.sampled_from(["", "http://", "https://news.example/", "http://news.example?", "http://[", "http://1"]),
)
def test_an_address_is_refused_or_means_one_thing(anything: str, beginning: str) -> None:
    with suppress(FetchRefused):
        target = parse_target(beginning + anything)
        assert target.url.isascii()
        assert parse_target(target.url) == target


def test_a_trusted_place_may_be_private_and_on_any_port_and_no_other_is() -> None:
    trusted = frozenset({"10.0.0.5:8080", "[::1]:9000", "feeds.internal:80"})
    assert parse_target("http://10.0.0.5:8080/a", trusted=trusted).is_trusted
    assert parse_target("http://[0:0::1]:9000/a", trusted=trusted).is_trusted
    assert parse_target("http://FEEDS.internal/a", trusted=trusted).is_trusted
    assert not parse_target("https://feeds.internal/a", trusted=trusted).is_trusted
    assert "not 8081" in refusal("http://10.0.0.5:8081/a", trusted=trusted)
    assert "not on the public internet" in refusal("http://10.0.0.5/a", trusted=trusted)
