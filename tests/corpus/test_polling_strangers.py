"""Feeds of the open web: what one site says or does must harm no other, nor us."""

from __future__ import annotations

import html
import json
import logging
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from corpus import taking
from corpus.articles import Article
from corpus.deciding import ENTRIES_AT_ONCE
from corpus.errors import FetchFailed
from corpus.feeds import TRIES, Feed, KnownEntry
from corpus.fetching import Fetcher, Time
from corpus.polling import Poll, Ways, poll_feed
from corpus.schema import entries
from corpus.sources.arrivals import read_entry
from corpus.sources.entries import Entry
from corpus.store import Change, Corpus
from tests.fakes.internet import Internet
from tests.fakes.passing import BEGINNING, Passing
from tests.fakes.web import Web

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.sources.arrivals import Arrival, Origin

SAFE = "Drivers blocked the road to Zhanaozen because gas costs more. The police of Almaty stayed away."
WALL = (
    "We and our 842 partners store and access personal data on your device. Selecting I Accept enables "
    "tracking technologies. You can change your choices at any time. Explosion in Almaty kills twelve."
)
INTRANET = "intranet.corp:8080"


def whole(words: str) -> str:
    """Make a content that is long enough to be the article."""
    return "".join(f"<p>{words} This is part {part} of the report.</p>" for part in range(12))


def page(text: str, *, title: str = "Gas in Almaty", head: str = "") -> str:
    return (
        f"<html><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1><p>{text}</p>"
        "</article></body></html>"
    )


@dataclass
class Strangers:
    """A corpus, sites with names of their own, and the time."""

    corpus: Corpus
    internet: Internet
    fetcher: Fetcher
    stack: ExitStack
    passing: Passing
    sites: dict[str, Web] = field(default_factory=dict)

    def site(self, host: str, *, address: str = "", port: int = 80) -> Web:
        if host not in self.sites:
            web = self.sites[host] = self.stack.enter_context(Web())
            public = address or f"93.184.215.{len(self.sites)}"
            self.internet.has(host, web, address=public, port=port)
        return self.sites[host]

    def announces(self, host: str, *items: str, path: str = "/feed") -> None:
        """Let a site have an RSS feed with these items."""
        self.site(host).says(
            path,
            '<rss xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
            f"<title>{host}</title>{''.join(items)}</channel></rss>",
            content_type="application/rss+xml; charset=utf-8",
        )

    def follow(self, url: str) -> Feed:
        feed, _ = self.corpus.feeds.add(url, title=None, stated={}, every_s=300, now=self.passing.now())
        return feed

    def poll(self, feed: Feed, *, at_once: int = ENTRIES_AT_ONCE) -> Poll:
        ways = Ways(self.fetcher, now=self.passing.now, chance=lambda: 0.5, at_once=at_once)
        poll = poll_feed(self.corpus, feed.id, ways)
        assert poll is not None
        return poll

    def pause(self) -> timedelta:
        """Return in which time the first feed is polled next."""
        return self.corpus.feeds.all()[0].next_at - self.passing.now()

    def texts(self) -> list[str]:
        return [revision.text for revision in self.corpus.articles()]


def item(
    url: str, title: str = "Gas in Almaty", *, content: str = "", summary: str = "", minutes: int = 0
) -> str:
    at = (BEGINNING - timedelta(minutes=minutes)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    inside = f"<content:encoded>{html.escape(content)}</content:encoded>" if content else ""
    return (
        f"<item><title>{title}</title><link>{url}</link><pubDate>{at}</pubDate>"
        f"<description>{html.escape(summary)}</description>{inside}</item>"
    )


@pytest.fixture
def strangers(sqlite_file_url: str) -> Iterator[Strangers]:
    internet, passing = Internet(), Passing()
    time = Time(clock=passing.clock, now=passing.now, sleep=passing.sleep)
    with ExitStack() as stack:
        corpus = stack.enter_context(closing(Corpus.open(sqlite_file_url)))
        fetcher = stack.enter_context(Fetcher(network=internet.network(), trusted={INTRANET}, time=time))
        yield Strangers(corpus, internet, fetcher, stack, passing)


# Whose article it is


def test_a_blog_cannot_say_what_an_agencys_article_says(strangers: Strangers) -> None:
    report = "http://agency.example/almaty"
    strangers.announces("agency.example", item(report, content=whole("Twelve died in Almaty.")))
    blog = item(report, "What the agency gets wrong about Almaty", content=whole("Nobody died at all."))
    strangers.announces("blog.example", blog)
    strangers.site("agency.example").says("/almaty", page("Twelve died in Almaty, the agency says."))
    strangers.poll(strangers.follow("http://agency.example/feed"))
    strangers.poll(strangers.follow("http://blog.example/feed"))
    (revision,) = strangers.corpus.articles()
    assert "Nobody died" not in revision.text
    assert revision.text.startswith("Twelve died in Almaty")
    assert revision.title == "Gas in Almaty"


@pytest.mark.parametrize(
    "feed, entry, is_its_own",
    [
        ("feeds.orda.example", "www.orda.example", True),
        ("www.orda.example", "news.orda.example", True),
        ("orda.example", "evilorda.example", False),
        ("orda.example.evil.example", "orda.example", False),
    ],
)
def test_a_feeds_own_text_counts_under_its_own_hosts(
    strangers: Strangers, feed: str, entry: str, is_its_own: object
) -> None:
    strangers.announces(feed, item(f"http://{entry}/1", content=whole("Gas costs 60 tenge in Almaty.")))
    poll = strangers.poll(strangers.follow(f"http://{feed}/feed"))
    assert bool(poll.changes) is is_its_own


def test_a_site_may_have_its_feed_served_by_another(strangers: Strangers) -> None:
    strangers.site("orda.example").redirects("/feed", "http://feeds.example/orda")
    own = item("http://orda.example/1", content=whole("Gas costs 60 tenge in Almaty."))
    strangers.announces("feeds.example", own, path="/orda")
    assert strangers.poll(strangers.follow("http://orda.example/feed")).changes == Counter({Change.ADDED: 1})


def test_a_public_feed_leads_to_no_trusted_place_and_a_trusted_one_does(strangers: Strangers) -> None:
    inside = strangers.site("intranet.corp", address="10.0.0.5", port=8080)
    inside.says("/1", page(SAFE))
    for host in ("news.example", "intranet.corp"):
        strangers.announces(host, item(f"http://{INTRANET}/1"))
    assert strangers.poll(strangers.follow("http://news.example/feed")).unread == 1
    assert (strangers.texts(), inside.paths) == ([], [])
    strangers.poll(strangers.follow(f"http://{INTRANET}/feed"))
    assert strangers.texts() == [SAFE]


def announce_by_id(strangers: Strangers, host: str, text: str) -> Feed:
    """Let a site have a feed of one entry that has an id, and no address."""
    content = html.escape(text)
    bare = f"<item><guid isPermaLink='false'>1</guid><content:encoded>{content}</content:encoded></item>"
    strangers.announces(host, bare)
    return strangers.follow(f"http://{host}/feed")


def test_entries_of_two_feeds_that_are_called_alike_are_two_articles(strangers: Strangers) -> None:
    for _ in range(2):
        for host in ("one.example", "two.example"):
            strangers.poll(announce_by_id(strangers, host, f"The road is closed, {host} says."))
    one = announce_by_id(strangers, "one.example", "The road is open again.")
    assert strangers.poll(one).changes == Counter({Change.REVISED: 1})
    assert set(strangers.texts()) == {"The road is open again.", "The road is closed, two.example says."}


def test_entries_that_were_one_article_are_parted_and_none_is_doubled(strangers: Strangers) -> None:
    alone, one, two = (
        announce_by_id(strangers, host, f"The road is closed, {host} says.")
        for host in ("alone.example", "one.example", "two.example")
    )
    # As the migration leaves what an older version stored under the id alone, with what was read last.
    name = Entry("1").name
    shared = Article.parse({"text": "Two says."}, key=f"feed:{name}", obtained="feed", source="Two")
    strangers.corpus.put(shared)
    for feed, key in ((one, shared.key), (two, None)):
        claimed = strangers.corpus.feeds.claim(feed.id, strangers.passing.now())
        assert claimed is not None
        claimed = strangers.corpus.feeds.record(claimed, KnownEntry(name, "", key, strangers.passing.now()))
        assert claimed is not None
        strangers.corpus.feeds.finish(claimed)
    strangers.passing.pass_by(3600)
    assert strangers.poll(one).changes == Counter({Change.REVISED: 1})
    assert strangers.poll(two).changes == Counter({Change.ADDED: 1})
    assert strangers.poll(alone).changes == Counter({Change.ADDED: 1})
    assert strangers.texts() == [
        f"The road is closed, {host}.example says." for host in ("one", "two", "alone")
    ]


def test_an_article_of_a_feed_that_was_removed_is_no_other_feeds_to_revise(strangers: Strangers) -> None:
    key = f"feed:{Entry('1').name}"  # as an older version stored it
    strangers.corpus.put(Article.parse({"text": "It was calm."}, key=key, obtained="feed", source="One"))
    feed = announce_by_id(strangers, "two.example", "It was not calm.")
    assert strangers.poll(feed).changes == Counter({Change.ADDED: 1})
    assert sorted(strangers.texts()) == ["It was calm.", "It was not calm."]


def test_an_article_of_an_entry_whose_feed_was_removed_is_not_doubled_when_it_comes_back(
    strangers: Strangers,
) -> None:
    feed = announce_by_id(strangers, "one.example", "It was calm.")
    strangers.poll(feed)
    strangers.corpus.feeds.remove(feed.id)
    feed = announce_by_id(strangers, "one.example", "It was not calm.")
    assert strangers.poll(feed).changes == Counter({Change.REVISED: 1})
    assert strangers.texts() == ["It was not calm."]


# Walls


@pytest.mark.parametrize(
    "text",
    [
        WALL,
        "Explosion in Almaty kills twelve. Twelve people died on Monday. Subscribe to continue reading.",
        "Мы используем файлы cookie. Продолжая пользоваться порталом, вы даёте согласие. Спасибо вам.",
        "Читать полностью могут подписчики портала: оформите подписку. Twelve died in Almaty explosion.",
    ],
)
def test_a_wall_is_not_the_article_even_if_it_has_its_title(strangers: Strangers, text: str) -> None:
    title = "Explosion in Almaty kills twelve"
    strangers.announces("news.example", item("http://news.example/1", title, summary="Twelve died…"))
    strangers.site("news.example").says("/1", page(text, title=title))
    assert strangers.poll(strangers.follow("http://news.example/feed")).unread == 1
    assert strangers.texts() == []


def test_a_teaser_never_replaces_an_article_that_is_there(strangers: Strangers) -> None:
    site = strangers.site("news.example")
    site.says("/1", page(SAFE))
    strangers.announces("news.example", item("http://news.example/1", content="Gas costs more."))
    feed = strangers.follow("http://news.example/feed")
    strangers.poll(feed)
    site.fails("/1", 403)
    strangers.announces("news.example", item("http://news.example/1", content="Gas costs much more."))
    for _ in range(TRIES + 1):
        strangers.passing.pass_by(7 * 3600)
        strangers.poll(feed)
    assert strangers.texts() == [SAFE]
    assert strangers.corpus.feeds.counts()[feed.id].given_up == 1


def test_a_short_content_that_alone_can_be_had_is_corrected(strangers: Strangers) -> None:
    strangers.site("news.example").says(
        "/robots.txt", "User-agent: *\nDisallow: /1", content_type="text/plain"
    )
    feed = strangers.follow("http://news.example/feed")
    for content in ("Five people died in Almaty.", "Four died."):
        strangers.announces("news.example", item("http://news.example/1", content=content))
        strangers.poll(feed)
        assert strangers.texts() == [content]
        strangers.passing.pass_by(3600)


# One that is broken


def test_what_nobody_foresaw_of_one_entry_stops_no_other(
    strangers: Strangers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def read_or_fail(fetcher: Fetcher, entry: Entry, origin: Origin) -> Arrival:
        if entry.url == "http://news.example/1":
            raise ZeroDivisionError("unforeseen")
        return read_entry(fetcher, entry, origin)

    monkeypatch.setattr(taking, "read_entry", read_or_fail)
    both = [
        item(f"http://news.example/{n}", content=whole(f"Report {n} of Almaty on gas."), minutes=n)
        for n in (1, 2)
    ]
    strangers.announces("news.example", *both)
    feed = strangers.follow("http://news.example/feed")
    with caplog.at_level(logging.ERROR):
        poll = strangers.poll(feed)
    assert (poll.changes, poll.unread) == (Counter({Change.ADDED: 1}), 1)
    assert "ZeroDivisionError: unforeseen" in caplog.text
    (waiting,) = strangers.corpus.feeds.waiting(feed.id)
    assert waiting.failures == 1
    assert waiting.problem == (
        "reading it failed in a way that nobody foresaw (ZeroDivisionError); the log says where"
    )
    monkeypatch.undo()
    strangers.passing.pass_by(600)
    assert strangers.poll(feed).changes == Counter({Change.ADDED: 1})


def test_what_nobody_foresaw_of_a_feed_is_its_problem_and_it_is_left_alone_longer(
    strangers: Strangers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def parse(*_: Any) -> None:  # noqa: ANN401 (as it is called)
        raise RecursionError("unforeseen")

    monkeypatch.setattr("corpus.asking.parse_feed", parse)
    strangers.announces("news.example")
    feed = strangers.follow("http://news.example/feed")
    for minutes in (10, 20):
        with caplog.at_level(logging.ERROR):
            assert "RecursionError" in (strangers.poll(feed).problem or "")
        assert strangers.pause() == timedelta(minutes=minutes)
    assert "RecursionError: unforeseen" in caplog.text


def test_an_entry_that_no_database_stores_stops_no_other(strangers: Strangers) -> None:
    odd = ["http://a\ud800b/x", "http://[bad", "http://news.example/\0", "http://news.example/\udc00"]
    items: list[dict[str, object]] = [
        {"id": f"\ud800{number}", "url": url, "title": "\udfffGas", "content_text": "Gas. No, more."}
        for number, url in enumerate(odd)
    ]
    items.append({"id": 10**4, "url": "http://news.example/ok", "content_html": whole("Gas costs 60.")})
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": items}
    text = json.dumps(feed).replace("10000", "1" * 5_000)
    strangers.site("news.example").says("/feed", text, content_type="application/feed+json")
    poll = strangers.poll(strangers.follow("http://news.example/feed"))
    assert poll.problem is None
    assert any(text.startswith("Gas costs 60.") for text in strangers.texts())


# Peace


def test_peace_is_given_to_the_site_that_asks_for_it_and_costs_no_try(strangers: Strangers) -> None:
    strangers.site("tired.example").fails("/1", 503, retry_after="86400")
    strangers.site("awake.example").says("/2", page(SAFE))
    told = [item("http://tired.example/1"), item("http://tired.example/3", minutes=1)]
    strangers.announces("list.example", *told, item("http://awake.example/2", minutes=2))
    feed = strangers.follow("http://list.example/feed")
    for _ in range(TRIES + 1):
        poll = strangers.poll(feed)
        assert strangers.pause() == timedelta(minutes=5)
        assert poll.left <= 1
        strangers.passing.pass_by(86_400)
    assert strangers.texts() == [SAFE]
    assert strangers.site("tired.example").paths.count("/3") == 0
    strangers.site("tired.example").says("/1", page("Gas is cheap again in Almaty, and costs less."))
    strangers.poll(feed)
    assert len(strangers.texts()) == 2


def test_a_site_that_asked_for_peace_is_asked_for_nothing_as_long_as_that(strangers: Strangers) -> None:
    site = strangers.site("tired.example")
    site.fails("/1", 429, retry_after="7200")
    strangers.announces("list.example", item("http://tired.example/1"))
    feed = strangers.follow("http://list.example/feed")
    strangers.poll(feed)
    site.says("/1", page(SAFE))
    site.requests.clear()
    for _ in range(TRIES + 1):
        strangers.passing.pass_by(1_000)
        strangers.poll(feed)
    assert site.requests == []
    strangers.passing.pass_by(400)
    strangers.poll(feed)
    assert strangers.texts() == [SAFE]


def test_a_site_that_is_down_hides_no_other(strangers: Strangers) -> None:
    down = [item(f"http://down.example/{number}") for number in range(9)]
    strangers.announces("list.example", *down, item("http://awake.example/2", minutes=1))
    strangers.site("awake.example").says("/2", page(SAFE))
    poll = strangers.poll(strangers.follow("http://list.example/feed"))
    assert (poll.changes, poll.unread, poll.left) == (Counter({Change.ADDED: 1}), 3, 6)


def test_the_places_of_a_site_that_is_down_go_to_others(strangers: Strangers) -> None:
    down = [item(f"http://down.example/{number}") for number in range(30)]
    awake = [item(f"http://awake.example/{number}", minutes=1) for number in range(6)]
    strangers.announces("list.example", *down, *awake)
    for number in range(6):
        strangers.site("awake.example").says(f"/{number}", page(f"{SAFE} Report {number}."))
    feed = strangers.follow("http://list.example/feed")
    poll = strangers.poll(feed, at_once=9)
    assert (poll.changes, poll.unread, poll.left) == (Counter({Change.ADDED: 6}), 3, 27)


def test_a_site_that_is_blocked_for_a_while_is_read_afterwards(strangers: Strangers) -> None:
    strangers.internet.leads("news.example", ["127.0.0.1"])
    strangers.announces("list.example", item("http://news.example/1"))
    feed = strangers.follow("http://list.example/feed")
    assert strangers.poll(feed).unread == 1
    strangers.site("news.example").says("/1", page(SAFE))
    strangers.passing.pass_by(600)
    strangers.poll(feed)
    assert strangers.texts() == [SAFE]


# What was purged


def test_no_feed_keeps_the_address_of_what_was_purged(strangers: Strangers) -> None:
    address = "http://news.example/secret"
    strangers.announces("news.example", item(address, content=whole("Gas costs 60 tenge in Almaty.")))
    first = strangers.follow("http://news.example/feed")
    strangers.poll(first)
    strangers.corpus.purge(strangers.corpus.articles()[0].article_id, because="a court says so")
    strangers.announces("news.example", item(address, content=whole("Gas costs 90 tenge in Almaty.")))
    strangers.announces("list.example", item(address))
    for feed in (first, strangers.follow("http://list.example/feed")):
        strangers.poll(feed)
    database = strangers.corpus._database  # noqa: SLF001 (what a disk holds)
    with database.reading() as connection:
        kept = [str(tuple(row)) for row in connection.execute(sa.select(entries))]
    assert len(kept) == 2
    assert not any("secret" in row for row in kept)
    assert strangers.texts() == []


def test_no_feed_keeps_a_headline_of_what_is_purged_while_its_page_is_read(
    strangers: Strangers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def purge_and_fail(*_: object) -> Arrival:
        strangers.corpus.purge(strangers.corpus.articles()[0].article_id, because="a court says so")
        raise FetchFailed("it does not answer")

    address = "http://news.example/secret"
    strangers.site("news.example").says("/secret", page(SAFE))
    strangers.announces("news.example", item(address))
    feed = strangers.follow("http://news.example/feed")
    strangers.poll(feed)
    strangers.announces("news.example", item(address, summary="Corrected…"))
    strangers.passing.pass_by(60)
    monkeypatch.setattr(taking, "read_entry", purge_and_fail)
    assert strangers.poll(feed).unread == 1
    (known,) = strangers.corpus.feeds.waiting(feed.id)
    assert (known.article_key or "").startswith("purged:")
    assert known.visit is None
