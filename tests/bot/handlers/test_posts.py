"""What channels publish becomes articles: of approved channels, and of no others."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from corpus.errors import UnknownArticle
from corpus.sources.posts import Publisher
from tests.bot.newsroom import Newsroom, everything
from tests.bot.serving import silent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from corpus.store import Corpus
    from tests.fakes.telegram import Chat, FakeTelegram, Person


HELD = "The mayor was held on Friday. He denies it."


@pytest.fixture
async def room(
    room: Newsroom, telegram: FakeTelegram, corpus: Corpus, channel: Chat
) -> AsyncIterator[Newsroom]:
    """A newsroom that follows the channel; it must have written nothing there."""
    approve(corpus, channel)
    yield room
    await room.settle()
    assert silent(channel)
    assert [sent.chat_id for sent in telegram.sent if sent.chat_id == channel.id] == []


def approve(corpus: Corpus, channel: Chat) -> None:
    corpus.channels.approve(Publisher(channel.id, channel.title, channel.username))


async def test_a_post_becomes_an_article_that_answers(
    room: Newsroom, telegram: FakeTelegram, channel: Chat
) -> None:
    post = telegram.channel_post(channel, HELD, signature="A. Editor")

    article = await room.article()

    assert (article.title, article.text) == ("The mayor was held on Friday.", HELD)
    assert (article.source, article.author) == ("Tidings", "A. Editor")
    assert article.url == f"https://t.me/tidings/{post.id}"
    assert article.published == datetime(2022, 1, 5, 8, 30, tzinfo=UTC)
    assert (article.language, article.obtained) == ("en", "telegram")
    assert room.corpus.keys() == {article.article_id: f"telegram:{channel.id}:{post.id}"}
    await room.follows()
    card = await room.served.reply_to(telegram.user("Reader").says("who was held?"))
    assert "The mayor was held on Friday." in card.text
    assert card.links[0].startswith(f"https://t.me/tidings/{post.id}")


async def test_an_edit_is_a_revision_and_an_update_that_comes_again_changes_nothing(
    room: Newsroom, telegram: FakeTelegram, channel: Chat
) -> None:
    post = telegram.channel_post(channel, HELD)
    await room.settle()
    telegram.channel_edits(post, "The mayor was released on Saturday.")
    with telegram.changed:
        telegram.deliver(post, edited=True)

    article = await room.article()

    assert (article.text, article.number) == ("The mayor was released on Saturday.", 2)


async def test_words_that_are_taken_out_leave_all_answers_until_they_are_back(
    room: Newsroom, telegram: FakeTelegram, channel: Chat
) -> None:
    post = telegram.channel_photo(channel, HELD)
    first = await room.article()

    telegram.channel_edits(post, "")
    assert await room.articles() == []
    telegram.channel_edits(post, "🙂")
    assert await room.articles() == []
    telegram.channel_edits(post, "The mayor was released.")

    again = await room.article()
    assert (again.article_id, again.text) == (first.article_id, "The mayor was released.")


async def test_what_somebody_removed_is_not_brought_back_by_an_edit(
    room: Newsroom, telegram: FakeTelegram, channel: Chat
) -> None:
    post = telegram.channel_post(channel, HELD)
    article = await room.article()
    room.corpus.remove(article.article_id, because="false")

    telegram.channel_edits(post, "The mayor was held on Saturday.")

    assert await room.articles() == []
    with pytest.raises(UnknownArticle):
        room.corpus.article(article.article_id)


async def test_an_album_is_one_article_even_when_its_words_come_later(
    room: Newsroom, telegram: FakeTelegram, channel: Chat
) -> None:
    telegram.channel_photo(channel, album="a")
    captioned = telegram.channel_photo(channel, "Fire in the centre of the city.", album="a")
    telegram.channel_photo(channel, album="a")
    bare = [telegram.channel_photo(channel, album="b") for _ in range(2)]
    assert (await room.article()).url == f"https://t.me/tidings/{captioned.id}"

    telegram.channel_edits(bare[0], "Snow in the north of the city.")

    assert [one.text for one in await room.articles()] == [
        "Fire in the centre of the city.",
        "Snow in the north of the city.",
    ]


async def test_what_is_no_text_is_passed_over(room: Newsroom, telegram: FakeTelegram, channel: Chat) -> None:
    option = {"text": "Yes", "voter_count": 0, "persistent_id": "1"}
    poll = {
        "id": "1", "question": "Who was held?", "options": [option], "total_voter_count": 0,
        "type": "regular", "is_closed": False, "is_anonymous": True, "allows_multiple_answers": False,
        "allows_revoting": True, "members_only": False,
    }  # fmt: skip
    telegram.channel_notes(channel, {"poll": poll})
    telegram.channel_notes(channel, {"new_chat_title": "Tidings of the day"})
    telegram.channel_notes(channel, {"pinned_message": telegram.channel_post(channel, "🔥").data})
    telegram.channel_photo(channel)

    assert await room.articles() == []


async def test_a_private_channel_is_linked_for_those_who_are_in_it(
    room: Newsroom, telegram: FakeTelegram
) -> None:
    private = telegram.channel("Inside")
    approve(room.corpus, private)

    post = telegram.channel_post(private, HELD)

    assert (await room.article()).url == f"https://t.me/c/{str(private.id).removeprefix('-100')}/{post.id}"


async def test_what_a_channel_passes_on_is_its_authors_unless_that_is_a_person(
    room: Newsroom, telegram: FakeTelegram, channel: Chat
) -> None:
    elsewhere = telegram.channel("Elsewhere", username="elsewhere")
    theirs = telegram.channel_post(elsewhere, HELD)
    shy = telegram.user("Bolat Serik")
    shy.hides_name = True
    telegram.channel_forwards(theirs, channel)
    passed_on = telegram.channel_forwards(shy.says("/start the bridge is closed"), channel)

    first, second = await room.articles()

    assert (first.source, first.url) == ("Elsewhere", f"https://t.me/elsewhere/{theirs.id}")
    assert (second.source, second.author) == ("Tidings", None)
    assert second.url == f"https://t.me/tidings/{passed_on.id}"
    assert b"Bolat" not in everything(room.corpus)


async def test_answers_of_this_bot_are_no_articles_whoever_passes_them_on(
    room: Newsroom, telegram: FakeTelegram, channel: Chat, dana: Person
) -> None:
    answer = await room.served.reply_to(dana.says("/help"))

    passed_on = telegram.channel_forwards(answer, channel)
    telegram.channel_notes(channel, {"text": HELD, "via_bot": telegram.bot_json()})
    telegram.channel_edits(passed_on, "The mayor was released.")

    assert await room.articles() == []


async def test_an_old_or_bare_copy_of_a_post_that_is_followed_changes_nothing(
    room: Newsroom, telegram: FakeTelegram, channel: Chat
) -> None:
    other = telegram.channel("City", username="city")
    approve(room.corpus, other)
    post = telegram.channel_photo(channel, HELD)
    await room.settle()
    old = dict(post.data)
    telegram.channel_edits(post, "The mayor was released.")
    await room.settle()

    post.data = old
    telegram.channel_forwards(post, other)
    post.data = {name: value for name, value in old.items() if name != "caption"}
    telegram.channel_forwards(post, other)

    assert (await room.article()).text == "The mayor was released."


async def test_a_channel_that_nobody_approved_is_ignored(
    room: Newsroom, telegram: FakeTelegram, dana: Person
) -> None:
    stranger = telegram.user("Stranger")
    foreign = telegram.channel("Lies", username="lies")
    telegram.kick_bot(foreign, by=stranger)
    telegram.promote_bot(foreign, by=stranger)
    telegram.channel_post(foreign, "The mayor is a lizard.")
    telegram.channel_edits(telegram.channel_post(foreign, "x"), f"/add https://lies.example {dana.id}")

    assert await room.articles() == []
    assert silent(foreign)


async def test_an_admin_who_adds_the_bot_to_a_channel_approves_it_until_it_leaves(
    room: Newsroom, telegram: FakeTelegram, dana: Person
) -> None:
    stranger, mine = telegram.user("Stranger"), telegram.channel("City", username="city")
    telegram.promote_bot(mine, by=dana)
    telegram.channel_post(mine, HELD)
    assert (await room.article()).source == "City"

    telegram.kick_bot(mine, by=stranger)
    telegram.promote_bot(mine, by=stranger)
    telegram.channel_post(mine, "The mayor is a lizard.")

    assert len(await room.articles()) == 1
    assert [approved.title for approved in room.corpus.channels.all()] == ["Tidings"]


async def test_groups_are_no_channels_whoever_adds_the_bot(
    room: Newsroom, telegram: FakeTelegram, dana: Person, channel: Chat
) -> None:
    group = telegram.group("Neighbours", [dana], supergroup=True)
    telegram.promote_bot(group, by=dana)
    post = telegram.channel_post(channel, HELD)
    telegram.auto_forwards(post, into=group)
    dana.says("The bridge is closed.", in_=group)

    assert [one.text for one in await room.articles()] == [HELD]
    assert [approved.id for approved in room.corpus.channels.all()] == [channel.id]


async def test_a_post_waits_for_a_database_that_is_away(
    room: Newsroom, telegram: FakeTelegram, channel: Chat, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr("bot.handlers.posts.FIRST_WAIT_S", 0.01)
    away = sa.exc.OperationalError("BEGIN", {}, Exception("disk I/O error"))
    begin, failing = sa.Engine.begin, [away, away]

    def unsteady(engine: sa.Engine) -> object:
        if failing:
            raise failing.pop()
        return begin(engine)

    monkeypatch.setattr(sa.Engine, "begin", unsteady)
    with caplog.at_level(logging.ERROR):
        telegram.channel_post(channel, HELD)
        assert (await room.article()).text == HELD

    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 2
    assert all("a post waits: the database" in line and "mayor" not in line for line in told)
