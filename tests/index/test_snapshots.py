from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from corpus.languages import Language
from index import segments
from index import vectors as module
from index.content import Content
from index.errors import SnapshotDamaged, UnknownGeneration
from index.fields import Query
from index.ids import ascending
from index.keptvectors import KeptVectors
from index.parts import Part
from index.shelves import RULES
from index.signals import Signal
from index.snapshots import Snapshot, Snapshots
from index.sweeping import KEPT, MERGING
from tests.fakes.damage import DAMAGES, cut, delete, empty, files_of, flip
from tests.fakes.encoder import encode, vector
from tests.fakes.shelves import Kept, text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from corpus.stored import PassageId
    from index.segments import Segment

pytestmark = pytest.mark.usefixtures("unhurried")

MODEL = "fake words"


def part(folder: Path, *sentences: str, language: Language = Language.ENGLISH) -> Part:
    """Index sentences that are paragraphs of their own, whose vectors are kept in the folder."""
    texts = sorted((text(one, language=language) for one in sentences), key=lambda one: one.id)
    kept = KeptVectors(folder / KEPT, MODEL)
    kept.append([one.sentence for one in texts], [encode(one.sentence) for one in texts])
    _, vectors, places = kept.find([one.sentence for one in texts])
    return Part.build(texts, Kept(vectors, places))


def segment(folder: Path, *parts: Part) -> Segment:
    """Write parts as a segment that no generation holds yet."""

    def fill(aside: Path) -> None:
        for one in parts:
            one.write(aside / one.language)

    return Snapshots(folder, MODEL).write(fill)


def write(folder: Path, *sentences: str, state: str = "1-1", line: int = 1) -> Snapshot:
    """Publish a generation of one segment."""
    content = Content()
    if sentences:
        content = content.with_segment(segment(folder, part(folder, *sentences)))
    return Snapshots(folder, MODEL).publish(content, corpus_state=state, line=line)


def folders(snapshots: Snapshots, kind: str) -> list[str]:
    return sorted(path.name for path in snapshots.folder.glob(f"{kind}-*"))


def ids(*sentences: str) -> set[PassageId]:
    return {text(one).id for one in sentences}


@pytest.fixture
def snapshots(folder: Path) -> Snapshots:
    return Snapshots(folder, MODEL)


def test_without_a_generation_there_is_nothing_to_read(snapshots: Snapshots) -> None:
    assert snapshots.pointer() is None
    assert snapshots.read() is None


def test_what_was_written_is_read(snapshots: Snapshots, folder: Path) -> None:
    russian = part(folder, "Три.", language=Language.RUSSIAN)
    content = Content().with_segment(segment(folder, part(folder, "One.", "Two."), russian))

    written = snapshots.publish(content, corpus_state="7-7", line=3)
    read = snapshots.read()

    assert read is not None
    assert (read.name, read.corpus_state) == (written.name, "7-7")
    assert read.manifest == written.manifest
    assert (read.manifest.rules, read.manifest.model, read.manifest.line) == (RULES, MODEL, 3)
    assert read.manifest.passages == 3
    assert set(read.shelves) == {Language.ENGLISH, Language.RUSSIAN}
    assert read.passage_ids() == {*ids("One.", "Two."), *russian.ids.tolist()}
    assert read.has_sound_tokens()


def test_generations_share_segments_and_each_knows_what_is_gone(snapshots: Snapshots, folder: Path) -> None:
    first = write(folder, "One.", "Two.")
    more = first.content.with_segment(segment(folder, part(folder, "Three.", "Four.")))
    second = snapshots.publish(more.without(ascending(ids("Two.", "Three."))), corpus_state="2-2", line=1)

    read, known = snapshots.read(), snapshots.read(first)

    assert read is not None
    assert known is not None
    assert read.passage_ids() == known.passage_ids() == second.passage_ids() == ids("One.", "Four.")
    assert read.manifest.passages == 2
    assert known.content.segments[0] is first.content.segments[0], "what is known is not read again"
    assert snapshots.open(first.name).passage_ids() == ids("One.", "Two.")


def test_each_model_has_a_folder_of_its_own(folder: Path) -> None:
    mine = write(folder, "One.")
    other = Snapshots(folder, "other words")

    other.publish(Content(), corpus_state="2-2", line=1)

    assert other.folder != Snapshots(folder, MODEL).folder
    read = Snapshots(folder, MODEL).read()
    assert read is not None
    assert (read.name, read.passage_ids()) == (mine.name, ids("One."))


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
    assert folders(snapshots, "generation") == [name]


def test_an_old_generation_stays_readable_to_whoever_holds_it(snapshots: Snapshots, folder: Path) -> None:
    old = write(folder, "Police arrested the mayor.")
    for number in range(4):
        write(folder, f"Sentence {number}.")
        snapshots.sweep()
    assert old.name not in folders(snapshots, "generation")
    assert len(folders(snapshots, "segment")) == 2

    asked = Query({Signal.WORDS: ["arrest", "mayor"]}, encode("mayor"))
    english = old.shelves[Language.ENGLISH]
    found = english.candidates(asked, limit=3)

    assert english.ids_of(found.rows).tolist() == list(old.passage_ids())
    assert found.table[Signal.WORDS][0] > 0
    assert found.table[Signal.COSINE][0] == pytest.approx(
        float(vector("mayor") @ vector("Police arrested the mayor.")), abs=1e-6
    )
    assert old.tokens is not None
    assert (
        old.tokens.read(english.place(0))[0].tolist() == encode("Police arrested the mayor.").spans.tolist()
    )


def test_only_the_generation_in_use_and_the_one_before_are_kept(snapshots: Snapshots, folder: Path) -> None:
    names = [write(folder, f"Sentence {number}.").name for number in range(5)]

    snapshots.sweep()

    assert folders(snapshots, "generation") == names[-2:]
    assert len(folders(snapshots, "segment")) == 2
    assert snapshots.way_back() == names[-2]


def test_the_last_generation_of_the_line_before_is_kept_however_many_came_since(
    snapshots: Snapshots, folder: Path
) -> None:
    before = [write(folder, f"Sentence {number}.").name for number in range(3)]
    since = []
    for number in range(3):
        since.append(write(folder, f"New sentence {number}.", line=2).name)
        snapshots.sweep()

    assert snapshots.way_back() == before[-1]
    assert folders(snapshots, "generation") == [before[-1], *since[-2:]]


def test_whoever_went_back_to_the_line_before_can_go_forth_again_by_name(
    snapshots: Snapshots, folder: Path
) -> None:
    old, new = write(folder, "Old.").name, write(folder, "New.", line=2).name

    for there, back in ((new, old), (old, None), (new, old)):
        snapshots.point(there, "1-1")
        snapshots.sweep()
        assert snapshots.way_back() == back
        assert [snapshots.older(name).name for name in (old, new)] == [old, new]


def test_the_generation_in_use_is_kept_even_if_it_is_the_oldest(snapshots: Snapshots, folder: Path) -> None:
    names = [write(folder, f"Sentence {number}.").name for number in range(4)]
    snapshots.point(names[0], "1-1")

    snapshots.sweep()

    assert folders(snapshots, "generation") == [names[0]]
    assert snapshots.way_back() is None
    with pytest.raises(UnknownGeneration, match="no older generation"):
        snapshots.older(None)


def test_a_generation_that_never_was_is_unknown(snapshots: Snapshots, folder: Path) -> None:
    write(folder, "One.")

    with pytest.raises(UnknownGeneration, match="there is no generation 'generation-9'; `crisisbot"):
        snapshots.open("generation-9")


def test_what_killed_processes_left_behind_is_swept(snapshots: Snapshots, folder: Path) -> None:
    snapshot = write(folder, "One.")
    shutil.copytree(snapshots.folder / snapshot.name, snapshots.folder / "writing-1-abcd")
    (snapshots.folder / "writing-2-CURRENT").write_text("half")
    segment(folder, part(folder, "Never published."))
    merging = snapshots.aside(MERGING)

    snapshots.sweep()

    (held,) = snapshot.manifest.segments
    left = sorted(path.name for path in snapshots.folder.iterdir())
    assert left == sorted(["CURRENT", snapshot.name, held, merging.name])
    snapshots.sweep(MERGING)
    assert not merging.exists()


def test_what_older_versions_wrote_is_swept_and_vectors_stay(snapshots: Snapshots, folder: Path) -> None:
    write(folder, "One.")
    (folder / "generation-000003-abcd" / "en").mkdir(parents=True)
    (folder / "writing-7-CURRENT").touch()
    (folder / "CURRENT").touch()

    snapshots.sweep()

    assert sorted(path.name for path in folder.iterdir()) == sorted([snapshots.folder.name, KEPT])


def test_nothing_is_swept_while_nobody_knows_what_is_in_use(snapshots: Snapshots, folder: Path) -> None:
    names = [write(folder, f"Sentence {number}.").name for number in range(4)]
    (snapshots.folder / "CURRENT").write_text("rubbish")

    snapshots.sweep()

    assert folders(snapshots, "generation") == names
    assert len(folders(snapshots, "segment")) == 4


@pytest.mark.parametrize(
    "content", [b"", b"rubbish", b"\xff\xfe", b"null", b"[]", b"7", b"{}", b'{"generation": "x"}', b'"name"']
)
def test_a_pointer_that_cannot_be_read_is_called_damaged(
    snapshots: Snapshots, folder: Path, content: bytes
) -> None:
    write(folder, "One.")
    (snapshots.folder / "CURRENT").write_bytes(content)

    with pytest.raises(SnapshotDamaged, match="CURRENT cannot be read"):
        snapshots.read()


@pytest.mark.parametrize("name", ["generation-000009-none", "", "..", "a\0b", "x" * 300])
def test_a_pointer_to_no_generation_is_called_damaged(snapshots: Snapshots, folder: Path, name: str) -> None:
    write(folder, "One.")
    (snapshots.folder / "CURRENT").write_text(json.dumps({"generation": name, "corpus_state": "1-1"}))

    with pytest.raises(SnapshotDamaged, match="there is no generation"):
        snapshots.read()


def manifests(snapshots: Snapshots) -> list[Path]:
    """Return the manifest of the generation and that of its segment."""
    return sorted(snapshots.folder.glob("*/manifest.json"))


@pytest.mark.parametrize(
    "files",
    [None, [], [1], "x", 7, {"en/arrays": None}, {"en/arrays": []}, {"other": {"sha256": "", "size": 0}}],
)
@pytest.mark.parametrize("which", [0, 1])
def test_a_manifest_of_other_files_is_called_damaged(
    snapshots: Snapshots, folder: Path, which: int, files: object
) -> None:
    write(folder, "One.")
    path = manifests(snapshots)[which]
    path.write_text(json.dumps({**json.loads(path.read_text()), "files": files}))

    with pytest.raises(SnapshotDamaged, match=path.parent.name):
        snapshots.read()


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[]", b"{}", b"\xff", b'{"rules": 1, "files": {}}'])
@pytest.mark.parametrize("which", [0, 1])
def test_a_manifest_that_cannot_be_read_is_called_damaged(
    snapshots: Snapshots, folder: Path, which: int, content: bytes
) -> None:
    write(folder, "One.")
    path = manifests(snapshots)[which]
    path.write_bytes(content)

    with pytest.raises(SnapshotDamaged, match=r"manifest\.json cannot be read"):
        snapshots.read()


def many_files(snapshots: Snapshots, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Publish a generation that has every kind of file, and return them, but for word pieces."""
    monkeypatch.setattr(module, "EXACT_UP_TO", 2)
    others = [
        f"Bridge {number} was closed." for number in range(20)
    ]  # codes are learnt from no fewer than 16
    read = write(folder, "Police arrested the mayor.", "It rained.", *others)
    snapshots.publish(read.content.without(ascending(ids("It rained."))), corpus_state="2-2", line=1)
    snapshots.sweep(all_but_current=True)
    return [snapshots.folder / name for name in files_of(snapshots.folder) if name != "CURRENT"]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_to_any_file_is_noticed(
    snapshots: Snapshots, folder: Path, damage: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = many_files(snapshots, folder, monkeypatch)
    assert [path.name for path in files] == [
        *("dead", "manifest.json"),
        *("arrays", "codes.faiss", "paragraphs.npy", "vectors.npy", "manifest.json"),
    ]

    for path in files:
        whole = path.read_bytes()
        damage(path)
        with pytest.raises(SnapshotDamaged, match=path.relative_to(snapshots.folder).parts[0]):
            snapshots.read()
        path.write_bytes(whole)

    assert snapshots.read() is not None


@pytest.mark.parametrize("which", ["generation", "pointer"])
def test_no_byte_of_what_leads_to_all_else_can_change_unnoticed(
    snapshots: Snapshots, folder: Path, which: str
) -> None:
    name = write(folder, "One.", state="7@2022-01-05T10:00:00").name
    path = snapshots.folder / ("CURRENT" if which == "pointer" else f"{name}/manifest.json")
    whole, unnoticed = path.read_bytes(), list[int]()

    for number in range(len(whole)):
        path.write_bytes(whole[:number] + bytes([whole[number] ^ 1]) + whole[number + 1 :])
        try:
            read = snapshots.read()
        except SnapshotDamaged:
            continue
        assert read is not None
        unnoticed += [] if read.corpus_state == "7@2022-01-05T10:00:00" else [number]
        assert which == "pointer", "only the word that leads to its own checksum may be another one"
        assert number in range(whole.index(b"check"), whole.index(b"check") + len("check"))

    assert unnoticed == []


def test_what_older_versions_wrote_without_checksums_stays_of_use(snapshots: Snapshots, folder: Path) -> None:
    before = write(folder, "One.")
    name = "generation-000000001-1f3a"
    (snapshots.folder / before.name).rename(snapshots.folder / name)
    (snapshots.folder / "CURRENT").write_text(json.dumps({"generation": name, "corpus_state": "1-1"}))

    read, newer = snapshots.read(), write(folder, "Two.")

    assert read is not None
    assert (read.name, read.passage_ids()) == (name, ids("One."))
    assert snapshots.way_back() == name
    assert newer.name > name


def test_the_newest_generation_that_is_whole_and_of_use_is_found(
    snapshots: Snapshots, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (write(folder, sentence) for sentence in ("One.", "Two.", "Three."))
    flip(snapshots.folder / third.name / "manifest.json")
    (segment,) = second.manifest.segments
    monkeypatch.setattr(segments, "CHECKED_UP_TO", 0)
    flip(snapshots.folder / segment / "en" / "vectors.npy")

    found = snapshots.newest_sound()

    assert found is not None
    assert (found.name, found.corpus_state) == (first.name, "1-1")
    monkeypatch.setattr("index.snapshots.RULES", RULES + 1)
    assert snapshots.newest_sound() is None


def test_a_generation_that_cannot_be_read_is_no_way_back(snapshots: Snapshots, folder: Path) -> None:
    names = [write(folder, sentence, line=line).name for sentence, line in (("A.", 1), ("B.", 2), ("C.", 1))]
    flip(snapshots.folder / names[1] / "manifest.json")

    assert snapshots.way_back() == names[0]
    snapshots.sweep()
    assert folders(snapshots, "generation") == [names[0], names[2]]


@pytest.mark.parametrize("damage", DAMAGES)
def test_of_large_files_the_size_is_looked_at_and_all_of_them_when_it_is_done_closely(
    snapshots: Snapshots, folder: Path, damage: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = many_files(snapshots, folder, monkeypatch)
    monkeypatch.setattr(segments, "CHECKED_UP_TO", 200)
    name = str(snapshots.pointer()).split("'")[1]

    for path in files:
        if path.name not in {"vectors.npy", "paragraphs.npy"}:
            continue
        whole = path.read_bytes()
        damage(path)
        if damage is flip:
            assert snapshots.read() is not None
        else:
            with pytest.raises(SnapshotDamaged):
                snapshots.read()
        with pytest.raises(SnapshotDamaged, match=path.name):
            snapshots.open(name, closely=True)
        path.write_bytes(whole)


def test_a_segment_that_was_put_in_the_place_of_another_is_noticed(
    snapshots: Snapshots, folder: Path
) -> None:
    (mine,) = write(folder, "One.").manifest.segments
    (other,) = write(folder, "Two.").manifest.segments

    shutil.rmtree(snapshots.folder / other)
    shutil.copytree(snapshots.folder / mine, snapshots.folder / other)

    with pytest.raises(SnapshotDamaged, match=r"manifest\.json is not what was written"):
        snapshots.read()


def test_the_files_that_are_wrong_are_named(snapshots: Snapshots, folder: Path) -> None:
    (name,) = write(folder, "One.").manifest.segments
    path = snapshots.folder / name / "en"
    (path / "arrays").write_bytes(b"other")
    (path / "vectors.npy").unlink()
    (path / "new").touch()

    with pytest.raises(SnapshotDamaged, match=r"en/arrays, en/new, en/vectors\.npy is not what was written"):
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


def test_a_generation_whose_word_pieces_nobody_can_read_any_more_is_called_damaged(
    snapshots: Snapshots, folder: Path
) -> None:
    write(folder, "Police arrested the mayor.")
    (file,) = (folder / KEPT).glob("*.keys")
    delete(file)

    with pytest.raises(SnapshotDamaged, match="the word pieces that it points at are gone"):
        snapshots.read()


def test_a_generation_without_vectors_needs_nothing_that_was_kept(snapshots: Snapshots, folder: Path) -> None:
    mute = Part.build([text("Oui.", language=Language.OTHER)], None)

    snapshots.publish(Content().with_segment(segment(folder, mute)), corpus_state="1-1", line=1)
    read = snapshots.read()

    assert read is not None
    assert (read.passage_ids(), read.tokens) == (set(mute.ids.tolist()), None)


def test_a_generation_that_is_swept_while_it_is_read_is_left_for_the_new_one(
    snapshots: Snapshots, folder: Path
) -> None:
    old, new = (write(folder, sentence).name for sentence in ("One.", "Two."))
    shutil.rmtree(snapshots.folder / old)

    class Late(Snapshots):
        """Looks at the pointer just before another process moves it."""

        looked = 0

        def pointer(self) -> tuple[str, str] | None:
            self.looked += 1
            return (old, "1-1") if self.looked == 1 else super().pointer()

    read = Late(folder, MODEL).read()

    assert read is not None
    assert read.name == new


def test_one_that_changes_faster_than_it_can_be_read_is_called_damaged(folder: Path) -> None:
    write(folder, "One.")

    class Restless(Snapshots):
        """Looks at another generation each time, none of which is there."""

        looked = 0

        def pointer(self) -> tuple[str, str] | None:
            self.looked += 1
            return (f"generation-{self.looked}", "1-1")

    with pytest.raises(SnapshotDamaged, match="changes faster than it can be read"):
        Restless(folder, MODEL).read()
