"""The benchmark of arrivals: small runs of what it measures, with the real indexer."""

from __future__ import annotations

import contextlib
import itertools
import mmap
import os
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

import arrivals
import machine
from arrivals import BESIDE, QUIET, Asked
from following import Switch, feeding, open_data, told_articles
from index.models import Model
from index.sync import Sync
from machine import Spent
from madeup import CheapEncoder, Pool, cache_folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random vectors in the place of those that take minutes to compute."""
    drawn = np.random.default_rng(1)
    vectors = drawn.normal(size=(60, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    small = Pool(vectors, vectors.astype(np.float16), np.arange(5, 61, 5))
    monkeypatch.setattr(Pool, "read", lambda *_: small)


def test_filling_goes_on_where_it_stopped(tmp_path: Path) -> None:
    arrivals.fill(tmp_path, 8)
    report = arrivals.fill(tmp_path, 12)
    with contextlib.closing(open_data(tmp_path)) as corpus:
        assert set(corpus.keys().values()) == {f"made-{number}" for number in range(12)}
        passages = corpus.passage_count()
        snapshot = Sync(tmp_path / "index", corpus, cheap()).usable(None)
    assert snapshot is not None
    assert snapshot.content.number == passages
    assert report["articles"] == 12


def cheap() -> CheapEncoder:
    return CheapEncoder(Model.choose(), Pool.read(Model.choose(), cache_folder()))


@pytest.mark.slow
def test_single_articles_are_found_by_the_question_that_only_they_answer(tmp_path: Path) -> None:
    arrivals.fill(tmp_path, 10)
    report = arrivals.single(tmp_path, 1)
    assert report["articles"] == 12  # one more loads the models
    for name in ("put_ms", "found_s", "cpu_s"):
        figures = report[name]
        assert isinstance(figures, dict)
        assert figures["n"] == 1
        assert 0 < figures["median"] <= figures["worst"]


@pytest.mark.slow
def test_articles_are_fed_once_that_is_said(tmp_path: Path) -> None:
    with contextlib.closing(open_data(tmp_path)) as corpus:
        with feeding(tmp_path, per_second=50) as feeder:
            assert corpus.newest_change() == 0
            feeder.go()
            while corpus.newest_change() < 3:
                time.sleep(0.01)
            feeder.stop()
        assert all(key.startswith("stream-") for key in corpus.keys().values())


def test_questions_are_compared_with_those_that_met_nothing() -> None:
    asked = Asked(
        took={QUIET: [10.0, 20.0, 30.0], BESIDE: [20.0, 40.0, 90.0]},
        times=[(QUIET, 0.0, 0.01), (BESIDE, 1.0, 1.02), (BESIDE, 2.0, 2.04), (BESIDE, 3.0, 3.09)],
    )
    report = asked.report([Switch(0.005, 0.006), Switch(2.03, 2.05)])
    assert report["longer"] == {"median": 20.0, "p99": 59.2, "worst": 60.0}
    switching = report["while a generation switches"]
    assert isinstance(switching, dict)
    assert (switching["n"], switching["median"]) == (1, 40.0)


def test_each_told_article_has_a_place_that_no_other_one_has(tmp_path: Path) -> None:
    with contextlib.closing(open_data(tmp_path)) as corpus:
        told = list(told_articles(corpus, 5))
    for one, other in itertools.permutations(told, 2):
        assert one.place in one.question
        assert one.place in one.article.text
        assert one.place not in other.article.text


def test_what_a_process_spends_is_seen(tmp_path: Path) -> None:
    before = Spent.by(os.getpid())
    path = tmp_path / "written"
    with path.open("wb") as file:
        file.write(bytes(3_000_000))
        file.flush()
        os.fsync(file.fileno())
    ends = time.process_time() + 0.1
    while time.process_time() < ends:
        pass
    spent = Spent.by(os.getpid()) - before
    assert spent.written >= 3_000_000
    assert 0.05 <= spent.cpu_s < 5


def test_a_peak_of_memory_is_told_with_what_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "EVERY_S", 0.001)
    with machine.peak() as peak:
        peak.now("resting")
        peak.look()
        peak.now("holding")
        with mmap.mmap(-1, 30_000_000, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as held:
            held.write(b"x" * len(held))
            peak.look()
        peak.now("resting")
    assert peak.of["holding"] > peak.of["resting"] + 25
    assert peak.figures()["peak_anonymous_at"] == "holding"
