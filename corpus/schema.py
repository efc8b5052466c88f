"""The tables. A change here needs a migration in `corpus/migrations/versions` (a test compares the two)."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

from corpus.articles import Published, published


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; SQLite forgets zones, PostgreSQL answers in the session's."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ANN401, ARG002 (SQLAlchemy's signature)
        """Give every moment the zone UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class IsoDate(TypeDecorator[Published]):
    """A day or a moment, kept as ISO 8601 text, so that a day never turns into midnight."""

    impl = sa.String(40)
    cache_ok = True

    def process_bind_param(self, value: Published | None, dialect: Any) -> str | None:  # noqa: ANN401, ARG002 (SQLAlchemy's signature)
        """Write ISO 8601."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Any) -> Published | None:  # noqa: ANN401, ARG002 (SQLAlchemy's signature)
        """Read it back."""
        return published(value)


#: BIGINT, but INTEGER on SQLite, where only that counts by itself.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: One row an article, for ever; a removed one keeps its row, so that no source brings it back unasked, and a
#: purged one (`purged_at`) nothing but its row. Articles of one `report_id` are wire copies of one report: it
#: is the id of the first of them that was stored, its own where there is no other.
articles = sa.Table(
    "articles",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("added_at", Moment, nullable=False),
    sa.Column("removed_at", Moment),
    sa.Column("removed_because", sa.Text),
    sa.Column("purged_at", Moment),
    sa.Column("report_id", Id, index=True),
    sqlite_autoincrement=True,
)

#: What an article said, and from when to when; the current revision has no `superseded_at`.
revisions = sa.Table(
    "revisions",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column(
        "article_id", Id, sa.ForeignKey("articles.id"), nullable=False
    ),  # indexed by the unique pair below
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("author", sa.Text),
    sa.Column("url", sa.Text),
    sa.Column("published", IsoDate),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("obtained", sa.String(20), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("superseded_at", Moment),
    sa.UniqueConstraint("article_id", "number"),
    sqlite_autoincrement=True,
)

#: All that is counted and listed of current revisions, so that no text is read for it.
sa.Index(
    "ix_revisions_current",
    revisions.c.superseded_at,
    revisions.c.article_id,
    revisions.c.language,
    revisions.c.published,
    revisions.c.source,
    sqlite_where=revisions.c.superseded_at.is_(None),
    postgresql_where=revisions.c.superseded_at.is_(None),
)

#: Sentences: half-open character offsets into the revision's text, the 63-bit hash of what is indexed, and
#: that of the sentence's words alone, which wire copies share (`corpus.copies`).
passages = sa.Table(
    "passages",
    metadata,
    sa.Column("revision_id", Id, sa.ForeignKey("revisions.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("sentence_start", sa.Integer, nullable=False),
    sa.Column("sentence_end", sa.Integer, nullable=False),
    sa.Column("paragraph_start", sa.Integer, nullable=False),
    sa.Column("paragraph_end", sa.Integer, nullable=False),
    sa.Column("content", sa.BigInteger, nullable=False, index=True),
    sa.Column("wording", sa.BigInteger, index=True),
)

#: Where wire copies are looked for: articles that share a band of their MinHash signatures may be copies.
bands = sa.Table(
    "bands",
    metadata,
    sa.Column("band", sa.BigInteger, primary_key=True),
    sa.Column("article_id", Id, sa.ForeignKey("articles.id"), primary_key=True, index=True),
)

#: Feeds and news sitemaps that are polled. `stated` is JSON: fields that hold for all of a feed's articles.
feeds = sa.Table(
    "feeds",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("url", sa.Text, nullable=False, unique=True),
    sa.Column("title", sa.Text),
    sa.Column("stated", sa.Text, nullable=False),
    sa.Column("every_s", sa.Integer, nullable=False),
    sa.Column("added_at", Moment, nullable=False),
    sa.Column("next_at", Moment, nullable=False),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("checked_at", Moment),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("problem", sa.Text),
    sa.Column("claimed_until", Moment),
    sqlite_autoincrement=True,
)

#: Entries of feeds that were read: what each said then (`digest`), and under which key its article is stored.
#: The columns from `visits_since` on are a `corpus.visits.Visit`, of those whose page was read.
entries = sa.Table(
    "entries",
    metadata,
    sa.Column("feed_id", Id, sa.ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("entry", sa.String(64), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("article_key", sa.Text),
    sa.Column("problem", sa.Text),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("visits_since", Moment),
    sa.Column("visit_at", Moment),
    sa.Column("page_etag", sa.Text),
    sa.Column("page_modified", sa.Text),
    sa.Column("page_headline", sa.String(64)),
    sa.Column("page_problem", sa.Text),
    sa.Index("ix_entries_feed_id_visit_at", "feed_id", "visit_at"),
)

#: Channels whose posts become articles, by Telegram's own numbers.
channels = sa.Table(
    "channels",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("username", sa.Text),
    sa.Column("approved_at", Moment, nullable=False),
)

#: Small facts about the whole corpus, such as which bundled briefs were put into it.
marks = sa.Table(
    "marks",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

#: What happened to which article, in order; the newest id says whether an index is behind.
changes = sa.Table(
    "changes",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("article_id", Id, sa.ForeignKey("articles.id"), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sqlite_autoincrement=True,
)
