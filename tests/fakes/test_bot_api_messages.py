import pytest

from tests.fakes.bot_api import ask, refusal
from tests.fakes.telegram import Chat, FakeTelegram, Person
from tests.fakes.telegram_wire import Json, Upload


def keyboard(*buttons: Json) -> Json:
    return {"inline_keyboard": [list(buttons)]}


def test_a_message_comes_back_as_telegram_writes_it(telegram: FakeTelegram, chat: Chat) -> None:
    html = '<b>Yes</b>: <a href="https://e.org">source</a> &amp; more'
    markup = keyboard({"text": "More", "callback_data": "more"})
    result = ask(
        telegram,
        "sendMessage",
        chat_id=chat.id,
        text=html,
        parse_mode="HTML",
        reply_markup=markup,
        reply_parameters={"message_id": 100},
        link_preview_options={"is_disabled": True},
    )
    user = {"id": chat.id, "is_bot": False, "first_name": "Alice"}
    user |= {"username": "alice", "language_code": "ru"}
    place = {"id": chat.id, "type": "private", "first_name": "Alice", "username": "alice"}
    command = {"type": "bot_command", "offset": 0, "length": 6}
    assert result == {
        "message_id": 101,
        "from": {"id": 123456789, "is_bot": True, "first_name": "Crisisbot", "username": "crisisbot"},
        "chat": place,
        "date": 1_700_000_000,
        "text": "Yes: source & more",
        "entities": [
            {"type": "bold", "offset": 0, "length": 3},
            {"type": "text_link", "offset": 5, "length": 6, "url": "https://e.org/"},
        ],
        "link_preview_options": {"is_disabled": True},
        "reply_markup": markup,
        "reply_to_message": {
            "message_id": 100,
            "from": user,
            "chat": place,
            "date": 1_700_000_000,
            "text": "/start",
            "entities": [command],
        },
    }


def test_what_was_sent_is_kept(telegram: FakeTelegram, chat: Chat) -> None:
    ask(telegram, "sendMessage", chat_id=str(chat.id), text="<i>x</i>", parse_mode="HTML")
    [sent] = telegram.sent
    assert (sent.method, sent.chat_id, sent.message_id, sent.text) == ("sendMessage", chat.id, 101, "x")
    assert (sent.html, sent.entities) == ("<i>x</i>", ({"type": "italic", "offset": 0, "length": 1},))
    assert (sent.reply_markup, sent.message_thread_id, sent.reply_to) == (None, None, None)
    assert sent.at == 1_700_000_000.5
    assert telegram.requests[-1].parameters["text"] == "<i>x</i>"
    assert (telegram.requests[-1].method, telegram.requests[-1].status) == ("sendMessage", 200)


def test_messages_are_live(telegram: FakeTelegram, chat: Chat) -> None:
    markup = keyboard({"text": "A", "callback_data": "a"}, {"text": "B", "url": "https://b.org/"})
    text = '<a href="https://1.org/">x</a>'
    sent = ask(telegram, "sendMessage", chat_id=chat.id, text=text, parse_mode="HTML", reply_markup=markup)
    answer = chat.last_reply()
    assert (answer.text, answer.links, answer.buttons) == ("x", ["https://1.org/"], ["A", "B"])
    ask(telegram, "editMessageText", chat_id=chat.id, message_id=sent["message_id"], text="y")
    assert (answer.text, answer.links, answer.buttons) == ("y", [], [])
    assert answer.data["edit_date"] == 1_700_000_000
    assert [message.text for message in chat.messages] == ["/start", "y"]
    ask(telegram, "deleteMessage", chat_id=chat.id, message_id=answer.id)
    assert answer.is_deleted
    with pytest.raises(AssertionError, match="the bot has said nothing"):
        chat.last_reply()


def test_a_text_holds_4096_utf16_units_after_parsing(telegram: FakeTelegram, chat: Chat) -> None:
    fits = "<b>" + "🏙" * 2048 + "</b>"
    assert len(ask(telegram, "sendMessage", chat_id=chat.id, text=fits, parse_mode="HTML")["text"]) == 2048
    long = "🏙" * 2048 + "x"
    assert refusal(telegram, "sendMessage", chat_id=chat.id, text=long) == "Bad Request: message is too long"


@pytest.mark.parametrize("text", ["", " \n ", "<b></b>", "<b> </b>"])
def test_a_text_of_nothing_is_refused(telegram: FakeTelegram, chat: Chat, text: str) -> None:
    words = refusal(telegram, "sendMessage", chat_id=chat.id, text=text, parse_mode="HTML")
    assert words == "Bad Request: message text is empty"


def test_a_caption_holds_1024_utf16_units(telegram: FakeTelegram, chat: Chat) -> None:
    photo = Upload("p.jpg", b"jpeg", "image/jpeg")
    sent = ask(telegram, "sendPhoto", chat_id=chat.id, photo=photo, caption="x" * 1024)
    assert sent["caption"] == "x" * 1024
    words = refusal(telegram, "sendPhoto", chat_id=chat.id, photo=photo, caption="x" * 1025)
    assert words == "Bad Request: message caption is too long"


def test_a_document_can_be_fetched_and_sent_again(telegram: FakeTelegram, chat: Chat) -> None:
    upload = Upload("a.txt", b"words", "text/plain")
    caption = "<b>a</b>"
    sent = ask(telegram, "sendDocument", chat_id=chat.id, document=upload, caption=caption, parse_mode="HTML")
    file_id = sent["document"]["file_id"]
    assert (sent["document"]["file_name"], sent["document"]["file_size"]) == ("a.txt", 5)
    assert sent["caption_entities"] == [{"type": "bold", "offset": 0, "length": 1}]
    assert ask(telegram, "getFile", file_id=file_id)["file_path"] == f"documents/{file_id}"
    assert ask(telegram, "sendDocument", chat_id=chat.id, document=file_id)["document"]["file_id"] == file_id
    words = refusal(telegram, "sendDocument", chat_id=chat.id, document="unknown")
    assert words == "Bad Request: wrong file identifier/HTTP URL specified"


def test_unparsable_html_is_refused(telegram: FakeTelegram, chat: Chat) -> None:
    words = refusal(telegram, "sendMessage", chat_id=chat.id, text="Қ <p>", parse_mode="HTML")
    assert words == 'Bad Request: can\'t parse entities: Unsupported start tag "p" at byte offset 3'
    assert telegram.sent == []


def test_other_parse_modes_are_not_here(telegram: FakeTelegram, chat: Chat) -> None:
    words = refusal(telegram, "sendMessage", chat_id=chat.id, text="x", parse_mode="MarkdownV2")
    assert words == "Bad Request: MarkdownV2 is not implemented in this fake"
    words = refusal(telegram, "sendMessage", chat_id=chat.id, text="x", parse_mode="text")
    assert words == "Bad Request: unsupported parse_mode"


def test_the_101st_entity_vanishes_and_is_a_defect(telegram: FakeTelegram, chat: Chat) -> None:
    hundred = "<b>x</b> " * 99 + '<a href="https://e.org/">y</a>'
    ask(telegram, "sendMessage", chat_id=chat.id, text=hundred, parse_mode="HTML")
    assert (telegram.defects, chat.last_reply().links) == ([], ["https://e.org/"])
    ask(telegram, "sendMessage", chat_id=chat.id, text="<b>z</b> " + hundred, parse_mode="HTML")
    assert chat.last_reply().links == []
    assert telegram.defects == [f"1 of 101 entities are dropped, in {chat.last_reply().text!r}"]


def test_an_invalid_href_is_a_defect_not_a_refusal(telegram: FakeTelegram, chat: Chat) -> None:
    text = '<a href="https://localhost">x</a>'
    ask(telegram, "sendMessage", chat_id=chat.id, text=text, parse_mode="HTML")
    assert chat.last_reply().entities == []
    assert telegram.defects == [
        f"invalid href 'https://localhost' is dropped at UTF-16 offset 0, in {text!r}"
    ]


def test_entities_can_be_given_instead_of_markup(telegram: FakeTelegram, chat: Chat) -> None:
    bold = {"type": "bold", "offset": 2, "length": 1}
    sent = ask(telegram, "sendMessage", chat_id=chat.id, text="🏙x", entities=[bold])
    assert sent["entities"] == [bold]
    words = refusal(telegram, "sendMessage", chat_id=chat.id, text="🏙", entities=[bold])
    assert words == (
        "Bad Request: entity beginning at UTF-16 offset 2 ends after the end of the text at UTF-16 offset 2"
    )
    half = {"type": "bold", "offset": 1, "length": 2}
    words = refusal(telegram, "sendMessage", chat_id=chat.id, text="🏙x", entities=[half])
    assert words == ("Bad Request: entity begins or ends in the middle of a character at UTF-16 offset 1")
    both = {"entities": [bold], "parse_mode": "HTML"}
    assert 'both "parse_mode" and "entities"' in refusal(
        telegram, "sendMessage", chat_id=chat.id, text="xyz", **both
    )


def test_people_are_mentioned_if_the_bot_has_met_them(telegram: FakeTelegram, chat: Chat) -> None:
    text = f'<a href="tg://user?id={chat.id}">you</a> <a href="tg://user?id=1">who</a>'
    sent = ask(telegram, "sendMessage", chat_id=chat.id, text=text, parse_mode="HTML")
    assert [(e["type"], e["user"]["id"]) for e in sent["entities"]] == [("text_mention", chat.id)]
    assert telegram.defects == ["the mention of user 1 is dropped, in 'you who'"]


def test_names_and_links_in_the_bots_words_are_found(telegram: FakeTelegram, chat: Chat) -> None:
    sent = ask(telegram, "sendMessage", chat_id=chat.id, text="@alice1 at e.org")
    assert [entity["type"] for entity in sent["entities"]] == ["mention", "url"]


def test_replies_need_their_message(telegram: FakeTelegram, chat: Chat) -> None:
    gone = {"message_id": 99}
    words = refusal(telegram, "sendMessage", chat_id=chat.id, text="x", reply_parameters=gone)
    assert words == "Bad Request: message to be replied not found"
    sent = ask(
        telegram,
        "sendMessage",
        chat_id=chat.id,
        text="x",
        reply_parameters=gone | {"allow_sending_without_reply": True},
    )
    assert "reply_to_message" not in sent


def test_quotes_are_exact(telegram: FakeTelegram, alice: Person, chat: Chat) -> None:
    question = alice.says("🏙 What happened?")
    reply = {"message_id": question.id, "quote": "What"}
    sent = ask(telegram, "sendMessage", chat_id=chat.id, text="x", reply_parameters=reply)
    assert sent["quote"] == {"text": "What", "position": 3, "is_manual": True}
    reply = {"message_id": question.id, "quote": "what"}
    words = refusal(telegram, "sendMessage", chat_id=chat.id, text="x", reply_parameters=reply)
    assert words == "Bad Request: QUOTE_TEXT_INVALID"


def test_large_and_unknown_files_are_refused(telegram: FakeTelegram, alice: Person) -> None:
    large = alice.sends_document("a.pdf", bytes(20 * 1024 * 1024 + 1)).data["document"]["file_id"]
    assert refusal(telegram, "getFile", file_id=large) == "Bad Request: file is too big"
    unknown = refusal(telegram, "getFile", file_id="x")
    assert unknown == "Bad Request: wrong file_id or the file is temporarily unavailable"


def test_replies_stay_in_their_chat(telegram: FakeTelegram, alice: Person, chat: Chat, forum: Chat) -> None:
    elsewhere = {"message_id": 100, "chat_id": forum.id}
    words = refusal(telegram, "sendMessage", chat_id=chat.id, text="x", reply_parameters=elsewhere)
    assert words == "Bad Request: a reply to a message of another chat is not implemented in this fake"
    with pytest.raises(ValueError, match="is not in"):
        alice.says("x", in_=forum, reply_to=chat.messages[0])


def test_quotes_may_be_html(telegram: FakeTelegram, chat: Chat) -> None:
    reply = {"message_id": 100, "quote": "/<b>st</b>", "quote_parse_mode": "HTML"}
    sent = ask(telegram, "sendMessage", chat_id=chat.id, text="x", reply_parameters=reply)
    assert sent["quote"]["text"] == "/st"
    broken = reply | {"quote": "<b>"}
    words = refusal(telegram, "sendMessage", chat_id=chat.id, text="x", reply_parameters=broken)
    assert words == "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\""


@pytest.mark.parametrize(
    "entity,words",
    [
        ({"type": "huge", "offset": 0, "length": 1}, "can't parse MessageEntity: unknown type 'huge'"),
        (
            {"type": "text_link", "offset": 0, "length": 1, "url": "x"},
            "an invalid link in an entity: 'x' (this fake is stricter than Telegram here)",
        ),
        (
            {"type": "bold", "offset": 0, "length": 0},
            "an entity of no length, or before the text (this fake is stricter than Telegram here)",
        ),
    ],
)
def test_bad_entities_are_refused(telegram: FakeTelegram, chat: Chat, entity: Json, words: str) -> None:
    refused = refusal(telegram, "sendMessage", chat_id=chat.id, text="x", entities=[entity])
    assert refused == f"Bad Request: {words}"
