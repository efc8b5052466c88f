"""Whatever kills a sync, and whenever: the index is the old or the new one, and the next sync makes it whole.

Whole processes die by SIGKILL: before each step they take on the disk, where they write with the last bytes
missing, and at times that nobody chose.
"""

from __future__ import annotations

import functools
import random
import shutil
import signal
from typing import TYPE_CHECKING

import pytest

from corpus.database import sqlite_url
from corpus.store import Corpus
from index.answers import Question
from index.engine import Engine
from index.snapshots import KEPT_GENERATIONS, Snapshots
from tests.fakes.encoder import FakeEncoder, encode
from tests.fakes.news import ARREST, BRIDGE, PRICES, SHOW_ALL, WEIGHTS, put, remove, sentences
from tests.index.killing import Killer, Order, acknowledged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from corpus.stored import PassageId

# Nobody kills this process; those that die flush whatever they do.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("unhurried")]

#: The tests that share the killing at each step, so that each stays short; together they do all.
SHARES = 4


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    with Killer() as started:
        yield started


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus that was changed in every way since the second generation of its index."""
    folder = tmp_path_factory.mktemp("prepared")
    corpus = Corpus.open(sqlite_url(folder / "corpus.sqlite"))
    engine = Engine(folder / "index", corpus, FakeEncoder())
    put(corpus, "a", ARREST, title="Arrest")
    put(corpus, "b", PRICES, title="Prices")
    engine.refresh()
    put(corpus, "d", "It rained.", title="Weather")
    engine.refresh()
    put(corpus, "c", BRIDGE, "It is open again.", title="Bridge")
    put(corpus, "a", ARREST, "He is silent.", title="Arrest")
    remove(corpus, "Prices")
    corpus.close()
    return folder


class Place:
    """A folder with a corpus and its index, and what a sync that died in it must not have done."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.corpus = Corpus.open(sqlite_url(folder / "corpus.sqlite"))
        self.before = self.passages()

    def passages(self) -> set[PassageId]:
        snapshot = Snapshots(self.folder / "index").read()
        return snapshot.passage_ids() if snapshot else set()

    def engine(self, encoder: FakeEncoder) -> Engine:
        return Engine(self.folder / "index", self.corpus, encoder, calibration=SHOW_ALL, weights=WEIGHTS)

    def check_it_is_old_or_new(self) -> None:
        assert self.passages() in (self.before, self.corpus.passage_ids())

    def check_it_heals(self) -> None:
        encoder = FakeEncoder()
        kept = set(acknowledged(self.folder))
        engine = self.engine(encoder)

        engine.refresh()

        assert self.passages() == self.corpus.passage_ids()
        assert not encoder.read_in & kept, "what was kept of a sentence was lost"
        assert engine.refresh().changed is False
        self.check_word_pieces_are_read()
        answer = engine.ask(Question.parse("who arrested the former mayor?"))
        assert answer.evidence[0].quote == ARREST
        assert not list((self.folder / "index").glob("writing-*"))
        assert len(list((self.folder / "index").glob("generation-*"))) <= KEPT_GENERATIONS

    def check_word_pieces_are_read(self) -> None:
        snapshot = Snapshots(self.folder / "index").read()
        assert snapshot is not None
        assert snapshot.tokens is not None
        for text in self.corpus.passage_texts(self.corpus.passage_ids()):
            place = snapshot.shelves[text.language].place_of(text.id)
            assert place is not None
            assert snapshot.tokens.read(place)[0].tolist() == encode(text.sentence).spans.tolist()


@functools.cache
def steps_of_a_sync(killer: Killer, prepared: Path, folder: Path) -> int:
    """Count the steps of a sync that lives."""
    shutil.copytree(prepared, folder / "counted")
    ended = killer.sync(Order(str(folder / "counted")))
    assert (ended.signal, ended.encoded) == (0, 4)
    return ended.steps


@pytest.mark.parametrize("share", range(SHARES))
def test_a_sync_may_die_before_any_step(killer: Killer, prepared: Path, tmp_path: Path, share: int) -> None:
    steps = steps_of_a_sync(killer, prepared, prepared.parent)
    assert steps >= 40

    for step in range(1 + share, steps + 1, SHARES):
        folder = tmp_path / str(step)
        shutil.copytree(prepared, folder)
        place = Place(folder)

        ended = killer.sync(Order(str(folder), at_step=step, torn=True))

        assert ended.signal == signal.SIGKILL, f"step {step} of {steps}"
        place.check_it_is_old_or_new()
        place.check_it_heals()
        place.corpus.close()
        shutil.rmtree(folder)


def test_the_first_sync_may_die_before_any_step(killer: Killer, prepared: Path, tmp_path: Path) -> None:
    step, died = 0, True
    while died:
        step += 3
        folder = tmp_path / str(step)
        shutil.copytree(prepared, folder)
        shutil.rmtree(folder / "index")
        place = Place(folder)

        died = killer.sync(Order(str(folder), at_step=step, torn=True)).signal == signal.SIGKILL

        place.check_it_is_old_or_new()
        place.check_it_heals()
        place.corpus.close()
    assert step > 40


def test_a_growing_corpus_outlives_syncs_that_die_at_any_time(
    killer: Killer, prepared: Path, tmp_path: Path
) -> None:
    chance = random.Random(2022)  # noqa: S311 (not for secrets: the same times in every run)
    folder = tmp_path / "growing"
    shutil.copytree(prepared, folder)
    place = Place(folder)
    died = 0

    for number in range(24):
        put(
            place.corpus,
            f"more{number}",
            f"Street {number} was closed.",
            f"Bus {number} ran on.",
            title=f"Street {number}",
        )
        ended = killer.sync(Order(str(folder), after_seconds=chance.uniform(0.0, 0.12), pause=0.01))
        died += ended.signal == signal.SIGKILL
        place.check_it_is_old_or_new()
        place.before = place.passages()

    assert died >= 10
    kept = acknowledged(folder)
    assert len(kept) == len(set(kept)), "a sentence was encoded twice although it was kept"
    place.check_it_heals()
    assert {f"Street {number} was closed." for number in range(24)} <= sentences(place.corpus)
    place.corpus.close()
