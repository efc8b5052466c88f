"""Purging: everything that an article ever said, taken out of the tables.

What stays is that there was an article, when, why it went, and hashes by which no source brings it back. That
of its key is keyed by a secret of this database, so that it tells nothing without it. A feed that names the
article keeps two plain hashes of the entry: who guesses an address, or all that the entry says, can tell by
them that this feed said so. `crisisbot feed remove` takes them away.
"""

import hashlib
import secrets
from datetime import UTC, datetime

import sqlalchemy as sa

from corpus.articles import ArticleId
from corpus.changes import Change, record
from corpus.errors import UnknownArticle
from corpus.reports import forget_copies
from corpus.schema import articles, entries, marks, passages, revisions
from corpus.visits import columns_of

#: The mark that holds the secret; it is made when the first article is purged.
SECRET = "purged"  # noqa: S105 (its name)


def purge(connection: sa.Connection, article_id: ArticleId, *, because: str) -> datetime | None:
    """Empty all rows of an article, removed or not; a purged one is left as it is.

    Return when it was purged, if it was so already.

    Raises:
        UnknownArticle: when there is none of that id.
    """
    article = connection.execute(sa.select(articles).where(articles.c.id == article_id)).one_or_none()
    if article is None:
        raise UnknownArticle(
            f"there never was an article {article_id}; `crisisbot articles list` shows those there are, and "
            "with --removed those there were"
        )
    purged_at: datetime | None = article.purged_at
    if purged_at is not None:
        return purged_at
    hashed = _hashed(article.key, _secret(connection) or _make_secret(connection))
    forget_copies(connection, article_id)
    _forget_words(connection, article_id)
    # Feeds know it by hashes from now on: of an entry's own name, of what that said, and of the key.
    connection.execute(
        entries.update()
        .where(entries.c.article_key == article.key)
        .values(article_key=hashed, problem=None, **columns_of(None))
    )
    now = datetime.now(UTC)
    connection.execute(
        articles.update()
        .where(articles.c.id == article_id)
        .values(
            key=hashed,
            removed_at=article.removed_at or now,
            removed_because=because,
            purged_at=now,
        )
    )
    record(connection, article_id, Change.PURGED)
    return None


def stored_key(connection: sa.Connection, key: str) -> str:
    """Return the key that stands for this one in other tables: the hash, once its article was purged."""
    return keys_of(connection, key)[-1] if was_purged(connection, key) else key


def was_purged(connection: sa.Connection, key: str) -> bool:
    """Say whether an article that had this key was purged."""
    return purged_on(connection, key) is not None


def purged_on(connection: sa.Connection, key: str) -> datetime | None:
    """Return when the article that had this key was purged; None where it was not."""
    statement = sa.select(articles.c.purged_at).where(articles.c.key.in_(keys_of(connection, key)[1:]))
    moment: datetime | None = connection.scalar(statement)
    return moment


def keys_of(connection: sa.Connection, key: str) -> tuple[str, ...]:
    """Return under which keys an article of this key is stored: its own, and the one of a purged one."""
    secret = _secret(connection)
    return (key,) if secret is None else (key, _hashed(key, secret))


def _forget_words(connection: sa.Connection, article_id: ArticleId) -> None:
    of_it = sa.select(revisions.c.id).where(revisions.c.article_id == article_id)
    connection.execute(passages.delete().where(passages.c.revision_id.in_(of_it)))
    connection.execute(
        revisions.update()
        .where(revisions.c.article_id == article_id)
        .values(title="", text="", source="", author=None, url=None, published=None, digest="")
    )


def _hashed(key: str, secret: str) -> str:
    return f"purged:{hashlib.blake2b(key.encode(), key=bytes.fromhex(secret)).hexdigest()}"


def _secret(connection: sa.Connection) -> str | None:
    value: str | None = connection.scalar(sa.select(marks.c.value).where(marks.c.name == SECRET))
    return value


def _make_secret(connection: sa.Connection) -> str:
    secret = secrets.token_hex(32)
    connection.execute(marks.insert().values(name=SECRET, value=secret))
    return secret
