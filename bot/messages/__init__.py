"""Every sentence the bot says itself, in English in the code and translated in `*.po` beside this file."""

from bot.messages.catalogue import Messages, messages_for

__all__ = ["Messages", "messages_for"]
