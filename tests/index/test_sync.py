"""Sync: equal to the corpus afterwards, and no text encoded that was ever encoded before."""

from __future__ import annotations

import json
import logging
import shutil
from typing import TYPE_CHECKING

import pytest

from corpus.database import sqlite_url
from corpus.languages import Language
from corpus.store import Corpus
from index import sync
from index.answers import Question
from index.engine import Engine, quietly
from index.shelves import RULES
from index.snapshots import KEPT_GENERATIONS
from index.sync import Sync, SyncReport
from tests.fakes.damage import DAMAGES, files_of, flip
from tests.fakes.encoder import FakeEncoder
from tests.fakes.news import (
    ARREST,
    BRIDGE,
    KAZAKH,
    PRICES,
    RUSSIAN,
    SHOW_ALL,
    article,
    put,
    remove,
    sentences,
)
from tests.index.killing import Killer, Order, acknowledged

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from index.snapshots import Snapshot


class Place:
    """An index of a corpus, synced by whichever encoder is at hand."""

    def __init__(self, folder: Path, corpus: Corpus, encoder: FakeEncoder) -> None:
        self.folder, self.corpus, self.encoder = folder, corpus, encoder

    def sync(self, encoder: FakeEncoder | None = None) -> SyncReport:
        return self.run(encoder)[1]

    def run(self, encoder: FakeEncoder | None = None) -> tuple[Snapshot, SyncReport]:
        self.encoder.encoded.clear()
        snapshot, report = Sync(self.folder, self.corpus, encoder or self.encoder).run(quietly)
        assert snapshot.passage_ids() == self.corpus.passage_ids()
        return snapshot, report

    def generations(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("generation-*"))

    def current(self) -> Path:
        return self.folder / str(json.loads((self.folder / "CURRENT").read_text())["generation"])

    def answer(self) -> str:
        engine = Engine(self.folder, self.corpus, self.encoder, calibration=SHOW_ALL)
        return engine.ask(Question.parse("who arrested the former mayor?")).evidence[0].quote


@pytest.fixture
def place(folder: Path, corpus: Corpus, encoder: FakeEncoder) -> Place:
    """Two articles in English and one each in a language with and without vectors, not synced yet."""
    put(corpus, "a", ARREST, BRIDGE, title="Arrest")
    put(corpus, "b", PRICES, title="Prices")
    put(corpus, "r", RUSSIAN, title="Новости", language=Language.RUSSIAN)
    put(corpus, "k", KAZAKH, title="Жаңалық", language=Language.KAZAKH)
    return Place(folder, corpus, encoder)


def indexed_by_vectors(place: Place) -> int:
    return sum(len(shelf.vectors or ()) for shelf in place.run()[0].shelves.values())


def test_the_first_sync_encodes_each_sentence_once(place: Place) -> None:
    report = place.sync()

    every = len(place.corpus.passage_ids())
    assert (report.added, report.removed, report.kept, report.changed) == (every, 0, 0, True)
    assert report.encoded == len(place.encoder.encoded) == len(set(place.encoder.encoded))
    assert set(place.encoder.encoded) == sentences(place.corpus) - sentences_of(place.corpus, Language.KAZAKH)


def sentences_of(corpus: Corpus, language: Language) -> set[str]:
    texts = corpus.passage_texts(corpus.passage_ids())
    return {text.sentence for text in texts if text.language is language}


def test_the_second_sync_does_nothing(place: Place) -> None:
    place.sync()
    before = {path: path.stat().st_mtime_ns for path in place.folder.rglob("*") if path.name != "lock"}

    report = place.sync()

    assert (report.added, report.removed, report.encoded, report.changed) == (0, 0, 0, False)
    assert report.kept == len(place.corpus.passage_ids())
    after = {path: path.stat().st_mtime_ns for path in place.folder.rglob("*") if path.name != "lock"}
    assert {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)} <= {
        place.folder  # the lock file may come and go in it
    }


def test_an_edited_article_encodes_only_the_sentences_that_changed(place: Place) -> None:
    place.sync()

    put(place.corpus, "a", ARREST, "The new bridge is open.", title="Arrest")
    report = place.sync()

    assert place.encoder.encoded == ["The new bridge is open."]
    assert report.encoded == 1
    assert report.changed


def test_another_title_encodes_no_sentence_of_the_text(place: Place) -> None:
    place.sync()

    put(place.corpus, "a", ARREST, BRIDGE, title="Mayor in custody")
    place.sync()

    assert not {ARREST, BRIDGE} & set(place.encoder.encoded)


def test_a_sentence_in_several_articles_is_encoded_once(place: Place) -> None:
    place.sync()

    put(place.corpus, "c", ARREST, title="Prices")
    report = place.sync()

    assert ARREST not in place.encoder.encoded
    assert report.added >= 1


def test_a_removed_article_is_no_longer_indexed_and_comes_back_without_encoding(place: Place) -> None:
    place.sync()
    every = place.corpus.passage_ids()

    remove(place.corpus, "Arrest")
    gone = place.sync()
    place.corpus.put(article("a", f"{ARREST} {BRIDGE}", title="Arrest"), restore=True)
    back = place.sync()

    assert (gone.removed, gone.added, gone.encoded) == (len(every) - gone.kept, 0, 0)
    assert (back.added, back.removed, back.encoded) == (gone.removed, 0, 0)
    assert place.corpus.passage_ids() == every
    assert place.answer() == ARREST


def test_a_change_that_leaves_all_passages_as_they_were_writes_no_generation(place: Place) -> None:
    place.sync()
    name, state = place.current().name, place.corpus.state()

    remove(place.corpus, "Prices")
    place.corpus.put(article("b", PRICES, title="Prices"), restore=True)
    snapshot, report = place.run()

    assert not report.changed
    assert place.current().name == name
    assert place.corpus.state() != state
    assert not Engine(place.folder, place.corpus, place.encoder).refresh().changed
    assert json.loads((place.folder / "CURRENT").read_text())["corpus_state"] == place.corpus.state()
    assert (snapshot.name, snapshot.corpus_state) == (name, place.corpus.state())


def test_another_model_and_back_encodes_once_each(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    other = FakeEncoder(identity="other words")
    first = place.sync().encoded

    there = place.sync(other)
    back = place.sync()

    assert there.encoded == first == len(other.encoded)
    assert back.encoded == 0
    assert caplog.text.count("the index is of another model or of older rules") == 2
    assert place.answer() == ARREST


def test_other_rules_build_the_index_anew_without_encoding(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    place.sync()
    name = place.current().name
    monkeypatch.setattr("index.snapshots.RULES", RULES + 1)

    report = place.sync()

    assert report.encoded == 0
    assert place.current().name != name
    assert "older rules, and is built anew" in caplog.text
    assert not place.sync().changed


def test_a_language_that_is_not_spoken_has_no_vectors(place: Place) -> None:
    snapshot, _ = place.run()

    assert snapshot.shelves[Language.KAZAKH].vectors is None
    assert KAZAKH not in place.encoder.encoded
    assert snapshot.shelves[Language.RUSSIAN].vectors is not None


def test_an_encoder_that_speaks_nothing_encodes_nothing(place: Place) -> None:
    mute = FakeEncoder(identity="mute", languages=frozenset())

    snapshot, report = place.run(mute)

    assert report.encoded == 0
    assert mute.encoded == []
    assert all(shelf.vectors is None for shelf in snapshot.shelves.values())
    assert not (place.folder / "vectors").exists()


def test_an_empty_corpus_is_indexed_and_so_is_one_that_became_empty(
    folder: Path, corpus: Corpus, encoder: FakeEncoder
) -> None:
    place = Place(folder, corpus, encoder)
    assert place.sync() == SyncReport(added=0, removed=0, kept=0, encoded=0)
    put(corpus, "a", ARREST, title="Arrest")
    added = place.sync().added

    remove(corpus, "Arrest")

    assert place.sync() == SyncReport(added=0, removed=added, kept=0, encoded=0)
    assert place.sync() == SyncReport(added=0, removed=0, kept=0, encoded=0)


def test_no_more_than_two_generations_stay(place: Place) -> None:
    for number in range(5):
        put(place.corpus, "growing", f"Sentence number {number}.", title="Growing")
        place.sync()

    assert len(place.generations()) == KEPT_GENERATIONS
    assert place.current().name == place.generations()[-1]


def test_what_killed_processes_left_behind_is_swept(place: Place) -> None:
    place.sync()
    shutil.copytree(place.current(), place.folder / "writing-77-abcd")
    (place.folder / "writing-78-CURRENT").touch()

    place.sync()

    assert list(place.folder.glob("writing-*")) == []


def test_progress_goes_from_nothing_to_all_in_steps_that_a_kill_may_cost(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "ENCODED_AT_ONCE", 2)
    said: list[tuple[int, int]] = []

    _, report = Sync(place.folder, place.corpus, place.encoder).run(lambda *done: said.append(done))

    total = report.encoded
    assert said == [(done, total) for done in (*range(0, total, 2), total)]


def test_what_was_encoded_before_the_encoder_failed_is_not_encoded_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "ENCODED_AT_ONCE", 1)
    encode = place.encoder.encode_passages

    def fail_at_the_third(texts: list[str]) -> object:
        if len(place.encoder.encoded) == 2:
            raise MemoryError
        return encode(texts)

    monkeypatch.setattr(place.encoder, "encode_passages", fail_at_the_third)
    with pytest.raises(MemoryError):
        place.sync()
    done = place.encoder.encoded.copy()
    monkeypatch.undo()

    place.sync()

    assert len(done) == 2
    assert not set(done) & set(place.encoder.encoded)


@pytest.mark.parametrize("number,damage", [*enumerate(DAMAGES)])
def test_a_damaged_file_is_noticed_and_healed_without_encoding(
    place: Place, caplog: pytest.LogCaptureFixture, number: int, damage: Callable[[Path], None]
) -> None:
    place.sync()

    # Each file gets one kind of damage here; test_snapshots.py does every kind to every file.
    for name in files_of(place.current())[number :: len(DAMAGES)]:
        damaged = place.current()
        damage(damaged / name)
        caplog.clear()

        report = place.sync()

        assert place.current() != damaged, name
        assert report.encoded == 0, name
        assert "is built anew" in caplog.text, name
    assert not place.sync().changed
    assert place.answer() == ARREST


@pytest.mark.parametrize(
    "content", [b"", b"rubbish", b"null", b'{"generation": "generation-9", "corpus_state": 1}']
)
def test_a_damaged_pointer_is_noticed_and_healed_without_encoding(
    place: Place, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    place.sync()
    (place.folder / "CURRENT").write_bytes(content)

    report = place.sync()

    assert report.encoded == 0
    assert "the index is damaged and is built anew" in caplog.text
    assert place.answer() == ARREST
    assert len(place.generations()) <= KEPT_GENERATIONS


@pytest.mark.parametrize("missing", ["CURRENT", "generation", "both"])
def test_a_missing_pointer_or_generation_is_healed_without_encoding(place: Place, missing: str) -> None:
    place.sync()
    if missing in {"generation", "both"}:
        shutil.rmtree(place.current())
    if missing in {"CURRENT", "both"}:
        (place.folder / "CURRENT").unlink()

    assert place.sync().encoded == 0
    assert place.answer() == ARREST


def test_a_file_too_many_is_noticed(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    place.sync()
    (place.current() / "en" / "more.npy").touch()

    place.sync()

    assert "en/more.npy is not what was written" in caplog.text


def test_damaged_kept_vectors_are_encoded_again_and_only_those(place: Place) -> None:
    encoded = place.sync().encoded
    (file,) = (place.folder / "vectors").iterdir()
    flip(file)
    shutil.rmtree(place.current())

    again = place.sync().encoded

    assert again == 1 < encoded
    assert place.answer() == ARREST


def test_without_kept_vectors_all_is_encoded_again(place: Place) -> None:
    encoded = place.sync().encoded
    shutil.rmtree(place.folder / "vectors")
    assert place.sync().encoded == 0, "the generation itself is whole"

    shutil.rmtree(place.current())

    assert place.sync().encoded == encoded


def test_searches_on_an_old_generation_go_on_while_others_switch(place: Place) -> None:
    engine = Engine(place.folder, place.corpus, place.encoder, calibration=SHOW_ALL)
    engine.refresh()

    for number in range(4):
        put(place.corpus, "growing", f"Sentence number {number}.", title="Growing")
        place.sync()

    answer = engine.ask(Question.parse("who arrested the former mayor?"))
    assert answer.evidence[0].quote == ARREST
    assert engine.is_behind


def test_a_healthy_index_says_nothing_in_the_log(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        place.sync()
        place.sync()

    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.mark.slow
def test_two_processes_syncing_at_once_both_succeed_and_encode_nothing_twice(tmp_path: Path) -> None:
    corpus = Corpus.open(sqlite_url(tmp_path / "corpus.sqlite"))
    put(corpus, "a", ARREST, BRIDGE, title="Arrest")
    put(corpus, "b", PRICES, title="Prices")
    with Killer() as one, Killer() as other:
        order = Order(str(tmp_path), pause=0.3)
        one.begin(order)
        other.begin(order)
        ends = [one.end(), other.end()]

    encoded = acknowledged(tmp_path)
    assert [end.signal for end in ends] == [0, 0]
    assert sorted(end.encoded for end in ends) == [0, len(encoded)]
    assert sorted(encoded) == sorted(sentences(corpus))
    place = Place(tmp_path / "index", corpus, FakeEncoder())
    assert not place.sync().changed
    assert len(place.generations()) == 1
    corpus.close()
