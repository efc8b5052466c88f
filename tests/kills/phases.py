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

#: Where a phase begins and ends: the class or module, and the name of the function in it. A process may be at
#: several at once; those that say most of what it does come first.
PLACES: dict[str, tuple[tuple[Any, str], ...]] = {
    "adding": ((Corpus, "put"),),
    "removing": ((Corpus, "remove"),),
    "polling": ((corpus.polling, "poll_feed"),),
    "scrubbing": ((Database, "scrub"), (KeptVectors, "scrub")),
    "purging": ((Corpus, "purge"),),
    "wiping": ((index.sync, "wipe"),),
    "going back": ((Sync, "go_back"),),
    "taking over": ((Sync, "_switch"),),
    "sweeping": ((Snapshots, "sweep"),),
    "encoding": ((SentenceEncoder, "encode_passages"), (KeptVectors, "append")),
    "switching": ((Snapshots, "publish"), (Snapshots, "point")),
    "merging": ((Combiner, "write"), (Combiner, "put")),
    "comparing": ((Sync, "_compare"),),
    "rebuilding": ((Sync, "rebuild"),),
    "syncing": ((Sync, "run"),),
}

#: A process that was not at any of them: it starts, opens its database, reads files, waits, or ends.
BETWEEN = "between"

NAMES = tuple(PLACES)


class Page:
    """A page that a forked process writes and its parent reads: how often it is in each phase just now."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, mmap.PAGESIZE)

    @property
    def phase(self) -> str:
        """Name what says most of what the process is at."""
        return next((name for number, name in enumerate(NAMES) if self._memory[number]), BETWEEN)

    def is_at(self, phase: str) -> bool:
        return bool(self._memory[NAMES.index(phase)])

    def turn(self, number: int, by: int) -> None:
        """Enter a phase, or leave it."""
        self._memory[number] += by


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
        _here.turn(number, +1)
        try:
            return function(*args, **named)
        finally:
            _here.turn(number, -1)

    return telling
