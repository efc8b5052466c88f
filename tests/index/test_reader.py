"""The reader: what it makes of plain sentences, what goes in, in which order it comes out, how it fails."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from corpus.passages import Span
from index import reader
from index.errors import ModelDamaged, ModelUnavailable
from index.models import Model
from index.pairs import Pairs
from index.reader import Reader

if TYPE_CHECKING:
    from numpy.typing import NDArray


class FakeSession:
    """Scores each sentence by its word pieces, calls the first one the answer, and remembers its input."""

    def __init__(self) -> None:
        self.ran: list[dict[str, NDArray[np.int64]]] = []

    def run(
        self, outputs: None, given: dict[str, NDArray[np.int64]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        assert outputs is None
        self.ran.append(given)
        shape = given["input_ids"].shape
        scores = given["token_type_ids"].sum(axis=1).astype(np.float32)
        marks = np.zeros((*shape, 2), dtype=np.float32)
        for row, types in enumerate(given["token_type_ids"]):
            marks[row, types.argmax()] = 9.0
        return scores, marks


SENTENCES = ["Police came. " * number for number in (3, 1, 7, 2, 9, 5, 4, 8, 6)]


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def loaded(session: FakeSession) -> Reader:
    made = Reader()
    made._loaded = (session, Pairs(Path(Model.choose().location, "tokenizer.json")))  # noqa: SLF001 (no weights yet)
    return made


def test_what_is_read_comes_out_in_the_order_it_went_in(loaded: Reader) -> None:
    found = loaded.read("Who came?", [(sentence, "") for sentence in SENTENCES])

    assert [one.score for one in found] == [
        float(len(sentence.split()) // 2 * 3 + 1) for sentence in SENTENCES
    ]
    assert {one.answer for one in found} == {Span(0, len("Police"))}


def test_each_sentence_is_read_by_itself(loaded: Reader, session: FakeSession) -> None:
    loaded.read("Who came?", [(sentence, "") for sentence in SENTENCES])

    assert [len(given["input_ids"]) for given in session.ran] == [1] * len(SENTENCES)
    assert all(given["attention_mask"].all() for given in session.ran)


def test_no_sentence_is_read_otherwise_for_the_company_it_is_in(shipped: Reader) -> None:
    asked = "Who was arrested?"
    others = [("The bridge was closed " + "and " * number + "opened.", "") for number in range(0, 60, 7)]

    (alone,) = shipped.read(asked, [(ARREST, "")])

    assert shipped.read(asked, [*others, (ARREST, "")])[-1] == alone


def test_without_a_sentence_nothing_is_read(loaded: Reader, session: FakeSession) -> None:
    assert loaded.read("Who came?", []) == []
    assert session.ran == []


ARREST, BRIDGE = "Police arrested Karim Massimov on 8 January.", "The old bridge was closed."


@pytest.fixture(scope="module")
def shipped() -> Reader:
    """The weights that ship."""
    return Reader()


@pytest.mark.parametrize(
    "question,sentence,answer",
    [
        ("Who was arrested?", ARREST, "Karim Massimov"),
        ("When was the bridge closed?", "The old bridge was closed on 5 January.", "5 January"),
    ],
)
def test_a_sentence_that_answers_is_told_from_one_that_does_not_and_so_is_the_answer(
    shipped: Reader, question: str, sentence: str, answer: str
) -> None:
    answers, other = shipped.read(question, [(sentence, ""), ("Bread is dear.", "")])

    assert answers.score > 1.0
    assert other.score < -3.0
    assert sentence[answers.answer.start : answers.answer.end] == answer


def test_many_threads_read_alike_with_a_reader_that_none_has_used_yet() -> None:
    asked = [f"Who was arrested on {day} January?" for day in range(1, 13)]
    sentences = [(ARREST, ""), (BRIDGE, ""), ("He was arrested.", "Karim Massimov led the committee.")]
    reader = Reader()

    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda question: reader.read(question, sentences), asked))

    assert together == [reader.read(question, sentences) for question in asked]


def test_missing_weights_are_named_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(
        ModelUnavailable, match=r"none\.onnx cannot be read: No such file.*CRISISBOT_READER=0"
    ):
        Reader(tmp_path / "none.onnx").read("Who?", [("He.", "")])


@pytest.mark.parametrize("content", [b"", b"rubbish", b"\0" * 1000])
def test_weights_that_are_no_model_are_called_damaged(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.onnx").write_bytes(content)

    with pytest.raises(ModelDamaged, match=r"bad\.onnx cannot be loaded"):
        Reader(tmp_path / "bad.onnx").read("Who?", [("He.", "")])


def test_weights_that_ship_are_checked_before_they_are_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "reader.onnx"
    shipped.write_bytes(b"other weights")
    monkeypatch.setattr(reader, "WEIGHTS", shipped)

    with pytest.raises(ModelDamaged, match="is not what was shipped"):
        Reader(shipped).read("Who?", [("He.", "")])


def test_sentences_are_read_side_by_side(session: FakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    both = threading.Barrier(2, timeout=10)
    run = session.run

    def wait_for_another(
        outputs: None, given: dict[str, NDArray[np.int64]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        both.wait()
        return run(outputs, given)

    monkeypatch.setattr(session, "run", wait_for_another)
    made = Reader(threads=2)
    made._loaded = (session, Pairs(Path(Model.choose().location, "tokenizer.json")))  # noqa: SLF001 (no weights)

    found = made.read("Who came?", [(sentence, "") for sentence in SENTENCES[:4]])

    assert len(found) == 4
