"""A newsroom: the bot at work over an empty corpus of its own, with admins."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.desk import Desk
from bot.editor import Editor
from bot.settings import Settings
from corpus.fetching import Fetcher
from index.engine import Engine
from tests.bot.serving import Served, serving
from tests.fakes.encoder import FakeEncoder
from tests.fakes.internet import Internet
from tests.fakes.news import SHOW_ALL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from corpus.articles import Revision
    from corpus.store import Corpus
    from tests.fakes.telegram import FakeTelegram, Person


@dataclass(frozen=True)
class Newsroom:
    """The bot at work, and what it knows."""

    served: Served
    corpus: Corpus
    engine: Engine

    async def settle(self) -> None:
        """Wait until the bot has done all that people wanted of it so far."""
        await self.served.settle()

    async def articles(self) -> list[Revision]:
        """Wait for the bot, and return all articles in the order in which they came."""
        await self.settle()
        return sorted(self.corpus.articles(), key=lambda revision: revision.article_id)

    async def article(self) -> Revision:
        """Wait for the bot, and return the one article there is."""
        [revision] = await self.articles()
        return revision

    async def follows(self) -> None:
        """Wait until answers come from the newest articles."""
        await self.settle()
        async with asyncio.timeout(5):
            while self.engine.is_behind:  # noqa: ASYNC110 (the engine tells nobody)
                await asyncio.sleep(0.01)


def everything(corpus: Corpus) -> bytes:
    """Return all that the database file holds."""
    with corpus._database.reading() as connection:  # noqa: SLF001 (to be sure of all tables)
        tables = sa.MetaData()
        tables.reflect(connection)
        rows = [
            tuple(row) for table in tables.tables.values() for row in connection.execute(sa.select(table))
        ]
    return repr(rows).encode()


@asynccontextmanager
async def newsroom(
    telegram: FakeTelegram,
    corpus: Corpus,
    folder: Path,
    *,
    admins: tuple[Person, ...] = (),
    fetcher: Fetcher | None = None,
) -> AsyncIterator[Newsroom]:
    """Run the bot for some admins; without a `fetcher` there is no web."""
    engine = Engine(folder / "index", corpus, FakeEncoder(), calibration=SHOW_ALL)
    engine.refresh()
    settings = replace(
        Settings.read({"TELEGRAM_BOT_TOKEN": telegram.token}, data=folder),
        admins=frozenset(admin.id for admin in admins),
        refresh_seconds=0.05,
    )
    editor = Editor(corpus, fetcher or Fetcher(network=Internet().network()))
    async with serving(telegram, Desk(engine, corpus), engine, settings, editor=editor) as served:
        yield Newsroom(served, corpus, engine)
        await served.settle()
