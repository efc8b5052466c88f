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


_interrupted = threading.Event()


@contextmanager
def interrupts_kept() -> Iterator[None]:
    """Keep a KeyboardInterrupt for `end_if_interrupted`, should it get lost.

    Python drops what is raised while it clears an object away, and work of an hour would go on.
    """
    _interrupted.clear()
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # it is ignored, or not ours
        yield
        return
    signal.signal(signal.SIGINT, _keep)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def end_if_interrupted() -> None:
    """Raise KeyboardInterrupt where one was raised before; long work calls this as it goes on.

    On other threads than the main one nothing happens.
    """
    if _interrupted.is_set() and threading.current_thread() is threading.main_thread():
        raise KeyboardInterrupt


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


def _keep(_number: int, _frame: FrameType | None) -> None:
    _interrupted.set()
    raise KeyboardInterrupt


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    _interrupted.set()
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)  # one is enough; what is open is being closed
    raise KeyboardInterrupt
