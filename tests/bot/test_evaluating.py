"""`crisisbot evaluate`: what it prints and writes, and how it refuses files that are no question sets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.evaluating import examination_json, lines_of
from bot.explaining import WRONG
from corpus.languages import Language
from index.evaluation import Examination, Examined
from index.kinds import Kind
from index.metrics import Case

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "Police arrested the former mayor on Friday. The old bridge over the river was closed."


def question_set(folder: Path) -> Path:
    asked = [("Who arrested the former mayor?", "Police"), ("What was closed?", "The old bridge")]
    qas: list[dict[str, object]] = [
        {
            "question": question,
            "id": str(number),
            "answers": [{"text": text, "answer_start": TEXT.index(text)}],
        }
        for number, (question, text) in enumerate(asked)
    ]
    qas.append({"question": "Who is the president of Peru?", "id": "3", "answers": [], "is_impossible": True})
    path = folder / "set.json"
    data = [{"title": "News", "paragraphs": [{"context": TEXT, "qas": qas}]}]
    path.write_text(json.dumps({"data": data}), encoding="utf-8")
    return path


def examined(kind: Kind, *, right: bool, sure: float) -> Examined:
    case = Case((1,) if right else (), 1, sure, answered=sure > 0.5, silent=False)
    return Examined("who?", Language.ENGLISH, kind, case, (), 0.02)


@pytest.fixture
def found() -> Examination:
    asked = [examined(Kind.PERSON, right=True, sure=0.9)] * 12
    asked += [examined(Kind.TIME, right=False, sure=0.3)] * 12
    return Examination(tuple(asked), 3, 40, 1, 2.0, (0.01,) * 24)


def test_a_report_has_all_measures_of_all_groups(found: Examination) -> None:
    report = examination_json("set.json", found, leave_out=0.25, seed=3)

    assert report["all"]["questions"] == 24
    assert report["all"]["ranking"]["P@1"]["value"] == 0.5
    assert 0 < report["all"]["ranking"]["P@1"]["low"] < 0.5 < report["all"]["ranking"]["P@1"]["high"] < 1
    assert report["all"]["silence"]["coverage"] == 0.5
    assert report["by_question_word"]["who"]["ranking"]["P@1"]["value"] == 1
    assert report["by_question_word"]["when"]["ranking"]["MRR"]["value"] == 0
    assert set(report["by_language"]) == {"en"}
    assert report["times"]["encoding_ms"] == {"median": 10.0, "p95": 10.0}
    assert report["times"]["answer_ms"] == {"median": 20.0, "p95": 20.0}


def test_a_report_is_written_with_a_line_for_each_group(found: Examination) -> None:
    lines = lines_of(examination_json("set.json", found, leave_out=0.25, seed=3))

    assert lines[0].startswith(
        "set.json: 24 questions, 24 of them answerable, 40 passages; 25% of the articles"
    )
    assert "left out (seed 3); 1 could not be asked" in lines[0]
    starts = [line.split()[0] for line in lines[1:]]
    assert starts == ["n", "all", "when", "who", "n", "all", "when", "who", "indexing"]
    assert "0.500" in lines[2]
    assert max(map(len, lines)) <= 120


@pytest.mark.slow
def test_a_set_is_asked_of_the_engine_that_answers_users(tmp_path: Path) -> None:
    out = tmp_path / "out.json"

    ran = CliRunner().invoke(
        main, ["--data", str(tmp_path / "data"), "evaluate", str(question_set(tmp_path)), "--json", str(out)]
    )

    assert ran.exit_code == 0, ran.output
    (report,) = json.loads(out.read_text(encoding="utf-8"))
    assert (report["articles"], report["passages"], report["all"]["questions"]) == (1, 2, 3)
    assert report["all"]["ranking"]["P@1"]["value"] == 1
    assert report["all"]["silence"]["false answers"] == 0
    assert "set.json: 3 questions, 2 of them answerable, 2 passages" in ran.output
    assert not (tmp_path / "data" / "corpus.sqlite").exists()


@pytest.mark.parametrize("content", ["", "[1]", '{"data": [{}]}'])
def test_another_file_is_refused_before_anything_is_asked(tmp_path: Path, content: str) -> None:
    path = tmp_path / "set.json"
    path.write_text(content, encoding="utf-8")

    ran = CliRunner().invoke(main, ["--data", str(tmp_path / "data"), "evaluate", str(path)])

    assert ran.exit_code == WRONG
    assert "is not in SQuAD's format" in ran.output
    assert "Traceback" not in ran.output


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    ran = CliRunner().invoke(
        main, ["--data", str(tmp_path / "data"), "evaluate", str(tmp_path / "none.json")]
    )

    assert ran.exit_code == 1
    assert "none.json: No such file" in ran.output


@pytest.mark.parametrize("share", ["1", "-0.1", "half"])
def test_a_share_of_all_articles_cannot_be_left_out(tmp_path: Path, share: str) -> None:
    ran = CliRunner().invoke(main, ["evaluate", str(question_set(tmp_path)), "--leave-out", share])

    assert ran.exit_code == WRONG
    assert "--leave-out" in ran.output


def test_a_set_without_a_question_is_named(tmp_path: Path) -> None:
    path = tmp_path / "set.json"
    path.write_text('{"data": []}', encoding="utf-8")

    result = CliRunner().invoke(main, ["--data", str(tmp_path), "evaluate", str(path)])

    assert (result.exit_code, result.stderr) == (WRONG, f"crisisbot: {path} has no question\n")


def test_a_folder_for_the_figures_that_is_not_there_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "none" / "figures.json"

    result = CliRunner().invoke(
        main, ["--data", str(tmp_path), "evaluate", str(question_set(tmp_path)), "--json", str(path)]
    )

    assert result.exit_code == 1
    assert str(path) in result.stderr
    assert result.stdout == ""
