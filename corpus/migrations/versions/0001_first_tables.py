"""The first tables: articles, revisions, passages, changes, marks.

Column types are written out here, not imported: a migration must not change when the code does.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "articles",
        sa.Column("id", ID, nullable=False, autoincrement=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT),
        sa.Column("removed_because", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sa.UniqueConstraint("key", name="uq_articles_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "revisions",
        sa.Column("id", ID, nullable=False, autoincrement=True),
        sa.Column("article_id", ID, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("author", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("published", sa.String(40)),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("obtained", sa.String(20), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("superseded_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_revisions"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_revisions_article_id_articles"),
        sa.UniqueConstraint("article_id", "number", name="uq_revisions_article_id_number"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "passages",
        sa.Column("revision_id", ID, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("sentence_start", sa.Integer, nullable=False),
        sa.Column("sentence_end", sa.Integer, nullable=False),
        sa.Column("paragraph_start", sa.Integer, nullable=False),
        sa.Column("paragraph_end", sa.Integer, nullable=False),
        sa.Column("content", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("revision_id", "position", name="pk_passages"),
        sa.ForeignKeyConstraint(["revision_id"], ["revisions.id"], name="fk_passages_revision_id_revisions"),
    )
    op.create_index("ix_passages_content", "passages", ["content"])
    op.create_table(
        "changes",
        sa.Column("id", ID, nullable=False, autoincrement=True),
        sa.Column("article_id", ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_changes"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_changes_article_id_articles"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_marks"),
    )
