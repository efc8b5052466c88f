"""Signals: how commands that go on for long end at SIGINT and SIGTERM."""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

log = logging.getLogger(__name__)

#: Those that ask a process to end.
ENDING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def until_a_signal() -> Iterator[None]:
    """Leave the block at once at SIGINT or SIGTERM, by KeyboardInterrupt, which ends here."""
    with _handling(_interrupt):
        try:
            yield
        except KeyboardInterrupt:
            log.info("ended by a signal; what is stored stays, and the next start goes on from there")


@contextmanager
def signals_setting(stop: threading.Event) -> Iterator[None]:
    """Have SIGINT and SIGTERM set an event."""
    with _handling(lambda _number, _frame: stop.set()):
        yield


@contextmanager
def _handling(handle: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    before = {number: signal.signal(number, handle) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)  # one is enough; what is open is being closed
    raise KeyboardInterrupt
