"""Polling a real server: entries become articles once, whatever server, site and our own process do."""

from __future__ import annotations

import html
import signal
import subprocess
import sys
import threading
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from corpus.feeds import CLAIM
from corpus.fetching import Fetcher
from corpus.polling import Poll, poll_due, poll_feed
from corpus.store import Change, Corpus
from tests.corpus.newsstand import PAGE_TEXT, Item, Place, page, whole
from tests.fakes.passing import BEGINNING
from tests.fakes.web import Web

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


@pytest.fixture
def place(sqlite_file_url: str, web: Web) -> Iterator[Place]:
    with closing(Corpus.open(sqlite_file_url)) as corpus, Fetcher(trusted={web.place}) as fetcher:
        yield Place(corpus, web, fetcher)


# From entries to articles


def test_what_the_feed_holds_is_the_article_and_its_page_is_not_asked_for(place: Place) -> None:
    place.follow()
    place.has(Item(1, content=whole(1)))
    assert place.poll().changes == Counter({Change.ADDED: 1})
    (revision,) = place.corpus.articles()
    assert revision.text.startswith("Report 1, part 0: gas costs 60 tenge in Almaty.\n\nReport 1, part 1:")
    assert (revision.title, revision.source, revision.author) == ("Gas in Almaty 1", "Orda", "A. Reporter")
    assert (revision.published, revision.obtained) == (BEGINNING, "feed")
    assert revision.url == place.web.url("/news/1")
    assert place.asked() == ["/feed"]


def test_where_the_feed_has_a_summary_the_page_is_the_article_and_the_feed_says_whose(place: Place) -> None:
    place.follow(source="The Herald", language="kk")
    place.has(Item(1))
    place.has_pages(1)
    place.poll()
    (revision,) = place.corpus.articles()
    assert revision.text == PAGE_TEXT
    assert (revision.title, revision.source, revision.language) == ("Gas in Almaty 1", "The Herald", "kk")
    assert (revision.published, revision.obtained) == (BEGINNING, "feed")
    assert place.asked() == ["/feed", "/news/1"]


def test_what_is_as_it_was_costs_nothing(place: Place) -> None:
    place.follow()
    place.has(Item(1), Item(2, content=whole(2)), etag='"one"')
    place.has_pages(1)
    assert place.poll().changes == Counter({Change.ADDED: 2})
    place.asked()
    assert place.feed.etag == '"one"'
    assert str(place.poll()) == f"feed {place.feed.id} (Orda): nothing new"
    assert place.web.requests[0].headers["if-none-match"] == '"one"'
    assert place.feed.etag == '"one"'
    place.has(Item(1), Item(2, content=whole(2)))  # the same again, from a server that knows no ETags
    place.asked()
    assert place.poll().changes == Counter()
    assert place.asked() == ["/feed"]


def test_a_correction_becomes_a_revision(place: Place) -> None:
    place.follow()
    place.has(Item(1, content=whole(1)), Item(2))
    place.has_pages(2)
    place.poll()
    place.has(Item(1, content=whole(1, price=50)), Item(2, summary="Corrected…"))
    place.web.says("/news/2", page(2, PAGE_TEXT.replace("hundreds", "thousands")))
    assert place.poll().changes == Counter({Change.REVISED: 1})  # the page was read a moment ago
    place.passing.pass_by(900)
    assert place.poll().changes == Counter({Change.REVISED: 1})
    texts = " ".join(revision.text for revision in place.corpus.articles())
    assert "gas costs 50 tenge" in texts
    assert "thousands of people" in texts
    assert "hundreds" not in texts


def test_a_feed_that_cries_wolf_is_believed_less_each_time(place: Place) -> None:
    place.follow()
    place.has_pages(1)
    for number, pages in enumerate([["/news/1"], ["/news/1"], [], ["/news/1"], [], []]):
        place.has(Item(1, summary=f"Read {number} times…"))
        place.poll()
        assert place.asked() == ["/feed", *pages]
        place.passing.pass_by(11)


def test_a_feed_that_has_moved_for_good_is_polled_where_it_is_now(place: Place) -> None:
    place.follow()
    place.has(Item(1, content=whole(1)), at="/moved")
    place.web.redirects("/feed", "/moved", status=301)
    place.poll()
    assert place.feed.url == place.web.url("/moved")
    place.asked()
    place.poll()
    assert place.asked() == ["/moved"]


def test_new_ids_for_old_addresses_are_the_same_articles(place: Place) -> None:
    place.follow()
    place.has(Item(1, content=whole(1), guid="a"))
    place.poll()
    place.has(Item(1, content=whole(1), guid="b"))
    assert place.poll().changes == Counter()
    assert place.titles() == ["Gas in Almaty 1"]


def test_an_entry_that_goes_takes_no_article_along_and_neither_does_the_feed(place: Place) -> None:
    feed = place.follow()
    place.has(Item(1, content=whole(1)))
    place.poll()
    place.has()
    assert place.poll().changes == Counter()
    place.corpus.feeds.remove(feed.id)
    assert place.titles() == ["Gas in Almaty 1"]


def test_a_removed_article_is_not_brought_back_by_its_feed(place: Place) -> None:
    place.follow()
    place.has(Item(1, content=whole(1)))
    place.poll()
    place.corpus.remove(place.corpus.articles()[0].article_id, because="withdrawn")
    place.has(Item(1, content=whole(1, price=50)))
    assert place.poll().changes == Counter({Change.STAYS_REMOVED: 1})
    assert place.titles() == []


def test_an_article_that_was_added_by_its_address_is_the_same_one(place: Place) -> None:
    from corpus.sources.pages import read_page  # noqa: PLC0415

    place.has_pages(1)
    place.corpus.put(read_page(place.fetcher, place.web.url("/news/1?utm_source=x")))
    place.follow()
    place.has(Item(1))
    place.poll()
    (revision,) = place.corpus.articles()
    assert (revision.number, revision.source) == (2, "Orda")


# What cannot be read


def test_a_summary_is_never_taken_for_the_article_and_the_page_is_tried_again(place: Place) -> None:
    place.follow()
    place.has(Item(1, summary="Five people were killed. The government denies it."), etag='"one"')
    poll = place.poll()
    assert (poll.changes, poll.unread) == (Counter(), 1)
    assert place.titles() == []
    assert place.feed.etag is None  # so that the server sends it again
    place.has_pages(1)
    assert place.poll().changes == Counter()
    place.passing.pass_by(600)
    assert place.poll().changes == Counter({Change.ADDED: 1})
    assert place.corpus.articles()[0].text == PAGE_TEXT
    assert place.feed.etag == '"one"'


def test_an_entry_that_failed_and_is_named_no_more_is_still_tried_again(place: Place) -> None:
    place.follow()
    place.has(Item(1))
    place.poll()
    place.has()
    place.has_pages(1)
    place.passing.pass_by(600)
    assert place.poll().changes == Counter({Change.ADDED: 1})
    assert place.corpus.articles()[0].text == PAGE_TEXT


def test_a_long_article_whose_entry_is_named_no_more_is_corrected_by_its_page(place: Place) -> None:
    paragraphs = [f"Report {number} of Almaty: {PAGE_TEXT}" for number in range(9)]
    place.web.says("/news/1", page(1, "</p><p>".join(paragraphs)))
    place.follow()
    place.has(Item(1))
    place.poll()
    place.web.fails("/news/1", 500)
    place.has(Item(1, summary="Corrected…"))
    place.passing.pass_by(60)
    assert place.poll().unread == 1
    place.has()
    paragraphs[8] = paragraphs[8].replace("hundreds", "thousands")
    place.web.says("/news/1", page(1, "</p><p>".join(paragraphs)))
    place.passing.pass_by(600)
    assert place.poll().changes == Counter({Change.REVISED: 1})
    (revision,) = place.corpus.articles()
    assert revision.text == "\n\n".join(paragraphs)
    assert (revision.title, revision.source, revision.published) == ("Gas in Almaty 1", "Orda", BEGINNING)


def test_an_entry_is_given_up_after_some_tries_and_begins_anew_when_it_says_something_else(
    place: Place,
) -> None:
    place.follow()
    place.has(Item(1))
    for _ in range(12):
        place.poll()
        place.passing.pass_by(3 * 3600)
    assert place.asked().count("/news/1") == 6
    counts = place.corpus.feeds.counts()[place.feed.id]
    assert (counts.read, counts.waiting, counts.given_up) == (0, 0, 1)
    assert counts.why_given_up == (("127.0.0.1: it has no such page (404)", 1),)
    place.has_pages(1)
    place.has(Item(1, summary="New"))
    assert place.poll().changes == Counter({Change.ADDED: 1})


def test_where_robots_are_not_wanted_the_feeds_own_short_text_is_taken_and_a_summary_is_not(
    place: Place,
) -> None:
    place.web.says("/robots.txt", "User-agent: *\nDisallow: /news/", content_type="text/plain")
    place.has_pages(1, 2)
    place.follow()
    place.has(Item(1, content="<p>Five people died in Almaty.</p>"), Item(2, summary="Five people died."))
    poll = place.poll()
    assert (poll.changes, poll.unread) == (Counter({Change.ADDED: 1}), 1)
    assert [revision.text for revision in place.corpus.articles()] == ["Five people died in Almaty."]
    assert place.asked() == ["/feed"]
    assert place.poll().unread == 0


WALL = "<html><title>Sign in</title><body><p>Please sign in to continue reading. Thank you.</p></body></html>"
FLASH = "<p>URGENT: the airport of Almaty is closed.</p>"


@pytest.mark.parametrize("stands", ["robots", "wall", "missing", "down", "busy"])
def test_a_flash_is_the_article_at_once_where_its_page_cannot_be_read(place: Place, stands: str) -> None:
    if stands == "robots":
        place.web.says("/robots.txt", "User-agent: *\nDisallow: /news/", content_type="text/plain")
    elif stands == "wall":
        place.web.says("/news/1", WALL)
    elif stands != "missing":
        place.web.fails("/news/1", 500 if stands == "down" else 429)
    place.follow()
    place.has(Item(1, content=FLASH))
    poll = place.poll()
    assert (poll.changes, poll.unread) == (Counter({Change.ADDED: 1}), 0)
    (revision,) = place.corpus.articles()
    assert (revision.text, revision.obtained) == ("URGENT: the airport of Almaty is closed.", "feed alone")


def test_flashes_of_a_site_that_is_down_do_not_wait_for_their_turn_to_be_asked_for(place: Place) -> None:
    place.follow()
    items = [Item(number, content=FLASH.replace("Almaty", f"Almaty, gate {number},")) for number in range(9)]
    for number in range(9):
        place.web.fails(f"/news/{number}", 500)
    place.has(*items)
    poll = place.poll()
    assert (poll.changes, poll.left) == (Counter({Change.ADDED: 9}), 6)
    assert len(place.asked()) == 1 + 3
    place.has_pages(*range(9))
    place.passing.pass_by(600)
    assert place.poll().changes == Counter({Change.REVISED: 9})
    assert {revision.text for revision in place.corpus.articles()} == {PAGE_TEXT}


def test_the_page_of_a_flash_takes_its_place_once_it_can_be_read_wherever_it_is(place: Place) -> None:
    place.follow()
    place.has(Item(1, content=FLASH))
    place.poll()
    assert place.corpus.feeds.counts()[place.feed.id].waiting == 1
    place.web.redirects("/news/1", "/news/2")
    place.has_pages(2)
    place.passing.pass_by(600)
    assert place.poll().changes == Counter({Change.REVISED: 1})
    (revision,) = place.corpus.articles()
    assert (revision.text, revision.obtained, revision.number) == (PAGE_TEXT, "feed", 2)
    place.web.fails("/news/1", 404)
    place.has(Item(1, content=FLASH, summary="Other"))
    place.passing.pass_by(600)
    assert place.poll().unread == 1
    assert place.corpus.articles()[0].text == PAGE_TEXT


def take_away(place: Place, how: str) -> None:
    (revision,) = place.corpus.articles()
    {"removed": place.corpus.remove, "purged": place.corpus.purge}[how](revision.article_id, because="wrong")


def says_it_is_elsewhere(place: Place) -> None:
    elsewhere = f"<link rel='canonical' href='{place.web.url('/news/gas-in-almaty')}'></head>"
    place.web.says("/news/1", page(1).replace("</head>", elsewhere))


@pytest.mark.parametrize("how", ["removed", "purged"])
def test_a_flash_that_was_taken_away_does_not_come_back_by_its_page_that_says_it_is_elsewhere(
    place: Place, how: str
) -> None:
    place.follow()
    place.has(Item(1, content=FLASH))
    place.poll()
    take_away(place, how)
    says_it_is_elsewhere(place)
    place.has(Item(1, content=FLASH, summary="Other"))
    place.passing.pass_by(600)
    assert place.poll().changes == Counter({Change.STAYS_REMOVED: 1})
    place.corpus.feeds.remove(place.feed.id)
    place.follow()
    assert place.poll().changes == Counter({Change.STAYS_REMOVED: 1})
    assert place.titles() == []


@pytest.mark.parametrize("how", ["removed", "purged"])
def test_a_page_that_was_taken_away_does_not_come_back_as_the_short_text_of_its_entry(
    place: Place, how: str
) -> None:
    place.follow()
    says_it_is_elsewhere(place)
    place.has(Item(1, content=FLASH))
    place.poll()
    take_away(place, how)
    place.web.fails("/news/1", 500)
    place.has(Item(1, content=FLASH.replace("closed", "shut")))
    place.passing.pass_by(600)
    assert place.poll().changes == Counter({Change.STAYS_REMOVED: 1})
    assert place.titles() == []


def test_a_flash_without_an_address_is_the_article(place: Place) -> None:
    place.web.says(
        "/feed",
        '<rss xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Orda</title><item>'
        f"<guid>1</guid><content:encoded>{html.escape(FLASH)}</content:encoded></item></channel></rss>",
        content_type="application/rss+xml",
    )
    place.follow()
    assert place.poll().changes == Counter({Change.ADDED: 1})
    assert place.corpus.articles()[0].text == "URGENT: the airport of Almaty is closed."


def test_a_wall_in_front_of_a_page_is_not_taken_for_it(place: Place) -> None:
    place.follow()
    place.has(Item(1))
    wall = "Please sign in to continue reading. Your subscription supports our reporters."
    place.web.says("/news/1", f"<html><head><title>Sign in</title></head><body><p>{wall}</p></body></html>")
    assert place.poll().unread == 1
    assert place.titles() == []


def test_a_site_that_is_down_or_asks_for_peace_is_left_alone(place: Place) -> None:
    place.follow()
    items = [Item(number, minutes=number) for number in range(9)]
    place.has(*items)
    for number in range(9):
        place.web.fails(f"/news/{number}", 500)
    poll = place.poll()
    assert (poll.unread, poll.left) == (3, 6)
    place.asked()
    place.web.fails("/news/3", 429, retry_after="3600")
    poll = place.poll()
    assert place.asked() == ["/feed", "/news/3"]
    assert (poll.unread, poll.left) == (1, 5)
    assert place.feed.next_at == place.passing.now() + timedelta(hours=1)


# Many entries


def test_of_many_entries_the_newest_are_read_first_and_the_others_in_the_next_polls(place: Place) -> None:
    place.follow()
    place.has(
        *(Item(number, content=whole(number), minutes=number) for number in (5, 1, 3, 7, 2, 6, 4)), etag='"1"'
    )
    poll = place.poll(at_once=3)
    assert str(poll) == f"feed {place.feed.id} (Orda): 3 added, 4 entries left for the next polls"
    assert sorted(place.titles()) == [f"Gas in Almaty {number}" for number in (1, 2, 3)]
    assert place.feed.next_at == place.passing.now() + timedelta(minutes=1)
    assert place.poll(at_once=3).left == 1
    assert place.poll(at_once=3).left == 0
    assert len(place.titles()) == 7
    assert place.feed.next_at == place.passing.now() + timedelta(minutes=5)
    assert place.poll().changes == Counter()
    assert place.web.requests[-1].headers["if-none-match"] == '"1"'


def test_a_poll_that_is_to_end_ends_after_an_entry_and_goes_on_next_time(place: Place) -> None:
    place.follow()
    place.has(*(Item(number, content=whole(number)) for number in range(5)), etag='"1"')
    answers = iter([False, False, True, True])
    poll = place.poll(should_end=lambda: next(answers, True))
    assert (poll.changes, poll.left) == (Counter({Change.ADDED: 2}), 3)
    assert place.corpus.feeds.due(place.passing.now()) == [place.feed.id]
    assert place.poll().changes == Counter({Change.ADDED: 3})


# Sitemaps


def sitemap(web: Web, *numbers: int, name: str = "Orda news") -> str:
    urls = "".join(
        f"<url><loc>{web.url(f'/news/{n}')}</loc><news:news><news:publication><news:name>{name}</news:name>"
        f"</news:publication><news:publication_date>{(BEGINNING - timedelta(days=n)).isoformat()}"
        f"</news:publication_date><news:title>Gas in Almaty {n}</news:title></news:news></url>"
        for n in numbers
    )
    return (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{urls}</urlset>'
    )


def test_a_news_sitemap_of_the_last_days_is_read_and_its_articles_have_its_name(place: Place) -> None:
    place.web.says("/sitemap.xml", sitemap(place.web, 1, 2, 30), content_type="application/xml")
    place.has_pages(1, 2, 30)
    place.follow("/sitemap.xml")
    assert place.poll().changes == Counter({Change.ADDED: 2})
    revisions = place.corpus.articles()
    assert {(one.source, one.obtained) for one in revisions} == {("Orda news", "sitemap")}
    assert revisions[1].published == BEGINNING - timedelta(days=1)


def test_of_an_index_the_newest_sitemaps_are_read_and_a_broken_one_hides_no_other(place: Place) -> None:
    days = [("1", "2022-01-05"), ("gone", "2022-01-04"), ("2", "2022-01-03"), ("old", "2021-01-01")]
    place.web.says(
        "/index.xml",
        "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
        + "".join(f"<sitemap><loc>/{name}.xml</loc><lastmod>{day}</lastmod></sitemap>" for name, day in days)
        + "</sitemapindex>",
        content_type="application/xml",
        headers={"ETag": '"1"'},
    )
    for number in (1, 2):
        place.web.says(f"/{number}.xml", sitemap(place.web, number), content_type="application/xml")
    place.has_pages(1, 2)
    place.follow("/index.xml")
    assert place.poll().changes == Counter({Change.ADDED: 2})
    assert place.asked() == ["/index.xml", "/1.xml", "/gone.xml", "/2.xml", "/news/1", "/news/2"]
    assert place.feed.etag is None  # an index may stay as it is while its sitemaps change


# A feed that fails


def test_a_failing_feed_is_left_alone_longer_each_time_and_says_why(place: Place) -> None:
    place.follow()
    for failures, minutes in enumerate((10, 20, 40), start=1):
        poll = place.poll()
        assert str(poll) == f"feed {place.feed.id} ({place.feed.url}) cannot be read: {poll.problem}"
        assert place.feed.next_at == place.passing.now() + timedelta(minutes=minutes)
        assert (place.feed.failures, place.feed.problem) == (failures, "127.0.0.1: it has no such page (404)")
    place.has(Item(1, content=whole(1)))
    place.poll()
    assert (place.feed.failures, place.feed.problem) == (0, None)
    assert place.feed.next_at == place.passing.now() + timedelta(minutes=5)


def test_a_feed_that_is_gone_for_good_is_polled_no_more(place: Place) -> None:
    place.follow()
    place.web.fails("/feed", 410)
    place.poll()
    assert place.feed.is_stopped
    assert place.feed.problem == (
        "127.0.0.1: this page is gone for good (410); it is polled no more, and "
        f"`crisisbot feed add {place.feed.url}` begins again"
    )
    place.passing.pass_by(10**8)
    assert list(poll_due(place.corpus, place.ways)) == []


def test_a_feed_that_asks_for_peace_has_it(place: Place) -> None:
    place.follow()
    place.web.fails("/feed", 503, retry_after="7200")
    place.poll()
    assert place.feed.next_at == place.passing.now() + timedelta(hours=2)


@pytest.mark.parametrize(
    "content, problem",
    [
        (b"\x00 garbage", "holds NUL"),
        (b"<html><body>Under maintenance</body></html>", "it is a web page, no feed"),
        (b"<rss><channel><item><title>cut", "it is no XML"),
        (b"", "it is empty"),
    ],
)
def test_garbage_in_place_of_a_feed_is_named_and_no_trouble(
    place: Place, content: bytes, problem: str
) -> None:
    place.follow()
    place.has(Item(1, content=whole(1)))
    place.poll()
    place.web.says("/feed", content, content_type="text/html")
    assert problem in (place.poll().problem or "")
    assert problem in (place.feed.problem or "")
    assert place.titles() == ["Gas in Almaty 1"]


def test_broken_entries_are_passed_over_and_told(place: Place) -> None:
    place.follow()
    place.has(Item(1, content=whole(1)))
    place.web.says(
        "/feed",
        "<rss><channel><title>Orda</title>"
        + Item(1, content=whole(1)).written(place.web)
        + "<item><title>Two</b></item></channel></rss>",
        content_type="text/xml",
    )
    assert place.poll().changes == Counter({Change.ADDED: 1})
    assert place.feed.problem == "broken entries that were passed over: 1"


# Several who poll, and kills


def test_two_who_poll_at_once_read_a_feed_once(place: Place, sqlite_file_url: str) -> None:
    place.follow()
    place.has(*(Item(number, content=whole(number)) for number in range(20)))
    together = threading.Barrier(2)
    polls: list[Poll | None] = []

    def poll() -> None:
        with closing(Corpus.open(sqlite_file_url)) as corpus:
            together.wait()
            polls.append(poll_feed(corpus, place.feed.id, place.ways))

    pollers = [threading.Thread(target=poll) for _ in range(2)]
    for poller in pollers:
        poller.start()
    for poller in pollers:
        poller.join()
    changes = [one.changes for one in polls if one is not None]
    assert changes == [Counter({Change.ADDED: 20})] or sorted(map(len, changes)) == [0, 1]
    assert len(place.titles()) == 20


POLL_AND_BE_KILLED = """
import os, signal, sys
from corpus import polling
from corpus.feeds import FeedId, Feeds
from corpus.fetching import Fetcher
from corpus.store import Corpus

url, trusted, feed_id, deaths_after = sys.argv[1:]
record, seen = Feeds.record, []

def record_or_die(self, claimed, entry):
    seen.append(entry)
    if len(seen) == int(deaths_after):
        os.kill(os.getpid(), signal.SIGKILL)
    return record(self, claimed, entry)

Feeds.record = record_or_die
polling.poll_feed(Corpus.open(url), FeedId(int(feed_id)), polling.Ways(Fetcher(trusted={trusted})))
"""


def test_a_kill_between_article_and_note_loses_and_doubles_nothing(
    place: Place, sqlite_file_url: str
) -> None:
    place.follow()
    place.has(*(Item(number, content=whole(number), minutes=number) for number in range(5)))
    arguments = [sqlite_file_url, place.web.place, str(place.feed.id), "3"]
    killed = subprocess.run([sys.executable, "-c", POLL_AND_BE_KILLED, *arguments], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(place.titles()) == 3
    place.passing.seconds = (datetime.now(UTC) - BEGINNING).total_seconds()
    assert poll_feed(place.corpus, place.feed.id, place.ways) is None  # the dead still holds it
    place.passing.pass_by(CLAIM.total_seconds())
    # Of three that were stored two were noted; the third is read again, and is as it was.
    assert place.poll().changes == Counter({Change.ADDED: 2, Change.UNCHANGED: 1})
    assert [revision.number for revision in place.corpus.articles()] == [1] * 5


def test_all_feeds_that_are_due_are_polled_and_others_are_not(place: Place) -> None:
    place.has(Item(1, content=whole(1)))
    place.follow()
    first, second = poll_due(place.corpus, place.ways), poll_due(place.corpus, place.ways)
    assert str(next(first)) == "feed 1 (Orda): 1 added"
    assert [*first, *second] == []  # the second one looked before, and finds it polled
    place.passing.pass_by(300)
    assert [poll.changes for poll in poll_due(place.corpus, place.ways)] == [Counter()]
    place.passing.pass_by(300)
    assert list(poll_due(place.corpus, replace(place.ways, should_end=lambda: True))) == []
