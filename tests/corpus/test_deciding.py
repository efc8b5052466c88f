from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from corpus.deciding import (
    FIRST_RETRY,
    REREAD_AFTER,
    SITEMAPS_AT_ONCE,
    choose_entries,
    choose_sitemaps,
    is_young,
    next_visit,
    pause,
    recent,
    tries_used,
    visit_after,
)
from corpus.errors import FetchFailed, FetchRefused, InvalidArticle
from corpus.feeds import TRIES, KnownEntry
from corpus.sources.entries import WHOLE_CONTENT, Entry
from corpus.sources.parsed import Child

NOON = datetime(2022, 1, 5, 12, tzinfo=UTC)
WHOLE = "<p>It costs 60 tenge. </p>" * (WHOLE_CONTENT // 15)


def entry(number: int, *, hour: int | None = None, content: str | None = None) -> Entry:
    at = None if hour is None else datetime(2022, 1, 5, hour, tzinfo=UTC)
    return Entry(str(number), f"https://orda.example/{number}", published=at, content=content)


def known(
    one: Entry, *, digest: str | None = None, problem: str | None = None, failures: int = 0
) -> KnownEntry:
    return KnownEntry(one.name, digest or one.digest, "key", NOON, problem, failures)


def test_the_newest_are_read_first_and_undated_ones_last_in_their_order() -> None:
    entries = [entry(1), entry(2, hour=8), entry(3, hour=11), entry(4), entry(5, hour=10)]
    decision = choose_entries(entries, {}, now=NOON, limit=4)
    assert [one.id for one in decision.due] == ["3", "5", "2", "1", "4"]
    assert not decision.is_waiting


def test_where_not_all_can_be_read_sites_take_turns() -> None:
    busy = [entry(number, hour=number) for number in (11, 10, 9, 8)]
    others = [
        Entry(
            f"other {hour}", f"https://other.example/{hour}", published=datetime(2022, 1, 5, hour, tzinfo=UTC)
        )
        for hour in (1, 2)
    ]
    everything = choose_entries([*busy, *others], {}, now=NOON, limit=6)
    assert [one.id for one in everything.due] == ["11", "10", "9", "8", "other 2", "other 1"]
    some = choose_entries([*busy, *others], {}, now=NOON, limit=5)
    assert [one.id for one in some.due] == ["11", "other 2", "10", "other 1", "9", "8"]


@pytest.mark.parametrize(
    "digest, problem, failures, minutes, is_read, is_waiting",
    [
        (None, None, 0, 9999, False, False),  # as it was
        ("other", None, 0, 0, False, True),  # says something else, and was read just now
        ("other", None, 0, 1, True, False),
        ("other", None, 5, 85, False, True),  # said something else five times, and the page stayed the same
        ("other", None, 5, 86, True, False),
        ("other", None, 99, 6 * 60, True, False),
        ("other", "gone", TRIES, 0, True, False),  # given up, and says something else
        (None, "not now", 1, 9, False, True),
        (None, "not now", 1, 10, True, False),
        (None, "not now", 3, 39, False, True),
        (None, "not now", 3, 40, True, False),
        (None, "gone", TRIES, 9999, False, False),
    ],
)
def test_a_known_entry_is_read_again_when_it_says_something_else_or_may_be_tried_again(
    digest: str | None, problem: str | None, failures: int, minutes: int, is_read: object, is_waiting: object
) -> None:
    assert (timedelta(seconds=5), timedelta(minutes=10)) == (REREAD_AFTER, FIRST_RETRY)
    one = entry(1)
    before = {one.name: known(one, digest=digest, problem=problem, failures=failures)}
    decision = choose_entries([one], before, now=NOON + timedelta(minutes=minutes), limit=9)
    assert bool(decision.due) is is_read
    assert decision.is_waiting is is_waiting


def test_what_the_feed_itself_holds_is_taken_as_soon_as_it_changes() -> None:
    one = entry(1, content=WHOLE)
    decision = choose_entries([one], {one.name: known(one, digest="other")}, now=NOON, limit=9)
    assert decision.due == (one,)


def test_what_is_refused_is_given_up_at_once_and_a_page_without_an_article_soon() -> None:
    assert tries_used(FetchFailed("x"), 2) == 3
    assert tries_used(InvalidArticle("x"), 0) == TRIES // 2
    assert tries_used(FetchRefused("x"), 0) == TRIES


def test_a_failing_feed_is_left_alone_for_twice_as_long_each_time_a_day_at_most() -> None:
    minutes = [pause(300, failures, jitter=1).total_seconds() / 60 for failures in range(11)]
    assert minutes == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]
    assert pause(300, 10_000, jitter=1.1) == timedelta(days=1.1)
    assert pause(7 * 86_400, 3, jitter=1) == timedelta(days=7)


def test_a_server_is_left_alone_as_long_as_it_asks() -> None:
    assert pause(300, 0, jitter=1, retry_after_s=3600) == timedelta(hours=1)
    assert pause(300, 0, jitter=0.9, retry_after_s=1) == timedelta(seconds=270)


def test_of_sitemaps_the_last_days_are_read() -> None:
    entries = [Entry(str(day), published=date(2021, 12, day)) for day in (28, 29, 30, 31)]
    assert [one.id for one in recent([*entries, Entry("undated")], NOON)] == ["30", "31"]


def test_of_an_index_the_newest_sitemaps_are_read_and_undated_ones_if_there_is_room() -> None:
    children = [Child("undated", None), Child("old", date(2021, 12, 28))]
    children += [Child(str(day), date(2022, 1, day)) for day in range(1, 5)]
    assert [one.url for one in choose_sitemaps(children, NOON)] == ["4", "3", "2", "1", "undated"]
    assert len(choose_sitemaps([Child("x", None)] * 99, NOON)) == SITEMAPS_AT_ONCE


def test_a_page_is_visited_next_at_the_next_age_of_its_article_and_at_last_never() -> None:
    ages = [timedelta(), timedelta(minutes=10), timedelta(minutes=59), timedelta(hours=7), timedelta(days=3)]
    found = [next_visit(NOON, NOON + age) for age in ages]
    hours = [at and (at - NOON) / timedelta(hours=1) for at in found]
    assert hours == [1 / 6, 1, 1, 24, None]


@pytest.mark.parametrize(
    "error, hours, after",
    [
        (FetchFailed("x", status=404), 7, timedelta(hours=17)),  # with the others
        (InvalidArticle("x"), 7, timedelta(hours=17)),
        (FetchFailed("x", status=500), 8, timedelta(hours=2)),  # a quarter of its age
        (FetchFailed("x"), 0.1, timedelta(minutes=10)),
        (FetchFailed("x", status=429, retry_after_s=36_000.0), 1, timedelta(hours=10)),
        (FetchFailed("x", status=410), 1, None),
        (FetchRefused("x"), 1, None),
        (FetchFailed("x", status=500), 73, None),
        (FetchFailed("x", status=404), 73, None),
    ],
)
def test_a_page_that_cannot_be_read_is_visited_again_as_its_error_deserves(
    error: Exception, hours: float, after: timedelta | None
) -> None:
    now = NOON + timedelta(hours=hours)
    assert visit_after(error, NOON, now) == (None if after is None else now + after)


def test_what_was_published_days_ago_is_not_young() -> None:
    days = [date(2022, 1, 4), date(2022, 1, 1), NOON - timedelta(days=1), NOON - timedelta(days=9), None]
    assert [is_young(day, NOON) for day in days] == [True, False, True, False, True]
