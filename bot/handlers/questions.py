"""Questions: any text in private; in groups what is addressed to this bot."""

import asyncio

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.addressing import asks, has_unknown_command, is_for_me, words_of
from bot.delivery import send
from bot.desk import Desk
from bot.tree import Reply
from index.answers import Problem


class Questions:
    """Answers questions, each as one reply."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def answer(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a message that is addressed to this bot; say nothing to others."""
        message = update.message
        if message is None or not is_for_me(message, context.bot.bot):
            return
        reply = await asyncio.to_thread(self._reply, message, context)
        if reply is not None:
            await send(message, reply)

    def _reply(self, message: Message, context: ContextTypes.DEFAULT_TYPE) -> Reply | None:
        me = context.bot.bot
        language = message.from_user.language_code if message.from_user else None
        if message.text is None and message.caption is None:
            # In a group a sticker in reply to an answer is thanks, not a question.
            is_private = message.chat.type == ChatType.PRIVATE
            return self._desk.explain(Problem.NO_WORDS, language) if is_private else None
        if has_unknown_command(message) and not asks(message, me):
            return self._desk.help(language)
        return self._desk.answer(words_of(message, me), language)
