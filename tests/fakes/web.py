"""A web server on loopback that says, or does to its callers, what a test told it to.

with Web() as web:
    web.says("/feed.xml", FEED, content_type="application/rss+xml")
    web.redirects("/old", "/feed.xml")
    fetcher = Fetcher(trusted={web.place})
    fetcher.fetch(web.url("/old"), kinds={"application/rss+xml"})
    assert web.paths == ["/old", "/feed.xml"]
"""

from __future__ import annotations

import gzip
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Mapping


@dataclass(frozen=True)
class Request:
    """What was asked of the server; header names in small letters."""

    path: str  # with the query
    headers: Mapping[str, str]


class Web:
    """A server on a free port of 127.0.0.1, up while the `with` lasts; what it does not know is a 404."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.most_at_once = 0
        self._doings: dict[str, Callable[[_Connection], None]] = {}
        self._server = _Server(self, tls)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="web")
        self._scheme = "https" if tls else "http"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.closing.set()
        self._server.hang_up()
        self._server.server_close()

    def breaks_off(self) -> None:
        """Hang up on all callers there are now."""
        self._server.hang_up()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def place(self) -> str:
        """What `Fetcher(trusted=...)` calls it."""
        return f"127.0.0.1:{self.port}"

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, with their queries, in order."""
        return [request.path for request in self.requests]

    def url(self, path: str, *, host: str = "127.0.0.1") -> str:
        return f"{self._scheme}://{host}:{self.port}{path}"

    def says(
        self,
        path: str,
        body: str | bytes = b"",
        *,
        content_type: str | None = "text/html; charset=utf-8",
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer like this from now on, and with 304 to who knows the ETag or Last-Modified in `headers`.

        A path without a query answers for all its queries, too, unless they have an answer of their own.
        """
        content = body.encode() if isinstance(body, str) else body
        sent = {"Content-Type": content_type} if content_type is not None else {}
        sent |= headers or {}
        self._doings[path] = lambda connection: connection.answer(status, sent, content)

    def zips(self, path: str, body: str | bytes, *, content_type: str = "text/html; charset=utf-8") -> None:
        """Answer with a packed body."""
        content = body.encode() if isinstance(body, str) else body
        coding = {"Content-Encoding": "gzip"}
        self.says(path, gzip.compress(content), content_type=content_type, headers=coding)

    def redirects(self, path: str, to: str, *, status: int = 302) -> None:
        """Send callers on to another path or URL."""
        self.says(path, content_type=None, status=status, headers={"Location": to})

    def fails(self, path: str, status: int = 500, *, retry_after: str | None = None) -> None:
        """Answer with an error."""
        headers = {} if retry_after is None else {"Retry-After": retry_after}
        self.says(path, "Sorry.", status=status, headers=headers)

    def sends(self, path: str, pieces: Iterable[bytes], *, every_s: float = 0.0) -> None:
        """Send these bytes, head and all, and hang up after the last; they may be without an end."""
        self._doings[path] = lambda connection: connection.send(pieces, every_s)

    def drips(self, path: str, body: bytes, *, every_s: float = 0.02) -> None:
        """Begin to answer at once, and send a byte of the body now and then."""
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body)
        self.sends(path, [head, *(bytes([byte]) for byte in body)], every_s=every_s)

    def hangs(self, path: str) -> None:
        """Never answer; wait until the caller has enough."""
        self._doings[path] = lambda connection: connection.wait_for_the_end()

    def breaks(self, path: str) -> None:
        """Hang up without a word."""
        self.sends(path, [])

    def forgets(self, path: str) -> None:
        """Answer 404 from now on."""
        del self._doings[path]

    def doing(self, path: str) -> Callable[[_Connection], None]:
        """Return what is done when a path is asked for."""
        default = self._doings.get(path.partition("?")[0], _answer_not_found)
        return self._doings.get(path, default)


class _Server(ThreadingHTTPServer):
    """Serves each connection in a thread of its own, and waits for all of them at the end."""

    daemon_threads = False
    request_queue_size = 50

    def __init__(self, web: Web, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.web = web
        self.guard = threading.Lock()
        self.at_work = 0
        self.closing = threading.Event()
        self._tls = tls
        self._open: set[socket.socket] = set()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self._tls is not None:  # hands are shaken in the connection's own thread
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as socketserver has it
        with self.guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401
        with self.guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End all that still waits or goes on."""
        with self.guard:
            for connection in self._open:
                with suppress(OSError):  # the client was faster
                    connection.shutdown(socket.SHUT_RDWR)


class _Connection(BaseHTTPRequestHandler):
    """One connection, for one request."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Log nothing."""

    def handle(self) -> None:
        with suppress(OSError):  # callers that hang up, or trust no certificate, are everyday life here
            super().handle()

    def do_GET(self) -> None:
        self.close_connection = True
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.server.guard:
            self.server.web.requests.append(Request(self.path, headers))
            self.server.at_work += 1
            self.server.web.most_at_once = max(self.server.web.most_at_once, self.server.at_work)
        try:
            self.server.web.doing(self.path)(self)
        finally:
            with self.server.guard:
                self.server.at_work -= 1

    def answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        if status == 200 and self._is_known_already(headers):
            status, body = 304, b""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers and status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send(self, pieces: Iterable[bytes], every_s: float) -> None:
        for piece in pieces:
            if self.server.closing.wait(every_s) if every_s else self.server.closing.is_set():
                return
            self.wfile.write(piece)

    def wait_for_the_end(self) -> None:
        self.connection.recv(1)

    def _is_known_already(self, headers: Mapping[str, str]) -> bool:
        etag, modified = self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")
        if etag is not None:
            return etag == headers.get("ETag")
        return modified is not None and modified == headers.get("Last-Modified")


def _answer_not_found(connection: _Connection) -> None:
    connection.answer(404, {"Content-Type": "text/html"}, b"No such page.")
