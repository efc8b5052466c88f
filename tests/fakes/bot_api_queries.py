"""The methods that answer buttons and inline questions, once each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.bot_api_keyboard import check_markup
from tests.fakes.bot_api_text import read_text
from tests.fakes.telegram_entities import utf16_length
from tests.fakes.telegram_wire import Json, bad_request

if TYPE_CHECKING:
    from tests.fakes.telegram_world import World

LONGEST_NOTICE = 200
MOST_RESULTS = 50
LONGEST_ID = 64
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def answer_callback_query(world: World, parameters: Json) -> bool:
    callback = world.callbacks.get(parameters["callback_query_id"])
    if callback is None or callback.is_answered or callback.is_expired:
        raise bad_request(_TOO_OLD)
    if utf16_length(parameters.get("text", "")) > LONGEST_NOTICE:
        raise bad_request("MESSAGE_TOO_LONG")
    callback.is_answered = True
    callback.text = parameters.get("text")
    callback.show_alert = parameters.get("show_alert", False)
    world.notify()
    return True


def answer_inline_query(world: World, parameters: Json) -> bool:
    asked = world.inline_queries.get(parameters["inline_query_id"])
    if asked is None or asked.results is not None:
        raise bad_request(_TOO_OLD)
    results = parameters["results"]
    if len(results) > MOST_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    ids = [result["id"] for result in results]
    if len(set(ids)) < len(ids):
        raise bad_request("RESULT_ID_DUPLICATE")
    for result in results:
        _check_result(world, result)
    asked.results = results
    world.notify()
    return True


def _check_result(world: World, result: Json) -> None:
    if not 1 <= len(result["id"].encode()) <= LONGEST_ID:
        raise bad_request("RESULT_ID_INVALID")
    content = result["input_message_content"]
    read_text(world, content | {"text": content["message_text"]})
    check_markup(result.get("reply_markup"))
