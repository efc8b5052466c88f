"""Presses: the buttons under an answer."""

import asyncio

from telegram import CallbackQuery, Message, Update
from telegram.ext import ContextTypes

from bot.addressing import words_of
from bot.buttons import parse
from bot.delivery import acknowledge, edit
from bot.desk import Desk
from bot.messages import messages_for
from bot.tree import Reply


class Presses:
    """Changes an answer's message as its buttons say; kindly says so where what they stand for is gone."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def press(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a press."""
        query = update.callback_query
        if query is None:
            return
        reply = await asyncio.to_thread(self._reply, query, context)
        if reply is None:
            say = messages_for(query.from_user.language_code).say
            await acknowledge(query, say("This button is too old. Please ask the question again."))
            return
        await acknowledge(query)
        await edit(query, reply)

    def _reply(self, query: CallbackQuery, context: ContextTypes.DEFAULT_TYPE) -> Reply | None:
        press = parse(query.data)
        if press is None or not isinstance(query.message, Message):
            return None
        return self._desk.press(press, _question(query.message, context), query.from_user.language_code)


def _question(message: Message, context: ContextTypes.DEFAULT_TYPE) -> str | None:
    """Read the question where it stands: in the message that the card replies to. We keep none ourselves."""
    asked = message.reply_to_message
    return words_of(asked, context.bot.bot) or None if asked else None
