"""Changes: the log of what happened to which article, in the order in which it became visible.

Whoever follows it (an index) asks for what came after the newest change that it knows.
"""

import enum
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa

from corpus.articles import ArticleId
from corpus.reading import live_passages
from corpus.schema import articles, changes, passages, revisions
from corpus.stored import PassageId

#: How many ids go into one statement; SQLite takes 32,766 values, PostgreSQL 65,535.
IDS_AT_ONCE = 1_000

_Id = TypeVar("_Id", bound=int)


class Change(enum.StrEnum):
    """What happened to an article, as `Corpus.put` answers and the table `changes` records."""

    ADDED = "added"
    REVISED = "revised"
    RESTORED = "restored"
    UNCHANGED = "unchanged"
    STAYS_REMOVED = "stays removed"
    REMOVED = "removed"
    PURGED = "purged"
    RECUT = "cut anew"


@dataclass(frozen=True, slots=True)
class StoredChange:
    """One line of the log. Ids grow; numbers may be left out."""

    id: int
    article_id: ArticleId
    kind: Change


@dataclass(frozen=True, slots=True)
class Standing:
    """Which passages of some articles are live, and which of their former ones are gone from everywhere."""

    live: set[PassageId]
    gone: set[PassageId]


def record(connection: sa.Connection, article_id: ArticleId, change: Change) -> Change:
    """Note what happened, in a transaction of `Database.changing`."""
    connection.execute(changes.insert().values(article_id=article_id, kind=str(change), at=datetime.now(UTC)))
    return change


def newest(connection: sa.Connection) -> int:
    """Return the id of the newest change, 0 where there is none."""
    return connection.scalar(sa.select(sa.func.max(changes.c.id))) or 0


def state_at(connection: sa.Connection, change_id: int) -> str | None:
    """Name the state of the corpus after a change; None where that is not in this log.

    The name holds the moment, too: a copy that was restored, or another database, counts the same numbers.
    """
    if change_id == 0:
        return "0"
    at = connection.scalar(sa.select(changes.c.at).where(changes.c.id == change_id))
    return None if at is None else f"{change_id}@{at.isoformat()}"


def after(connection: sa.Connection, cursor: int, *, limit: int) -> list[StoredChange]:
    """Return up to `limit` changes that came after the one with this id, in order."""
    columns = (changes.c.id, changes.c.article_id, changes.c.kind)
    statement = sa.select(*columns).where(changes.c.id > cursor).order_by(changes.c.id).limit(limit)
    return [
        StoredChange(row.id, ArticleId(row.article_id), Change(row.kind))
        for row in connection.execute(statement)
    ]


def standing_of(connection: sa.Connection, article_ids: Iterable[ArticleId]) -> Standing:
    """Tell the passages of some articles that can be found from those that no longer can.

    What it costs depends on these articles, not on how many others there are.
    """
    here: set[PassageId] = set()
    former: set[PassageId] = set()
    for ids in batches(sorted(set(article_ids))):
        here |= _contents(connection, _live_contents().where(articles.c.id.in_(ids)))
        former |= _contents(connection, _former_contents(ids))
    elsewhere: set[PassageId] = set()
    for some in batches(sorted(former - here)):
        elsewhere |= _contents(connection, _live_contents().where(passages.c.content.in_(some)))
    return Standing(here, former - here - elsewhere)


def batches(ids: Collection[_Id]) -> Iterable[Sequence[_Id]]:
    """Part ids into as many as go into one statement."""
    left = iter(ids)
    while some := list(islice(left, IDS_AT_ONCE)):
        yield some


def _contents(connection: sa.Connection, statement: sa.Select[Any]) -> set[PassageId]:
    return {PassageId(number) for number in connection.scalars(statement)}


def _live_contents() -> sa.Select[Any]:
    statement: sa.Select[Any] = live_passages(sa.select(passages.c.content)).distinct()
    return statement


def _former_contents(ids: Sequence[ArticleId]) -> sa.Select[Any]:
    """Select the passages of superseded revisions, and of all revisions of removed articles."""
    return (
        sa.select(passages.c.content)
        .join(revisions, passages.c.revision_id == revisions.c.id)
        .join(articles, revisions.c.article_id == articles.c.id)
        .where(articles.c.id.in_(ids))
        .where(revisions.c.superseded_at.is_not(None) | articles.c.removed_at.is_not(None))
        .distinct()
    )
