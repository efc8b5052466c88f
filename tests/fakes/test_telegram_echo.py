"""A small real bot on python-telegram-bot, polling the fake in-process and over HTTP."""

import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from http.client import HTTPConnection, RemoteDisconnected
from typing import Any
from urllib.parse import urlsplit

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Update
from telegram.error import ChatMigrated, Forbidden, NetworkError, RetryAfter, TimedOut
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_request import FakeRequest
from tests.fakes.telegram_server import TelegramServer

AnyApplication = Application[Any, Any, Any, Any, Any, Any]
AnyBuilder = ApplicationBuilder[Any, Any, Any, Any, Any, Any]


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_html(
        f'<b>{update.message.text}</b> <a href="https://e.org/">source</a>',
        do_quote=True,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("More", callback_data="more:1")]]),
    )


async def more(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.callback_query is not None
    await update.callback_query.answer("coming")
    await update.callback_query.edit_message_text("<i>more</i>", parse_mode="HTML")


@asynccontextmanager
async def running(
    builder: AnyBuilder,
) -> AsyncIterator[AnyApplication]:
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.add_handler(CallbackQueryHandler(more))
    assert application.updater is not None
    async with application:
        await application.updater.start_polling(timeout=5)
        await application.start()
        try:
            yield application
        finally:
            await application.updater.stop()
            await application.stop()


async def converse(telegram: FakeTelegram) -> None:
    alice = telegram.user("Alice")
    question = alice.says("Что произошло?")
    await telegram.until(lambda: alice.private().replies)
    answer = alice.private().last_reply()
    assert (answer.text, answer.links, answer.buttons) == (
        "Что произошло? source",
        ["https://e.org/"],
        ["More"],
    )
    assert answer.reply_to is question
    pressed = alice.presses(answer, "More")
    await telegram.until(lambda: answer.text == "more")
    assert pressed.text == "coming"
    assert (answer.entities, answer.buttons) == ([{"type": "italic", "offset": 0, "length": 4}], [])
    assert (telegram.refusals(), telegram.defects) == ([], [])


async def test_an_echo_bot_runs_in_process() -> None:
    telegram = FakeTelegram()
    builder = ApplicationBuilder().token(telegram.token)
    builder = builder.request(FakeRequest(telegram)).get_updates_request(FakeRequest(telegram))
    started = time.monotonic()
    async with running(builder):
        await converse(telegram)
    assert time.monotonic() - started < 3
    assert telegram.pending == []


async def test_an_echo_bot_runs_over_http() -> None:
    telegram = FakeTelegram()
    started = time.monotonic()
    with TelegramServer(telegram) as url:
        builder = ApplicationBuilder().token(telegram.token).base_url(url + "/bot")
        async with running(builder.base_file_url(url + "/file/bot")) as application:
            await converse(telegram)
            alice = telegram.user("Alice")
            alice.says("file")
            content = bytes(range(256)) * 10 + b"\r\n--\r\n"
            sent = await application.bot.send_document(alice.id, content, filename="b.bin", caption="Қ")
            assert sent.document is not None
            file = await sent.document.get_file()
            assert bytes(await file.download_as_bytearray()) == content
            assert (sent.caption, sent.document.file_name) == ("Қ", "b.bin")
    assert time.monotonic() - started < 4


def test_half_a_request_of_a_killed_client_was_never_made() -> None:
    telegram = FakeTelegram()
    with TelegramServer(telegram) as url:
        host, port = url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as client:
            head = f"POST /bot{telegram.token}/sendMessage HTTP/1.1\r\nHost: {host}\r\n"
            client.sendall(f"{head}Content-Length: 9\r\n\r\nchat_".encode())
            client.shutdown(socket.SHUT_WR)
            assert client.recv(1) == b""
    assert telegram.refusals() == []


async def test_files_travel_in_process() -> None:
    telegram = FakeTelegram()
    alice = telegram.user("Alice")
    alice.says("/start")
    received = alice.sends_document("news.txt", b"words")
    builder = ApplicationBuilder().token(telegram.token)
    builder = builder.request(FakeRequest(telegram)).get_updates_request(FakeRequest(telegram))
    async with builder.build().bot as bot:
        file = await bot.get_file(received.data["document"]["file_id"])
        assert bytes(await file.download_as_bytearray()) == b"words"
        sent = await bot.send_document(alice.id, b"answer", filename="a.txt")
        assert sent.document is not None
        assert telegram.files[sent.document.file_id] == b"answer"
        assert sent.document.file_name == "a.txt"


async def test_telegrams_refusals_become_the_librarys_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # without it RetryAfter warns as soon as it is made
    telegram = FakeTelegram()
    alice = telegram.user("Alice")
    alice.says("/start")
    group = telegram.group("Neighbours", [alice])
    with TelegramServer(telegram) as url:
        application = ApplicationBuilder().token(telegram.token).base_url(url + "/bot").build()
        async with application.bot as bot:
            telegram.fail_next("sendMessage", status=429, retry_after=7)
            with pytest.raises(RetryAfter) as limited:
                await bot.send_message(alice.id, "x")
            assert limited.value.retry_after == timedelta(seconds=7)
            telegram.fail_next("sendMessage", network="error")
            with pytest.raises(NetworkError):
                await bot.send_message(alice.id, "x")
            telegram.fail_next("sendMessage", network="timeout", done=True)
            with pytest.raises(TimedOut):
                await bot.send_message(alice.id, "slow", read_timeout=0.1)
            assert alice.private().last_reply().text == "slow"
            alice.blocks_bot()
            with pytest.raises(Forbidden, match="bot was blocked by the user"):
                await bot.send_message(alice.id, "x")
            new = telegram.migrate(group)
            with pytest.raises(ChatMigrated) as migrated:
                await bot.send_message(group.id, "x")
            assert migrated.value.new_chat_id == new.id


def test_the_server_reads_json_forms_and_queries() -> None:
    telegram = FakeTelegram()
    alice = telegram.user("Alice")
    alice.says("/start")
    markup = {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]}
    body = json.dumps({"chat_id": alice.id, "text": "json", "reply_markup": markup})
    with TelegramServer(telegram) as url:
        connection = HTTPConnection(urlsplit(url).netloc)
        path = f"/bot{telegram.token}/sendMessage"
        for target, content, kind in (
            (path, body, "application/json"),
            (path, f"chat_id={alice.id}&text=form+%D2%9A", "application/x-www-form-urlencoded"),
            (f"{path}?chat_id={alice.id}&text=query", "", "application/x-www-form-urlencoded"),
        ):
            connection.request("POST", target, content, {"Content-Type": kind})
            answer = json.loads(connection.getresponse().read())
            assert answer["ok"] is True
        connection.request("POST", path, "[]", {"Content-Type": "application/json"})
        refused = connection.getresponse()
        assert (refused.status, json.loads(refused.read())["description"]) == (
            400,
            "Bad Request: the body must be a JSON object",
        )
        connection.request("GET", "/elsewhere")
        assert connection.getresponse().status == 404
        connection.close()
    assert [message.text for message in alice.private().replies] == ["json", "form Қ", "query"]
    assert alice.private().replies[0].buttons == ["x"]


def test_the_server_ends_at_once_with_polls_and_idle_connections_open() -> None:
    telegram = FakeTelegram()
    with TelegramServer(telegram) as url:
        polling, idle = HTTPConnection(urlsplit(url).netloc), HTTPConnection(urlsplit(url).netloc)
        polling.request("GET", f"/bot{telegram.token}/getUpdates?timeout=50")
        idle.request("GET", f"/bot{telegram.token}/getMe")
        assert idle.getresponse().read().startswith(b'{"ok": true')
        telegram.wait_until(lambda: telegram.updates.poll)
        started = time.monotonic()
    assert time.monotonic() - started < 1
    assert json.loads(polling.getresponse().read()) == {"ok": True, "result": []}
    polling.close()
    idle.close()


def test_a_killed_client_harms_nobody() -> None:
    telegram = FakeTelegram()
    with TelegramServer(telegram) as url:
        address = urlsplit(url)
        with socket.create_connection((address.hostname, address.port)) as killed:
            killed.sendall(f"GET /bot{telegram.token}/getUpdates?timeout=50 HTTP/1.1\r\n\r\n".encode())
            telegram.wait_until(lambda: telegram.updates.poll)
        telegram.user("Alice").says("hello")
        connection = HTTPConnection(address.netloc)
        connection.request("GET", f"/bot{telegram.token}/getUpdates?timeout=5")
        updates = json.loads(connection.getresponse().read())["result"]
        assert [update["message"]["text"] for update in updates] == ["hello"]
        telegram.go_offline()
        connection.request("GET", f"/bot{telegram.token}/getMe")
        with pytest.raises(RemoteDisconnected):
            connection.getresponse()
        connection.close()
