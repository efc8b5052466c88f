import pytest

from tests.fakes.bot_api import refusal
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_wire import Json


@pytest.mark.parametrize(
    "parameters,words",
    [
        ({"text": "x"}, "chat_id is empty"),
        ({"chat_id": 1}, "message text is empty"),
        ({"chat_id": 1, "text": 5}, "sendMessage.text must be of type String"),
        (
            {"chat_id": 1, "text": "x", "disable_notification": "yes"},
            "sendMessage.disable_notification must be of type Boolean",
        ),
        (
            {"chat_id": 1, "text": "x", "message_thread_id": 1.5},
            "sendMessage.message_thread_id must be of type Integer",
        ),
        ({"chat_id": 1, "text": "x", "entities": "[{]"}, "can't parse sendMessage.entities as JSON"),
        ({"chat_id": 1, "text": "x", "entities": {}}, "sendMessage.entities must be an array"),
        (
            {"chat_id": 1, "text": "x", "link_preview_options": {"is_disabled": "true"}},
            "LinkPreviewOptions.is_disabled must be of type Boolean",
        ),
        (
            {"chat_id": 1, "text": "x", "disable_web_page_preview": True},
            (
                'unknown parameter "disable_web_page_preview" of sendMessage '
                "(this fake is stricter than Telegram here)"
            ),
        ),
        (
            {"chat_id": 1, "text": "x", "message_effect_id": "1"},
            'the parameter "message_effect_id" is not implemented in this fake',
        ),
        (
            {"chat_id": 1, "text": "x", "reply_markup": {"buttons": []}},
            (
                "sendMessage.reply_markup must be one of InlineKeyboardMarkup, ReplyKeyboardMarkup, "
                "ReplyKeyboardRemove, ForceReply"
            ),
        ),
        (
            {"chat_id": 1, "text": "x", "entities": '[{"type": "bold", "offset": "0", "length": 1}]'},
            "MessageEntity.offset must be of type Integer",
        ),
        ({"chat_id": "1", "text": "x", "disable_notification": "true"}, "chat not found"),
        ({"chat_id": 1, "text": "x"}, "chat not found"),
    ],
)
def test_parameters_are_checked(telegram: FakeTelegram, parameters: Json, words: str) -> None:
    assert refusal(telegram, "sendMessage", **parameters) == f"Bad Request: {words}"
    assert telegram.refusals() == [f"sendMessage: Bad Request: {words}"]
