"""Whose turn it is: at most one request at a time to a host, whichever threads want something of it."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from corpus.errors import FetchFailed

#: Seconds that a request waits for those before it.
LONGEST_WAIT_S = 600.0

#: Hosts of which is remembered when they were asked last.
HOSTS_REMEMBERED = 500


class Turns:
    """Locks by name that are there only while somebody holds or wants them; for many threads."""

    def __init__(self, *, clock: Callable[[], float], sleep: Callable[[float], object]) -> None:
        self._clock = clock
        self._sleep = sleep
        self._guard = threading.Lock()
        self._locks: dict[str, tuple[threading.Lock, int]] = {}  # and how many hold or want it
        self._ended: OrderedDict[str, float] = OrderedDict()

    @contextmanager
    def of(self, name: str, *, pause_s: float = 0.0) -> Iterator[None]:
        """Wait until nobody else has this turn and `pause_s` passed since the last one; then have it.

        Raises:
            FetchFailed: that took too long.
        """
        lock = self._join(name)
        try:
            if not lock.acquire(timeout=LONGEST_WAIT_S):
                raise FetchFailed(f"{name}: too much else is being fetched from there", retry_after_s=60.0)
            try:
                self._pause(name, pause_s)
                yield
            finally:
                self._remember(name)
                lock.release()
        finally:
            self._leave(name)

    def __len__(self) -> int:
        return len(self._locks)

    def _join(self, name: str) -> threading.Lock:
        with self._guard:
            lock, wanted = self._locks.get(name, (threading.Lock(), 0))
            self._locks[name] = (lock, wanted + 1)
            return lock

    def _leave(self, name: str) -> None:
        with self._guard:
            lock, wanted = self._locks.pop(name)
            if wanted > 1:
                self._locks[name] = (lock, wanted - 1)

    def _pause(self, name: str, pause_s: float) -> None:
        with self._guard:
            ended = self._ended.get(name)
        left = 0.0 if ended is None else ended + pause_s - self._clock()
        if left > 0:
            self._sleep(left)

    def _remember(self, name: str) -> None:
        with self._guard:
            self._ended[name] = self._clock()
            self._ended.move_to_end(name)
            if len(self._ended) > HOSTS_REMEMBERED:
                self._ended.popitem(last=False)
