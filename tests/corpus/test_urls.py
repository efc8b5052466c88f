from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.urls import TRACKING, ascii_host, canonical

ARTICLE = "https://news.example/world/2022/01/05/almaty"


@pytest.mark.parametrize(
    "spelling",
    [
        "HTTPS://News.Example/world/2022/01/05/almaty",
        "https://news.example:443/world/2022/01/05/almaty",
        "https://news.example./world/2022/01/05/almaty",
        "  https://news.example/world/2022/01/05/almaty\n",
        "https://news.example/world/2022/01/05/almaty#comments",
        "https://news.example/world/2022/01/05/almaty?utm_source=rss&utm_medium=feed",
        "https://news.example/world/2022/01/05/almaty?fbclid=IwAR0&UTM_Campaign=a&ns_mchannel=rss",
        "https://news.example/world/2022/01/05/almaty?at_custom1=%5Bpost%5D&at_campaign_type=owned",
        "https://reader:secret@news.example/world/2022/01/05/almaty",
        "https://news.example/world/2022/01/05/%61lmaty",
    ],
)
def test_all_spellings_of_an_address_are_one(spelling: str) -> None:
    assert canonical(spelling) == ARTICLE


@pytest.mark.parametrize(
    "other",
    [
        "http://news.example/world/2022/01/05/almaty",
        "https://news.example:8443/world/2022/01/05/almaty",
        "https://news.example/World/2022/01/05/almaty",
        "https://news.example/world/2022/01/05/almaty/",
        "https://news.example/world/2022/01/05/almaty?page=2",
        "https://news.example/world/2022/01/05/almaty?ref=front",
        "https://www.news.example/world/2022/01/05/almaty",
    ],
)
def test_what_may_be_another_page_stays_another(other: str) -> None:
    assert canonical(other) == other != ARTICLE


def test_the_order_of_parameters_is_kept() -> None:
    address = "https://news.example/show?id=7&utm_source=x&b=2&a=1"
    assert canonical(address) == "https://news.example/show?id=7&b=2&a=1"


@pytest.mark.parametrize("name", [name.replace("*", "any") for name in TRACKING])
def test_each_tracking_parameter_goes(name: str) -> None:
    assert canonical(f"https://news.example/a?{name}=1&id=7") == "https://news.example/a?id=7"


def test_cyrillic_addresses_and_their_escapes_are_one() -> None:
    spelt = (
        "https://xn--80aswg.xn--p1ai/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D1%8C?%D0%B4%D0%B5%D0%BD%D1%8C=5"
    )
    assert canonical("https://Сайт.РФ/новость?день=5") == spelt
    assert canonical(spelt.replace("%D0", "%d0")) == spelt


def test_an_address_without_a_path_has_a_slash() -> None:
    assert canonical("https://news.example") == canonical("https://news.example/") == "https://news.example/"


@pytest.mark.parametrize(
    "name",
    [
        "tag:news.example,2022:5",
        "urn:uuid:1225c695",
        "42",
        "",
        "https://",
        "https://[::1",
        "http://a b/",
        "http://a:x/",
    ],
)
def test_what_is_no_web_address_comes_back_as_it_is(name: str) -> None:
    assert canonical(name) == name


def test_ipv6_addresses_have_one_spelling() -> None:
    assert canonical("http://[2001:DB8:0:0::1]:80/a") == "http://[2001:db8::1]/a"


@pytest.mark.parametrize(
    "host", ["", ".", "a..b", "-a.example", "a b", "a/b", "a\\b", "a%2eb", "a" * 64, "a." * 127 + "ab"]
)
def test_what_cannot_be_a_host_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="no host"):
        ascii_host(host)


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_canonical_address_is_its_own_canonical_address(path: str, query: str) -> None:
    once = canonical(f"https://news.example/{path}?{query}")
    assert canonical(once) == once


@given(st.text())
def test_nothing_makes_it_fail(anything: str) -> None:
    once = canonical(anything)
    assert canonical(once) == once
