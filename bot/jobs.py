"""Jobs: work that comes again and again while the bot runs."""

import asyncio
import logging
import threading

from corpus.errors import CorpusError
from index.engine import Engine
from index.errors import RetrievalError

log = logging.getLogger(__name__)

#: Seconds between two tries at most while the index cannot follow.
LONGEST_WAIT_S = 60.0


class Interrupted(Exception):
    """The bot ends while sentences are encoded; those that are done are kept."""


async def follow_corpus(engine: Engine, *, every_seconds: float, ending: threading.Event) -> None:
    """Keep the index up to date with what this or another process adds, until cancelled.

    `ending` interrupts the encoding of many sentences, which runs on a thread that cannot be cancelled.
    """
    wait = every_seconds
    while True:
        await asyncio.sleep(wait)
        try:
            await asyncio.to_thread(_follow, engine, ending)
        except (CorpusError, RetrievalError, OSError) as error:
            # Answers go on from the last good generation.
            wait = min(2 * wait, max(LONGEST_WAIT_S, every_seconds))
            log.error("the index cannot follow the corpus: %s; again in %.0f s", error, wait)  # noqa: TRY400
        else:
            wait = every_seconds


def _follow(engine: Engine, ending: threading.Event) -> None:
    def go_on(_done: int, _total: int) -> None:
        if ending.is_set():
            raise Interrupted

    if engine.is_behind:
        try:
            report = engine.refresh(go_on)
        except Interrupted:
            return
        if report.changed:
            log.info("the index follows: %s passages came, %s went", report.added, report.removed)
