"""Jobs: work that comes again and again while the bot runs."""

import asyncio
import logging

from corpus.errors import CorpusError
from index.engine import Engine
from index.errors import RetrievalError

log = logging.getLogger(__name__)


async def follow_corpus(engine: Engine, *, every_seconds: float) -> None:
    """Keep the index up to date with what this or another process adds, until cancelled."""
    while True:
        await asyncio.sleep(every_seconds)
        try:
            await asyncio.to_thread(_follow, engine)
        except (CorpusError, RetrievalError, OSError) as error:
            # Answers go on from the last good generation; the next round tries again.
            log.error("the index could not follow the corpus: %s", error)  # noqa: TRY400


def _follow(engine: Engine) -> None:
    if engine.is_behind:
        report = engine.refresh()
        if report.changed:
            log.info("the index follows: %s passages came, %s went", report.added, report.removed)
