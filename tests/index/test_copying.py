"""Copies of an index that were taken while it went on, as backups are: they are made whole."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.fakes.growing import Growing, ask, quotes, sentence

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.store import Corpus

pytestmark = pytest.mark.usefixtures("unhurried")


@pytest.fixture
def growing(folder: Path, corpus: Corpus) -> Growing:
    return Growing(folder, corpus)


@pytest.mark.parametrize(
    "first", ["*/CURRENT", "*/generation-*", "*/segment-*", "vectors/*", "vectors/*.keys"]
)
def test_a_copy_that_was_taken_while_the_index_went_on_is_told_what_it_lacks_and_made_whole(
    growing: Growing, tmp_path: Path, first: str
) -> None:
    engine, copy = growing.engine(), Growing(tmp_path / "copy", growing.corpus)
    for number in range(3):
        growing.put(f"a{number}", sentence(number))
        engine.refresh()

    _copy(growing.folder, copy.folder, first)
    for number in range(3, 8):
        growing.put(f"a{number}", sentence(number))
        growing.remove(f"a{number - 3}")
        engine.refresh()
    _copy(growing.folder, copy.folder, "*/*")

    follower = copy.engine()
    follower.refresh()
    copy.assert_followed(follower)
    assert copy.snapshots.open(copy.snapshot.name, closely=True).has_sound_tokens()
    assert quotes(ask(follower, "Which bridge was closed?")) == {sentence(number) for number in range(5, 8)}
    assert len(copy.encoder.encoded) <= 3, "only what the copy has not"
    assert follower.refresh(closely=True).encoded == 0


def _copy(folder: Path, to: Path, pattern: str) -> None:
    """Copy what is not there yet."""
    for path in sorted(folder.glob(pattern)):
        for file in [one for one in (path, *path.rglob("*")) if one.is_file()]:
            place = to / file.relative_to(folder)
            if not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, place)
