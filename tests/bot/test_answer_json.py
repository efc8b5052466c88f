from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.answer_json import VERSION, answer_json, evidence_json, json_line, problem_json, why_json
from corpus.articles import ArticleId, Revision, RevisionId
from corpus.copies import Copy
from corpus.languages import Language
from corpus.passages import Span
from corpus.stored import CorpusSummary, PassageId
from index.answers import Answer, Candidate, Evidence, Question
from index.confidence import Calibration, Evidenced, Logistic, Outcome
from index.signals import Signal

if TYPE_CHECKING:
    from corpus.store import Corpus
    from tests.fakes.command_line import CommandLine

DOCUMENTATION = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
ANSWER, WHY, PROBLEM, ARTICLE = map(json.loads, re.findall(r"```json\n(.*?)```", DOCUMENTATION, re.DOTALL))

#: Fields that may hold nothing, so that their shape differs from answer to answer.
SPANS = {"marks", "answer", "also"}

TEXT = "Before it. The \x9bzebra 🦓 ran. After it."


def shape(value: object) -> object:
    """Return the keys of objects with the types of what they hold; null counts as a string's place."""
    if isinstance(value, dict):
        return {key: key if key in SPANS else shape(held) for key, held in value.items()}
    if isinstance(value, list):
        return [shape(held) for held in value[:1]]
    return "str" if value is None else type(value).__name__


def an_answer() -> Answer:
    revision = Revision(
        id=RevisionId(70),
        article_id=ArticleId(7),
        number=2,
        title="Zoo",
        text=TEXT,
        source="The Times",
        author="A. Writer",
        url="https://example.org/zoo",
        published=datetime.fromisoformat("2022-01-05T14:30:00+06:00"),
        language=Language.ENGLISH,
        obtained="file",
        seen_at=datetime(2022, 1, 6, tzinfo=UTC),
    )
    evidence = Evidence(
        passage_id=PassageId(1),
        revision=revision,
        position=1,
        sentence=Span(11, 28),
        around=(Span(0, 10), Span(11, 28), Span(29, 38)),
        score=1.234567,
        marks=(Span(16, 21), Span(24, 27)),
        answer=Span(11, 21),
        also=(
            Copy(
                ArticleId(9),
                RevisionId(90),
                3,
                "Zoo news",
                "The Post",
                None,
                None,
                datetime(2022, 1, 7, tzinfo=UTC),
            ),
            Copy(
                ArticleId(8),
                RevisionId(80),
                0,
                "Zebra",
                "Daily",
                "https://example.org/z",
                date(2022, 1, 6),
                datetime(2022, 1, 7, tzinfo=UTC),
            ),
        ),
    )
    summary = CorpusSummary(1, 3, (Language.ENGLISH,), "2022-01-05", "2022-01-05")
    considered = (
        Candidate(
            replace(evidence, score=0.0, marks=()), 1.234567, {Signal.FOUND: 1 / 3, Signal.READER: -2.0},
            by=Evidenced.READER, probability=0.412345, outcome=Outcome.CLOSEST,
        ),
        Candidate(replace(evidence, answer=None), -1.0, by=Evidenced.FOREIGN),
    )  # fmt: skip
    question = Question.parse("which  zebra ran?")
    return Answer(question, Outcome.CLOSEST, 0.412345, (evidence,), summary, considered, ("zebra", "ran"))


def test_an_answer_in_json() -> None:
    assert answer_json(an_answer()) == {
        "version": 1,
        "question": "which zebra ran?",
        "outcome": "closest",
        "confidence": 0.4123,
        "language": "en",
        "evidence": [
            {
                "quote": "The \x9bzebra 🦓 ran.",
                "start": 11,
                "end": 28,
                "before": "Before it. ",
                "after": " After it.",
                "score": 1.2346,
                "marks": [[16, 21], [24, 27]],
                "answer": [11, 21],
                "article": {
                    "id": 7,
                    "revision": 2,
                    "title": "Zoo",
                    "source": "The Times",
                    "url": "https://example.org/zoo",
                    "published": "2022-01-05T14:30:00+06:00",
                    "language": "en",
                },
                "also": [
                    {"id": 9, "title": "Zoo news", "source": "The Post", "url": None, "published": None},
                    {
                        "id": 8,
                        "title": "Zebra",
                        "source": "Daily",
                        "url": "https://example.org/z",
                        "published": "2022-01-06",
                    },
                ],
            }
        ],
    }


def test_offsets_count_characters_of_the_text() -> None:
    (one,) = answer_json(an_answer())["evidence"]
    assert TEXT[one["start"] : one["end"]] == one["quote"]
    assert [TEXT[start:end] for start, end in [*one["marks"], one["answer"]]] == [
        "zebra",
        "ran",
        "The \x9bzebra",
    ]


def test_where_nothing_is_marked_it_says_so() -> None:
    unmarked = replace(an_answer().evidence[0], marks=(), answer=None)

    written = evidence_json(unmarked)

    assert (written["marks"], written["answer"]) == ([], None)


def test_why_holds_all_that_was_measured() -> None:
    calibration = Calibration(
        {
            Evidenced.READER: Logistic(0.0, {}, answered=0.8, closest=0.2),
            Evidenced.FOREIGN: Logistic(0.0, {}, answered=1.1, closest=0.3),
        }
    )

    first, second = why_json(an_answer(), calibration)

    shown = answer_json(an_answer())["evidence"][0]
    assert first == {
        "rank": 1,
        "score": 1.2346,
        "by": "reader",
        "probability": 0.4123,
        "outcome": "closest",
        "answered_from": 0.8,
        "closest_from": 0.2,
        "signals": {"found": 0.3333, "reader": -2.0},
        **{field: shown[field] for field in ("quote", "start", "end", "answer", "article")},
    }
    assert (second["rank"], second["signals"], second["answer"]) == (2, {}, None)
    assert (second["answered_from"], second["closest_from"]) == (1.1, 0.3)


def test_a_line_holds_everything_and_commands_no_terminal() -> None:
    value = {"text": "".join(map(chr, range(0xD800))) + "🦓"}
    line = json_line(value)
    assert json.loads(line) == value
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029]", line)
    assert "ғ" in line  # letters are not escaped


def test_the_documentation_shows_the_form_as_it_is() -> None:
    assert shape(answer_json(an_answer())) == shape(ANSWER)
    assert problem_json(PROBLEM["question"], PROBLEM["error"]) == PROBLEM
    assert ANSWER["version"] == VERSION
    assert ANSWER["evidence"][0]["end"] == len(ANSWER["evidence"][0]["quote"])


def test_every_field_is_explained_and_no_other() -> None:
    explained = re.findall(r"^\| `(\w+)` \|", DOCUMENTATION, re.MULTILINE)
    passage, [candidate] = ANSWER["evidence"][0], WHY["why"]
    fields = [*ANSWER, *passage, *passage["article"], *candidate, *Signal, *PROBLEM, *ARTICLE]
    assert explained == fields


def test_real_answers_have_the_form_and_are_slices_of_their_articles(
    crisisbot: CommandLine, corpus: Corpus
) -> None:
    answer = crisisbot.asks("Кого задержали?", "--top", "20")
    assert shape(answer) == shape(ANSWER)
    texts = {one.title: one.text for one in corpus.articles()}
    for one in answer["evidence"]:
        text, start, end = texts[one["article"]["title"]], one["start"], one["end"]
        assert text[start:end] == one["quote"]
        begin = start - len(one["before"])
        assert text[begin : end + len(one["after"])] == one["before"] + one["quote"] + one["after"]
        marked = [*one["marks"], *([one["answer"]] if one["answer"] else [])]
        assert all(start <= first < last <= end for first, last in marked)
        assert one["marks"] == sorted(one["marks"])
    [[begin, stop]] = answer["evidence"][0]["marks"]
    assert "задержаны" in texts[answer["evidence"][0]["article"]["title"]][begin:stop]
    scores = [one["score"] for one in answer["evidence"]]
    assert scores[0] == max(scores)


def test_the_documented_example_is_a_real_answer(crisisbot: CommandLine) -> None:
    said = crisisbot.asks(ANSWER["question"], "--top", "1")["evidence"][0]
    documented = ANSWER["evidence"][0]
    assert {**said, "score": 0} == {**documented, "score": 0}


def test_why_is_an_answers_last_field_and_only_where_it_was_asked_for(crisisbot: CommandLine) -> None:
    answer = crisisbot.asks(ANSWER["question"], "--why", "--top", "1")

    assert [*answer] == [*ANSWER, "why"]
    assert "why" not in crisisbot.asks(ANSWER["question"])
    assert len(answer["why"]) > len(answer["evidence"])
    assert [one["rank"] for one in answer["why"]] == list(range(1, len(answer["why"]) + 1))
    assert [one["score"] for one in answer["why"]] == sorted(
        (one["score"] for one in answer["why"]), reverse=True
    )
    for one in answer["why"]:
        assert {**one, "signals": {}}.keys() == WHY["why"][0].keys()
        assert one["signals"].keys() <= {*Signal}
    best = answer["why"][0]
    assert (best["probability"], best["outcome"]) == (answer["confidence"], answer["outcome"])
    documented = WHY["why"][0]
    assert [best[field] for field in ("quote", "start", "end", "article")] == [
        documented[field] for field in ("quote", "start", "end", "article")
    ]


def test_why_tells_of_a_refusal_too(crisisbot: CommandLine) -> None:
    refused = crisisbot.asks("How do I bake bread?", "--why")

    assert refused["evidence"] == []
    assert {one["outcome"] for one in refused["why"]} == {"nothing"}


def test_nothing_has_the_form_too(crisisbot: CommandLine) -> None:
    answer = crisisbot.asks("How do I bake bread?")
    assert answer.keys() == ANSWER.keys()
    assert (answer["outcome"], answer["evidence"]) == ("nothing", [])


def test_a_real_error_line_is_the_documented_one(crisisbot: CommandLine) -> None:
    result = crisisbot.types("ask", "--file", "-", "--json", given="???\n")
    assert json.loads(result.stdout) == PROBLEM


def test_a_real_article_line_is_the_documented_one(crisisbot: CommandLine) -> None:
    rows = [json.loads(line) for line in crisisbot.says("articles", "list", "--json").splitlines()]
    (row,) = (row for row in rows if row["id"] == ARTICLE["id"])
    assert {**row, "seen_at": ""} == {**ARTICLE, "seen_at": ""}
    assert datetime.fromisoformat(row["seen_at"]).utcoffset() == UTC.utcoffset(None)
    assert all(shape(row) == shape(ARTICLE) for row in rows)


@pytest.mark.parametrize("kind", list(Evidenced))
def test_every_kind_of_evidence_is_documented(kind: Evidenced) -> None:
    assert f"`{kind}`" in DOCUMENTATION.partition("| `by` |")[2].partition("\n")[0]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_is_documented(outcome: Outcome) -> None:
    assert f"`{outcome}`:" in DOCUMENTATION
