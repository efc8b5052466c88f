"""Ctrl-C ends what takes long, even where Python drops what was raised."""

from __future__ import annotations

import contextlib
import signal
import threading

import pytest

from bot.progress import with_progress
from bot.signals import end_if_interrupted, interrupts_kept, until_a_signal


def lose_an_interrupt() -> None:
    with contextlib.suppress(KeyboardInterrupt):  # as Python does while it clears an object away
        signal.raise_signal(signal.SIGINT)


def test_work_ends_at_its_next_step_where_the_interrupt_was_dropped() -> None:
    with interrupts_kept(), with_progress("Reading", "files") as tell:
        tell(0, 3)
        lose_an_interrupt()
        with pytest.raises(KeyboardInterrupt):
            tell(1, 3)


def test_commands_that_go_on_until_a_signal_end_so_too() -> None:
    done = []
    with until_a_signal(), with_progress("Reading", "files") as tell:
        lose_an_interrupt()
        tell(1, 3)
        done.append("more")
    assert done == []


def test_other_threads_and_the_next_command_are_not_interrupted() -> None:
    with interrupts_kept():
        lose_an_interrupt()
        thread = threading.Thread(target=end_if_interrupted)
        thread.start()
        thread.join()  # an error on it would fail this test
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    with interrupts_kept():
        end_if_interrupted()


def test_an_interrupt_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interrupts_kept():
            signal.raise_signal(signal.SIGINT)
            end_if_interrupted()
    finally:
        signal.signal(signal.SIGINT, before)
