"""Jobs: work that comes again and again while the bot runs."""

import asyncio
import logging
import threading

from bot.feeding import LOOK_EVERY_S, tell
from corpus.errors import CorpusError
from corpus.fetching import Fetcher
from corpus.polling import Ways, poll_due
from corpus.store import Corpus
from index.engine import Engine
from index.errors import RetrievalError

log = logging.getLogger(__name__)

#: Seconds between two looks for a newer generation of the index; a look reads one small file.
EVERY_S = 0.25

#: Seconds between two tries at most while none can be opened.
LONGEST_WAIT_S = 60.0

#: Feeds that are polled at the same time: what is read of them takes time from answers.
FEEDS_AT_ONCE = 2


async def renew_index(engine: Engine) -> None:
    """Answer from the newest generation of the index, whoever writes it, until cancelled."""
    wait = EVERY_S
    while True:
        await asyncio.sleep(wait)
        try:
            await asyncio.to_thread(_renew, engine)
        except (CorpusError, RetrievalError, OSError) as error:
            # Answers go on from the last good generation.
            wait = min(2 * wait, LONGEST_WAIT_S)
            log.error("the index cannot be renewed: %s; again in %.0f s", error, wait)  # noqa: TRY400
        else:
            wait = EVERY_S


def _renew(engine: Engine) -> None:
    if engine.is_damaged:  # which only those see who read it
        engine.refresh()
    else:
        engine.renew()


async def poll_feeds(corpus: Corpus, fetcher: Fetcher, *, every_s: float = LOOK_EVERY_S) -> None:
    """Poll feeds whenever they are due, until cancelled; then what is fetched is broken off.

    The fetcher is this job's own, and closed with it. What is being stored is stored, on a thread that cannot
    be cancelled.
    """
    ending = threading.Event()
    ways = Ways(fetcher, should_end=ending.is_set)
    try:
        while True:
            # A feed that brings up something unforeseen must end neither the bot nor the other feeds.
            ended = await asyncio.gather(
                *(asyncio.to_thread(_poll, corpus, ways) for _ in range(FEEDS_AT_ONCE)),
                return_exceptions=True,
            )
            for error in filter(None, ended):
                unforeseen = None if isinstance(error, CorpusError | OSError) else error
                log.error("feeds cannot be polled: %s", error, exc_info=unforeseen)
            await asyncio.sleep(every_s)
    finally:
        ending.set()
        fetcher.close()


def _poll(corpus: Corpus, ways: Ways) -> None:
    for poll in poll_due(corpus, ways):
        tell(poll)
