"""Polling: fetches updates, and tells Telegram that it has one only when that one is answered.

The library confirms updates when it fetches the next ones: a killed process loses what it had at hand.
Here Telegram's own queue, which lasts for 24 hours, is the durable one: an update that is not done is not
confirmed, and comes again after a crash. Nothing of it is stored by us.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from telegram import Bot, Update
from telegram.error import EndPointNotFound, InvalidToken, RetryAfter, TelegramError, TimedOut

log = logging.getLogger(__name__)

#: Telegram's methods have no case (https://core.telegram.org/bots/api#making-requests). Written so, this
#: one is not the library's own `get_updates`, of which it would warn.
GET_UPDATES = "getupdates"

#: Updates that Telegram hands over at a time, at most.
WINDOW = 100

#: Seconds that Telegram keeps a call waiting for new updates, and that the answer may take on its way.
PATIENCE_S, ON_ITS_WAY_S = 30, 15

#: Seconds between two looks for new updates while older ones are at hand.
PACE_S = 0.3

#: Seconds after which an update no longer holds back those that wait behind a full window.
STUCK_S = 60.0

#: Seconds between tries when Telegram cannot be reached: doubled every time, up to the second.
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 30.0


class Inbox:
    """Which updates are at hand; used from one event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._at_hand: dict[int, float] = {}
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
            # Not `wait_for`: in Python 3.11 it loses a cancellation that comes in the moment of the event.
            async with asyncio.timeout(at_most):
                await self._idle.wait()

    def take(self, fetched: Iterable[int]) -> list[int]:
        """Take what is new among the ids of fetched updates into the hand, and return it."""
        ids = list(fetched)
        fresh = [one for one in ids if one not in self._at_hand and one not in self._done]
        # What is done may still come with an answer that was under way; after that it does not come again.
        self._done.intersection_update(ids)
        self._at_hand |= dict.fromkeys(fresh, self._clock())
        if fresh:
            self._next = fresh[-1] + 1  # not the greatest: Telegram begins anew after a quiet week
        elif len(ids) >= WINDOW:
            self._let_go_of_stuck_ones()
        self._note_idle()
        return fresh

    def finish(self, update_id: int) -> None:
        """Note that an update is done, whatever came of it."""
        self._at_hand.pop(update_id, None)
        self._done.add(update_id)
        self._note_idle()

    def _let_go_of_stuck_ones(self) -> None:
        """Let updates that take very long lose their second chance, not their turn, when all others wait."""
        stuck = [one for one, since in self._at_hand.items() if self._clock() - since >= STUCK_S]
        if stuck:
            log.warning("%s updates take long; a crash now would lose them", len(stuck))
        for one in stuck:
            del self._at_hand[one]

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
            fetched = await _fetch(bot, inbox, allowed_updates)
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
        fresh = set(inbox.take(one["update_id"] for one in fetched))
        for one in fetched:
            if one["update_id"] in fresh:
                await _hand_on(one, bot, inbox, queue)
        await inbox.idle(at_most=PACE_S)


async def _fetch(bot: Bot, inbox: Inbox, allowed_updates: list[str]) -> list[dict[str, Any]]:
    """Fetch updates as they are: one that the library cannot read must not hide the others, nor be logged."""
    patience = PATIENCE_S if inbox.is_empty else 0
    offset = {"offset": inbox.offset} if inbox.offset else {}
    try:
        return await _get_updates(
            bot, {**offset, "limit": WINDOW, "allowed_updates": allowed_updates}, patience
        )
    except EndPointNotFound as error:  # what the library makes of a refused token here
        raise InvalidToken from error


async def _get_updates(bot: Bot, wanted: dict[str, Any], patience: int) -> list[dict[str, Any]]:
    fetched: list[dict[str, Any]] = await bot.do_api_request(
        GET_UPDATES, api_kwargs={**wanted, "timeout": patience}, read_timeout=patience + ON_ITS_WAY_S
    )
    return fetched


async def _hand_on(raw: dict[str, Any], bot: Bot, inbox: Inbox, queue: asyncio.Queue[object]) -> None:
    try:
        update = Update.de_json(raw, bot)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        log.error("update %s cannot be read: %s", raw["update_id"], type(error).__name__)  # noqa: TRY400
        inbox.finish(raw["update_id"])
        return
    await queue.put(update)


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
        await _get_updates(bot, {"offset": inbox.offset, "limit": 1}, 0)
    except TelegramError as error:
        log.warning("what is done could not be confirmed: %s; it will come again", error.message)
