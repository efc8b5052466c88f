"""Feeds: the store of feeds that are polled, of who polls one just now, and of what their entries said."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NewType

import sqlalchemy as sa

from corpus.database import Database
from corpus.errors import UnknownFeed
from corpus.purging import stored_key
from corpus.schema import entries, feeds
from corpus.urls import canonical
from corpus.visits import Visit, columns_of, visit_of

FeedId = NewType("FeedId", int)

#: For how long somebody who polls a feed has it alone; renewed with every entry, so that it may be short: a
#: killed process holds its feeds for so long.
CLAIM = timedelta(minutes=5)

#: How far ahead a claim may end: clocks of several machines differ, but not by more than another claim.
FARTHEST_CLAIM = 2 * CLAIM

#: When a feed is polled next that is never polled again.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)

#: Tries after which an entry is given up until it says something else.
TRIES = 6

#: How many names go into one statement.
NAMES_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it is stored: `stated` holds for all its articles, `problem` is why it could not be read."""

    id: FeedId
    url: str
    title: str | None
    stated: Mapping[str, str]
    every_s: int
    next_at: datetime
    etag: str | None
    last_modified: str | None
    checked_at: datetime | None
    failures: int
    problem: str | None
    claimed_until: datetime | None

    @property
    def name(self) -> str:
        """What people call it."""
        return self.stated.get("source") or self.title or self.url

    @property
    def is_stopped(self) -> bool:
        """Say whether it is never polled again by itself."""
        return self.next_at >= NEVER


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """What is known of an entry: what it said, which article it became, or why it became none.

    `failures` counts how often in a row it could not be read, or, without a problem, was read in vain. There
    is a `visit` where its article was read from its page.
    """

    name: str
    digest: str
    article_key: str | None
    seen_at: datetime
    problem: str | None = None
    failures: int = 0
    visit: Visit | None = None

    @property
    def is_given_up(self) -> bool:
        """Say whether it is not tried again before it says something else."""
        return self.problem is not None and self.failures >= TRIES


@dataclass(frozen=True, slots=True)
class EntryCounts:
    """How many entries of a feed became articles, will be tried again, were given up.

    `why_waiting` and `why_given_up` are the reasons, each with its number, the most frequent first.
    `astray` is how many are articles of which the pages show something else by now, or nothing.
    """

    read: int = 0
    waiting: int = 0
    given_up: int = 0
    astray: int = 0
    astray_example: str | None = None
    why_waiting: tuple[tuple[str, int], ...] = ()
    why_given_up: tuple[tuple[str, int], ...] = ()


class Feeds:
    """All feeds. Every method is one transaction; may be used from many threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, url: str, *, title: str | None, stated: Mapping[str, str], every_s: int, now: datetime
    ) -> tuple[Feed, bool]:
        """Keep a feed, due at once; return it, and whether it is new. A known one gets what is said now.

        Whoever polls it just now reads no more of it.
        """
        told = {"title": title, "stated": _written(stated), "every_s": every_s, "next_at": now}
        fresh = {
            **told,
            "etag": None,
            "last_modified": None,
            "failures": 0,
            "problem": None,
            "claimed_until": None,
        }
        with self._database.writing() as connection:
            known = connection.execute(feeds.update().where(feeds.c.url == url).values(**fresh)).rowcount
            if not known:
                connection.execute(feeds.insert().values(url=url, added_at=now, **fresh))
            row = connection.execute(sa.select(feeds).where(feeds.c.url == url)).one()
        return _feed(row), not known

    def all(self) -> list[Feed]:
        """Return all feeds, in the order in which they were added."""
        with self._database.reading() as connection:
            return [_feed(row) for row in connection.execute(sa.select(feeds).order_by(feeds.c.id))]

    def find(self, name: str) -> Feed:
        """Return a feed by its number or its address.

        Raises:
            UnknownFeed: when there is none.
        """
        wanted = canonical(name)
        for feed in self.all():
            if name == str(feed.id) or wanted == canonical(feed.url):
                return feed
        raise UnknownFeed(f"there is no feed {name}; `crisisbot feed list` shows those there are")

    def remove(self, feed_id: FeedId) -> Feed:
        """Forget a feed and what its entries said; its articles stay.

        Raises:
            UnknownFeed: when there is none.
        """
        with self._database.writing() as connection:
            row = connection.execute(sa.select(feeds).where(feeds.c.id == feed_id)).one_or_none()
            if row is None:
                raise UnknownFeed(f"there is no feed {feed_id}; `crisisbot feed list` shows those there are")
            connection.execute(feeds.delete().where(feeds.c.id == feed_id))
        return _feed(row)

    def due(self, now: datetime) -> list[FeedId]:
        """Return the feeds that are to be polled and that nobody polls, the one that waits longest first."""
        statement = sa.select(feeds.c.id).where(feeds.c.next_at <= now).where(_is_free(now))
        with self._database.reading() as connection:
            return [FeedId(one) for one in connection.scalars(statement.order_by(feeds.c.next_at))]

    def claim(self, feed_id: FeedId, now: datetime, *, if_due: bool = False) -> Feed | None:
        """Take a feed to poll it; None when another does so, it is gone, or it is not due but should be."""
        statement = feeds.update().where(feeds.c.id == feed_id).where(_is_free(now))
        if if_due:
            statement = statement.where(feeds.c.next_at <= now)
        with self._database.writing() as connection:
            if not connection.execute(statement.values(claimed_until=now + CLAIM)).rowcount:
                return None
            return _feed(connection.execute(sa.select(feeds).where(feeds.c.id == feed_id)).one())

    def known(self, feed_id: FeedId, names: Iterable[str]) -> dict[str, KnownEntry]:
        """Return what is known of entries, by their names."""
        wanted = list(names)
        found: dict[str, KnownEntry] = {}
        with self._database.reading() as connection:
            for first in range(0, len(wanted), NAMES_AT_ONCE):
                some = wanted[first : first + NAMES_AT_ONCE]
                statement = sa.select(entries).where(entries.c.feed_id == feed_id, entries.c.entry.in_(some))
                found |= {row.entry: _known(row) for row in connection.execute(statement)}
        return found

    def key_of(self, feed: Feed, name: str) -> str:
        """Return under which key an entry without an address is an article; two feeds may call theirs alike.

        One that is known keeps its own, which named no feed once; nothing else tells whose such a key was.
        """
        named = sa.select(entries.c.article_key)
        with self._database.reading() as connection:
            known = named.where(entries.c.feed_id == feed.id, entries.c.entry == name)
            if (key := connection.scalar(known)) is not None:
                return str(key)
        told = f"{canonical(feed.url)}\x1f{name}"
        return f"feed:{hashlib.sha256(told.encode(errors='replace')).hexdigest()}"

    def waiting(self, feed_id: FeedId) -> list[KnownEntry]:
        """Return the entries that are to be tried again."""
        statement = sa.select(entries).where(entries.c.feed_id == feed_id, _is_waiting())
        with self._database.reading() as connection:
            return [_known(row) for row in connection.execute(statement.order_by(entries.c.seen_at))]

    def to_visit(self, feed_id: FeedId, now: datetime, *, limit: int) -> list[KnownEntry]:
        """Return the entries of which the pages are to be read again, the one that waits longest first."""
        due = (entries.c.feed_id == feed_id) & (entries.c.visit_at <= now) & entries.c.problem.is_(None)
        statement = sa.select(entries).where(due).order_by(entries.c.visit_at).limit(limit)
        with self._database.reading() as connection:
            return [_known(row) for row in connection.execute(statement)]

    def counts(self) -> dict[FeedId, EntryCounts]:
        """Count the entries of each feed that has some."""
        given_up = entries.c.problem.is_not(None) & (entries.c.failures >= TRIES)
        number = sa.func.count()
        statement = sa.select(
            entries.c.feed_id,
            number.filter(entries.c.problem.is_(None)),
            number.filter(_is_waiting()),
            number.filter(given_up),
            number.filter(entries.c.page_problem.is_not(None)),
            sa.func.max(entries.c.page_problem),
        ).group_by(entries.c.feed_id)
        with self._database.reading() as connection:
            counted = connection.execute(statement).all()
            waiting, left = _reasons(connection, _is_waiting()), _reasons(connection, given_up)
        return {
            FeedId(one): replace(
                EntryCounts(*numbers), why_waiting=waiting.get(one, ()), why_given_up=left.get(one, ())
            )
            for one, *numbers in counted
        }

    def record(self, claimed: Feed, entry: KnownEntry) -> Feed | None:
        """Note what became of an entry, and keep the claim; None when the feed is another's now, or gone.

        Of an article that was purged meanwhile the hash of its key alone is noted, and nothing of its page.
        """
        until = max(entry.seen_at + CLAIM, claimed.claimed_until or entry.seen_at)
        ours = (entries.c.feed_id == claimed.id) & (entries.c.entry == entry.name)
        with self._database.changing() as connection:  # so that no purge comes in between
            if not connection.execute(_if_ours(claimed).values(claimed_until=until)).rowcount:
                return None
            told = _told(connection, entry)
            if not connection.execute(entries.update().where(ours).values(**told)).rowcount:
                connection.execute(entries.insert().values(feed_id=claimed.id, entry=entry.name, **told))
            return _feed(connection.execute(sa.select(feeds).where(feeds.c.id == claimed.id)).one())

    def move(self, claimed: Feed, url: str) -> bool:
        """Give a feed another address; return whether it has it now, which no other feed may have."""
        with self._database.writing() as connection:
            if connection.scalar(sa.select(feeds.c.id).where(feeds.c.url == url)) is not None:
                return False
            return connection.execute(_if_ours(claimed).values(url=url)).rowcount == 1

    def finish(self, claimed: Feed, **told: Any) -> None:  # noqa: ANN401 (columns of the table)
        """Give a feed back with what was learnt of it; nothing happens when it is another's now."""
        with self._database.writing() as connection:
            connection.execute(_if_ours(claimed).values(claimed_until=None, **told))


def _is_free(now: datetime) -> sa.ColumnElement[bool]:
    """Say whether nobody polls a feed; a claim for longer than there are any was made by a wrong clock."""
    until = feeds.c.claimed_until
    return until.is_(None) | (until <= now) | (until > now + FARTHEST_CLAIM)


def _is_waiting() -> sa.ColumnElement[bool]:
    return entries.c.problem.is_not(None) & (entries.c.failures < TRIES)


def _reasons(
    connection: sa.Connection, which: sa.ColumnElement[bool]
) -> dict[int, tuple[tuple[str, int], ...]]:
    """Return for each feed why such entries are no articles, with their numbers, the most frequent first."""
    number = sa.func.count()
    statement = sa.select(entries.c.feed_id, entries.c.problem, number).where(which)
    rows = connection.execute(
        statement.group_by(entries.c.feed_id, entries.c.problem).order_by(number.desc(), entries.c.problem)
    )
    found: dict[int, tuple[tuple[str, int], ...]] = {}
    for feed_id, reason, entries_of_it in rows:
        found[feed_id] = (*found.get(feed_id, ()), (reason, entries_of_it))
    return found


def _if_ours(claimed: Feed) -> sa.Update:
    """Change a feed only while the claim is the one that was made: its end tells it from all others."""
    return feeds.update().where(feeds.c.id == claimed.id, feeds.c.claimed_until == claimed.claimed_until)


def _told(connection: sa.Connection, entry: KnownEntry) -> Mapping[str, object]:
    """Write an entry into columns of `entries`."""
    key = entry.article_key and stored_key(connection, entry.article_key)
    return {
        "digest": entry.digest,
        "article_key": key,
        "problem": entry.problem,
        "failures": entry.failures,
        "seen_at": entry.seen_at,
        **columns_of(entry.visit if key == entry.article_key else None),
    }


def _feed(row: sa.Row[Any]) -> Feed:
    return Feed(
        id=FeedId(row.id),
        url=row.url,
        title=row.title,
        stated=json.loads(row.stated),
        every_s=row.every_s,
        next_at=row.next_at,
        etag=row.etag,
        last_modified=row.last_modified,
        checked_at=row.checked_at,
        failures=row.failures,
        problem=row.problem,
        claimed_until=row.claimed_until,
    )


def _known(row: sa.Row[Any]) -> KnownEntry:
    return KnownEntry(
        name=row.entry,
        digest=row.digest,
        article_key=row.article_key,
        seen_at=row.seen_at,
        problem=row.problem,
        failures=row.failures,
        visit=visit_of(row),
    )


def _written(stated: Mapping[str, str]) -> str:
    return json.dumps(dict(stated), ensure_ascii=False, sort_keys=True)
