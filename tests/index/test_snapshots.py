from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from corpus.languages import Language
from corpus.stored import PassageId, PassageText, passage_id
from index.errors import SnapshotDamaged
from index.fields import Query
from index.keptvectors import KeptVectors
from index.shelves import RULES, Shelf
from index.signals import Signal
from index.snapshots import KEPT, KEPT_GENERATIONS, Snapshot, Snapshots
from tests.fakes.damage import DAMAGES, cut, delete, empty, files_of
from tests.fakes.encoder import encode, vector
from tests.fakes.shelves import Kept, shelf_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("unhurried")

MODEL = "fake words"


def shelf(folder: Path, *sentences: str, language: Language = Language.ENGLISH) -> Shelf:
    """Build a shelf of sentences that are paragraphs of their own, whose vectors are kept in the folder."""
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
    kept = KeptVectors(folder / KEPT, MODEL)
    kept.append(sentences, [encode(sentence) for sentence in sentences])
    _, vectors, places = kept.find(sentences)
    return shelf_of(texts, Kept(vectors, places))


def write(folder: Path, *sentences: str, state: str = "1-1") -> Snapshot:
    shelves = [shelf(folder, *sentences)] if sentences else []
    return Snapshots(folder).write(shelves, model_identity=MODEL, corpus_state=state)


def generations(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("generation-*"))


@pytest.fixture
def snapshots(folder: Path) -> Snapshots:
    return Snapshots(folder)


def test_without_a_generation_there_is_nothing_to_read(snapshots: Snapshots) -> None:
    assert snapshots.pointer() is None
    assert snapshots.read() is None


def test_what_was_written_is_read(snapshots: Snapshots, folder: Path) -> None:
    shelves = [shelf(folder, "One.", "Two."), shelf(folder, "Три.", language=Language.RUSSIAN)]

    written = snapshots.write(shelves, model_identity=MODEL, corpus_state="7-7")
    read = snapshots.read()

    assert read is not None
    assert (read.name, read.corpus_state) == (written.name, "7-7")
    assert read.manifest == written.manifest
    assert (read.manifest.rules, read.manifest.model, read.manifest.passages) == (RULES, MODEL, 3)
    assert set(read.shelves) == {Language.ENGLISH, Language.RUSSIAN}
    assert read.passage_ids() == {*shelves[0].passage_ids(), *shelves[1].passage_ids()}


def test_a_generation_may_hold_nothing(snapshots: Snapshots, folder: Path) -> None:
    write(folder)

    read = snapshots.read()

    assert read is not None
    assert read.passage_ids() == set()


def test_a_generation_fits_its_own_model_and_rules_only(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = write(folder, "One.")

    assert snapshot.fits(MODEL)
    assert not snapshot.fits("other words")
    monkeypatch.setattr("index.snapshots.RULES", RULES + 1)
    assert not snapshot.fits(MODEL)


def test_the_last_generation_written_is_the_current_one(snapshots: Snapshots, folder: Path) -> None:
    write(folder, "One.")
    second = write(folder, "Two.")

    read = snapshots.read()

    assert read is not None
    assert read.name == second.name
    assert read.passage_ids() == second.passage_ids()


def test_pointing_again_changes_the_state_and_not_the_generation(snapshots: Snapshots, folder: Path) -> None:
    name = write(folder, "One.", state="1-1").name

    snapshots.point(name, "2-2")

    assert snapshots.pointer() == (name, "2-2")
    assert generations(folder) == [name]


def test_an_old_generation_stays_readable_to_whoever_holds_it(snapshots: Snapshots, folder: Path) -> None:
    old = write(folder, "Police arrested the mayor.")
    for number in range(4):
        write(folder, f"Sentence {number}.")
        snapshots.sweep()
    assert old.name not in generations(folder)

    asked = Query({Signal.WORDS: ["arrest", "mayor"]}, encode("mayor"))
    english = old.shelves[Language.ENGLISH]
    found = english.candidates(asked, limit=3)

    assert english.ids[found.rows].tolist() == list(old.passage_ids())
    assert found.table[Signal.WORDS][0] > 0
    assert found.table[Signal.COSINE][0] == pytest.approx(
        float(vector("mayor") @ vector("Police arrested the mayor.")), abs=1e-6
    )
    assert old.tokens is not None
    place = english.place_of(PassageId(int(english.ids[0])))
    assert old.tokens.read(place)[0].tolist() == encode("Police arrested the mayor.").spans.tolist()


def test_only_the_generation_in_use_and_the_way_back_are_kept(snapshots: Snapshots, folder: Path) -> None:
    names = [write(folder, f"Sentence {number}.").name for number in range(5)]

    snapshots.sweep()

    assert generations(folder) == names[-KEPT_GENERATIONS:]


def test_the_generation_in_use_is_kept_even_if_it_is_the_oldest(snapshots: Snapshots, folder: Path) -> None:
    names = [write(folder, f"Sentence {number}.").name for number in range(4)]
    snapshots.point(names[0], "1-1")

    snapshots.sweep()

    assert generations(folder) == [names[0], names[3]]


def test_what_killed_processes_left_behind_is_swept(snapshots: Snapshots, folder: Path) -> None:
    name = write(folder, "One.").name
    shutil.copytree(folder / name, folder / "writing-1-abcd")
    (folder / "writing-2-CURRENT").write_text("half")

    snapshots.sweep()

    assert sorted(path.name for path in folder.iterdir()) == ["CURRENT", name, KEPT]


def test_nothing_is_swept_while_nobody_knows_what_is_in_use(snapshots: Snapshots, folder: Path) -> None:
    names = [write(folder, f"Sentence {number}.").name for number in range(4)]
    (folder / "CURRENT").write_text("rubbish")

    snapshots.sweep()

    assert generations(folder) == names


@pytest.mark.parametrize(
    "content", [b"", b"rubbish", b"\xff\xfe", b"null", b"[]", b"7", b"{}", b'{"generation": "x"}', b'"name"']
)
def test_a_pointer_that_cannot_be_read_is_called_damaged(
    snapshots: Snapshots, folder: Path, content: bytes
) -> None:
    write(folder, "One.")
    (folder / "CURRENT").write_bytes(content)

    with pytest.raises(SnapshotDamaged, match="CURRENT cannot be read"):
        snapshots.read()


@pytest.mark.parametrize("name", ["generation-000009-none", "", "..", "a\0b", "x" * 300])
def test_a_pointer_to_no_generation_is_called_damaged(snapshots: Snapshots, folder: Path, name: str) -> None:
    write(folder, "One.")
    (folder / "CURRENT").write_text(json.dumps({"generation": name, "corpus_state": "1-1"}))

    with pytest.raises(SnapshotDamaged, match="cannot be read"):
        snapshots.read()


@pytest.mark.parametrize(
    "files", [None, [], [1], "x", 7, {}, {"en/ids.npy": None}, {"en/ids.npy": []}, {"other": "0"}]
)
def test_a_manifest_of_other_files_is_called_damaged(
    snapshots: Snapshots, folder: Path, files: object
) -> None:
    name = write(folder, "One.").name
    path = folder / name / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "files": files}))

    with pytest.raises(SnapshotDamaged):
        snapshots.read()


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[]", b"{}", b"\xff", b'{"rules": 1, "files": {}}'])
def test_a_manifest_that_cannot_be_read_is_called_damaged(
    snapshots: Snapshots, folder: Path, content: bytes
) -> None:
    name = write(folder, "One.").name
    (folder / name / "manifest.json").write_bytes(content)

    with pytest.raises(SnapshotDamaged, match=r"manifest\.json cannot be read"):
        snapshots.read()


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_to_any_file_is_noticed(
    snapshots: Snapshots, folder: Path, damage: Callable[[Path], None]
) -> None:
    generation = folder / write(folder, "Police arrested the mayor.", "The bridge was closed.").name
    names = files_of(generation)
    assert len(names) == 2 + 4 + 5 * 5  # the manifest and ids, three of vectors, places, five fields

    for name in names:
        whole = (generation / name).read_bytes()
        damage(generation / name)
        with pytest.raises(SnapshotDamaged, match=generation.name):
            snapshots.read()
        (generation / name).write_bytes(whole)

    assert snapshots.read() is not None


def test_the_files_that_are_wrong_are_named(snapshots: Snapshots, folder: Path) -> None:
    name = write(folder, "One.").name
    (folder / name / "en" / "ids.npy").write_bytes(b"other")
    (folder / name / "en" / "vectors.faiss").unlink()
    (folder / name / "en" / "new").touch()

    with pytest.raises(
        SnapshotDamaged, match=r"en/ids\.npy, en/new, en/vectors\.faiss is not what was written"
    ):
        snapshots.read()


@pytest.mark.parametrize("damage", [cut, empty, delete])
def test_a_generation_whose_word_pieces_are_gone_is_called_damaged(
    snapshots: Snapshots, folder: Path, damage: Callable[[Path], None]
) -> None:
    write(folder, "Police arrested the mayor.", "The bridge was closed.")
    (file,) = (folder / KEPT).glob("*.tokens")
    damage(file)

    with pytest.raises(SnapshotDamaged, match="the word pieces that it points at are gone"):
        snapshots.read()


def test_a_generation_whose_kept_vectors_are_gone_is_called_damaged(
    snapshots: Snapshots, folder: Path
) -> None:
    write(folder, "Police arrested the mayor.")
    (file,) = (folder / KEPT).glob("*.vectors")
    delete(file)

    with pytest.raises(SnapshotDamaged, match="the word pieces that it points at are gone"):
        snapshots.read()


def test_a_generation_without_vectors_needs_nothing_that_was_kept(snapshots: Snapshots) -> None:
    language = Language.OTHER
    number = passage_id(language=language, title="", paragraph="Oui.", sentence="Oui.")
    mute = shelf_of([PassageText(number, language, "", "Oui.", "Oui.")], None)

    snapshots.write([mute], model_identity=MODEL, corpus_state="1-1")
    read = snapshots.read()

    assert read is not None
    assert (read.passage_ids(), read.tokens) == ({number}, None)


def test_a_generation_that_is_swept_while_it_is_read_is_left_for_the_new_one(folder: Path) -> None:
    old, new = (write(folder, sentence).name for sentence in ("One.", "Two."))
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
