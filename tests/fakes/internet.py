"""A public internet on loopback: names with public addresses, behind which servers of ours stand.

internet = Internet()
internet.has("news.example", web)
Fetcher(network=internet.network()).fetch("http://news.example/", ...)
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import httpcore

from corpus.exchange import Network

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Sequence

    from tests.fakes.web import Web

PUBLIC = "93.184.215.14"


class Internet(httpcore.NetworkBackend):
    """Resolves and connects, and remembers both."""

    def __init__(self) -> None:
        self.resolved: list[str] = []
        self.connected: list[tuple[str, int]] = []
        self._names: dict[str, list[Sequence[str]]] = {}
        self._servers: dict[tuple[str, int], Web] = {}

    def has(self, name: str, web: Web | None = None, *, address: str = PUBLIC, port: int = 80) -> None:
        """Give a server a name, a public address and a port."""
        self._names[name] = [[address]]
        if web is not None:
            self._servers[address, port] = web

    def leads(self, name: str, *answers: Sequence[str]) -> None:
        """Answer with these addresses the first time, the second time, and the last ones from then on."""
        self._names[name] = list(answers)

    def network(self, tls: ssl.SSLContext | None = None) -> Network:
        if tls is None:
            return Network(self.resolve, self)
        return Network(self.resolve, self, lambda: tls)

    def resolve(self, host: str, port: int) -> Sequence[str]:  # noqa: ARG002 - as the real one
        self.resolved.append(host)
        answers = self._names.get(host)
        if not answers:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        self.connected.append((host, port))
        web = self._servers.get((host, port))
        if web is None:
            raise httpcore.ConnectError("[Errno 111] Connection refused")
        real = httpcore.SyncBackend()
        return real.connect_tcp("127.0.0.1", web.port, timeout, local_address, socket_options)
