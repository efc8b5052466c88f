"""Corpora and engines for the tests of the index."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from corpus.database import sqlite_url
from corpus.sources.files import read_bundled
from corpus.store import Corpus
from index.encoder import SentenceEncoder
from index.engine import Engine
from index.models import Model
from index.reader import Reader
from tests.fakes.encoder import FakeEncoder
from tests.fakes.news import SHOW_ALL, WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    opened = Corpus.open(sqlite_url(tmp_path / "corpus.sqlite"))
    yield opened
    opened.close()


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flush nothing to disk, for tests that write many generations and in which nobody pulls a plug."""
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)


@pytest.fixture
def encoder() -> FakeEncoder:
    return FakeEncoder()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def engine(folder: Path, corpus: Corpus, encoder: FakeEncoder) -> Engine:
    return Engine(folder, corpus, encoder, calibration=SHOW_ALL, weights=WEIGHTS)


@pytest.fixture(scope="session")
def real_encoder() -> SentenceEncoder:
    """The bundled model, loaded once."""
    return SentenceEncoder(Model.choose())


@pytest.fixture(scope="session")
def briefs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    """The bundled briefs; whoever uses them changes nothing."""
    opened = Corpus.open(sqlite_url(tmp_path_factory.mktemp("briefs") / "corpus.sqlite"))
    for article in read_bundled():
        opened.put(article)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def briefs_engine(
    tmp_path_factory: pytest.TempPathFactory, briefs: Corpus, real_encoder: SentenceEncoder
) -> Engine:
    """The engine that answers people, over the briefs: real models, weights and calibration."""
    engine = Engine(tmp_path_factory.mktemp("index"), briefs, real_encoder, reader=Reader())
    engine.refresh()
    return engine
