"""The fake in-process: a `BaseRequest` that python-telegram-bot takes in place of HTTP.

Application.builder().token(telegram.token).request(FakeRequest(telegram))
    .get_updates_request(FakeRequest(telegram))
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from tests.fakes.bot_api import fetch_file, handle
from tests.fakes.telegram_updates import Poll
from tests.fakes.telegram_wire import OK, Answer, Broken, Call, Upload

if TYPE_CHECKING:
    from telegram._utils.types import ODVInput

    from tests.fakes.telegram_world import World

_METHOD_URL = re.compile(r".*/bot(?P<token>[^/]+)/(?P<method>[A-Za-z]+)")
_FILE_URL = re.compile(r".*/file/bot(?P<token>[^/]+)/(?P<path>.+)")


class FakeRequest(BaseRequest):
    """Carries calls to a fake without a network; use it from one event loop."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def read_timeout(self) -> float | None:
        return 5.0

    async def initialize(self) -> None:
        """Open nothing: there is no connection."""

    async def shutdown(self) -> None:
        """Close nothing."""

    async def do_request(  # noqa: PLR0913, PLR0917 - the signature is python-telegram-bot's
        self,
        url: str,
        method: str,  # noqa: ARG002 - GET and POST mean the same to the Bot API
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - nothing is slow here
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """Answer as HTTP would: a status and a body."""
        if file := _FILE_URL.fullmatch(unquote(url)):  # the library writes the colon as %3A
            content = fetch_file(self._world, file["token"], file["path"])
            if isinstance(content, bytes):
                return OK, content
            answer = await self._ending(content)
        else:
            answer = await self._answer(_call(url, request_data))
        return answer.status, answer.body

    async def _answer(self, call: Call) -> Answer:
        return await self._ending(handle(self._world, call))

    async def _ending(self, outcome: Answer | Broken | Poll) -> Answer:
        if isinstance(outcome, Broken):
            raise TimedOut if outcome.how == "timeout" else NetworkError("planned by the test")
        return await self._await_updates(outcome) if isinstance(outcome, Poll) else outcome

    async def _await_updates(self, poll: Poll) -> Answer:
        """Wait for updates without holding the event loop; a cancelled wait takes none with it."""
        try:
            return await self._world.until(poll.answer, within=poll.seconds)
        except TimeoutError:
            with self._world.changed:
                return poll.give_up()


def _call(url: str, data: RequestData | None) -> Call:
    match = _METHOD_URL.fullmatch(url)
    if match is None:
        raise ValueError(f"no method of the Bot API: {url}")
    parameters: dict[str, Any] = dict(data.json_parameters) if data else {}
    parts = data.multipart_data if data else {}
    files = {name: _upload(part) for name, part in (parts or {}).items()}
    return Call(match["token"], match["method"], parameters, files)


def _upload(part: tuple[str, Any, str]) -> Upload:
    name, content, mime_type = part
    return Upload(name, content if isinstance(content, bytes) else content.read(), mime_type)
