"""The fake behind loopback HTTP, for tests of whole processes.

with TelegramServer(telegram) as url:
    ...  # python-telegram-bot: base_url=url + "/bot", base_file_url=url + "/file/bot"
"""

from __future__ import annotations

import json
import re
import socket
import threading
from contextlib import suppress
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.fakes.bot_api import fetch_file, handle
from tests.fakes.telegram_updates import Poll
from tests.fakes.telegram_wire import Answer, Broken, Call, Json, Refused, Upload, bad_request

if TYPE_CHECKING:
    from types import TracebackType

    from tests.fakes.telegram_world import World

_METHOD_PATH = re.compile(r"/bot(?P<token>[^/]+)/(?P<method>[A-Za-z]+)")
_FILE_PATH = re.compile(r"/file/bot(?P<token>[^/]+)/(?P<path>.+)")
_NOT_FOUND = Answer(404, {"ok": False, "error_code": 404, "description": "Not Found"})


class TelegramServer:
    """A server on a free port of 127.0.0.1, up while the `with` lasts; entering gives its URL."""

    def __init__(self, world: World) -> None:
        self._server = _Server(world)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="telegram")

    def __enter__(self) -> str:
        self._thread.start()
        host, port = self._server.socket.getsockname()
        return f"http://{host}:{port}"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    """Serves each connection in a thread of its own, and waits for all of them at the end."""

    daemon_threads = False

    def __init__(self, world: World) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.world = world
        self.is_closing = False
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as socketserver has it
        with self.world.changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401
        with self.world.changed:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the waits and the idle connections, which would otherwise keep their threads."""
        with self.world.changed:
            self.is_closing = True
            for connection in self._open:
                with suppress(OSError):  # the client was faster
                    connection.shutdown(socket.SHUT_RD)
            self.world.notify()


class _Connection(BaseHTTPRequestHandler):
    """One kept-alive connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Log nothing: the paths hold the token."""

    def handle(self) -> None:
        with suppress(ConnectionError):  # a killed client is everyday life here
            super().handle()

    def do_GET(self) -> None:
        if file := _FILE_PATH.fullmatch(self._path()):
            self._send_file(file["token"], file["path"])
        else:
            self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _path(self) -> str:
        return unquote(urlsplit(self.path).path)

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if len(body) < length:  # the client was killed between its headers and the end of its body
            self.close_connection = True
            return
        match = _METHOD_PATH.fullmatch(self._path())
        if match is None:
            self._send(_NOT_FOUND)
            return
        try:
            parameters, files = self._parameters(body)
        except Refused as refused:
            self._send(refused.answer())
            return
        self._respond(handle(self.server.world, Call(match["token"], match["method"], parameters, files)))

    def _respond(self, outcome: Answer | Broken | Poll) -> None:
        match outcome:
            case Poll():
                self._send(self._await_updates(outcome))
            case Broken():
                self._break(outcome)
            case Answer():
                self._send(outcome)

    def _parameters(self, body: bytes) -> tuple[Json, dict[str, Upload]]:
        """Read parameters from the query and the body, whichever of the three forms it has."""
        parameters: Json = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        files: dict[str, Upload] = {}
        kind = self.headers.get_content_type()
        if kind == "multipart/form-data":
            fields, files = _read_multipart(self.headers["Content-Type"], body)
            parameters |= fields
        elif kind == "application/json":
            parameters |= _read_json(body)
        else:
            parameters |= dict(parse_qsl(body.decode(), keep_blank_values=True))
        return parameters, files

    def _await_updates(self, poll: Poll) -> Answer:
        world = self.server.world
        with world.changed:
            world.changed.wait_for(lambda: self.server.is_closing or poll.is_over(), poll.seconds)
            return poll.give_up()

    def _break(self, broken: Broken) -> None:
        """Hang up at once, or let the client wait until it hangs up itself."""
        self.close_connection = True
        if broken.how == "timeout":
            self.connection.recv(1)

    def _send(self, answer: Answer) -> None:
        self._send_body(answer.status, answer.body, "application/json")

    def _send_file(self, token: str, path: str) -> None:
        content = fetch_file(self.server.world, token, path)
        if isinstance(content, bytes):
            self._send_body(200, content, "application/octet-stream")
        else:
            self._respond(content)

    def _send_body(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _read_json(body: bytes) -> Json:
    try:
        loaded = json.loads(body)
    except ValueError as error:
        raise bad_request("can't parse the body as JSON") from error
    if not isinstance(loaded, dict):
        raise bad_request("the body must be a JSON object")
    return loaded


def _read_multipart(content_type: str, body: bytes) -> tuple[Json, dict[str, Upload]]:
    """Split a form into its fields and its files."""
    message = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body, policy=HTTP)
    fields: Json = {}
    files: dict[str, Upload] = {}
    for part in message.iter_parts():
        name = str(part.get_param("name", header="Content-Disposition"))
        content = part.get_payload(decode=True)
        content = content if isinstance(content, bytes) else b""
        file_name = part.get_filename()
        if file_name is None:
            fields[name] = content.decode()
        else:
            files[name] = Upload(file_name, content, part.get_content_type())
    return fields, files
