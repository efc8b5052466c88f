"""Who indexes stands still while people wait for answers, and yet goes on."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psutil
import pytest

from bot.standstill import LONGEST_S, REST_S, Standstill
from corpus.database import sqlite_url
from corpus.store import Corpus
from tests.fakes.command_line import clean_environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: Seconds in which a process has done what is waited for, on a busy machine.
SOON = 60.0


@dataclass
class Clock:
    """Time that passes when it is told to, and timers by it."""

    now: float = 1_000.0
    timers: list[Timer] = field(default_factory=list)

    def later(self, seconds: float, call: Callable[[], None]) -> Timer:
        self.timers.append(Timer(self.now + seconds, call))
        return self.timers[-1]

    def pass_by(self, seconds: float) -> None:
        ends = self.now + seconds
        while due := sorted((one for one in self.timers if one.is_on), key=lambda one: one.at):
            if due[0].at > ends:
                break
            self.now, due[0].is_on = due[0].at, False
            due[0].call()
        self.now = ends


@dataclass
class Timer:
    """Calls back when its time has come."""

    at: float
    call: Callable[[], None]
    is_on: bool = False
    daemon: bool = False

    def start(self) -> None:
        self.is_on = True

    def cancel(self) -> None:
        self.is_on = False


class Held:
    """Something that is held, and for how long."""

    def __init__(self) -> None:
        self.clock = Clock()
        self._is_held = False
        self._since = self.total = 0.0
        self.standstill = Standstill(
            self.hold, self.let_go, clock=lambda: self.clock.now, later=self.clock.later
        )

    def is_held(self) -> bool:
        return self._is_held

    def hold(self) -> None:
        assert not self._is_held
        self._is_held, self._since = True, self.clock.now

    def let_go(self) -> None:
        assert self._is_held
        self._is_held = False
        self.total += self.clock.now - self._since


@pytest.fixture
def held() -> Held:
    return Held()


def test_it_stands_still_for_as_long_as_a_question_takes(held: Held) -> None:
    with held.standstill.question():
        assert held.is_held()
        held.clock.pass_by(LONGEST_S / 2)
        assert held.is_held()
    assert not held.is_held()

    held.clock.pass_by(10)
    assert held.total == pytest.approx(LONGEST_S / 2)


def test_it_stands_still_until_the_last_of_several_questions_is_answered(held: Held) -> None:
    with held.standstill.question():
        with held.standstill.question():
            held.clock.pass_by(0.1)
        assert held.is_held()
        held.clock.pass_by(0.1)
    assert not held.is_held()


def test_it_goes_on_when_an_answer_fails(held: Held) -> None:
    with pytest.raises(LookupError), held.standstill.question():
        raise LookupError
    assert not held.is_held()


def test_a_question_that_takes_long_holds_it_for_two_thirds_of_the_time(held: Held) -> None:
    with held.standstill.question():
        held.clock.pass_by(LONGEST_S + REST_S / 2)
        assert not held.is_held()
        held.clock.pass_by(REST_S)
        assert held.is_held()
        held.clock.pass_by(100 * (LONGEST_S + REST_S) - LONGEST_S - 3 * REST_S / 2)
    assert held.total == pytest.approx(100 * LONGEST_S)


def test_questions_that_follow_at_once_hold_it_for_two_thirds_of_the_time(held: Held) -> None:
    for _ in range(1_000):
        with held.standstill.question():
            held.clock.pass_by(0.09)
        held.clock.pass_by(0.001)

    assert held.total / (1_000 * 0.091) == pytest.approx(LONGEST_S / (LONGEST_S + REST_S), abs=0.02)
    assert not held.is_held()


def test_a_question_after_a_pause_holds_it_at_once(held: Held) -> None:
    with held.standstill.question():
        held.clock.pass_by(2 * LONGEST_S)
    held.clock.pass_by(REST_S)
    with held.standstill.question():
        assert held.is_held()


def test_what_no_timer_would_let_go_is_not_held_and_the_question_is_answered(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(_: Timer) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(Timer, "start", start)
        with held.standstill.question():
            assert not held.is_held()
    with held.standstill.question():
        assert held.is_held()
        with monkeypatch.context() as patch:
            patch.setattr(Timer, "start", start)
            with held.standstill.question():
                assert not held.is_held()
    assert not held.is_held()
    assert not any(timer.is_on for timer in held.clock.timers)


HOLDS = """
import asyncio, sys
from bot.indexer import Indexer
from bot.settings import Settings
from bot import standstill

async def main():
    indexer = Indexer(Settings.read({"CRISISBOT_DATA": sys.argv[1], "CRISISBOT_BUNDLED": "0"}))
    keeping = asyncio.create_task(indexer.keep())
    while not indexer.can_be_held:
        await asyncio.sleep(0.01)
    print(indexer.pid, flush=True)
    standstill.LONGEST_S = 1_000.0
    with indexer.give_way():
        await keeping

asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it is never held")
def test_the_indexer_that_is_held_ends_when_the_bot_is_killed(tmp_path: Path) -> None:
    Corpus.open(sqlite_url(tmp_path / "corpus.sqlite")).close()  # the bot has one by then
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path)], stdout=subprocess.PIPE, env=clean_environment()
    ) as bot:
        assert bot.stdout is not None
        indexer = psutil.Process(int(bot.stdout.readline()))
        patience_ends = time.monotonic() + SOON
        while indexer.status() != psutil.STATUS_STOPPED:
            assert time.monotonic() < patience_ends
            time.sleep(0.01)
        bot.kill()

    assert psutil.wait_procs([indexer], timeout=SOON)[1] == []
