"""Admins: who may add and remove articles. Told by user id alone, with every message and every press."""

from dataclasses import dataclass

from telegram import CallbackQuery, ChatMemberUpdated, Message
from telegram.constants import ChatType
from telegram.ext import filters

from bot.addressing import is_by_person


@dataclass(frozen=True, slots=True)
class Admins:
    """The user ids that the operator named."""

    ids: frozenset[int]

    def wrote(self, message: Message) -> bool:
        """Say whether an admin wrote a message to the bot alone, under no other name."""
        sender = message.from_user
        if sender is None or message.chat.type != ChatType.PRIVATE or message.sender_chat is not None:
            return False
        return is_by_person(message) and sender.id in self.ids

    def pressed(self, query: CallbackQuery) -> bool:
        """Say whether an admin pressed a button in private; what the button's message says is no proof."""
        message = query.message
        return (
            message is not None and message.chat.type == ChatType.PRIVATE and query.from_user.id in self.ids
        )

    def changed(self, change: ChatMemberUpdated) -> bool:
        """Say whether an admin changed what the bot is in a chat."""
        return change.from_user.id in self.ids


class ByAdmin(filters.MessageFilter):
    """Lets pass what an admin wrote in private."""

    def __init__(self, admins: Admins) -> None:
        super().__init__(name="by an admin")
        self._admins = admins

    def filter(self, message: Message) -> bool:
        """Look at a message."""
        return self._admins.wrote(message)
