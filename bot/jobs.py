"""Jobs: work that comes again and again while the bot runs."""

import asyncio
import logging

from corpus.errors import CorpusError
from index.engine import Engine
from index.errors import RetrievalError

log = logging.getLogger(__name__)

#: Seconds between two looks for a newer generation of the index; a look reads one small file.
EVERY_S = 0.25

#: Seconds between two tries at most while none can be opened.
LONGEST_WAIT_S = 60.0


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
