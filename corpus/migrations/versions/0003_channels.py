"""Channels: those whose posts become articles.

Column types are written out here, not imported: a migration must not change when the code does.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "channels",
        sa.Column("id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("username", sa.Text),
        sa.Column("approved_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_channels"),
    )
