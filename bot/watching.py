"""Watching a folder: what comes into it is stored and indexed soon after it is whole, until a signal."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.adding import passed_over_lines
from bot.composition import make_engine, open_corpus, refresh
from bot.progress import Tell, telling
from bot.settings import Settings
from bot.signals import until_a_signal
from bot.visible import visible
from corpus.articles import Article, ArticleId
from corpus.errors import CorpusError
from corpus.sources.files import Rejected, shown
from corpus.sources.folders import PassedOver
from corpus.sources.formats import WAYS_OUT, RawArticle
from corpus.sources.watching import Look, WatchedFolder
from corpus.store import Change, Corpus
from index.errors import RetrievalError

log = logging.getLogger(__name__)

#: Seconds for which a file must stay as it is, even if the folder is looked at more often.
SETTLED_S = 2.0
#: Seconds of reading many files after which the index is brought up to date in between.
LONGEST_BATCH_S = 60.0
#: Seconds between two tries at most while the database or the index cannot be written.
LONGEST_WAIT_S = 60.0
#: How many times as long as a look takes it is waited for the next one.
REST = 20

#: Why an article was removed whose file is gone; it comes back with its file.
DELETED = "its file was deleted"


@dataclass(frozen=True, slots=True)
class Watch:
    """What to watch, and how."""

    folder: Path
    stated: RawArticle
    every_s: float = 2.0
    remove_deleted: bool = False


def watch_folder(settings: Settings, watch: Watch) -> None:
    """Watch a folder until SIGINT or SIGTERM."""
    with until_a_signal(), open_corpus(settings) as corpus:
        engine = make_engine(settings, corpus).engine

        def follow() -> None:
            """Bring the index up to date; the only place where watching touches it."""
            refresh(engine)

        Watcher(corpus, watch, follow).run()


class Watcher:
    """Puts what comes into a folder into the corpus, and calls `follow` after each batch; for one thread."""

    def __init__(
        self,
        corpus: Corpus,
        watch: Watch,
        follow: Callable[[], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._corpus, self._watch, self._follow = corpus, watch, follow
        self._clock, self._wait = clock, wait
        settled_s = max(SETTLED_S, watch.every_s)
        self._folder = WatchedFolder(watch.folder, settled_s=settled_s, clock=clock)
        self._keys: dict[Path, set[str]] = {}  # under which keys the articles of each file are stored
        self._gone: set[Path] = set()  # files whose articles are still to be removed
        self._is_behind = False
        self._told: object = None
        self._passed_over: dict[str, int] = {}  # how many files of which kinds were told of

    def run(self) -> None:
        """Look, take what is there, and wait, again and again, until an exception ends it: a signal's."""
        failures = 0
        while True:
            wait = self._watch.every_s
            try:
                wait = max(wait, REST * self._round())
                failures = 0
            except (CorpusError, RetrievalError, OSError) as error:
                failures += 1
                wait = min(wait * 2**failures, max(LONGEST_WAIT_S, wait))
                log.error("%s; again in %.0f s", visible(str(error)), wait)  # noqa: TRY400
            self._wait(wait)

    def _round(self) -> float:
        """Look once and take what is there; return how many seconds the look took."""
        began = self._clock()
        look = self._look()
        looked_s = self._clock() - began
        if look.is_there and self._told is None and self._watch.remove_deleted:
            self._remove_what_went_before(look)
        self._tell(look)
        self._take(look.complete)
        self._gone |= set(look.gone)
        self._gone -= set(look.selection.files)
        if self._watch.remove_deleted:
            self._remove_gone()
        self._catch_up()
        return looked_s

    def _look(self) -> Look:
        if self._told is not None:
            return self._folder.look()
        with telling(f"Looking into {visible(shown(self._watch.folder))}"):
            return self._folder.look()

    def _take(self, files: Sequence[Path]) -> None:
        if files:
            with telling("Reading the files") as tell:
                self._take_all(files, tell)

    def _take_all(self, files: Sequence[Path], tell: Tell) -> None:
        counts: Counter[str] = Counter()
        last = self._clock()
        for number, file in enumerate(files):
            tell(f"Reading the files: {number:,} of {len(files):,} files")
            keys: set[str] = set()
            for found in self._folder.read(file, stated=self._watch.stated, known=self._corpus.last_said):
                if isinstance(found, Rejected):
                    log.warning("%s: %s", visible(found.place), visible(found.reason))
                    counts["not read"] += 1
                else:
                    counts[self._put(found)] += 1
                    keys.add(found.key)
            self._keys[file] = keys
            if self._clock() - last > LONGEST_BATCH_S:
                self._catch_up()
                last = self._clock()
        if counts:
            log.info("%s", ", ".join(f"{count} {what}" for what, count in counts.items()))

    def _put(self, article: Article) -> Change:
        change = self._corpus.put(article)
        if change is Change.STAYS_REMOVED and self._corpus.removed_because(article.key) == DELETED:
            change = self._corpus.put(article, restore=True)
        self._is_behind |= change not in {Change.UNCHANGED, Change.STAYS_REMOVED}
        return change

    def _catch_up(self) -> None:
        if self._is_behind:
            self._follow()
            self._is_behind = False

    def _remove_gone(self) -> None:
        # A URL may be in several files, and then its article stays while one of them does.
        kept = {key for file, keys in self._keys.items() if file not in self._gone for key in keys}
        for file in sorted(self._gone):
            for key in self._keys.get(file, set()) - kept:
                if (revision := self._corpus.find(key)) is not None:
                    self._remove(revision.article_id, shown(file))
            self._keys.pop(file, None)
            self._gone.discard(file)

    def _remove_what_went_before(self, look: Look) -> None:
        """Remove the articles of files that were deleted while nobody watched; but not of an empty folder."""
        inside = f"{self._watch.folder.resolve().as_uri()}/"
        closed = tuple(folder.resolve().as_uri() for folder, _ in look.selection.obstacles)
        there = {file.resolve().as_uri() for file in look.selection.files}
        for article_id, key in self._corpus.keys().items():
            file = key.partition("#")[0]
            if there and file.startswith(inside) and file not in there and not file.startswith(closed):
                self._remove(article_id, file)

    def _remove(self, article_id: ArticleId, file: str) -> None:
        self._corpus.remove(article_id, because=DELETED)
        self._is_behind = True
        log.info("%s is gone; article %s is removed", visible(file), article_id)

    def _tell(self, look: Look) -> None:
        """Say what cannot be looked at, once, and of which kinds files are that are not read."""
        self._tell_of_kinds(look.selection.passed_over)
        state = (look.is_there, look.selection.problems)
        if state == self._told:
            return
        folder = visible(shown(self._watch.folder))
        if not look.is_there:
            log.warning("%s cannot be looked into; watching goes on when it can", folder)
        else:
            log.info("watching %s: %s files", folder, len(look.selection.files))
        for path, reason in look.selection.problems:
            log.warning("%s: %s", visible(shown(path)), visible(reason))
        self._told = state

    def _tell_of_kinds(self, others: Sequence[PassedOver]) -> None:
        """Name kinds that are passed over: each once, and again where more come that may be articles."""
        told, new = self._passed_over, []
        for kind in others:
            grew = kind.number > told.get(kind.ending, 0)
            if kind.ending not in told or (grew and kind.ending in WAYS_OUT):
                new.append(kind)
        self._passed_over = {kind.ending: kind.number for kind in others}
        for line in passed_over_lines(new):
            log.info("%s", line)
