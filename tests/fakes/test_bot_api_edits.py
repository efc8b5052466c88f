from tests.fakes.bot_api import ask, refusal
from tests.fakes.telegram import Chat, FakeTelegram, Person
from tests.fakes.telegram_wire import Json, Upload


def keyboard(*buttons: Json) -> Json:
    return {"inline_keyboard": [list(buttons)]}


def test_an_edit_must_change_something(telegram: FakeTelegram, chat: Chat) -> None:
    markup = keyboard({"text": "x", "callback_data": "x"})
    sent = ask(
        telegram, "sendMessage", chat_id=chat.id, text="<b>x</b>", parse_mode="HTML", reply_markup=markup
    )
    same = {"chat_id": chat.id, "message_id": sent["message_id"], "reply_markup": markup}
    words = refusal(telegram, "editMessageText", **same, text="<b>x</b>", parse_mode="HTML")
    assert words == (
        "Bad Request: message is not modified: specified new message content and reply markup are "
        "exactly the same as a current content and reply markup of the message"
    )
    assert refusal(telegram, "editMessageReplyMarkup", **same) == words
    edited = ask(telegram, "editMessageText", **same, text="x")
    assert ("entities" in edited, edited["reply_markup"]) == (False, markup)
    bare = ask(telegram, "editMessageReplyMarkup", chat_id=chat.id, message_id=sent["message_id"])
    assert "reply_markup" not in bare
    assert [record.method for record in telegram.sent] == [
        "sendMessage",
        "editMessageText",
        "editMessageReplyMarkup",
    ]


def test_only_own_messages_that_exist_are_edited(telegram: FakeTelegram, alice: Person, chat: Chat) -> None:
    theirs = alice.says("mine")
    place = {"chat_id": chat.id, "text": "x"}
    assert (
        refusal(telegram, "editMessageText", **place, message_id=theirs.id)
        == "Bad Request: message can't be edited"
    )
    assert (
        refusal(telegram, "editMessageText", **place, message_id=9)
        == "Bad Request: message to edit not found"
    )
    assert refusal(telegram, "editMessageText", **place) == "Bad Request: message identifier is not specified"


def test_an_edited_text_holds_4096_units_too(telegram: FakeTelegram, chat: Chat) -> None:
    sent = ask(telegram, "sendMessage", chat_id=chat.id, text="x")
    long = {"chat_id": chat.id, "message_id": sent["message_id"], "text": "x" * 4097}
    assert refusal(telegram, "editMessageText", **long) == "Bad Request: MESSAGE_TOO_LONG"


def test_captions_are_not_edited_as_texts(telegram: FakeTelegram, chat: Chat) -> None:
    sent = ask(telegram, "sendPhoto", chat_id=chat.id, photo=Upload("p", b"x"), caption="x")
    place = {"chat_id": chat.id, "message_id": sent["message_id"]}
    words = refusal(telegram, "editMessageText", **place, text="y")
    assert words == "Bad Request: there is no text in the message to edit"


def test_deleting_twice_is_refused(telegram: FakeTelegram, chat: Chat) -> None:
    assert ask(telegram, "deleteMessage", chat_id=chat.id, message_id=100) is True
    words = refusal(telegram, "deleteMessage", chat_id=chat.id, message_id=100)
    assert words == "Bad Request: message to delete not found"


def test_in_groups_only_administrators_delete_others_messages(telegram: FakeTelegram, alice: Person) -> None:
    group = telegram.group("Neighbours", [alice])
    theirs = alice.says("hi", in_=group)
    place = {"chat_id": group.id, "message_id": theirs.id}
    assert refusal(telegram, "deleteMessage", **place) == "Bad Request: message can't be deleted"
    telegram.promote_bot(group)
    assert ask(telegram, "deleteMessage", **place) is True


def test_typing_is_seen(telegram: FakeTelegram, chat: Chat) -> None:
    assert ask(telegram, "sendChatAction", chat_id=chat.id, action="typing") is True
    assert chat.actions == ["typing"]
    words = refusal(telegram, "sendChatAction", chat_id=chat.id, action="thinking")
    assert words == "Bad Request: wrong parameter action in request"


def test_reactions_are_seen(telegram: FakeTelegram, alice: Person, chat: Chat) -> None:
    message = alice.says("thanks")
    heart = [{"type": "emoji", "emoji": "❤"}]
    ask(telegram, "setMessageReaction", chat_id=chat.id, message_id=message.id, reaction=heart)
    assert message.bot_reactions == heart
    words = refusal(telegram, "setMessageReaction", chat_id=chat.id, message_id=9, reaction=heart)
    assert words == "Bad Request: message to react not found"
