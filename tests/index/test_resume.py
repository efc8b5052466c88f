from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from index.answers import Question
from index.engine import Engine
from index.snapshots import Snapshots
from tests.fakes.encoder import FakeEncoder
from tests.fakes.news import ARREST, SHOW_ALL, WEIGHTS, put

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.store import Corpus


def test_while_another_process_writes_answers_come_from_the_index_as_it_was(
    corpus: Corpus, tmp_path: Path
) -> None:
    put(corpus, "arrest", ARREST)
    Engine(tmp_path / "index", corpus, FakeEncoder()).refresh()
    engine = Engine(tmp_path / "index", corpus, FakeEncoder(), calibration=SHOW_ALL, weights=WEIGHTS)
    lock = Snapshots(tmp_path / "index", FakeEncoder().identity).folder / "lock"

    with FileLock(lock):
        with pytest.raises(TimeoutError):
            engine.refresh(patience_s=0.1)
        assert engine.resume()
        answer = engine.ask(Question.parse("Who arrested the mayor?"))

    assert answer.evidence[0].quote == ARREST
    assert answer.covered.articles == 1


def test_without_an_index_there_is_nothing_to_resume(corpus: Corpus, tmp_path: Path) -> None:
    assert not Engine(tmp_path / "index", corpus, FakeEncoder()).resume()
