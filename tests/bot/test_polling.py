from __future__ import annotations

import asyncio
import functools
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from telegram import Bot, Update

from bot.polling import STUCK_S, WINDOW, Inbox, poll
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_request import FakeRequest
from tests.fakes.telegram_server import TelegramServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fakes.telegram import Chat


def test_nothing_is_confirmed_before_it_is_done() -> None:
    inbox = Inbox()
    inbox.take([7, 8, 9])
    assert inbox.offset == 7
    inbox.finish(8)
    assert inbox.offset == 7
    inbox.finish(7)
    assert inbox.offset == 9
    inbox.finish(9)
    assert (inbox.offset, inbox.is_empty) == (10, True)


def test_what_comes_again_is_not_taken_twice() -> None:
    inbox = Inbox()
    inbox.take([7, 8, 9])
    inbox.finish(8)
    assert inbox.take([7, 8, 9, 10]) == [10]


def test_what_is_done_while_telegram_answers_is_not_taken_again() -> None:
    inbox = Inbox()
    inbox.take([7])
    inbox.finish(7)
    assert inbox.take([7]) == []
    assert (inbox.offset, inbox.is_empty) == (8, True)


def test_before_anything_came_there_is_no_offset() -> None:
    assert (Inbox().offset, Inbox().is_empty) == (0, True)


def test_a_backlog_is_confirmed_only_as_it_is_done() -> None:
    inbox = Inbox()
    window = list(range(1, WINDOW + 1))
    inbox.take(window)
    assert inbox.take(window) == []
    assert (inbox.offset, inbox.is_empty) == (1, False)


def test_what_takes_a_minute_holds_back_nobody_behind_a_full_window() -> None:
    now = 0.0
    inbox = Inbox(clock=lambda: now)
    window = list(range(1, WINDOW + 1))
    inbox.take(window)
    for one in window[1:]:
        inbox.finish(one)
    inbox.take(window)
    assert inbox.offset == 1
    now = STUCK_S
    inbox.take(window)
    assert inbox.offset == WINDOW + 1
    assert inbox.take([WINDOW + 1]) == [WINDOW + 1]


def test_numbers_that_begin_anew_are_followed() -> None:
    inbox = Inbox()
    inbox.take([1000])
    inbox.finish(1000)
    assert inbox.take([5]) == [5]
    inbox.finish(5)
    assert inbox.take([5]) == []
    assert inbox.offset == 6


@pytest.mark.parametrize("steps", range(6))
async def test_who_is_told_to_end_at_the_moment_of_an_answer_ends(steps: int) -> None:
    inbox = Inbox()
    inbox.take([1])

    async def poll_for_ever() -> None:
        while True:
            await inbox.idle(at_most=60)
            await asyncio.sleep(0.001)

    polling = asyncio.create_task(poll_for_ever())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    inbox.finish(1)
    for _ in range(steps):
        await asyncio.sleep(0)
    polling.cancel()
    await asyncio.wait([polling], timeout=1)

    was_told = polling.cancelled()
    polling.cancel()
    assert was_told


async def test_an_update_that_cannot_be_read_hides_no_other_and_is_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    telegram = FakeTelegram()
    alice = telegram.user("Alicia")
    alice.says("unreadable words")
    alice.says("readable")
    broken = telegram.pending[0]
    del broken["message"]["chat"]["type"]
    [readable] = await taken(telegram, 1, finish=1)
    assert readable.message
    assert readable.message.text == "readable"
    assert f"update {broken['update_id']} cannot be read: TypeError" in caplog.text
    assert "unreadable words" not in caplog.text
    assert "Alicia" not in caplog.text


async def test_a_second_process_gets_what_the_first_had_not_done() -> None:
    telegram = FakeTelegram()
    alice = telegram.user("Alice")
    for text in ("one", "two", "three"):
        alice.says(text)
    first = await taken(telegram, 3, finish=1)
    second = await taken(telegram, 2, finish=0)
    assert [one.message.text for one in first if one.message] == ["one", "two", "three"]
    assert [one.message.text for one in second if one.message] == ["two", "three"]


async def test_polling_outlives_errors_of_telegram(caplog: pytest.LogCaptureFixture) -> None:
    telegram = FakeTelegram()
    telegram.fail_next("getUpdates", status=502)
    telegram.user("Alice").says("still there?")
    assert len(await taken(telegram, 1, finish=0)) == 1
    assert "Telegram cannot be polled" in caplog.text


async def taken(telegram: FakeTelegram, number: int, *, finish: int) -> list[Update]:
    """Poll as a process that gets updates, finishes the first ones, looks once more, and is killed."""
    inbox: Inbox = Inbox()
    queue: asyncio.Queue[object] = asyncio.Queue()
    request = FakeRequest(telegram)
    async with Bot(telegram.token, request=request, get_updates_request=request) as bot:
        polling = asyncio.create_task(poll(bot, inbox, queue, allowed_updates=["message"]))
        got = [await asyncio.wait_for(queue.get(), 10) for _ in range(number)]
        for one in got[:finish]:
            assert isinstance(one, Update)
            inbox.finish(one.update_id)
        await asyncio.sleep(0.7)
        polling.cancel()
    return [one for one in got if isinstance(one, Update)]


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Collect the processes that a test starts; none outlives it, whatever fails."""
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_killed_at_any_moment_every_question_is_answered(
    tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    telegram = FakeTelegram()
    people = [telegram.user(f"Person {number}", language_code="kk") for number in range(12)]
    with TelegramServer(telegram) as url:
        for kill in range(3):
            process = start(url, telegram.token, tmp_path)
            started.append(process)
            for number in range(kill, 12, 3):
                people[number].says("Кім ұсталды?")
            already = len(telegram.sent)
            telegram.wait_until(functools.partial(has_sent, telegram, already), within=60)
            process.send_signal(signal.SIGKILL)
            process.wait()
        process = start(url, telegram.token, tmp_path)
        started.append(process)
        telegram.wait_until(lambda: all(answers(one.private()) for one in people), within=60)
        telegram.wait_until(lambda: not telegram.pending, within=60)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    # A kill between sending and confirming costs one answer twice for each question at hand, never more.
    repeated = sum(answers(one.private()) - 1 for one in people)
    assert repeated <= 3 * 4
    assert (telegram.refusals(), telegram.defects) == ([], [])


def start(url: str, token: str, data: Path) -> subprocess.Popen[bytes]:
    # With no language for the model, the process loads no torch and starts in a second; and its lines are not
    # counted, which would take it half a minute: it is killed before it could tell.
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")},
        "TELEGRAM_API_URL": f"{url}/bot",
        "TELEGRAM_BOT_TOKEN": token,
        "CRISISBOT_DATA": str(data),
        "CRISISBOT_MODEL_LANGUAGES": "und",
    }
    command = [sys.executable, "-c", "from bot.cli import main; main()", "run"]
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)


def has_sent(telegram: FakeTelegram, more_than: int) -> bool:
    return len(telegram.sent) > more_than


def answers(chat: Chat) -> int:
    return len(chat.replies)
