"""Following: the process that keeps the index equal to the articles, however these come in.

It is one of its own, so that no question waits for it: Python computes on one thread at a time, and what is
done here for a thousand new articles takes minutes. Answering processes open what it wrote. For a bot, it
polls the feeds, too.
"""

import logging
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from bot import standstill
from bot.composition import make_fetcher, open_corpus
from bot.feeding import poll_until
from bot.settings import Settings
from bot.signals import signals_setting
from corpus.errors import CorpusError
from corpus.privacy import hide_memory
from corpus.store import Corpus
from index.encoder import SentenceEncoder
from index.errors import RetrievalError
from index.sync import Sync

if TYPE_CHECKING:
    from index.snapshots import Snapshot

log = logging.getLogger(__name__)

#: Seconds between two tries at most while the index cannot follow.
LONGEST_WAIT_S = 60.0

#: Seconds to wait for another process that writes the index, before looking whether this is to end.
PATIENCE_S = 2.0

#: Seconds that a merge has to end by itself.
GRACE_S = 5.0

#: How much this gives way to processes that answer people.
NICE = 10


class Interrupted(Exception):
    """This ends while sentences are encoded; those that are done are kept."""


def follow(settings: Settings, *, tied: bool = False) -> None:
    """Keep the index up to date until SIGINT or SIGTERM.

    `tied`: or until the bot that started this is gone; and poll its feeds meanwhile.
    """
    hide_memory()
    stop = threading.Event()
    if tied:
        os.nice(NICE)
        standstill.offer(sys.stdin.fileno())
        threading.Thread(target=_wait_for_end, args=(stop,), daemon=True).start()
    with signals_setting(stop), open_corpus(settings) as corpus:
        follower = Follower(
            Sync(settings.index_folder, corpus, SentenceEncoder(settings.model())), corpus, stop
        )
        if tied:  # not before: whatever is wrong with the model ends this process
            threading.Thread(target=_poll_feeds, args=(settings, corpus, stop), name="feeds").start()
        follower.run(settings.refresh_seconds)


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
        # A merge may take minutes, and loses nothing when it is cut off: it does not hold up the end.
        merger = threading.Thread(target=self._merge, name="merge", daemon=True)
        merger.start()
        wait = every_seconds
        try:
            while not self._stop.is_set():
                wait = self._step(wait, every_seconds)
                self._stop.wait(wait)
        finally:
            self._stop.set()
            self._synced.set()
            merger.join(GRACE_S)

    def _step(self, wait: float, every_seconds: float) -> float:
        """Sync if need be; return after how many seconds to look again."""
        try:
            if self._is_behind():
                self._snapshot, report = self._sync.run(self._go_on, self._snapshot, patience_s=PATIENCE_S)
                self._synced.set()
                if report.changed:
                    log.info("the index follows: %s passages came, %s went", report.added, report.removed)
        except (Interrupted, TimeoutError):  # another process writes for long
            return 0
        except (CorpusError, RetrievalError, OSError) as error:
            # Answers go on from the last good generation.
            self._synced.set()  # a merge may be what helps
            wait = min(2 * wait, max(LONGEST_WAIT_S, every_seconds))
            log.error("the index cannot follow the articles: %s; again in %.0f s", error, wait)  # noqa: TRY400
            return wait
        return every_seconds

    def _is_behind(self) -> bool:
        """Say whether the articles changed, or the index did without us: by a rollback, or by damage."""
        if self._snapshot is None or self._snapshot.corpus_state != self._corpus.state():
            return True
        return self._sync.newer(self._snapshot) is not None or self._sync.snapshots.is_called_damaged

    def _merge(self) -> None:
        with ThreadPoolExecutor(1, thread_name_prefix="merge") as thread:
            while not self._stop.is_set():
                self._synced.wait()
                self._synced.clear()
                merge = thread.submit(self._merge_all)
                if (error := merge.exception()) is not None:  # whatever it is: merging goes on another time
                    log.error("segments cannot be merged; tried again later", exc_info=error)
                    self._stop.wait(LONGEST_WAIT_S)

    def _merge_all(self) -> None:
        while not self._stop.is_set() and (merged := self._sync.merge_in_background(self._snapshot)):
            log.info("segments of the index were merged: %s now", len(merged.content.segments))

    def _go_on(self, done: int, total: int) -> None:
        if self._stop.is_set():
            raise Interrupted
        if total > done > 0:
            log.info("encoded %s of %s sentences", done, total)


def _poll_feeds(settings: Settings, corpus: Corpus, stop: threading.Event) -> None:
    poll_until(corpus, make_fetcher(settings), stop)


def _wait_for_end(stop: threading.Event) -> None:
    """Read standard input, to which nobody writes, until the one who holds its other end is gone."""
    while os.read(sys.stdin.fileno(), 1):  # not buffered: a lock on the buffer would abort the exit
        pass
    stop.set()
