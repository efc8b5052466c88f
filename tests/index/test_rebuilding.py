"""An index is built anew beside the one in use, which goes on; there is a way back, and forth again."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from index.errors import NoRoom, RebuildFailed, SnapshotDamaged, UnknownGeneration
from index.fusion import Profile, Weights
from index.room import room_beside
from index.shelves import RULES
from index.smoke import ASKED
from index.sweeping import REBUILDING
from tests.fakes.encoder import FakeEncoder
from tests.fakes.growing import Growing, ask, quotes, sentence
from tests.fakes.news import SHOW_ALL

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.store import Corpus
    from index.snapshots import Snapshot

pytestmark = pytest.mark.usefixtures("unhurried")

QUESTION = "Which bridge was closed or opened by the mayor?"


@pytest.fixture
def growing(folder: Path, corpus: Corpus) -> Growing:
    growing = Growing(folder, corpus)
    for number in range(3):
        growing.put(f"a{number}", sentence(number))
    growing.engine().refresh()
    return growing


def quietly(_done: int, _total: int) -> None:
    """Show no progress."""


def test_an_index_that_is_built_anew_holds_the_same_and_encodes_nothing(growing: Growing) -> None:
    before, encoded = growing.snapshot, len(growing.encoder.encoded)
    engine = growing.engine()

    report = engine.rebuild()

    assert (report.added, report.removed, report.encoded) == (3, 0, 0)
    assert len(growing.encoder.encoded) == encoded
    growing.assert_followed(engine)
    after = growing.snapshot
    assert (before.manifest.line, after.manifest.line) == (1, 2)
    assert not {one.name for one in before.content.segments} & {one.name for one in after.content.segments}
    assert not list(growing.snapshots.folder.glob(f"{REBUILDING}-*"))


def test_where_there_is_no_index_yet_it_is_built(folder: Path, corpus: Corpus) -> None:
    growing = Growing(folder, corpus)
    growing.put("a", sentence(1))
    engine = growing.engine()

    assert engine.rebuild().added == 1

    growing.assert_followed(engine)


def test_what_comes_and_goes_meanwhile_is_found_before_and_after_the_switch(growing: Growing) -> None:
    live, seen = growing.engine(), list[set[str]]()

    def happens(built: Snapshot) -> None:
        assert built.passage_ids() == growing.corpus.passage_ids()
        growing.put("late", sentence(5))
        growing.put("a1", sentence(7))
        growing.remove("a0")
        live.refresh(patience_s=0)
        seen.append(quotes(ask(live, QUESTION)))

    growing.sync().rebuild(quietly, happens)

    wanted = {sentence(2), sentence(5), sentence(7)}
    assert seen == [wanted]
    assert live.renew()
    assert quotes(ask(live, QUESTION)) == wanted
    growing.assert_followed(live)


def test_what_is_not_accepted_is_never_used_and_leaves_nothing_behind(growing: Growing) -> None:
    before = growing.snapshot
    engine = growing.engine()
    engine.renew()

    def refuse(_built: Snapshot) -> None:
        raise RebuildFailed("no")

    with pytest.raises(RebuildFailed):
        growing.sync().rebuild(quietly, refuse)

    assert growing.snapshot.name == before.name
    assert not engine.renew()
    assert not list(growing.snapshots.folder.glob(f"{REBUILDING}-*"))
    growing.put("late", sentence(5))
    engine.refresh()
    growing.assert_followed(engine)


def test_an_index_that_does_not_find_its_own_sentences_is_refused(growing: Growing, corpus: Corpus) -> None:
    for number in range(3 * ASKED):
        growing.put(f"more{number}", sentence(100 + number))
    growing.engine().refresh()
    before = growing.snapshot
    nothing_counts = Weights({profile: {} for profile in Profile}, foreign=0.0)
    engine = type(growing.engine())(
        growing.folder, corpus, growing.encoder, calibration=SHOW_ALL, weights=nothing_counts
    )

    with pytest.raises(RebuildFailed, match=r"does not find \d+ of 20 sentences in en .* the old one stays"):
        engine.rebuild()

    assert growing.snapshot.name == before.name


def test_without_room_for_a_second_index_nothing_is_begun_and_it_is_said_how_much_there_must_be(
    growing: Growing, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = growing.snapshot
    size = sum(path.stat().st_size for path in growing.snapshots.folder.glob("segment-*/*/*"))
    free = shutil.disk_usage(growing.folder).free
    monkeypatch.setattr("index.room.TIMES", 2 * free / size)
    (growing.snapshots.aside(REBUILDING) / "left").write_bytes(b"by a killed process")

    with pytest.raises(NoRoom, match=r"takes about [\d,]+ MB more, and [\d,]+ MB are free; make room there"):
        growing.engine().rebuild()

    assert room_beside(before, growing.folder).needed == pytest.approx(2 * free, rel=0.01)
    assert growing.snapshot.name == before.name
    growing.assert_nothing_is_left()
    growing.put("late", sentence(5))
    growing.engine().refresh()
    growing.assert_followed()


def test_sentences_that_stand_under_many_titles_or_have_no_words_are_no_reason_to_refuse(
    growing: Growing,
) -> None:
    for number in range(40):
        growing.put(f"b{number}", "Read more on our page.", "***", title=f"Title {number}")

    assert growing.engine().rebuild().added == len(growing.corpus.passage_ids()) == 83


def test_there_is_a_way_back_to_the_index_before_and_forth_again_and_both_are_followed(
    growing: Growing,
) -> None:
    old = growing.snapshot.name
    engine = growing.engine()
    engine.rebuild()
    new = growing.snapshot.name
    growing.put("late", sentence(5))

    assert engine.go_back() == old
    assert engine.is_behind
    assert quotes(ask(engine, QUESTION)) == {sentence(number) for number in range(3)}
    engine.refresh()
    growing.assert_followed(engine)
    assert growing.snapshot.manifest.line == 1
    assert engine.go_back(new) == new
    engine.refresh()

    growing.assert_followed(engine)
    assert growing.snapshot.manifest.line == 2
    assert quotes(ask(engine, QUESTION)) == {sentence(number) for number in (0, 1, 2, 5)}


def test_going_back_again_and_again_never_goes_forward(growing: Growing) -> None:
    engine = growing.engine()
    first = growing.snapshot.name
    growing.put("late", sentence(5))
    engine.refresh()
    second = growing.snapshot.name
    engine.rebuild()
    rebuilt = growing.snapshot.name
    growing.put("later", sentence(6))
    engine.refresh()
    assert len({first, second, rebuilt, growing.snapshot.name}) == 4

    assert engine.go_back() == second
    engine.refresh()  # as a running bot does at once: that is a generation of the earlier line, made last
    assert engine.go_back() == second
    with pytest.raises(UnknownGeneration, match="no older generation to go back to; `crisisbot index list`"):
        engine.go_back()

    engine.refresh()
    growing.assert_followed(engine)


def test_without_a_rebuild_the_one_before_is_gone_back_to(growing: Growing) -> None:
    engine = growing.engine()
    before = growing.snapshot.name
    growing.put("late", sentence(5))
    engine.refresh()
    used = [growing.snapshot.name]

    with pytest.raises(UnknownGeneration, match="no older generation"):
        used.extend(iter(engine.go_back, None))  # again and again

    assert used[1] == before
    assert used == sorted(used, reverse=True)


def test_a_generation_is_gone_back_to_by_its_name(growing: Growing) -> None:
    first = growing.snapshot.name
    growing.put("late", sentence(5))
    engine = growing.engine()
    engine.refresh()

    assert engine.go_back(first) == first

    assert quotes(ask(engine, QUESTION)) == {sentence(number) for number in range(3)}
    with pytest.raises(UnknownGeneration, match="no generation 'generation-9'"):
        engine.go_back("generation-9")


def test_a_generation_of_other_rules_or_that_is_damaged_is_not_gone_back_to(
    growing: Growing, monkeypatch: pytest.MonkeyPatch
) -> None:
    (segment,) = growing.snapshot.content.segments
    growing.put("late", sentence(5))
    engine = growing.engine()
    engine.refresh()
    current = growing.snapshot.name

    with monkeypatch.context() as patch:
        patch.setattr("index.snapshots.RULES", RULES + 1)
        with pytest.raises(SnapshotDamaged, match="is of older rules"):
            engine.go_back()
    arrays = growing.snapshots.folder / segment.name / "en" / "arrays"
    arrays.write_bytes(arrays.read_bytes()[::-1])
    with pytest.raises(SnapshotDamaged, match="arrays is not what was written"):
        engine.go_back()

    assert growing.snapshots.pointer() == (current, growing.corpus.state())


def test_other_rules_are_followed_by_an_index_beside_the_old_one(
    growing: Growing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.snapshots.RULES", RULES + 1)
    engine = growing.engine()

    report = engine.rebuild()

    assert (report.added, report.encoded) == (3, 0)
    assert growing.snapshot.manifest.rules == RULES + 1
    growing.assert_followed(engine)


def test_another_model_is_tried_beside_the_one_in_use(growing: Growing, corpus: Corpus) -> None:
    before = {path: path.stat().st_mtime_ns for path in growing.snapshots.folder.rglob("*")}
    other = Growing(growing.folder, corpus, FakeEncoder(identity="other words"))

    report = other.engine().rebuild()

    assert report.encoded == len(other.encoder.encoded) == 3
    assert {path: path.stat().st_mtime_ns for path in growing.snapshots.folder.rglob("*")} == before
    for one in (growing, other):
        one.assert_followed()


def test_what_was_encoded_before_a_rebuild_was_broken_off_is_not_encoded_again(
    growing: Growing, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.encoding.ENCODED_AT_ONCE", 1)
    other = Growing(growing.folder, corpus, FakeEncoder(identity="other words"))

    def break_off(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        other.engine().rebuild(break_off)
    assert len(other.encoder.encoded) == 2
    assert not list(other.snapshots.folder.glob(f"{REBUILDING}-*"))

    assert other.engine().rebuild().encoded == 1
    other.assert_followed()


def test_an_index_of_many_articles_is_built_with_few_segments(
    growing: Growing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.changes.IDS_AT_ONCE", 2)
    for number in range(24):
        growing.put(f"b{number}", sentence(100 + number))
    most = list[int]()
    count = lambda _done, _total: most.append(len(list(growing.snapshots.folder.glob(f"{REBUILDING}-*/*"))))  # noqa: E731

    _, report = growing.sync().rebuild(count, lambda built: most.append(len(built.content.segments)))

    assert report.added == 27
    assert most[-1] < 4
    growing.assert_followed()
