"""App: which update goes to which handler, and what Telegram is told about the bot."""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from telegram import Bot as TelegramBot
from telegram import BotCommand, BotCommandScopeChat, Update
from telegram.error import BadRequest, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)
from telegram.request import BaseRequest

from bot.admins import Admins, ByAdmin
from bot.delivery import PerChat, send
from bot.desk import Desk
from bot.editor import Editor
from bot.handlers.admin import Admin
from bot.handlers.arrivals import Arrivals
from bot.handlers.commands import Commands
from bot.handlers.feeds import Feeds
from bot.handlers.posts import Posts
from bot.handlers.presses import Presses
from bot.handlers.questions import Questions
from bot.messages import messages_for
from bot.messages.catalogue import SPOKEN
from bot.polling import Inbox
from bot.settings import Settings
from bot.tree import Reply

log = logging.getLogger(__name__)

#: What Telegram is asked for; it remembers the last list, so it is always given.
UPDATES = [
    Update.MESSAGE,
    Update.CALLBACK_QUERY,
    Update.CHANNEL_POST,
    Update.EDITED_CHANNEL_POST,
    Update.MY_CHAT_MEMBER,
]

#: Seconds that Telegram's answer may take on a slow line: without one, nobody knows what became of a call.
READ_TIMEOUT_S = 20.0

#: New messages only: an edited one must not be answered a second time.
_NEW = filters.UpdateType.MESSAGE

#: Posts of channels, as they come and as they are changed.
_POSTS = filters.UpdateType.CHANNEL_POST | filters.UpdateType.EDITED_CHANNEL_POST

#: Where the bot's own data holds the ids of its admins.
ADMINS = "admins"

Bot = Application[Any, Any, Any, Any, Any, Any]


def build(
    settings: Settings, desk: Desk, editor: Editor, inbox: Inbox, *, request: BaseRequest | None = None
) -> Bot:
    """Build the bot; `request` carries its calls somewhere else than over HTTP."""
    builder = ApplicationBuilder().token(settings.token or "").base_url(settings.telegram_api_url)
    builder = builder.base_file_url(files_url(settings.telegram_api_url))
    builder = builder.concurrent_updates(PerChat(inbox.finish)).updater(None)
    if request is None:
        builder = builder.read_timeout(READ_TIMEOUT_S).connect_timeout(READ_TIMEOUT_S)
    else:
        builder = builder.request(request).get_updates_request(request)
    app = builder.build()
    app.bot_data[ADMINS] = settings.admins
    _serve_admins(app, desk, editor, Admins(settings.admins))
    commands = Commands(desk)
    app.add_handler(CommandHandler("start", commands.start, _NEW))
    app.add_handler(CommandHandler("help", commands.help, _NEW))
    app.add_handler(CommandHandler("sources", commands.sources, _NEW))
    app.add_handler(MessageHandler(_NEW & ~filters.StatusUpdate.ALL, Questions(desk).answer))
    app.add_handler(CallbackQueryHandler(Presses(desk).press))
    app.add_error_handler(explain_failure)
    return app


def files_url(api_url: str) -> str:
    """Return where files are downloaded from a server of the Bot API."""
    return f"{api_url.removesuffix('/').removesuffix('bot')}file/bot"


def _serve_admins(app: Bot, desk: Desk, editor: Editor, admins: Admins) -> None:
    """Add what admins do; for everybody else there are no such commands, and the next handlers answer."""
    posts, arrivals = Posts(editor, admins), Arrivals(editor)
    admin, by_admin = Admin(desk, editor, arrivals, admins), _NEW & ByAdmin(admins)
    app.add_handler(MessageHandler(_POSTS & ~filters.StatusUpdate.ALL, posts.take))
    app.add_handler(ChatMemberHandler(posts.look_at_membership, ChatMemberHandler.MY_CHAT_MEMBER))
    # First of all, so that a forwarded command is an article and no command.
    app.add_handler(MessageHandler(by_admin & (filters.FORWARDED | filters.Document.ALL), arrivals.take))
    app.add_handler(CommandHandler("add", admin.add, by_admin))
    app.add_handler(CommandHandler("remove", admin.remove, by_admin))
    app.add_handler(CommandHandler("help", admin.help, by_admin))
    app.add_handler(CommandHandler("sources", admin.sources, by_admin))
    app.add_handler(CommandHandler("feeds", Feeds(editor).answer, by_admin))
    app.add_handler(CallbackQueryHandler(admin.press, pattern="^rm:"))
    app.add_handler(CallbackQueryHandler(admin.turn, pattern="^ls:"))


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


async def announce(app: Bot) -> None:
    """Tell Telegram the menus of commands, in every language that the bot speaks."""
    bot = app.bot
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
        for admin in app.bot_data[ADMINS]:
            await _announce_to(admin, bot, [*menu, *_admin_menu(say)], language)


def _admin_menu(say: Callable[..., str]) -> list[BotCommand]:
    return [
        BotCommand("add", say("add articles")),
        BotCommand("remove", say("take an article out of all answers")),
        BotCommand("feeds", say("feeds and channels")),
    ]


async def _announce_to(admin: int, bot: TelegramBot, menu: list[BotCommand], language: str) -> None:
    """Show an admin a longer menu. It is decoration: who may do what is looked at with every message."""
    scope = BotCommandScopeChat(admin)
    with suppress(BadRequest):  # one who has not written to the bot yet
        await bot.set_my_commands(menu, scope, language_code=language)
        if language == SPOKEN[0]:
            await bot.set_my_commands(menu, scope)
