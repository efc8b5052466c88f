"""Following: the process that keeps the index equal to the articles, however these come in.

It is one of its own, so that no question waits for it: Python computes on one thread at a time, and what is
done here for a thousand new articles takes minutes. Answering processes open what it wrote. For a bot, it
polls the feeds, too.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.composition import make_fetcher, open_corpus
from bot.feeding import poll_until
from bot.settings import Settings
from corpus.errors import CorpusError
from corpus.store import Corpus
from index.encoder import SentenceEncoder
from index.errors import RetrievalError
from index.sync import Sync

if TYPE_CHECKING:
    from index.snapshots import Snapshot

log = logging.getLogger(__name__)

#: Seconds between two tries at most while the index cannot follow.
LONGEST_WAIT_S = 60.0

#: How much this gives way to processes that answer people.
NICE = 10


class Interrupted(Exception):
    """This ends while sentences are encoded; those that are done are kept."""


def follow(settings: Settings, *, tied: bool = False) -> None:
    """Keep the index up to date until SIGINT or SIGTERM.

    `tied`: or until the bot that started this is gone; and poll its feeds meanwhile.
    """
    stop = threading.Event()
    if tied:
        os.nice(NICE)
        threading.Thread(target=_wait_for_end, args=(stop,), daemon=True).start()
    with _signals_setting(stop), open_corpus(settings) as corpus:
        if tied:
            threading.Thread(target=_poll_feeds, args=(settings, corpus, stop), name="feeds").start()
        encoder = SentenceEncoder(settings.model())
        Follower(Sync(settings.index_folder, corpus, encoder), corpus, stop).run(settings.refresh_seconds)


class Follower:
    """Syncs whenever the corpus changed, and merges segments on another thread meanwhile."""

    def __init__(self, sync: Sync, corpus: Corpus, stop: threading.Event) -> None:
        self._sync = sync
        self._corpus = corpus
        self._stop = stop
        self._synced = threading.Event()
        self._snapshot: Snapshot | None = None

    def run(self, every_seconds: float) -> None:
        """Go on until told to stop, whatever goes wrong."""
        merger = threading.Thread(target=self._merge, name="merge")
        merger.start()
        wait = every_seconds
        try:
            while not self._stop.is_set():
                wait = self._step(wait, every_seconds)
                self._stop.wait(wait)
        finally:
            self._stop.set()
            self._synced.set()
            merger.join()

    def _step(self, wait: float, every_seconds: float) -> float:
        """Sync if need be; return after how many seconds to look again."""
        try:
            if self._snapshot is None or self._snapshot.corpus_state != self._corpus.state():
                self._snapshot, report = self._sync.run(self._go_on, self._snapshot)
                self._synced.set()
                if report.changed:
                    log.info("the index follows: %s passages came, %s went", report.added, report.removed)
        except Interrupted:
            return 0
        except (CorpusError, RetrievalError, OSError) as error:
            # Answers go on from the last good generation.
            wait = min(2 * wait, max(LONGEST_WAIT_S, every_seconds))
            log.error("the index cannot follow the articles: %s; again in %.0f s", error, wait)  # noqa: TRY400
            return wait
        return every_seconds

    def _merge(self) -> None:
        while not self._stop.is_set():
            self._synced.wait()
            self._synced.clear()
            try:
                while not self._stop.is_set() and (merged := self._sync.merge_in_background(self._snapshot)):
                    log.info("segments of the index were merged: %s now", len(merged.content.segments))
            except (RetrievalError, OSError) as error:
                log.error("segments cannot be merged: %s; tried again after the next change", error)  # noqa: TRY400

    def _go_on(self, done: int, total: int) -> None:
        if self._stop.is_set():
            raise Interrupted
        if total > done > 0:
            log.info("encoded %s of %s sentences", done, total)


def _poll_feeds(settings: Settings, corpus: Corpus, stop: threading.Event) -> None:
    poll_until(corpus, make_fetcher(settings), stop)


@contextmanager
def _signals_setting(stop: threading.Event) -> Iterator[None]:
    """Have SIGINT and SIGTERM set an event."""
    before = {one: signal.signal(one, lambda *_: stop.set()) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _wait_for_end(stop: threading.Event) -> None:
    """Read standard input, to which nobody writes, until the one who holds its other end is gone."""
    while os.read(sys.stdin.fileno(), 1):  # not buffered: a lock on the buffer would abort the exit
        pass
    stop.set()
