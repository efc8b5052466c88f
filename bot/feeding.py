"""Feeding: adding, listing, removing and polling feeds for people at a terminal."""

import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from json import dumps

import click

from bot.composition import make_fetcher, open_corpus
from bot.progress import telling
from bot.settings import Settings
from bot.signals import until_a_signal
from bot.visible import visible
from corpus.errors import DatabaseUnavailable
from corpus.feeds import EntryCounts, Feed, FeedId
from corpus.fetching import Fetcher
from corpus.polling import Poll, Ways, poll_feed
from corpus.store import Corpus
from corpus.subscribing import Subscription, subscribe

log = logging.getLogger(__name__)

#: Feeds that are polled at the same time.
AT_ONCE = 4

#: Seconds between two looks for feeds whose time has come.
LOOK_EVERY_S = 5.0

#: Reasons that are told of the entries of a feed that are no articles.
MOST_REASONS = 3

#: Units of time as people write them, in seconds.
_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


def add_feed(settings: Settings, url: str, *, every_s: int | None, stated: Mapping[str, str]) -> None:
    """Keep a feed and say so."""
    with open_corpus(settings) as corpus, make_fetcher(settings) as fetcher:
        found = subscribe(corpus, fetcher, url, stated=stated, every_s=every_s)
    click.echo(visible(_told_of(found)))
    if visible(found.feed.url) != url:
        click.echo(f"its address is {visible(found.feed.url)}")
    click.echo("a running bot polls it; without one, `crisisbot feed poll` does")


def _told_of(found: Subscription) -> str:
    feed, before = found.feed, found.before
    what = f"feed {feed.id}: {feed.name}, {found.entries} entries, every {duration(feed.every_s)}"
    if before is None:
        return f"added {what}"
    changes = [*_changes(before, feed), *(["it is polled again"] if before.is_stopped else [])]
    return f"changed {what}; {', '.join(changes)}" if changes else f"unchanged {what}"


def _changes(before: Feed, now: Feed) -> Iterator[str]:
    """Say what is stated of a feed that was not so before."""
    for name in ("source", "language"):
        old, new = before.stated.get(name), now.stated.get(name)
        if old != new:
            yield f"its {name} was {old or 'not stated'} before"
    if before.every_s != now.every_s:
        yield f"it was every {duration(before.every_s)} before"


def list_feeds(settings: Settings, *, as_json: bool) -> None:
    """Write all feeds, one a line, with what became of their entries."""
    with open_corpus(settings) as corpus:
        feeds, counts = corpus.feeds.all(), corpus.feeds.counts()
    write = feed_json_line if as_json else feed_lines
    for feed in feeds:
        click.echo(write(feed, counts.get(feed.id, EntryCounts())))
    if not feeds and not as_json:
        click.echo("no feeds; `crisisbot feed add URL` adds one")


def remove_feed(settings: Settings, name: str) -> None:
    """Forget a feed and say so."""
    with open_corpus(settings) as corpus:
        feed = corpus.feeds.remove(corpus.feeds.find(name).id)
    click.echo(f"removed feed {feed.id}: {visible(feed.name)}; its articles stay")


def poll_once(settings: Settings, names: Sequence[str]) -> bool:
    """Poll these feeds now, or all that are due; return whether all could be read, with all their entries.

    Those that another process polls just now are read, too, but not those of them that somebody named.
    """
    polled: list[list[Poll | None]] = []  # as it stays when a signal comes in between
    with open_corpus(settings) as corpus, _until_a_signal(settings, corpus) as poll:
        chosen = dict.fromkeys(corpus.feeds.find(name).id for name in names)
        polled.append(poll([*chosen] or None))
    if polled == [[]]:
        click.echo("no feed is due; name one to poll it now: crisisbot feed poll ID")
    ended = [one for found in polled for one in found]
    return bool(polled) and all(not names if one is None else _is_all_read(one) for one in ended)


def _is_all_read(poll: Poll) -> bool:
    return poll.problem is None and not poll.unread


def poll_on(settings: Settings, names: Sequence[str]) -> None:
    """Poll feeds whenever they are due, these or all, until SIGINT or SIGTERM."""
    with open_corpus(settings) as corpus:
        only = frozenset(corpus.feeds.find(name).id for name in names)
        log.info("polling %s feeds", len(only) or len(corpus.feeds.all()))
        with _until_a_signal(settings, corpus) as poll:
            rounds = poll.rounds(only)
            while True:
                rounds.look()
                time.sleep(LOOK_EVERY_S)


def poll_until(
    corpus: Corpus, fetcher: Fetcher, stop: threading.Event, *, every_s: float = LOOK_EVERY_S
) -> None:
    """Poll feeds whenever they are due, until told to stop; then what is fetched is broken off.

    The fetcher is closed with it.
    """
    threading.Thread(target=_close_at, args=(stop, fetcher), daemon=True).start()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="feed") as threads:
        rounds = Rounds(corpus, Ways(fetcher, should_end=stop.is_set), threads)
        while not stop.is_set():
            rounds.look()
            stop.wait(every_s)
        threads.shutdown(cancel_futures=True)


class Rounds:
    """Polls feeds in threads whenever they are due, each once at a time: a slow one holds up no other."""

    def __init__(
        self, corpus: Corpus, ways: Ways, threads: ThreadPoolExecutor, only: frozenset[FeedId] = frozenset()
    ) -> None:
        self._corpus, self._ways, self._threads, self._only = corpus, ways, threads, only
        self._running: dict[FeedId, Future[Poll | None]] = {}

    def look(self) -> None:
        """Begin to poll the feeds whose time has come; this waits for nothing."""
        self._running = {feed_id: poll for feed_id, poll in self._running.items() if not poll.done()}
        for feed_id in self._due():
            if feed_id not in self._running and (not self._only or feed_id in self._only):
                poll = self._threads.submit(poll_feed, self._corpus, feed_id, self._ways, if_due=True)
                poll.add_done_callback(_tell_of)
                self._running[feed_id] = poll

    def _due(self) -> Sequence[FeedId]:
        try:
            return self._corpus.feeds.due(self._ways.now())
        except DatabaseUnavailable as error:
            log.error("feeds cannot be polled: %s; again in %.0f s", error, LOOK_EVERY_S)  # noqa: TRY400
            return ()


def _tell_of(poll: Future[Poll | None]) -> None:
    if poll.cancelled():
        return
    error = poll.exception()
    if isinstance(error, DatabaseUnavailable):
        log.error("a feed cannot be polled: %s", error)
    elif error is not None:
        log.error("a feed cannot be polled", exc_info=error)
    elif (found := poll.result()) is not None:
        tell(found)


def tell(poll: Poll) -> None:
    """Log what came of a poll, if anything did."""
    if poll.problem is not None:
        log.warning("%s", visible(str(poll)))
    elif poll.changes or poll.unread or poll.left:
        log.info("%s", visible(str(poll)))


def feed_lines(feed: Feed, counts: EntryCounts) -> str:
    """Write a feed for people: what it is, what came of it, and what is wrong with it."""
    plan = "stopped" if feed.is_stopped else f"every {duration(feed.every_s)}"
    read = f"last read {feed.checked_at:%Y-%m-%d %H:%M} UTC" if feed.checked_at else "not read yet"
    name = f"{visible(feed.name)}  {visible(feed.url)}" if feed.name != feed.url else visible(feed.url)
    line = f"{feed.id:>4}  {name}\n      {plan}, {read}; {counts.read} entries are articles"
    if counts.waiting or counts.given_up:
        line += f", {counts.waiting} will be tried again, {counts.given_up} were given up"
    if counts.astray:
        line += f", of {counts.astray} the pages show them no more ({visible(counts.astray_example or '')})"
    line += _reasons("tried again", counts.why_waiting) + _reasons("given up", counts.why_given_up)
    if feed.problem:
        failures = f" ({feed.failures} times in a row)" if feed.failures > 1 else ""
        line += f"\n      problem: {visible(feed.problem)}{failures}"
    return line


def _reasons(what: str, found: Sequence[tuple[str, int]]) -> str:
    """Write on a line why entries are no articles, and of how many each reason is."""
    told = [f"{number} because {visible(reason)}" for reason, number in found[:MOST_REASONS]]
    if left := sum(number for _, number in found[MOST_REASONS:]):
        told.append(f"{left} for other reasons")
    return f"\n      {what}: {'; '.join(told)}" if told else ""


def feed_json_line(feed: Feed, counts: EntryCounts) -> str:
    """Write a feed as one JSON object."""
    told = {
        "id": feed.id,
        "url": feed.url,
        "title": feed.title,
        "stated": dict(feed.stated),
        "every_seconds": feed.every_s,
        "stopped": feed.is_stopped,
        "next_at": None if feed.is_stopped else feed.next_at.isoformat(),
        "checked_at": feed.checked_at and feed.checked_at.isoformat(),
        "failures": feed.failures,
        "problem": feed.problem,
        "entries": {
            "read": counts.read,
            "waiting": counts.waiting,
            "given_up": counts.given_up,
            "astray": counts.astray,
        },
    }
    return dumps(told, ensure_ascii=False)


def duration(seconds: int) -> str:
    """Write seconds as people write them: 5m."""
    unit = next(unit for unit, size in _UNITS.items() if seconds % size == 0)
    return f"{seconds // _UNITS[unit]}{unit}"


def _say(feed_id: FeedId, poll: Poll | None) -> None:
    """Write what came of a poll that somebody waits for."""
    click.echo(visible(str(poll)) if poll else f"feed {feed_id} is polled by another process just now")


def _close_at(stop: threading.Event, fetcher: Fetcher) -> None:
    stop.wait()
    fetcher.close()


class _Pollers:
    """Polls several feeds at a time, once or on and on."""

    def __init__(self, corpus: Corpus, ways: Ways, threads: ThreadPoolExecutor) -> None:
        self._corpus, self._ways, self._threads = corpus, ways, threads

    def __call__(self, chosen: Sequence[FeedId] | None) -> list[Poll | None]:
        """Poll the chosen feeds, or those that are due, and say so; None where another process does."""

        def poll(feed_id: FeedId) -> Poll | None:
            if self._ways.should_end():
                return None
            found = poll_feed(self._corpus, feed_id, self._ways, if_due=chosen is None)
            _say(feed_id, found)
            return found

        due = self._corpus.feeds.due(self._ways.now()) if chosen is None else chosen
        ended: list[Poll | None] = []
        with telling(f"Polling {len(due)} feeds") as tell:
            for found in self._threads.map(poll, due):
                ended.append(found)
                tell(f"Polling {len(due)} feeds: {len(ended)} are done")
        return ended

    def rounds(self, only: frozenset[FeedId]) -> Rounds:
        """Return what polls feeds whenever they are due: only these, if there are some."""
        return Rounds(self._corpus, self._ways, self._threads, only)


@contextmanager
def _until_a_signal(settings: Settings, corpus: Corpus) -> Iterator[_Pollers]:
    """Leave the block at SIGINT or SIGTERM: fetching is broken off, and what is being stored is stored."""
    ended = threading.Event()
    with (
        until_a_signal(),
        make_fetcher(settings) as fetcher,
        ThreadPoolExecutor(AT_ONCE, thread_name_prefix="feed") as threads,
    ):
        try:
            yield _Pollers(corpus, Ways(fetcher, should_end=ended.is_set), threads)
        except KeyboardInterrupt:
            ended.set()
            fetcher.close()  # before the threads are waited for
            threads.shutdown(wait=False, cancel_futures=True)
            raise
