"""Following: whatever happens to articles, and in whatever order, the index holds what the corpus does."""

from __future__ import annotations

import errno
import io
import random
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from corpus.database import sqlite_url
from corpus.languages import Language
from corpus.passages import Passage, Span, split
from corpus.store import Corpus
from index import merging, sync
from index.signals import Signal
from index.states import States
from tests.fakes.articles import write_long_article
from tests.fakes.damage import full_disk, full_from
from tests.fakes.encoder import FakeEncoder
from tests.fakes.growing import Growing, ask, quotes, sentence, signals
from tests.fakes.news import ARREST, article

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from corpus.stored import PassageId, PassageText
    from index.engine import Engine
    from index.snapshots import Snapshot

pytestmark = pytest.mark.usefixtures("unhurried")


@pytest.fixture
def growing(folder: Path, corpus: Corpus) -> Growing:
    return Growing(folder, corpus)


@pytest.mark.parametrize("seed", range(24))
def test_after_any_changes_the_index_holds_what_the_corpus_does_and_followers_answer_from_it(
    growing: Growing, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    growing.chance = random.Random(seed)  # noqa: S311 (no secrets: the same changes in every run)
    monkeypatch.setattr(merging, "TOGETHER", growing.chance.choice([2, 3, 4]))
    monkeypatch.setattr(sync, "CHANGES_AT_ONCE", growing.chance.choice([1, 2, 200]))
    writer, follower = growing.engine(), growing.engine()
    done = []

    for _ in range(4):
        done += [growing.change() for _ in range(growing.chance.randrange(1, 4))]
        growing.chance.choice([writer, growing.engine()]).refresh()
        follower.renew()
        growing.assert_followed(follower)
        _assert_finds_all(growing, follower, done)
    encoded = len(growing.encoder.encoded)
    assert growing.engine().refresh(closely=True).changed is False
    assert growing.engine().rebuild().added == len(growing.corpus.passage_ids())
    growing.assert_followed()
    assert len(growing.encoder.encoded) == encoded


def _assert_finds_all(growing: Growing, engine: Engine, done: list[str]) -> None:
    wanted = {text.sentence for text in growing.corpus.passage_texts(growing.corpus.passage_ids())}
    assert quotes(ask(engine, "Which bridge was closed or opened by the mayor?")) == wanted, done


def test_an_article_that_is_cut_otherwise_is_indexed_as_if_it_always_had_been_so(
    growing: Growing, tmp_path: Path
) -> None:
    text = "First it rained. Then it snowed. Then came the sun."
    first, second, third = split(text, Language.ENGLISH)
    joined = Passage(Span(first.sentence.start, second.sentence.end), first.paragraph)
    growing.corpus.put(article("a", text, title="Weather"), sentences=[joined, third])
    growing.put("b", sentence(1))
    growing.engine().refresh()

    assert growing.corpus.recut() == 1
    report = growing.engine().refresh()
    anew = Growing(tmp_path / "anew", growing.corpus)
    anew.engine().refresh()

    assert (report.added, report.removed, report.encoded) == (2, 1, 3), "the paragraph is read as a whole"
    growing.assert_followed()
    for question in ("Did it rain or snow?", "Then came the sun"):
        # The statistics of words count what is only marked as gone until it is merged away.
        _assert_same(growing.snapshot, anew.snapshot, question, abs_=0.5)
    growing.engine().rebuild()
    _assert_same(growing.snapshot, anew.snapshot, "Did it rain or snow?", abs_=1e-5)


def _assert_same(one: Snapshot, other: Snapshot, question: str, *, abs_: float) -> None:
    mine, its = signals(one, question), signals(other, question)
    assert mine.keys() == its.keys()
    for id_, found in mine.items():
        assert found == pytest.approx(its[id_], abs=abs_)
        for signal in (Signal.COSINE, Signal.PARAGRAPH_COSINE):
            assert found[signal] == pytest.approx(its[id_][signal], abs=1e-5)


class Counting(Corpus):
    """A corpus that counts what it is asked for."""

    def count(self) -> None:
        self.all_ids, self.texts = 0, list[int]()

    def all_passage_ids(self) -> array[int]:
        self.all_ids += 1
        return super().all_passage_ids()

    def passage_texts(self, ids: Iterable[PassageId]) -> Iterator[PassageText]:
        wanted = list(ids)
        self.texts += wanted
        return super().passage_texts(wanted)


def test_a_change_costs_as_much_among_many_passages_as_among_few(folder: Path, tmp_path: Path) -> None:
    corpus = Counting.open(sqlite_url(tmp_path / "counted.sqlite"))
    assert isinstance(corpus, Counting)
    corpus.count()
    growing = Growing(folder, corpus, FakeEncoder(languages=frozenset()))
    engine, costs = growing.engine(), []
    for number, many in enumerate((1, 25)):
        for article_number in range(many):
            corpus.put(write_long_article(100 * number + article_number))
        engine.refresh()
        corpus.count()
        with _statements() as statements:
            growing.put(f"a{number}", "On that day it rained.", "Nobody came.")
            added = engine.refresh().added
            growing.put(f"a{number}", "On that day it snowed.", "Nobody came.")
            engine.refresh()
            growing.remove(f"a{number}")
            engine.refresh()
        costs.append((added, corpus.all_ids, len(corpus.texts), len(statements)))

    assert len(corpus.passage_ids()) > 2_500
    assert costs[0][:3] == (2, 0, 4)
    assert costs[1] == costs[0]
    corpus.close()


@contextmanager
def _statements() -> Iterator[list[str]]:
    """Collect all statements that any database is asked meanwhile."""
    found: list[str] = []

    def collect(*args: Any) -> None:  # noqa: ANN401 (as the library calls it)
        found.append(args[2])

    sa.event.listen(sa.Engine, "before_cursor_execute", collect)
    try:
        yield found
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", collect)


def test_of_many_changes_the_first_are_found_before_the_last_are_read(
    growing: Growing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "CHANGES_AT_ONCE", 2)
    for number in range(5):
        growing.put(f"a{number}", sentence(number))
    reader, seen = growing.engine(), []

    def look(done: int, _total: int) -> None:
        if done == 0:
            seen.append(reader.renew() and quotes(ask(reader, "Which bridge was closed by the mayor?")))

    growing.engine().refresh(look)

    assert seen == [set(), {sentence(0), sentence(1)}, {sentence(number) for number in range(4)}]
    growing.assert_followed()


def test_a_first_sync_of_many_articles_keeps_few_segments_open(
    growing: Growing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "CHANGES_AT_ONCE", 1)
    most = []

    def look(_done: int, _total: int) -> None:
        most.append(len(list(growing.snapshots.folder.glob("segment-*"))))

    for number in range(30):
        growing.put(f"a{number}", sentence(number))
    growing.engine().refresh(look)

    # Those of the generation before are there, too, until the next one is written.
    assert max(most) <= 2 * merging.TOGETHER


@pytest.mark.parametrize("changes", [1, 3, 5])
def test_another_database_behind_the_same_index_is_noticed(
    growing: Growing, tmp_path: Path, changes: int
) -> None:
    for number in range(3):
        growing.put(f"a{number}", sentence(number))
    growing.engine().refresh()
    other = Corpus.open(sqlite_url(tmp_path / "other.sqlite"))
    behind = Growing(growing.folder, other)
    for number in range(changes):
        behind.put(f"a{number}", f"Here it rained {number} times.")

    report = behind.engine().refresh()

    assert (report.added, report.removed) == (changes, 3)
    behind.assert_followed()
    assert growing.engine().refresh().encoded == 0
    growing.assert_followed()
    other.close()


@pytest.mark.parametrize("more", [0, 2, 4])
def test_an_older_copy_of_the_database_that_was_restored_is_noticed(
    growing: Growing, tmp_path: Path, more: int
) -> None:
    growing.put("a0", sentence(0))
    growing.put("a1", sentence(1))
    growing.engine().refresh()
    copy = tmp_path / "copy.sqlite"
    with closing(sqlite3.connect(tmp_path / "corpus.sqlite")) as source, closing(sqlite3.connect(copy)) as to:
        source.backup(to)
    growing.put("a2", sentence(2))
    growing.remove("a0")
    growing.engine().refresh()
    restored = Growing(growing.folder, Corpus.open(sqlite_url(copy)))
    for number in range(more):  # with two, both databases count the same number of changes
        restored.put(f"b{number}", f"Here it rained {number} times.")

    report = restored.engine().refresh()

    assert (report.added, report.removed) == (1 + more, 1)
    restored.assert_followed()
    restored.corpus.close()


def test_a_database_that_was_emptied_is_noticed_and_so_is_what_comes_into_it(
    growing: Growing, tmp_path: Path
) -> None:
    growing.put("a", sentence(1))
    growing.engine().refresh()
    empty = Growing(growing.folder, Corpus.open(sqlite_url(tmp_path / "empty.sqlite")))

    assert empty.engine().refresh().removed == 1
    empty.assert_followed()
    empty.put("b", sentence(2))
    assert empty.engine().refresh().added == 1
    empty.assert_followed()
    empty.corpus.close()


@pytest.mark.parametrize("size", [100, 300, 2_000, 8_000])
def test_on_a_full_disk_syncing_fails_with_an_error_and_the_old_generation_goes_on(
    growing: Growing, size: int
) -> None:
    growing.put("a", sentence(1))
    engine = growing.engine()
    engine.refresh()
    before = growing.snapshot
    growing.put("b", *(sentence(number) for number in range(2, 90)))

    with full_disk(size), pytest.raises(OSError, match=r"File too large|is the disk full"):
        engine.refresh()

    assert growing.snapshot.passage_ids() == before.passage_ids()
    growing.assert_nothing_is_left()
    assert quotes(ask(engine, "Which bridge was closed?")) == {sentence(1)}
    engine.refresh()
    growing.assert_followed(engine, growing.engine() if engine.renew() else engine)


@pytest.mark.parametrize("what", ["sync", "compare", "purge", "merge", "rebuild", "rollback"])
def test_a_disk_that_is_full_at_any_step_costs_nothing_and_keeps_nothing(
    growing: Growing, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(merging, "TOGETHER", 2 if what == "merge" else 3)
    monkeypatch.setattr(merging, "AT_ONCE", 0 if what == "merge" else 32)
    for number in range(4):
        growing.put(f"a{number}", sentence(number), sentence(10 + number))
        growing.engine().refresh()
    if what not in {"merge", "rollback"}:
        growing.put("a1", sentence(20))
        growing.purge("a2") if what == "purge" else growing.remove("a2")
    before = [growing.snapshots.open(path.name).passage_ids() for path in growing.snapshots.generations()]
    failures = 0

    while _fails(growing, what, step=failures + 1):
        failures += 1
        assert growing.snapshot.passage_ids() in [*before, growing.corpus.passage_ids()], failures
        growing.assert_nothing_is_left()

    assert failures >= 3
    growing.engine().refresh()
    growing.assert_followed()


def _fails(growing: Growing, what: str, *, step: int) -> bool:
    """Do something on a disk that is full from some step on; return whether that failed."""
    engine = growing.engine()
    doing: dict[str, Callable[[], object]] = {
        "sync": engine.refresh,
        "compare": lambda: engine.refresh(closely=True),
        "purge": engine.refresh,
        "merge": engine.merge,
        "rebuild": engine.rebuild,
        "rollback": lambda: engine.go_back(growing.snapshots.generations()[0].name),
    }
    try:
        with full_from(step):
            doing[what]()
    except OSError as error:
        assert error.errno == errno.ENOSPC  # noqa: PT017 (it is not always raised)
        return True
    return False


def test_a_follower_goes_on_with_what_it_has_while_the_index_cannot_be_read(growing: Growing) -> None:
    growing.put("a", ARREST)
    writer, follower = growing.engine(), growing.engine()
    writer.refresh()
    assert follower.renew()
    assert not follower.renew()
    growing.put("b", sentence(1))
    writer.refresh()
    newest = growing.snapshots.folder / growing.snapshot.name / "manifest.json"
    whole = newest.read_text()

    newest.write_text("rubbish")
    assert not follower.renew()
    assert quotes(ask(follower, "Who arrested the mayor?")) == {ARREST}
    (growing.snapshots.folder / "CURRENT").write_text("rubbish")
    assert not follower.renew()
    writer.refresh()

    assert whole
    assert follower.renew()
    growing.assert_followed(writer, follower)


def test_a_pointer_that_is_damaged_while_nothing_happens_is_mended_by_whoever_follows(
    growing: Growing,
) -> None:
    growing.put("a", sentence(1))
    writer, reader = growing.engine(), growing.engine()
    writer.refresh()
    assert reader.renew()
    (growing.snapshots.folder / "CURRENT").write_text("rubbish")

    assert not reader.renew()

    assert growing.snapshots.is_called_damaged
    writer.refresh()
    growing.assert_followed(writer, reader)


@pytest.mark.parametrize("name", ["CURRENT", "manifest.json"])
def test_a_passing_error_of_the_system_is_no_damage(
    growing: Growing, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    growing.put("a", sentence(1))
    growing.engine().refresh()
    before, opened = growing.snapshot, io.open

    def refuse(file: object, *args: Any, **named: Any) -> Any:  # noqa: ANN401 (as `open` does)
        if str(file).endswith(name):
            raise OSError(errno.EMFILE, "Too many open files")
        return opened(file, *args, **named)  # type: ignore[call-overload] # whatever it was called with

    with monkeypatch.context() as patch:
        patch.setattr(io, "open", refuse)
        with pytest.raises(OSError, match="Too many open files"):
            growing.engine().refresh()

    growing.engine().refresh()
    assert growing.snapshot.name == before.name


def test_a_state_that_is_no_longer_in_the_log_is_none_from_which_anything_is_followed(
    growing: Growing,
) -> None:
    growing.put("a", sentence(1))
    growing.engine().refresh()
    gone = States(growing.corpus).named(99)
    growing.snapshots.point(growing.snapshot.name, gone)

    assert States(growing.corpus).cursor(gone) is None
    assert not growing.engine().refresh().changed
    growing.assert_followed()
