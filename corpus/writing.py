"""Writing: how articles get into the tables and out of sight, within a transaction of `Database.changing`."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from corpus.articles import Article, ArticleId, Revision, RevisionId
from corpus.changes import Change, record
from corpus.errors import UnknownArticle
from corpus.passages import Passage, split
from corpus.purging import was_purged
from corpus.reading import current, of_key
from corpus.reports import forget_copies, note_copies, wordings
from corpus.schema import articles, passages, revisions
from corpus.stored import passage_id, read_revision


def put(
    connection: sa.Connection, article: Article, sentences: Sequence[Passage], *, restore: bool
) -> Change:
    """Store an article whose sentences are these, or a new revision of it; `restore` it if it was removed.

    A purged one stays away whoever asks for it.
    """
    known = connection.execute(
        sa.select(articles.c.id, articles.c.removed_at).where(articles.c.key == article.key)
    ).one_or_none()
    if known is None:
        if was_purged(connection, article.key):
            return Change.STAYS_REMOVED
        article_id = _insert(connection, articles, key=article.key, added_at=_now())
        add_revision(connection, article_id, 1, article, sentences)
        return record(connection, article_id, Change.ADDED)
    if known.removed_at is not None:
        return _restore(connection, known.id, article, sentences) if restore else Change.STAYS_REMOVED
    return _revise(connection, known.id, article, sentences)


def correct(
    connection: sa.Connection, article: Article, sentences: Sequence[Passage], *, of: RevisionId
) -> Change | None:
    """Store an article as `put` does, while this is its current revision; None where it has another one."""
    newest = of_key(connection, article.key)
    if newest is not None and newest.id != of:
        return None
    return put(connection, article, sentences, restore=False)


def remove(connection: sa.Connection, article_id: ArticleId, *, because: str) -> Revision:
    """Mark an article as removed, and return what it said last.

    Raises:
        UnknownArticle: when there is none of that id, or it is removed already.
    """
    revision = current(connection, article_id)
    connection.execute(
        articles.update()
        .where(articles.c.id == article_id)
        .values(removed_at=_now(), removed_because=because)
    )
    forget_copies(connection, article_id)
    record(connection, article_id, Change.REMOVED)
    return revision


def revise(
    connection: sa.Connection, article_id: ArticleId, article: Article, sentences: Sequence[Passage]
) -> None:
    """Let an article say from now on what this one says."""
    old = _newest(connection, article_id)
    connection.execute(revisions.update().where(revisions.c.id == old.id).values(superseded_at=_now()))
    add_revision(connection, article_id, old.number + 1, article, sentences)


def add_revision(
    connection: sa.Connection,
    article_id: ArticleId,
    number: int,
    article: Article,
    sentences: Sequence[Passage],
) -> None:
    """Store what an article says, its sentences, and of which others it is a copy."""
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
            "wording": wording,
        }
        for position, (passage, wording) in enumerate(
            zip(sentences, wordings(article, sentences), strict=True)
        )
    ]
    if rows:
        connection.execute(passages.insert(), rows)
    note_copies(connection, article_id, article, sentences)


def _revise(
    connection: sa.Connection, article_id: ArticleId, article: Article, sentences: Sequence[Passage]
) -> Change:
    if _newest(connection, article_id).digest == article.digest:
        return Change.UNCHANGED
    revise(connection, article_id, article, sentences)
    return record(connection, article_id, Change.REVISED)


def restore(connection: sa.Connection, article_id: ArticleId) -> Revision:
    """Bring a removed article back as it was, and return it.

    Raises:
        UnknownArticle: when none of that id is removed, or it was purged.
    """
    known = connection.execute(
        sa.select(articles).where(articles.c.id == article_id).with_for_update()
    ).one_or_none()
    if known is None or known.removed_at is None or known.purged_at is not None:
        raise UnknownArticle(
            f"no article {article_id} was removed and can come back; "
            "`crisisbot articles list --removed` shows those that were"
        )
    newest = sa.select(revisions).where(revisions.c.article_id == article_id)
    old = read_revision(connection.execute(newest.where(revisions.c.superseded_at.is_(None))).one())
    shared = {field: getattr(old, field) for field in Article.__dataclass_fields__ if field != "key"}
    article = Article(key=known.key, **shared)
    _restore(connection, article_id, article, split(article.text, article.language))
    return old


def _restore(
    connection: sa.Connection, article_id: ArticleId, article: Article, sentences: Sequence[Passage]
) -> Change:
    connection.execute(
        articles.update().where(articles.c.id == article_id).values(removed_at=None, removed_because=None)
    )
    if _newest(connection, article_id).digest == article.digest:
        note_copies(connection, article_id, article, sentences)
    else:
        revise(connection, article_id, article, sentences)
    return record(connection, article_id, Change.RESTORED)


def _newest(connection: sa.Connection, article_id: ArticleId) -> sa.Row[Any]:
    statement: sa.Select[Any] = (
        sa.select(revisions.c.id, revisions.c.number, revisions.c.digest)
        .where(revisions.c.article_id == article_id)
        .where(revisions.c.superseded_at.is_(None))
    )
    return connection.execute(statement).one()


def _insert(connection: sa.Connection, table: sa.Table, **values: object) -> Any:  # noqa: ANN401 (an id of that table)
    return connection.execute(table.insert().values(**values)).inserted_primary_key[0]  # type: ignore[index]


def _now() -> datetime:
    return datetime.now(UTC)
