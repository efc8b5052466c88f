"""An index that grows: articles that come, change and go, and engines that follow them."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.answers import Question
from index.engine import Engine
from index.manifests import segments_of
from index.question import read_question
from index.ranking import gather
from index.snapshots import Snapshots
from index.sweeping import MERGING, REBUILDING, WRITING
from index.sync import Sync
from tests.fakes.encoder import FakeEncoder
from tests.fakes.news import SHOW_ALL, WEIGHTS, article

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.articles import ArticleId
    from corpus.store import Corpus
    from corpus.stored import CorpusSummary
    from index.answers import Answer
    from index.signals import Signal
    from index.snapshots import Snapshot


@dataclass
class Growing:
    """A corpus and the folder of its index; what is done to them is told by their `chance` alone."""

    folder: Path
    corpus: Corpus
    encoder: FakeEncoder = field(default_factory=FakeEncoder)
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 (no secrets)

    def engine(self) -> Engine:
        """Open another engine, as another process would."""
        return Engine(self.folder, self.corpus, self.encoder, calibration=SHOW_ALL, weights=WEIGHTS)

    def sync(self) -> Sync:
        return Sync(self.folder, self.corpus, self.encoder)

    @property
    def snapshots(self) -> Snapshots:
        return Snapshots(self.folder, self.encoder.identity)

    @property
    def snapshot(self) -> Snapshot:
        found = self.snapshots.read()
        assert found is not None
        return found

    def put(self, key: str, *sentences: str, title: str = "", restore: bool = False) -> None:
        """Store an article, each sentence a paragraph of its own."""
        self.corpus.put(article(key, "\n".join(sentences), title=title or key), restore=restore)

    def id_of(self, key: str) -> ArticleId:
        return next(id_ for id_, its in self.corpus.keys().items() if its == key)

    def remove(self, key: str) -> None:
        self.corpus.remove(self.id_of(key), because="test")

    def purge(self, key: str) -> None:
        self.corpus.purge(self.id_of(key), because="test")

    def change(self) -> str:
        """Add, revise, retitle, remove or restore an article, whichever comes; return what was done."""
        live = sorted(self.corpus.keys().values())
        key = f"a{self.chance.randrange(6)}"
        if key in live and self.chance.random() < 1 / 3:
            self.remove(key)
            return f"removed {key}"
        # A paragraph may stand in several articles under one title, or twice in one.
        numbers = [self.chance.randrange(8) for _ in range(self.chance.randrange(1, 4))]
        title = f"Title {self.chance.randrange(3)}"
        self.put(key, *(sentence(number) for number in numbers), title=title, restore=True)
        return f"put {key}: {title} {numbers}"

    def assert_followed(self, *engines: Engine) -> None:
        """Check that the index holds exactly what the corpus does, each passage once, and engines find it."""
        snapshot = self.snapshot
        wanted = self.corpus.passage_ids()
        ids = [id_ for living in snapshot.content.living() for id_ in living.ids.tolist()]
        assert sorted(ids) == sorted(wanted)
        assert snapshot.content.number == len(wanted)
        assert snapshot.corpus_state == self.corpus.state()
        for engine in engines:
            assert not engine.is_behind
            assert _counted(engine, len(wanted)).passages == len(wanted)

    def assert_nothing_is_left(self) -> None:
        """Check that nothing is in the folder that no generation holds."""
        names = {path.name for path in self.snapshots.folder.iterdir()}
        held = {name for path in self.snapshots.generations() for name in segments_of(path)}
        assert {name for name in names if name.startswith("segment-")} == held
        left = [name for name in names if name.partition("-")[0] in {WRITING, MERGING, REBUILDING}]
        assert left == [], left


def _counted(engine: Engine, expected: int) -> CorpusSummary:
    """Return what an engine covers, which it counts now and then."""
    patience_ends = time.monotonic() + 10
    while engine.covered.passages != expected and time.monotonic() < patience_ends:
        engine.renew()
    return engine.covered


def signals(snapshot: Snapshot, question: str) -> dict[int, dict[Signal, float]]:
    """Return the candidates of a question by their ids, with all that the index says of each."""
    language = Question.parse(question).language
    asked = read_question(question, language, snapshot.shelves, FakeEncoder())
    found = gather(snapshot.shelves.values(), asked)
    return {
        id_: {signal: float(values[row]) for signal, values in found.table.items()}
        for row, id_ in enumerate(found.ids.tolist())
    }


def ask(engine: Engine, question: str) -> Answer:
    return engine.ask(Question.parse(question))


def quotes(answer: Answer) -> set[str]:
    """Return all that was considered for an answer."""
    return {one.evidence.quote for one in answer.considered}


def sentence(number: int) -> str:
    """Return the sentence of that number, which shares some words with the others."""
    return (
        f"On day {number} the bridge number {number} was {'closed' if number % 2 else 'opened'} by the mayor."
    )
