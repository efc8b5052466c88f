"""App: which update goes to which handler, and how the bot runs."""

import asyncio
import logging
from typing import Any

from telegram import BotCommand, Update
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
from bot.jobs import follow_corpus
from bot.messages import messages_for
from bot.messages.catalogue import SPOKEN
from bot.settings import Settings
from bot.tree import Reply
from index.engine import Engine

log = logging.getLogger(__name__)

#: What Telegram is asked for; it remembers the last list, so it is always given.
UPDATES = [Update.MESSAGE, Update.CALLBACK_QUERY]

#: New messages only: an edited one must not be answered a second time.
_NEW = filters.UpdateType.MESSAGE

Bot = Application[Any, Any, Any, Any, Any, Any]


def build(settings: Settings, desk: Desk, engine: Engine, *, request: BaseRequest | None = None) -> Bot:
    """Build the bot; `request` carries its calls somewhere else than over HTTP."""
    builder = ApplicationBuilder().token(settings.token or "").base_url(settings.telegram_api_url)
    builder = builder.concurrent_updates(PerChat()).post_init(_follow(settings, engine)).post_stop(_stop)
    if request is not None:
        builder = builder.request(request).get_updates_request(request)
    app = builder.build()
    commands = Commands(desk)
    app.add_handler(CommandHandler("start", commands.start, _NEW))
    app.add_handler(CommandHandler("help", commands.help, _NEW))
    app.add_handler(CommandHandler("sources", commands.sources, _NEW))
    app.add_handler(MessageHandler(_NEW, Questions(desk).answer))
    app.add_handler(CallbackQueryHandler(Presses(desk).press))
    app.add_error_handler(explain_failure)
    return app


async def explain_failure(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Log what went wrong without a word of the question, and say so in one friendly sentence."""
    error = context.error
    log.error("an update could not be handled", exc_info=error)
    message = update.message if isinstance(update, Update) else None
    if message is None:
        return
    language = message.from_user.language_code if message.from_user else None
    sorry = messages_for(language).say("Something went wrong on my side. Please ask again in a moment.")
    await send(message, Reply((sorry,)))


def _follow(settings: Settings, engine: Engine) -> Any:  # noqa: ANN401 (the library's own callback type)
    async def start(app: Bot) -> None:
        for language in SPOKEN:
            say = messages_for(language).say
            menu = [
                BotCommand("ask", say("ask a question")),
                BotCommand("sources", say("where the articles come from")),
                BotCommand("help", say("how to ask")),
            ]
            await app.bot.set_my_commands(menu, language_code=language)
            if language == SPOKEN[0]:
                await app.bot.set_my_commands(menu)
        app.bot_data["following"] = asyncio.create_task(
            follow_corpus(engine, every_seconds=settings.refresh_seconds)
        )

    return start


async def _stop(app: Bot) -> None:
    following = app.bot_data.pop("following", None)
    if following is not None:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
