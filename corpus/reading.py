"""Reading: which rows count as current, for all statements of `corpus.store`."""

from collections.abc import Collection
from typing import Any, Final

import sqlalchemy as sa

from corpus.articles import ArticleId, Revision
from corpus.errors import UnknownArticle
from corpus.schema import articles, passages, revisions
from corpus.stored import read_revision

#: A SELECT of any columns: SQLAlchemy counts them in its type, which a function over all of them cannot.
AnySelect = Any

# Made once: each question asks it.
_BY_ID: Final[sa.Select[Any]] = sa.select(revisions).where(
    revisions.c.id.in_(sa.bindparam("ids", expanding=True))
)


def live(statement: AnySelect) -> AnySelect:
    """Restrict a statement over revisions to the current ones of articles that are not removed."""
    return (
        statement.join_from(revisions, articles, revisions.c.article_id == articles.c.id)
        .where(revisions.c.superseded_at.is_(None))
        .where(articles.c.removed_at.is_(None))
    )


def live_passages(statement: AnySelect) -> AnySelect:
    """Restrict a statement over passages in the same way.

    SQLite must not begin with the index of current revisions, which are nearly all of them: passages are few.
    """
    is_current = sa.func.coalesce(revisions.c.superseded_at, sa.null()).is_(None)
    return (
        statement.join_from(passages, revisions, passages.c.revision_id == revisions.c.id)
        .join_from(revisions, articles, revisions.c.article_id == articles.c.id)
        .where(is_current)
        .where(articles.c.removed_at.is_(None))
    )


def current(connection: sa.Connection, article_id: ArticleId, *, locked: bool = False) -> Revision:
    """Return the current revision of an article that is not removed, `locked` against other writers.

    Raises:
        UnknownArticle: when there is none of that id, or what became of it.
    """
    statement = live(sa.select(revisions)).where(articles.c.id == article_id)
    if locked:  # so that of two who remove it at once one learns that it is gone
        statement = statement.with_for_update(of=articles)
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise UnknownArticle(_what_became_of(connection, article_id))
    return read_revision(row)


def _what_became_of(connection: sa.Connection, article_id: ArticleId) -> str:
    gone = connection.execute(sa.select(articles).where(articles.c.id == article_id)).one_or_none()
    if gone is None or gone.removed_at is None:
        return f"there is no article {article_id}; `crisisbot articles list` shows those there are"
    listed = "`crisisbot articles list --removed` lists it with others that are gone"
    if gone.purged_at is not None:
        day, why = f"{gone.purged_at:%Y-%m-%d}", gone.removed_because
        return f"article {article_id} was purged on {day} ({why}): nothing that it said is left; {listed}"
    return (
        f"article {article_id} was removed on {gone.removed_at:%Y-%m-%d} ({gone.removed_because}); {listed}, "
        f"and `crisisbot articles restore {article_id}` brings it back"
    )


def of_key(connection: sa.Connection, key: str) -> Revision | None:
    """Return the current revision of the article with this key; None where there is none (any more)."""
    row = connection.execute(live(sa.select(revisions)).where(articles.c.key == key)).one_or_none()
    return None if row is None else read_revision(row)


def last_of_key(connection: sa.Connection, key: str) -> Revision | None:
    """Return what the article with this key said last, removed or not; a purged one has no such key."""
    newest = sa.select(revisions).join(articles, revisions.c.article_id == articles.c.id)
    row = connection.execute(
        newest.where(articles.c.key == key, revisions.c.superseded_at.is_(None))
    ).one_or_none()
    return None if row is None else read_revision(row)


def copies_of(connection: sa.Connection, article_id: ArticleId) -> list[ArticleId]:
    """Return the other articles of the same report that are not removed."""
    report = sa.select(articles.c.report_id).where(articles.c.id == article_id).scalar_subquery()
    statement = sa.select(articles.c.id).where(articles.c.report_id == report, articles.c.id != article_id)
    found = connection.scalars(statement.where(articles.c.removed_at.is_(None)).order_by(articles.c.id))
    return [ArticleId(number) for number in found]


def revisions_by_id(connection: sa.Connection, ids: Collection[int]) -> dict[int, Revision]:
    """Return revisions by their ids, in one statement."""
    rows = connection.execute(_BY_ID, {"ids": list(ids)})
    return {row.id: read_revision(row) for row in rows}
