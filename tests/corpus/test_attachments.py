"""Files that came with a message: told by their endings, known by their ids, never taken for paths."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.articles import Article
from corpus.sources.attachments import Attachment, is_readable, misspelt_in, parse_attachment, stated_in
from corpus.sources.files import Rejected

TEXT = b"Mayor held\n\nThe mayor was held on Friday."


def parse(name: str, content: bytes, **stated: object) -> list[Article | Rejected]:
    return list(parse_attachment(Attachment(name, "AgAD1", content), stated=stated, otherwise={}))


def test_a_text_is_one_article_known_by_the_files_id() -> None:
    [article] = parse("news.txt", TEXT)

    assert isinstance(article, Article)
    assert (article.title, article.text) == ("Mayor held", "The mayor was held on Friday.")
    assert (article.key, article.obtained, article.source) == ("telegram-file:AgAD1", "telegram", "news.txt")


def test_a_document_that_names_its_address_is_known_by_that() -> None:
    [article] = parse("a.md", b"---\nurl: https://example.org/a\nsource: Orda.kz\n---\nThe mayor was held.")

    assert isinstance(article, Article)
    assert (article.key, article.source) == ("https://example.org/a", "Orda.kz")


def test_what_is_stated_stands_before_what_a_file_says_and_that_before_the_rest() -> None:
    file = Attachment("a.md", "x", b"---\nsource: Orda.kz\n---\nThe mayor was held.")
    otherwise = {"source": "Tidings", "published": date(2022, 1, 5)}

    [said] = parse_attachment(file, stated={}, otherwise=otherwise)
    [stated] = parse_attachment(file, stated={"source": "Vlast.kz"}, otherwise=otherwise)

    assert isinstance(said, Article)
    assert isinstance(stated, Article)
    assert (said.source, said.published) == ("Orda.kz", date(2022, 1, 5))
    assert stated.source == "Vlast.kz"


def test_many_articles_in_one_file_have_keys_of_their_own_and_a_broken_one_is_named() -> None:
    lines = b'{"id": 7, "text": "One is here."}\n{"id": 8}\n{"text": "Two is here."}\n'

    first, second, third = parse("all.jsonl", lines)

    assert isinstance(first, Article)
    assert isinstance(third, Article)
    assert first.key == "telegram-file:AgAD1#id=7"
    assert third.key.startswith("telegram-file:AgAD1#sha256=")
    assert second == Rejected("all.jsonl, line 2", "text: there is none")


def test_what_cannot_be_read_is_named_with_the_reason() -> None:
    [rejected] = parse("a.txt", "мэр".encode("cp1251"))

    assert isinstance(rejected, Rejected)
    assert rejected.place == "a.txt"
    assert rejected.reason.startswith("not UTF-8")


@pytest.mark.parametrize(
    "name,readable",
    [
        ("a.txt", True),
        ("A.TXT", True),
        ("../../etc/passwd.md", True),
        ("page.html", True),
        ("a.exe", False),
        ("txt", False),
        (".txt", False),
        ("", False),
        ("a.txt/", True),
    ],
)
def test_the_kind_is_told_by_the_ending_of_the_name(name: str, readable: bool) -> None:  # noqa: FBT001
    assert is_readable(name) is readable


def test_a_caption_states_fields_line_by_line() -> None:
    caption = (
        "Please add\nsource:  Orda.kz \nurl: https://example.org/a\nfoo: bar\npublished: 2022-01-05\ntitle:"
    )

    assert stated_in(caption) == {
        "source": "Orda.kz",
        "url": "https://example.org/a",
        "published": "2022-01-05",
    }
    assert stated_in("") == {}


def test_fields_are_read_however_they_are_capitalised_and_spaced() -> None:
    caption = "Source : Orda.kz\n  TITLE=Mayor held\nauthor： A. Editor"

    assert stated_in(caption) == {"source": "Orda.kz", "title": "Mayor held", "author": "A. Editor"}
    assert misspelt_in(caption) == []


@pytest.mark.parametrize(
    "line, field",
    [
        *(("sorce: X", "source"), ("Sourse : X", "source"), ("publised: 2022-01-05", "published")),
        *(("published on: 2022-01-05", "published"), ("autor: A", "author"), ("Tittle: Gas", "title")),
        *(
            ("ulr: https://example.org", "url"),
            ("link: https://example.org", "url"),
            ("date: today", "published"),
        ),
        *(("Источник: Орда", "source"), ("дереккөз: Орда", "source"), ("lang: ru", "language")),
    ],
)
def test_a_line_that_is_meant_to_state_a_field_is_found(line: str, field: str) -> None:
    [found] = misspelt_in(f"Please add\n  {line}\nsource: Orda.kz")

    assert (found.line, found.field) == (line, field)


@pytest.mark.parametrize(
    "caption",
    [
        *("", "Almaty: police held the mayor", "Update: it is closed", "foo: bar", "source:", "title"),
        *("The sorce: X was seen", "12:30 it began", "https://example.org/source: x", "Алматы: закрыт мост"),
    ],
)
def test_what_is_no_field_is_left_alone(caption: str) -> None:
    assert misspelt_in(caption) == []
