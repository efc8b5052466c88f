"""Whole processes: `crisisbot run` against the fake over HTTP."""

from __future__ import annotations

import functools
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import IO, TYPE_CHECKING

import psutil
import pytest

from corpus.database import sqlite_url
from corpus.store import Corpus
from tests.fakes.command_line import START
from tests.fakes.news import put
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_server import TelegramServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.fakes.command_line import CommandLine
    from tests.fakes.telegram import Person

#: Seconds in which a process is there on a busy machine: it loads the model.
UP = 60
SECRETS = (
    "fake-token",
    "Dobrynya",
    "dobrynya_n",
    "massimov",
    "arrested",
    "кто арестован",
    "borscht",
    "Neighbours",
)


class Process:
    """`crisisbot run`, with all that it writes."""

    def __init__(self, popen: subprocess.Popen[str]) -> None:
        self.popen = popen
        self._written: dict[str, list[str]] = {"out": [], "err": []}
        self._readers = [
            threading.Thread(target=self._read, args=(name, stream))
            for name, stream in (("out", popen.stdout), ("err", popen.stderr))
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, name: str, stream: IO[str] | None) -> None:
        assert stream is not None
        with stream:
            self._written[name] += stream

    @property
    def err(self) -> str:
        return "".join(self._written["err"])

    @property
    def all(self) -> str:
        return "".join(self._written["out"] + self._written["err"])

    def ends(self, *, within: float) -> int:
        """Wait for the end and return the exit code."""
        code = self.popen.wait(within)
        for reader in self._readers:
            reader.join()
        return code


@contextmanager
def started(crisisbot: CommandLine, **environment: str) -> Iterator[Process]:
    """Start the bot; whatever happens, it does not outlive the test."""
    process = Process(crisisbot.starts("run", **environment))
    try:
        yield process
    finally:
        process.popen.kill()
        process.ends(within=10)


def reaching(url: str, token: str) -> dict[str, str]:
    """Point the bot at a server; without articles, so that it is up without the model."""
    return {"TELEGRAM_API_URL": f"{url}/bot", "TELEGRAM_BOT_TOKEN": token, "CRISISBOT_BUNDLED": "0"}


@pytest.fixture
def telegram() -> FakeTelegram:
    return FakeTelegram()


@pytest.mark.slow
def test_it_answers_until_it_is_asked_to_end_and_tells_no_secrets(
    telegram: FakeTelegram, crisisbot: CommandLine
) -> None:
    person = telegram.user("Dobrynya", username="dobrynya_n")
    group = telegram.group("Neighbours", [person], supergroup=True, announced=False)
    early = person.says("who was arrested?")  # while the bot was away
    telegram.fail_next("getMe", status=502)
    telegram.fail_next("setMyCommands", network="error")
    telegram.fail_next("getUpdates", network="error")
    with (
        TelegramServer(telegram) as url,
        started(
            crisisbot,
            TELEGRAM_API_URL=f"{url}/bot",
            TELEGRAM_BOT_TOKEN=telegram.token,
            CRISISBOT_LOG_LEVEL="DEBUG",
        ) as process,
    ):
        telegram.wait_until(lambda: person.private().replies, within=UP)
        [card] = person.private().replies
        assert card.reply_to is early
        assert "Karim Massimov, the former head" in card.text
        in_context = person.presses(card, "In context")
        forged = person.forges(card, "arrested")
        telegram.wait_until(lambda: in_context.is_answered and forged.is_answered)
        telegram.fail_next("sendMessage", status=400, description="Bad Request: planned by the test")
        person.says("кто арестован?", in_=group)
        person.says("@crisisbot кто арестован?", in_=group)
        person.says("How do I bake borscht?")
        last = [person.says(f"who was arrested? {number}") for number in range(5)]
        telegram.wait_until(lambda: len(person.private().replies) > 1, within=UP)
        process.popen.send_signal(signal.SIGTERM)
        signalled = time.monotonic()
        code = process.ends(within=20)
        took = time.monotonic() - signalled

    assert code == 0
    assert took < 10
    answered = [reply.reply_to for reply in person.private().replies]
    assert all(question in answered for question in last)
    assert len(answered) == len(set(map(id, answered)))
    assert telegram.pending == []
    assert telegram.defects == []
    told = process.all
    assert [secret for secret in SECRETS if secret.lower() in told.lower()] == []
    assert str(person.id) not in told
    assert "telegram.error.BadRequest: Planned by the test" in told  # at the end of its traceback
    assert re.search(r"\d{6,}(:|%3A)[\w-]{30,}", told) is None


@pytest.mark.slow
def test_a_token_that_is_revoked_ends_it_with_a_kind_line(
    telegram: FakeTelegram, nothing_yet: CommandLine
) -> None:
    person = telegram.user("Dobrynya")
    group = telegram.group("Neighbours", [person], announced=False)
    telegram.promote_bot(group)
    with TelegramServer(telegram) as url, started(nothing_yet, **reaching(url, telegram.token)) as process:
        telegram.wait_until(lambda: telegram.updates.poll, within=UP)
        with telegram.changed:
            telegram.token = "123456789:another-token-of-thirty-characters"  # noqa: S105
        person.says("hello all", in_=group)  # ends the call that waits, and wants no answer
        assert process.ends(within=20) == 2

    assert "crisisbot: Telegram refuses the token in TELEGRAM_BOT_TOKEN." in process.err
    assert "Traceback" not in process.err
    assert "fake-token" not in process.all


@pytest.mark.slow
@pytest.mark.parametrize("token", ["123456789:wrong-token-of-thirty-characters-xx", "wrong-token"])
def test_a_wrong_token_ends_it_with_a_kind_line(
    telegram: FakeTelegram, nothing_yet: CommandLine, token: str
) -> None:
    with TelegramServer(telegram) as url, started(nothing_yet, **reaching(url, token)) as process:
        assert process.ends(within=UP) == 2

    assert process.err.splitlines()[-1] == (
        "crisisbot: Telegram refuses the token in TELEGRAM_BOT_TOKEN. "
        "Copy it again from https://t.me/BotFather (/mybots, API Token)."
    )
    assert "Traceback" not in process.err
    assert "wrong-token" not in process.all


def test_without_a_token_it_says_where_to_get_one_and_offers_the_terminal(crisisbot: CommandLine) -> None:
    result = crisisbot.types("run")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "https://t.me/BotFather" in result.stderr
    assert "TELEGRAM_BOT_TOKEN=<the token> crisisbot run" in result.stderr
    assert "crisisbot chat" in result.stderr


@pytest.mark.slow
def test_what_another_process_stores_is_answered_even_after_the_indexer_was_killed(
    telegram: FakeTelegram, crisisbot: CommandLine
) -> None:
    person = telegram.user("Dobrynya")
    where = {"TELEGRAM_BOT_TOKEN": telegram.token, "CRISISBOT_REFRESH_SECONDS": "0.05"}
    with (
        TelegramServer(telegram) as url,
        started(crisisbot, TELEGRAM_API_URL=f"{url}/bot", **where) as process,
        closing(Corpus.open(sqlite_url(crisisbot.data / "corpus.sqlite"))) as corpus,
    ):
        telegram.wait_until(lambda: telegram.updates.poll, within=UP)
        put(corpus, "bakers", "Bakers in Oral went on strike because flour was dear.", title="Bakers")
        assert "because flour was dear" in answer_to(person, "Why did bakers in Oral go on strike?", telegram)
        [indexer] = psutil.Process(process.popen.pid).children()
        indexer.kill()
        put(corpus, "drivers", "Drivers in Oral went on strike because fuel was dear.", title="Drivers")
        assert "because fuel was dear" in answer_to(person, "Why did drivers in Oral go on strike?", telegram)
        indexers = psutil.Process(process.popen.pid).children()
        process.popen.kill()
        process.ends(within=10)
        assert psutil.wait_procs(indexers, timeout=20)[1] == []  # they end with the bot

    assert len(indexers) == 1
    assert "the indexer ended with code -9; it is started again in 2 s" in process.err


def answer_to(person: Person, question: str, telegram: FakeTelegram) -> str:
    """Ask until the articles know."""
    patience_ends = time.monotonic() + UP
    while True:
        before = len(person.private().replies)
        person.says(question)
        count = functools.partial(_replies_beyond, person, before)
        telegram.wait_until(count, within=UP)
        text = person.private().replies[-1].text
        if "strike" in text.partition("\n")[0] or time.monotonic() > patience_ends:
            return text
        time.sleep(0.1)


def _replies_beyond(person: Person, number: int) -> bool:
    return len(person.private().replies) > number


#: Runs Python without root's right to look at whatever there is; nothing else is taken from anybody.
WITHOUT_POWERS = """if True:
    import ctypes, os, sys
    for capability in range(64):
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP, of what is executed next
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
ORDINARY = (sys.executable, "-c", WITHOUT_POWERS)

#: Does nothing until its input ends.
WAITS = "import sys; sys.stdin.read()"

#: Says whether a process's environment and memory are open to whoever runs this.
LOOK = """if True:
    import sys
    for what in ("environ", "maps"):
        try:
            open(f"/proc/{sys.argv[1]}/{what}", "rb").read(1)
        except PermissionError:
            print("closed")
        else:
            print("open")
"""


def seen_by_another(pid: int) -> set[str]:
    """Look at a process as another one of the same user."""
    return set(subprocess.check_output([*ORDINARY, "-c", LOOK, str(pid)], text=True).split())


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="other systems know nothing of it")
def test_the_bot_and_its_indexer_close_their_memory_to_others_of_their_user(
    telegram: FakeTelegram, nothing_yet: CommandLine
) -> None:
    with subprocess.Popen([*ORDINARY, "-c", WAITS], stdin=subprocess.PIPE) as another:
        assert another.stdin is not None
        wait_until(lambda: WAITS in psutil.Process(another.pid).cmdline()[2:3])
        is_testable = seen_by_another(another.pid) == {"open"}
    if not is_testable:
        pytest.skip("this system lets no process look at another one")
    ordinary = replace(nothing_yet, start=(*ORDINARY, *START[1:]))

    with TelegramServer(telegram) as url, started(ordinary, **reaching(url, telegram.token)) as process:
        telegram.wait_until(lambda: telegram.updates.poll, within=UP)
        bot = psutil.Process(process.popen.pid)
        assert seen_by_another(bot.pid) == {"closed"}
        wait_until(lambda: [one for one in bot.children() if "--tied" in one.cmdline()])
        [indexer] = bot.children()
        wait_until(lambda: seen_by_another(indexer.pid) == {"closed"})


def wait_until(is_so: Callable[[], object]) -> None:
    patience_ends = time.monotonic() + UP
    while not is_so():
        assert time.monotonic() < patience_ends, "it did not come"
        time.sleep(0.05)
