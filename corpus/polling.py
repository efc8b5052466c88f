"""Polling: one feed from its claim to the articles of its entries; `corpus.deciding` says what to do.

A kill at any moment loses nothing: an entry is noted only after its article is stored, else it is read again.
"""

import logging
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from corpus import deciding
from corpus.asking import fetch_feed
from corpus.attempts import Result, attempt, reason
from corpus.errors import CorpusError, DatabaseUnavailable, FetchFailed, UnreadableSource
from corpus.feeds import NEVER, Feed, FeedId, KnownEntry
from corpus.fetching import NOT_MODIFIED, Fetched, Fetcher
from corpus.revisiting import announced, plan, revisit
from corpus.sites import GONE, Sites
from corpus.sources.arrivals import Origin
from corpus.sources.entries import Entry
from corpus.sources.parsed import ParsedFeed
from corpus.store import Change, Corpus
from corpus.taking import Taken, take, take_short
from corpus.urls import canonical

log = logging.getLogger(__name__)

#: How many entries lie between two lines about progress.
PROGRESS_EVERY = 50


@dataclass(frozen=True, slots=True)
class Poll:
    """What came of polling one feed: changes of articles, entries that became none, those left for later."""

    feed: Feed
    changes: Counter[Change] = field(default_factory=Counter)
    unread: int = 0
    left: int = 0
    problem: str | None = None

    def __str__(self) -> str:
        if self.problem is not None:
            return f"feed {self.feed.id} ({self.feed.name}) cannot be read: {self.problem}"
        told = [f"{self.changes[change]} {change}" for change in Change if self.changes[change]]
        told += [f"{self.unread} entries not read"] * bool(self.unread)
        told += [f"{self.left:,} entries left for the next polls"] * bool(self.left)
        return f"feed {self.feed.id} ({self.feed.name}): {', '.join(told) or 'nothing new'}"


@dataclass(frozen=True, slots=True)
class Ways:
    """What polling needs of the world: the web, the time, chance, when to end, and how much is enough."""

    fetcher: Fetcher
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    chance: Callable[[], float] = random.random
    should_end: Callable[[], bool] = lambda: False
    at_once: int = deciding.ENTRIES_AT_ONCE  # entries of one feed that are read in one poll


def poll_due(corpus: Corpus, ways: Ways) -> Iterator[Poll]:
    """Poll the feeds whose time has come, one after the other; others may do the same at the same time."""
    for feed_id in corpus.feeds.due(ways.now()):
        if ways.should_end():
            return
        if (poll := poll_feed(corpus, feed_id, ways, if_due=True)) is not None:
            yield poll


def poll_feed(corpus: Corpus, feed_id: FeedId, ways: Ways, *, if_due: bool = False) -> Poll | None:
    """Poll a feed, whatever its plan unless `if_due`; None when somebody else does so, or it is gone."""
    claimed = corpus.feeds.claim(feed_id, ways.now(), if_due=if_due)
    if claimed is None:
        return None
    return _Polling(corpus, claimed, ways).run()


class _Polling:
    """One poll of one feed, which is claimed when it begins and free when it ends."""

    def __init__(self, corpus: Corpus, claimed: Feed, ways: Ways) -> None:
        self._corpus, self._feed, self._ways = corpus, claimed, ways
        self._changes: Counter[Change] = Counter()
        self._unread = 0
        self._left_alone = 0
        self._places = ways.at_once  # what may still be read in this poll
        self._sites = Sites()
        self._is_ours = True
        self._kind = "feed"
        self._document = claimed.url  # where what is read now really was
        self._named_by: dict[str, str] = {}  # the sitemap that names an entry

    def run(self) -> Poll:
        done = attempt(self._poll)
        error = done.exception()
        if error is None:
            return done.result()
        if isinstance(error, CorpusError) and not isinstance(error, FetchFailed | UnreadableSource):
            self._corpus.feeds.finish(self._feed)
            raise error
        if not isinstance(error, CorpusError):
            log.error("feed %s cannot be polled", self._feed.id, exc_info=error)
        return self._failed(error)

    def _poll(self) -> Poll:
        fetched, parsed = fetch_feed(self._ways.fetcher, self._feed.url, self._feed)
        self._document = fetched.url
        return self._read_all(fetched, parsed, self._entries(parsed))

    def _entries(self, parsed: ParsedFeed | None) -> Sequence[Entry]:
        """Return what there is to read; that of an index of sitemaps is in the sitemaps it names."""
        if parsed is None or not parsed.is_sitemap:
            return parsed.entries if parsed else ()
        self._kind, now = "sitemap", self._ways.now()
        entries = [*parsed.entries]
        for child in deciding.choose_sitemaps(parsed.children, now):
            entries += self._child_entries(child.url)
        return deciding.recent(entries, now)

    def _child_entries(self, url: str) -> Sequence[Entry]:
        """Return what one sitemap of an index says; one that is broken must not hide the others."""
        try:
            fetched, sitemap = fetch_feed(self._ways.fetcher, url, named_by=self._document)
        except (FetchFailed, UnreadableSource) as error:
            log.warning("feed %s: %s: %s", self._feed.id, canonical(url), error)
            return ()
        entries = sitemap.entries if sitemap else ()
        self._named_by |= {entry.name: fetched.url for entry in entries}
        return entries

    def _read_all(self, fetched: Fetched, parsed: ParsedFeed | None, entries: Sequence[Entry]) -> Poll:
        feeds, now = self._corpus.feeds, self._ways.now()
        if parsed is not None:
            self._feed = replace(self._feed, title=parsed.title or self._feed.title)
        names = {entry.name for entry in entries}
        known = feeds.known(self._feed.id, names)
        chosen = deciding.choose_entries(entries, known, now=now, limit=self._places)
        if len(chosen.due) > self._places:
            numbers = self._places, len(chosen.due)
            log.info("feed %s: the newest %s of %s new entries are read now", self._feed.id, *numbers)
        left = self._read_some(chosen.due, known)
        vanished = {one.name: one for one in feeds.waiting(self._feed.id) if one.name not in names}
        again = [entry for entry in map(self._entry_again, vanished.values()) if entry is not None]
        due = [entry for entry in again if deciding.is_time(vanished[entry.name], now)]
        left += self._read_some(due, vanished, are_named=False)
        self._visit_pages()
        # What is not known whole must be sent again by the server, and not be said to be as it was.
        is_whole = not (left or self._unread or again or chosen.is_waiting or (parsed and parsed.children))
        broken = (
            f"broken entries that were passed over: {parsed.broken}" if parsed and parsed.broken else None
        )
        return self._finish(fetched, left, problem=broken, is_whole=is_whole)

    def _read_some(
        self, entries: Sequence[Entry], known: Mapping[str, KnownEntry], *, are_named: bool = True
    ) -> int:
        """Read entries while there is room, note each when its article is stored; return how many are left.

        The place of one whose site is left alone goes to the next one.
        """
        passed_over, wanted = 0, min(len(entries), self._places)
        for number, entry in enumerate(entries):
            if self._ways.should_end() or not self._is_ours:
                return passed_over + len(entries) - number
            if self._sites.is_left_alone(entry.url):
                self._tell(entry, known.get(entry.name))
                self._left_alone += 1
            if self._sites.is_left_alone(entry.url) or not self._places:
                passed_over += 1
                continue
            done = number - passed_over
            if done and done % PROGRESS_EVERY == 0:
                log.info("feed %s: %s of %s entries are read", self._feed.id, done, wanted)
            read = self._read(entry, known.get(entry.name), is_named=are_named)
            if read.problem and self._ways.should_end():  # what we broke off ourselves is no failure
                return passed_over + len(entries) - number
            self._places -= 1
            self._note(read)
        return passed_over

    def _read(self, entry: Entry, before: KnownEntry | None, *, is_named: bool) -> KnownEntry:
        """Read an entry and store its article; where there is none, say why and how often that was so."""
        origin, kind = self._origin(entry), self._kind
        taken = self._attempt(
            lambda: take(self._corpus, self._ways.fetcher, entry, before=before, origin=origin, kind=kind),
            entry,
        )
        self._sites.note(entry.url, taken if isinstance(taken, BaseException) else None)
        if isinstance(taken, BaseException):
            return self._instead(entry, before, taken, is_named=is_named)
        return self._done(entry, before, taken)

    def _instead(
        self, entry: Entry, before: KnownEntry | None, error: BaseException, *, is_named: bool
    ) -> KnownEntry:
        """Store the short text of an entry whose page cannot be read, if it has one."""
        failed, origin = self._failure(entry, before, error, is_named=is_named), self._origin(entry)
        taken = None
        is_plain = failed.is_given_up or isinstance(error, CorpusError)
        if is_plain and not self._ways.should_end():  # else it may be we who ended it
            taken = self._attempt(
                lambda: take_short(self._corpus, entry, before=before, origin=origin), entry
            )
        if not isinstance(taken, Taken):
            self._unread += 1
            log.warning("feed %s: %s: %s", self._feed.id, entry.called, failed.problem)
            return failed
        if failed.is_given_up:
            return self._done(entry, before, taken)
        self._changes[taken.change] += 1
        return replace(failed, article_key=taken.key)  # its page is better, once it can be had

    def _tell(self, entry: Entry, before: KnownEntry | None) -> None:
        """Store the short text of an entry whose site is not asked for its page, unless that is known."""
        if not entry.content or (before is not None and before.digest == entry.digest):
            return
        origin = self._origin(entry)
        taken = self._attempt(lambda: take_short(self._corpus, entry, before=before, origin=origin), entry)
        if isinstance(taken, Taken):
            self._changes[taken.change] += 1
            why = "its site is left alone for a while"
            self._note(KnownEntry(entry.name, entry.digest, taken.key, self._ways.now(), why))

    def _done(self, entry: Entry, before: KnownEntry | None, taken: Taken) -> KnownEntry:
        self._changes[taken.change] += 1
        now, is_same = self._ways.now(), taken.change is Change.UNCHANGED
        in_vain = before.failures + 1 if before and before.problem is None and is_same else 0
        visit = plan(before, taken.arrival, taken.change, now)
        return KnownEntry(entry.name, entry.digest, taken.key, now, failures=in_vain, visit=visit)

    def _attempt(self, take: Callable[[], Result], entry: Entry) -> Result | BaseException:
        """Return what came of an entry, or why nothing did; one that nobody foresaw stops no other."""
        done = attempt(take)
        error = done.exception()
        if isinstance(error, DatabaseUnavailable):
            raise error
        if error is None:
            return done.result()
        if not isinstance(error, CorpusError):
            log.error("feed %s: %s cannot be read", self._feed.id, entry.called, exc_info=error)
        return error

    def _origin(self, entry: Entry) -> Origin:
        source = self._feed.title or urlsplit(self._feed.url).hostname or self._feed.url
        document = self._named_by.get(entry.name, self._document)
        key = "" if entry.url else self._corpus.feeds.key_of(self._feed, entry.name)
        return Origin(source, self._feed.stated, named=self._feed.url, url=document, key=key)

    def _failure(
        self, entry: Entry, before: KnownEntry | None, error: BaseException, *, is_named: bool
    ) -> KnownEntry:
        is_the_same = before is not None and before.problem is not None and before.digest == entry.digest
        tries = before.failures if before and is_the_same else 0
        failures = deciding.tries_used(error, tries, is_named=is_named)
        key = before.article_key if before else entry.url and canonical(entry.url)
        stored = key and self._corpus.stored_key(key)
        visit = before.visit if before and before.article_key == stored else None
        return KnownEntry(entry.name, entry.digest, stored, self._ways.now(), reason(error), failures, visit)

    def _visit_pages(self) -> None:
        """Read pages of young articles again, as far as new entries left room."""
        left, most = min(self._places, deciding.VISITS_AT_ONCE), deciding.VISITS_LOOKED_AT
        for known in self._corpus.feeds.to_visit(self._feed.id, self._ways.now(), limit=most):
            if not left or self._ways.should_end() or not self._is_ours:
                return
            if self._sites.is_left_alone(known.article_key):
                continue
            origin = self._origin(Entry(known.name, known.article_key))
            read = revisit(self._corpus, self._ways.fetcher, known, origin=origin, now=self._ways.now())
            if read.error is not None and self._ways.should_end():
                return
            self._sites.note(known.article_key, read.error)
            self._changes += Counter({read.change: 1} if read.change is not Change.UNCHANGED else {})
            left -= 1
            self._note(read.entry)

    def _entry_again(self, known: KnownEntry) -> Entry | None:
        """Make an entry again of one that failed and that its feed names no more: its page may be had now."""
        entry = Entry(id=known.name, url=known.article_key)
        if known.article_key is None or entry.name != known.name:
            return None
        stored = self._corpus.find(known.article_key)
        return entry if stored is None else announced(stored, at=known.article_key)

    def _note(self, entry: KnownEntry) -> None:
        claimed = self._corpus.feeds.record(self._feed, entry)
        if claimed is None:
            log.info("feed %s is polled by another process now, or removed", self._feed.id)
            self._is_ours = False
        else:
            self._feed = replace(claimed, title=self._feed.title)

    def _finish(self, fetched: Fetched, left: int, *, problem: str | None, is_whole: bool) -> Poll:
        now = self._ways.now()
        asked_s = self._sites.asked_s(self._feed.url)
        wait = deciding.pause(self._feed.every_s, 0, jitter=self._jitter(), retry_after_s=asked_s)
        if self._ways.should_end():
            wait = timedelta()
        elif left > self._left_alone:
            wait = min(wait, deciding.SOON)
        self._move(fetched.moved_to)
        # What a 304 does not repeat holds on (RFC 9110, section 15.4.5).
        before = self._feed if fetched.status == NOT_MODIFIED else None
        self._corpus.feeds.finish(
            self._feed,
            title=self._feed.title,
            next_at=now + wait,
            etag=(fetched.etag or (before and before.etag)) if is_whole else None,
            last_modified=(fetched.last_modified or (before and before.last_modified)) if is_whole else None,
            checked_at=now,
            failures=0,
            problem=problem,
        )
        return Poll(self._feed, self._changes, self._unread, left)

    def _move(self, address: str | None) -> None:
        """Poll a feed where it has moved to for good, unless that is another feed of ours."""
        if address is not None and self._corpus.feeds.move(self._feed, address):
            log.info("feed %s has moved to %s", self._feed.id, address)

    def _failed(self, error: BaseException) -> Poll:
        if self._ways.should_end():  # what we broke off ourselves is no failure
            self._corpus.feeds.finish(self._feed)
            return Poll(self._feed, problem="broken off")
        now, failures, problem = self._ways.now(), self._feed.failures + 1, reason(error)
        asked_s = error.retry_after_s if isinstance(error, FetchFailed) else None
        wait = deciding.pause(self._feed.every_s, failures, jitter=self._jitter(), retry_after_s=asked_s)
        next_at = now + wait
        if isinstance(error, FetchFailed) and error.status == GONE:
            next_at = NEVER
            problem += f"; it is polled no more, and `crisisbot feed add {self._feed.url}` begins again"
        self._corpus.feeds.finish(
            self._feed, next_at=next_at, checked_at=now, failures=failures, problem=problem
        )
        return Poll(self._feed, problem=problem)

    def _jitter(self) -> float:
        """Spread polls, so that many feeds of one hour do not come at one moment: 0.9 to 1.1."""
        return 0.9 + 0.2 * self._ways.chance()
