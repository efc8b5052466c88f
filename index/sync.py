"""Sync: makes the index equal to the corpus.

It follows the corpus's log of changes: a change costs as much among a hundred articles as among a hundred
thousand. Where there is nothing to follow from (damage, other rules), all passages are compared.
"""

import contextlib
import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.changes import Standing, StoredChange, batches
from corpus.store import Corpus
from index import ids, merging
from index.combining import Combiner
from index.content import Content
from index.current import Current
from index.encoder import Encoder
from index.encoding import Progress
from index.errors import SnapshotDamaged
from index.filling import Filled, Filler, SyncReport
from index.keptvectors import KeptVectors
from index.postings import Numbers
from index.room import insist_on_room
from index.segments import Segment
from index.snapshots import Snapshot, Snapshots
from index.states import States, has_purged
from index.sweeping import KEPT, MERGING, REBUILDING, discard
from index.wiping import wipe

__all__ = ["Sync", "SyncReport"]

log = logging.getLogger(__name__)

#: Changes that are followed before they become visible: the first of many articles need not wait for all.
CHANGES_AT_ONCE = 200

#: Raises what is wrong with a generation that was built anew.
Accept = Callable[[Snapshot], None]


class Sync:
    """Writes generations. Processes take turns by a lock file; each does only what is left.

    Open one for a process; its methods may be called from many threads.
    """

    def __init__(self, folder: Path, corpus: Corpus, encoder: Encoder) -> None:
        self._folder = folder
        self._corpus = corpus
        self._encoder = encoder
        self._kept = KeptVectors(folder / KEPT, encoder.identity)
        self.snapshots = Snapshots(folder, encoder.identity)
        self._filler = Filler(corpus, encoder, self._kept.while_there_is(self.snapshots.folder))
        self._combiner = Combiner(self.snapshots)
        self._current = Current(self.snapshots, encoder.identity)
        self._states = States(corpus)

    def run(
        self,
        progress: Progress,
        known: Snapshot | None = None,
        *,
        patience_s: float = -1,
        closely: bool = False,
    ) -> tuple[Snapshot, SyncReport]:
        """Make the index equal to the corpus as it is now, and return it. Running it twice does nothing.

        Args:
            progress: told how many sentences are encoded; what it raises ends this.
            known: a generation that was opened before; what it shares with the current one is not read again.
            patience_s: how long to wait for another process; -1 is for ever.
            closely: compare all passages and read all that is kept, and make anew what is damaged.

        Raises:
            TimeoutError: when another process writes the index for longer than that.
        """
        with self._writing(patience_s):
            self.snapshots.sweep()
            closely = closely or self.snapshots.is_called_damaged
            if closely:
                self._forget_killed_rebuild()
            if self._current.is_new:
                current: Snapshot | None = self.snapshots.publish(Content(), corpus_state="0", line=1)
            else:
                current = self._current.usable(known, closely=closely)
            if current is None:
                current, closely = self._current.another(), True
            made = self._made_equal(current, progress, closely=closely)
            if closely:  # only now: who comes after a kill looks closely, too
                self.snapshots.call_sound()
            return made

    def _made_equal(
        self, current: Snapshot | None, progress: Progress, *, closely: bool
    ) -> tuple[Snapshot, SyncReport]:
        damaged = current is not None and _has_damaged_tokens(current, closely=closely)
        if damaged:
            log.warning("some word pieces are damaged and are made anew")
        if current is None or damaged or closely or self._states.cursor(current.corpus_state) is None:
            return self._compare(current, progress, anew=current is None or damaged)
        return self._follow(current, progress)

    def usable(self, known: Snapshot | None) -> Snapshot | None:
        """Return the current generation, unless it cannot be used. See `Current.usable`."""
        return self._current.usable(known)

    def newer(self, than: Snapshot | None) -> tuple[str, str] | None:
        """Return the generation on disk and its state, if that is another one than this."""
        return self._current.newer(than)

    def is_far_behind(self, snapshot: Snapshot) -> bool:
        """Say whether more changed than is followed at once."""
        cursor = self._states.cursor(snapshot.corpus_state)
        return cursor is None or self._corpus.newest_change() - cursor > CHANGES_AT_ONCE

    def merge_in_background(self, known: Snapshot | None = None) -> Snapshot | None:
        """Put segments together where that pays, beside whatever else goes on; None where there is nothing.

        What takes long is done without the lock, so nobody waits for it.
        """
        try:
            with self._locked("merging.lock", 0):
                discard(self.snapshots.folder, MERGING)
                with self._locked("lock"):  # so that nothing is chosen of what is purged just now
                    current = self.usable(known)
                    names = () if current is None else merging.choose(current.content.sizes())
                    if current is None or not names:
                        return None
                    aside = self.snapshots.aside(MERGING)
                return self._merged(current, names, aside)
        except Timeout:  # another process does it
            return None

    def _merged(self, current: Snapshot, names: Sequence[str], aside: Path) -> Snapshot | None:
        try:
            merged = self._combiner.write(current.content, names, aside)
        except SnapshotDamaged:
            with self._locked("lock"):
                if self._is_swept(names):  # what is merged here was merged or purged by others
                    return None
                self.snapshots.call_damaged()
            raise
        except OSError:
            if aside.exists() or not self._is_swept(names):
                raise
            return None
        with self._writing():
            return self._combiner.put(self.usable(current), names, merged, aside)

    def _is_swept(self, names: Sequence[str]) -> bool:
        return not all((self.snapshots.folder / name).exists() for name in names)

    def rebuild(self, progress: Progress, accept: Accept) -> tuple[Snapshot, SyncReport]:
        """Build all of the index anew beside the one in use, which goes on; switch when it is accepted.

        Args:
            progress: told how many sentences are encoded.
            accept: raises what is wrong with what was built, and then nothing is switched.

        Raises:
            NoRoom: when the disk has too little for both.
        """
        with self._locked("rebuilding.lock"):
            while True:
                with self._writing():
                    self.snapshots.sweep(REBUILDING)
                    insist_on_room(self.usable(None), self.snapshots.folder)
                    aside = self.snapshots.aside(REBUILDING)
                try:
                    return self._rebuilt(aside, progress, accept)
                except (OSError, SnapshotDamaged):
                    if aside.exists():
                        raise
                    log.warning("an article was purged meanwhile, so the index is built anew once more")
                finally:
                    shutil.rmtree(aside, ignore_errors=True)

    def go_back(self, name: str | None = None) -> Snapshot:
        """Make an older generation the current one; what changed since is followed by whoever syncs next.

        Raises:
            UnknownGeneration: when there is none of that name, or none to go back to.
            SnapshotDamaged: when it is not what was written, or cannot be used with this model and program.
        """
        with self._writing():
            older = self.snapshots.older(name)
            if not older.fits(self._encoder.identity):
                raise SnapshotDamaged(f"{older.name} is of older rules than this program's; it stays unused")
            self.snapshots.point(older.name, older.corpus_state)
            return older

    def _forget_killed_rebuild(self) -> None:
        with contextlib.suppress(Timeout), self._locked("rebuilding.lock", 0):  # unless one goes on
            discard(self.snapshots.folder, REBUILDING)

    @contextlib.contextmanager
    def _writing(self, patience_s: float = -1) -> Iterator[None]:
        """Hold the lock; what the disk does not take leaves nothing behind that would fill it."""
        with self._locked("lock", patience_s):
            try:
                yield
            except OSError:
                with contextlib.suppress(OSError):
                    self.snapshots.sweep()
                raise

    def _locked(self, name: str, patience_s: float = -1) -> FileLock:
        self.snapshots.prepare()
        return FileLock(self.snapshots.folder / name, timeout=patience_s)

    def _follow(
        self, current: Snapshot, progress: Progress, report: SyncReport | None = None
    ) -> tuple[Snapshot, SyncReport]:
        """Index what changed since a generation was made, some at a time."""
        report = report or SyncReport(kept=current.content.number)
        state = self._states.cursor(current.corpus_state) or 0
        while changes := self._corpus.changes_after(state, limit=CHANGES_AT_ONCE):
            if has_purged(changes):
                current, found = self._compare(current, progress, anew=False)
                return current, report.then(found.added, found.removed, found.encoded)
            state = changes[-1].id
            content, report = self._followed(Filled(current.content, report), changes, progress)
            current = self._combiner.combine_small(self._published(current, content, state))
        return self._combiner.combine_small(current), report

    def _followed(self, before: Filled, changes: Sequence[StoredChange], progress: Progress) -> Filled:
        standing = self._corpus.standing_of({change.article_id for change in changes})
        return self._filler.fill(before, standing, progress, write=self.snapshots.write)

    def _compare(
        self, current: Snapshot | None, progress: Progress, *, anew: bool
    ) -> tuple[Snapshot, SyncReport]:
        """Index all passages that are missing and take out those that are too many.

        `anew`: nothing of the generation in use is of use.
        """
        newest = self._corpus.newest_change()  # before the ids: what comes in between is found the next time
        cursor = (self._states.cursor(current.corpus_state) if current else None) or 0
        must_wipe = self._states.was_purged_after(cursor)
        have = ids.NONE if current is None else current.content.ids()
        wanted = ids.ascending(self._corpus.all_passage_ids())
        missing, gone = ids.without(wanted, have), ids.without(have, wanted)
        if current is None or anew:
            filled = Filled(Content(), SyncReport(kept=len(have) - len(gone)))
            filled = self._filled(filled, wanted, progress, anew=True)
            filled = Filled(filled.content, replace(filled.report, added=len(missing), removed=len(gone)))
        else:
            filled = self._filler.take_out(Filled(current.content, SyncReport(kept=len(have))), gone)
            filled = self._filled(filled, missing, progress, anew=False)
        # While something of what was purged is left, the state says so: whoever comes after a kill wipes it.
        state = cursor if must_wipe else newest
        if current is None or anew:
            line = 1 if current is None else current.manifest.line
            snapshot = self.snapshots.publish(
                filled.content, corpus_state=self._states.named(state), line=line
            )
        else:
            snapshot = self._published(current, filled.content, state)
        snapshot = self._combiner.combine_small(snapshot)
        if must_wipe:
            snapshot = wipe(self.snapshots, self._kept, snapshot, honours=self._states.is_wiped)
            snapshot = self._published(snapshot, snapshot.content, newest)
        return snapshot, filled.report

    def _filled(self, filled: Filled, missing: Numbers, progress: Progress, *, anew: bool) -> Filled:
        """Add any number of passages, article by article, so that paragraphs stay whole."""
        write = self.snapshots.write
        for articles in batches(self._corpus.article_ids()) if len(missing) else ():
            live = self._corpus.standing_of(articles).live
            if ids.within(ids.ascending(live), missing).any():
                filled = self._filler.fill(filled, Standing(live, set()), progress, write=write, closely=anew)
            if anew:
                settled = self._combiner.settle(filled.content, write, self.snapshots.folder)
                filled = filled._replace(content=settled)
        return filled

    def _published(self, current: Snapshot, content: Content, state: int) -> Snapshot:
        """Switch to other content, or note that it is that of a newer state of the corpus, too."""
        named = self._states.named(state)
        if content is not current.content:
            return self.snapshots.publish(content, corpus_state=named, line=current.manifest.line)
        if not self.snapshots.points_at(current.name, named):
            self.snapshots.point(current.name, named)
        return replace(current, corpus_state=named)

    def _rebuilt(self, aside: Path, progress: Progress, accept: Accept) -> tuple[Snapshot, SyncReport]:
        """Build the index in a folder, then switch to it."""
        state = self._corpus.newest_change()
        numbers = count()

        def write(fill: Callable[[Path], None]) -> Segment:
            folder = aside / f"{next(numbers):06}"
            folder.mkdir()
            fill(folder)
            return self.snapshots.finish(folder)

        filled = Filled(Content(), SyncReport())
        filler = self._filler.while_there_is(aside)
        for articles in batches(self._corpus.article_ids()):
            standing = Standing(self._corpus.standing_of(articles).live, set())
            filled = filler.fill(filled, standing, progress, write=write)
            filled = filled._replace(content=self._combiner.settle(filled.content, write, aside))
        accept(self.snapshots.candidate(filled.content))
        with self._writing():
            return self._switch(aside, filled, state, progress)

    def _switch(
        self, aside: Path, filled: Filled, state: int, progress: Progress
    ) -> tuple[Snapshot, SyncReport]:
        """Switch to what was rebuilt, with what changed since that began."""
        moved = {one.name: self.snapshots.adopt(aside / one.name) for one in filled.content.segments}
        filled = filled._replace(content=filled.content.renamed(moved))
        current = self.usable(None)
        line = 1 + (current.manifest.line if current else 0)
        cursor = (self._states.cursor(current.corpus_state) if current else None) or 0
        if self._states.was_purged_after(cursor):
            state = cursor  # so that following from there leaves nothing of it
        while not has_purged(changes := self._corpus.changes_after(state, limit=CHANGES_AT_ONCE)) and changes:
            state = changes[-1].id
            filled = self._followed(filled, changes, progress)
        snapshot = self.snapshots.publish(filled.content, corpus_state=self._states.named(state), line=line)
        self.snapshots.sweep()
        return self._follow(snapshot, progress, filled.report)


def _has_damaged_tokens(snapshot: Snapshot, *, closely: bool) -> bool:
    if snapshot.tokens is None:
        return False
    return snapshot.tokens.is_damaged or (closely and not snapshot.has_sound_tokens())
