"""Phases: what a process is at, told to whoever kills it through a page of memory that both of them see.

The functions that make up a phase are wrapped once, before processes are forked; nothing else about them
changes.
"""

from __future__ import annotations

import functools
import mmap
from typing import TYPE_CHECKING, Any

import corpus.polling
import index.sync
from corpus.database import Database
from corpus.store import Corpus
from index.combining import Combiner
from index.encoder import SentenceEncoder
from index.keptvectors import KeptVectors
from index.snapshots import Snapshots
from index.sync import Sync

if TYPE_CHECKING:
    from collections.abc import Callable

#: Where a phase begins and ends: the class or module, and the name of the function in it.
PLACES: dict[str, tuple[tuple[Any, str], ...]] = {
    "adding": ((Corpus, "put"),),
    "removing": ((Corpus, "remove"),),
    "purging": ((Corpus, "purge"),),
    "scrubbing": ((Database, "scrub"), (KeptVectors, "scrub")),
    "polling": ((corpus.polling, "poll_feed"),),
    "encoding": ((SentenceEncoder, "encode_passages"), (KeptVectors, "append")),
    "syncing": ((Sync, "run"),),
    "comparing": ((Sync, "_compare"),),
    "wiping": ((index.sync, "wipe"),),
    "rebuilding": ((Sync, "rebuild"),),
    "taking over": ((Sync, "_switch"),),
    "going back": ((Sync, "go_back"),),
    "merging": ((Combiner, "write"), (Combiner, "put")),
    "switching": ((Snapshots, "publish"), (Snapshots, "point")),
    "sweeping": ((Snapshots, "sweep"),),
}

#: A process that was not at any of them: it starts, opens its database, reads files, waits, or ends.
BETWEEN = "between"

NAMES = (BETWEEN, *PLACES)


class Page:
    """A byte that a forked process writes and its parent reads: the number of the phase."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, mmap.PAGESIZE)

    @property
    def phase(self) -> str:
        return NAMES[self._memory[0]]

    def turn(self, number: int) -> int:
        """Enter a phase; return the one before."""
        before = self._memory[0]
        self._memory[0] = number
        return before


_here = Page()


def tell_by(page: Page) -> None:
    """Tell the phases of this process by this page from now on."""
    global _here  # noqa: PLW0603 (one process, one page)
    _here = page


def watch() -> None:
    """Wrap what makes up each phase, in this process and all that are forked off it."""
    for number, name in enumerate(NAMES):
        for owner, function in PLACES.get(name, ()):
            setattr(owner, function, _told(number, getattr(owner, function)))


def _told(number: int, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def telling(*args: Any, **named: Any) -> Any:  # noqa: ANN401 (whatever the function takes and gives)
        before = _here.turn(number)
        try:
            return function(*args, **named)
        finally:
            _here.turn(before)

    return telling
