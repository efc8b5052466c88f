from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from bot.messages import messages_for
from bot.messages.catalogue import SPOKEN
from corpus.languages import Language

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

BOT = Path(__file__).resolve().parents[2] / "bot"
KEYWORDS = {"say": None, "say_many": (1, 2)}
TRANSLATED = [language for language in SPOKEN if language is not Language.ENGLISH]

in_every_translation = pytest.mark.parametrize("language", TRANSLATED)


def said() -> set[tuple[str, ...]]:
    """Find every sentence that the code says: one form, or two where there is a number."""
    found = extract_from_dir(BOT, keywords=KEYWORDS)
    return {(words,) if isinstance(words, str) else tuple(words) for _, _, words, _, _ in found}


def translations(language: Language) -> Catalog:
    with (BOT / "messages" / f"{language}.po").open("rb") as file:
        return read_po(file, locale=str(language), abort_invalid=True)


def forms(words: object) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(map(str, words))  # type: ignore[call-overload]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_there_are_two_translations() -> None:
    assert TRANSLATED == [Language.RUSSIAN, Language.KAZAKH]
    assert {path.stem for path in (BOT / "messages").glob("*.po")} == set(TRANSLATED)


@in_every_translation
def test_every_sentence_is_translated_and_no_translation_is_left_over(language: Language) -> None:
    assert {forms(message.id) for message in translations(language) if message.id} == said()
    assert len(said()) > 25


@in_every_translation
def test_a_translation_says_something_and_has_the_same_placeholders(language: Language) -> None:
    wrong = [message.id for message in translations(language) if message.id and not fits(message)]

    assert wrong == []


def fits(message: Message) -> bool:
    asked = set().union(*map(placeholders, forms(message.id)))
    return not message.fuzzy and all(
        text.strip() and placeholders(text) == asked for text in forms(message.string)
    )


@in_every_translation
def test_a_translation_keeps_the_commands_and_is_in_its_own_letters(language: Language) -> None:
    for message in translations(language):
        if not message.id:
            continue
        for text in forms(message.string):
            assert sorted(re.findall(r"/\w+", text)) == sorted(re.findall(r"/\w+", forms(message.id)[0]))
            assert re.search("[а-яё]", text, re.IGNORECASE) or placeholders(text)


@pytest.mark.parametrize(
    "number,english,russian,kazakh",
    [
        (0, "0 articles", "0 статей", "0 мақала"),
        (1, "1 article", "1 статья", "1 мақала"),
        (3, "3 articles", "3 статьи", "3 мақала"),
        (5, "5 articles", "5 статей", "5 мақала"),
        (11, "11 articles", "11 статей", "11 мақала"),
        (21, "21 articles", "21 статья", "21 мақала"),
        (112, "112 articles", "112 статей", "112 мақала"),
    ],
)
def test_numbers_take_the_right_form(number: int, english: str, russian: str, kazakh: str) -> None:
    written = [
        messages_for(language).say_many("{number} article", "{number} articles", number)
        for language in SPOKEN
    ]

    assert written == [english, russian, kazakh]


@pytest.mark.parametrize(
    "code,language",
    [
        ("ru", "ru"), ("ru-RU", "ru"), ("RU", "ru"), ("kk", "kk"), ("kk-Cyrl-KZ", "kk"), ("en-GB", "en"),
        ("de", "en"), (None, "en"), ("", "en"), ("rus", "en"), ("other", "en"),
    ],
)  # fmt: skip
def test_a_language_the_bot_does_not_speak_is_answered_in_english(code: str | None, language: str) -> None:
    assert messages_for(code).language == language


def test_dates_are_written_as_people_write_them_there() -> None:
    day = date(2022, 1, 5)
    late = datetime(2022, 1, 5, 23, 30, tzinfo=timezone(timedelta(hours=6)))

    assert messages_for("en").date(day) == "5 January 2022"
    assert messages_for("ru").date(day) == "5 января 2022\u202fг."
    assert messages_for("kk").date(day) == "2022\u202fж. 5 қаңтар"
    assert messages_for("en").date(late) == "5 January 2022"
    assert messages_for("en").date(late.astimezone(UTC)) == "5 January 2022"
    assert [messages_for(code).date(None) for code in ("en", "ru", "kk")] == [
        "no date given",
        "дата не указана",
        "күні көрсетілмеген",
    ]


def test_values_are_filled_in() -> None:
    sentence = "published {earliest} – {latest}"

    assert messages_for("ru").say(sentence, earliest="A", latest="{B}") == "опубликованы с A по {B}"
