"""Progress: how far long work is: a bar on a terminal, and log lines every some seconds elsewhere.

These lines come at the operator's own level of logging, also from commands that else log only warnings.
"""

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import click

from bot.signals import end_if_interrupted

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from index.encoding import Progress

log = logging.getLogger(__name__)

#: Seconds between two lines; what takes less is done without a word.
EVERY_S = 5.0

#: What goes on, the innermost last: only that is told of.
_going_on: list[threading.Event] = []

#: Says what goes on now; may be called as often as one likes, from any thread.
Tell = Callable[[str], None]


@contextmanager
def telling(what: str) -> Iterator[Tell]:
    """Say in a log line every some seconds what goes on, for as long as the block takes.

    Whatever holds the block up, be it a database or the web, the lines come: from a thread of their own.
    """
    said, began, ended = what, time.monotonic(), threading.Event()

    def tell(now: str) -> None:
        nonlocal said
        said = now

    def tell_on() -> None:
        while not ended.wait(EVERY_S):
            if _going_on[-1:] == [ended]:
                log.info("%s (%.0f s)", said, time.monotonic() - began)

    _going_on.append(ended)
    threading.Thread(target=tell_on, name="progress", daemon=True).start()
    try:
        yield tell
    finally:
        _going_on.remove(ended)
        ended.set()


@contextmanager
def with_progress(
    label: str, unit: str, *, beside: Callable[[], str] = str, after_s: float = 0.0
) -> Iterator["Progress"]:
    """Give something to be told how far work is, in units of which it is known how many there are.

    The work may come in several runs, each of which begins with nothing done.

    Args:
        label: what is done.
        unit: what is counted.
        beside: what else is told of it.
        after_s: how long the work goes on before a bar is drawn.
    """
    run, began = _Runs(), time.monotonic()
    if not sys.stderr.isatty():
        with telling(label) as tell:

            def say(done: int, total: int) -> None:
                end_if_interrupted()
                run.goes(done, total)
                tell(f"{label}: {run.done:,} of {run.total:,} {unit}{beside()}")

            yield say
        return
    bar: ProgressBar[int] = click.progressbar(
        length=1, label=label, file=sys.stderr, show_pos=True, item_show_func=lambda _: beside() or None
    )
    with ExitStack() as shown:  # the bar hides the cursor, and gives it back when it is left

        def show(done: int, total: int) -> None:
            end_if_interrupted()
            if time.monotonic() - began < after_s:
                return
            if run.total == 0:
                shown.enter_context(bar)
            run.goes(done, total)
            bar.length = run.total
            if steps := run.done - bar.pos:
                bar.update(steps)
            else:
                bar.render_progress()  # what is beside it may have changed

        yield show


class _Runs:
    """How much is done in all of several runs."""

    def __init__(self) -> None:
        self.done = self.total = self._before = 0

    def goes(self, done: int, total: int) -> None:
        if done == 0:
            self._before = self.done
        self.done, self.total = self._before + done, self._before + total
