"""Pages of young articles are read again, for corrections of which their feeds say nothing."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from corpus import revisiting
from corpus.articles import Article
from corpus.deciding import VISITS_AFTER, VISITS_AT_ONCE
from corpus.fetching import Fetcher
from corpus.revisiting import revisit
from corpus.schema import entries
from corpus.sources.arrivals import Origin, read_again
from corpus.store import Change, Corpus
from tests.corpus.newsstand import PAGE_TEXT, Item, Place, page
from tests.fakes.passing import BEGINNING
from tests.fakes.web import Web

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.sources.pages import Page

CORRECTED = PAGE_TEXT.replace("hundreds", "thousands")
TEN_MINUTES = 600

#: Minutes after the first poll at which a feed is polled again.
POLLS = (*range(0, 120, 10), *range(120, 120 * 60, 120))


@pytest.fixture
def place(sqlite_file_url: str) -> Iterator[Place]:
    with (
        closing(Corpus.open(sqlite_file_url)) as corpus,
        Web() as web,
        Fetcher(trusted={web.place}) as fetcher,
    ):
        yield Place(corpus, web, fetcher)


@pytest.fixture
def read(place: Place) -> Place:
    """A place at which one page was read a moment ago."""
    place.follow()
    place.has(Item(1))
    place.web.says("/news/1", page(1), headers={"ETag": '"one"'})
    place.poll()
    place.asked()
    return place


def says(place: Place, text: str, *, number: int = 1, etag: str = "") -> None:
    place.web.says(f"/news/{number}", page(number, text), headers={"ETag": etag} if etag else {})


def test_a_correction_that_is_only_on_the_page_becomes_a_revision(read: Place) -> None:
    says(read, CORRECTED)
    read.passing.pass_by(TEN_MINUTES - 1)
    assert read.poll().changes == Counter()
    read.passing.pass_by(1)
    assert read.poll().changes == Counter({Change.REVISED: 1})
    (revision,) = read.corpus.articles()
    assert (revision.text, revision.number, revision.obtained) == (CORRECTED, 2, "feed")
    assert (revision.title, revision.source, revision.author) == ("Gas in Almaty 1", "Orda", "A. Reporter")
    assert revision.published == BEGINNING


def test_so_does_one_of_an_entry_that_fell_out_of_its_feed(read: Place) -> None:
    read.has()
    says(read, CORRECTED)
    read.passing.pass_by(TEN_MINUTES)
    assert read.poll().changes == Counter({Change.REVISED: 1})
    (revision,) = read.corpus.articles()
    assert (revision.text, revision.title, revision.source) == (CORRECTED, "Gas in Almaty 1", "Orda")


def test_pages_are_visited_at_growing_ages_and_then_never(read: Place) -> None:
    assert [after / timedelta(hours=1) for after in VISITS_AFTER] == [1 / 6, 1, 6, 24, 72]
    ages = []
    for minutes in POLLS:
        read.passing.seconds = minutes * 60
        read.poll()
        ages += [minutes / 60] * read.asked().count("/news/1")
    assert ages == [after / timedelta(hours=1) for after in VISITS_AFTER]


def test_after_a_night_off_a_page_is_visited_once(read: Place) -> None:
    read.passing.pass_by(8 * 3600)
    for _ in range(3):
        read.poll()
    assert read.asked().count("/news/1") == 1


def test_a_page_is_asked_whether_it_is_what_it_was(read: Place) -> None:
    def conditions() -> list[str | None]:
        read.passing.pass_by(3600)
        read.poll()
        found = [one.headers.get("if-none-match") for one in read.web.requests if one.path == "/news/1"]
        read.web.requests.clear()
        return found

    assert conditions() == ['"one"']
    says(read, CORRECTED, etag='"two"')
    read.passing.pass_by(5 * 3600)
    assert conditions() == ['"one"']
    read.passing.pass_by(24 * 3600)
    assert conditions() == ['"two"']
    assert read.corpus.articles()[0].number == 2


def test_a_headline_is_corrected_too_and_else_the_feeds_own_stays(read: Place) -> None:
    read.web.says("/news/1", page(1, CORRECTED).replace("Page 1", "Page one").replace("Gas in", "Petrol in"))
    read.passing.pass_by(TEN_MINUTES)
    read.poll()
    assert read.titles() == ["Petrol in Almaty 1"]


@pytest.mark.parametrize(
    "status, text, note",
    [
        (404, "Sorry.", "it has no such page (404)"),
        (410, "Sorry.", "this page is gone for good (410)"),
        (200, "Please sign in to continue reading. Your subscription supports our reporters.", "sign in"),
        (
            200,
            "The page that you look for was not found. Try the search, or go to the front page.",
            "announced",
        ),
        (200, "Drivers blocked the road to Zhanaozen on the second of January…", "beginning"),
    ],
)
def test_what_stands_in_place_of_an_article_never_replaces_it_and_is_noted(
    read: Place, status: int, text: str, note: str
) -> None:
    read.web.says("/news/1", page(1, text), status=status)
    read.passing.pass_by(TEN_MINUTES)
    assert read.poll().changes == Counter()
    assert [revision.text for revision in read.corpus.articles()] == [PAGE_TEXT]
    counts = read.corpus.feeds.counts()[read.feed.id]
    assert (counts.read, counts.waiting, counts.given_up, counts.astray) == (1, 0, 0, 1)
    assert note in (counts.astray_example or "")
    says(read, CORRECTED)
    read.passing.pass_by(3600)
    assert read.poll().changes == (Counter() if status == 410 else Counter({Change.REVISED: 1}))
    assert read.corpus.feeds.counts()[read.feed.id].astray == (status == 410)


def test_a_beginning_replaces_no_article_whatever_its_wall_says(place: Place) -> None:
    paragraphs = [f"Report {number} of Almaty: {PAGE_TEXT}" for number in range(40)]
    club = "The rest of this text is for members of our club only…"
    beginning = page(1, "</p><p>".join([*paragraphs[:16], club]))
    place.follow()
    place.has(Item(1))
    place.web.says("/news/1", page(1, "</p><p>".join(paragraphs)))
    place.poll()
    place.web.says("/news/1", beginning)
    place.passing.pass_by(TEN_MINUTES)
    assert place.poll().changes == Counter()
    assert "beginning" in (place.corpus.feeds.counts()[place.feed.id].astray_example or "")
    place.has(Item(1, summary="Corrected…"))
    place.passing.pass_by(60)
    assert place.poll().unread == 1
    assert [revision.text for revision in place.corpus.articles()] == ["\n\n".join(paragraphs)]


def test_a_page_that_moved_is_still_the_same_article(read: Place) -> None:
    read.web.redirects("/news/1", "/news/2", status=301)
    says(read, CORRECTED, number=2)
    read.passing.pass_by(TEN_MINUTES)
    assert read.poll().changes == Counter({Change.REVISED: 1})
    assert [revision.text for revision in read.corpus.articles()] == [CORRECTED]


def test_a_site_that_is_down_is_asked_again_sooner_and_not_for_ever(read: Place) -> None:
    read.web.fails("/news/1", 500)
    times = []
    for minutes in POLLS:
        read.passing.seconds = minutes * 60
        read.poll()
        times += [minutes] * read.asked().count("/news/1")
    assert times[:8] == [10, 20, 30, 40, 50, 70, 90, 120]
    assert (len(times), times[-1]) == (20, 76 * 60)
    assert read.corpus.articles()[0].text == PAGE_TEXT


def test_robots_decide_about_visits_too(read: Place) -> None:
    says(read, CORRECTED)
    with Fetcher(trusted={read.web.place}) as other:  # the first one remembers for a while what it may
        read.web.says("/robots.txt", "User-agent: *\nDisallow: /news/", content_type="text/plain")
        read.fetcher = other
        read.passing.pass_by(TEN_MINUTES)
        read.poll()
    assert "/news/1" not in read.asked()
    assert read.corpus.articles()[0].text == PAGE_TEXT


def test_new_entries_come_first_and_not_more_than_some_pages_are_visited_in_a_poll(place: Place) -> None:
    numbers = range(VISITS_AT_ONCE + 5)
    place.follow()
    place.has(*(Item(number, minutes=number) for number in numbers))
    place.has_pages(*numbers, 100)
    place.poll()
    place.passing.pass_by(TEN_MINUTES)
    place.has(Item(100))
    place.asked()
    place.poll(at_once=3)
    first, *others = place.asked()[1:]
    assert (first, len(others)) == ("/news/100", 2)
    place.poll()
    assert len(place.asked()) == 1 + VISITS_AT_ONCE


def test_old_articles_removed_ones_and_what_persons_added_are_not_visited(place: Place) -> None:
    place.follow()
    place.has(Item(1, minutes=5 * 24 * 60), Item(2), Item(3))
    place.has_pages(1, 2, 3)
    place.poll()
    second, third = (place.corpus.find(place.web.url(f"/news/{number}")) for number in (2, 3))
    assert second is not None
    assert third is not None
    place.corpus.remove(second.article_id, because="withdrawn")
    by_hand = {"text": "By hand.", "url": third.url}
    place.corpus.put(Article.parse(by_hand, key="any", obtained="file", source="me"))
    place.asked()
    place.passing.pass_by(TEN_MINUTES)
    assert place.poll().changes == Counter()
    assert place.asked() == ["/feed"]


def test_what_an_admin_stores_while_a_page_is_read_is_not_overwritten(
    read: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_meanwhile(*told: Any, **more: Any) -> Page | None:  # noqa: ANN401 (as it is called)
        by_hand = {"text": "By hand.", "url": read.web.url("/news/1"), "title": "Gas"}
        read.corpus.put(Article.parse(by_hand, key="any", obtained="file", source="me"))
        return read_again(*told, **more)

    monkeypatch.setattr(revisiting, "read_again", read_meanwhile)
    says(read, CORRECTED)
    read.passing.pass_by(TEN_MINUTES)
    assert read.poll().changes == Counter()
    (revision,) = read.corpus.articles()
    assert (revision.text, revision.obtained, revision.number) == ("By hand.", "file", 2)


def test_a_correction_that_came_too_late_is_read_the_next_time(
    read: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_meanwhile(*told: Any, **more: Any) -> Page | None:  # noqa: ANN401 (as it is called)
        other = {"text": f"{PAGE_TEXT} Other.", "url": read.web.url("/news/1"), "title": "Gas"}
        read.corpus.put(Article.parse(other, key="any", obtained="feed", source="Other"))
        return read_again(*told, **more)

    says(read, CORRECTED, etag='"two"')
    with monkeypatch.context() as patch:
        patch.setattr(revisiting, "read_again", read_meanwhile)
        read.passing.pass_by(TEN_MINUTES)
        assert read.poll().changes == Counter()
    read.passing.pass_by(3600)
    assert read.poll().changes == Counter({Change.REVISED: 1})
    assert [revision.text for revision in read.corpus.articles()] == [CORRECTED]


def test_what_a_feed_holds_itself_is_not_looked_for_on_the_page(place: Place) -> None:
    content = "".join(f"<p>Part {part}: gas costs 60 tenge in Almaty today.</p>" for part in range(15))
    place.follow()
    place.has(Item(1, content=content))
    place.poll()
    place.passing.pass_by(TEN_MINUTES)
    place.poll()
    assert place.asked() == ["/feed", "/feed"]


def test_what_is_remembered_of_a_page_goes_with_a_purged_article(read: Place) -> None:
    read.corpus.purge(read.corpus.articles()[0].article_id, because="a court says so")
    with read.corpus._database.reading() as connection:  # noqa: SLF001 (what a disk holds)
        (row,) = connection.execute(sa.select(entries))
    assert (row.visit_at, row.page_etag, row.page_headline, row.page_problem) == (None,) * 4
    read.passing.pass_by(TEN_MINUTES)
    read.poll()
    assert read.asked() == ["/feed"]


def test_an_article_that_is_purged_while_its_page_is_visited_leaves_no_address(read: Place) -> None:
    read.passing.pass_by(TEN_MINUTES)
    now = read.passing.now()
    (known,) = read.corpus.feeds.to_visit(read.feed.id, now, limit=1)
    read.corpus.purge(read.corpus.articles()[0].article_id, because="a court says so")
    origin = Origin("Orda", {}, named=read.feed.url, url=read.feed.url)
    visited = revisit(read.corpus, read.fetcher, known, origin=origin, now=now).entry
    assert (visited.article_key or "").startswith("purged:")
    assert visited.visit is None
