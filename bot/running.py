"""Running the Telegram bot, from the token to the last word."""

import logging
import os

import click
from telegram import __version__ as library_version
from telegram.error import InvalidToken, TelegramError

from bot.app import UPDATES, build
from bot.composition import open_engine
from bot.desk import Desk
from bot.settings import Settings

log = logging.getLogger(__name__)

HOW_TO_GET_ONE = """crisisbot: there is no token, so Telegram cannot be reached.

1. In Telegram, write /newbot to https://t.me/BotFather and copy the token it gives you.
2. Run:  TELEGRAM_BOT_TOKEN=<the token> crisisbot run

Without a token, the same conversation runs here in the terminal:  crisisbot chat"""

REFUSED = (
    "crisisbot: Telegram refuses the token in TELEGRAM_BOT_TOKEN. "
    "Copy it again from https://t.me/BotFather (/mybots, API Token)."
)


def run_bot(settings: Settings) -> int:
    """Run until SIGINT or SIGTERM; return the exit code."""
    if settings.token is None:
        click.echo(HOW_TO_GET_ONE, err=True)
        return 2
    os.environ.setdefault("PTB_TIMEDELTA", "true")  # the library's own way to be told which form it may use
    with open_engine(settings) as parts:
        if parts.encoder.is_needed_for(parts.corpus.summary().languages):
            parts.encoder.load()  # now, so that the first person who asks does not wait for it
        app = build(settings, Desk(parts.engine, parts.corpus), parts.engine)
        log.info("python-telegram-bot %s; waiting for questions", library_version)
        try:
            # Retried without end at the start: a bot that comes up before the network must not go away.
            app.run_polling(allowed_updates=UPDATES, bootstrap_retries=-1, drop_pending_updates=False)
        except InvalidToken:
            click.echo(REFUSED, err=True)
            return 2
        except TelegramError as error:
            click.echo(f"crisisbot: Telegram says: {error.message}", err=True)
            return 1
    return 0
