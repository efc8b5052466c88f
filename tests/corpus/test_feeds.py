"""The store of feeds: who polls one has it alone, and nothing that is known of it is lost."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from corpus.errors import UnknownFeed
from corpus.feeds import CLAIM, NEVER, TRIES, EntryCounts, Feed, KnownEntry
from corpus.visits import Visit
from tests.fakes.articles import write_article

if TYPE_CHECKING:
    from corpus.store import Corpus

NOON = datetime(2022, 1, 5, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def add(corpus: Corpus, url: str = "https://orda.example/feed", **stated: str) -> Feed:
    feed, _ = corpus.feeds.add(url, title="Orda", stated=stated, every_s=300, now=NOON)
    return feed


def claim(corpus: Corpus, feed: Feed, now: datetime = NOON) -> Feed:
    claimed = corpus.feeds.claim(feed.id, now)
    assert claimed is not None
    return claimed


def entry(name: str = "a", **told: object) -> KnownEntry:
    return replace(KnownEntry(name, "said", "https://orda.example/1", NOON), **told)  # type: ignore[arg-type]


def test_a_feed_is_there_as_it_was_added_and_due_at_once(corpus: Corpus) -> None:
    feed = add(corpus, source="Орда", language="ru")
    assert corpus.feeds.all() == [feed]
    assert (feed.url, feed.title, feed.every_s) == ("https://orda.example/feed", "Orda", 300)
    assert feed.stated == {"source": "Орда", "language": "ru"}
    assert (feed.name, feed.next_at, feed.failures, feed.problem) == ("Орда", NOON, 0, None)
    assert corpus.feeds.due(NOON) == [feed.id]
    assert corpus.feeds.due(NOON - SECOND) == []


def test_adding_a_feed_again_changes_what_is_stated_and_begins_anew(corpus: Corpus) -> None:
    feed = add(corpus, source="Old")
    corpus.feeds.finish(claim(corpus, feed), next_at=NEVER, etag='"1"', failures=7, problem="gone")
    assert corpus.feeds.all()[0].is_stopped
    again, is_new = corpus.feeds.add(feed.url, title="New", stated={}, every_s=60, now=NOON)
    assert not is_new
    assert (again.id, again.title, again.stated, again.every_s) == (feed.id, "New", {}, 60)
    assert (again.next_at, again.etag, again.failures, again.problem) == (NOON, None, 0, None)


def test_a_feed_is_found_by_number_or_address(corpus: Corpus) -> None:
    feed = add(corpus)
    assert corpus.feeds.find(str(feed.id)) == feed
    assert corpus.feeds.find("HTTPS://ORDA.example/feed") == feed
    for name in ("7", "https://orda.example/other", "", "x"):
        with pytest.raises(UnknownFeed, match=f"there is no feed {name}; `crisisbot feed list`"):
            corpus.feeds.find(name)


def test_a_removed_feed_takes_its_entries_along(corpus: Corpus) -> None:
    feed = add(corpus)
    corpus.feeds.record(claim(corpus, feed), entry())
    assert corpus.feeds.remove(feed.id).url == feed.url
    assert (corpus.feeds.all(), corpus.feeds.counts()) == ([], {})
    with pytest.raises(UnknownFeed):
        corpus.feeds.remove(feed.id)


def test_a_claimed_feed_is_nobody_elses_until_it_is_given_back(corpus: Corpus) -> None:
    feed = add(corpus)
    claimed = claim(corpus, feed)
    assert corpus.feeds.claim(feed.id, NOON) is None
    assert corpus.feeds.due(NOON) == []
    corpus.feeds.finish(claimed, next_at=NOON + SECOND)
    assert corpus.feeds.due(NOON) == []
    assert corpus.feeds.due(NOON + SECOND) == [feed.id]
    assert corpus.feeds.claim(feed.id, NOON) is not None


def test_the_claim_of_a_killed_process_ends_and_what_it_says_later_counts_for_nothing(corpus: Corpus) -> None:
    feed = add(corpus)
    killed = claim(corpus, feed)
    later = NOON + CLAIM
    assert corpus.feeds.claim(feed.id, later - SECOND) is None
    claimed = claim(corpus, feed, later)
    assert corpus.feeds.record(killed, entry()) is None
    corpus.feeds.finish(killed, problem="said by the dead")
    assert corpus.feeds.known(feed.id, ["a"]) == {}
    assert corpus.feeds.all() == [claimed]


def test_each_entry_prolongs_the_claim(corpus: Corpus) -> None:
    feed = add(corpus)
    at = NOON + CLAIM - SECOND
    prolonged = corpus.feeds.record(claim(corpus, feed), entry(seen_at=at))
    assert prolonged is not None
    assert prolonged.claimed_until == at + CLAIM
    assert corpus.feeds.claim(feed.id, NOON + CLAIM) is None
    assert corpus.feeds.record(prolonged, entry("b", seen_at=at)) is not None


def test_of_many_who_claim_at_once_one_has_it(corpus: Corpus) -> None:
    feed = add(corpus)
    together = threading.Barrier(6)
    got: list[Feed | None] = []

    def take() -> None:
        together.wait()
        got.append(corpus.feeds.claim(feed.id, NOON))

    takers = [threading.Thread(target=take) for _ in range(6)]
    for taker in takers:
        taker.start()
    for taker in takers:
        taker.join()
    assert sum(one is not None for one in got) == 1


def test_nothing_is_recorded_of_a_feed_that_was_removed_meanwhile(corpus: Corpus) -> None:
    feed = add(corpus)
    claimed = claim(corpus, feed)
    corpus.feeds.remove(feed.id)
    assert corpus.feeds.record(claimed, entry()) is None
    corpus.feeds.finish(claimed, problem="x")
    assert corpus.feeds.claim(feed.id, NOON) is None


def test_what_is_known_of_entries_is_the_last_that_was_noted(corpus: Corpus) -> None:
    feed = add(corpus)
    claimed = claim(corpus, feed)
    failed = entry("a", article_key=None, problem="no such page", failures=1)
    for one in (failed, entry("b"), entry("a", digest="now")):
        known = corpus.feeds.record(claimed, one)
        assert known is not None
        claimed = known
    names = ["a", "b", *(f"other {number}" for number in range(2_500))]
    assert corpus.feeds.known(feed.id, names) == {"a": entry("a", digest="now"), "b": entry("b")}


def test_entries_that_failed_wait_and_are_counted_until_they_are_given_up(corpus: Corpus) -> None:
    feed, other = add(corpus), add(corpus, "https://other.example/feed")
    claimed: Feed | None = claim(corpus, feed)
    waiting = entry("b", problem="not now", failures=TRIES - 1)
    for one in (entry("a"), waiting, entry("c", problem="never", failures=TRIES)):
        assert claimed is not None
        claimed = corpus.feeds.record(claimed, one)
    assert corpus.feeds.waiting(feed.id) == [waiting]
    assert corpus.feeds.waiting(other.id) == []
    assert corpus.feeds.counts() == {
        feed.id: EntryCounts(1, 1, 1, why_waiting=(("not now", 1),), why_given_up=(("never", 1),))
    }


def test_reasons_are_counted_the_most_frequent_first(corpus: Corpus) -> None:
    claimed: Feed | None = claim(corpus, add(corpus))
    for number, problem in enumerate(("rare", "often", "often")):
        assert claimed is not None
        claimed = corpus.feeds.record(claimed, entry(str(number), problem=problem))
    (counts,) = corpus.feeds.counts().values()
    assert (counts.waiting, counts.why_waiting) == (3, (("often", 2), ("rare", 1)))


def test_feeds_that_wait_longest_are_polled_first(corpus: Corpus) -> None:
    feeds = [add(corpus, f"https://orda.example/{number}") for number in range(3)]
    for feed, minutes in zip(feeds, (3, 1, 2), strict=True):
        corpus.feeds.finish(claim(corpus, feed), next_at=NOON + timedelta(minutes=minutes))
    assert corpus.feeds.due(NOON + timedelta(hours=1)) == [feeds[1].id, feeds[2].id, feeds[0].id]


def test_a_claim_by_a_clock_that_is_wrong_holds_nobody_up(corpus: Corpus) -> None:
    feed = add(corpus)
    claim(corpus, feed, NOON + timedelta(days=3650))
    assert corpus.feeds.due(NOON) == [feed.id]
    claimed = claim(corpus, feed)
    assert claimed.claimed_until == NOON + CLAIM
    assert corpus.feeds.due(NOON - CLAIM) == []  # a clock that goes a little late believes it


def test_adding_a_feed_again_takes_it_from_whoever_has_it(corpus: Corpus) -> None:
    feed = add(corpus)
    claimed = claim(corpus, feed)
    add(corpus)
    assert corpus.feeds.due(NOON) == [feed.id]
    assert corpus.feeds.record(claimed, entry()) is None


def test_pages_are_visited_when_their_time_comes_the_longest_waiting_first(corpus: Corpus) -> None:
    feed = add(corpus)
    claimed = claim(corpus, feed)
    late, soon, never = (
        Visit(NOON, at, etag='"1"', last_modified="Wed", headline="h", problem="gone")
        for at in (NOON + SECOND, NOON, None)
    )
    known = [
        entry("late", visit=late),
        entry("soon", visit=soon),
        entry("never", visit=never),
        entry("feed's own"),
    ]
    failed = entry("failed", visit=soon, problem="not now", failures=1)
    for one in (*known, failed):
        again = corpus.feeds.record(claimed, one)
        assert again is not None
        claimed = again
    assert corpus.feeds.to_visit(feed.id, NOON - SECOND, limit=2) == []
    assert corpus.feeds.to_visit(feed.id, NOON, limit=2) == [known[1]]
    assert corpus.feeds.to_visit(feed.id, NOON + SECOND, limit=2) == [known[1], known[0]]
    assert corpus.feeds.to_visit(feed.id, NOON + SECOND, limit=1) == [known[1]]
    counts = corpus.feeds.counts()[feed.id]
    assert (counts.astray, counts.astray_example) == (4, "gone")


def test_what_is_noted_of_an_article_that_was_purged_a_moment_ago_is_its_hash(corpus: Corpus) -> None:
    article = write_article()
    corpus.put(article)
    feed = add(corpus)
    claimed = claim(corpus, feed)
    corpus.purge(corpus.articles()[0].article_id, because="a court says so")
    corpus.feeds.record(claimed, entry(article_key=article.key, visit=Visit(NOON, NOON, headline="h")))
    assert corpus.feeds.known(feed.id, ["a"]) == {"a": entry(article_key=corpus.stored_key(article.key))}
    assert corpus.stored_key(article.key) != article.key
