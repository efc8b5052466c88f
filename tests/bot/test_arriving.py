"""Whole processes: what admins and channels tell `crisisbot run` is there after it was killed."""

from __future__ import annotations

import signal
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from corpus.database import sqlite_url
from corpus.store import Corpus
from tests.bot.serving import replies_to
from tests.bot.test_running import UP, reaching, started
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_server import TelegramServer

if TYPE_CHECKING:
    from tests.fakes.command_line import CommandLine

HELD = "The mayor was held on Friday. He denies it."
SECRETS = ("Dobrynya", "dobrynya_n", "Herald", "mayor", "bridge", "Tidings", "fake-token")


@pytest.mark.slow
def test_what_arrived_before_a_kill_is_there_once_afterwards_and_the_logs_tell_nothing_of_it(
    nothing_yet: CommandLine,
) -> None:
    telegram = FakeTelegram()
    admin = telegram.user("Dobrynya", username="dobrynya_n")
    channel = telegram.channel("Tidings", username="tidings")
    telegram.kick_bot(channel)
    admin.says("/start")
    with TelegramServer(telegram) as url:
        environment = reaching(url, telegram.token) | {
            "CRISISBOT_ADMINS": str(admin.id),
            "CRISISBOT_LOG_LEVEL": "DEBUG",
        }
        with started(nothing_yet, **environment) as process:
            telegram.wait_until(lambda: admin.private().replies, within=UP)
            telegram.promote_bot(channel, by=admin)
            post = telegram.channel_post(channel, HELD)
            telegram.wait_until(lambda: not telegram.pending, within=UP)
            # What comes now is stored, but its reply is not taken: it is not done when the bot is killed.
            telegram.fail_next("sendMessage", status=429, retry_after=3600, times=2)
            herald = telegram.channel("Herald", username="herald")
            forwarded = admin.forwards(telegram.channel_post(herald, "The bridge is closed."))
            document = admin.sends_document("report.txt", b"The bridge is open again.")
            telegram.wait_until(
                lambda: any(request.status == 429 for request in telegram.requests), within=UP
            )
            process.popen.kill()
        first = process.all
        assert len(stored(nothing_yet)) == 2
        telegram.faults.planned.clear()
        with started(nothing_yet, **environment) as process:
            telegram.wait_until(lambda: len(admin.private().replies) == 3, within=UP)
            telegram.channel_edits(post, "The mayor was released.")
            admin.says("/remove 2 it was a rumour")
            telegram.wait_until(lambda: len(admin.private().replies) == 4, within=UP)
            telegram.wait_until(lambda: not telegram.pending, within=UP)
            wait_for_answer("who was released?", "The mayor was released.", telegram)
            process.popen.send_signal(signal.SIGTERM)
            assert process.ends(within=20) == 0
            told = first + process.all

    assert stored(nothing_yet) == [
        ("The mayor was released.", "Tidings", f"https://t.me/tidings/{post.id}", 2),
        ("The bridge is open again.", "report.txt", None, 1),
    ]
    replies = {reply.reply_to: reply.text.split(":")[0] for reply in admin.private().replies}
    assert replies[forwarded] == "Article 2 was there already, nothing is changed"
    assert replies[document] == "Added as article 3"
    assert channel.replies == []
    assert [secret for secret in SECRETS if secret.lower() in told.lower()] == []
    assert str(admin.id) not in told


def wait_for_answer(question: str, answer: str, telegram: FakeTelegram) -> None:
    """Ask until the answer is there: the index follows in a process of its own."""
    reader, began, text = telegram.user("Reader"), time.monotonic(), ""
    while time.monotonic() - began < UP:
        asked = reader.says(question)
        telegram.wait_until(lambda: not telegram.pending, within=UP)
        [text] = [reply.text for reply in replies_to(asked)]
        if answer in text:
            return
        time.sleep(0.2)  # the indexer shares these processors, and gives way to who answers
    raise AssertionError(f"no answer to {question!r}; the last reply was {text!r}")


def stored(crisisbot: CommandLine) -> list[tuple[str, str, str | None, int]]:
    with closing(Corpus.open(sqlite_url(crisisbot.data / "corpus.sqlite"))) as corpus:
        articles = sorted(corpus.articles(), key=lambda revision: revision.article_id)
        return [(one.text, one.source, one.url, one.number) for one in articles]
