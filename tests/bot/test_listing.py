from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from bot.listing import article_json, article_json_line, article_line, article_page
from corpus.articles import ArticleId, Revision, RevisionId
from corpus.languages import Language

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fakes.command_line import CommandLine

REVISION = Revision(
    id=RevisionId(70),
    article_id=ArticleId(7),
    number=2,
    title="Zoo \x1b]0;owned\x07news\u202e",
    text="First line.\n\nA \x1b[2Jsecond " + "word " * 40,
    source="The Times",
    author=None,
    url=None,
    published=date(2022, 1, 5),
    language=Language.ENGLISH,
    obtained="file",
    seen_at=datetime(2022, 1, 6, 7, 8, 9, 10, tzinfo=UTC),
)


def test_an_article_on_one_line() -> None:
    assert article_line(REVISION) == "    7  2022-01-05  en   The Times                 Zoo  ]0;owned news"


def test_an_article_in_json() -> None:
    assert article_json(REVISION) == {
        "id": 7,
        "revision": 2,
        "title": REVISION.title,
        "source": "The Times",
        "author": None,
        "url": None,
        "published": "2022-01-05",
        "language": "en",
        "obtained": "file",
        "seen_at": "2022-01-06T07:08:09+00:00",
        "characters": len(REVISION.text),
    }
    line = article_json_line(REVISION)
    assert json.loads(line) == article_json(REVISION)
    assert line.isprintable() or "\u202e" in line


def test_a_page_holds_every_word_and_no_command_for_the_terminal() -> None:
    page = article_page(REVISION)
    assert "author" not in page
    assert "url" not in page
    assert page.split("\n\n", 1)[1].split() == REVISION.text.replace("\x1b", " ").split()
    assert max(map(len, page.splitlines())) <= 100
    assert all(letter == "\n" or letter.isprintable() for letter in page)


def test_articles_are_listed_earliest_first(crisisbot: CommandLine) -> None:
    rows = [json.loads(line) for line in crisisbot.says("articles", "list", "--json").splitlines()]
    assert [row["published"] for row in rows] == sorted(row["published"] for row in rows)
    lines = crisisbot.says("articles", "list").splitlines()
    assert [int(line.split()[0]) for line in lines] == [row["id"] for row in rows]
    assert lines[0].split(maxsplit=3)[1:3] == ["2022-01-02", "en"]


def test_an_article_is_shown_with_its_whole_text(crisisbot: CommandLine) -> None:
    number = crisisbot.titles()["Бывший глава КНБ Карим Масимов арестован, число задержанных близко к 10 000"]
    page = crisisbot.says("articles", "show", str(number))
    assert page.startswith(f"id:         {number}\nrevision:   1\ntitle:      Бывший глава КНБ")
    assert "МВД Казахстана 8 января сообщило уже о более чем 4400 задержанных." in " ".join(page.split())


def test_an_unknown_article_is_said_with_the_way_out(crisisbot: CommandLine) -> None:
    result = crisisbot.types("articles", "show", "4711")
    assert (result.exit_code, result.stdout) == (2, "")
    assert (
        result.stderr
        == "crisisbot: there is no article 4711; `crisisbot articles list` shows those there are\n"
    )


# What articles said before, and removed ones


@pytest.fixture
def changed(crisisbot: CommandLine, tmp_path: Path) -> str:
    """The number of an article that was changed once."""
    file = tmp_path / "five.txt"
    for number in ("Five", "Eight"):
        file.write_text(f"{number} people were held in Aktau.\n\nIt was calm. {number} shops were open.")
        crisisbot.says("add", str(file), "--title", f"{number} held")
    return str(crisisbot.titles()["Eight held"])


def test_a_changed_article_has_a_history_and_every_revision_can_be_shown(
    crisisbot: CommandLine, changed: str
) -> None:
    first, second = crisisbot.says("articles", "history", changed).splitlines()

    moment = r"\d{4}-\d\d-\d\d \d\d:\d\d"
    assert re.fullmatch(rf"    1  {moment} - {moment}  Five held", first)
    assert re.fullmatch(rf"    2  {moment} - now               Eight held", second)
    assert "Five shops were open." in crisisbot.says("articles", "show", changed, "--revision", "1")
    assert "Eight shops were open." in crisisbot.says("articles", "show", changed)
    result = crisisbot.types("articles", "show", changed, "--revision", "3")
    assert result.exit_code == 2
    assert f"article {changed} has no revision 3; `crisisbot articles history {changed}`" in result.stderr


def test_revisions_are_compared_the_last_two_unless_others_are_asked_for(
    crisisbot: CommandLine, changed: str
) -> None:
    heading, *lines = crisisbot.says("articles", "diff", changed).splitlines()

    assert heading.startswith(f"article {changed}: revision 1 (")
    assert [line for line in lines if line[:1] in "-+"] == [
        "",
        "- Five held",
        "+ Eight held",
        "",
        "- Five people were held in Aktau.",
        "+ Eight people were held in Aktau.",
        "- Five shops were open.",
        "+ Eight shops were open.",
    ]
    back = crisisbot.says("articles", "diff", changed, "--from", "2", "--to", "1")
    assert "- Eight held\n+ Five held" in back
    assert crisisbot.says("articles", "diff", changed, "--to", "1") == (
        f"revision 1 of article {changed} is the first one: there is nothing before it\n"
    )


def test_removed_articles_are_listed_with_the_reason_and_keep_their_history(
    crisisbot: CommandLine, changed: str
) -> None:
    assert crisisbot.says("articles", "list", "--removed") == ""
    crisisbot.says("articles", "remove", changed, "--because", "withdrawn")

    line = crisisbot.says("articles", "list", "--removed")
    assert re.fullmatch(rf" *{changed}  \d{{4}}-\d\d-\d\d  Eight held: withdrawn\n", line)
    row = json.loads(crisisbot.says("articles", "list", "--removed", "--json"))
    assert (row["id"], row["title"], row["removed_because"], row["purged_at"]) == (
        int(changed), "Eight held", "withdrawn", None,
    )  # fmt: skip
    assert re.search(r"^removed .*: withdrawn$", crisisbot.says("articles", "history", changed), re.MULTILINE)
    assert "Five shops" in crisisbot.says("articles", "show", changed, "--revision", "1")


@pytest.mark.parametrize("command", ["show", "remove"])
def test_of_a_removed_article_is_said_when_and_why_it_was_removed_and_the_way_back(
    crisisbot: CommandLine, changed: str, command: str
) -> None:
    crisisbot.says("articles", "remove", changed, "--because", "with\x1b[2Jdrawn")
    result = crisisbot.types("articles", command, changed)
    assert (result.exit_code, result.stdout) == (2, "")
    assert re.fullmatch(
        rf"crisisbot: article {changed} was removed on \d{{4}}-\d\d-\d\d \(with \[2Jdrawn\); "
        r"`crisisbot articles list --removed` lists it with others that are gone, and "
        rf"`crisisbot articles restore {changed}` brings it back\n",
        result.stderr,
    )


def test_a_purged_article_leaves_a_line_and_no_word(
    crisisbot: CommandLine, changed: str, tmp_path: Path
) -> None:
    said = crisisbot.says("articles", "remove", changed, "--purge", "--because", "a witness asked")

    assert said == f"purged {changed}\n"
    assert "Eight held" not in crisisbot.says("articles", "list")
    line = crisisbot.says("articles", "list", "--removed")
    assert re.fullmatch(rf" *{changed}  \d{{4}}-\d\d-\d\d  \(purged\): a witness asked\n", line)
    assert "nothing that it said is left" in crisisbot.says("articles", "history", changed)
    for command in (["show", changed], ["remove", changed]):
        result = crisisbot.types("articles", *command)
        assert result.exit_code == 2
        assert re.search(rf"article {changed} was purged on \d.*\(a witness asked\): nothing", result.stderr)
    for command in (["show", changed, "--revision", "1"], ["diff", changed]):
        result = crisisbot.types("articles", *command)
        assert result.exit_code == 2
        assert f"article {changed} was purged on" in result.stderr
    again = crisisbot.types("add", str(tmp_path / "five.txt"))
    assert (again.exit_code, again.stdout) == (0, "1 stays removed\n")
    assert re.search(r"^crisisbot: .*: it was purged on \d{4}-\d\d-\d\d, so it stays away", again.stderr)
    once_more = crisisbot.says("articles", "remove", changed, "--purge", "--because", "another reason")
    assert re.match(rf"{changed} was purged already, on \d{{4}}-\d\d-\d\d; the reason that was", once_more)
    assert "a witness asked" in crisisbot.says("articles", "list", "--removed")
    for file in crisisbot.data.glob("corpus.sqlite*"):
        assert b"Eight people" not in file.read_bytes()
