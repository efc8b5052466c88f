import pytest

from tests.fakes.bot_api import ask
from tests.fakes.telegram import Chat, FakeTelegram, Message, Person
from tests.fakes.telegram_wire import Json, Refused


def last_update(telegram: FakeTelegram) -> Json:
    update: Json = telegram.pending[-1]
    return {key: value for key, value in update.items() if key != "update_id"}


def sends(telegram: FakeTelegram, chat: Chat, text: str = "x", **parameters: object) -> Message:
    ask(telegram, "sendMessage", chat_id=chat.id, text=text, **parameters)
    return chat.last_reply()


def test_a_pressed_button_is_an_update_answered_once(telegram: FakeTelegram, alice: Person) -> None:
    alice.says("/start")
    button = {"text": "More", "callback_data": "more:1"}
    answer = sends(telegram, alice.private(), reply_markup={"inline_keyboard": [[button]]})
    pressed = alice.presses(answer, "More")
    query = last_update(telegram)["callback_query"]
    assert (query["id"], query["data"], query["from"]["id"]) == (pressed.id, "more:1", alice.id)
    assert query["message"]["message_id"] == answer.id
    assert ask(telegram, "answerCallbackQuery", callback_query_id=pressed.id, text="ok") is True
    assert (pressed.is_answered, pressed.text, pressed.show_alert) == (True, "ok", False)
    with pytest.raises(Refused) as refused:
        ask(telegram, "answerCallbackQuery", callback_query_id=pressed.id)
    assert refused.value.description == (
        "Bad Request: query is too old and response timeout expired or query ID is invalid"
    )


def test_callbacks_grow_old_and_can_be_forged(telegram: FakeTelegram, alice: Person) -> None:
    alice.says("/start")
    answer = sends(telegram, alice.private())
    forged = alice.forges(answer, "admin:all", forgotten=True)
    query = last_update(telegram)["callback_query"]
    assert (query["data"], query["message"]["date"]) == ("admin:all", 0)
    forged.expire()
    with pytest.raises(Refused, match="query is too old"):
        ask(telegram, "answerCallbackQuery", callback_query_id=forged.id)
    late = alice.forges(answer, "x")
    with pytest.raises(Refused, match="MESSAGE_TOO_LONG"):
        ask(telegram, "answerCallbackQuery", callback_query_id=late.id, text="x" * 201)


def test_only_buttons_that_are_there_can_be_pressed(telegram: FakeTelegram, alice: Person) -> None:
    alice.says("/start")
    link = {"text": "Open", "url": "https://e.org/"}
    answer = sends(telegram, alice.private(), reply_markup={"inline_keyboard": [[link]]})
    with pytest.raises(LookupError, match="no button 'More'"):
        alice.presses(answer, "More")
    with pytest.raises(LookupError, match="calls nothing back"):
        alice.presses(answer, "Open")


def test_inline_questions_are_answered_once(telegram: FakeTelegram, alice: Person) -> None:
    asked = alice.asks_inline("what")
    assert last_update(telegram)["inline_query"]["query"] == "what"
    content = {"message_text": "<b>x</b>", "parse_mode": "HTML"}
    result = {"type": "article", "id": "1", "title": "x", "input_message_content": content}
    assert ask(telegram, "answerInlineQuery", inline_query_id=asked.id, results=[result]) is True
    assert asked.results == [result]
    with pytest.raises(Refused, match="query is too old"):
        ask(telegram, "answerInlineQuery", inline_query_id=asked.id, results=[])
    for results, words in (([result] * 2, "RESULT_ID_DUPLICATE"), ([result] * 51, "RESULTS_TOO_MUCH")):
        again = alice.asks_inline("what")
        with pytest.raises(Refused, match=words):
            ask(telegram, "answerInlineQuery", inline_query_id=again.id, results=results)


def test_menus_and_descriptions_are_kept(telegram: FakeTelegram) -> None:
    commands = [{"command": "ask", "description": "Ask"}]
    ask(telegram, "setMyCommands", commands=commands, language_code="ru")
    assert ask(telegram, "getMyCommands", language_code="ru") == commands
    assert ask(telegram, "getMyCommands") == []
    ask(telegram, "deleteMyCommands", language_code="ru")
    assert ask(telegram, "getMyCommands", language_code="ru") == []
    ask(telegram, "setMyShortDescription", short_description="x" * 120)
    assert telegram.profile == {("short_description", ""): "x" * 120}
    with pytest.raises(Refused, match="short_description is too long"):
        ask(telegram, "setMyShortDescription", short_description="x" * 121)
    with pytest.raises(Refused, match="BOT_COMMAND_INVALID"):
        ask(telegram, "setMyCommands", commands=[{"command": "Ask", "description": "Ask"}])
    with pytest.raises(Refused, match="BOT_COMMAND_DESCRIPTION_INVALID"):
        ask(telegram, "setMyCommands", commands=[{"command": "ask", "description": ""}])
