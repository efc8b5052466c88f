import pytest

from tests.fakes.bot_api import ask, refusal
from tests.fakes.telegram import Chat, FakeTelegram
from tests.fakes.telegram_wire import Json


def keyboard(*buttons: Json) -> Json:
    return {"inline_keyboard": [list(buttons)]}


@pytest.mark.parametrize(
    "button,words",
    [
        ({"text": "x", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": "Қ" * 32 + "x"}, "BUTTON_DATA_INVALID"),
        ({"text": "x"}, "text buttons are unallowed in the inline keyboard"),
        (
            {"text": "x", "url": "https://localhost"},
            "inline keyboard button URL 'https://localhost' is invalid: Wrong HTTP URL",
        ),
        ({"text": "x", "copy_text": {"text": ""}}, "BUTTON_COPY_TEXT_INVALID"),
        ({"text": "x", "style": "green", "callback_data": "x"}, "invalid button style specified"),
        (
            {"text": " ", "callback_data": "x"},
            "a button without words (this fake is stricter than Telegram here)",
        ),
        (
            {"text": "x", "callback_data": "x", "url": "https://e.org"},
            "a button with several purposes: callback_data, url (this fake is stricter than Telegram here)",
        ),
        (
            {"text": "x", "callback": "x"},
            'unknown parameter "callback" of InlineKeyboardButton (this fake is stricter than Telegram here)',
        ),
        ({"text": "x", "web_app": {"url": "https://e.org"}}, "WebAppInfo is not implemented in this fake"),
    ],
)
def test_bad_buttons_are_refused(telegram: FakeTelegram, chat: Chat, button: Json, words: str) -> None:
    markup = keyboard(button)
    assert (
        refusal(telegram, "sendMessage", chat_id=chat.id, text="x", reply_markup=markup)
        == f"Bad Request: {words}"
    )


def test_callback_data_holds_64_bytes(telegram: FakeTelegram, chat: Chat) -> None:
    markup = keyboard({"text": "x", "callback_data": "Қ" * 32})
    sent = ask(telegram, "sendMessage", chat_id=chat.id, text="x", reply_markup=markup)
    assert sent["reply_markup"] == markup


def test_keyboards_have_a_shape(telegram: FakeTelegram, chat: Chat) -> None:
    button = {"text": "x", "callback_data": "x"}
    rows = {"inline_keyboard": [[button]] * 101}
    words = refusal(telegram, "sendMessage", chat_id=chat.id, text="x", reply_markup=rows)
    assert words == "Bad Request: reply markup is too long"
    row = {"inline_keyboard": [[button] * 9]}
    words = refusal(telegram, "sendMessage", chat_id=chat.id, text="x", reply_markup=row)
    assert words.startswith("Bad Request: more than 8 buttons in a row")
    words = refusal(
        telegram, "sendMessage", chat_id=chat.id, text="x", reply_markup={"inline_keyboard": [button]}
    )
    assert words == "Bad Request: InlineKeyboardMarkup.inline_keyboard must be an array"
    sent = ask(telegram, "sendMessage", chat_id=chat.id, text="x", reply_markup={"inline_keyboard": []})
    assert "reply_markup" not in sent


def test_reply_keyboards_go_with_a_message_but_not_into_it(telegram: FakeTelegram, chat: Chat) -> None:
    markup = {"keyboard": [[{"text": "Yes"}]], "one_time_keyboard": True}
    sent = ask(telegram, "sendMessage", chat_id=chat.id, text="x", reply_markup=markup)
    assert "reply_markup" not in sent
    assert telegram.sent[-1].reply_markup == markup
