from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from corpus.languages import Language
from corpus.stored import PassageText, passage_id
from index.errors import SnapshotDamaged
from index.shelves import RULES, Shelf
from index.snapshots import KEPT_GENERATIONS, Snapshot, Snapshots
from tests.fakes.damage import DAMAGES, files_of
from tests.fakes.encoder import vector

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def shelf(*sentences: str, language: Language = Language.ENGLISH) -> Shelf:
    texts = [
        PassageText(
            passage_id(language=language, title="", paragraph=sentence, sentence=sentence),
            language,
            "",
            sentence,
            sentence,
        )
        for sentence in sentences
    ]
    return Shelf.build(texts, np.array([vector(sentence) for sentence in sentences]))


def write(snapshots: Snapshots, *sentences: str, state: str = "1-1") -> Snapshot:
    shelves = [shelf(*sentences)] if sentences else []
    return snapshots.write(shelves, model_identity="fake words", corpus_state=state)


def generations(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("generation-*"))


@pytest.fixture
def snapshots(folder: Path) -> Snapshots:
    return Snapshots(folder)


def test_without_a_generation_there_is_nothing_to_read(snapshots: Snapshots) -> None:
    assert snapshots.pointer() is None
    assert snapshots.read() is None


def test_what_was_written_is_read(snapshots: Snapshots) -> None:
    shelves = [shelf("One.", "Two."), shelf("Три.", language=Language.RUSSIAN)]

    written = snapshots.write(shelves, model_identity="fake words", corpus_state="7-7")
    read = snapshots.read()

    assert read is not None
    assert (read.name, read.corpus_state) == (written.name, "7-7")
    assert read.manifest == written.manifest
    assert (read.manifest.rules, read.manifest.model, read.manifest.passages) == (RULES, "fake words", 3)
    assert set(read.shelves) == {Language.ENGLISH, Language.RUSSIAN}
    assert read.passage_ids() == {*shelves[0].passage_ids(), *shelves[1].passage_ids()}


def test_a_generation_may_hold_nothing(snapshots: Snapshots) -> None:
    write(snapshots)

    read = snapshots.read()

    assert read is not None
    assert read.passage_ids() == set()


def test_a_generation_fits_its_own_model_and_rules_only(
    snapshots: Snapshots, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = write(snapshots, "One.")

    assert snapshot.fits("fake words")
    assert not snapshot.fits("other words")
    monkeypatch.setattr("index.snapshots.RULES", RULES + 1)
    assert not snapshot.fits("fake words")


def test_the_last_generation_written_is_the_current_one(snapshots: Snapshots) -> None:
    write(snapshots, "One.")
    second = write(snapshots, "Two.")

    read = snapshots.read()

    assert read is not None
    assert read.name == second.name
    assert read.passage_ids() == second.passage_ids()


def test_pointing_again_changes_the_state_and_not_the_generation(snapshots: Snapshots, folder: Path) -> None:
    name = write(snapshots, "One.", state="1-1").name

    snapshots.point(name, "2-2")

    assert snapshots.pointer() == (name, "2-2")
    assert generations(folder) == [name]


def test_an_old_generation_stays_readable_to_whoever_holds_it(snapshots: Snapshots, folder: Path) -> None:
    old = write(snapshots, "Police arrested the mayor.")
    for number in range(4):
        write(snapshots, f"Sentence {number}.")
        snapshots.sweep()
    assert old.name not in generations(folder)

    found = old.shelves[Language.ENGLISH].candidates(["arrest", "mayor"], vector("mayor"), limit=3)

    assert found.ids.tolist() == list(old.passage_ids())
    assert found.bm25[0] > 0


def test_only_the_generation_in_use_and_the_way_back_are_kept(snapshots: Snapshots, folder: Path) -> None:
    names = [write(snapshots, f"Sentence {number}.").name for number in range(5)]

    snapshots.sweep()

    assert generations(folder) == names[-KEPT_GENERATIONS:]


def test_the_generation_in_use_is_kept_even_if_it_is_the_oldest(snapshots: Snapshots, folder: Path) -> None:
    names = [write(snapshots, f"Sentence {number}.").name for number in range(4)]
    snapshots.point(names[0], "1-1")

    snapshots.sweep()

    assert generations(folder) == [names[0], names[3]]


def test_what_killed_processes_left_behind_is_swept(snapshots: Snapshots, folder: Path) -> None:
    name = write(snapshots, "One.").name
    shutil.copytree(folder / name, folder / "writing-1-abcd")
    (folder / "writing-2-CURRENT").write_text("half")

    snapshots.sweep()

    assert sorted(path.name for path in folder.iterdir()) == ["CURRENT", name]


def test_nothing_is_swept_while_nobody_knows_what_is_in_use(snapshots: Snapshots, folder: Path) -> None:
    names = [write(snapshots, f"Sentence {number}.").name for number in range(4)]
    (folder / "CURRENT").write_text("rubbish")

    snapshots.sweep()

    assert generations(folder) == names


@pytest.mark.parametrize(
    "content", [b"", b"rubbish", b"\xff\xfe", b"null", b"[]", b"7", b"{}", b'{"generation": "x"}', b'"name"']
)
def test_a_pointer_that_cannot_be_read_is_called_damaged(
    snapshots: Snapshots, folder: Path, content: bytes
) -> None:
    write(snapshots, "One.")
    (folder / "CURRENT").write_bytes(content)

    with pytest.raises(SnapshotDamaged, match="CURRENT cannot be read"):
        snapshots.read()


@pytest.mark.parametrize("name", ["generation-000009-none", "", "..", "a\0b", "x" * 300])
def test_a_pointer_to_no_generation_is_called_damaged(snapshots: Snapshots, folder: Path, name: str) -> None:
    write(snapshots, "One.")
    (folder / "CURRENT").write_text(json.dumps({"generation": name, "corpus_state": "1-1"}))

    with pytest.raises(SnapshotDamaged, match="cannot be read"):
        snapshots.read()


@pytest.mark.parametrize(
    "files", [None, [], [1], "x", 7, {}, {"en/ids.npy": None}, {"en/ids.npy": []}, {"other": "0"}]
)
def test_a_manifest_of_other_files_is_called_damaged(
    snapshots: Snapshots, folder: Path, files: object
) -> None:
    name = write(snapshots, "One.").name
    path = folder / name / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "files": files}))

    with pytest.raises(SnapshotDamaged):
        snapshots.read()


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[]", b"{}", b"\xff", b'{"rules": 1, "files": {}}'])
def test_a_manifest_that_cannot_be_read_is_called_damaged(
    snapshots: Snapshots, folder: Path, content: bytes
) -> None:
    name = write(snapshots, "One.").name
    (folder / name / "manifest.json").write_bytes(content)

    with pytest.raises(SnapshotDamaged, match=r"manifest\.json cannot be read"):
        snapshots.read()


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_to_any_file_is_noticed(
    snapshots: Snapshots, folder: Path, damage: Callable[[Path], None]
) -> None:
    generation = folder / write(snapshots, "Police arrested the mayor.", "The bridge was closed.").name
    names = files_of(generation)
    assert len(names) == 15

    for name in names:
        whole = (generation / name).read_bytes()
        damage(generation / name)
        with pytest.raises(SnapshotDamaged, match=generation.name):
            snapshots.read()
        (generation / name).write_bytes(whole)

    assert snapshots.read() is not None


def test_the_files_that_are_wrong_are_named(snapshots: Snapshots, folder: Path) -> None:
    name = write(snapshots, "One.").name
    (folder / name / "en" / "ids.npy").write_bytes(b"other")
    (folder / name / "en" / "vectors.faiss").unlink()
    (folder / name / "en" / "new").touch()

    with pytest.raises(
        SnapshotDamaged, match=r"en/ids\.npy, en/new, en/vectors\.faiss is not what was written"
    ):
        snapshots.read()


def test_a_generation_that_is_swept_while_it_is_read_is_left_for_the_new_one(folder: Path) -> None:
    old, new = (write(Snapshots(folder), sentence).name for sentence in ("One.", "Two."))
    shutil.rmtree(folder / old)

    class Late(Snapshots):
        """Looks at the pointer just before another process moves it."""

        looked = 0

        def pointer(self) -> tuple[str, str] | None:
            self.looked += 1
            return (old, "1-1") if self.looked == 1 else super().pointer()

    read = Late(folder).read()

    assert read is not None
    assert read.name == new
