from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.command_line import CommandLine

ZEBRA = "A zebra named Marty escaped from the zoo of Karaganda on Friday."
CAUGHT = "A zebra named Marty was caught near the zoo of Karaganda on Sunday."
WHICH = "Which zebra escaped from the zoo of Karaganda?"


@pytest.fixture
def zebra(tmp_path: Path) -> Path:
    path = tmp_path / "zebra.md"
    path.write_text(f"---\ntitle: Zoo news\nsource: The Times\n---\n{ZEBRA}\n", encoding="utf-8")
    return path


def test_an_added_article_answers_at_once(crisisbot: CommandLine, zebra: Path) -> None:
    assert crisisbot.says("add", zebra) == "1 added\n"
    best = crisisbot.asks(WHICH)["evidence"][0]
    assert best["quote"] == ZEBRA
    assert best["article"]["title"] == "Zoo news"
    assert best["article"]["source"] == "The Times"


def test_adding_twice_changes_nothing(crisisbot: CommandLine, zebra: Path) -> None:
    crisisbot.says("add", zebra)
    before = crisisbot.says("articles", "list", "--json")
    assert crisisbot.says("add", zebra) == "1 unchanged\n"
    assert crisisbot.says("articles", "list", "--json") == before


def test_a_changed_file_is_a_revision_and_answers_change(crisisbot: CommandLine, zebra: Path) -> None:
    crisisbot.says("add", zebra)
    zebra.write_text(zebra.read_text(encoding="utf-8").replace(ZEBRA, CAUGHT), encoding="utf-8")
    assert crisisbot.says("add", zebra) == "1 revised\n"
    quotes = {one["quote"] for one in crisisbot.asks(WHICH, "--top", "20")["evidence"]}
    assert CAUGHT in quotes
    assert ZEBRA not in quotes
    assert crisisbot.asks(WHICH)["evidence"][0]["article"]["revision"] == 2


def test_a_removed_article_comes_back_when_it_is_added_by_name(crisisbot: CommandLine, zebra: Path) -> None:
    crisisbot.says("add", zebra)
    crisisbot.says("articles", "remove", str(crisisbot.titles()["Zoo news"]))
    assert crisisbot.says("add", zebra) == "1 restored\n"
    assert "Zoo news" in crisisbot.titles()


def test_what_is_broken_is_named_and_the_rest_goes_on(crisisbot: CommandLine, zebra: Path) -> None:
    folder = zebra.parent
    (folder / "a.txt").write_bytes(b"\xf1\xe8 is no UTF-8")
    (folder / "b.jsonl").write_text(f'{{"text": "{CAUGHT}"}}\n{{broken\n[1]\n{{}}\n', encoding="utf-8")
    (folder / "c.html").write_text("<html></html>", encoding="utf-8")
    (folder / "d.txt").touch()
    result = crisisbot.types("add", folder)
    assert result.exit_code == 1
    assert result.stdout.startswith("2 added, 6 not read")
    complaints = [line for line in result.stderr.splitlines() if "passed over" not in line]
    for place, reason in [
        ("a.txt", "not UTF-8 (byte 0xf1 at offset 0)"),
        ("b.jsonl, line 2", "no JSON"),
        ("b.jsonl, line 3", "expected an object {...}, not list"),
        ("b.jsonl, line 4", "text: there is none"),
        ("c.html", "no article text was found"),
        ("d.txt", "text: there is none"),
    ]:
        start = f"crisisbot: {folder}/{place}: "
        assert any(line.startswith(start) and reason in line for line in complaints), (place, complaints)
    assert len(complaints) == 6


@pytest.mark.parametrize(
    "name, reason",
    [
        ("nowhere.txt", "there is no such file or folder"),
        ("letter.odt", "files ending in .odt are not read; .txt"),
        ("letter", "files ending in nothing are not read"),
    ],
)
def test_a_path_that_is_no_article_is_named(
    crisisbot: CommandLine, tmp_path: Path, name: str, reason: str
) -> None:
    if name != "nowhere.txt":
        (tmp_path / name).touch()
    result = crisisbot.types("add", tmp_path / name)
    assert (result.exit_code, result.stdout) == (1, "1 not read\n")
    assert result.stderr.startswith(f"crisisbot: {tmp_path / name}: {reason}")


def test_files_of_other_kinds_in_a_folder_are_passed_over_and_counted(
    crisisbot: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "zebra.txt").write_text(ZEBRA, encoding="utf-8")
    (tmp_path / "news" / "picture.png").touch()
    assert crisisbot.says("add", tmp_path / "news") == "1 added, 1 file of another kind passed over\n"
    (tmp_path / "news" / "song.ogg").touch()
    assert crisisbot.says("add", tmp_path / "news").endswith(", 2 files of other kinds passed over\n")


def test_kinds_of_files_that_were_passed_over_are_named_with_the_way_out(
    crisisbot: CommandLine, tmp_path: Path
) -> None:
    news = tmp_path / "news"
    news.mkdir()
    for name in ("zebra.txt", "b.doc", "a.doc", "c.rtf", "d.png", "e.png", "f.css", "g"):
        (news / name).write_text(ZEBRA, encoding="utf-8")
    result = crisisbot.types("add", news)
    assert (result.exit_code, result.stdout) == (0, "1 added, 7 files of other kinds passed over\n")
    assert result.stderr.splitlines() == [
        f"crisisbot: passed over: 2 .doc, such as {news}/a.doc; save as .docx",
        f"crisisbot: passed over: 1 .rtf, such as {news}/c.rtf; save as .docx",
        f"crisisbot: passed over: 2 .png, 1 without an ending, 1 .css, such as {news}/d.png",
    ]


def test_what_was_stated_once_stays(crisisbot: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "zebra.txt").write_text(ZEBRA, encoding="utf-8")  # names neither source nor day itself
    stated = ("--source", "The Gazette", "--published", "2022-01-05")
    crisisbot.says("add", tmp_path / "zebra.txt", *stated)
    assert crisisbot.says("add", tmp_path / "zebra.txt") == "1 unchanged\n"
    article = crisisbot.asks(WHICH)["evidence"][0]["article"]
    assert (article["source"], article["published"]) == ("The Gazette", "2022-01-05")


def test_what_was_stated_once_stays_also_of_a_removed_article_that_comes_back(
    crisisbot: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "zebra.txt").write_text(ZEBRA, encoding="utf-8")
    crisisbot.says("add", tmp_path / "zebra.txt", "--source", "Orda", "--published", "2026-10-01")
    crisisbot.says("articles", "remove", str(crisisbot.titles()[ZEBRA]))
    assert crisisbot.says("add", tmp_path / "zebra.txt") == "1 restored\n"
    article = crisisbot.asks(WHICH)["evidence"][0]["article"]
    assert (article["source"], article["published"]) == ("Orda", "2026-10-01")


def test_a_folder_without_articles_says_what_is_read(crisisbot: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = crisisbot.types("add", tmp_path / "empty")
    assert result.exit_code == 1
    assert result.stdout.startswith("no articles found: .txt, .md, .markdown, .html, .htm, .jsonl,")


def test_what_is_stated_stands_above_what_the_file_says(crisisbot: CommandLine, zebra: Path) -> None:
    crisisbot.says(
        "add",
        zebra,
        *("--title", "Marty runs", "--source", "The Herald", "--url", "https://example.org/marty"),
        *("--published", "2022-01-05T14:30:00+06:00", "--language", "ru"),
    )
    page = crisisbot.says("articles", "show", str(crisisbot.titles()["Marty runs"]))
    assert "source:     The Herald\n" in page
    assert "url:        https://example.org/marty\n" in page
    assert "published:  2022-01-05T14:30:00+06:00\n" in page
    assert "language:   ru\n" in page


@pytest.mark.parametrize(
    "option, value, reason",
    [
        ("--published", "tomorrow", "published: 'tomorrow' is no ISO date; write 2022-01-05 or"),
        ("--published", "2022-13-45", "published: '2022-13-45' is no ISO date"),
        ("--url", "example.org", "url: 'example.org' does not begin with http:// or https://"),
        ("--url", "nonsense", "url: 'nonsense' does not begin with http:// or https:// and a host"),
        ("--source", "x" * 501, "source: 501 characters are too many"),
        ("--title", "x" * 501, "title: 501 characters are too many"),
    ],
)
def test_an_impossible_field_is_named(
    crisisbot: CommandLine, zebra: Path, option: str, value: str, reason: str
) -> None:
    result = crisisbot.types("add", zebra, option, value)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"--{reason}" in result.stderr
    assert len(crisisbot.titles()) == 30


def test_an_unknown_language_is_a_wrong_command(crisisbot: CommandLine, zebra: Path) -> None:
    result = crisisbot.types("add", zebra, "--language", "tlh")
    assert result.exit_code == 2
    assert "'tlh' is not one of 'en', 'ru', 'kk'" in result.stderr


def test_one_address_is_not_given_to_several_articles(crisisbot: CommandLine, zebra: Path) -> None:
    for paths in ([zebra, zebra], [zebra.parent]):
        result = crisisbot.types("add", *paths, "--url", "https://example.org/marty")
        assert result.exit_code == 2
        assert "--url is the address of one article" in result.stderr


def test_file_names_command_no_terminal(crisisbot: CommandLine, tmp_path: Path) -> None:
    result = crisisbot.types("add", tmp_path / "\x1b[2J.txt")
    assert "\x1b" not in result.stderr
    assert "[2J.txt: there is no such file or folder" in result.stderr


def test_what_was_removed_comes_back_by_name_and_not_with_its_folder(
    crisisbot: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "zebra.txt").write_text(ZEBRA, encoding="utf-8")
    crisisbot.says("add", tmp_path / "news")
    crisisbot.says("articles", "remove", str(crisisbot.titles()[ZEBRA]))
    assert crisisbot.says("add", tmp_path / "news") == "1 stays removed\n"
    assert crisisbot.says("add", tmp_path / "news" / "zebra.txt") == "1 restored\n"


@pytest.mark.parametrize("place", ["", " ", "ftp://x.example/a"])
def test_a_place_that_is_none_is_refused(crisisbot: CommandLine, place: str) -> None:
    result = crisisbot.types("add", place)
    assert result.exit_code == 1
    assert "give files, folders, patterns, or addresses that begin with http:// or https://" in result.stderr


def test_a_day_that_is_none_is_refused_once(crisisbot: CommandLine, zebra: Path) -> None:
    result = crisisbot.types("add", zebra, "--published", "yesterday")
    assert result.exit_code == 2
    assert "write 2022-01-05 or" in result.stderr


def test_a_removed_article_can_be_restored(crisisbot: CommandLine, zebra: Path) -> None:
    crisisbot.says("add", zebra)
    number = str(crisisbot.titles()["Zoo news"])
    assert crisisbot.types("articles", "restore", number).exit_code == 2
    crisisbot.says("articles", "remove", number)
    assert crisisbot.says("articles", "restore", number) == f"restored {number}: Zoo news\n"
    assert crisisbot.asks(WHICH)["evidence"][0]["quote"] == ZEBRA
    crisisbot.says("articles", "remove", number, "--purge")
    assert "no article" in crisisbot.types("articles", "restore", number).stderr
