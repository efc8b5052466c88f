"""Polling: fetches updates, and tells Telegram that it has one only when that one is answered.

The library confirms updates when it fetches the next ones: a killed process loses what it had at hand.
Here Telegram's own queue, which lasts for 24 hours, is the durable one: an update that is not done is not
confirmed, and comes again after a crash. Nothing of it is stored by us.
"""

import asyncio
import contextlib
import logging
from collections.abc import Sequence

from telegram import Bot, Update
from telegram.error import InvalidToken, RetryAfter, TelegramError, TimedOut

log = logging.getLogger(__name__)

#: Updates that Telegram hands over at a time, at most.
WINDOW = 100

#: Seconds that Telegram keeps a call waiting for new updates.
PATIENCE_S = 30

#: Seconds between two looks for new updates while older ones are at hand.
PACE_S = 0.3

#: Seconds between tries when Telegram cannot be reached: doubled every time, up to the second.
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 30.0


class Inbox:
    """Which updates are at hand; used from one event loop."""

    def __init__(self) -> None:
        self._at_hand: set[int] = set()
        self._done: set[int] = set()
        self._next = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def offset(self) -> int:
        """The first update that is not confirmed when this is sent as `offset`; 0 before there was any."""
        return min(self._at_hand, default=self._next)

    @property
    def is_empty(self) -> bool:
        """Say whether everything is done."""
        return not self._at_hand

    async def idle(self, *, at_most: float) -> None:
        """Wait until everything is done, but not longer than so many seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), at_most)

    def take(self, updates: Sequence[Update]) -> list[Update]:
        """Take what is new among fetched updates into the hand, and return it."""
        fresh = [one for one in updates if one.update_id not in self._at_hand | self._done]
        self._at_hand |= {one.update_id for one in fresh}
        self._next = max([self._next, *(one.update_id + 1 for one in fresh)])
        if len(updates) >= WINDOW and not fresh:
            # Updates that take very long hold back all that come after the window: those give up their
            # second chance, but not their turn.
            log.warning("%s updates take long; a crash now would lose them", len(self._at_hand))
            self._at_hand.clear()
        self._note_idle()
        return fresh

    def finish(self, update_id: int) -> None:
        """Note that an update is done, whatever came of it."""
        self._at_hand.discard(update_id)
        self._done = {one for one in self._done | {update_id} if one >= self.offset}
        self._note_idle()

    def _note_idle(self) -> None:
        if self._at_hand:
            self._idle.clear()
        else:
            self._idle.set()


async def poll(bot: Bot, inbox: Inbox, queue: asyncio.Queue[object], *, allowed_updates: list[str]) -> None:
    """Put updates into a queue until cancelled.

    Raises:
        InvalidToken: when Telegram refuses the token.
    """
    wait = FIRST_WAIT_S
    while True:
        try:
            updates = await bot.get_updates(
                offset=inbox.offset or None,
                limit=WINDOW,
                timeout=PATIENCE_S if inbox.is_empty else 0,
                allowed_updates=allowed_updates,
            )
        except InvalidToken:
            raise
        except TimedOut:
            continue
        except TelegramError as error:
            pause = wait_for(error, wait)
            log.warning("Telegram cannot be polled: %s; again in %.0f s", error.message, pause)
            await asyncio.sleep(pause)
            wait = min(2 * wait, LONGEST_WAIT_S)
            continue
        wait = FIRST_WAIT_S
        for update in inbox.take(updates):
            await queue.put(update)
        await inbox.idle(at_most=PACE_S)


def wait_for(error: TelegramError, otherwise: float) -> float:
    """Return how many seconds to wait after an error: what Telegram asks for, if it does."""
    if isinstance(error, RetryAfter):
        asked = error.retry_after
        return float(asked if isinstance(asked, int | float) else asked.total_seconds())
    return otherwise


async def confirm(bot: Bot, inbox: Inbox) -> None:
    """Tell Telegram what is done, before going away."""
    if not inbox.offset:
        return
    try:
        await bot.get_updates(offset=inbox.offset, limit=1, timeout=0)
    except TelegramError as error:
        log.warning("what is done could not be confirmed: %s; it will come again", error.message)
