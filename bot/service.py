"""Service: the bot from its first call to Telegram to its last."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from telegram.error import InvalidToken, TelegramError

from bot.app import UPDATES, Bot, announce
from bot.polling import FIRST_WAIT_S, LONGEST_WAIT_S, Inbox, confirm, poll, wait_for

log = logging.getLogger(__name__)

#: Questions that are computed at once, each on a thread of its own.
AT_ONCE = 8

#: Threads that jobs beside answering may take.
JOBS = 1

#: Seconds after which a job that goes on is told again to end; longer than any of them takes to do so.
CANCELLED_AGAIN_S = 10.0

#: Seconds in which what is at hand may be finished when the bot is told to end.
GRACE_S = 20.0


#: What goes on beside answering, until it is cancelled.
Job = Coroutine[Any, Any, None]


async def serve(app: Bot, inbox: Inbox, *, jobs: Callable[[], Sequence[Job]], stop: asyncio.Event) -> None:
    """Answer people until `stop` is set, then finish what is at hand. `jobs` begin once Telegram is there.

    Raises:
        InvalidToken: when Telegram refuses the token.
    """
    asyncio.get_running_loop().set_default_executor(
        ThreadPoolExecutor(AT_ONCE + JOBS, thread_name_prefix="answer")
    )
    await _connect(app, stop)
    if stop.is_set():
        await app.shutdown()
        return
    tasks: list[asyncio.Task[Any]] = [
        asyncio.create_task(poll(app.bot, inbox, app.update_queue, allowed_updates=UPDATES)),
        *map(asyncio.create_task, jobs()),
        asyncio.create_task(stop.wait()),
    ]
    await app.start()
    log.info("@%s answers", app.bot.username)
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await end(tasks)
        with contextlib.suppress(TimeoutError):  # what is not done by then is not confirmed, and comes again
            await asyncio.wait_for(app.stop(), GRACE_S)
        await confirm(app.bot, inbox)
        await app.shutdown()
    for task in ended:
        task.result()  # raises what ended it


async def end(tasks: Sequence["asyncio.Task[Any]"]) -> None:
    """Cancel tasks, and again those that did not take notice: a library may have caught what was raised."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=CANCELLED_AGAIN_S)


async def _connect(app: Bot, stop: asyncio.Event) -> None:
    """Say hello to Telegram, for as long as it takes: a bot may come up before the network does."""
    wait = FIRST_WAIT_S
    while not stop.is_set():
        try:
            await app.initialize()
            await app.bot.delete_webhook(drop_pending_updates=False)
        except InvalidToken:
            raise
        except TelegramError as error:
            pause = wait_for(error, wait)
            log.warning("Telegram cannot be reached: %s; again in %.0f s", error.message, pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            wait = min(2 * wait, LONGEST_WAIT_S)
        else:
            break
    if stop.is_set():
        return
    try:
        await announce(app)
    except TelegramError as error:
        log.warning("Telegram did not take the menu of commands: %s", error.message)
