"""Feeds: /feeds, which lists, adds and removes what articles come from by themselves. Only for admins."""

import asyncio

from telegram import Message, Update
from telegram.ext import ContextTypes

from bot.delivery import send
from bot.editor import Editor
from bot.messages import Messages, messages_for
from bot.naming import named_in
from bot.subscriptions import added, how, removed_feed, subscriptions
from bot.tree import Name, Reply


class Feeds:
    """Answers /feeds; whoever sends updates here has looked at who wrote them."""

    def __init__(self, editor: Editor) -> None:
        self._editor = editor

    async def answer(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer /feeds, /feeds add and an address, /feeds remove and a number or an address."""
        message = update.message
        if message is None:
            return
        messages = messages_for(message.from_user.language_code if message.from_user else None)
        words = [word.lower() for word in context.args or []]
        pages = named_in(message).pages
        if not words:
            await send(message, await asyncio.to_thread(self._list, messages))
        elif words[0] == "add" and pages:
            found = await asyncio.to_thread(self._editor.add_feed, pages[0])
            await send(message, added(found, messages))
        elif words[0] == "remove" and len(words) > 1:
            await self._remove(pages[0] if pages else words[1], message, messages)
        else:
            await send(message, Reply((how(messages),)))

    async def _remove(self, name: str, message: Message, messages: Messages) -> None:
        feed = await asyncio.to_thread(self._editor.remove_feed, name)
        if feed is None:
            await send(message, Reply((Name(name), ": ", messages.say("There is no such feed."))))
        else:
            await send(message, removed_feed(feed, messages))

    def _list(self, messages: Messages) -> Reply:
        feeds, counts = self._editor.feeds()
        return subscriptions(feeds, counts, self._editor.channels(), messages)
