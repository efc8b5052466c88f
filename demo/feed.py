"""Show a feed arriving: a server, a feed whose entries appear, change and vanish, and a bot that follows it.

    make demo-feed

Nothing leaves this machine: the feed's server, Telegram's (the strict fake of the tests) and the bot are
processes and threads here, with a data folder of their own that is thrown away at the end.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.fakes.telegram import FakeTelegram  # noqa: E402 (after the path is set)
from tests.fakes.telegram_server import TelegramServer  # noqa: E402
from tests.fakes.web import Web  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.fakes.telegram import Person

#: Seconds that one state of the feed may take to be answered from, or the bot to start.
PATIENCE_S = 120

FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>The Oral Herald</title><link>{site}</link><description>News</description>
{items}</channel></rss>"""

ITEM = """<item><title>{title}</title><link>{url}</link><guid>{url}</guid><pubDate>{date}</pubDate></item>
"""

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta property="og:site_name" content="The Oral Herald">
<meta property="article:published_time" content="{time}"></head>
<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"""


class Story(NamedTuple):
    """What a page says."""

    title: str
    paragraphs: tuple[str, ...]


AIRPORT = "/airport"
CLOSED = Story(
    "Oral airport closed by fog",
    (
        "Oral airport closed on Monday morning because of dense fog, its director Aigul Serikova said.",
        "Eleven flights were diverted to Aktobe, and about 900 passengers are waiting in the terminal.",
        "Trains and buses run as usual, and passengers can exchange their tickets without a charge.",
    ),
)
OPEN_AGAIN = Story(
    "Oral airport open again after fog",
    (
        "Oral airport reopened on Monday after the fog had lifted, its director Aigul Serikova said.",
        "Fourteen flights had been diverted to Aktobe, and 1,200 passengers were waiting in the terminal.",
        "Trains and buses run as usual, and passengers can exchange their tickets without a charge.",
    ),
)
BAKERS = Story(
    "Bakers in Oral strike over flour",
    (
        "Bakers in Oral went on strike on Monday because flour has become twice as expensive within a week.",
        "Their union leader Marat Ospanov said that forty bakeries stay closed until the price is lowered.",
        "The regional governor promised to open the state's grain store by the end of the week.",
    ),
)


class Newspaper:
    """A site with a feed."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self._stories: dict[str, Story] = {}
        self._write()

    def publishes(self, path: str, story: Story) -> None:
        """Let a page appear, or change."""
        self._stories[path] = story
        now = datetime.now(UTC).isoformat(timespec="seconds")
        paragraphs = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in story.paragraphs)
        page = PAGE.format(title=escape(story.title), time=now, paragraphs=paragraphs)
        self._web.says(path, page.encode(), content_type="text/html; charset=utf-8")
        self._write()

    def drops(self, path: str) -> None:
        """Let an entry vanish from the feed, and its page from the site."""
        del self._stories[path]
        self._web.says(path, b"gone", status=410, content_type="text/plain")
        self._write()

    def _write(self) -> None:
        date = format_datetime(datetime.now(UTC))
        items = "".join(
            ITEM.format(title=escape(story.title), url=self._web.url(path), date=date)
            for path, story in self._stories.items()
        )
        feed = FEED.format(site=self._web.url("/"), items=items)
        self._web.says("/feed.xml", feed.encode(), content_type="application/rss+xml; charset=utf-8")


def main() -> int:
    """Play it; return 0 when every state was answered from."""
    telegram = FakeTelegram()
    person = telegram.user("Somebody")
    with tempfile.TemporaryDirectory() as folder, Web() as web, TelegramServer(telegram) as url:
        newspaper = Newspaper(web)
        environment = {
            **os.environ,
            "CRISISBOT_DATA": folder,
            "CRISISBOT_BUNDLED": "0",
            "CRISISBOT_FETCH_TRUSTED": web.place,
            "TELEGRAM_API_URL": f"{url}/bot",
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "CRISISBOT_LOG_LEVEL": "WARNING",
        }
        tell(f"A newspaper has a feed, still empty: {web.url('/feed.xml')}")
        newspaper.publishes(AIRPORT, CLOSED)
        tell("It reports: " + CLOSED.title)
        subprocess.run(
            [*CRISISBOT, "feed", "add", web.url("/feed.xml"), "--every", "10s"], env=environment, check=True
        )
        with running(environment):
            telegram.wait_until(lambda: telegram.updates.poll is not None, within=PATIENCE_S)
            tell("The bot is up. Nobody tells it anything from now on; it polls the feed every 10 seconds.")
            play = Play(telegram, person)
            play.ask("Why was Oral airport closed?", until="because of dense fog")
            newspaper.publishes("/bakers", BAKERS)
            tell("A new entry appears: " + BAKERS.title)
            play.ask("Why did bakers in Oral go on strike?", until="twice as expensive")
            newspaper.publishes(AIRPORT, OPEN_AGAIN)
            tell("The first report is corrected: " + OPEN_AGAIN.title)
            play.ask("How many flights were diverted to Aktobe?", until="Fourteen flights")
            newspaper.drops("/bakers")
            tell("The second entry vanishes from the feed. What was reported stays known:")
            time.sleep(12)
            play.ask("Why did bakers in Oral go on strike?", until="twice as expensive")
            tell("The newsroom takes it back: crisisbot articles remove 2")
            subprocess.run(
                [*CRISISBOT, "articles", "remove", "2", "--because", "withdrawn"], env=environment, check=True
            )
            play.ask("Why did bakers in Oral go on strike?", until_gone="twice as expensive")
    tell("Every state was answered from." if play.is_well else "Something was not answered in time.")
    return 0 if play.is_well else 1


CRISISBOT = (sys.executable, "-m", "bot")


class Play:
    """A conversation with the bot."""

    def __init__(self, telegram: FakeTelegram, person: Person) -> None:
        self._telegram = telegram
        self._person = person
        self.is_well = True

    def ask(self, question: str, *, until: str = "", until_gone: str = "\0") -> None:
        """Ask again and again until the answer holds some words, or no longer does; show the last one."""
        began = time.monotonic()
        while True:
            text = self._answer(question)
            took = time.monotonic() - began
            is_so = until in text and until_gone not in text
            if is_so or took > PATIENCE_S:
                break
            time.sleep(0.5)
        self.is_well &= is_so
        print(f"\n  Q: {question}\n  A: " + "\n     ".join(text.splitlines()[:6]))
        print(f"     ({'so' if is_so else 'STILL NOT SO'} {took:.1f} s after the change)\n")

    def _answer(self, question: str) -> str:
        before = len(self._person.private().replies)
        self._person.says(question)
        self._telegram.wait_until(lambda: len(self._person.private().replies) > before, within=PATIENCE_S)
        return self._person.private().replies[-1].text


@contextmanager
def running(environment: Mapping[str, str]) -> Iterator[None]:
    """Run the bot as its operator would."""
    process = subprocess.Popen([*CRISISBOT, "run"], env=environment, cwd=ROOT)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            tell("The bot does not end by itself, so it is killed.")
            process.kill()
            process.wait()


def tell(line: str) -> None:
    """Say what happens."""
    print(f"* {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
