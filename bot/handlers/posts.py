"""Posts: what approved channels publish and edit becomes articles. Nothing is ever written into a channel."""

import asyncio
import logging
from collections.abc import Callable

from telegram import ChatMember, Message, Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.admins import Admins
from bot.editor import Editor
from bot.origins import is_by, post_of, publisher_of
from bot.polling import FIRST_WAIT_S, LONGEST_WAIT_S
from corpus.errors import DatabaseUnavailable

log = logging.getLogger(__name__)


class Posts:
    """Follows channels."""

    def __init__(self, editor: Editor, admins: Admins) -> None:
        self._editor = editor
        self._admins = admins

    async def take(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Store a post, new or edited, of an approved channel, unless it is an answer of this bot."""
        message = update.channel_post or update.edited_channel_post
        if message is not None and not is_by(message, context.bot.bot):
            await _insist(lambda: self._take(message))

    async def look_at_membership(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Approve a channel in which an admin made the bot an administrator; dismiss one that it left."""
        change = update.my_chat_member
        if change is None or change.chat.type != ChatType.CHANNEL:
            return
        channel = publisher_of(change.chat)
        if change.new_chat_member.status in {ChatMember.LEFT, ChatMember.BANNED}:
            await _insist(lambda: self._editor.dismiss(channel.id))
        elif change.new_chat_member.status == ChatMember.ADMINISTRATOR and self._admins.changed(change):
            await _insist(lambda: self._editor.approve(channel))

    def _take(self, message: Message) -> None:
        change = self._editor.follow(message.chat_id, post_of(message))
        if change is not None:
            log.info("a post: %s", change)


async def _insist(work: Callable[[], object]) -> None:
    """Do work on a thread, again and again until the database is there.

    While this waits, the update is not done: after a kill it comes again.
    """
    wait = FIRST_WAIT_S
    while True:
        try:
            await asyncio.to_thread(work)
        except DatabaseUnavailable as error:
            log.error("a post waits: %s; again in %.0f s", error, wait)  # noqa: TRY400
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT_S)
        else:
            return
