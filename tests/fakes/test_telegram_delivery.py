import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from telegram.error import NetworkError, TimedOut
from telegram.request import RequestData

from tests.fakes.bot_api import ask, handle
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_faults import Rates
from tests.fakes.telegram_request import FakeRequest
from tests.fakes.telegram_updates import Poll
from tests.fakes.telegram_wire import Answer, Call, Refused


def refused(call: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value


async def post(telegram: FakeTelegram, method: str, query: str = "") -> Any:  # noqa: ANN401 - any result
    request = FakeRequest(telegram)
    url = f"https://api.telegram.org/bot{telegram.token}/{method}{query}"
    status, body = await request.do_request(url, "POST", RequestData())
    return status, json.loads(body)


def start_poll(telegram: FakeTelegram) -> Poll:
    poll = handle(telegram, Call(telegram.token, "getUpdates", {"timeout": 10}))
    assert isinstance(poll, Poll)
    return poll


def test_updates_stay_until_they_are_confirmed(telegram: FakeTelegram) -> None:
    alice = telegram.user("Alice")
    for text in ("one", "two", "three"):
        alice.says(text)
    ids = [update["update_id"] for update in ask(telegram, "getUpdates")]
    assert ids == [700_000_001, 700_000_002, 700_000_003]
    assert [u["message"]["text"] for u in ask(telegram, "getUpdates", limit=2)] == ["one", "two"]
    assert [u["message"]["text"] for u in ask(telegram, "getUpdates", offset=ids[1])] == ["two", "three"]
    assert [u["message"]["text"] for u in ask(telegram, "getUpdates", offset=-1)] == ["three"]
    assert ask(telegram, "getUpdates", offset=ids[2] + 1) == []


def test_the_kinds_of_updates_are_remembered(telegram: FakeTelegram) -> None:
    alice = telegram.user("Alice")
    ask(telegram, "getUpdates", allowed_updates=["edited_message"])
    alice.edits(alice.says("x"), "y")
    assert [list(update)[1] for update in ask(telegram, "getUpdates")] == ["edited_message"]
    assert ask(telegram, "getWebhookInfo")["allowed_updates"] == ["edited_message"]
    ask(telegram, "getUpdates", allowed_updates=[])
    alice.says("x")
    assert [list(update)[1] for update in ask(telegram, "getUpdates")] == ["edited_message", "message"]
    words = refused(lambda: ask(telegram, "getUpdates", allowed_updates=["messages"])).description
    assert words.startswith("Bad Request: unknown kinds of updates: messages")


def test_a_second_poll_ends_the_first(telegram: FakeTelegram) -> None:
    first, second = start_poll(telegram), start_poll(telegram)
    ended = first.answer()
    assert ended is not None
    assert (ended.status, ended.description) == (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    )
    assert second.answer() is None
    assert second.give_up() == Answer.ok([])


def test_polling_beside_a_webhook_is_a_conflict(telegram: FakeTelegram) -> None:
    ask(telegram, "setWebhook", url="https://bot.example.org/hook", secret_token="s")
    assert ask(telegram, "getWebhookInfo")["url"] == "https://bot.example.org/hook"
    conflict = refused(lambda: ask(telegram, "getUpdates"))
    assert (conflict.status, conflict.description) == (
        409,
        (
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first"
        ),
    )
    telegram.user("Alice").says("x")
    ask(telegram, "deleteWebhook", drop_pending_updates=True)
    assert ask(telegram, "getUpdates") == []
    assert refused(lambda: ask(telegram, "setWebhook", url="http://e.org")).description == (
        "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
    )


@pytest.mark.parametrize(
    "token,method,status,words",
    [
        ("123456789:wrong", "getMe", 401, "Unauthorized"),
        ("malformed", "getMe", 404, "Not Found"),
        (None, "getMee", 404, "Not Found"),
    ],
)
def test_the_door_is_shut_to_strangers(
    telegram: FakeTelegram, token: str | None, method: str, status: int, words: str
) -> None:
    answer = handle(telegram, Call(token or telegram.token, method))
    assert answer == Answer(status, {"ok": False, "error_code": status, "description": words})


def test_a_logged_out_bot_gets_nothing_more(telegram: FakeTelegram) -> None:
    assert ask(telegram, "close") is True
    assert ask(telegram, "logOut") is True
    assert refused(lambda: ask(telegram, "getMe")).description == "Logged out"


def test_get_me_tells_of_the_privacy_mode() -> None:
    me = ask(FakeTelegram(privacy=False, username="some_bot", name="Some"), "getMe")
    assert (me["id"], me["is_bot"], me["username"], me["first_name"]) == (123456789, True, "some_bot", "Some")
    assert me["can_read_all_group_messages"] is True


def test_planned_refusals_come_in_order_and_once(telegram: FakeTelegram) -> None:
    telegram.fail_next("getMe", status=429, retry_after=3)
    telegram.fail_next("*", status=502)
    limited = refused(lambda: ask(telegram, "getMe"))
    assert (limited.status, limited.description) == (429, "Too Many Requests: retry after 3")
    assert limited.parameters == {"retry_after": 3}
    broken = refused(lambda: ask(telegram, "getMe"))
    assert (broken.status, broken.description) == (502, "Bad Gateway")
    assert ask(telegram, "getMe")["username"] == "crisisbot"
    assert [request.status for request in telegram.requests] == [429, 502, 200]


@pytest.mark.parametrize("done", [True, False])
def test_a_broken_connection_may_have_done_its_work(telegram: FakeTelegram, *, done: bool) -> None:
    alice = telegram.user("Alice")
    alice.says("/start")
    telegram.fail_next("sendMessage", network="timeout", done=done)
    with pytest.raises(ConnectionError, match="timeout"):
        ask(telegram, "sendMessage", chat_id=alice.id, text="x")
    assert [message.text for message in alice.private().replies] == (["x"] if done else [])
    assert (telegram.requests[-1].status, telegram.requests[-1].description) == (0, "timeout")


async def test_broken_connections_reach_the_library_as_its_own_errors(telegram: FakeTelegram) -> None:
    telegram.fail_next("getMe", network="timeout")
    telegram.fail_next("getMe", network="error")
    with pytest.raises(TimedOut):
        await post(telegram, "getMe")
    with pytest.raises(NetworkError):
        await post(telegram, "getMe")
    telegram.go_offline()
    with pytest.raises(NetworkError):
        await post(telegram, "getMe")
    telegram.come_back()
    assert (await post(telegram, "getMe"))[0] == 200


def test_rates_are_limited_on_demand(telegram: FakeTelegram) -> None:
    alice = telegram.user("Alice")
    alice.says("/start")
    telegram.limit_rates(per_second=3)
    for _ in range(3):
        ask(telegram, "sendMessage", chat_id=alice.id, text="x")
    limited = refused(lambda: ask(telegram, "sendMessage", chat_id=alice.id, text="x"))
    assert (limited.status, limited.parameters) == (429, {"retry_after": 1})


def test_each_rate_has_its_own_window() -> None:
    now = 100.0
    rates = Rates(per_chat_second=1, per_group_minute=2, clock=lambda: now)
    rates.count(1, is_group=True)
    assert refused(lambda: rates.count(1, is_group=True)).parameters == {"retry_after": 1}
    rates.count(2, is_group=True)
    now = 110.0
    rates.count(1, is_group=True)
    now = 120.0
    assert refused(lambda: rates.count(1, is_group=True)).parameters == {"retry_after": 40}
    now = 160.5
    rates.count(1, is_group=True)


async def test_a_long_poll_leaves_the_loop_free_and_ends_with_an_update(telegram: FakeTelegram) -> None:
    polling = asyncio.create_task(
        FakeRequest(telegram)._answer(  # noqa: SLF001 - only the wait is under test
            Call(telegram.token, "getUpdates", {"timeout": "10"})
        )
    )
    await asyncio.sleep(0.02)
    assert not polling.done()
    await asyncio.to_thread(telegram.user("Alice").says, "hello")
    answer = await asyncio.wait_for(polling, 1)
    assert [update["message"]["text"] for update in answer.content["result"]] == ["hello"]


async def test_a_cancelled_poll_loses_nothing(telegram: FakeTelegram) -> None:
    call = Call(telegram.token, "getUpdates", {"timeout": "10"})
    polling = asyncio.create_task(FakeRequest(telegram)._answer(call))  # noqa: SLF001 - as above
    await asyncio.sleep(0.02)
    polling.cancel()
    telegram.user("Alice").says("hello")
    with pytest.raises(asyncio.CancelledError):
        await polling
    assert [update["message"]["text"] for update in ask(telegram, "getUpdates")] == ["hello"]


async def test_waiting_ends_when_it_comes_true_or_too_late(telegram: FakeTelegram) -> None:
    alice = telegram.user("Alice")
    said = asyncio.get_running_loop().call_later(0.02, alice.says, "hello")
    messages = await telegram.until(lambda: alice.private().messages)
    assert [message.text for message in messages] == ["hello"]
    said.cancel()
    with pytest.raises(TimeoutError):
        await telegram.until(lambda: alice.private().replies, within=0.02)
    with pytest.raises(TimeoutError):
        telegram.wait_until(lambda: alice.private().replies, within=0.02)
