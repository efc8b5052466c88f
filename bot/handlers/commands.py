"""Commands: /start, /help, /sources."""

import asyncio
from collections.abc import Callable

from telegram import Update
from telegram.ext import ContextTypes

from bot.addressing import is_by_person
from bot.delivery import send
from bot.desk import Desk
from bot.tree import Reply


class Commands:
    """Answers the commands that are no questions."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def start(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer /start, with what a deep link carries."""
        payload = (context.args or [""])[0]
        await self._answer(update, lambda language: self._desk.greet(language, payload))

    async def help(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer /help."""
        await self._answer(update, self._desk.help)

    async def sources(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer /sources."""
        await self._answer(update, self._desk.sources)

    async def _answer(self, update: Update, make: Callable[[str | None], Reply]) -> None:
        message = update.message
        if message is None or message.forward_origin is not None or not is_by_person(message):
            return
        language = message.from_user.language_code if message.from_user else None
        await send(message, await asyncio.to_thread(make, language))
