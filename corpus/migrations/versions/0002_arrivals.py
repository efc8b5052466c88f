"""Arrivals: feeds and their entries, wire copies, purged articles.

Column types are written out here, not imported: a migration must not change when the code does.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables and columns."""
    op.add_column("articles", sa.Column("purged_at", MOMENT))
    op.add_column("articles", sa.Column("report_id", ID))
    op.create_index("ix_articles_report_id", "articles", ["report_id"])
    op.create_index(
        "ix_revisions_current",
        "revisions",
        ["superseded_at", "article_id", "language", "published", "source"],
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.add_column("passages", sa.Column("wording", sa.BigInteger))
    op.create_index("ix_passages_wording", "passages", ["wording"])
    op.create_table(
        "bands",
        sa.Column("band", sa.BigInteger, nullable=False),
        sa.Column("article_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("band", "article_id", name="pk_bands"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_bands_article_id_articles"),
    )
    op.create_index("ix_bands_article_id", "bands", ["article_id"])
    op.create_table(
        "feeds",
        sa.Column("id", ID, nullable=False, autoincrement=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("stated", sa.Text, nullable=False),
        sa.Column("every_s", sa.Integer, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("checked_at", MOMENT),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("problem", sa.Text),
        sa.Column("claimed_until", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
        sa.UniqueConstraint("url", name="uq_feeds_url"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "entries",
        sa.Column("feed_id", ID, nullable=False),
        sa.Column("entry", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("article_key", sa.Text),
        sa.Column("problem", sa.Text),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("feed_id", "entry", name="pk_entries"),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["feeds.id"], name="fk_entries_feed_id_feeds", ondelete="CASCADE"
        ),
    )
