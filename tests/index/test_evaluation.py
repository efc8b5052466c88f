"""Evaluation asks the engine that answers users, of a corpus made of the set's own articles."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from corpus.passages import Passage, Span
from index.engine import Engine
from index.evaluation import Examination, examine, right_places
from index.kinds import Kind
from index.squad import QuestionSet, read_squad
from tests.fakes.encoder import FakeEncoder
from tests.fakes.news import ARREST, BRIDGE, PRICES, SHOW_ALL

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.store import Corpus
    from index.encoder import Encoder


def make_engine(folder: Path, corpus: Corpus, encoder: Encoder) -> Engine:
    return Engine(folder, corpus, encoder, calibration=SHOW_ALL)


def questions(folder: Path, *asked: tuple[str, str, str]) -> QuestionSet:
    """Make a set of articles of one sentence each: (text, question, answer), "" for no answer."""
    data: list[dict[str, Any]] = []
    for text, question, answer in asked:
        answers = [{"text": answer, "answer_start": text.index(answer)}] if answer else []
        qas = [{"question": question, "answers": answers, "is_impossible": not answer}]
        data.append({"title": text.split()[0], "paragraphs": [{"context": text, "qas": qas}]})
    path = folder / "set.json"
    path.write_text(json.dumps({"data": data}), encoding="utf-8")
    return read_squad(path)


def run(asked: QuestionSet, **options: Any) -> Examination:  # noqa: ANN401 (those of `examine`)
    return examine(asked, make_engine, FakeEncoder(), **options)


ASKED = (
    (ARREST, "Who arrested the former mayor?", "Police"),
    (BRIDGE, "Was the old bridge closed?", "closed"),
    (PRICES, "What doubled within a week?", "Bread prices"),
)


def test_a_sentence_that_holds_the_answer_is_right(tmp_path: Path) -> None:
    asked = questions(tmp_path, *ASKED)
    found = run(asked)

    assert len({one.article for one in asked.questions}) == len(ASKED)
    assert [one.case.right for one in found.questions] == [(1,), (1,), (1,)]
    assert [one.case.relevant for one in found.questions] == [1, 1, 1]
    assert [one.case.article for one in found.questions] == [one.article for one in asked.questions]
    assert found.questions[0].kind is Kind.PERSON
    assert (found.articles, found.passages, found.skipped) == (3, 3, 0)
    assert len(found.encoding_s) == 3


def test_the_same_words_elsewhere_are_not_right(tmp_path: Path) -> None:
    other = "Crowds cheered when police arrested the former mayor on Friday and nobody spoke."
    asked = questions(
        tmp_path, (ARREST, "Who arrested the former mayor?", "Police"), (other, "Who cheered?", "Crowds")
    )

    first = run(asked).questions[0]

    assert len(first.considered) == 2
    assert len(first.case.right) == 1


def test_questions_whose_article_is_left_out_have_no_answer(tmp_path: Path) -> None:
    found = run(questions(tmp_path, *ASKED), leave_out=0.34, seed=3)

    assert found.articles == 2
    assert sorted(one.case.relevant for one in found.questions) == [0, 1, 1]


def test_the_seed_says_which_articles_are_left_out(tmp_path: Path) -> None:
    asked = questions(tmp_path, *ASKED)

    def gone(seed: int) -> list[int]:
        found = run(asked, leave_out=0.34, seed=seed)
        return [one.case.relevant for one in found.questions]

    assert gone(1) == gone(1)
    assert len({tuple(gone(seed)) for seed in range(6)}) > 1


def test_questions_that_cannot_be_asked_are_counted(tmp_path: Path) -> None:
    found = run(questions(tmp_path, (ARREST, "???", "Police"), ASKED[1]))

    assert (len(found.questions), found.skipped) == (1, 1)


def test_a_limit_draws_questions(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    found = run(questions(tmp_path, *ASKED), limit=2, progress=lambda *two: told.append(two))

    assert len(found.questions) == 2
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_an_answer_over_two_sentences_is_right_where_it_begins() -> None:
    whole = Span(0, 20)
    sentences = [Passage(Span(0, 9), whole), Passage(Span(10, 20), whole)]

    assert right_places([Span(5, 15)], sentences) == {Span(0, 9)}
    assert right_places([Span(11, 12), Span(5, 15)], sentences) == {Span(10, 20)}
    assert right_places([], sentences) == frozenset()
