"""Whole conversations, in process, with the real engine on the bundled briefs."""

from __future__ import annotations

import asyncio
import base64
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.desk import Desk
from corpus.database import sqlite_url
from corpus.store import Corpus
from index.engine import Engine
from tests.bot.serving import Served, replies_to, serving, silent
from tests.fakes.encoder import FakeEncoder
from tests.fakes.news import SHOW_ALL, put
from tests.fakes.telegram import Chat, FakeTelegram, Message, Person
from tests.fakes.telegram_entities import utf16_cut

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from bot.settings import Settings

MASSIMOV = (
    "Karim Massimov, the former head of Kazakhstan's National Security Committee, has been arrested on "
    "suspicion of treason, the committee said on 8 January."
)
CITATION = (
    "[1] Former security chief Karim Massimov arrested on suspicion of treason — "
    "Crisisbot brief, 8 January 2022"
)
TOO_OLD = "This button is too old. Please ask the question again."


@pytest.fixture
def telegram() -> FakeTelegram:
    return FakeTelegram()


@pytest.fixture
async def served(
    telegram: FakeTelegram, generous_desk: Desk, engine: Engine, settings: Settings
) -> AsyncIterator[Served]:
    """The bot at work; afterwards Telegram must have refused nothing and lost nothing."""
    async with serving(telegram, generous_desk, engine, settings) as at_work:
        yield at_work
        await at_work.settle()
    assert telegram.refusals() == []
    assert telegram.defects == []
    assert [callback for callback in telegram.callbacks.values() if not callback.is_answered] == []


@pytest.fixture
def alice(telegram: FakeTelegram) -> Person:
    return telegram.user("Alice", language_code="en")


@pytest.fixture
def group(telegram: FakeTelegram, alice: Person) -> Chat:
    """A group in which the bot hears everything."""
    made = telegram.group("Neighbours", [alice], supergroup=True, announced=False)
    telegram.promote_bot(made)
    return made


def spans(message: Message, *types: str) -> list[str]:
    return [
        utf16_cut(message.text, entity["offset"], entity["length"])
        for entity in message.entities
        if entity["type"] in types
    ]


def quotes(message: Message) -> list[str]:
    return spans(message, "blockquote", "expandable_blockquote")


def link(question: str) -> str:
    return "/start ask-" + base64.urlsafe_b64encode(question.encode()).decode().rstrip("=")


# In private.


async def test_the_words_that_made_a_passage_win_are_underlined(served: Served, alice: Person) -> None:
    card = await served.reply_to(alice.says("who was arrested?"))

    assert spans(card, "underline")[0] == "arrested"
    alice.presses(card, "In context")
    await served.settle()
    assert spans(card, "bold")[0] == MASSIMOV
    alice.presses(card, "Back")
    await served.settle()
    assert spans(card, "underline")[0] == "arrested"


async def test_a_refusal_names_what_was_looked_for_and_calls_nobody(
    telegram: FakeTelegram, desk: Desk, engine: Engine, settings: Settings, alice: Person
) -> None:
    async with serving(telegram, desk, engine, settings) as served:
        refused = await served.reply_to(alice.says("How do I bake borscht with @durov of borscht.kz?"))

    assert refused.text.splitlines()[1] == "I looked for: bake, borscht, durov, borscht.kz"
    assert {entity["type"] for entity in refused.entities} == {"code"}
    assert telegram.refusals() == telegram.defects == []


async def test_a_whole_conversation(served: Served, alice: Person, corpus: Corpus) -> None:
    welcome = await served.reply_to(alice.says("/start"))
    assert "30 articles; published 2 January 2022 – 6 January 2026; English, Kazakh, Russian." in welcome.text
    assert spans(welcome, "bot_command") == ["/help"]
    helped = await served.reply_to(alice.says("/help"))
    assert spans(helped, "bot_command") == ["/ask", "/sources"]
    listed = await served.reply_to(alice.says("/sources"))
    assert "• Crisisbot brief (30)" in listed.text

    question = alice.says("who was arrested?")
    card = await served.reply_to(question)

    articles = [revision.text for revision in corpus.articles()]
    assert quotes(card)[0] == MASSIMOV
    assert len(quotes(card)) == 3
    assert all(any(quote in text for text in articles) for quote in quotes(card))
    assert re.findall(r"\[(\d)\]", card.text) == ["1", "2", "3"]
    assert CITATION in card.text
    assert card.buttons == ["In context", "More"]
    assert card.data["link_preview_options"] == {"is_disabled": True}
    first = card.text

    alice.presses(card, "In context")
    await served.settle()
    assert spans(card, "bold")[0] == MASSIMOV
    assert [entity["type"] for entity in card.entities if "blockquote" in entity["type"]] == [
        "expandable_blockquote"
    ] * 3
    assert quotes(card)[0].startswith(MASSIMOV + " Several other officials are in custody")
    lines = [text.replace("\n\n", " ") for text in articles]
    assert all(any(quote in line for line in lines) for quote in quotes(card))
    assert card.buttons == ["Back"]

    alice.presses(card, "Back")
    await served.settle()
    assert (card.text, card.buttons) == (first, ["In context", "More"])

    alice.presses(card, "More")
    await served.settle()
    assert re.findall(r"\[(\d)\]", card.text) == ["4", "5", "6"]
    assert card.buttons == ["In context", "Back", "More"]
    alice.presses(card, "Back")
    await served.settle()
    assert card.text == first
    assert len(alice.private().replies) == 4


@pytest.mark.parametrize(
    "question,says",
    [
        ("🙂🙂", "I read questions in words. Please write yours as text."),
        ("/ask", "Ask me something: write your question after my name or after /ask."),
        ("/ask@CrisisBot   ", "Ask me something: write your question after my name or after /ask."),
        ("a" * 501, "That is too long for a question: I read up to 500 characters. Please make it shorter."),
        (
            "слово " * 600,
            "That is too long for a question: I read up to 500 characters. Please make it shorter.",
        ),
        ("/what is this", "Here, any text is a question."),
        ("/start nonsense", "Ask me a question. I answer only with sentences from news articles"),
    ],
    ids=lambda text: text[:20],
)
async def test_what_is_no_question_gets_a_kind_word(
    served: Served, alice: Person, question: str, says: str
) -> None:
    reply = await served.reply_to(alice.says(question))

    assert reply.text.startswith(says)


async def test_pictures_are_read_by_their_captions(served: Served, alice: Person) -> None:
    wordless = "I read questions in words. Please write yours as text."
    assert (await served.reply_to(alice.sends_sticker())).text == wordless
    assert (await served.reply_to(alice.sends_photo())).text == wordless
    assert quotes(await served.reply_to(alice.sends_photo("who was arrested?")))[0] == MASSIMOV
    assert (
        quotes(await served.reply_to(alice.sends_document("a.pdf", b"x", "/ask who was arrested?")))[0]
        == MASSIMOV
    )


async def test_a_forwarded_text_in_private_is_a_question(
    served: Served, telegram: FakeTelegram, alice: Person
) -> None:
    asked = telegram.channel_post(telegram.channel("Tidings"), "who was arrested?")

    assert quotes(await served.reply_to(alice.forwards(asked)))[0] == MASSIMOV


async def test_links_open_a_passage_or_a_question(served: Served, alice: Person) -> None:
    card = await served.reply_to(alice.says(link("who was arrested?")))
    assert quotes(card)[0] == MASSIMOV
    alice.presses(card, "More")
    await served.settle()
    assert "[4]" in card.text
    alice.presses(card, "Back")
    await served.settle()
    data = card.button("In context")["callback_data"]
    revision, position = data.split(":")[2].split(",")[0].split(".")

    seen = await served.reply_to(alice.says(f"/start see-{revision}-{position}"))

    assert spans(seen, "bold") == [MASSIMOV]
    assert seen.buttons == []
    gone = await served.reply_to(alice.says("/start see-99999-0"))
    assert gone.text.startswith("Ask me a question.")


@pytest.mark.parametrize(
    "question,spoken,context,back",
    [
        ("кто арестован?", "kk", "В контексте", "Назад"),
        ("кім ұсталды?", "ru", "Контексте", "Артқа"),
        ("who was arrested?", "ru", "In context", "Back"),
    ],
)
async def test_the_questions_language_decides(
    served: Served, telegram: FakeTelegram, question: str, spoken: str, context: str, back: str
) -> None:
    person = telegram.user("Person", language_code=spoken)
    card = await served.reply_to(person.says(question))

    assert card.buttons[0] == context
    person.presses(card, context)
    await served.settle()
    assert card.buttons == [back]


async def test_otherwise_the_persons_language_does(served: Served, telegram: FakeTelegram) -> None:
    damir = telegram.user("Damir", language_code="ru")
    nobody = telegram.user("Nobody", language_code=None)

    assert (await served.reply_to(damir.sends_sticker())).text.startswith(
        "Я понимаю только вопросы, написанные словами."
    )
    assert (await served.reply_to(damir.says("/start"))).text.startswith("Задайте мне вопрос.")
    assert (await served.reply_to(nobody.says("/help"))).text.startswith("Here, any text is a question.")


async def test_the_menus_of_commands_are_set(served: Served, telegram: FakeTelegram) -> None:
    await telegram.until(lambda: len(telegram.commands) >= 4, within=30)
    await served.settle()
    menus = {
        language: [entry["command"] for entry in menu] for (_, language), menu in telegram.commands.items()
    }

    assert menus == {language: ["ask", "sources", "help"] for language in ("", "en", "ru", "kk")}


async def test_an_edited_question_is_not_answered_again(served: Served, alice: Person) -> None:
    question = alice.says("who was arrested?")
    await served.reply_to(question)

    alice.edits(question, "who was arrested??")
    await served.settle()

    assert len(alice.private().replies) == 1


async def test_what_telegram_itself_notes_in_a_chat_is_no_question(
    served: Served, telegram: FakeTelegram, alice: Person
) -> None:
    with telegram.changed:
        noted = {"from": alice.json(), "message_auto_delete_timer_changed": {"message_auto_delete_time": 9}}
        telegram.deliver(alice.private().post(noted))
    await served.settle()

    assert silent(alice.private())


# In groups.


async def test_in_a_group_it_answers_where_it_is_meant(served: Served, alice: Person, group: Chat) -> None:
    mine = await served.reply_to(alice.says("@crisisbot who was arrested?", in_=group))
    me = {"id": served.telegram.bot_id, "is_bot": True, "first_name": "Crisisbot"}
    mention = {"type": "text_mention", "offset": 0, "length": 6, "user": me}
    asked = [
        alice.says("who was arrested, @CRISISBOT", in_=group),
        alice.sends_photo("@CrisisBot who was arrested?", in_=group),
        alice.says("Crisis who was arrested?", in_=group, entities=[mention]),
        alice.says("who was arrested?", in_=group, reply_to=mine),
        alice.says("/ask who was arrested?", in_=group),
        alice.says("/ASK@CrisisBot who was arrested?", in_=group),
        alice.says("/ask who was arrested?", in_=group, anonymous=True),
    ]  # fmt: skip
    await served.settle()

    for question in asked:
        [card] = replies_to(question)
        assert quotes(card)[0] == MASSIMOV
    assert len(group.replies) == 1 + len(asked)


async def test_in_a_group_it_is_silent_otherwise(
    served: Served, telegram: FakeTelegram, alice: Person, group: Chat
) -> None:
    helper = telegram.other_bot("Helper", username="helper_bot")
    telegram.joins(helper, group)
    channel = telegram.channel("Tidings")
    mine = await served.reply_to(alice.says("/ask who was arrested?", in_=group))
    bob = telegram.user("Bob")

    alice.says("who was arrested?", in_=group)
    alice.says("/ask@helper_bot who?", in_=group)
    alice.says("/ban@helper_bot", in_=group, reply_to=mine)
    alice.says("@crisisbots who?", in_=group)
    alice.says("@crisisbot who?", in_=group, via_bot=helper)
    alice.says("/help", in_=group, via_bot=helper)
    alice.says("@crisisbot who?", in_=group, as_channel=channel)
    alice.sends_sticker(in_=group, reply_to=mine)
    alice.sends_photo(in_=group, reply_to=mine)
    alice.forwards(bob.says("/start"), in_=group)
    alice.forwards(telegram.channel_post(channel, "@crisisbot who was arrested?"), in_=group)
    helper.says("@crisisbot who was arrested?", in_=group)
    helper.says("/help@crisisbot", in_=group)
    telegram.auto_forwards(telegram.channel_post(channel, "/ask who was arrested?"), into=group)
    alice.edits(alice.says("never mind", in_=group), "@crisisbot who was arrested?")
    telegram.joins(bob, group)
    telegram.leaves(bob, group)
    await served.settle()

    assert group.replies == [mine]
    assert silent(channel)


async def test_answers_stay_in_their_topic(served: Served, telegram: FakeTelegram, alice: Person) -> None:
    forum = telegram.group("Forum", [alice], forum=True, announced=False)
    news = telegram.topic(forum, "News")

    in_topic = await served.reply_to(alice.says("@crisisbot who was arrested?", in_=forum, topic=news))
    in_general = await served.reply_to(alice.says("@crisisbot who was arrested?", in_=forum))
    threaded = await served.reply_to(alice.says("/ask who was arrested?", in_=forum, reply_to=in_general))

    assert (in_topic.topic, in_general.topic, threaded.topic) == (news, None, None)
    sent = [request for request in telegram.requests if request.method == "sendMessage"]
    assert ["message_thread_id" in request.parameters for request in sent] == [True, False, False]
    alice.presses(in_topic, "More")
    await served.settle()
    assert "[4]" in in_topic.text


async def test_a_reply_chain_in_a_supergroup_is_no_topic(served: Served, alice: Person, group: Chat) -> None:
    first = alice.says("what do you think?", in_=group)

    card = await served.reply_to(alice.says("@crisisbot who was arrested?", in_=group, reply_to=first))

    assert card.topic is None


async def test_a_question_that_was_deleted_meanwhile_is_answered(served: Served, alice: Person) -> None:
    alice.deletes(alice.says("who was arrested?"))
    await served.settle()

    [card] = alice.private().replies
    assert card.reply_to is None
    assert quotes(card)[0] == MASSIMOV


# Buttons.


@pytest.mark.parametrize("data", ["nonsense", "p:99999", "x:a0:", "x:a0:99999.0", "b:c0:99999.0", "💥" * 16])
async def test_forged_buttons_are_too_old(served: Served, alice: Person, data: str) -> None:
    card = await served.reply_to(alice.says("/help"))
    shown = card.text

    forged = alice.forges(card, data)
    await served.settle()

    assert (forged.text, forged.show_alert) == (TOO_OLD, True)
    assert card.text == shown


async def test_the_alert_is_in_the_language_of_whoever_presses(
    served: Served, telegram: FakeTelegram
) -> None:
    damir = telegram.user("Damir", language_code="ru")
    card = await served.reply_to(damir.says("who was arrested?"))

    forged = damir.forges(card, "old")
    await served.settle()

    assert forged.text == "Эта кнопка устарела. Пожалуйста, задайте вопрос ещё раз."


async def test_a_message_that_telegram_forgot_is_too_old(served: Served, alice: Person) -> None:
    card = await served.reply_to(alice.says("who was arrested?"))

    pressed = alice.presses(card, "More", forgotten=True)
    await served.settle()

    assert (pressed.text, pressed.show_alert) == (TOO_OLD, True)


async def test_more_needs_the_question(served: Served, alice: Person) -> None:
    card = await served.reply_to(alice.says("who was arrested?"))
    del card.data["reply_to_message"]

    more = alice.presses(card, "More")
    await served.settle()
    assert (more.text, more.show_alert) == (TOO_OLD, True)

    context = alice.presses(card, "In context")
    await served.settle()
    assert (context.text, card.buttons) == (None, ["Back"])
    alice.presses(card, "Back")
    await served.settle()
    assert quotes(card)[0] == MASSIMOV


@pytest.mark.parametrize("edited", ["a" * 501, "🙂"])
async def test_a_question_edited_into_none_is_gone(served: Served, alice: Person, edited: str) -> None:
    card = await served.reply_to(alice.says("who was arrested?"))
    card.data["reply_to_message"]["text"] = edited

    more = alice.presses(card, "More")
    await served.settle()

    assert (more.text, more.show_alert) == (TOO_OLD, True)


async def test_anybody_may_press(served: Served, telegram: FakeTelegram, alice: Person, group: Chat) -> None:
    bob = telegram.user("Bob", language_code="ru")
    telegram.joins(bob, group)
    card = await served.reply_to(alice.says("@crisisbot who was arrested?", in_=group))

    pressed = bob.presses(card, "More")
    await served.settle()

    assert (pressed.is_answered, pressed.text) == (True, None)
    assert card.buttons == ["In context", "Back", "More"]


async def test_pressing_twice_is_answered_twice(
    telegram: FakeTelegram, generous_desk: Desk, engine: Engine, settings: Settings, alice: Person
) -> None:
    async with serving(telegram, generous_desk, engine, settings) as served:
        card = await served.reply_to(alice.says("who was arrested?"))
        twice = [alice.presses(card, "More"), alice.presses(card, "More")]
        await served.settle()

    assert [(pressed.is_answered, pressed.text) for pressed in twice] == [(True, None)] * 2
    assert "[4]" in card.text
    assert [request.status for request in telegram.requests if request.method == "answerCallbackQuery"] == [
        200
    ] * 2
    [refused] = telegram.refusals()
    assert "message is not modified" in refused


async def test_a_press_of_long_ago_and_a_deleted_card_harm_nobody(
    telegram: FakeTelegram, generous_desk: Desk, engine: Engine, settings: Settings, alice: Person,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    async with serving(telegram, generous_desk, engine, settings) as served:
        card = await served.reply_to(alice.says("who was arrested?"))
        alice.presses(card, "More").expire()
        await served.settle()
        assert "[4]" in card.text
        alice.deletes(card)
        pressed = alice.forges(card, "p:0")
        await served.settle()

    assert pressed.is_answered
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
    assert len(telegram.refusals()) == 2


# Articles that come and go.


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Corpus]:
    opened = Corpus.open(sqlite_url(tmp_path / "corpus.sqlite"))
    put(opened, "held", "The mayor was held on Friday.", title="Held")
    yield opened
    opened.close()


async def test_new_and_removed_articles_are_followed(
    telegram: FakeTelegram, alice: Person, small: Corpus, tmp_path: Path, settings: Settings
) -> None:
    engine = Engine(tmp_path / "index", small, FakeEncoder(), calibration=SHOW_ALL)
    engine.refresh()
    quick = replace(settings, refresh_seconds=0.05)
    async with serving(telegram, Desk(engine, small), engine, quick) as served:
        card = await served.reply_to(alice.says("who was held?"))
        assert quotes(card) == ["The mayor was held on Friday."]

        put(small, "bridge", "The bridge was held open.", title="Bridge")
        await follows(engine)
        later = await served.reply_to(alice.says("who was held?"))
        assert set(quotes(later)) == {"The mayor was held on Friday.", "The bridge was held open."}

        for revision in small.articles():
            small.remove(revision.article_id, because="test")
        alice.presses(card, "In context")
        await served.settle()
        assert (card.text, quotes(card)) == ("[1] This article was removed since.", [])
    assert telegram.refusals() == []


async def follows(engine: Engine) -> None:
    """Wait until the engine has seen the newest articles."""
    async with asyncio.timeout(5):
        while engine.is_behind:  # noqa: ASYNC110 (the engine tells nobody)
            await asyncio.sleep(0.01)
