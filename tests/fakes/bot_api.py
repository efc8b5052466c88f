"""The Bot API's front door: token, method, planned faults, parameters, and the record of every call."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.fakes import (
    bot_api_chats,
    bot_api_delivery,
    bot_api_messages,
    bot_api_profile,
    bot_api_queries,
)
from tests.fakes.bot_api_parameters import parse_parameters
from tests.fakes.telegram_updates import Poll
from tests.fakes.telegram_wire import OK, Answer, Broken, Call, Json, Refused, Upload
from tests.fakes.telegram_world import Request, World

if TYPE_CHECKING:
    from collections.abc import Callable

HANDLERS: dict[str, Callable[[World, Json], object]] = {
    "getMe": bot_api_profile.get_me,
    "logOut": bot_api_profile.log_out,
    "close": bot_api_profile.close,
    "setMyCommands": bot_api_profile.set_my_commands,
    "getMyCommands": bot_api_profile.get_my_commands,
    "deleteMyCommands": bot_api_profile.delete_my_commands,
    "setMyName": bot_api_profile.set_profile("name"),
    "setMyDescription": bot_api_profile.set_profile("description"),
    "setMyShortDescription": bot_api_profile.set_profile("short_description"),
    "getUpdates": bot_api_delivery.get_updates,
    "setWebhook": bot_api_delivery.set_webhook,
    "deleteWebhook": bot_api_delivery.delete_webhook,
    "getWebhookInfo": bot_api_delivery.get_webhook_info,
    "sendMessage": bot_api_messages.send_message,
    "sendPhoto": bot_api_messages.send_photo,
    "sendDocument": bot_api_messages.send_document,
    "editMessageText": bot_api_messages.edit_message_text,
    "editMessageReplyMarkup": bot_api_messages.edit_message_reply_markup,
    "deleteMessage": bot_api_messages.delete_message,
    "setMessageReaction": bot_api_messages.set_message_reaction,
    "sendChatAction": bot_api_messages.send_chat_action,
    "answerCallbackQuery": bot_api_queries.answer_callback_query,
    "answerInlineQuery": bot_api_queries.answer_inline_query,
    "getChat": bot_api_chats.get_chat,
    "getChatMember": bot_api_chats.get_chat_member,
    "getChatAdministrators": bot_api_chats.get_chat_administrators,
    "leaveChat": bot_api_chats.leave_chat,
    "getFile": bot_api_chats.get_file,
}

#: Methods have no case for Telegram: https://core.telegram.org/bots/api#making-requests
_NAMES = {name.lower(): name for name in HANDLERS}

_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")


def handle(world: World, call: Call) -> Answer | Broken | Poll:
    """Do what a call asks; a `Poll` is for the caller to wait on."""
    call = replace(call, method=_NAMES.get(call.method.lower(), call.method))
    with world.changed:
        outcome = _with_faults(world, call)
        _record(world, call, outcome)
        return copy.deepcopy(outcome) if isinstance(outcome, Answer) else outcome


def ask(world: World, method: str, **parameters: object) -> Any:  # noqa: ANN401 - every method has its own
    """Call a method as the bot would, without a transport, and return its result.

    Raises:
        Refused: With Telegram's words.
        ConnectionError: A planned fault broke the connection.
    """
    files = {name: value for name, value in parameters.items() if isinstance(value, Upload)}
    values = {name: value for name, value in parameters.items() if name not in files}
    outcome = handle(world, Call(world.token, method, values, files))
    if isinstance(outcome, Broken):
        raise ConnectionError(outcome.how)
    with world.changed:
        answer = outcome.give_up() if isinstance(outcome, Poll) else outcome
    if answer.status != OK:
        raise Refused(answer.status, answer.description, **answer.content.get("parameters", {}))
    return answer.content["result"]


def refusal(world: World, method: str, **parameters: object) -> str:
    """Call a method that must be refused, and return the words.

    Raises:
        AssertionError: It was not refused.
    """
    try:
        result = ask(world, method, **parameters)
    except Refused as refused:
        return refused.description
    raise AssertionError(f"{method} was not refused: {result}")


def fetch_file(world: World, token: str, path: str) -> bytes | Answer | Broken:
    """Return the content behind a file_path, or what goes wrong instead; recorded as a call of "file"."""
    call = Call(token, "file", {"file_path": path})
    with world.changed:
        fault = world.faults.take(call.method)
        content = world.files.get(path.rpartition("/")[2]) if token == world.token else None
        missing = Refused(404, "Not Found").answer()
        outcome = fault.outcome if fault else Answer.ok(None) if content is not None else missing
        _record(world, call, outcome)
        return content if content is not None and fault is None else outcome


def _with_faults(world: World, call: Call) -> Answer | Broken | Poll:
    fault = world.faults.take(call.method)
    if fault is None:
        return _answer(world, call)
    if fault.done:
        _answer(world, call)
    return fault.outcome


def _answer(world: World, call: Call) -> Answer | Poll:
    try:
        _check_door(world, call)
        result = HANDLERS[call.method](world, parse_parameters(call))
    except Refused as refused:
        return refused.answer()
    return result if isinstance(result, Poll) else Answer.ok(result)


def _check_door(world: World, call: Call) -> None:
    if not _TOKEN.fullmatch(call.token):
        raise Refused(404, "Not Found")
    if call.token != world.token:
        raise Refused(401, "Unauthorized")
    if world.is_logged_out:
        raise Refused(400, "Logged out")
    if call.method not in HANDLERS:
        raise Refused(404, "Not Found")


def _record(world: World, call: Call, outcome: Answer | Broken | Poll) -> None:
    status, description = 200, ""
    match outcome:
        case Answer():
            status, description = outcome.status, outcome.description
        case Broken():
            status, description = 0, outcome.how
    world.requests.append(Request(call.method, dict(call.parameters), status, description, at=world.clock()))
    world.notify()
