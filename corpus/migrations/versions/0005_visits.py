"""Visits: when the pages of young entries are read again, and what their servers call what was read.

Column types are written out here, not imported: a migration must not change when the code does.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the columns; entries that are known already are visited no more."""
    op.add_column("entries", sa.Column("visits_since", MOMENT))
    op.add_column("entries", sa.Column("visit_at", MOMENT))
    op.add_column("entries", sa.Column("page_etag", sa.Text))
    op.add_column("entries", sa.Column("page_modified", sa.Text))
    op.add_column("entries", sa.Column("page_headline", sa.String(64)))
    op.add_column("entries", sa.Column("page_problem", sa.Text))
    op.create_index("ix_entries_feed_id_visit_at", "entries", ["feed_id", "visit_at"])
