"""Whatever kills a sync, a merge or a rebuild, and whenever: the index is the old or the new one, and heals.

Whole processes die by SIGKILL: before steps they take on the disk, where they append with the last bytes
missing, and at times that nobody chose. A few steps of each are enough every day, always the same ones;
`make kills` tries them all.
"""

from __future__ import annotations

import random
import shutil
import signal
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import pytest

from corpus.database import sqlite_url
from corpus.languages import Language
from corpus.store import Corpus
from index.answers import Question
from index.engine import Engine
from index.snapshots import Snapshots
from tests.fakes.encoder import FakeEncoder, encode
from tests.fakes.news import ARREST, BRIDGE, PRICES, SHOW_ALL, WEIGHTS, put, remove, sentences
from tests.index.killing import Killer, Order, acknowledged, work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from corpus.stored import PassageId

# Nobody kills this process; those that die flush whatever they do.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("unhurried")]

#: How many steps of a scenario are died at every day.
SAMPLED = 5

MODEL = FakeEncoder().identity

#: Words of the purged article, which stand in no other.
SECRET = ("Qwzxian spies met.", "Йцщтов молчит.")


@dataclass(frozen=True)
class Scenario:
    """Something that is done to an index; `before` is what was indexed before, `then` what changed since."""

    before: tuple[Callable[[Corpus], None], ...] = ()
    then: tuple[Callable[[Corpus], None], ...] = ()
    work: Literal["sync", "merge", "rebuild"] = "sync"
    policy: Mapping[str, float] = field(default_factory=dict)
    purges: bool = False

    def order(self, folder: Path, at_step: int | None = None) -> Order:
        # What is overwritten is not torn at its end.
        torn = not self.purges
        return Order(str(folder), work=self.work, policy=self.policy, at_step=at_step, torn=torn)


def added(key: str, *sentences: str, language: Language = Language.ENGLISH) -> Callable[[Corpus], None]:
    return lambda corpus: put(corpus, key, *sentences, title=key, language=language)


def removed(key: str) -> Callable[[Corpus], None]:
    return lambda corpus: remove(corpus, key)


def purged(key: str) -> Callable[[Corpus], None]:
    def purge(corpus: Corpus) -> None:
        (found,) = (revision for revision in corpus.articles() if revision.title == key)
        corpus.purge(found.article_id, because="test")

    return purge


ARRESTED, WEATHER, COST = added("arrest", ARREST), added("weather", "It rained."), added("cost", PRICES)
BRIDGED = added("bridge", BRIDGE, "It is open again.")
SPIES, SILENT = added("spies", SECRET[0]), added("silent", SECRET[1], language=Language.RUSSIAN)

#: Four segments are merged at once, or never but in the background.
AT_ONCE, LATER = {"TOGETHER": 4}, {"TOGETHER": 4, "AT_ONCE": 0}

SCENARIOS = {
    "first": Scenario(then=(ARRESTED, WEATHER, COST, BRIDGED, removed("cost"))),
    "one more": Scenario(before=(ARRESTED, WEATHER), then=(BRIDGED,)),
    "removal": Scenario(before=(ARRESTED, WEATHER, BRIDGED), then=(removed("weather"),)),
    "all at once": Scenario(
        before=(ARRESTED, COST, WEATHER),
        then=(BRIDGED, added("arrest", ARREST, "He is silent."), removed("cost")),
    ),
    "small merge": Scenario(before=(ARRESTED, WEATHER, COST), then=(BRIDGED,), policy=AT_ONCE),
    "merge": Scenario(
        before=(ARRESTED, WEATHER, COST, SPIES, BRIDGED, removed("cost")), work="merge", policy=LATER
    ),
    "rebuild": Scenario(
        before=(ARRESTED, WEATHER, COST, removed("weather")), then=(BRIDGED,), work="rebuild", policy=LATER
    ),
    "purge": Scenario(
        before=(ARRESTED, SPIES, COST, SILENT), then=(purged("spies"), purged("silent")), purges=True
    ),
}


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    with Killer() as started:
        yield started


@pytest.fixture(scope="module")
def prepared(
    request: pytest.FixtureRequest, killer: Killer, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Scenario, Path]:
    """A corpus that was changed since its index was made, change by change."""
    scenario = SCENARIOS[request.param]
    folder = tmp_path_factory.mktemp("prepared")
    corpus = Corpus.open(sqlite_url(folder / "corpus.sqlite"))
    for change in scenario.before:
        change(corpus)
        assert killer.run(Order(str(folder), policy=LATER)).signal == 0
    for change in scenario.then:
        change(corpus)
    corpus.close()
    return scenario, folder


class Place:
    """A folder with a corpus and its index, and what a process that died in it must not have done."""

    def __init__(self, folder: Path, scenario: Scenario) -> None:
        self.folder, self.scenario = folder, scenario
        self.corpus = Corpus.open(sqlite_url(folder / "corpus.sqlite"))
        self.snapshots = Snapshots(folder / "index", MODEL)
        self.before = self.passages()

    def passages(self) -> set[PassageId]:
        snapshot = self.snapshots.read()
        return snapshot.passage_ids() if snapshot else set()

    def engine(self, encoder: FakeEncoder) -> Engine:
        return Engine(self.folder / "index", self.corpus, encoder, calibration=SHOW_ALL, weights=WEIGHTS)

    def check_it_is_old_or_new(self) -> None:
        assert self.passages() in (self.before, self.corpus.passage_ids())

    def check_it_heals(self) -> None:
        encoder = FakeEncoder()
        kept = set(acknowledged(self.folder))
        engine = self.engine(encoder)

        work(engine, Order(str(self.folder), policy=self.scenario.policy))
        work(engine, self.scenario.order(self.folder))

        assert self.passages() == self.corpus.passage_ids()
        assert not encoder.read_in & kept, "what was kept of a sentence was lost"
        assert engine.refresh(closely=True).changed is False
        self.check_word_pieces_are_read()
        answer = engine.ask(Question.parse("who arrested the former mayor?"))
        assert answer.evidence[0].quote == ARREST
        self.check_nothing_is_left_behind()

    def check_word_pieces_are_read(self) -> None:
        snapshot = self.snapshots.read()
        assert snapshot is not None
        assert snapshot.tokens is not None
        for text in self.corpus.passage_texts(self.corpus.passage_ids()):
            place = snapshot.shelves[text.language].place_of(text.id)
            assert place is not None
            assert snapshot.tokens.read(place)[0].tolist() == encode(text.sentence).spans.tolist()

    def check_nothing_is_left_behind(self) -> None:
        self.snapshots.sweep()
        left = {path.name.partition("-")[0] for path in self.snapshots.folder.iterdir()}
        assert left <= {"CURRENT", "generation", "segment", "lock", "merging.lock", "rebuilding.lock"}
        assert len(self.snapshots.generations()) <= 3
        if self.scenario.purges:
            files = [path.read_bytes() for path in self.folder.glob("index/**/*") if path.is_file()]
            assert not [
                word for word in (b"qwzx", "йцщтов".encode()) for file in files if word in file.lower()
            ]


def steps_of(steps: int, request: pytest.FixtureRequest) -> list[int]:
    """Return all steps, or those that are died at every day."""
    if request.config.getoption("--exhaustive"):
        return list(range(1, steps + 1))
    chance = random.Random(steps)  # noqa: S311 (not for secrets: the same steps in every run)
    return sorted(chance.sample(range(1, steps + 1), min(SAMPLED, steps)))


@pytest.mark.parametrize("prepared", SCENARIOS, indirect=True)
def test_it_may_die_before_any_step(
    killer: Killer, prepared: tuple[Scenario, Path], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    scenario, source = prepared
    shutil.copytree(source, tmp_path / "lives")
    lives = killer.run(scenario.order(tmp_path / "lives"))
    assert lives.signal == 0
    assert lives.steps >= 15

    for step in steps_of(lives.steps, request):
        folder = shutil.copytree(source, tmp_path / str(step))
        place = Place(folder, scenario)

        ended = killer.run(scenario.order(folder, at_step=step))

        assert ended.signal == signal.SIGKILL, f"step {step} of {lives.steps}"
        place.check_it_is_old_or_new()
        place.check_it_heals()
        place.corpus.close()
        shutil.rmtree(folder)


@pytest.mark.parametrize("prepared", ["all at once"], indirect=True)
def test_a_growing_corpus_outlives_syncs_that_die_at_any_time(
    killer: Killer, prepared: tuple[Scenario, Path], tmp_path: Path
) -> None:
    chance = random.Random(2022)  # noqa: S311 (not for secrets: the same times in every run)
    folder = shutil.copytree(prepared[1], tmp_path / "growing")
    place = Place(folder, Scenario())
    died = 0

    for number in range(16):
        closed, ran = f"Street {number} was closed.", f"Bus {number} ran on."
        put(place.corpus, f"more{number}", closed, ran, title=f"Street {number}")
        ended = killer.run(Order(str(folder), after_seconds=chance.uniform(0.0, 0.12), pause=0.01))
        died += ended.signal == signal.SIGKILL
        place.check_it_is_old_or_new()
        place.before = place.passages()

    assert died >= 6
    kept = acknowledged(folder)
    assert len(kept) == len(set(kept)), "a sentence was encoded twice although it was kept"
    place.check_it_heals()
    assert {f"Street {number} was closed." for number in range(16)} <= sentences(place.corpus)
    place.corpus.close()
