"""Shared ids: entries without an address that two feeds called the same, and that were one article so far.

The article stays that of the feed that was added first, which reads its entry again. That of the other feed
becomes an article of its own when it is read next. Where both feeds say the same, it is one entry.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

entries = sa.table("entries", sa.column("feed_id"), sa.column("digest"), sa.column("article_key"))


def upgrade() -> None:
    """Part them."""
    key = entries.c.article_key
    shared = (
        sa.select(key, sa.func.min(entries.c.feed_id).label("first"))
        .where(key.like("feed:%"))
        .group_by(key)
        .having(sa.func.count(sa.distinct(entries.c.digest)) > 1)
    )
    for article_key, first in op.get_bind().execute(shared).all():
        ours = entries.update().where(key == article_key)
        op.execute(ours.values(digest=""))
        op.execute(ours.where(entries.c.feed_id != first).values(article_key=None))
