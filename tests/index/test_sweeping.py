"""Sweeping: what nothing is read from any more goes as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from index.engine import Engine
from index.snapshots import Snapshots
from tests.fakes.encoder import FakeEncoder
from tests.fakes.news import put, sentences

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.store import Corpus


class Killed(BaseException):
    """The process ends here."""


def delete_half(path: Path) -> None:
    (path / "manifest.json").unlink()
    raise Killed


def test_who_dies_while_an_old_generation_is_deleted_leaves_no_half_of_one(
    corpus: Corpus, engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        put(corpus, f"{number}", f"Street {number} was closed.", title=f"{number}")
        engine.refresh()
    put(corpus, "last", "It is open again.", title="Last")

    with monkeypatch.context() as patch:
        patch.setattr("index.sweeping.delete", delete_half)
        with pytest.raises(Killed):
            engine.refresh()

    generations = Snapshots(folder, FakeEncoder().identity).generations()
    assert len(generations) >= 2
    assert all((path / "manifest.json").exists() for path in generations)
    again = Engine(folder, corpus, FakeEncoder())
    again.refresh()
    again.go_back()
    again.refresh()
    assert len(sentences(corpus)) == again.covered.passages == 4
    assert not list(folder.glob("*/writing-*"))
