"""Deciding: which entries of a feed are read now, and when the feed is polled again; pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from corpus.errors import FetchFailed, FetchRefused, InvalidArticle
from corpus.feeds import TRIES, KnownEntry
from corpus.sites import ABOUT_ONE_PAGE, GONE, PEACE, host_of
from corpus.sources.dates import as_moment
from corpus.sources.entries import Entry
from corpus.sources.parsed import Child

#: Entries that are read in one poll; the others wait for the next ones.
ENTRIES_AT_ONCE = 200

#: A feed of which entries wait is polled again so soon, at the latest.
SOON = timedelta(minutes=1)

#: An entry that says something else is not read again before this. Some say something else every minute, for
#: a page that stays the same: whenever it did, the pause is four times as long, up to the second.
REREAD_AFTER, LONGEST_REREAD = timedelta(seconds=5), timedelta(hours=6)

#: After the first failure of an entry; doubled each time.
FIRST_RETRY = timedelta(minutes=10)

#: When the pages of new articles are visited again, counted from when they were read: corrections come within
#: hours, and most of them soon. And how many of a feed in one poll.
VISITS_AFTER = (*(timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6)), *map(timedelta, (1, 3)))
VISITS_AT_ONCE = 20

#: Pages whose time has come that a poll looks at: those of sites that are left alone are passed over.
VISITS_LOOKED_AT = 25 * VISITS_AT_ONCE

#: The share of its age after which a page that could not be had is tried again.
_VISIT_RETRY = 0.25

#: The longest pause of a feed that fails.
LONGEST_PAUSE = timedelta(days=1)

#: How far back sitemaps are read, and how many of an index.
SITEMAP_REACH = timedelta(days=7)
SITEMAPS_AT_ONCE = 10

#: Tries that one failure stands for: a page without an article seldom gets one later.
_WITHOUT_ARTICLE = 3

#: An article of which the day alone is known may be a day younger.
_A_DAY = timedelta(days=1)

_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be read, in this order as long as there is room; whether any waits for its own time."""

    due: tuple[Entry, ...]
    is_waiting: bool


def choose_entries(
    entries: Sequence[Entry],
    known: Mapping[str, KnownEntry],
    *,
    now: datetime,
    limit: int,
) -> Decision:
    """Choose what is new, says something else, or failed and may be tried again: the newest first.

    Where there are more than `limit`, the sites take turns, so that none fills all places.
    """
    standing = [(entry, _stands(entry, known.get(entry.name), now)) for entry in entries]
    due = sorted((entry for entry, stands in standing if stands == "due"), key=_newness, reverse=True)
    is_waiting = any(stands == "waits" for _, stands in standing)
    return Decision(tuple(_in_turns(due) if len(due) > limit else due), is_waiting)


def is_time(known: KnownEntry, now: datetime) -> bool:
    """Say whether an entry that failed may be tried again."""
    pause_s = FIRST_RETRY.total_seconds() * 2.0 ** (known.failures - 1)
    return now >= known.seen_at + timedelta(seconds=pause_s)


def tries_used(error: BaseException, before: int, *, is_named: bool = True) -> int:
    """Count a failure: what is refused for good is given up at once.

    Who asks for peace has it, and no try is lost by that while the feed names the entry.
    """
    if isinstance(error, FetchRefused):
        return TRIES
    if is_named and isinstance(error, FetchFailed) and error.status in PEACE:
        return before
    return before + (_WITHOUT_ARTICLE if isinstance(error, InvalidArticle) else 1)


def is_young(published: date | datetime | None, now: datetime) -> bool:
    """Say whether an article is corrected perhaps; who says nothing of its day may have just written it."""
    return published is None or as_moment(published) > now - VISITS_AFTER[-1] - _A_DAY


def next_visit(since: datetime, now: datetime) -> datetime | None:
    """Return when a page is visited next that was read first at `since`; None: never."""
    return next((since + after for after in VISITS_AFTER if since + after > now), None)


def visit_after(error: BaseException, since: datetime, now: datetime) -> datetime | None:
    """Return when a page is visited next that could not be read: where its server is down, sooner.

    A page that is gone for good, and one that may not be read, are left alone.
    """
    if isinstance(error, FetchRefused) or (isinstance(error, FetchFailed) and error.status == GONE):
        return None
    if not isinstance(error, FetchFailed) or error.status in ABOUT_ONE_PAGE:
        return next_visit(since, now)
    if now >= since + VISITS_AFTER[-1]:
        return None
    asked = timedelta(seconds=error.retry_after_s or 0.0)
    return now + max(FIRST_RETRY, (now - since) * _VISIT_RETRY, asked)


def recent(entries: Iterable[Entry], now: datetime) -> list[Entry]:
    """Keep what a sitemap says of the last days."""
    return [entry for entry in entries if _moment(entry.published or entry.updated) >= now - SITEMAP_REACH]


def choose_sitemaps(children: Iterable[Child], now: datetime) -> list[Child]:
    """Choose which sitemaps of an index are read: the newest; undated ones may hold anything."""
    possible = [
        one for one in children if one.modified is None or _moment(one.modified) >= now - SITEMAP_REACH
    ]
    newest = sorted(possible, key=lambda one: _moment(one.modified), reverse=True)
    return newest[:SITEMAPS_AT_ONCE]


def pause(every_s: float, failures: int, *, jitter: float, retry_after_s: float | None = None) -> timedelta:
    """Return how long a feed is left alone: doubled with every failure up to a day; `jitter` is about 1."""
    doubled = min(every_s * 2 ** min(failures, 30), max(LONGEST_PAUSE.total_seconds(), every_s))
    return timedelta(seconds=max(doubled * jitter, retry_after_s or 0.0))


def _stands(entry: Entry, known: KnownEntry | None, now: datetime) -> str:
    """Say whether an entry is "due", "waits", or is "done"."""
    if known is None:
        return "due"
    if known.digest != entry.digest:
        needs_page = entry.url is not None and known.problem is None and entry.whole_text() is None
        return "waits" if needs_page and now < known.seen_at + _reread_pause(known) else "due"
    if known.problem is None or known.is_given_up:
        return "done"
    return "due" if is_time(known, now) else "waits"


def _reread_pause(known: KnownEntry) -> timedelta:
    return min(REREAD_AFTER * int(4 ** min(known.failures, 10)), LONGEST_REREAD)


def _in_turns(entries: Iterable[Entry]) -> list[Entry]:
    """Order entries so that each site has one before any has its next; otherwise they stay as they were."""
    before: Counter[str] = Counter()
    rounds: list[tuple[int, Entry]] = []
    for entry in entries:
        host = host_of(entry.url)
        rounds.append((before[host], entry))
        before[host] += 1
    return [entry for _, entry in sorted(rounds, key=lambda one: one[0])]


def _newness(entry: Entry) -> datetime:
    return _moment(entry.published or entry.updated)


def _moment(published: date | datetime | None) -> datetime:
    return _EARLIEST if published is None else as_moment(published)
