from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.composition import make_engine, open_corpus
from bot.settings import Settings
from index.confidence import read_calibration
from index.reader import Reader

if TYPE_CHECKING:
    from pathlib import Path

    from bot.composition import Parts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def made(folder: Path, **environment: str) -> Parts:
    settings = Settings.read({"CRISISBOT_DATA": str(folder), "CRISISBOT_BUNDLED": "0", **environment})
    with open_corpus(settings) as corpus:
        return make_engine(settings, corpus)


def test_the_reader_reads_unless_it_is_turned_off(folder: Path) -> None:
    assert isinstance(made(folder).reader, Reader)
    assert made(folder, CRISISBOT_READER="0").reader is None


def test_how_sure_an_answer_must_be_is_measured_or_set(folder: Path) -> None:
    assert made(folder).calibration == read_calibration()
    assert made(folder, CRISISBOT_SURE="0.9").calibration == read_calibration().sure_from(0.9)
