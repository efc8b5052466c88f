"""Question sets in SQuAD's format."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from corpus.languages import Language
from corpus.passages import Span
from index.errors import InvalidQuestions
from index.squad import read_squad

if TYPE_CHECKING:
    from pathlib import Path

FIRST, SECOND = "Police arrested the mayor. He was silent.", "The bridge is closed."


def write(folder: Path, *paragraphs: dict[str, Any], title: str | None = "The_mayor") -> Path:
    path = folder / "set.json"
    data = {"paragraphs": list(paragraphs)} | ({} if title is None else {"title": title})
    path.write_text(json.dumps({"data": [data]}), encoding="utf-8")
    return path


def asked(question: str, text: str, start: int, **more: object) -> dict[str, Any]:
    return {"question": question, "id": "1", "answers": [{"text": text, "answer_start": start}], **more}


def test_paragraphs_of_a_title_are_one_article_and_answers_are_found_in_it(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {"context": FIRST, "qas": [asked("Who was arrested?", "the mayor", 16)]},
        {"context": SECOND, "qas": [asked("What is closed?", "The bridge", 0)]},
    )

    found = read_squad(path)

    (article,) = found.articles.values()
    assert (article.title, article.text, article.language) == (
        "The mayor",
        f"{FIRST}\n\n{SECOND}",
        Language.ENGLISH,
    )
    spans = [one.answers[0] for one in found.questions]
    assert [article.text[span.start : span.end] for span in spans] == ["the mayor", "The bridge"]
    assert found.cut == {}


def test_sentence_breaks_say_where_sentences_are(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {"context": SECOND, "qas": []},
        {"context": FIRST, "sentence_breaks": [[0, 27], [27, 41]], "qas": []},
    )

    found = read_squad(path)

    (key,) = found.articles
    text = found.articles[key].text
    cut = [text[one.sentence.start : one.sentence.end] for one in found.cut[key]]
    assert cut == ["Police arrested the mayor.", "He was silent."]
    assert {text[one.paragraph.start : one.paragraph.end] for one in found.cut[key]} == {FIRST}


def test_questions_marked_impossible_have_no_answer(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {"context": FIRST, "qas": [asked("Who was freed?", "the mayor", 16, is_impossible=True)]},
        title=None,
    )

    (question,) = read_squad(path).questions

    assert question.answers == ()


def test_accepted_answers_are_ordered_and_told_once(tmp_path: Path) -> None:
    answers = [{"text": "the mayor", "answer_start": 16}, {"text": "mayor", "answer_start": 20}]
    path = write(
        tmp_path, {"context": FIRST, "qas": [{"question": "Who?", "answers": [*answers, answers[0]]}]}
    )

    assert read_squad(path).questions[0].answers == (Span(16, 25), Span(20, 25))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        '{"data": 5}',
        '{"data": [{}]}',
        '{"data": [{"paragraphs": [{"context": "A."}]}]}',
        "\x00",
    ],
)
def test_other_files_are_refused_with_what_is_needed(tmp_path: Path, content: str) -> None:
    path = tmp_path / "set.json"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(InvalidQuestions, match=r"set\.json is not in SQuAD's format .*It needs"):
        read_squad(path)


def test_an_answer_that_is_not_where_it_is_said_to_be_is_named(tmp_path: Path) -> None:
    asked = {"question": "Who?", "answers": [{"text": "zzz", "answer_start": 1}]}
    path = tmp_path / "set.json"
    path.write_text(json.dumps({"data": [{"paragraphs": [{"context": "abc", "qas": [asked]}]}]}))

    with pytest.raises(InvalidQuestions, match="the answer 'zzz' is not at 1 in its context"):
        read_squad(path)
