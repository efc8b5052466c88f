from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from bot.listing import article_json, article_json_line, article_line, article_page
from corpus.articles import ArticleId, Revision, RevisionId
from corpus.languages import Language

if TYPE_CHECKING:
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
