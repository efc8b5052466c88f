"""What admins pass on in private becomes articles, and they are told what became of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from tests.bot.newsroom import Newsroom, everything, newsroom

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.store import Corpus
    from tests.fakes.telegram import Chat, FakeTelegram, Message, Person

HELD = "The mayor was held on Friday. He denies it."
DOWNLOADS = {"getFile", "file"}


def calls(telegram: FakeTelegram) -> list[str]:
    return [request.method for request in telegram.requests if request.method in DOWNLOADS]


# Forwarded posts.


async def test_a_forwarded_post_becomes_an_article_and_its_reply_says_so(
    room: Newsroom, telegram: FakeTelegram, channel: Chat, dana: Person
) -> None:
    post = telegram.channel_post(channel, HELD, signature="A. Editor")

    reply = await room.served.reply_to(dana.forwards(post))

    article = await room.article()
    assert (article.text, article.source, article.author) == (HELD, "Tidings", "A. Editor")
    assert article.url == f"https://t.me/tidings/{post.id}"
    assert article.published == datetime(2022, 1, 5, 8, 30, tzinfo=UTC)
    assert reply.text == (
        f"Added as article {article.article_id}: The mayor was held on Friday.\n"
        "Tidings; 5 January 2022; English; 2 sentences"
    )
    assert reply.links == [article.url]
    assert reply.buttons == ["Remove"]


async def test_a_post_that_is_forwarded_again_is_there_already_and_an_edited_one_is_new(
    room: Newsroom, telegram: FakeTelegram, channel: Chat, dana: Person
) -> None:
    post = telegram.channel_post(channel, HELD)
    await room.served.reply_to(dana.forwards(post))

    again = await room.served.reply_to(dana.forwards(post))
    telegram.channel_edits(post, "The mayor was released.")
    edited = await room.served.reply_to(dana.forwards(post))

    number = (await room.article()).article_id
    assert again.text.startswith(
        f"Article {number} was there already, nothing is changed: The mayor was held"
    )
    assert edited.text.startswith(f"Article {number} has new words now: The mayor was released.")


async def test_the_button_removes_it_and_forwarding_it_again_brings_it_back(
    room: Newsroom, telegram: FakeTelegram, channel: Chat, dana: Person
) -> None:
    post = telegram.channel_post(channel, HELD)
    reply = await room.served.reply_to(dana.forwards(post))
    number = (await room.article()).article_id

    twice = [dana.presses(reply, "Remove"), dana.presses(reply, "Remove")]
    assert await room.articles() == []

    assert reply.text == (
        f"Removed article {number}: The mayor was held on Friday.\nAdd it again to bring it back."
    )
    assert reply.buttons == []
    assert [pressed.text for pressed in twice] == [None, f"There is no article {number} (any more)."]
    back = await room.served.reply_to(dana.forwards(post))
    assert back.text.startswith(f"Article {number} is back:")
    assert len(await room.articles()) == 1


async def test_what_a_person_wrote_is_no_news_and_nothing_of_it_is_kept(
    room: Newsroom, telegram: FakeTelegram, dana: Person
) -> None:
    open_, shy = telegram.user("Bolat Serik", username="bolat"), telegram.user("Aigul Nur")
    shy.hides_name = True

    replies = [
        await room.served.reply_to(dana.forwards(person.says("The bridge is closed.")))
        for person in (open_, shy, telegram.other_bot("Helper", username="helper_bot"))
    ]

    refusal = (
        "Not added: A person wrote this, so it is no news article. If it is from one, reply to it: "
        "/add source: and who published it; or just /add, if it has a link."
    )
    assert [reply.text for reply in replies] == [refusal] * 3
    assert await room.articles() == []
    kept = everything(room.corpus)
    names = (b"Bolat", b"bolat", b"Aigul", b"bridge", str(open_.id).encode())
    assert [name for name in names if name in kept] == []


async def test_what_was_written_in_a_groups_name_is_the_groups(
    room: Newsroom, telegram: FakeTelegram, dana: Person
) -> None:
    shy = telegram.user("Aigul Nur")
    group = telegram.group("Neighbours", [shy], supergroup=True, announced=False)

    dana.forwards(shy.says("The market is closed.", in_=group, anonymous=True))

    article = await room.article()
    assert (article.source, article.author, article.url) == ("Neighbours", None, None)
    assert b"Aigul" not in everything(room.corpus)


@pytest.mark.parametrize("command", ["/add source: Orda.kz published: 2022-01-04", "/add\nSource: Orda.kz"])
async def test_who_published_what_a_person_passed_on_is_stated_in_reply(
    room: Newsroom, telegram: FakeTelegram, dana: Person, command: str
) -> None:
    bolat = telegram.user("Bolat Serik", username="bolat")
    forwarded = dana.forwards(bolat.says(HELD))

    reply = await room.served.reply_to(dana.says(command, reply_to=forwarded))

    article = await room.article()
    day = date(2022, 1, 4) if "published" in command else None
    assert (article.text, article.source, article.author) == (HELD, "Orda.kz", None)
    assert article.published == day
    assert reply.text.startswith("Added as article 1: The mayor was held on Friday.\nOrda.kz; ")
    kept = everything(room.corpus)
    assert [name for name in (b"Bolat", b"bolat", str(bolat.id).encode()) if name in kept] == []


async def test_a_slip_in_what_is_stated_in_reply_is_named(
    room: Newsroom, telegram: FakeTelegram, dana: Person
) -> None:
    forwarded = dana.forwards(telegram.user("Bolat").says(HELD))

    reply = await room.served.reply_to(dana.says("/add sorce: Orda.kz", reply_to=forwarded))

    assert reply.text.startswith("Not added: I do not understand “sorce: Orda.kz”; is it source:?")
    assert await room.articles() == []


async def test_a_document_is_stated_anew_in_reply_to_it(room: Newsroom, dana: Person) -> None:
    document = dana.sends_document("a.txt", HELD.encode(), "sorce: Orda.kz\npublished: 2022-01-04")

    await room.served.reply_to(dana.says("/add source: Vlast.kz", reply_to=document))

    article = await room.article()
    assert (article.source, article.published) == ("Vlast.kz", date(2022, 1, 4))


async def test_a_forwarded_command_is_an_article_and_no_command(
    room: Newsroom, telegram: FakeTelegram, channel: Chat, dana: Person
) -> None:
    await room.served.reply_to(dana.forwards(telegram.channel_post(channel, HELD)))
    number = (await room.article()).article_id

    dana.forwards(telegram.channel_post(channel, f"/remove {number}"))
    dana.forwards(telegram.channel_post(channel, "/add https://lies.example/"))
    dana.forwards(telegram.user("Mallory").says(f"/remove {number}"))

    assert len(await room.articles()) == 3


async def test_the_bots_own_answers_are_no_articles(room: Newsroom, dana: Person) -> None:
    answer = await room.served.reply_to(dana.says("/help"))

    reply = await room.served.reply_to(dana.forwards(answer))

    assert reply.text == "That is what I said myself. Articles come from somebody else."
    assert await room.articles() == []


async def test_an_album_gets_one_reply_and_a_bare_photo_a_kind_one(
    room: Newsroom, telegram: FakeTelegram, channel: Chat, dana: Person
) -> None:
    album = [telegram.channel_photo(channel, text, album="a") for text in ("", HELD, "")]
    forwarded = [dana.forwards(photo, album="b") for photo in album]
    bare = await room.served.reply_to(dana.forwards(telegram.channel_photo(channel)))

    assert (await room.article()).text == HELD
    assert bare.text == "There are no words in it, so there is nothing to add."
    assert [reply.reply_to for reply in dana.private().replies] == [forwarded[1], bare.reply_to]


async def test_a_post_that_the_bot_follows_itself_is_not_put_back_by_an_old_copy(
    room: Newsroom, telegram: FakeTelegram, channel: Chat, dana: Person
) -> None:
    telegram.promote_bot(channel, by=dana)
    post = telegram.channel_post(channel, HELD)
    await room.settle()
    old = dict(post.data)
    telegram.channel_edits(post, "The mayor was released.")
    await room.settle()
    post.data = old

    reply = await room.served.reply_to(dana.forwards(post))

    assert reply.text.splitlines()[0].endswith(
        "was there already, nothing is changed: The mayor was released."
    )
    assert (await room.article()).text == "The mayor was released."


async def test_others_forwards_and_documents_are_questions_as_ever(
    room: Newsroom, telegram: FakeTelegram, channel: Chat
) -> None:
    alice = telegram.user("Alice")
    replies = [
        await room.served.reply_to(alice.forwards(telegram.channel_post(channel, HELD))),
        await room.served.reply_to(alice.sends_document("a.txt", HELD.encode())),
    ]

    assert [reply.text.split(",")[0] for reply in replies] == [
        "There are no articles yet",
        "I read questions in words. Please write yours as text.",
    ]
    assert await room.articles() == []
    assert calls(telegram) == []


# Documents.


async def test_a_document_becomes_an_article_with_what_its_caption_states(
    room: Newsroom, dana: Person
) -> None:
    content = b"Mayor held\n\nThe mayor was held on Friday."

    reply = await room.served.reply_to(
        dana.sends_document("../news.TXT", content, "please add\nsource: Orda.kz\npublished: 2022-01-05")
    )

    article = await room.article()
    assert (article.title, article.text) == ("Mayor held", "The mayor was held on Friday.")
    assert (article.source, article.published) == ("Orda.kz", date(2022, 1, 5))
    assert room.corpus.keys()[article.article_id].startswith("telegram-file:AgAD")
    assert reply.text == (
        f"Added as article {article.article_id}: Mayor held\nOrda.kz; 5 January 2022; English; 1 sentence"
    )


async def test_a_misspelt_field_of_a_caption_is_named_and_the_document_waits_for_another_one(
    room: Newsroom, telegram: FakeTelegram, dana: Person
) -> None:
    caption = "please add\nsorce: Orda.kz\ndate: 2022-01-05"
    reply = await room.served.reply_to(dana.sends_document("a.txt", HELD.encode(), caption))

    assert reply.text == (
        "Not added: a.txt: I do not understand “sorce: Orda.kz”; is it source:? A caption may state "
        "title:, source:, author:, url:, published:, language:.\n\n"
        "Not added: a.txt: I do not understand “date: 2022-01-05”; is it published:? A caption may state "
        "title:, source:, author:, url:, published:, language:."
    )
    assert await room.articles() == []
    assert calls(telegram) == []
    await room.served.reply_to(dana.sends_document("a.txt", HELD.encode(), "Source: Orda.kz"))
    assert (await room.article()).source == "Orda.kz"


@pytest.mark.parametrize(
    "language, told",
    [
        ("ru", "Не понимаю «Источник: Орда»; это source:?"),
        ("kk", "«Источник: Орда» түсініксіз; бұл source: ма?"),
    ],
)
async def test_of_the_longest_misspelt_line_the_fields_are_still_named(
    room: Newsroom, dana: Person, language: str, told: str
) -> None:
    dana.language_code = language
    said = dana.sends_document("a.txt", HELD.encode(), f"Источник: Орда{' и ещё' * 20}\nИсточник: Орда")

    reply = await room.served.reply_to(said)

    assert told in reply.text
    assert reply.text.count("title:, source:, author:, url:, published:, language:") == 2


async def test_the_same_document_again_is_there_already_whoever_sends_it(
    room: Newsroom, dana: Person
) -> None:
    first = dana.sends_document("a.txt", HELD.encode(), "source: Orda.kz")
    await room.served.reply_to(first)

    again = await room.served.reply_to(dana.sends_document("a.txt", HELD.encode()))

    assert "was there already" in again.text
    assert (await room.article()).source == "Orda.kz"


async def test_a_forwarded_document_has_the_channels_name_where_it_names_no_source(
    room: Newsroom, telegram: FakeTelegram, channel: Chat, dana: Person
) -> None:
    document = dana.sends_document("a.exe", HELD.encode()).data["document"] | {"file_name": "a.txt"}
    post = telegram.channel_notes(
        channel, {"document": document, "caption": "source: Lies. Read the report!"}
    )

    reply = await room.served.reply_to(dana.forwards(post))

    caption, attached = await room.articles()
    assert (caption.text, caption.source) == ("source: Lies. Read the report!", "Tidings")
    assert (attached.text, attached.source) == (HELD, "Tidings")
    assert reply.buttons == [f"Remove {caption.article_id}", f"Remove {attached.article_id}"]
    pressed = dana.presses(reply, f"Remove {caption.article_id}")
    assert (await room.article()).article_id == attached.article_id
    assert pressed.text == f"Removed article {caption.article_id}."
    assert len(reply.buttons) == 2


async def test_many_articles_of_one_file_are_told_in_one_reply(room: Newsroom, dana: Person) -> None:
    lines = [f'{{"id": {number}, "text": "The mayor said {number}."}}' for number in range(7)]

    reply = await room.served.reply_to(
        dana.sends_document("all.jsonl", "\n".join(["broken", *lines]).encode())
    )

    assert len(await room.articles()) == 7
    paragraphs = reply.text.split("\n\n")
    assert paragraphs[0].startswith("Not added: all.jsonl, line 1: no JSON")
    assert paragraphs[-1] == "And 3 more, 3 of them stored."
    assert len(reply.buttons) == 4


@pytest.mark.parametrize(
    "name,content,reason",
    [
        ("a.exe", b"MZ", "Not added: a.exe: I read files that end in .txt, .md,"),
        ("", b"words", "Not added: document: I read files that end in .txt, .md,"),
        ("a.txt", "мэр".encode("cp1251"), "Not added: a.txt: not UTF-8"),
        ("a.txt", b"  ", "Not added: a.txt: text: there is none"),
    ],
)
async def test_a_document_that_cannot_be_read_gets_the_reason(
    room: Newsroom, dana: Person, name: str, content: bytes, reason: str
) -> None:
    reply = await room.served.reply_to(dana.sends_document(name, content))

    assert reply.text.startswith(reason)
    assert reply.buttons == []
    assert await room.articles() == []


async def test_the_size_is_looked_at_before_anything_is_asked_for(
    room: Newsroom, telegram: FakeTelegram, dana: Person
) -> None:
    told = await room.served.reply_to(dana.sends_document("a.txt", bytes(10_000_001)))
    assert calls(telegram) == []

    untold = await room.served.reply_to(dana.sends_document("a.txt", bytes(10_000_001), tells_size=False))
    assert calls(telegram) == ["getFile"]
    over = await room.served.reply_to(dana.sends_document("a.txt", bytes(20 * 2**20 + 1), tells_size=False))

    too_large = "Not added: a.txt: That file is too large: I read up to 10 MB."
    assert (told.text, untold.text) == (too_large, too_large)
    assert over.text.startswith("Not added: a.txt: Telegram did not hand the file over.")


async def test_a_download_is_tried_again_or_given_up_kindly(
    room: Newsroom, telegram: FakeTelegram, dana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.FIRST_WAIT_S", 0.01)
    telegram.fail_next("getFile", network="error")
    telegram.fail_next("file", status=502)
    stored = await room.served.reply_to(dana.sends_document("a.txt", HELD.encode()))
    telegram.fail_next("file", network="timeout")
    lost = await room.served.reply_to(dana.sends_document("b.txt", b"The bridge is closed."))

    assert stored.text.startswith("Added as article 1:")
    assert lost.text == (
        "Not added: b.txt: Telegram did not hand the file over. Please send it again in a moment."
    )
    assert (await room.article()).text == HELD


async def test_a_document_that_takes_for_ever_is_given_up(
    room: Newsroom, telegram: FakeTelegram, dana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.documents.PATIENCE_S", 0.05)
    telegram.fail_next("getFile", status=429, retry_after=3600)

    reply = await room.served.reply_to(dana.sends_document("a.txt", HELD.encode()))

    assert reply.text.startswith("Not added: a.txt: Telegram did not hand the file over.")


async def test_the_admins_language_is_spoken(
    telegram: FakeTelegram, corpus: Corpus, tmp_path: Path, channel: Chat
) -> None:
    boss = telegram.user("Boss", language_code="ru")
    async with newsroom(telegram, corpus, tmp_path, admins=(boss,)) as room:
        reply: Message = await room.served.reply_to(
            boss.forwards(telegram.channel_post(channel, "Мэр задержан. Он это отрицает."))
        )

    assert reply.text == (
        "Добавлено как статья 1: Мэр задержан.\nTidings; 5 января 2022\u202fг.; русский; 2 предложения"
    )
    assert reply.buttons == ["Убрать"]
