"""Running the Telegram bot, from the token to the last word."""

import asyncio
import gc
import os
import signal

import click
from telegram.error import InvalidToken

from bot.app import build
from bot.composition import Parts, open_editor, open_engine
from bot.desk import Desk
from bot.editor import Editor
from bot.indexer import Indexer
from bot.jobs import renew_index
from bot.polling import Inbox
from bot.service import serve
from bot.settings import Settings
from corpus.privacy import hide_memory

#: Objects that are made before Python looks for garbage among the youngest, how many such looks come before
#: one among the older ones, and how many of these before one among all.
COLLECTED_EVERY = (20_000, 20, 20)

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
    hide_memory()  # it holds the token
    os.environ.setdefault("PTB_TIMEDELTA", "true")  # the library's own way to be told which form it may use
    with open_engine(settings, is_followed=True) as parts:
        languages = parts.corpus.summary().languages
        if parts.encoder.is_needed_for(languages):
            parts.encoder.prepare()  # now, so that the first person who asks does not wait for it
        if languages and parts.reader is not None:
            parts.reader.load()
        collect_rarely()
        try:
            with open_editor(settings, parts.corpus) as editor:
                asyncio.run(_serve(settings, parts, editor))
        except InvalidToken:
            click.echo(REFUSED, err=True)
            return 2
    return 0


def collect_rarely() -> None:
    """Have Python look rarely for garbage that refers to itself, and never among what is loaded by now.

    There is hardly any, and looking at all there is takes longer than an answer (decisions/0006).
    """
    gc.freeze()
    gc.set_threshold(*COLLECTED_EVERY)


async def _serve(settings: Settings, parts: Parts, editor: Editor) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    inbox, indexer = Inbox(), Indexer(settings)
    desk = Desk(parts.engine, parts.corpus, while_asked=indexer.give_way)
    app = build(settings, desk, editor, inbox)

    await serve(app, inbox, jobs=lambda: [renew_index(parts.engine), indexer.keep()], stop=stop)
