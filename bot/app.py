"""App: which update goes to which handler, and what Telegram is told about the bot."""

import logging
from contextlib import suppress
from typing import Any

from telegram import Bot as TelegramBot
from telegram import BotCommand, Update
from telegram.error import BadRequest, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)
from telegram.request import BaseRequest

from bot.delivery import PerChat, send
from bot.desk import Desk
from bot.handlers.commands import Commands
from bot.handlers.presses import Presses
from bot.handlers.questions import Questions
from bot.messages import messages_for
from bot.messages.catalogue import SPOKEN
from bot.polling import Inbox
from bot.settings import Settings
from bot.tree import Reply

log = logging.getLogger(__name__)

#: What Telegram is asked for; it remembers the last list, so it is always given.
UPDATES = [Update.MESSAGE, Update.CALLBACK_QUERY]

#: Seconds that Telegram's answer may take on a slow line: without one, nobody knows what became of a call.
READ_TIMEOUT_S = 20.0

#: New messages only: an edited one must not be answered a second time.
_NEW = filters.UpdateType.MESSAGE

Bot = Application[Any, Any, Any, Any, Any, Any]


def build(settings: Settings, desk: Desk, inbox: Inbox, *, request: BaseRequest | None = None) -> Bot:
    """Build the bot; `request` carries its calls somewhere else than over HTTP."""
    builder = ApplicationBuilder().token(settings.token or "").base_url(settings.telegram_api_url)
    builder = builder.concurrent_updates(PerChat(inbox.finish)).updater(None)
    if request is None:
        builder = builder.read_timeout(READ_TIMEOUT_S).connect_timeout(READ_TIMEOUT_S)
    else:
        builder = builder.request(request).get_updates_request(request)
    app = builder.build()
    commands = Commands(desk)
    app.add_handler(CommandHandler("start", commands.start, _NEW))
    app.add_handler(CommandHandler("help", commands.help, _NEW))
    app.add_handler(CommandHandler("sources", commands.sources, _NEW))
    app.add_handler(MessageHandler(_NEW & ~filters.StatusUpdate.ALL, Questions(desk).answer))
    app.add_handler(CallbackQueryHandler(Presses(desk).press))
    app.add_error_handler(explain_failure)
    return app


async def explain_failure(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Log what went wrong without a word of the question, and say so in one friendly sentence."""
    error = context.error
    log.error("an update could not be handled", exc_info=error)
    message = update.message if isinstance(update, Update) else None
    if message is None or (isinstance(error, TelegramError) and not isinstance(error, BadRequest)):
        return  # what Telegram does not take now will not be taken then; after a timeout it may have arrived
    language = message.from_user.language_code if message.from_user else None
    sorry = messages_for(language).say("Something went wrong on my side. Please ask again in a moment.")
    with suppress(TelegramError):  # said above
        await send(message, Reply((sorry,)))


async def announce(bot: TelegramBot) -> None:
    """Tell Telegram the menu of commands, in every language that the bot speaks."""
    for language in SPOKEN:
        say = messages_for(language).say
        menu = [
            BotCommand("ask", say("ask a question")),
            BotCommand("sources", say("where the articles come from")),
            BotCommand("help", say("how to ask")),
        ]
        await bot.set_my_commands(menu, language_code=language)
        if language == SPOKEN[0]:
            await bot.set_my_commands(menu)
