"""The bundled briefs behind the real engine; whoever uses them changes nothing."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from bot.composition import Parts, open_engine
from bot.desk import Desk
from bot.settings import Settings
from index.engine import Engine
from tests.fakes.news import SHOW_ALL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from corpus.store import Corpus


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, indexed_briefs: Path) -> Settings:
    """Settings as they are with nothing set but a data folder and a token."""
    folder = shutil.copytree(indexed_briefs, tmp_path_factory.mktemp("briefs") / "data")
    return Settings.read(
        {"CRISISBOT_DATA": str(folder), "TELEGRAM_BOT_TOKEN": "123456789:fake-token-of-thirty-characters-x"}
    )


@pytest.fixture(scope="session")
def parts(settings: Settings) -> Iterator[Parts]:
    """The corpus, the bundled model and the engine, opened once; with the index up to date."""
    with open_engine(settings) as opened:
        yield opened


@pytest.fixture(scope="session")
def corpus(parts: Parts) -> Corpus:
    return parts.corpus


@pytest.fixture(scope="session")
def engine(parts: Parts) -> Engine:
    return parts.engine


@pytest.fixture(scope="session")
def desk(engine: Engine, corpus: Corpus) -> Desk:
    return Desk(engine, corpus)


@pytest.fixture(scope="session")
def generous_desk(parts: Parts, settings: Settings) -> Desk:
    """A desk whose engine shows whatever is found, so that there are pages to turn."""
    engine = Engine(settings.index_folder, parts.corpus, parts.encoder, calibration=SHOW_ALL)
    engine.refresh()
    return Desk(engine, parts.corpus)


@pytest.fixture(autouse=True)
def _timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let python-telegram-bot know that waits may be timedeltas; it warns otherwise."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
