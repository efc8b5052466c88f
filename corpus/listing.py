"""Listing: articles in their order, and counted; for `corpus.store`.

What is sorted and counted lies in the index `ix_revisions_current`: a text is read when it is handed out.
"""

import sqlalchemy as sa

from corpus.articles import Revision
from corpus.languages import Language
from corpus.reading import live
from corpus.schema import revisions
from corpus.stored import CorpusSummary, read_revision


def earliest_first(connection: sa.Connection) -> list[Revision]:
    """Return the current revisions of all articles, undated ones last."""
    statement = live(sa.select(revisions)).order_by(
        revisions.c.published.is_(None), revisions.c.published, revisions.c.id
    )
    return [read_revision(row) for row in connection.execute(statement)]


def latest(connection: sa.Connection, limit: int, *, skip: int = 0) -> list[Revision]:
    """Return the current revisions of the articles published last, after `skip` others; undated last."""
    newest_first = (revisions.c.published.is_(None), revisions.c.published.desc(), revisions.c.id.desc())
    found = live(sa.select(revisions.c.id)).order_by(*newest_first).limit(limit).offset(skip)
    ids = connection.scalars(found).all()
    rows = connection.execute(sa.select(revisions).where(revisions.c.id.in_(ids)).order_by(*newest_first))
    return [read_revision(row) for row in rows]


def sources(connection: sa.Connection) -> tuple[tuple[str, int], ...]:
    """Return the names of all sources with their numbers of articles, the largest first."""
    number = sa.func.count()
    statement = live(sa.select(revisions.c.source, number)).group_by(revisions.c.source)
    rows = connection.execute(statement.order_by(number.desc(), revisions.c.source))
    return tuple((source, articles_of_it) for source, articles_of_it in rows)


def summary(connection: sa.Connection) -> CorpusSummary:
    """Count all articles, by language, and tell the days of the first and the last one."""
    day = sa.func.substr(revisions.c.published, 1, 10, type_=sa.String)
    number = sa.func.count()
    statement = live(sa.select(revisions.c.language, number, sa.func.min(day), sa.func.max(day)))
    rows = connection.execute(
        statement.group_by(revisions.c.language).order_by(number.desc(), revisions.c.language)
    ).all()
    return CorpusSummary(
        articles=sum(of_it for _, of_it, _, _ in rows),
        languages=tuple(Language(language) for language, _, _, _ in rows),
        earliest=min((earliest for _, _, earliest, _ in rows if earliest), default=None),
        latest=max((latest for _, _, _, latest in rows if latest), default=None),
    )
