"""Delivery: updates of one chat in order, of many at once; replies out, tried again where that is safe."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from telegram import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TimedOut
from telegram.ext import BaseUpdateProcessor

from bot.polling import FIRST_WAIT_S, LONGEST_WAIT_S, wait_for
from bot.telegram_html import fitting, write_html
from bot.tree import Reply, plain

log = logging.getLogger(__name__)

#: Updates that may wait in memory; far more than Telegram hands over at a time (100).
WAITING = 4096

#: Telegram's words where there is nothing to do: a button was pressed twice, or its message is gone by now.
_NOTHING_TO_EDIT = ("not modified", "to edit not found", "can't be edited")

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

T = TypeVar("T")


class PerChat(BaseUpdateProcessor):
    """Handles updates of one chat one after the other, in the order they came, and chats side by side.

    `finished` is called with the id of every update that is done, whatever came of it, but cancellation.
    """

    def __init__(self, finished: Callable[[int], None]) -> None:
        super().__init__(WAITING)
        self._finished = finished
        self._chats: dict[int, tuple[asyncio.Lock, int]] = {}

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for this chat's turn. How much is computed at once is a matter of threads (`bot.service`)."""
        chat = update.effective_chat if isinstance(update, Update) else None
        is_done = True
        try:
            async with self._turn(chat.id if chat else 0):
                await coroutine
        except asyncio.CancelledError:
            is_done = False  # and so it comes again
            raise
        finally:
            if is_done and isinstance(update, Update):
                self._finished(update.update_id)

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""

    @asynccontextmanager
    async def _turn(self, chat_id: int) -> AsyncIterator[None]:
        """Queue up for a chat's lock; the last one to leave takes the lock away."""
        lock, users = self._chats.get(chat_id, (asyncio.Lock(), 0))
        self._chats[chat_id] = (lock, users + 1)
        try:
            async with lock:  # first come, first served
                yield
        finally:
            _, users = self._chats.pop(chat_id)
            if users > 1:
                self._chats[chat_id] = (lock, users - 1)


async def send(message: Message, reply: Reply) -> None:
    """Answer a message: as a reply to it, in the same topic, even if it was deleted meanwhile."""
    nodes = fitting(reply)

    async def attempt(text: str, parse_mode: str | None) -> None:
        as_reply = {
            "reply_parameters": ReplyParameters(message.message_id, allow_sending_without_reply=True),
            # Outside forums a thread id may come along, too, and is refused when it is sent back.
            "message_thread_id": message.message_thread_id if message.is_topic_message else None,
        }
        try:
            await post(message.chat_id, text, parse_mode, **as_reply)
        except ChatMigrated as error:  # the group became a supergroup, in which the message has another id
            await post(error.new_chat_id, text, parse_mode)

    async def post(chat_id: int, text: str, parse_mode: str | None, **as_reply: Any) -> None:  # noqa: ANN401
        await message.get_bot().send_message(
            chat_id,
            text,
            parse_mode=parse_mode,
            reply_markup=_keyboard(reply),
            link_preview_options=_NO_PREVIEW,
            **as_reply,
        )

    await _written(lambda: attempt(write_html(nodes), ParseMode.HTML), lambda: attempt(plain(nodes), None))


async def edit(query: CallbackQuery, reply: Reply) -> None:
    """Put a reply in the place of the message whose button was pressed."""
    nodes = fitting(reply)

    async def attempt(text: str, parse_mode: str | None) -> None:
        try:
            await query.edit_message_text(
                text,
                parse_mode=parse_mode,
                reply_markup=_keyboard(reply),
                link_preview_options=_NO_PREVIEW,
            )
        except BadRequest as error:
            if not any(words in error.message.lower() for words in _NOTHING_TO_EDIT):
                raise

    await _written(lambda: attempt(write_html(nodes), ParseMode.HTML), lambda: attempt(plain(nodes), None))


async def acknowledge(query: CallbackQuery, text: str | None = None) -> None:
    """Answer a press, so that the button stops turning; with a text, show that."""
    try:
        await tried(lambda: query.answer(text, show_alert=text is not None))
    except BadRequest as error:
        log.info("a press was answered too late: %s", error.message)


async def _written(as_html: Callable[[], Awaitable[None]], as_plain: Callable[[], Awaitable[None]]) -> None:
    try:
        await tried(as_html)
    except BadRequest as error:
        if "parse entities" not in error.message.lower():
            raise
        log.error("defect: Telegram cannot read our markup (%s); sent without it", error.message)  # noqa: TRY400
        await tried(as_plain)
    except Forbidden as error:
        log.info("a chat does not take messages any more: %s", error.message)


async def tried(attempt: Callable[[], Awaitable[T]]) -> T:
    """Try until Telegram was reached, however long that takes; not where it may have done it already.

    While this waits, the update is not done: after a kill it comes again.
    """
    wait = FIRST_WAIT_S
    while True:
        try:
            return await attempt()
        except RetryAfter as error:
            pause = wait_for(error, wait)
        except BadRequest:  # a NetworkError, too
            raise
        except NetworkError as error:
            if _may_have_arrived(error):
                raise
            pause, wait = wait, min(2 * wait, LONGEST_WAIT_S)
        await asyncio.sleep(pause)


def _may_have_arrived(error: NetworkError) -> bool:
    """Say whether a call that failed may have been carried out: after the request was begun, nobody knows."""
    cause = type(error.__cause__).__name__  # one of httpx, which is the library's own matter
    if isinstance(error, TimedOut):
        return cause not in {"ConnectTimeout", "PoolTimeout"}
    return cause in {"ReadError", "WriteError", "RemoteProtocolError"}


def _keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    if not reply.buttons:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(one.label, callback_data=one.data) for one in row] for row in reply.buttons]
    )
