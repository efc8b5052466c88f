from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Message, User

from bot.addressing import ANONYMOUS_ADMIN, asks, is_for_me, words_of
from tests.fakes.telegram_entities import find_entities, utf16_length

ME = User(1, "Crisisbot", is_bot=True, username="CrisisBot")
ALICE: dict[str, object] = {"id": 5, "is_bot": False, "first_name": "Alice"}
HELPER: dict[str, object] = {"id": 6, "is_bot": True, "first_name": "Helper", "username": "helper_bot"}
ORIGIN = {"type": "user", "date": 0, "sender_user": ALICE}


def message(
    text: str | None = None,
    *,
    chat: str = "supergroup",
    author: dict[str, object] = ALICE,
    **fields: Any,  # noqa: ANN401 (JSON)
) -> Message:
    """Make a message out of what Telegram would send; entities are found as Telegram finds them."""
    raw: dict[str, Any] = {"message_id": 7, "date": 0, "chat": {"id": -9, "type": chat}, "from": author}
    if text is not None:
        raw |= {"text": text, "entities": [entity.json() for entity in find_entities(text)]}
    made = Message.de_json(raw | fields, None)
    assert made.date == datetime.fromtimestamp(0, UTC)
    return made


def captioned(caption: str, **fields: Any) -> Message:  # noqa: ANN401 (JSON)
    entities = [entity.json() for entity in find_entities(caption)]
    return message(caption=caption, caption_entities=entities, **fields)


def replying(author: dict[str, object], text: str = "thanks") -> Message:
    replied = {"message_id": 6, "date": 0, "chat": {"id": -9, "type": "supergroup"}, "from": author}
    return message(text, reply_to_message=replied)


MINE: dict[str, object] = {"id": 1, "is_bot": True, "first_name": "Crisisbot"}


@pytest.mark.parametrize(
    "heard",
    [
        message("@crisisbot who?"),
        message("who, @CRISISBOT?"),
        captioned("what is this, @cRiSiSbOt"),
        message("/ask who?"),
        message("/ASK who?"),
        message("/ask@crisisbot who?"),
        message("/Ask@CRISISBOT who?"),
        captioned("/ask what is this?"),
        replying(MINE),
        message("x" * 9, entities=[{"type": "text_mention", "offset": 0, "length": 9, "user": MINE}]),
        message("@crisisbot who?", author={**HELPER, "id": ANONYMOUS_ADMIN}),
        message("anything", chat="private"),
        message("anything", chat="private", forward_origin=ORIGIN),
    ],
    ids=lambda heard: heard.text or heard.caption,
)
def test_these_are_for_the_bot(heard: Message) -> None:
    assert is_for_me(heard, ME)


@pytest.mark.parametrize(
    "overheard",
    [
        message("hello all"),
        message("@crisisbots who?"),
        message("mail to me@crisisbot"),
        message("/ask@helper_bot who?"),
        message("/asks who?"),
        message("please /ask somebody"),
        replying(ALICE),
        replying(MINE, "/ask@helper_bot who?"),
        replying(MINE, "/ban@helper_bot"),
        message("@crisisbot who?", author=HELPER),
        message("@crisisbot who?", via_bot=HELPER),
        message("@crisisbot who?", forward_origin=ORIGIN),
        message("@crisisbot who?", is_automatic_forward=True),
        message("@crisisbot who?", chat="channel"),
        message("anything", chat="private", via_bot=HELPER),
        message("anything", chat="private", author=HELPER),
    ],
    ids=lambda overheard: overheard.text,
)
def test_these_are_not(overheard: Message) -> None:
    assert not is_for_me(overheard, ME)


@pytest.mark.parametrize(
    "text,words",
    [
        ("@crisisbot, who was arrested?", "who was arrested?"),
        ("who was arrested, @CrisisBot", "who was arrested"),
        ("👨‍👩‍👧 @crisisbot кто?", "👨‍👩‍👧 кто?"),
        ("/ask who\n was  arrested?", "who was arrested?"),
        ("/ask@crisisbot: who?", "who?"),
        ("/ask @crisisbot who?", "who?"),
        ("who is @alice?", "who is @alice?"),
        ("is @crisisbot or @crisisbot right?", "is or right?"),
        ("/ask", ""),
        ("@crisisbot", ""),
    ],
)
def test_the_question_is_what_is_left_without_the_address(text: str, words: str) -> None:
    assert words_of(message(text), ME) == words
    assert words_of(captioned(text), ME) == words


def test_a_message_without_words_has_no_question() -> None:
    assert words_of(message(), ME) == ""


@given(before=st.text("ab 😀ҚЯ", max_size=9), after=st.text("ab 😀ҚЯ", max_size=9))
def test_a_mention_is_cut_out_wherever_it_stands(before: str, after: str) -> None:
    mention = {"type": "mention", "offset": utf16_length(before), "length": 10}

    words = words_of(message(f"{before}@crisisbot{after}", entities=[mention]), ME)

    assert words == " ".join((before + after).split())


@pytest.mark.parametrize("text,asked", [("/ask x", True), ("/ask@helper_bot x", False), ("ask x", False)])
def test_ask_is_a_command_for_this_bot_only(text: str, *, asked: bool) -> None:
    assert asks(message(text), ME) is asked
