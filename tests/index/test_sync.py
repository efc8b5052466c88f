"""Sync: equal to the corpus afterwards, and no paragraph encoded that was ever encoded before."""

from __future__ import annotations

import logging
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from corpus.database import sqlite_url
from corpus.languages import Language
from corpus.store import Corpus
from index import encoding
from index.answers import Answer, Question
from index.engine import Engine, quietly
from index.glosses import gloss
from index.manifests import read_manifest
from index.shelves import RULES
from index.signals import Signal
from index.snapshots import Snapshots
from index.sync import Sync, SyncReport
from tests.fakes.damage import DAMAGES, cut, files_of, flip
from tests.fakes.encoder import FakeEncoder, encode
from tests.fakes.news import (
    ARREST,
    BRIDGE,
    FRENCH,
    KAZAKH,
    PRICES,
    RUSSIAN,
    SHOW_ALL,
    WEIGHTS,
    article,
    put,
    remove,
    sentences,
)
from tests.index.killing import Killer, Order, acknowledged

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from corpus.stored import PassageText
    from index.encoder import Vectors
    from index.snapshots import Snapshot

# Nobody pulls a plug; test_kills.py does.
pytestmark = pytest.mark.usefixtures("unhurried")


class Place:
    """An index of a corpus, synced by whichever encoder is at hand."""

    def __init__(self, folder: Path, corpus: Corpus, encoder: FakeEncoder) -> None:
        self.folder, self.corpus, self.encoder = folder, corpus, encoder

    def sync(self, encoder: FakeEncoder | None = None) -> SyncReport:
        return self.run(encoder)[1]

    def run(self, encoder: FakeEncoder | None = None) -> tuple[Snapshot, SyncReport]:
        self.encoder.encoded.clear()
        self.encoder.paragraphs.clear()
        snapshot, report = Sync(self.folder, self.corpus, encoder or self.encoder).run(quietly)
        assert snapshot.passage_ids() == self.corpus.passage_ids()
        return snapshot, report

    @property
    def snapshots(self) -> Snapshots:
        return Snapshots(self.folder, self.encoder.identity)

    def generations(self) -> list[str]:
        return [path.name for path in self.snapshots.generations()]

    def current(self) -> Path:
        pointer = self.snapshots.pointer()
        assert pointer is not None
        return self.snapshots.folder / pointer[0]

    def files(self) -> list[Path]:
        """Return all files of the segments that answers come from."""
        folders = [self.snapshots.folder / name for name in read_manifest(self.current()).segments]
        return [folder / name for folder in folders for name in files_of(folder)]

    def ask(self) -> Answer:
        engine = Engine(self.folder, self.corpus, self.encoder, calibration=SHOW_ALL, weights=WEIGHTS)
        return engine.ask(Question.parse("who arrested the former mayor?"))

    def answer(self) -> str:
        return self.ask().evidence[0].quote


@pytest.fixture
def place(folder: Path, corpus: Corpus, encoder: FakeEncoder) -> Place:
    """Two articles in English, and one each in a language that is spoken, glossed and neither; not synced."""
    put(corpus, "a", ARREST, BRIDGE, title="Arrest")
    put(corpus, "b", PRICES, title="Prices")
    put(corpus, "r", RUSSIAN, title="Новости", language=Language.RUSSIAN)
    put(corpus, "k", KAZAKH, title="Жаңалық", language=Language.KAZAKH)
    put(corpus, "o", FRENCH, title="Nouvelles", language=Language.OTHER)
    return Place(folder, corpus, encoder)


def texts_of(corpus: Corpus) -> dict[str, PassageText]:
    """Return what is indexed of each sentence; in these tests no two are the same."""
    return {text.sentence: text for text in corpus.passage_texts(corpus.passage_ids())}


def vector_in(snapshot: Snapshot, text: PassageText) -> Vectors:
    """Return the vector of a passage on its shelf."""
    (found,) = (
        part.vectors.vectors[row]
        for part, alive in snapshot.shelves[text.language].parts
        for row in part.rows_of(np.array([text.id])).tolist()
        if part.vectors is not None and (alive is None or alive[row])
    )
    return np.array(found)


def test_the_first_sync_encodes_each_sentence_once_in_its_paragraph(place: Place) -> None:
    report = place.sync()

    every = len(place.corpus.passage_ids())
    assert (report.added, report.removed, report.kept, report.changed) == (every, 0, 0, True)
    assert report.encoded == len(place.encoder.encoded) == every - 1
    assert set(place.encoder.paragraphs) == {
        (ARREST, BRIDGE),
        (PRICES,),
        (RUSSIAN,),
        (gloss(KAZAKH, Language.KAZAKH).text,),
    }


def test_a_paragraph_is_read_in_its_own_order(place: Place) -> None:
    long = [f"Sentence {number} says this." for number in (3, 1, 4, 15, 9, 2, 6)]
    put(place.corpus, "long", *long, title="Long")

    place.sync()

    assert tuple(long) in place.encoder.paragraphs


def test_each_passage_has_the_vector_and_the_word_pieces_of_its_own_sentence(place: Place) -> None:
    snapshot, _ = place.run()
    assert snapshot.tokens is not None

    for sentence, text in texts_of(place.corpus).items():
        if text.language is Language.OTHER:
            continue
        read = gloss(sentence, Language.KAZAKH).text if text.language is Language.KAZAKH else sentence
        paragraph = text.paragraph if read == sentence else read
        place_of = snapshot.shelves[text.language].place_of(text.id)
        assert vector_in(snapshot, text).tolist() == encode(read, paragraph).vector.tolist()
        assert snapshot.tokens.read(place_of)[0].tolist() == encode(read).spans.tolist()


def test_a_sentence_in_two_paragraphs_is_read_in_each(place: Place) -> None:
    put(place.corpus, "c", ARREST, "Nobody knows why.", title="Why")

    snapshot, _ = place.run()

    ids = place.corpus.passage_ids()
    texts = [text for text in place.corpus.passage_texts(ids) if text.sentence == ARREST]
    found = [vector_in(snapshot, text).tolist() for text in texts]
    assert len(texts) == 2
    assert found == [encode(ARREST, text.paragraph).vector.tolist() for text in texts]
    assert found[0] != found[1]


def test_the_second_sync_does_nothing(place: Place) -> None:
    place.sync()
    before = _times(place.folder)

    report = place.sync()

    assert (report.added, report.removed, report.encoded, report.changed) == (0, 0, 0, False)
    assert report.kept == len(place.corpus.passage_ids())
    after = _times(place.folder)
    # The lock file may come and go in its folder.
    assert {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)} <= {
        place.snapshots.folder
    }


def _times(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if "lock" not in path.name}


def test_an_edit_encodes_the_paragraph_that_it_touches_and_no_other(place: Place) -> None:
    before = (f"{ARREST} {BRIDGE}", "It rained on Monday. Nobody came.", PRICES)
    place.corpus.put(article("p", "\n".join(before), title="Three"))
    place.sync()
    stayed = {text.id for text in texts_of(place.corpus).values() if text.title == "Three"}

    place.corpus.put(
        article("p", "\n".join((before[0], "It rained on Friday. Nobody came.", before[2])), title="Three")
    )
    report = place.sync()

    assert place.encoder.paragraphs == [("It rained on Friday.", "Nobody came.")]
    assert (report.encoded, report.added, report.removed) == (2, 2, 2)
    assert len(stayed & place.corpus.passage_ids()) == len(stayed) - 2


def test_another_title_encodes_no_sentence_of_the_text(place: Place) -> None:
    place.sync()

    put(place.corpus, "a", ARREST, BRIDGE, title="Mayor in custody")
    report = place.sync()

    assert place.encoder.encoded == []
    assert (report.added, report.removed, report.encoded) == (2, 2, 0)


def test_a_paragraph_in_several_articles_is_encoded_once(place: Place) -> None:
    put(place.corpus, "c", ARREST, BRIDGE, title="At the same time")
    first = place.sync()

    put(place.corpus, "d", ARREST, BRIDGE, title="Later")
    report = place.sync()

    assert first.encoded == first.added - 1 - 2
    assert place.encoder.encoded == []
    assert (report.added, report.encoded) == (2, 0)


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
    assert place.snapshots.pointer() == (name, place.corpus.state())
    assert (snapshot.name, snapshot.corpus_state) == (name, place.corpus.state())


def test_another_model_has_an_index_of_its_own_and_leaves_the_other_untouched(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    other = FakeEncoder(identity="other words")
    first = place.sync().encoded
    before = _times(place.snapshots.folder)

    there = place.sync(other)
    back = place.sync()

    assert there.encoded == there.added - 1 == first == len(other.encoded)
    assert (back.encoded, back.changed) == (0, False)
    assert _times(place.snapshots.folder).items() >= before.items()
    assert caplog.text == ""
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


def test_a_language_that_is_neither_spoken_nor_glossed_has_no_vectors(place: Place) -> None:
    snapshot, _ = place.run()

    shelf = snapshot.shelves[Language.OTHER]
    assert [one.part.places for one in shelf.parts] == [None]
    assert FRENCH not in place.encoder.encoded
    assert {one for one, shelf in snapshot.shelves.items() if shelf.has_vectors} == {
        Language.ENGLISH,
        Language.RUSSIAN,
        Language.KAZAKH,
    }


def test_without_english_nothing_is_glossed(place: Place) -> None:
    russian = FakeEncoder(identity="russian", languages=frozenset({Language.RUSSIAN}))

    snapshot, report = place.run(russian)

    assert russian.encoded == [RUSSIAN]
    assert report.encoded == 1
    assert not snapshot.shelves[Language.KAZAKH].has_vectors


def test_an_encoder_that_speaks_nothing_encodes_nothing(place: Place) -> None:
    mute = FakeEncoder(identity="mute", languages=frozenset())

    snapshot, report = place.run(mute)

    assert report.encoded == 0
    assert mute.encoded == []
    assert not any(shelf.has_vectors for shelf in snapshot.shelves.values())
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

    assert len(place.generations()) == 2
    assert place.current().name == place.generations()[-1]


def test_what_killed_processes_left_behind_is_swept(place: Place) -> None:
    place.sync()
    folder = place.snapshots.folder
    shutil.copytree(place.current(), folder / "writing-77-abcd")
    (folder / "writing-78-CURRENT").touch()

    place.sync()

    assert list(folder.glob("writing-*")) == []


def test_progress_goes_from_nothing_to_all_in_steps_that_a_kill_may_cost(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "ENCODED_AT_ONCE", 2)
    said: list[tuple[int, int]] = []

    _, report = Sync(place.folder, place.corpus, place.encoder).run(lambda *done: said.append(done))

    total = report.encoded
    assert [done for done, _ in said] == [0, 2, 4, 5]  # the paragraph of two sentences comes first
    assert {of for _, of in said} == {total} == {5}


def test_what_was_encoded_before_the_encoder_failed_is_not_encoded_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "ENCODED_AT_ONCE", 1)
    encode_passages = place.encoder.encode_passages

    def fail_at_the_third(paragraphs: list[list[str]]) -> object:
        if len(place.encoder.paragraphs) == 2:
            raise MemoryError
        return encode_passages(paragraphs)

    monkeypatch.setattr(place.encoder, "encode_passages", fail_at_the_third)
    with pytest.raises(MemoryError):
        place.sync()
    done = place.encoder.paragraphs.copy()
    monkeypatch.undo()

    place.sync()

    assert len(done) == 2
    assert len(place.encoder.paragraphs) == 2
    assert not set(done) & set(place.encoder.paragraphs)


@pytest.mark.parametrize("number,damage", [*enumerate(DAMAGES)])
def test_a_damaged_file_is_noticed_and_healed_without_encoding(
    place: Place, caplog: pytest.LogCaptureFixture, number: int, damage: Callable[[Path], None]
) -> None:
    place.sync()

    # Each file gets one kind of damage here; test_snapshots.py does every kind to every file.
    for part in range(number, len(place.files()), len(DAMAGES)):
        path, name = place.files()[part], place.current().name
        damage(path)
        caplog.clear()

        report = place.sync()

        assert place.current().name != name, path
        assert report.encoded == 0, path
        assert "is built anew" in caplog.text, path
    assert not place.sync().changed
    assert place.answer() == ARREST


@pytest.mark.parametrize(
    "content", [b"", b"rubbish", b"null", b'{"generation": "generation-9", "corpus_state": 1}']
)
def test_a_damaged_pointer_is_noticed_and_healed_without_encoding(
    place: Place, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    place.sync()
    name = place.current().name
    (place.snapshots.folder / "CURRENT").write_bytes(content)

    report = place.sync()

    assert report.encoded == 0
    assert "the index is damaged and is mended by itself" in caplog.text
    assert f"it goes on from {name}" in caplog.text
    assert place.current().name == name
    assert place.answer() == ARREST
    assert len(place.generations()) <= 2


def test_a_damaged_generation_is_left_for_the_newest_that_is_whole_and_only_the_rest_is_done_again(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.sync()
    before, held = place.current().name, read_manifest(place.current()).segments.keys()
    put(place.corpus, "new", "It snowed.", title="New")
    place.sync()
    flip(place.current() / "manifest.json")

    report = place.sync()

    assert (report.added, report.encoded) == (1, 0)
    assert f"it goes on from {before}" in caplog.text
    assert "is built anew" not in caplog.text
    assert held < read_manifest(place.current()).segments.keys(), "they are still in use"
    assert not place.sync().changed


def test_damage_that_somebody_met_is_looked_for_again_after_a_kill(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.sync()
    place.snapshots.call_damaged()
    with monkeypatch.context() as patch:
        patch.setattr(Snapshots, "open", _die)
        with pytest.raises(KeyboardInterrupt):
            place.sync()

    assert place.snapshots.is_called_damaged
    place.sync()
    assert not place.snapshots.is_called_damaged


def _die(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("missing", ["CURRENT", "generation", "both"])
def test_a_missing_pointer_or_generation_is_healed_without_encoding(place: Place, missing: str) -> None:
    place.sync()
    if missing in {"generation", "both"}:
        shutil.rmtree(place.current())
    if missing in {"CURRENT", "both"}:
        (place.snapshots.folder / "CURRENT").unlink()

    assert place.sync().encoded == 0
    assert place.answer() == ARREST


def test_a_file_too_many_is_noticed(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    place.sync()
    (segment,) = read_manifest(place.current()).segments
    (place.snapshots.folder / segment / "en" / "more.npy").touch()

    place.sync()

    assert "en/more.npy is not what was written" in caplog.text


def test_damaged_kept_vectors_are_encoded_again_and_only_those(place: Place) -> None:
    place.sync()
    (file,) = (place.folder / "vectors").glob("*.vectors")
    flip(file)  # of five vectors, the middle of the third: that of a paragraph of its own
    shutil.rmtree(place.current())

    again = place.sync().encoded

    assert again == len(place.encoder.paragraphs) == 1
    assert place.answer() == ARREST


@pytest.mark.parametrize("lost", ["vectors", "vectors/*.keys", "vectors/*.tokens"])
def test_without_what_was_kept_all_is_encoded_again(
    place: Place, caplog: pytest.LogCaptureFixture, lost: str
) -> None:
    encoded = place.sync().encoded
    (path,) = place.folder.glob(lost)
    shutil.rmtree(path) if path.is_dir() else path.unlink()

    report = place.sync()

    assert report.encoded == encoded == 5
    assert "the word pieces that it points at are gone" in caplog.text
    assert not place.sync().changed
    assert place.answer() == ARREST


def test_word_pieces_that_were_cut_off_are_encoded_again_with_their_paragraph_and_no_other(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.sync()
    (file,) = (place.folder / "vectors").glob("*.tokens")
    cut(file)

    report = place.sync()

    assert "the index is damaged and is mended by itself" in caplog.text
    assert report.encoded == len(place.encoder.encoded) == 1
    snapshot, again = place.run()
    assert not again.changed
    assert snapshot.tokens is not None
    for shelf in snapshot.shelves.values():
        for place_of in [shelf.place_of(id_) for one in shelf.parts for id_ in one.ids.tolist()]:
            if place_of is not None:
                snapshot.tokens.read(place_of)


def test_a_flipped_byte_in_word_pieces_costs_no_answer_and_is_said(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.sync()
    (file,) = (place.folder / "vectors").glob("*.tokens")
    file.write_bytes(bytes(byte ^ 0x55 for byte in file.read_bytes()))

    report = place.sync()
    answer = place.ask()

    assert not report.changed
    assert answer.evidence[0].quote == ARREST
    assert answer.evidence[0].marks
    assert Signal.LATE not in answer.considered[0].signals
    assert "word pieces cannot be used" in caplog.text


@pytest.mark.parametrize("met", [True, False], ids=["a search met them", "looked at closely"])
def test_flipped_bytes_in_word_pieces_are_healed_and_only_their_paragraphs_are_encoded(
    place: Place, caplog: pytest.LogCaptureFixture, *, met: bool
) -> None:
    place.sync()
    (file,) = (place.folder / "vectors").glob("*.tokens")
    content = file.read_bytes()
    file.write_bytes(bytes([*(byte ^ 0x55 for byte in content[:40]), *content[40:]]))
    engine = Engine(place.folder, place.corpus, place.encoder, calibration=SHOW_ALL, weights=WEIGHTS)
    engine.refresh()
    if met:
        assert not engine.is_behind
        engine.ask(Question.parse("Who was arrested?"))
        assert engine.is_behind

    report = engine.refresh(closely=not met)

    assert "some word pieces are damaged and are made anew" in caplog.text
    assert (report.changed, report.encoded) == (False, 2)  # both sentences of the paragraph
    assert not engine.is_behind
    answer = engine.ask(Question.parse("Who was arrested?"))
    assert all(Signal.LATE in one.signals for one in answer.considered)
    assert engine.refresh(closely=True).encoded == 0


def test_a_read_only_look_at_an_index_without_word_pieces_calls_it_damaged(place: Place) -> None:
    place.sync()
    (file,) = (place.folder / "vectors").glob("*.tokens")
    cut(file)

    assert not Engine(place.folder, place.corpus, place.encoder).resume()


def test_searches_on_an_old_generation_go_on_while_others_switch(place: Place) -> None:
    engine = Engine(place.folder, place.corpus, place.encoder, calibration=SHOW_ALL, weights=WEIGHTS)
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
    assert sorted(sentence for sentence, _ in encoded) == sorted(sentences(corpus))
    place = Place(tmp_path / "index", corpus, FakeEncoder())
    assert not place.sync().changed
    assert len(place.files()) == 4, "a segment was written twice"
    corpus.close()
