"""Sync: makes the index equal to the corpus, by the difference of two sets of content hashes."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from filelock import FileLock

from corpus.store import Corpus
from corpus.stored import PassageText
from index.encoder import Encoder, Vectors
from index.errors import SnapshotDamaged
from index.keptvectors import KeptVectors, distinct
from index.shelves import Shelf, by_language
from index.snapshots import Snapshot, Snapshots

log = logging.getLogger(__name__)

#: Texts encoded between two writes to disk: what a kill costs at most.
ENCODED_AT_ONCE = 256

#: Called with (texts encoded so far, texts to encode), first with 0.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What changed: passages that came, went and stayed, and how many texts had to be encoded."""

    added: int
    removed: int
    kept: int
    encoded: int

    @property
    def changed(self) -> bool:
        """Say whether a new generation was written."""
        return bool(self.added or self.removed)


class Sync:
    """Writes generations into a folder. Processes take turns by a lock file; each does only what is left."""

    def __init__(self, folder: Path, corpus: Corpus, encoder: Encoder) -> None:
        self._folder = folder
        self._corpus = corpus
        self._encoder = encoder
        self._snapshots = Snapshots(folder)

    def run(
        self, progress: Progress, known: Snapshot | None = None, *, patience_s: float = -1
    ) -> tuple[Snapshot, SyncReport]:
        """Make the index equal to the corpus as it is now, and return it. Running it twice does nothing.

        Args:
            progress: told how many sentences are encoded; what it raises ends this.
            known: a generation that was read before; it is not read again while it is the current one.
            patience_s: how long to wait for another process; -1 is for ever.

        Raises:
            TimeoutError: when another process writes the index for longer than that.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self._folder / "lock", timeout=patience_s):
            self._snapshots.sweep()
            current = self.usable(known)
            state = self._corpus.state()  # before the ids: what comes in between is found the next time
            wanted = self._corpus.passage_ids()
            have = current.passage_ids() if current else set()
            report = SyncReport(
                added=len(wanted - have), removed=len(have - wanted), kept=len(wanted & have), encoded=0
            )
            if current is not None and not report.changed:
                if current.corpus_state != state:
                    self._snapshots.point(current.name, state)
                    current = replace(current, corpus_state=state)
                return current, report
            return self._write(list(self._corpus.passage_texts(wanted)), state, report, progress)

    def usable(self, known: Snapshot | None) -> Snapshot | None:
        """Return the current generation, unless it is damaged or made with another model or other rules."""
        try:
            pointer = self._snapshots.pointer()
            if known is not None and pointer is not None and pointer[0] == known.name:
                return replace(known, corpus_state=pointer[1])
            current = self._snapshots.read()
        except SnapshotDamaged as error:
            log.warning("the index is damaged and is built anew: %s", error)
            return None
        if current is not None and not current.fits(self._encoder.identity):
            log.warning("the index is of another model or of older rules, and is built anew by itself")
            return None
        return current

    def _write(
        self, texts: Sequence[PassageText], state: str, report: SyncReport, progress: Progress
    ) -> tuple[Snapshot, SyncReport]:
        sentences = distinct(text.sentence for text in texts if self._encoder.speaks(text.language))
        kept = KeptVectors(self._folder / "vectors", self._encoder.identity)
        encoded = self._encode_missing(sentences, kept, progress)
        shelves = [Shelf.build(group, self._vectors(group, kept)) for group in by_language(texts)]
        snapshot = self._snapshots.write(shelves, model_identity=self._encoder.identity, corpus_state=state)
        self._snapshots.sweep()
        return snapshot, replace(report, encoded=encoded)

    def _encode_missing(self, texts: Sequence[str], kept: KeptVectors, progress: Progress) -> int:
        found, _ = kept.find(texts)
        missing = [text for text, is_there in zip(texts, found, strict=True) if not is_there]
        for first in range(0, len(missing), ENCODED_AT_ONCE):
            progress(first, len(missing))
            some = missing[first : first + ENCODED_AT_ONCE]
            kept.append(some, self._encoder.encode_passages(some))
        if missing:
            progress(len(missing), len(missing))
        return len(missing)

    def _vectors(self, texts: Sequence[PassageText], kept: KeptVectors) -> Vectors | None:
        if not self._encoder.speaks(texts[0].language):
            return None
        found, vectors = kept.find([text.sentence for text in texts])
        if not np.all(found):
            raise SnapshotDamaged("vectors that were just written cannot be read back; is the disk failing?")
        return vectors
