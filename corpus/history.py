"""History: all that an article ever said, and what became of it; for `corpus.store`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from corpus.articles import ArticleId, Revision, Since
from corpus.errors import UnknownArticle
from corpus.schema import articles, revisions
from corpus.stored import read_revision


@dataclass(frozen=True, slots=True)
class History:
    """An article's revisions, the first one first, and when and why it was removed or purged, where it was.

    Revisions of a purged article say when they were current, and nothing else.
    """

    article_id: ArticleId
    added_at: datetime
    removed_at: datetime | None
    removed_because: str | None
    purged_at: datetime | None
    revisions: tuple[Revision, ...]

    def revision(self, number: int) -> Revision:
        """Return the revision of that number.

        Raises:
            UnknownArticle: when there is none, or nothing of it is left.
        """
        if self.purged_at is not None:
            raise UnknownArticle(
                f"article {self.article_id} was purged on {self.purged_at:%Y-%m-%d}: "
                "nothing that it said is left"
            )
        for one in self.revisions:
            if one.number == number:
                return one
        raise UnknownArticle(
            f"article {self.article_id} has no revision {number}; "
            f"`crisisbot articles history {self.article_id}` lists those there are"
        )


def of(connection: sa.Connection, article_id: ArticleId) -> History:
    """Return the whole history of an article.

    Raises:
        UnknownArticle: when there is none of that id.
    """
    article = connection.execute(sa.select(articles).where(articles.c.id == article_id)).one_or_none()
    if article is None:
        raise UnknownArticle(
            f"there never was an article {article_id}; `crisisbot articles list` shows those there are"
        )
    rows = connection.execute(_with_today().where(revisions.c.article_id == article_id)).all()
    said = [read_revision(row, _since(row)) for row in sorted(rows, key=lambda row: row.number)]
    return _history(article, said)


def removed(connection: sa.Connection) -> list[History]:
    """Return the histories of removed articles, the latest removed first, of each its last revision only."""
    rows = connection.execute(
        sa.select(articles)
        .where(articles.c.removed_at.is_not(None))
        .order_by(articles.c.removed_at.desc(), articles.c.id.desc())
    ).all()
    last = connection.execute(
        _with_today().where(revisions.c.superseded_at.is_(None)).where(articles.c.removed_at.is_not(None))
    )
    said = {row.article_id: read_revision(row, _since(row)) for row in last}
    return [_history(row, [said[row.id]]) for row in rows]


def read_with_since(connection: sa.Connection, ids: Collection[int]) -> dict[int, Revision]:
    """Return revisions by their ids with what became of their articles; removed ones without their words."""
    rows = connection.execute(_with_today().where(revisions.c.id.in_(ids)))
    found = (read_revision(row, _since(row)) for row in rows)
    return {one.id: one.withheld if one.since is Since.REMOVED else one for one in found}


def _with_today() -> sa.Select[Any]:
    """Select revisions, and what their articles say today."""
    today = revisions.alias("today")
    return (
        sa.select(revisions, articles.c.removed_at, today.c.digest.label("today"))
        .join(articles, revisions.c.article_id == articles.c.id)
        .join(today, (today.c.article_id == articles.c.id) & today.c.superseded_at.is_(None))
    )


def _since(row: sa.Row[Any]) -> Since:
    if row.removed_at is not None:
        return Since.REMOVED
    # Where an article says again what it said before, the old revision is as good as the current one.
    return Since.NOTHING if row.digest == row.today else Since.CHANGED


def _history(article: sa.Row[Any], said: Collection[Revision]) -> History:
    return History(
        article_id=ArticleId(article.id),
        added_at=article.added_at,
        removed_at=article.removed_at,
        removed_because=article.removed_because,
        purged_at=article.purged_at,
        revisions=tuple(said),
    )
