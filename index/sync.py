"""Sync: makes the index equal to the corpus.

It follows the corpus's log of changes: a change costs as much among a hundred articles as among a hundred
thousand. Where there is nothing to follow from (damage, other rules), all passages are compared.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from corpus.changes import Change, Standing, batches
from corpus.store import Corpus
from index import merging
from index.combining import Combiner
from index.content import Content
from index.encoder import Encoder
from index.encoding import Progress, build
from index.errors import SnapshotDamaged
from index.keptvectors import KeptVectors
from index.parts import Part
from index.segments import Segment
from index.snapshots import KEPT, MERGING, REBUILDING, Snapshot, Snapshots

log = logging.getLogger(__name__)

#: Changes that are followed before they become visible: the first of many articles need not wait for all.
CHANGES_AT_ONCE = 200

#: Raises what is wrong with a generation that was built anew.
Accept = Callable[[Snapshot], None]


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What changed: passages that came, went and stayed, and how many sentences had to be encoded."""

    added: int = 0
    removed: int = 0
    kept: int = 0
    encoded: int = 0

    @property
    def changed(self) -> bool:
        """Say whether other passages can be found than before."""
        return bool(self.added or self.removed)

    def then(self, added: int, removed: int, encoded: int) -> "SyncReport":
        """Return the report of this and of what came after it."""
        kept = max(0, self.kept - removed)
        return SyncReport(self.added + added, self.removed + removed, kept, self.encoded + encoded)


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
        self._combiner = Combiner(self.snapshots)

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
        with self._locked("lock", patience_s):
            self.snapshots.sweep()
            current = self.usable(known, closely=closely)
            if current is None and self._is_new:
                current = self.snapshots.publish(Content(), corpus_state="0", line=1)
            damaged = current is not None and _has_damaged_tokens(current, closely=closely)
            if damaged:
                log.warning("some word pieces are damaged and are made anew")
            if current is None or damaged or closely or self._cursor(current) is None:
                snapshot, report = self._compare(current, progress, anew=current is None or damaged)
            else:
                snapshot, report = self._follow(current, progress)
            return self._combiner.combine_small(snapshot), report

    def usable(self, known: Snapshot | None, *, closely: bool = False) -> Snapshot | None:
        """Return the current generation, unless it is damaged or made with another model or other rules."""
        try:
            pointer = self.snapshots.pointer()
            if known is not None and pointer is not None and pointer[0] == known.name and not closely:
                return replace(known, corpus_state=pointer[1])
            if pointer is not None and closely:
                current: Snapshot | None = self.snapshots.open(
                    pointer[0], corpus_state=pointer[1], closely=True
                )
            else:
                current = self.snapshots.read(known)
        except SnapshotDamaged as error:
            log.warning("the index is damaged and is built anew: %s", error)
            return None
        if current is not None and not current.fits(self._encoder.identity):
            log.warning("the index is of older rules, and is built anew by itself")
            return None
        return current

    def newer(self, than: Snapshot | None) -> tuple[str, str] | None:
        """Return the generation on disk and its state, if that is another one than this."""
        try:
            pointer = self.snapshots.pointer()
        except SnapshotDamaged:
            return None  # whoever writes the index makes it anew
        return None if than is not None and pointer == (than.name, than.corpus_state) else pointer

    def merge_in_background(self, known: Snapshot | None = None) -> Snapshot | None:
        """Put segments together where that pays, beside whatever else goes on; None where there is nothing.

        What takes long is done without the lock, so nobody waits for it.
        """
        try:
            with self._locked("merging.lock", 0):
                current = self.usable(known)
                names = () if current is None else merging.choose(current.content.sizes())
                if current is None or not names:
                    return None
                aside = self.snapshots.aside(MERGING)
                merged = self._combiner.write(current.content, names, aside)
                with self._locked("lock"):
                    return self._combiner.put(self.usable(current), names, merged, aside)
        except (Timeout, FileNotFoundError):  # another process does it, or purged what is merged here
            return None

    def rebuild(self, progress: Progress, accept: Accept) -> tuple[Snapshot, SyncReport]:
        """Build all of the index anew beside the one in use, which goes on; switch when it is accepted.

        Args:
            progress: told how many sentences are encoded.
            accept: raises what is wrong with what was built, and then nothing is switched.
        """
        with self._locked("rebuilding.lock"):
            with self._locked("lock"):
                self.snapshots.sweep(REBUILDING)
            aside = self.snapshots.aside(REBUILDING)
            state = self._corpus.newest_change()
            content, report = Content(), SyncReport()
            for number, articles in enumerate(batches(self._corpus.keys())):
                folder = aside / f"{number:06}"
                standing = replace(self._corpus.standing_of(articles), gone=set())
                keep = partial(self._aside, folder)
                content, report = self._with(content, standing, report, progress, keep=keep)
            accept(self.snapshots.candidate(content))
            with self._locked("lock"):
                return self._switch(aside, state, report, progress)

    def go_back(self, name: str | None = None) -> Snapshot:
        """Make an older generation the current one; what changed since is followed by whoever syncs next.

        Raises:
            UnknownGeneration: when there is none of that name, or none to go back to.
            SnapshotDamaged: when it is not what was written, or cannot be used with this model and program.
        """
        with self._locked("lock"):
            older = self.snapshots.older(name)
            if not older.fits(self._encoder.identity):
                raise SnapshotDamaged(f"{older.name} is of older rules than this program's; it stays unused")
            self.snapshots.point(older.name, older.corpus_state)
            return older

    def _cursor(self, current: Snapshot) -> int | None:
        """Return up to which change a generation goes; None where that is none of this corpus."""
        number = int(current.corpus_state.partition("@")[0] or 0)
        return number if self._corpus.state_at(number) == current.corpus_state else None

    @property
    def _is_new(self) -> bool:
        return not self.snapshots.generations() and self.snapshots.has_no_pointer()

    def _locked(self, name: str, patience_s: float = -1) -> FileLock:
        self.snapshots.folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self.snapshots.folder / name, timeout=patience_s)

    def _follow(self, current: Snapshot, progress: Progress) -> tuple[Snapshot, SyncReport]:
        """Index what changed since a generation was made, some at a time."""
        report = SyncReport(kept=current.content.number)
        state = self._cursor(current) or 0
        while changes := self._corpus.changes_after(state, limit=CHANGES_AT_ONCE):
            state = changes[-1].id
            if any(change.kind is Change.PURGED for change in changes):
                return self._purge(current, report, progress)
            standing = self._corpus.standing_of({change.article_id for change in changes})
            content, report = self._with(current.content, standing, report, progress)
            current = self._published(current, content, state)
        return current, report

    def _compare(
        self, current: Snapshot | None, progress: Progress, *, anew: bool
    ) -> tuple[Snapshot, SyncReport]:
        """Index all passages that are missing and take out those that are too many.

        `anew`: nothing of the generation in use is of use.
        """
        state = self._corpus.newest_change()  # before the ids: what comes in between is found the next time
        content = Content() if current is None or anew else current.content
        have = set() if current is None else current.passage_ids()
        wanted = self._corpus.passage_ids()
        report = SyncReport(kept=len(wanted & have) if anew else len(have))
        held = set() if anew else have
        content, report = self._with(content, Standing(set(), held - wanted), report, progress)
        if wanted - held:
            for articles in batches(self._corpus.keys()):
                standing = self._corpus.standing_of(articles)
                live = replace(standing, live=standing.live & wanted, gone=set())
                content, report = self._with(content, live, report, progress, closely=anew)
        if anew:
            report = replace(report, added=len(wanted - have), removed=len(have - wanted))
        if current is None or anew:
            line = 1 if current is None else current.manifest.line
            named = self._corpus.state_at(state) or "0"
            return self.snapshots.publish(content, corpus_state=named, line=line), report
        return self._published(current, content, state), report

    def _with(
        self,
        content: Content,
        standing: Standing,
        report: SyncReport,
        progress: Progress,
        *,
        keep: Callable[[Sequence[Part]], Segment] | None = None,
        closely: bool = False,
    ) -> tuple[Content, SyncReport]:
        """Add the passages that are live and not there, and take out those that are gone."""
        live, gone = (np.array(sorted(some), dtype=np.int64) for some in (standing.live, standing.gone))
        gone = gone[content.holds(gone)]
        if len(gone):
            content = content.without(gone.tolist())
        texts = list(self._corpus.passage_texts(live[~content.holds(live)].tolist()))
        encoded = 0
        if texts:
            parts, encoded = build(texts, self._encoder, self._kept, progress, closely=closely)
            content = content.with_segment((keep or self.snapshots.add)(parts))
        return content, report.then(len(texts), len(gone), encoded)

    def _published(self, current: Snapshot, content: Content, state: int) -> Snapshot:
        """Switch to other content, or note that it is that of a newer state of the corpus, too."""
        named = self._corpus.state_at(state) or "0"
        if content is not current.content:
            return self.snapshots.publish(content, corpus_state=named, line=current.manifest.line)
        if current.corpus_state == named:
            return current
        self.snapshots.point(current.name, named)
        return replace(current, corpus_state=named)

    def _aside(self, folder: Path, parts: Sequence[Part]) -> Segment:
        """Write parts as a segment that nobody sweeps away."""
        folder.mkdir()
        for part in parts:
            part.write(folder / part.language)
        return self.snapshots.finish(folder)

    def _switch(
        self, aside: Path, state: int, report: SyncReport, progress: Progress
    ) -> tuple[Snapshot, SyncReport]:
        """Switch to what was rebuilt, with what changed since that began."""
        content = Content()
        for folder in sorted(aside.iterdir()):
            content = content.with_segment(self.snapshots.adopt(folder))
        aside.rmdir()
        current = self.usable(None)
        line = 1 + (current.manifest.line if current else 0)
        while changes := self._corpus.changes_after(state, limit=CHANGES_AT_ONCE):
            state = changes[-1].id
            standing = self._corpus.standing_of({change.article_id for change in changes})
            content, report = self._with(content, standing, report, progress)
        named = self._corpus.state_at(state) or "0"
        snapshot = self.snapshots.publish(content, corpus_state=named, line=line)
        self.snapshots.sweep()
        return self._combiner.combine_small(snapshot), report

    def _purge(
        self, current: Snapshot, report: SyncReport, progress: Progress
    ) -> tuple[Snapshot, SyncReport]:
        """Compare all passages, then leave nothing anywhere of those that are gone: no word and no vector."""
        current, found = self._compare(current, progress, anew=False)
        report = report.then(found.added, found.removed, found.encoded)
        for name, size in current.content.sizes().items():
            if size.gone:
                current = self._combiner.combine(current, (name,))
        self.snapshots.sweep(MERGING, REBUILDING, all_but_current=True)
        wanted = {
            int(offset)
            for part, alive in current.content.living()
            if part.places is not None
            for offset in part.places["offset"][slice(None) if alive is None else alive]
        }
        self._kept.scrub(wanted)
        self.snapshots.forget_other_models()
        return current, report


def _has_damaged_tokens(snapshot: Snapshot, *, closely: bool) -> bool:
    if snapshot.tokens is None:
        return False
    return snapshot.tokens.is_damaged or (closely and not snapshot.has_sound_tokens())
