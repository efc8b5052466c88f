"""What goes wrong on demand: refusals and broken connections planned by a test, and rate limits."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fakes.telegram_wire import Answer, Broken, HowBroken, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

_PHRASES = {
    400: "Bad Request: planned by the test",
    401: "Unauthorized",
    403: "Forbidden: planned by the test",
    404: "Not Found",
    409: "Conflict: planned by the test",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(frozen=True)
class Fault:
    """One planned failure; `done` says that what was asked for happens all the same."""

    method: str
    outcome: Answer | Broken
    done: bool = False


@dataclass
class Faults:
    """Planned failures, each used once, first come first served; "*" stands for any method."""

    planned: list[Fault] = field(default_factory=list)
    is_offline: bool = False

    def take(self, method: str) -> Fault | None:
        if self.is_offline:
            return Fault(method, Broken("error"))
        for fault in self.planned:
            if fault.method in (method, "*"):
                self.planned.remove(fault)
                return fault
        return None


def refusal(status: int, *, retry_after: int | None = None, description: str | None = None) -> Answer:
    """Write the answer a status comes with."""
    if status == 429 or retry_after is not None:
        return too_many(retry_after or 1).answer()
    return Refused(status, description or _PHRASES.get(status, f"Error {status}")).answer()


def broken(how: HowBroken) -> Broken:
    return Broken(how)


def too_many(seconds: int) -> Refused:
    return Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


@dataclass
class Rates:
    """Telegram's limits on messages, each off until a test sets it."""

    per_second: int | None = None
    per_chat_second: int | None = None
    per_group_minute: int | None = None
    clock: Callable[[], float] = time.monotonic
    _sent: list[tuple[float, int]] = field(default_factory=list)

    def count(self, chat_id: int, *, is_group: bool) -> None:
        """Count one message.

        Raises:
            Refused: 429, with the seconds to wait.
        """
        now = self.clock()
        self._sent = [(at, chat) for at, chat in self._sent if at > now - 60]
        here = [at for at, chat in self._sent if chat == chat_id]
        _check([at for at, _ in self._sent], self.per_second, now=now, window=1)
        _check(here, self.per_chat_second, now=now, window=1)
        _check(here, self.per_group_minute if is_group else None, now=now, window=60)
        self._sent.append((now, chat_id))


def _check(times: list[float], limit: int | None, *, now: float, window: int) -> None:
    recent = [at for at in times if at > now - window]
    if limit is not None and len(recent) >= limit:
        raise too_many(max(1, math.ceil(recent[-limit] + window - now)))
