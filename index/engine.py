"""Engine: all of retrieval behind a few calls."""

import threading
from collections.abc import Collection, Iterable
from pathlib import Path

from corpus.passages import Span
from corpus.store import Corpus
from corpus.stored import CorpusSummary, StoredPassage, passage_text
from index.analysis import analyse, analyse_words
from index.answers import Answer, Evidence, Question, Ranked, Reference, choose
from index.confidence import Calibration, Outcome, Signals, read_calibration
from index.coverage import found_share
from index.encoder import Encoder, Vectors
from index.ranking import Hit, rank
from index.snapshots import Snapshot
from index.sync import Progress, Sync, SyncReport

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
        self, folder: Path, corpus: Corpus, encoder: Encoder, *, calibration: Calibration | None = None
    ) -> None:
        self._corpus = corpus
        self._encoder = encoder
        self._sync = Sync(folder, corpus, encoder)
        self._refreshing = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._covered = CorpusSummary()
        self._calibration = calibration or read_calibration()

    def refresh(self, progress: Progress = quietly, *, patience_s: float = -1) -> SyncReport:
        """Make the index equal to the corpus and answer from it from now on. Doing it twice does nothing.

        Args:
            progress: told how many sentences are encoded; what it raises ends this, and nothing is lost.
            patience_s: how long to wait while another process writes the index; -1 is for ever.

        Raises:
            TimeoutError: when another process writes the index for longer than that.
            OSError: when the disk does not take it.
        """
        with self._refreshing:
            snapshot, report = self._sync.run(progress, self._snapshot, patience_s=patience_s)
            self._switch(snapshot)
            return report

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
        """Say whether the corpus changed since the generation in use was made."""
        return self._snapshot is None or self._snapshot.corpus_state != self._corpus.state()

    def ask(self, question: Question, *, limit: int = 3, skip: int = 0) -> Answer:
        """Find up to `limit` passages that answer, best first, leaving out the first `skip` ones."""
        snapshot = self._ready()
        hits = rank(snapshot.shelves.values(), question, self._vector(snapshot, question), limit=READ)
        found = {hit.id: (hit, places[0]) for hit, places in self._stored(hits)}
        chosen = choose([_ranked(*pair) for pair in found.values()], limit=READ)
        best, near = self._near(snapshot, question, [found[one.passage_id] for one in chosen], skip + limit)
        shown = near[skip:]
        around = self._corpus.neighbours([passage for passage, _, _ in shown], before=1, after=1)
        return Answer(
            question=question,
            outcome=self._calibration.outcome(best) if best else Outcome.NOTHING,
            confidence=self._calibration.probability(best) if best else 0.0,
            evidence=tuple(_evidence(*one, spans) for one, spans in zip(shown, around, strict=True)),
            covered=self._covered,
        )

    def recall(self, references: Collection[Reference], *, radius: int) -> tuple[Evidence, ...]:
        """Find passages again, with up to `radius` sentences on both sides of each.

        Those whose article was removed or revised since are missing.
        """
        places = [(one.revision_id, one.position) for one in references]
        stored = self._corpus.passages_at(places)
        around = self._corpus.neighbours(stored, before=radius, after=radius)
        return tuple(
            _evidence(passage, 0.0, None, spans) for passage, spans in zip(stored, around, strict=True)
        )

    def _near(
        self,
        snapshot: Snapshot,
        question: Question,
        chosen: Iterable[tuple[Hit, StoredPassage]],
        number: int,
    ) -> tuple[Signals | None, list[tuple[StoredPassage, float, Signals]]]:
        """Return the signals of the best passage, and the first `number` passages that are near enough.

        Where the best one is not, none is.
        """
        best: Signals | None = None
        near: list[tuple[StoredPassage, float, Signals]] = []
        for hit, passage in chosen:
            signals = self._signals(snapshot, question, hit, passage)
            best = best or signals
            if self._calibration.outcome(signals) is not Outcome.NOTHING:
                near.append((passage, hit.score, signals))
            if not near or len(near) == number:
                break
        return best, near

    def _switch(self, snapshot: Snapshot) -> None:
        if self._snapshot is None or snapshot.corpus_state != self._snapshot.corpus_state:
            self._covered = self._corpus.summary()
        self._snapshot = snapshot

    def _ready(self) -> Snapshot:
        snapshot = self._snapshot
        if snapshot is None:
            self.refresh()
            return self._ready()
        return snapshot

    def _vector(self, snapshot: Snapshot, question: Question) -> Vectors | None:
        has_vectors = any(shelf.vectors is not None for shelf in snapshot.shelves.values())
        if not has_vectors or not self._encoder.speaks(question.language):
            return None
        vector: Vectors = self._encoder.encode_questions([question.text])[0]
        return vector

    def _stored(self, hits: list[Hit]) -> list[tuple[Hit, tuple[StoredPassage, ...]]]:
        stored = self._corpus.passages([hit.id for hit in hits])
        return [(hit, tuple(stored[hit.id])) for hit in hits if hit.id in stored]

    def _signals(self, snapshot: Snapshot, question: Question, hit: Hit, passage: StoredPassage) -> Signals:
        text = passage_text(passage)
        words = analyse_words(question.text, text.language)
        idf = snapshot.shelves[text.language].words.idf
        sentence = analyse(text.sentence, text.language)
        return Signals(text.language, hit.cosine, found_share(words, sentence, idf))


def _evidence(
    passage: StoredPassage, score: float, signals: Signals | None, around: tuple[Span, ...]
) -> Evidence:
    return Evidence(
        passage_id=passage.id,
        revision=passage.revision,
        position=passage.position,
        sentence=passage.sentence,
        around=around,
        score=score,
        signals=signals,
    )


def _ranked(hit: Hit, passage: StoredPassage) -> Ranked:
    quote = passage.revision.text[passage.sentence.start : passage.sentence.end]
    return Ranked(hit.id, passage.revision.article_id, quote, hit.score)
