"""Engine: all of retrieval behind a few calls."""

import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from corpus.store import Corpus
from corpus.stored import CorpusSummary
from index.answers import (
    Answer,
    Candidate,
    Evidence,
    Question,
    Reference,
    choose,
    earlier_copy,
    moved,
    with_copies,
    worded_once,
)
from index.confidence import Calibration, Outcome, read_calibration
from index.encoder import Encoder
from index.encoding import Progress
from index.fusion import Weights, read_weights
from index.judging import Judge
from index.kinds import asks_about_now
from index.question import AskedQuestion, read_question
from index.ranking import Hit, rank
from index.reader import Reader
from index.smoke import accept
from index.snapshots import Snapshot
from index.sync import Sync, SyncReport

#: How many candidates are read from the corpus to choose from, on every page the same ones, so that no page
#: repeats another: some may be gone by now, some say the same, some are of an article that is shown already.
READ = 20


def quietly(_done: int, _total: int) -> None:
    """Show no progress."""


class Engine:
    """Finds the sentences that answer.

    Open one for a process and ask from many threads: a search in flight finishes on the generation on
    which it began.
    """

    def __init__(
        self,
        folder: Path,
        corpus: Corpus,
        encoder: Encoder,
        *,
        reader: Reader | None = None,
        calibration: Calibration | None = None,
        weights: Weights | None = None,
    ) -> None:
        self._corpus = corpus
        self._encoder = encoder
        self._sync = Sync(folder, corpus, encoder)
        self._refreshing = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._covered = CorpusSummary()
        self._is_counted, self._count_again_at = False, 0.0
        self._refused: tuple[str, str] | None = None
        self._weights = weights or read_weights()
        self._judge = Judge(reader, calibration or read_calibration(), self._weights)

    def refresh(
        self, progress: Progress = quietly, *, patience_s: float = -1, closely: bool = False
    ) -> SyncReport:
        """Make the index equal to the corpus and answer from it from now on. Doing it twice does nothing.

        Args:
            progress: told how many sentences are encoded; what it raises ends this, and nothing is lost.
            patience_s: how long to wait while another process writes the index; -1 is for ever.
            closely: look at all that is kept, and make anew what is damaged.

        Raises:
            TimeoutError: when another process writes the index for longer than that.
            OSError: when the disk does not take it.
        """
        with self._refreshing:
            snapshot, report = self._sync.run(
                progress, self._snapshot, patience_s=patience_s, closely=closely
            )
            self._switch(snapshot)
            return report

    def renew(self) -> bool:
        """Answer from the generation that is current on disk, if it is another one; return whether it was.

        What this shares with the one before is not read again. Where it cannot be used, answers go on from
        the one before; whoever writes the index makes it anew.
        """
        with self._refreshing:
            pointer = self._sync.newer(self._snapshot)
            if pointer is None or pointer == self._refused:
                self._count(frugally=True)
                return False
            snapshot = self._sync.usable(self._snapshot)
            if snapshot is None:
                self._refused = pointer
                self._sync.snapshots.call_damaged()
                return False
            self._switch(snapshot, frugally=True)
            return True

    def merge(self) -> bool:
        """Put parts of the index together where that pays, for as long as it takes; return whether it did."""
        merged = self._sync.merge_in_background(self._snapshot)
        if merged is not None:
            self.renew()
        return merged is not None

    def rebuild(self, progress: Progress = quietly) -> SyncReport:
        """Build the index anew beside the one in use, and switch if it finds what it holds.

        Raises:
            RebuildFailed: when it does not; the old one stays in use.
        """
        snapshot, report = self._sync.rebuild(
            progress, lambda built: accept(built, self._corpus, self._encoder, self._weights)
        )
        with self._refreshing:
            self._switch(snapshot)
        return report

    def go_back(self, name: str | None = None) -> str:
        """Answer from an older generation; return its name. See `Sync.go_back`."""
        with self._refreshing:
            snapshot = self._sync.go_back(name)
            self._switch(snapshot)
            return snapshot.name

    def resume(self) -> bool:
        """Answer from the index as it is on disk, behind or not; return whether it could be used."""
        with self._refreshing:
            snapshot = self._sync.usable(None)
            if snapshot is not None:
                self._switch(snapshot)
            return snapshot is not None

    @property
    def covered(self) -> CorpusSummary:
        """What the articles cover, as of the last refresh."""
        self._ready()
        return self._covered

    @property
    def is_behind(self) -> bool:
        """Say whether the corpus changed since the generation in use was made, or that is damaged."""
        snapshot = self._snapshot
        return snapshot is None or snapshot.corpus_state != self._corpus.state() or self.is_damaged

    @property
    def is_far_behind(self) -> bool:
        """Say whether it would take long to index what changed in the corpus since."""
        return self._snapshot is None or self._sync.is_far_behind(self._snapshot)

    @property
    def is_damaged(self) -> bool:
        """Say whether a question met word pieces that are not what was written."""
        snapshot = self._snapshot
        return snapshot is not None and snapshot.tokens is not None and snapshot.tokens.is_damaged

    def ask(self, question: Question, *, limit: int = 3, skip: int = 0) -> Answer:
        """Find up to `limit` passages that answer, best first, leaving out the first `skip` ones."""
        snapshot = self._ready()
        asked = read_question(question.text, question.language, snapshot.shelves, self._encoder)
        hits = rank(snapshot.shelves.values(), asked, snapshot.tokens, self._weights, limit=2 * READ)
        stored = worded_once(self._stored(hits[:READ]))
        if len(stored) < READ < len(hits):  # some are gone by now, some are copies
            stored = worded_once([*stored, *self._stored(hits[READ:])])[:READ]
        considered = self._judge.judge(asked, stored, snapshot)
        best = considered[0] if considered else None
        outcome = Outcome.NOTHING if best is None else best.outcome
        shown = []
        if outcome is not Outcome.NOTHING:
            near = [one for one in choose(considered, limit=READ) if one.outcome is not Outcome.NOTHING]
            if outcome is Outcome.ANSWERED and not self._is_timely(asked, near[0]):
                outcome = Outcome.CLOSEST
            page = self._where_they_stood_first(near[: skip + limit])[skip:]
            shown = [self._judge.mark(asked, one, snapshot) for one in page]
        return Answer(
            question=question,
            outcome=outcome,
            confidence=best.probability if best else 0.0,
            evidence=tuple(shown),
            covered=self._covered,
            considered=tuple(considered),
            looked_for=tuple(question.text[word.span.start : word.span.end] for word in asked.words),
        )

    def recall(self, references: Collection[Reference], *, radius: int) -> tuple[Evidence, ...]:
        """Find passages again, with up to `radius` sentences on both sides of each.

        `revision.since` says of each whether its article was changed or removed since; of a removed one no
        word is handed out. Those of purged articles are missing.
        """
        places = [(one.revision_id, one.position) for one in references]
        stored = self._corpus.passages_at(places)
        around = self._corpus.neighbours(stored, before=radius, after=radius)
        also = self._corpus.also_in(stored)
        return tuple(
            Evidence(
                passage.id, passage.revision, passage.position, passage.sentence, spans,
                also=tuple(also[passage.id]),
            )
            for passage, spans in zip(stored, around, strict=True)
        )  # fmt: skip

    def _is_timely(self, asked: AskedQuestion, best: Candidate) -> bool:
        """Say whether a sentence is young enough where it stood first: copied today, it is still as old."""
        if not asks_about_now(asked.text):
            return True
        [first] = self._where_they_stood_first([best])
        return self._judge.is_timely(asked, first.evidence)

    def _where_they_stood_first(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Show each sentence in the article that came first of all that have it, and name the others."""
        also = self._corpus.also_in([one.stored for one in candidates])
        named = [with_copies(one, also[one.evidence.passage_id]) for one in candidates]
        shown: dict[Reference, Candidate] = {}
        for one in named:
            first = self._moved(one)
            if first.evidence.reference in shown:
                first = one
            shown[first.evidence.reference] = first
        return list(shown.values())

    def _moved(self, candidate: Candidate) -> Candidate:
        earlier = earlier_copy(candidate.evidence)
        if earlier is None:
            return candidate
        found = self.recall([Reference(earlier.revision_id, earlier.position)], radius=1)
        return moved(candidate, found[0]) if found else candidate

    def _switch(self, snapshot: Snapshot, *, frugally: bool = False) -> None:
        if self._snapshot is None or snapshot.corpus_state != self._snapshot.corpus_state:
            self._is_counted = False
        self._snapshot = snapshot
        self._count(frugally=frugally)

    def _count(self, *, frugally: bool) -> None:
        """Count what the articles cover; `frugally`: unless that would take more than a tenth of the time."""
        began = time.monotonic()
        if self._is_counted or self._snapshot is None or (frugally and began < self._count_again_at):
            return
        self._covered = replace(self._corpus.summary(), passages=self._snapshot.content.number)
        self._is_counted = True
        self._count_again_at = time.monotonic() + 10 * (time.monotonic() - began)

    def _ready(self) -> Snapshot:
        snapshot = self._snapshot
        if snapshot is None:
            self.refresh()
            return self._ready()
        return snapshot

    def _stored(self, hits: Sequence[Hit]) -> list[Candidate]:
        stored = self._corpus.passages([hit.id for hit in hits])
        found = [(hit, stored[hit.id][0]) for hit in hits if hit.id in stored]
        around = self._corpus.neighbours([passage for _, passage in found], before=1, after=1)
        return [
            Candidate(
                Evidence(passage.id, passage.revision, passage.position, passage.sentence, spans),
                hit.score,
                hit.signals,
                passage.paragraph,
            )
            for (hit, passage), spans in zip(found, around, strict=True)
        ]
