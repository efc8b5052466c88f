"""Jobs: work that comes again and again while the bot runs."""

import asyncio
import logging
import threading

from corpus.errors import CorpusError
from index.engine import Engine
from index.errors import RetrievalError

log = logging.getLogger(__name__)

#: Seconds between two looks for a newer generation of the index; a look reads one small file.
EVERY_S = 0.25

#: Seconds to wait for the indexer before looking whether the bot is to end.
PATIENCE_S = 2.0

#: Seconds between two tries at most while none can be opened.
LONGEST_WAIT_S = 60.0


class Interrupted(Exception):
    """The bot ends while damage is mended; what is done stays."""


async def renew_index(engine: Engine) -> None:
    """Answer from the newest generation of the index, whoever writes it, until cancelled."""
    wait, ending = EVERY_S, threading.Event()
    try:
        await _renew_again_and_again(engine, wait, ending)
    finally:
        ending.set()


async def _renew_again_and_again(engine: Engine, wait: float, ending: threading.Event) -> None:
    while True:
        await asyncio.sleep(wait)
        try:
            await asyncio.to_thread(_renew, engine, ending)
        except (CorpusError, RetrievalError, OSError) as error:
            # Answers go on from the last good generation.
            wait = min(2 * wait, LONGEST_WAIT_S)
            log.error("the index cannot be renewed: %s; again in %.0f s", error, wait)  # noqa: TRY400
        else:
            wait = EVERY_S


def _renew(engine: Engine, ending: threading.Event) -> None:
    def go_on(_done: int, _total: int) -> None:
        if ending.is_set():
            raise Interrupted

    try:
        if engine.is_damaged:  # which only those see who read it
            engine.refresh(go_on, patience_s=PATIENCE_S)
        else:
            engine.renew()
    except (Interrupted, TimeoutError):  # or the indexer writes for long
        return
