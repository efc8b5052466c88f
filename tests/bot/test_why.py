from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import click
import pytest

from bot.why import why_text
from corpus.articles import ArticleId, Revision, RevisionId
from corpus.languages import Language
from corpus.passages import Span
from corpus.stored import CorpusSummary, PassageId
from index.answers import Answer, Candidate, Evidence, Question
from index.confidence import Calibration, Evidenced, Logistic, Outcome
from index.signals import Signal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.fakes.command_line import CommandLine

CALIBRATION = Calibration(
    {
        Evidenced.READER: Logistic(0.0, {}, answered=0.8, closest=0.2),
        Evidenced.FOREIGN: Logistic(0.0, {}, answered=1.1, closest=0.3),
    }
)
ALL = {signal: number + 0.125 for number, signal in enumerate(Signal)}


@pytest.fixture(autouse=True)
def hundred_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")


def candidate(
    text: str = "Two men were held.",
    *,
    article: int = 7,
    score: float = 1.0,
    signals: Mapping[Signal, float] = ALL,
    by: Evidenced = Evidenced.READER,
) -> Candidate:
    revision = Revision(
        RevisionId(1), ArticleId(article), 1, "Title", text, "Source", None, None, None,
        Language.ENGLISH, "test", datetime(2022, 1, 6, tzinfo=UTC),
    )  # fmt: skip
    sentence = Span(0, len(text))
    evidence = Evidence(PassageId(1), revision, 0, sentence, (sentence,))
    return Candidate(evidence, score, signals, sentence, by, 0.875, Outcome.ANSWERED)


def lines(*considered: Candidate) -> list[str]:
    answer = Answer(
        Question.parse("who?"), Outcome.ANSWERED, 0.9, (), CorpusSummary(1, 1, (), None, None), considered
    )
    return click.unstyle(why_text(answer, CALIBRATION)).splitlines()


def columns(line: str, headings: str) -> dict[str, str]:
    """Cut a line where the words of its heading end; numbers end there, too."""
    ends = [0, *(found.end() for found in re.finditer(r"\S+", headings))]
    return {headings[start:end].strip(): line[start:end].strip() for start, end in pairwise(ends)}


def test_a_candidate_has_a_line_of_what_came_of_it_and_one_of_its_signals() -> None:
    head, names, first, signals, second, *_ = lines(candidate(), candidate(article=12_345, score=-10.5))

    assert head.split() == ["#", "score", "by", "probability", "outcome", "article", "sentence"]
    assert first.split(maxsplit=6) == ["1", "1.00", "reader", "0.88", "answered", "7", "Two men were held."]
    assert second.split()[:6] == ["2", "-10.50", "reader", "0.88", "answered", "12345"]
    assert columns(signals, names) == {
        signal.replace("paragraph_", "¶"): f"{value:.2f}" for signal, value in ALL.items()
    }


def test_what_was_not_measured_is_blank() -> None:
    _, names, _, signals, *_ = lines(candidate(signals={Signal.LATE: -0.001, Signal.KIND: 1.0}))

    found = columns(signals, names)
    assert (found.pop("late"), found.pop("kind")) == ("0.00", "1.00")
    assert set(found.values()) == {""}


def test_sentences_begin_under_one_another_and_end_with_the_line() -> None:
    head, _, first, _, second, *_ = lines(
        candidate("A\u202e man\n" + "was held " * 30), candidate("Two", article=12_345, score=100)
    )

    place = head.index("sentence")
    assert first[place:].startswith("A man was held was")
    assert (len(first), first[-1]) == (100, "…")
    assert second[place:] == "Two"


@pytest.mark.parametrize(
    "by, thresholds",
    [
        (Evidenced.READER, "By reader: answered from 0.80, closest from 0.20, nothing below."),
        (Evidenced.FOREIGN, "By foreign: never answered, closest from 0.30, nothing below."),
    ],
)
def test_a_legend_says_what_the_numbers_are(by: Evidenced, thresholds: str) -> None:
    legend = " ".join(lines(candidate(by=by), candidate())[7:])

    assert legend.startswith("score: the weighted sum of the signals")
    assert "Signals: the greater, the more" in legend
    assert "probability: that the passage answers" in legend
    assert legend.endswith(thresholds)


def test_where_nothing_was_looked_at_it_says_so() -> None:
    assert lines() == ["No passage was looked at closely."]


def test_the_table_follows_the_answer(crisisbot: CommandLine) -> None:
    answer = crisisbot.says("ask", "why did the protests begin?", "--top", "1")

    said = crisisbot.says("ask", "why did the protests begin?", "--top", "1", "--why")

    assert said.startswith(answer + "\n")
    table = said.removeprefix(answer + "\n").splitlines()
    assert table[0].split()[0] == "#"
    assert re.match(r" 1 +\d+\.\d\d \w+ +0\.\d\d answered +1 The protests in", table[2])
    assert max(map(len, table)) <= 100


def test_every_question_of_a_file_has_its_table(crisisbot: CommandLine) -> None:
    result = crisisbot.types("ask", "--file", "-", "--why", given="who was arrested?\n?\nКак испечь хлеб?\n")

    assert result.stdout.count("\n # ") == result.stdout.count("\nscore: the weighted sum") == 2
    assert result.exit_code == 1  # for the line that is no question
