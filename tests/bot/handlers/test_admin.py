"""Commands of admins, in private; for everybody else there are no such commands."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from corpus.articles import Article, ArticleId
from corpus.fetching import Fetcher
from corpus.sources.posts import Publisher
from tests.bot.newsroom import Newsroom, everything, newsroom
from tests.bot.serving import replies_to
from tests.fakes.web import Web

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from corpus.store import Corpus
    from tests.fakes.telegram import Chat, FakeTelegram, Person

HELD = "The mayor was held on Friday. He denies it."
UNKNOWN = "Here, any text is a question."
TOO_OLD = "This button is too old. Please ask the question again."


@pytest.fixture
def dana(dana: Person) -> Person:
    """An admin, who has written before."""
    dana.says("/start")
    return dana


@pytest.fixture
def alice(telegram: FakeTelegram) -> Person:
    return telegram.user("Alice", language_code="en")


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as opened:
        for path in ("/held", *(f"/held-{number}" for number in range(4))):
            opened.says(path, f"Mayor held\n\n{HELD}", content_type="text/plain; charset=utf-8")
        yield opened


@pytest.fixture
def fetcher(web: Web) -> Iterator[Fetcher]:
    with Fetcher(trusted={web.place}) as opened:
        yield opened


async def added(room: Newsroom, dana: Person, web: Web) -> int:
    """Add an article and return its number."""
    await room.served.reply_to(dana.says(f"/add {web.url('/held')}"))
    return (await room.article()).article_id


# /add


async def test_a_name_beside_a_page_takes_nothing_from_it(room: Newsroom, dana: Person, web: Web) -> None:
    said = dana.says(f"/add {web.url('/held')}, written by @someone_else.")

    await room.settle()

    assert (await room.article()).text == HELD
    channel, page = [reply.text for reply in dana.private().replies if reply.reply_to == said]
    assert channel == "@someone_else: I am no administrator of such a channel. Make me one, then try again."
    assert "Mayor held" in page


async def test_add_in_reply_to_an_answer_that_was_passed_on_adds_nothing(
    room: Newsroom, dana: Person
) -> None:
    answer = await room.served.reply_to(dana.says("/help"))
    passed_on = dana.forwards(answer)

    reply = await room.served.reply_to(dana.says("/add", reply_to=passed_on))

    assert reply.text.startswith("Write /add and the address of a page or a @channel;")
    assert await room.articles() == []


async def test_a_page_becomes_an_article_and_once_more_changes_nothing(
    room: Newsroom, dana: Person, web: Web
) -> None:
    reply = await room.served.reply_to(dana.says(f"/add {web.url('/held')}"))
    again = await room.served.reply_to(dana.says(f"/add {web.url('/held')}"))

    article = await room.article()
    assert (article.text, article.url) == (HELD, web.url("/held"))
    assert reply.text == (
        f"Added as article {article.article_id}: Mayor held\n127.0.0.1; no date given; English; 2 sentences"
    )
    assert reply.links == [web.url("/held")]
    assert "was there already" in again.text


async def test_a_page_keeps_what_was_stated_of_it_in_the_terminal(
    room: Newsroom, dana: Person, web: Web
) -> None:
    stated = {"text": HELD, "title": "Mayor held", "source": "Agency", "published": "2022-01-05"}
    room.corpus.put(Article.parse(stated, key=web.url("/held"), obtained="page", source="127.0.0.1"))

    reply = await room.served.reply_to(dana.says(f"/add {web.url('/held')}"))

    assert "Agency; 5 January 2022; English; 2 sentences" in reply.text


async def test_several_pages_are_told_of_together_also_those_that_cannot_be_had(
    room: Newsroom, dana: Person, web: Web
) -> None:
    there = [web.url(f"/held-{number}") for number in range(4)]
    pages = [web.url("/gone"), "http://10.0.0.1/", *there]

    reply = await room.served.reply_to(dana.says("/add " + " ".join(pages)))

    lines = [line for line in reply.text.split("\n") if line.startswith("Not added")]
    assert lines[0] == f"Not added: {pages[0]}: 127.0.0.1: it has no such page (404)"
    assert lines[1].startswith("Not added: http://10.0.0.1/: 10.0.0.1 is not on the public internet")
    assert reply.text.endswith("And 1 more, 0 of them stored.")
    assert [article.url for article in await room.articles()] == there[:3]
    assert web.paths == ["/gone", "/held-0", "/held-1", "/held-2"]


async def test_a_link_or_a_document_that_is_replied_to_is_added(
    room: Newsroom, dana: Person, web: Web
) -> None:
    behind = {"type": "text_link", "offset": 11, "length": 4, "url": web.url("/held")}
    link = dana.says("what about that ?", entities=[behind])
    document = dana.sends_document("a.txt", b"The bridge is closed.")
    room.corpus.remove((await room.article()).article_id, because="test")

    page = await room.served.reply_to(dana.says("/add", reply_to=link))
    back = await room.served.reply_to(dana.says("/add", reply_to=document))

    assert page.text.startswith("Added as article 2: Mayor held")
    assert back.text.startswith("Article 1 is back: The bridge is closed.")


@pytest.mark.parametrize("text", ["/add", "/add this, please", "/ADD@crisisbot"])
async def test_a_command_that_names_nothing_says_how(room: Newsroom, dana: Person, text: str) -> None:
    reply = await room.served.reply_to(dana.says(text))

    assert reply.text.startswith("Write /add and the address of a page or a @channel;")


async def test_a_link_into_telegram_is_not_fetched(room: Newsroom, dana: Person) -> None:
    reply = await room.served.reply_to(dana.says("/add https://t.me/tidings/17"))

    assert reply.text == (
        "Not added: https://t.me/tidings/17: "
        "Forward the post to me instead; I cannot read it behind its link."
    )
    assert reply.links == []


async def test_of_a_page_that_is_replied_to_fields_are_stated(room: Newsroom, dana: Person, web: Web) -> None:
    link = dana.says(f"what about {web.url('/held')} ?")
    command = "/add source: Agency\npublished: 2022-01-05"

    reply = await room.served.reply_to(dana.says(command, reply_to=link))

    assert reply.text.endswith("Agency; 5 January 2022; English; 2 sentences")
    assert (await room.article()).url == web.url("/held")


async def test_of_a_link_that_a_person_sent_the_page_is_added(
    room: Newsroom, dana: Person, alice: Person, web: Web
) -> None:
    forwarded = dana.forwards(alice.says(f"have you seen {web.url('/held')} ?"))

    reply = await room.served.reply_to(dana.says("/add", reply_to=forwarded))

    assert reply.text.startswith("Added as article 1: Mayor held")
    assert (await room.article()).url == web.url("/held")
    assert b"have you seen" not in everything(room.corpus)


# /sources


async def test_sources_shows_admins_the_numbers_of_all_articles_page_by_page(
    room: Newsroom, dana: Person
) -> None:
    numbers = [put_one(room, f"https://example.org/{day}", day=day) for day in range(1, 11)]
    await room.follows()

    reply = await room.served.reply_to(dana.says("/sources"))
    first = reply.text
    pressed = dana.presses(reply, "More")
    await room.settle()
    second, buttons = reply.text, reply.buttons
    dana.presses(reply, "Back")
    await room.settle()

    assert first.startswith("10 articles; published 1 January 2022 – 10 January 2022; English.\n\nSources\n")
    assert numbers_in(first) == numbers[:1:-1]
    assert f"\n{numbers[8]}: News of 9 — Test, 9 January 2022\n" in first
    assert pressed.text is None
    assert second.startswith("Latest articles\n")
    assert numbers_in(second) == numbers[1::-1]
    assert second.endswith("/remove, a number and why takes an article out of all answers.")
    assert buttons == ["Back"]
    assert (reply.text, reply.buttons) == (first, ["More"])


async def test_numbers_are_shown_to_admins_in_private_only(
    room: Newsroom, telegram: FakeTelegram, dana: Person, alice: Person
) -> None:
    put_one(room, "https://example.org/a")
    await room.follows()
    group = telegram.group("Neighbours", [dana, alice], supergroup=True, announced=False)

    for said in (alice.says("/sources"), dana.says("/sources@crisisbot", in_=group)):
        reply = await room.served.reply_to(said)
        assert "• News of a — no date given" in reply.text
        assert (numbers_in(reply.text), reply.buttons) == ([], [])


async def test_a_page_of_articles_that_is_empty_by_now_says_so(room: Newsroom, dana: Person) -> None:
    numbers = [put_one(room, f"https://example.org/{number}") for number in range(9)]
    await room.follows()
    reply = await room.served.reply_to(dana.says("/sources"))
    room.corpus.remove(ArticleId(numbers[0]), because="test")

    dana.presses(reply, "More")
    await room.settle()

    assert reply.text.startswith("Latest articles\nThat was all.\n")
    assert reply.buttons == ["Back"]


async def test_without_articles_there_are_no_numbers(room: Newsroom, dana: Person) -> None:
    reply = await room.served.reply_to(dana.says("/sources"))

    assert reply.text == "There are no articles yet, so there is nothing to answer from."


# /remove


async def test_an_article_is_removed_for_a_reason_that_is_kept(
    room: Newsroom, web: Web, dana: Person
) -> None:
    number = await added(room, dana, web)

    reply = await room.served.reply_to(dana.says(f"/remove {number} it is not true"))
    again = await room.served.reply_to(dana.says(f"/remove {number}"))

    assert await room.articles() == []
    assert room.corpus.removed_because(web.url("/held")) == "it is not true"
    assert reply.text == f"Removed article {number}: Mayor held\nAdd it again to bring it back."
    assert again.text == f"There is no article {number} (any more)."


async def test_several_articles_are_removed_for_one_reason(room: Newsroom, dana: Person) -> None:
    numbers = [put_one(room, f"https://example.org/{name}") for name in ("a", "b")]
    dana.says(f"/remove {numbers[0]} {numbers[1]} not true")
    await room.served.settle()

    reasons = {room.corpus.removed_because(f"https://example.org/{name}") for name in ("a", "b")}
    assert reasons == {"not true"}


async def test_help_tells_admins_what_they_may_do_besides(room: Newsroom, dana: Person) -> None:
    assert "/remove with numbers" in (await room.served.reply_to(dana.says("/help"))).text


@pytest.mark.parametrize("text", ["/remove", "/remove everything", "/remove -1"])
async def test_a_removal_of_nothing_says_how(room: Newsroom, web: Web, dana: Person, text: str) -> None:
    await added(room, dana, web)

    reply = await room.served.reply_to(dana.says(text))

    assert reply.text.startswith("Write /remove, the number of an article, and why;")
    assert len(await room.articles()) == 1


# Channels


@pytest.fixture
def channel(telegram: FakeTelegram) -> Chat:
    """A channel whose name has a capital, which commands need not have."""
    return telegram.channel("Tidings", username="Tidings")


async def test_a_channel_is_approved_by_its_name_and_dismissed_again(
    room: Newsroom, telegram: FakeTelegram, dana: Person, channel: Chat
) -> None:
    approved = await room.served.reply_to(dana.says("/add @tidings"))
    telegram.channel_post(channel, HELD)
    assert (await room.article()).source == "Tidings"

    dismissed = await room.served.reply_to(dana.says("/remove https://t.me/tidings"))
    telegram.channel_post(channel, "The bridge is closed.")

    assert len(await room.articles()) == 1
    assert approved.text == "Tidings: What this channel publishes from now on becomes articles."
    assert dismissed.text == "Tidings: I do not follow this channel any more. Its articles stay."
    unknown = await room.served.reply_to(dana.says("/remove @tidings"))
    assert unknown.text == "@tidings: I do not follow such a channel."


async def test_a_private_channel_is_named_by_its_number(
    room: Newsroom, telegram: FakeTelegram, dana: Person
) -> None:
    inside = telegram.channel("Inside")

    approved = await room.served.reply_to(dana.says(f"/add {inside.id}"))

    assert approved.text.startswith("Inside: What this channel publishes")
    assert room.corpus.channels.all() == [Publisher(inside.id, "Inside")]
    assert (await room.served.reply_to(dana.says(f"/remove {inside.id}"))).text.startswith("Inside: I do not")


async def test_a_channel_in_which_the_bot_is_no_administrator_is_not_approved(
    room: Newsroom, telegram: FakeTelegram, dana: Person, channel: Chat
) -> None:
    group = telegram.group("Neighbours", [dana], supergroup=True, announced=False)
    telegram.demote_bot(channel, by=dana)

    for name in ("@tidings", "@nothing_here", str(group.id)):
        reply = await room.served.reply_to(dana.says(f"/add {name}"))
        assert reply.text == (
            f"{name}: I am no administrator of such a channel. Make me one, then try again."
        )
    assert room.corpus.channels.all() == []


# Everybody else


@pytest.mark.parametrize("text", ["/add https://example.org/held", "/remove 1", "/feeds", "/add @tidings"])
async def test_for_others_there_are_no_such_commands(
    room: Newsroom, web: Web, dana: Person, alice: Person, channel: Chat, text: str
) -> None:
    number = await added(room, dana, web)

    reply = await room.served.reply_to(alice.says(text))
    unknown = await room.served.reply_to(alice.says("/nonsense"))

    assert reply.text == unknown.text
    assert reply.text.startswith(UNKNOWN)
    assert (await room.article()).article_id == number
    assert room.corpus.channels.all() == []
    assert channel.replies == []


async def test_in_groups_there_are_no_such_commands_for_anybody(
    room: Newsroom, web: Web, telegram: FakeTelegram, dana: Person, alice: Person
) -> None:
    number = await added(room, dana, web)
    group = telegram.group("Neighbours", [dana, alice], supergroup=True, announced=False)
    telegram.promote_bot(group)
    helper = telegram.other_bot("Helper", username="helper_bot")

    asked = [
        dana.says(f"/remove {number}", in_=group),
        dana.says(f"/remove@crisisbot {number}", in_=group),
        dana.says(f"/remove {number}", in_=group, anonymous=True),
        dana.says(f"/remove {number}", in_=group, as_channel=telegram.channel("Tidings")),
        dana.says(f"/remove {number}", via_bot=helper),
        dana.sends_document("a.txt", b"The bridge is closed.", in_=group),
        dana.forwards(alice.says("The school is closed."), in_=group),
    ]
    await room.settle()

    assert (await room.article()).article_id == number
    assert {reply.text.split(".")[0] + "." for one in asked for reply in replies_to(one)} <= {UNKNOWN}


async def test_a_forged_press_of_somebody_else_removes_nothing(
    room: Newsroom, web: Web, telegram: FakeTelegram, dana: Person, alice: Person
) -> None:
    card = await room.served.reply_to(dana.says(f"/add {web.url('/held')}"))
    number = (await room.article()).article_id
    mine = await room.served.reply_to(alice.says("/help"))
    group = telegram.group("Neighbours", [dana, alice], supergroup=True, announced=False)
    shared = await room.served.reply_to(dana.says("/help@crisisbot", in_=group))

    forged = [
        alice.forges(card, f"rm:{number}"),
        alice.forges(mine, f"rm:{number}"),
        dana.forges(shared, f"rm:{number}"),
        dana.forges(card, "rm:everything"),
        dana.forges(card, f"rm:{number}x"),
    ]
    await room.settle()

    assert [(press.text, press.show_alert) for press in forged] == [(TOO_OLD, True)] * len(forged)
    assert (await room.article()).article_id == number


async def test_a_message_that_telegram_forgot_still_has_a_button_that_works(
    room: Newsroom, web: Web, dana: Person
) -> None:
    card = await room.served.reply_to(dana.says(f"/add {web.url('/held')}"))

    pressed = dana.presses(card, "Remove", forgotten=True)

    assert await room.articles() == []
    assert pressed.text == "Removed article 1."


async def test_the_longer_menu_is_shown_to_admins_alone(
    telegram: FakeTelegram, corpus: Corpus, tmp_path: Path, dana: Person, alice: Person
) -> None:
    async with newsroom(telegram, corpus, tmp_path, admins=(dana, alice)) as room:
        await room.settle()

    menus = {
        scope: {entry["command"] for entry in menu}
        for (scope, language), menu in telegram.commands.items()
        if language == "ru"
    }
    usual = {"ask", "sources", "help"}
    assert menus == {
        '{"type": "default"}': usual,
        f'{{"chat_id": {dana.id}, "type": "chat"}}': usual | {"add", "remove", "feeds"},
    }
    assert set(telegram.refusals()) == {"setMyCommands: Bad Request: chat not found"}


# Feeds


FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Orda</title>
<item><guid>1</guid><title>Mayor held</title><link>{link}</link></item></channel></rss>"""


@pytest.fixture
def feed(web: Web) -> str:
    """The address of a feed of one entry."""
    web.says("/feed.xml", FEED.format(link=web.url("/held")), content_type="application/rss+xml")
    return web.url("/feed.xml")


async def test_a_feed_is_added_listed_and_removed(room: Newsroom, dana: Person, feed: str) -> None:
    nothing = await room.served.reply_to(dana.says("/feeds"))
    new = await room.served.reply_to(dana.says(f"/feeds add {feed}"))
    again = await room.served.reply_to(dana.says(f"/feeds add {feed}"))
    listed = await room.served.reply_to(dana.says("/feeds"))
    removed = await room.served.reply_to(dana.says("/feeds remove 1"))
    gone = await room.served.reply_to(dana.says(f"/feeds remove {feed}"))

    assert nothing.text.startswith("There are no feeds and no channels yet.\n/feeds add and an address")
    assert new.text == f"Feed 1 is added: Orda, {feed}\nIts articles come by themselves."
    assert again.text.startswith("Feed 1 was there: Orda")
    assert listed.text.startswith(f"Feeds\n1: Orda, {feed}; not read yet; 0 articles\n\n")
    assert removed.text == f"Feed 1 is removed, its articles stay: Orda, {feed}"
    assert gone.text == f"{feed}: There is no such feed."
    assert room.corpus.feeds.all() == []


async def test_adding_a_known_feed_leaves_what_the_operator_said_of_it(
    room: Newsroom, dana: Person, feed: str
) -> None:
    now = datetime(2022, 1, 5, tzinfo=UTC)
    room.corpus.feeds.add(feed, title="Orda", stated={"source": "Orda.kz"}, every_s=60, now=now)

    reply = await room.served.reply_to(dana.says(f"/feeds add {feed}"))

    assert reply.text.startswith("Feed 1 was there: Orda.kz")
    [known] = room.corpus.feeds.all()
    assert (known.stated, known.every_s) == ({"source": "Orda.kz"}, 60)


async def test_the_list_names_channels_and_problems(
    room: Newsroom, dana: Person, channel: Chat, feed: str
) -> None:
    await room.served.reply_to(dana.says("/add @tidings"))
    await room.served.reply_to(dana.says(f"/feeds add {feed}"))
    feeds, now = room.corpus.feeds, datetime(2022, 1, 5, 8, 30, tzinfo=UTC)
    claimed = feeds.claim(feeds.all()[0].id, datetime.now(UTC))
    assert claimed is not None
    feeds.finish(claimed, checked_at=now, problem="orda.kz: it is not available now (503)", failures=2)

    listed = await room.served.reply_to(dana.says("/feeds"))

    assert listed.text.startswith(
        f"Feeds\n1: Orda, {feed}; last read on 5 January 2022; 0 articles\n"
        "orda.kz: it is not available now (503)\n\nChannels\n@Tidings: Tidings\n\n"
    )
    assert channel.replies == []


@pytest.mark.parametrize(
    "text", ["/feeds add", "/feeds remove", "/feeds please", "/feeds add this", "/feeds add @tidings"]
)
async def test_what_is_no_word_about_feeds_says_how(room: Newsroom, dana: Person, text: str) -> None:
    reply = await room.served.reply_to(dana.says(text))

    assert reply.text.startswith("/feeds add and an address adds a feed,")


async def test_what_is_no_feed_gets_the_reason(room: Newsroom, dana: Person, web: Web) -> None:
    reply = await room.served.reply_to(dana.says(f"/feeds add {web.url('/held')}"))

    assert reply.text.startswith("Not added: ")
    assert "cannot be followed" in reply.text
    assert room.corpus.feeds.all() == []


def put_one(room: Newsroom, url: str, *, day: int | None = None) -> int:
    name = url.rpartition("/")[2]
    raw = {"text": f"Something happened at {name} in Oral.", "url": url, "title": f"News of {name}"}
    if day is not None:
        raw["published"] = f"2022-01-{day:02}"
    room.corpus.put(Article.parse(raw, key=url, obtained="test", source="Test"))
    return next(one.article_id for one in room.corpus.articles() if one.url == url)


def numbers_in(text: str) -> list[int]:
    """The numbers of articles that a reply lists, in order."""
    return [int(number) for number in re.findall(r"^(\d+): ", text, re.MULTILINE)]
