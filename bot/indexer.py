"""Indexer: the child process of a running bot that keeps the index up to date (`bot.following`)."""

import asyncio
import contextlib
import logging
import sys
import time
from asyncio.subprocess import PIPE, Process

from bot.settings import Settings

log = logging.getLogger(__name__)

#: Seconds between two starts: doubled every time that it ends soon, up to the second.
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0

#: Seconds in which it ends by itself when it is told to; it loses nothing when it is killed.
GRACE_S = 5.0


async def keep_indexing(settings: Settings) -> None:
    """Run the indexer until cancelled, and start it again whenever it ends."""
    wait = FIRST_WAIT_S
    while True:
        began = time.monotonic()
        try:
            code: object = await _run(settings)
        except OSError as error:  # there is no process to be had just now
            code = error
        wait = FIRST_WAIT_S if time.monotonic() - began > LONGEST_WAIT_S else min(2 * wait, LONGEST_WAIT_S)
        log.error("the indexer ended with code %s; it is started again in %.0f s", code, wait)
        await asyncio.sleep(wait)


async def _run(settings: Settings) -> int:
    """Run it until it ends; when this is cancelled, end it.

    Its standard input is ours to hold: when this process is killed, it is closed, and the indexer ends.
    """
    command = ["-m", "bot", "--data", str(settings.data), "sync", "--follow", "--tied"]
    child = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdin=PIPE, env=settings.for_children()
    )
    try:
        return await child.wait()
    finally:
        await _end(child)


async def _end(child: Process) -> None:
    if child.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        child.terminate()
    try:
        await asyncio.wait_for(child.wait(), GRACE_S)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()
