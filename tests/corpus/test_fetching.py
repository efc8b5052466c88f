from __future__ import annotations

import gzip
import itertools
import ssl
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import trustme

from corpus.addresses import LONGEST_URL
from corpus.errors import FetchFailed, FetchRefused
from corpus.exchange import Network
from corpus.fetching import USER_AGENT, Fetched, Fetcher, Time
from tests.fakes.internet import PUBLIC, Internet
from tests.fakes.passing import Passing
from tests.fakes.web import Web

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

HTML = {"text/html"}
PAGE = "<p>Цены на газ выросли.</p>"


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        web.says("/", PAGE)
        yield web


@pytest.fixture
def inside(web: Web) -> Iterator[Fetcher]:
    """A fetcher that trusts the server on loopback, over the real network."""
    with Fetcher(trusted={web.place}) as fetcher:
        yield fetcher


@pytest.fixture
def internet(web: Web) -> Internet:
    """Where news.example is that server, with a public address."""
    internet = Internet()
    internet.has("news.example", web)
    return internet


@pytest.fixture
def passing() -> Passing:
    return Passing()


@pytest.fixture
def fetcher(internet: Internet, passing: Passing) -> Iterator[Fetcher]:
    """A fetcher that trusts nobody."""
    time = Time(passing.clock, passing.now, passing.sleep)
    with Fetcher(network=internet.network(), time=time) as fetcher:
        yield fetcher


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def encrypted(authority: trustme.CA) -> Iterator[Web]:
    """A server with a certificate for news.example."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("news.example").configure_cert(context)
    with Web(tls=context) as web:
        web.says("/", PAGE)
        yield web


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def refused(fetcher: Fetcher, url: str, *, kinds: Collection[str] = HTML, **options: bool | int | str) -> str:
    with pytest.raises(FetchRefused) as caught:
        fetcher.fetch(url, kinds=kinds, **options)  # type: ignore[arg-type]
    return str(caught.value)


def not_had(fetcher: Fetcher, url: str, **options: bool | int | str) -> str:
    """Return why a page cannot be had, now or ever."""
    with pytest.raises(FetchFailed) as caught:
        fetcher.fetch(url, kinds=HTML, **options)  # type: ignore[arg-type]
    return str(caught.value)


def failed(fetcher: Fetcher, url: str, **options: bool | int) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        fetcher.fetch(url, kinds=HTML, **options)  # type: ignore[arg-type]
    assert not isinstance(caught.value, FetchRefused)
    return caught.value


# What comes back


def test_a_page_comes_back_unpacked_with_all_that_is_said_of_it(web: Web, inside: Fetcher) -> None:
    said = {"ETag": '"v1"', "Last-Modified": "Wed, 05 Jan 2022 10:00:00 GMT", "Content-Encoding": "gzip"}
    web.says("/a", gzip.compress(PAGE.encode()), content_type='Text/HTML; Charset="UTF-8"', headers=said)
    assert inside.fetch(web.url("/a?id=7#top"), kinds=HTML) == Fetched(
        url=web.url("/a?id=7"),
        status=200,
        content=PAGE.encode(),
        content_type="text/html",
        charset="utf-8",
        etag='"v1"',
        last_modified="Wed, 05 Jan 2022 10:00:00 GMT",
    )


@pytest.mark.parametrize(
    "charset", ["", "; charset=", "; charset=klingon", "; charset=hex", "; charset=rot13"]
)
def test_an_encoding_that_does_not_exist_is_none(web: Web, inside: Fetcher, charset: str) -> None:
    web.says("/a", PAGE, content_type=f"text/html{charset}")
    assert inside.fetch(web.url("/a"), kinds=HTML).charset is None


def test_a_page_known_already_is_not_sent_again(web: Web, inside: Fetcher) -> None:
    web.says("/etag", PAGE, headers={"ETag": 'W/"1"'})
    web.says("/date", PAGE, headers={"Last-Modified": "Wed, 05 Jan 2022 10:00:00 GMT"})
    first = inside.fetch(web.url("/etag"), kinds=HTML)
    again = inside.fetch(web.url("/etag"), kinds=HTML, etag=first.etag, last_modified=first.last_modified)
    assert (again.status, again.content, again.etag) == (304, b"", 'W/"1"')
    date = inside.fetch(web.url("/date"), kinds=HTML).last_modified
    assert inside.fetch(web.url("/date"), kinds=HTML, last_modified=date).status == 304
    assert inside.fetch(web.url("/etag"), kinds=HTML, etag='"2"').content == PAGE.encode()


def test_a_304_that_nobody_asked_for_is_a_failure(web: Web, inside: Fetcher) -> None:
    web.says("/a", status=304)
    assert failed(inside, web.url("/a")).status == 304


def test_it_says_honestly_who_asks_and_nothing_else(web: Web, inside: Fetcher) -> None:
    web.says("/a", PAGE, headers={"Set-Cookie": "id=1; Path=/"})
    inside.fetch(web.url("/a"), kinds=HTML)
    inside.fetch(web.url("/a"), kinds=HTML)
    assert USER_AGENT.startswith("Crisisbot/")
    assert web.requests[1].headers == {
        "host": web.place,
        "user-agent": USER_AGENT,
        "accept": "text/html, */*;q=0.1",
        "accept-encoding": "gzip, deflate",
        "connection": "close",
    }


def test_no_proxy_of_the_environment_is_used(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with Fetcher(trusted={web.place}) as fetcher:
        assert fetcher.fetch(web.url("/"), kinds=HTML).content == PAGE.encode()


def test_a_name_in_cyrillic_is_asked_for_in_ascii(web: Web, internet: Internet, fetcher: Fetcher) -> None:
    internet.has("xn--80aswg.xn--p1ai", web)
    web.says("/%D0%B0", PAGE)
    assert fetcher.fetch("http://САЙТ.рф/а", kinds=HTML).url == "http://xn--80aswg.xn--p1ai/%D0%B0"
    assert web.requests[0].headers["host"] == "xn--80aswg.xn--p1ai"


# Where it goes


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "::1", "fd00:ec2::254", "::ffff:127.0.0.1"],
)
def test_a_name_that_leads_inside_is_not_followed(internet: Internet, fetcher: Fetcher, address: str) -> None:
    internet.has("inside.example", address=address)
    internet.leads("both.example", [PUBLIC, address])
    words = " is not on the public internet, so it is not fetched (whoever runs the bot can trust "
    for host in ("inside.example", "both.example"):
        assert (
            not_had(fetcher, f"http://{host}/?token=SECRET")
            == f"{host}{words}{host}:80 by CRISISBOT_FETCH_TRUSTED)"
        )
        assert f"{host}{words}{host}:80 by CRISISBOT_FETCH_TRUSTED)" in not_had(
            fetcher, f"http://{host}/", uninvited=True
        )
    assert internet.connected == []


def test_a_name_is_resolved_once_and_the_connection_goes_there(internet: Internet, fetcher: Fetcher) -> None:
    internet.leads("news.example", [PUBLIC], ["127.0.0.1"])
    assert fetcher.fetch("http://news.example/", kinds=HTML).status == 200
    assert (internet.resolved, internet.connected) == (["news.example"], [(PUBLIC, 80)])
    assert "public internet" in str(failed(fetcher, "http://news.example/"))
    assert internet.connected == [(PUBLIC, 80)]


def test_another_address_of_a_name_is_tried_where_one_does_not_answer(
    internet: Internet, fetcher: Fetcher
) -> None:
    internet.leads("news.example", ["2606:4700::1", PUBLIC])
    assert fetcher.fetch("http://news.example/", kinds=HTML).status == 200
    assert internet.connected == [("2606:4700::1", 80), (PUBLIC, 80)]


def test_certificates_are_checked_against_the_name(
    internet: Internet, encrypted: Web, trusting: ssl.SSLContext
) -> None:
    internet.has("news.example", encrypted, port=443)
    internet.has("other.example", encrypted, port=443)
    with Fetcher(network=internet.network(trusting)) as fetcher:
        assert fetcher.fetch("https://news.example/", kinds=HTML).content == PAGE.encode()
        assert internet.connected == [(PUBLIC, 443)]
        words = str(failed(fetcher, "https://other.example/"))
    assert words.startswith("other.example: its certificate is not valid: Hostname mismatch")
    with Fetcher(network=internet.network()) as fetcher:
        words = str(failed(fetcher, "https://news.example/"))
    assert words.startswith("news.example: its certificate is not valid: unable to get local issuer")


def test_trust_reaches_one_place_and_no_other(web: Web) -> None:
    with Web() as other, Fetcher(trusted={web.place}) as fetcher:
        assert fetcher.fetch(web.url("/"), kinds=HTML).status == 200
        assert "only the ports 80 and 443" in refused(fetcher, other.url("/"))
        assert other.requests == []


# Redirects


def test_redirects_are_followed_and_told(web: Web, inside: Fetcher) -> None:
    for number, status in enumerate((301, 302, 303, 307, 308)):
        web.redirects(f"/{number}", f"/{number + 1}#part", status=status)
    web.says("/5", PAGE)
    assert inside.fetch(web.url("/0"), kinds=HTML).url == web.url("/5")
    assert "referer" not in web.requests[-1].headers


def test_more_than_five_redirects_are_too_many(web: Web, inside: Fetcher) -> None:
    web.redirects("/round", "/round")
    assert str(failed(inside, web.url("/round"))) == (
        "127.0.0.1: it sends us on from page to page without an end"
    )
    assert web.paths == ["/round"] * 6


@pytest.mark.parametrize(
    "place",
    [
        *("http://127.0.0.1/", "http://2130706433/", "//[::1]/", "http://169.254.169.254/latest/meta-data/"),
        *("file:///etc/passwd", "ftp://news.example/", "http://news.example:22/", "http://a:b@news.example/"),
        *(
            "http://inside.example/",
            "gopher://127.0.0.1:6379/_SET",
            "http://news.example/" + "a" * LONGEST_URL,
        ),
    ],
)
def test_each_redirect_is_checked_like_an_address_of_its_own(
    web: Web, internet: Internet, fetcher: Fetcher, place: str
) -> None:
    internet.has("inside.example", address="10.0.0.5")
    web.redirects("/a", place)
    failed(fetcher, "http://news.example/a")
    assert internet.connected == [(PUBLIC, 80)]


def test_the_public_web_cannot_send_us_to_what_the_operator_trusts(web: Web, internet: Internet) -> None:
    internet.has("feeds.internal", web, address="10.0.0.5", port=8080)
    web.redirects("/a", "http://feeds.internal:8080/")
    web.redirects("/b", "http://feeds.internal:8080/")
    with Fetcher(trusted={"feeds.internal:8080"}, network=internet.network()) as fetcher:
        assert fetcher.fetch("http://feeds.internal:8080/b", kinds=HTML).status == 200
        assert "only the ports 80 and 443" in str(failed(fetcher, "http://news.example/a"))


def test_documents_of_the_public_web_cannot_name_what_the_operator_trusts(
    web: Web, internet: Internet
) -> None:
    internet.has("intranet", web, address="10.0.0.5")
    internet.has("feeds.internal", web, address="10.0.0.6", port=8080)
    web.says("/", PAGE)
    trusted = {"intranet:80", "feeds.internal:8080"}
    with Fetcher(trusted=trusted, network=internet.network()) as fetcher:
        feed = "http://news.example/feed"
        assert "public internet" in not_had(fetcher, "http://intranet/", named_by=feed, uninvited=True)
        assert "ports 80 and 443" in refused(fetcher, "http://feeds.internal:8080/", named_by=feed)
        assert web.requests == []
        feed = "http://feeds.internal:8080/feed"
        assert fetcher.fetch("http://intranet/", kinds=HTML, named_by=feed, uninvited=True).status == 200
        assert web.paths == ["/robots.txt", "/"]


def test_an_encrypted_page_does_not_lead_to_one_that_is_not(
    web: Web, encrypted: Web, internet: Internet, trusting: ssl.SSLContext
) -> None:
    internet.has("news.example", encrypted, port=443)
    encrypted.redirects("/a", "http://news.example/")
    web.redirects("/b", "https://news.example/")
    with Fetcher(network=internet.network(trusting)) as fetcher:
        assert str(failed(fetcher, "https://news.example/a")) == (
            "news.example: it sends us on from an encrypted page to one that is not"
        )
        assert fetcher.fetch("http://news.example/b", kinds=HTML).url == "https://news.example/"
    assert web.paths == ["/b"]


def test_what_one_host_said_of_a_version_is_not_told_to_another(
    web: Web, internet: Internet, fetcher: Fetcher
) -> None:
    internet.has("other.example", web, address="93.184.215.15")
    web.redirects("/same", "/moved")
    web.redirects("/moved", "http://other.example/")
    fetcher.fetch("http://news.example/same", kinds=HTML, etag='"1"', last_modified="then")
    told = [("if-none-match" in one.headers, "if-modified-since" in one.headers) for one in web.requests]
    assert told == [(True, True), (True, True), (False, False)]


@pytest.mark.parametrize("headers", [{}, {"Location": ""}, {"Location": "http://[::1"}])
def test_a_redirect_to_nowhere_is_a_failure(web: Web, inside: Fetcher, headers: dict[str, str]) -> None:
    web.says("/a", status=302, headers=headers)
    assert str(failed(inside, web.url("/a"))).startswith("127.0.0.1: it sends us on")


# How much, and of what kind


def test_only_the_kinds_that_are_wanted_are_read(web: Web, inside: Fetcher) -> None:
    web.says("/photo", b"\x89PNG", content_type="image/png")
    web.says("/silent", PAGE, content_type=None)
    assert str(failed(inside, web.url("/photo"))) == "127.0.0.1: this is image/png, and not what is read here"
    assert "something without a kind" in str(failed(inside, web.url("/silent")))
    assert inside.fetch(web.url("/silent"), kinds={"", *HTML}).content_type == ""


def test_too_large_a_page_is_refused_whether_it_says_so_or_not(web: Web, inside: Fetcher) -> None:
    words = "127.0.0.1: it sends more than 1,000 bytes, which is too much"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    web.sends("/says", [head, b"Content-Length: 1001\r\n\r\n"])
    web.sends("/silent", itertools.chain([head, b"\r\n"], itertools.repeat(b"a" * 100)))
    web.sends(
        "/chunks",
        itertools.chain([head, b"Transfer-Encoding: chunked\r\n\r\n"], itertools.repeat(b"1\r\na\r\n")),
    )
    for path in ("/says", "/silent", "/chunks"):
        assert refused(inside, web.url(path), largest=1_000) == words


def test_a_bomb_is_refused(web: Web, inside: Fetcher) -> None:
    web.zips("/bomb", bytes(20_000_000))
    web.says("/twice", gzip.compress(gzip.compress(b"a")), headers={"Content-Encoding": "gzip, gzip"})
    web.says("/brotli", b"\x0b\x02", headers={"Content-Encoding": "br"})
    assert "must be a trap" in refused(inside, web.url("/bomb"))
    assert "packs its answers as 'gzip, gzip'" in refused(inside, web.url("/twice"))
    assert "packs its answers as 'br'" in refused(inside, web.url("/brotli"))


def test_raw_deflate_is_read(web: Web, inside: Fetcher) -> None:
    web.says("/a", zlib.compress(PAGE.encode())[2:-4], headers={"Content-Encoding": "deflate"})
    assert inside.fetch(web.url("/a"), kinds=HTML).content == PAGE.encode()


# How long


@pytest.mark.parametrize("path", ["/drips", "/head", "/hangs"])
def test_a_server_that_takes_its_time_is_left_at_the_deadline(web: Web, path: str) -> None:
    web.drips("/drips", b"a" * 10_000, every_s=0.01)
    web.sends("/head", itertools.chain([b"HTTP/1.1 200 OK\r\nX: "], itertools.repeat(b"a")), every_s=0.01)
    web.hangs("/hangs")
    began = time.monotonic()
    with Fetcher(trusted={web.place}, deadline_s=0.2) as fetcher:
        assert str(failed(fetcher, web.url(path))) == "127.0.0.1: it did not answer in time"
    assert time.monotonic() - began < 5  # far from the 100 s of all its bytes


def test_redirects_share_one_deadline(web: Web, fetcher: Fetcher, passing: Passing) -> None:
    def slowly(to: str) -> Iterator[bytes]:
        passing.pass_by(12)
        yield f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()

    for number in range(3):
        web.sends(f"/{number}", slowly(f"/{number + 1}"))
    assert str(failed(fetcher, "http://news.example/0")) == "news.example: it did not answer in time"
    assert web.paths == ["/0", "/1", "/2"]


def test_a_head_without_an_end_is_given_up(web: Web, inside: Fetcher) -> None:
    web.sends("/continue", itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n"))
    web.sends("/header", itertools.chain([b"HTTP/1.1 200 OK\r\nX: "], itertools.repeat(b"a" * 1_000)))
    assert "too much" in refused(inside, web.url("/continue"), largest=1_000)
    assert "no HTTP that can be read" in str(failed(inside, web.url("/header")))


def test_a_resolver_that_takes_its_time_is_left_at_the_deadline() -> None:
    released = threading.Event()
    network = Network(resolve=lambda *_: [str(released.wait(20))])
    with Fetcher(network=network, deadline_s=0.05) as fetcher:
        assert str(failed(fetcher, "http://news.example/")) == "news.example: it did not answer in time"
    released.set()


# What can go wrong


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [b"SSH-2.0-OpenSSH_9.6\r\n"],
        [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100\r\n\r\nhalf"],
        [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nha"],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"],
        [b"HTTP/1.1 200 OK\r\nBad Header: a\r\n\r\n"],
    ],
)
def test_half_an_answer_or_none_that_is_http_is_a_failure(
    web: Web, inside: Fetcher, pieces: list[bytes]
) -> None:
    web.sends("/a", pieces)
    assert str(failed(inside, web.url("/a"))).startswith("127.0.0.1: it broke off")


def test_a_site_that_is_not_there_is_a_failure(internet: Internet, fetcher: Fetcher) -> None:
    internet.has("down.example", address="93.184.215.16")
    assert str(failed(fetcher, "http://down.example/")) == "down.example: it cannot be reached"
    assert str(failed(fetcher, "http://nobody.example/")) == (
        "nobody.example cannot be found; is its name right, and the network up?"
    )


@pytest.mark.parametrize(
    "status, words",
    [
        (401, "it asks for a password (401)"),
        (403, "it does not let us see this page (403)"),
        (404, "it has no such page (404)"),
        (410, "this page is gone for good (410)"),
        (418, "it answers that it cannot do this (418)"),
        (429, "it asks to be left alone for a while (429)"),
        (500, "it answers that it is broken (500)"),
        (503, "it is not available now (503)"),
        (204, "it answers in a way that means no page (204)"),
        (206, "it answers in a way that means no page (206)"),
    ],
)
def test_a_failure_says_which(web: Web, inside: Fetcher, status: int, words: str) -> None:
    web.fails("/a", status)
    error = failed(inside, web.url("/a?token=SECRET"))
    assert (str(error), error.status, error.retry_after_s) == (f"127.0.0.1: {words}", status, None)


@pytest.mark.parametrize(
    "said, seconds",
    [
        ("120", 120.0),
        ("99999999999999999999", 86_400.0),
        ("Wed, 05 Jan 2022 12:05:00 GMT", 300.0),
        ("Wed, 05 Jan 2022 11:00:00 GMT", 0.0),
        ("Thu, 05 Jan 2032 11:00:00 GMT", 86_400.0),
        ("Wed, 05 Jan 2022 12:05:00 -0000", 300.0),
        ("soon", None),
        ("-5", None),
        ("Wed, 99 Jan 2022 12:05:00 GMT", None),
    ],
)
def test_how_long_to_wait_is_read(web: Web, fetcher: Fetcher, said: str, seconds: float | None) -> None:
    for status in (429, 503):
        web.fails("/a", status, retry_after=said)
        assert failed(fetcher, "http://news.example/a").retry_after_s == seconds


def test_no_failure_tells_a_secret(web: Web, internet: Internet, fetcher: Fetcher) -> None:
    internet.has("inside.example", address="10.0.0.5")
    web.redirects("/SECRET/inside", "http://inside.example/SECRET")
    web.redirects("/SECRET/port", "http://news.example:22/SECRET")
    web.redirects("/SECRET/user", "http://SECRET:SECRET@news.example/SECRET")
    web.breaks("/SECRET/breaks")
    web.says("/SECRET/photo", content_type="image/png")
    web.says("/robots.txt", "User-agent: *\nDisallow: /SECRET/robots")
    for page in ("inside", "port", "user", "breaks", "photo", "robots", "none"):
        with pytest.raises(FetchFailed) as caught:
            fetcher.fetch(
                f"http://news.example/SECRET/{page}?key=SECRET", kinds=HTML, uninvited=page == "robots"
            )
        assert "SECRET" not in str(caught.value)


# Manners


def test_robots_are_asked_about_only_where_nobody_named_the_page(web: Web, fetcher: Fetcher) -> None:
    web.says("/robots.txt", "User-agent: *\nDisallow: /a", content_type="text/plain")
    web.says("/a", PAGE)
    assert fetcher.fetch("http://news.example/a", kinds=HTML).status == 200
    assert web.paths == ["/a"]
    assert refused(fetcher, "http://news.example/a", uninvited=True) == (
        "news.example: its robots.txt asks robots not to fetch this page"
    )
    assert fetcher.fetch("http://news.example/", kinds=HTML, uninvited=True).status == 200
    assert web.paths == ["/a", "/robots.txt", "/"]


def test_robots_of_each_host_on_the_way_are_asked(web: Web, internet: Internet, fetcher: Fetcher) -> None:
    with Web() as other:
        internet.has("other.example", other, address="93.184.215.15")
        web.redirects("/a", "http://other.example/b")
        other.says("/robots.txt", "User-agent: Crisisbot\nDisallow: /b")
        assert refused(fetcher, "http://news.example/a", uninvited=True).startswith(
            "other.example: its robots.txt"
        )
        assert (web.paths, other.paths) == (["/robots.txt", "/a"], ["/robots.txt"])


def test_rules_may_be_elsewhere_and_very_long(web: Web, fetcher: Fetcher) -> None:
    web.redirects("/robots.txt", "/rules", status=301)
    web.zips("/rules", "User-agent: *\nDisallow: /a\n" + "# and so on\n" * 60_000 + "Disallow: /\n")
    assert fetcher.fetch("http://news.example/", kinds=HTML, uninvited=True).status == 200
    refused(fetcher, "http://news.example/a", uninvited=True)
    assert web.paths == ["/robots.txt", "/rules", "/"]


def test_nothing_is_fetched_uninvited_while_the_rules_are_broken(web: Web, fetcher: Fetcher) -> None:
    web.fails("/robots.txt", 503, retry_after="60")
    error = failed(fetcher, "http://news.example/", uninvited=True)
    assert (error.retry_after_s, error.status) == (60.0, 503)
    assert web.paths == ["/robots.txt"]


def test_pages_nobody_named_are_fetched_with_the_pauses_the_site_asks_for(
    web: Web, fetcher: Fetcher, passing: Passing
) -> None:
    web.says("/robots.txt", "User-agent: *\nCrawl-delay: 5")
    for _ in range(2):
        fetcher.fetch("http://news.example/", kinds=HTML, uninvited=True)
    fetcher.fetch("http://news.example/", kinds=HTML)
    assert passing.slept == [5.0, 5.0]  # the first one after its robots.txt


def test_one_request_at_a_time_reaches_a_host_and_none_waits_for_another_host(
    web: Web, internet: Internet, fetcher: Fetcher
) -> None:
    # Without a length, so that the caller waits for an end that the server has noted before.
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    web.sends("/slow", [head, b"a"], every_s=0.005)
    web.hangs("/hangs")
    with ThreadPoolExecutor(8) as threads:
        pages = list(threads.map(lambda _: fetcher.fetch("http://news.example/slow", kinds=HTML), range(16)))
    assert [page.content for page in pages] == [b"a"] * 16
    assert web.most_at_once == 1
    with Web() as other, ThreadPoolExecutor(1) as threads:
        internet.has("other.example", other, address="93.184.215.15")
        other.hangs("/")
        waiting = threads.submit(fetcher.fetch, "http://other.example/", kinds=HTML)
        while not other.requests:
            time.sleep(0.001)
        assert fetcher.fetch("http://news.example/", kinds=HTML).status == 200
        other.breaks_off()
        with pytest.raises(FetchFailed, match=r"^other\.example: it broke off"):
            waiting.result(20)


def test_a_closed_fetcher_fetches_and_waits_no_more(web: Web) -> None:
    fetcher = Fetcher(trusted={web.place})
    web.says("/robots.txt", "User-agent: *\nCrawl-delay: 30")
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(fetcher.fetch, web.url("/"), kinds=HTML, uninvited=True)
        while not web.requests:
            time.sleep(0.001)
        fetcher.close()
        with pytest.raises(FetchFailed, match="fetching is being ended"):
            waiting.result(20)
    assert str(failed(fetcher, web.url("/"))) == "127.0.0.1: fetching is being ended"
    assert web.paths == ["/robots.txt"]
