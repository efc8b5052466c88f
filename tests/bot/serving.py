"""The bot, running in process against the fake of Telegram."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.app import Bot, build
from bot.editor import Editor
from bot.polling import Inbox
from bot.service import serve
from corpus.fetching import Fetcher
from tests.fakes.internet import Internet
from tests.fakes.telegram_request import FakeRequest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.desk import Desk
    from bot.settings import Settings
    from index.engine import Engine
    from tests.fakes.telegram import Chat, FakeTelegram, Message


@dataclass(frozen=True)
class Served:
    """A bot at work."""

    telegram: FakeTelegram
    bot: Bot
    inbox: Inbox

    async def settle(self) -> None:
        """Wait until the bot has done all that people wanted of it so far."""
        await self.telegram.until(lambda: not self.telegram.pending, within=30)
        await self.bot.update_queue.join()
        await self.inbox.idle(at_most=30)

    async def reply_to(self, message: Message) -> Message:
        """Wait for the bot, and return its one reply to a message."""
        await self.settle()
        [reply] = replies_to(message)
        return reply


def replies_to(message: Message) -> list[Message]:
    """Return what the bot said in reply to a message."""
    return [reply for reply in message.chat.replies if reply.reply_to is message]


def silent(chat: Chat) -> bool:
    """Say whether the bot has said nothing in a chat."""
    return chat.replies == []


async def _index(engine: Engine, every_seconds: float) -> None:
    """Do what the indexer does, which is a process of its own elsewhere."""
    while True:
        await asyncio.sleep(every_seconds)
        await asyncio.to_thread(engine.refresh)


@asynccontextmanager
async def serving(
    telegram: FakeTelegram, desk: Desk, engine: Engine, settings: Settings, *, editor: Editor | None = None
) -> AsyncIterator[Served]:
    """Run the bot as `crisisbot run` does, without its signals; with an `editor` where articles arrive."""
    inbox, stop = Inbox(), asyncio.Event()
    nowhere = Fetcher(network=Internet().network())
    editor = editor or Editor(desk._corpus, nowhere)  # noqa: SLF001 (nobody else needs to know it)
    bot = build(settings, desk, editor, inbox, request=FakeRequest(telegram))
    serving = serve(bot, inbox, jobs=lambda: [_index(engine, settings.refresh_seconds)], stop=stop)
    task = asyncio.create_task(serving)
    try:
        yield Served(telegram, bot, inbox)
    finally:
        stop.set()
        await task
