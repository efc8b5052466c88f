"""Writing: how articles get into the tables and out of them, within a transaction of `Database.changing`."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from corpus.articles import Article, ArticleId, Revision
from corpus.changes import Change, record
from corpus.passages import Passage
from corpus.reading import current
from corpus.schema import articles, passages, revisions
from corpus.stored import passage_id


def put(
    connection: sa.Connection, article: Article, sentences: Sequence[Passage], *, restore: bool
) -> Change:
    """Store an article whose sentences are these, or a new revision of it; `restore` it if it was removed."""
    known = connection.execute(
        sa.select(articles).where(articles.c.key == article.key).with_for_update()
    ).one_or_none()
    if known is None:
        article_id = _insert(connection, articles, key=article.key, added_at=_now())
        _add_revision(connection, article_id, 1, article, sentences)
        return record(connection, article_id, Change.ADDED)
    if known.removed_at is not None and not restore:
        return Change.STAYS_REMOVED
    return _revise(connection, known, article, sentences)


def remove(connection: sa.Connection, article_id: ArticleId, *, because: str) -> Revision:
    """Mark an article as removed, and return what it said last.

    Raises:
        UnknownArticle: when there is none of that id, or it is removed already.
    """
    revision = current(connection, article_id, locked=True)
    connection.execute(
        articles.update()
        .where(articles.c.id == article_id)
        .values(removed_at=_now(), removed_because=because)
    )
    record(connection, article_id, Change.REMOVED)
    return revision


def _revise(
    connection: sa.Connection, known: sa.Row[Any], article: Article, sentences: Sequence[Passage]
) -> Change:
    current = connection.execute(
        sa.select(revisions.c.id, revisions.c.number, revisions.c.digest)
        .where(revisions.c.article_id == known.id)
        .where(revisions.c.superseded_at.is_(None))
    ).one()
    changed = current.digest != article.digest
    if changed:
        now = _now()
        connection.execute(revisions.update().where(revisions.c.id == current.id).values(superseded_at=now))
        _add_revision(connection, known.id, current.number + 1, article, sentences)
    if known.removed_at is not None:
        connection.execute(
            articles.update().where(articles.c.id == known.id).values(removed_at=None, removed_because=None)
        )
        return record(connection, known.id, Change.RESTORED)
    return record(connection, known.id, Change.REVISED) if changed else Change.UNCHANGED


def _add_revision(
    connection: sa.Connection,
    article_id: ArticleId,
    number: int,
    article: Article,
    sentences: Sequence[Passage],
) -> None:
    revision_id = _insert(
        connection,
        revisions,
        article_id=article_id,
        number=number,
        title=article.title,
        text=article.text,
        source=article.source,
        author=article.author,
        url=article.url,
        published=article.published,
        language=article.language,
        obtained=article.obtained,
        digest=article.digest,
        seen_at=_now(),
    )
    rows = [
        {
            "revision_id": revision_id,
            "position": position,
            "sentence_start": passage.sentence.start,
            "sentence_end": passage.sentence.end,
            "paragraph_start": passage.paragraph.start,
            "paragraph_end": passage.paragraph.end,
            "content": passage_id(
                language=article.language,
                title=article.title,
                paragraph=article.text[passage.paragraph.start : passage.paragraph.end],
                sentence=article.text[passage.sentence.start : passage.sentence.end],
            ),
        }
        for position, passage in enumerate(sentences)
    ]
    if rows:
        connection.execute(passages.insert(), rows)


def _insert(connection: sa.Connection, table: sa.Table, **values: object) -> Any:  # noqa: ANN401 (an id of that table)
    return connection.execute(table.insert().values(**values)).inserted_primary_key[0]  # type: ignore[index]


def _now() -> datetime:
    return datetime.now(UTC)
