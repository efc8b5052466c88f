from __future__ import annotations

import json
import os
import re
import resource
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.settings import VARIABLES
from index.answers import LONGEST_QUESTION
from tests.fakes.command_line import START, CommandLine, clean_environment

if TYPE_CHECKING:
    from pathlib import Path

ARREST = "who was arrested?"

#: Seconds of processor time for `--help`; it takes a third of that where nothing else runs.
HELP_CPU_S = 0.3

HEAVY = {
    "torch",
    "transformers",
    "sentence_transformers",
    "faiss",
    "sqlalchemy",
    "telegram",
    "numpy",
    "babel",
}


@pytest.fixture
def without_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_model: object) -> None:
        pytest.fail("the model was loaded")

    monkeypatch.setattr("index.encoder._load", refuse)


# Starting


def test_help_is_quick() -> None:
    assert statistics.median(_help_cpu_s() for _ in range(5)) < HELP_CPU_S


def _help_cpu_s() -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*START, "--help"], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize("command", [[], ["ask"], ["articles", "list"], ["run"]], ids=" ".join)
def test_help_loads_no_heavy_library(command: list[str]) -> None:
    assert not _loaded_by([*command, "--help"]) & HEAVY


@pytest.mark.slow
@pytest.mark.parametrize("question", [ARREST, "Кого арестовали?", "彼は逮捕されましたか"])
def test_a_question_loads_no_torch_once_the_index_is_there(indexed_briefs: Path, question: str) -> None:
    loaded = _loaded_by(["--data", str(indexed_briefs), "ask", question])
    assert not loaded & {"torch", "transformers", "sentence_transformers", "telegram"}
    assert "faiss" in loaded  # so that the test would see the others


def _loaded_by(*commands: list[str]) -> set[str]:
    """Run commands in one new process; return the libraries that it loaded."""
    code = (
        "import json, sys\n"
        "from bot.cli import main\n"
        "for command in json.loads(sys.argv[1]):\n"
        "    main(command, standalone_mode=False)\n"
        "print('\\nloaded', *{name.partition('.')[0] for name in sys.modules})"
    )
    process = subprocess.run(
        [sys.executable, "-c", code, json.dumps(commands)],
        check=True,
        capture_output=True,
        encoding="utf-8",
        env=clean_environment(),
    )
    return set(process.stdout.splitlines()[-1].split()[1:])


# One question


def test_the_best_sentence_stands_first_with_its_article(crisisbot: CommandLine) -> None:
    said = crisisbot.says("ask", "why", "did", "the", "protests", "begin?")
    assert said.index("The protests in Kazakhstan began on Sunday") < said.index("[1] Drivers block roads")
    assert "Crisisbot brief, 2 January 2022" in said
    assert "% sure that the first one answers." in said


def test_an_answer_is_in_the_language_of_the_question(crisisbot: CommandLine) -> None:
    said = crisisbot.says("ask", "Кого арестовали?")
    assert "12 января 2022" in said
    assert "Вероятность, что первый отрывок отвечает" in said


def test_the_words_that_made_it_win_are_underlined_where_that_can_be_shown(crisisbot: CommandLine) -> None:
    seen = replace(crisisbot, colours=True).says("ask", ARREST, "--top", "1")
    assert re.search(r"\x1b\[4marrested\x1b\[0m", seen)
    assert "\x1b" not in crisisbot.says("ask", ARREST, "--top", "1", "--why")


def test_a_passage_in_another_language_says_so(crisisbot: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Актёр Бекежан Каратаубек арестован. Он молчит.", encoding="utf-8")
    crisisbot.says("add", tmp_path / "a.txt", "--published", "2022-01-05", "--title", "Арест актёра")
    said = crisisbot.says("ask", "Was Bekezhan Karataubek arrested?")
    assert "] Арест актёра — a.txt, 5 January 2022, in Russian\n" in said


def test_how_sure_it_must_be_to_call_it_an_answer_is_a_setting(crisisbot: CommandLine) -> None:
    outcomes = [
        json.loads(crisisbot.says("ask", ARREST, "--json", CRISISBOT_READER="0", CRISISBOT_SURE=sure))[
            "outcome"
        ]
        for sure in ("0.5", "0.99")
    ]
    assert outcomes == ["answered", "closest"]


def test_top_limits_the_passages(crisisbot: CommandLine) -> None:
    assert len(crisisbot.asks("Кого задержали?", "--top", "1")["evidence"]) == 1
    assert len(crisisbot.asks("Кого задержали?")["evidence"]) == 3
    assert len(crisisbot.asks("Кого задержали?", "--top", "20")["evidence"]) > 3


def test_when_the_articles_do_not_know_it_says_what_they_cover(crisisbot: CommandLine) -> None:
    said = crisisbot.says("ask", "How do I bake bread?")
    assert "The articles do not answer this" in said
    assert "I looked for: bake, bread\n" in said
    assert "30 articles; published 2 January 2022 – 6 January 2026; English, Kazakh, Russian." in said
    assert crisisbot.asks("How do I bake bread?")["evidence"] == []


@pytest.mark.usefixtures("without_model", "quiet_logging")
@pytest.mark.parametrize(
    "question, reason",
    [
        ("", "The question is empty"),
        (" \n\t ", "The question is empty"),
        ("?!…", "There is no word in the question"),
        ("🙂🙂", "There is no word in the question"),
        ("why " * LONGEST_QUESTION, f"at most {LONGEST_QUESTION} are read"),
    ],
)
def test_what_is_no_question_is_said_before_anything_is_opened(
    tmp_path: Path, question: str, reason: str
) -> None:
    result = CommandLine(tmp_path / "new").types("ask", question)
    assert result.exit_code == 2
    assert result.stderr.startswith("crisisbot: ")
    assert reason in result.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "words, reason",
    [
        (["ask"], "give one question"),
        (["ask", "x", "--file", "-"], "give one question"),
        (["ask", "x", "--top", "0"], "0 is not in the range 1<=x<=20"),
        (["ask", "x", "--top", "21"], "21 is not in the range 1<=x<=20"),
        (["ask", "x", "--top", "many"], "'many' is not a valid integer"),
        (["ask", "--file", "no such file"], "No such file or directory"),
        (["ask", "--nonsense", "x"], "No such option"),
        (["answer"], "No such command 'answer'"),
        (["add"], "Missing argument 'PATH|URL...'"),
        (["articles", "show", "first"], "'first' is not a valid integer"),
        (["articles", "show", "0"], "0 is not in the range"),
        (["articles", "show", "9" * 30], "is not in the range"),
        (["articles", "remove"], "Missing argument 'ID'"),
    ],
)
def test_a_wrong_command_is_explained_and_ends_with_2(tmp_path: Path, words: list[str], reason: str) -> None:
    result = CommandLine(tmp_path / "new").types(*words)
    assert result.exit_code == 2
    assert reason in result.stderr
    assert result.stdout == ""


def test_a_dash_may_begin_a_question(crisisbot: CommandLine) -> None:
    assert crisisbot.types("ask", "--", "-arrested").exit_code == 0


# Many questions


def test_a_file_of_questions_gives_one_line_of_json_for_each(crisisbot: CommandLine, tmp_path: Path) -> None:
    questions = tmp_path / "questions.txt"
    too_long = "why " * 200
    questions.write_bytes(
        f"\ufeff{ARREST}\r\n\r\n   \nКого задержали?\n???\n{too_long}\n".encode()
        + b"caf\xe9 \x1b[31m arrests\n"
    )
    result = crisisbot.types("ask", "--file", questions, "--json", "--top", "1")
    answers: list[dict[str, Any]] = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["question"] for answer in answers] == [
        ARREST,
        "Кого задержали?",
        "???",
        too_long.strip(),
        "caf\ufffd \x1b[31m arrests",
    ]
    assert ["error" in answer for answer in answers] == [False, False, True, True, True]
    assert "Type it in words" in answers[2]["error"]
    assert "not in UTF-8" in answers[4]["error"]
    assert result.exit_code == 1


def test_questions_come_from_standard_input_too(crisisbot: CommandLine) -> None:
    result = crisisbot.types("ask", "--file", "-", "--json", given=f"{ARREST}\nКого задержали?\n")
    assert [json.loads(line)["language"] for line in result.stdout.splitlines()] == ["en", "ru"]
    assert result.exit_code == 0


def test_a_file_of_lines_that_are_no_questions_ends_with_1_as_one_with_some_does(
    crisisbot: CommandLine,
) -> None:
    result = crisisbot.types("ask", "--file", "-", given="???\n!\n")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("There is no word in the question") == 2


def test_no_questions_at_all_are_no_failure_and_are_said(crisisbot: CommandLine) -> None:
    result = crisisbot.types("ask", "--file", "-", given="\n\n")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "crisisbot: there is no question in it; write one a line\n"


def test_answers_for_people_repeat_the_question(crisisbot: CommandLine) -> None:
    result = crisisbot.types("ask", "--file", "-", given="Кого арестовали?\n!\n")
    assert result.stdout.startswith("\nКого арестовали?\n  │ ")
    assert "crisisbot: '!': There is no word in the question" in result.stderr
    assert result.exit_code == 1


def test_a_line_that_is_not_in_utf8_is_named_and_the_others_are_answered(
    crisisbot: CommandLine, tmp_path: Path
) -> None:
    questions = tmp_path / "questions.txt"
    questions.write_bytes("Кого арестовали?\n".encode("cp1251") + b"Who was arrested?\n")
    result = crisisbot.types("ask", "--file", str(questions))
    assert "This line is not in UTF-8. `iconv -f cp1251 -t utf-8` mends a file." in result.stderr
    assert result.stdout.startswith("\nWho was arrested?\n")
    assert result.exit_code == 1


@pytest.mark.slow
def test_many_questions_are_one_process_and_one_model(crisisbot: CommandLine, tmp_path: Path) -> None:
    questions = tmp_path / "questions.txt"
    questions.write_text(f"{ARREST}\n" * 50, encoding="utf-8")
    before = time.monotonic()
    assert len(crisisbot.says("ask", "--file", questions, "--json").splitlines()) == 50
    assert time.monotonic() - before < 20


# Removing, and the index


def test_a_removed_article_vanishes_from_answers_and_stays_away(crisisbot: CommandLine) -> None:
    first = crisisbot.asks(ARREST)["evidence"][0]["article"]
    said = crisisbot.says("articles", "remove", str(first["id"]), "--because", "retracted")
    assert said == f"removed {first['id']}: {first['title']}\n"
    assert first["id"] not in {
        one["article"]["id"] for one in crisisbot.asks(ARREST, "--top", "20")["evidence"]
    }
    assert first["title"] not in crisisbot.titles()
    again = crisisbot.types("articles", "remove", str(first["id"]))
    assert again.exit_code == 2
    assert again.stderr.startswith(f"crisisbot: article {first['id']} was removed on ")


def test_sync_twice_does_nothing_the_second_time(nothing_yet: CommandLine) -> None:
    nothing_yet.begins()
    first = nothing_yet.says("sync")
    assert first.startswith("259 passages added, 0 removed, 0 kept; ")
    assert nothing_yet.says("sync") == "0 passages added, 0 removed, 259 kept; 0 sentences encoded\n"


def test_the_folder_may_be_named_by_a_variable(crisisbot: CommandLine) -> None:
    elsewhere = CommandLine(crisisbot.data.parent / "elsewhere")
    result = elsewhere.types("--data", str(crisisbot.data), "articles", "list", CRISISBOT_DATA="nowhere")
    assert len(result.stdout.splitlines()) == 30


def test_without_the_bundled_briefs_there_is_nothing_to_answer_from(nothing_yet: CommandLine) -> None:
    said = nothing_yet.says("ask", ARREST, CRISISBOT_BUNDLED="0")
    assert said == "There are no articles yet, so there is nothing to answer from.\n"
    listed = nothing_yet.types("articles", "list", CRISISBOT_BUNDLED="0")
    assert (listed.exit_code, listed.stdout) == (0, "")
    assert listed.stderr == "no articles; `crisisbot add PATH|URL...` adds some\n"
    assert nothing_yet.says("sync", CRISISBOT_BUNDLED="0").startswith("0 passages added")


# Where the corpus is


@pytest.mark.parametrize(
    "command",
    [
        *("articles list", "articles show 1", "articles history 1", "articles diff 1", "articles remove 1"),
        *("articles restore 1", "feed list", "feed remove 1", "feed poll"),
        *("sync", "sync --follow", "sync --rebuild"),
        *("index list", "index verify", "index rollback"),
    ],
)
def test_a_slip_in_the_folders_name_is_said_and_makes_no_other_corpus(
    nothing_yet: CommandLine, command: str
) -> None:
    result = nothing_yet.types(*command.split())
    assert result.exit_code == 2
    assert result.stderr == (
        f"crisisbot: there is no corpus in {nothing_yet.data}; look at the name (--data, CRISISBOT_DATA, "
        "DATABASE_URL), or begin one there: `crisisbot add`, "
        "`watch`, `feed add`, `ask`, `chat` and `run` do\n"
    )
    assert result.stdout == ""
    assert not nothing_yet.data.exists()


def test_where_a_corpus_begins_is_said_once(nothing_yet: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The bridge is closed.", encoding="utf-8")
    first, again = (nothing_yet.types("add", tmp_path / "a.txt") for _ in range(2))
    assert (first.stdout, again.stdout) == ("1 added\n", "1 unchanged\n")
    assert first.stderr == f"crisisbot: a new corpus begins in {nothing_yet.data}\n"
    assert again.stderr == ""


def test_a_slip_in_a_databases_address_is_said_too(crisisbot: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "corpse.sqlite"
    result = crisisbot.types("articles", "list", DATABASE_URL=f"sqlite:///{file}")
    assert result.exit_code == 2
    assert f"there is no corpus in {file};" in result.stderr
    assert not file.exists()


@pytest.mark.usefixtures("one_model", "quiet_logging")
def test_at_the_place_that_nobody_named_a_corpus_begins_without_a_word(tmp_path: Path) -> None:
    nothing: dict[str, str | None] = dict.fromkeys(VARIABLES)
    result = CliRunner().invoke(main, ["articles", "list"], env={**nothing, "XDG_DATA_HOME": str(tmp_path)})
    assert (result.exit_code, result.stderr) == (0, "")
    assert len(result.stdout.splitlines()) == 30
    assert (tmp_path / "crisisbot" / "corpus.sqlite").exists()


# What can be wrong


@pytest.mark.parametrize("command", [["ask", "Кто?"], ["articles", "list"], ["sync"], ["chat"], ["add", "."]])
@pytest.mark.parametrize("url", ["nonsense", "postgresql://user:secret@localhost:1/none", "mysql://x/y"])
def test_an_impossible_database_is_one_kind_line(
    nothing_yet: CommandLine, command: list[str], url: str
) -> None:
    result = nothing_yet.types(*command, DATABASE_URL=url)
    assert result.exit_code == 1
    assert result.stderr.startswith("crisisbot: ")
    assert result.stderr.count("\n") == 1
    assert "secret" not in result.output


@pytest.mark.usefixtures("quiet_logging")
def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = CommandLine(tmp_path / "file" / "data").types("ask", "Кто?")
    assert result.exit_code == 1
    assert result.stderr == f"crisisbot: {tmp_path}/file/data: Not a directory\n"


def test_a_bad_setting_ends_with_2(nothing_yet: CommandLine) -> None:
    result = nothing_yet.types("ask", "Кто?", CRISISBOT_BUNDLED="perhaps")
    assert (result.exit_code, result.stderr) == (
        2,
        "crisisbot: CRISISBOT_BUNDLED is 'perhaps'; it may be 1 or 0\n",
    )


def test_run_without_a_token_says_how_to_get_one(nothing_yet: CommandLine) -> None:
    result = nothing_yet.types("run")
    assert result.exit_code == 2
    assert "https://t.me/BotFather" in result.stderr
    assert "crisisbot chat" in result.stderr
    assert not nothing_yet.data.exists()


def test_a_damaged_index_heals_itself(crisisbot: CommandLine) -> None:
    for file in crisisbot.data.glob("index/*/segment-*/en/*"):
        if file.is_file():
            file.write_bytes(b"garbage")
    result = crisisbot.types("ask", ARREST, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["evidence"][0]["quote"].startswith("Karim Massimov")
    assert "the index is damaged and is mended by itself" in result.stderr


def test_a_model_that_is_none_is_said(crisisbot: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = crisisbot.types("ask", ARREST, CRISISBOT_MODEL=str(tmp_path / "empty"))
    assert result.exit_code == 1
    assert "CRISISBOT_MODEL names a folder" in result.stderr


# The terminal


def test_the_progress_bar_is_drawn_only_where_somebody_looks(
    nothing_yet: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("click._compat.isatty", lambda _stream: True)
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda _self: True, raising=False)
    nothing_yet.begins()
    seen = nothing_yet.types("sync").stderr
    assert "Reading the articles" in seen
    assert seen.endswith("\x1b[?25h\n")  # the cursor is given back
    assert nothing_yet.types("sync").stderr == ""


def test_no_article_commands_the_terminal(crisisbot: CommandLine, tmp_path: Path) -> None:
    bell, clear, title = "\x07", "\x9b2J", "\x1b]0;owned\x1b\\"
    article = {
        "title": f"{title}Zoo",
        "source": f"{bell}T{clear}",
        "text": f"A zebra {clear}{title}fled from the zoo.",
    }
    (tmp_path / "zoo.jsonl").write_text(json.dumps(article), encoding="utf-8")
    crisisbot.says("add", tmp_path / "zoo.jsonl")
    number = str(crisisbot.titles()[article["title"]])
    screen = replace(crisisbot, colours=True)
    question = f"Which zebra {clear}{title}fled from the zoo?"
    for words in (
        ["ask", question],
        ["ask", "--file", "-"],
        ["ask", question, "--json"],
        ["ask", question, "--why"],
        ["chat"],
        ["articles", "list"],
        ["articles", "show", number],
        ["articles", "remove", number],
    ):
        seen = screen.types(*words, given=f"{question}\n#1\n/sources\n").output
        assert "zebra" in seen or "Zoo" in seen
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", re.sub(r"\x1b\[\d+m", "", seen)), words


@pytest.mark.slow
@pytest.mark.parametrize("words", [["articles", "list"], ["ask", "Кого задержали?", "--json"]])
def test_a_pipe_that_was_closed_ends_it_without_a_word(crisisbot: CommandLine, words: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.run(
        [*START, "--data", str(crisisbot.data), *words],
        check=False,
        stdout=writing,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=clean_environment(),
    )
    os.close(writing)
    assert (process.returncode, process.stderr) == (1, "")


@pytest.mark.slow
@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "latin-1"},
        {"PYTHONIOENCODING": "koi8-r"},
    ],
    ids=lambda locale: ",".join(map("=".join, locale.items())),
)
def test_an_old_locale_is_no_reason_to_fail(crisisbot: CommandLine, locale: dict[str, str]) -> None:
    questions = crisisbot.data / "questions.txt"
    questions.write_text("Кім ұсталды?\n", encoding="utf-8")
    environment = clean_environment(**locale)
    if "PYTHONIOENCODING" not in locale:
        environment.pop("PYTHONIOENCODING", None)
    process = subprocess.run(
        [*START, "--data", str(crisisbot.data), "ask", "--file", str(questions)],
        check=False,
        capture_output=True,
        env=environment,
    )
    assert (process.returncode, process.stderr) == (0, b"")
    assert b"[1] " in process.stdout


@pytest.mark.slow
def test_an_interrupted_add_leaves_a_sound_corpus(crisisbot: CommandLine, tmp_path: Path) -> None:
    many = tmp_path / "many.jsonl"
    lines = (
        json.dumps({"text": f"Мақала нөмірі {n}. Екінші сөйлем.", "language": "kk"}) for n in range(20_000)
    )
    many.write_text("\n".join(lines), encoding="utf-8")
    process = crisisbot.starts("add", many)
    patience_ends = time.monotonic() + 60
    while len(crisisbot.titles()) < 40:
        assert time.monotonic() < patience_ends
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    stored = len(crisisbot.titles()) - 30
    assert process.returncode == 1
    assert stdout in {f"{stored} added\n", f"{stored - 1} added\n"}  # the last one may not be counted yet
    assert stderr.splitlines()[-1] == (
        "crisisbot: interrupted; what is stored stays; the same command goes on, "
        "and `crisisbot sync` indexes what is stored"
    )
    assert 0 < stored < 20_000
    added, _, rest = crisisbot.says("sync").partition(" passages added")
    assert int(added) + int(rest.split(", ")[2].split()[0]) == 259 + 2 * stored
    assert crisisbot.types("doctor").exit_code == 0
