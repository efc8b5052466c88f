from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from telegram import Chat, Message, MessageEntity

from bot.naming import Named, article_named, channel_named, named_in
from tests.fakes.telegram_entities import find_entities

if TYPE_CHECKING:
    from collections.abc import Sequence


def write(text: str, entities: Sequence[MessageEntity] = (), *, caption: bool = False) -> Message:
    """Write a message with the entities that Telegram finds, and others."""
    found = [MessageEntity(one.type, one.offset, one.length) for one in find_entities(text)]
    marks = sorted([*found, *entities], key=lambda entity: entity.offset)
    chat, now = Chat(1, "private"), datetime(2022, 1, 5, tzinfo=UTC)
    if caption:
        return Message(1, now, chat, caption=text, caption_entities=marks)
    return Message(1, now, chat, text=text, entities=marks)


@pytest.mark.parametrize(
    "word,channel",
    [
        ("@tidings", "@tidings"),
        ("https://t.me/tidings", "@tidings"),
        ("t.me/tidings/", "@tidings"),
        ("http://www.telegram.me/s/tidings", "@tidings"),
        ("-1002000000001", "-1002000000001"),
        ("-4000000001", None),
        ("@ab", None),
        ("@новости", None),
        ("https://t.me/tidings/17", None),
        ("https://t.me/c/2000000001/17", None),
        ("https://t.me/+AbCdEf", None),
        ("https://example.org/t.me/tidings", None),
        ("mail@example.org", None),
        ("12", None),
    ],
)
def test_a_channel_is_named_by_its_username_its_link_or_its_id(word: str, channel: str | None) -> None:
    assert channel_named(word) == channel


@pytest.mark.parametrize(
    "word,number",
    [("12", 12), ("0", 0), ("1" * 18, int("1" * 18)), ("1" * 19, None), ("-1", None), ("١", None)],
)
def test_an_article_is_named_by_its_number(word: str, number: int | None) -> None:
    assert article_named(word) == number


def test_pages_are_named_in_plain_words_and_behind_words_each_once() -> None:
    text = "/add https://example.org/a example.org/b see https://example.org/a"
    link = MessageEntity(MessageEntity.TEXT_LINK, text.index("see"), 3, url="https://example.org/c")

    assert named_in(write(text, [link])) == Named(
        ("https://example.org/a", "https://example.org/b", "https://example.org/c"), (), ()
    )


def test_links_stand_in_captions_too_and_addresses_of_this_machine_are_left_to_the_fetcher() -> None:
    assert named_in(write("Read https://example.org/a", caption=True)).pages == ("https://example.org/a",)
    assert named_in(write("/add http://127.0.0.1:8080/x")).pages == ("http://127.0.0.1:8080/x",)


def test_marks_after_an_address_are_none_of_it_and_no_page_is_named_twice() -> None:
    assert named_in(write("/add https://example.org/x, https://example.org/y.")) == Named(
        ("https://example.org/x", "https://example.org/y"), (), ()
    )
    assert named_in(write("😀 «https://example.org/x»; (@tidings), @orda_kz!")) == Named(
        ("https://example.org/x",), ("@tidings", "@orda_kz"), ()
    )


def test_addresses_in_which_telegram_sees_no_link_lose_the_marks_after_them_too() -> None:
    text = "(http://mirror/x), http://mirror/y_(z) «http://mirror/w»."
    message = Message(1, datetime(2022, 1, 5, tzinfo=UTC), Chat(1, "private"), text=text)

    assert named_in(message).pages == ("http://mirror/x", "http://mirror/y_(z)", "http://mirror/w")


def test_what_is_in_telegram_is_no_page() -> None:
    named = named_in(write("/add @tidings https://t.me/tidings https://t.me/tidings/17 t.me/+AbCdEf"))

    assert named == Named((), ("@tidings",), ("https://t.me/tidings/17", "https://t.me/+AbCdEf"))


@pytest.mark.parametrize(
    "text", ["/add", "/add 12", "/add please", "/add ftp://example.org/a mail@example.org"]
)
def test_other_words_name_nothing(text: str) -> None:
    assert named_in(write(text)) == Named((), (), ())


def test_a_message_without_words_names_nothing() -> None:
    assert named_in(Message(1, datetime(2022, 1, 5, tzinfo=UTC), Chat(1, "private"))) == Named((), (), ())
