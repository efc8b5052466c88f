"""Segments are put together while the index goes on: what comes and goes meanwhile is seen at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from index import merging
from index.combining import Combiner
from index.sweeping import MERGING
from tests.fakes.growing import Growing, ask, quotes, sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from corpus.store import Corpus
    from index.content import Content

pytestmark = pytest.mark.usefixtures("unhurried")

QUESTION = "Which bridge was closed or opened by the mayor?"


@pytest.fixture
def growing(folder: Path, corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> Growing:
    """An index of four segments, which are left to the background."""
    monkeypatch.setattr(merging, "AT_ONCE", 0)
    monkeypatch.setattr(merging, "GONE", 2.0)
    growing = Growing(folder, corpus)
    for number in range(4):
        growing.put(f"a{number}", sentence(number), sentence(10 + number))
        growing.engine().refresh()
    assert len(segments(growing)) == 4
    return growing


def segments(growing: Growing) -> list[str]:
    return [one.name for one in growing.snapshot.content.segments]


def while_merging(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Have something happen after a merge in the background was written and before it is of use."""
    write = Combiner.write

    def write_slowly(self: Combiner, content: Content, names: Sequence[str], aside: Path) -> bool:
        merged = write(self, content, names, aside)
        if aside.name.startswith(MERGING):
            happens()
        return merged

    monkeypatch.setattr(Combiner, "write", write_slowly)


def test_segments_are_put_together_and_a_follower_goes_on_with_what_it_knows(growing: Growing) -> None:
    engine, follower = growing.engine(), growing.engine()
    assert engine.renew()
    assert follower.renew()
    before = ask(follower, QUESTION)

    assert engine.merge()

    assert len(segments(growing)) == 1
    growing.assert_followed(engine)
    assert follower.renew()
    after = ask(follower, QUESTION)
    assert [one.evidence.quote for one in after.considered] == [
        one.evidence.quote for one in before.considered
    ]
    assert [one.score for one in after.considered] == pytest.approx(
        [one.score for one in before.considered], abs=1e-4
    )
    assert not engine.merge()


def test_what_comes_and_goes_during_a_merge_is_found_at_once_and_not_after_it(
    growing: Growing, monkeypatch: pytest.MonkeyPatch
) -> None:
    merged_of = set(segments(growing))
    other, seen = growing.engine(), list[set[str]]()

    def happens() -> None:
        growing.put("late", sentence(5))
        growing.remove("a0")
        growing.put("a1", sentence(1), sentence(6))
        other.refresh(patience_s=0)
        seen.append(quotes(ask(other, QUESTION)))
        assert merged_of < set(segments(growing))

    while_merging(monkeypatch, happens)
    engine = growing.engine()

    assert engine.merge()

    wanted = {sentence(number) for number in (1, 2, 3, 5, 6, 12, 13)}
    assert seen == [wanted]
    assert quotes(ask(engine, QUESTION)) == wanted
    assert len(segments(growing)) == 2  # the merged one, and what came
    assert not merged_of & set(segments(growing))
    growing.assert_followed(engine)
    assert growing.engine().refresh(closely=True).changed is False


def test_what_went_and_came_back_during_a_merge_is_there_once(
    growing: Growing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def happens() -> None:
        growing.remove("a0")
        growing.engine().refresh()
        growing.put("a0", sentence(0), sentence(10), restore=True)
        growing.engine().refresh()

    while_merging(monkeypatch, happens)

    assert growing.engine().merge()

    growing.assert_followed()


def test_a_second_merger_leaves_it_to_the_first(growing: Growing, monkeypatch: pytest.MonkeyPatch) -> None:
    second = list[bool]()
    while_merging(monkeypatch, lambda: second.append(growing.engine().merge()))

    assert growing.engine().merge()

    assert second == [False]
    growing.assert_followed()


def test_what_was_merged_of_segments_that_are_no_longer_in_use_is_thrown_away(
    growing: Growing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def happens() -> None:
        growing.engine().rebuild()

    while_merging(monkeypatch, happens)

    assert not growing.engine().merge()

    growing.assert_followed()
    assert not list(growing.snapshots.folder.glob(f"{MERGING}-*"))


def test_what_a_killed_merger_left_behind_is_deleted_by_the_next_one(
    growing: Growing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        while_merging(patch, die)
        with pytest.raises(KeyboardInterrupt):
            growing.engine().merge()
    (left,) = growing.snapshots.folder.glob(f"{MERGING}-*")
    growing.engine().refresh()
    assert left.exists(), "another process may still be at it"

    assert growing.engine().merge()

    assert not left.exists()
    growing.assert_followed()


def test_segments_of_which_nothing_is_left_go_without_another_in_their_place(growing: Growing) -> None:
    for number in range(4):
        growing.remove(f"a{number}")
    engine = growing.engine()
    engine.refresh()

    while engine.merge():
        pass

    assert segments(growing) == []
    growing.assert_followed(engine)
    growing.put("a", sentence(1))
    assert engine.refresh().added == 1
    growing.assert_followed(engine)


def test_without_an_index_there_is_nothing_to_merge(folder: Path, corpus: Corpus) -> None:
    assert not Growing(folder, corpus).engine().merge()


def test_what_came_back_by_a_rollback_meanwhile_is_still_found(
    growing: Growing, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = growing.snapshot
    growing.remove("a1")
    growing.engine().refresh()
    while_merging(monkeypatch, lambda: growing.sync().go_back(whole.name))

    assert growing.sync().merge_in_background() is None

    assert growing.snapshot.passage_ids() == whole.passage_ids()
    growing.assert_nothing_is_left()
    growing.engine().refresh()
    growing.assert_followed()
