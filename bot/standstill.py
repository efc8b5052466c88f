"""Standstill: a process beside us stands still while somebody waits for an answer.

Priorities do not do that: two threads of one core share its parts, whatever their priorities.
"""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from corpus.linux import prctl

#: Seconds in a row in which the process stands still at most, and then goes on at least: it has a third of
#: the time however many ask.
LONGEST_S: Final = 0.5
REST_S: Final = 0.25


#: https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html
_PR_SET_PDEATHSIG = 1


def offer(line: int) -> None:
    """Say to the process at the other end of a line that it may hold this one.

    Where that is killed meanwhile, this one must go on, to end by itself. Linux can see to that, and others
    cannot: there nothing is said.
    """
    if prctl(_PR_SET_PDEATHSIG, signal.SIGCONT):
        with contextlib.suppress(OSError):  # a line that only goes the other way
            os.write(line, b"!")


class Timer(Protocol):
    """What calls back once, later, as `threading.Timer` does."""

    daemon: bool

    def start(self) -> None:
        """Begin to wait."""

    def cancel(self) -> None:
        """Do not call back, unless that was done already."""


class Standstill:
    """Holds something while questions are answered, and lets it go in between.

    May be used from many threads.
    """

    def __init__(
        self,
        hold: Callable[[], None],
        let_go: Callable[[], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        later: Callable[[float, Callable[[], None]], Timer] = threading.Timer,
    ) -> None:
        """Take what makes it stand still, and what makes it go on; a clock and timers for tests."""
        self._hold, self._let_go = hold, let_go
        self._clock, self._later = clock, later
        self._lock = threading.Lock()
        self._questions = 0
        self._is_held = False
        self._row_began = self._went_on = float("-inf")
        self._timer: Timer | None = None

    @contextmanager
    def question(self) -> Iterator[None]:
        """Answer a question in this block."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def _count(self, more: int) -> None:
        with self._lock:
            self._questions += more
            self._settle()

    def _ring(self) -> None:
        with self._lock:
            self._settle()

    def _settle(self) -> None:
        """Hold or let go as it should be now, and look again when that changes."""
        now = self._clock()
        if not self._is_held and now - self._went_on >= REST_S:
            self._row_began = now
        should_hold = self._questions > 0 and now - self._row_began < LONGEST_S
        rests_since = now if self._is_held else self._went_on
        until = self._row_began + LONGEST_S if should_hold else rests_since + REST_S
        # What nobody will let go is not held.
        should_hold = self._will_look_again(until - now) and should_hold
        if should_hold != self._is_held:
            self._is_held = should_hold
            if should_hold:
                self._hold()
            else:
                self._went_on = now
                self._let_go()

    def _will_look_again(self, seconds: float) -> bool:
        """Set the timer where anything may change by itself; return whether one runs."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._questions:
            return False
        timer = self._later(seconds, self._ring)
        timer.daemon = True
        with contextlib.suppress(RuntimeError):  # no further thread can be started
            timer.start()
            self._timer = timer
        return self._timer is not None
