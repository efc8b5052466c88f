"""Channels: the store of those whose posts become articles, because somebody who may approved them."""

from datetime import UTC, datetime

import sqlalchemy as sa

from corpus.database import Database
from corpus.schema import channels
from corpus.sources.posts import Publisher


class Channels:
    """All approved channels. Every method is one transaction; may be used from many threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def approve(self, channel: Publisher) -> bool:
        """Let a channel's posts become articles; return whether that is new. Its names may be newer."""
        named = {"title": channel.title, "username": channel.username}
        with self._database.changing() as connection:
            known = connection.execute(
                channels.update().where(channels.c.id == channel.id).values(**named)
            ).rowcount
            if not known:
                connection.execute(
                    channels.insert().values(id=channel.id, approved_at=datetime.now(UTC), **named)
                )
        return not known

    def dismiss(self, channel_id: int) -> bool:
        """Let a channel's later posts be ignored; return whether they were not. Its articles stay."""
        with self._database.changing() as connection:
            return bool(connection.execute(channels.delete().where(channels.c.id == channel_id)).rowcount)

    def is_approved(self, channel_id: int) -> bool:
        """Say whether a channel's posts become articles."""
        statement = sa.select(channels.c.id).where(channels.c.id == channel_id)
        with self._database.reading() as connection:
            return connection.scalar(statement) is not None

    def all(self) -> list[Publisher]:
        """Return the approved channels, by their titles."""
        with self._database.reading() as connection:
            rows = connection.execute(sa.select(channels).order_by(channels.c.title, channels.c.id))
            return [Publisher(row.id, row.title, row.username) for row in rows]
