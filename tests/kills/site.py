"""A site with a feed, in a process of its own: who forks must have no threads, and a server has some."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Self

from tests.fakes.web import Web

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.kills.pieces import Piece

RSS = (
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
    "<title>Kills</title>{items}</channel></rss>"
)


class Site:
    """Serves one feed for each path while the `with` lasts."""

    def __enter__(self) -> Self:
        orders, self._orders = os.pipe()
        told, telling = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._orders)
            _serve(orders, telling)
        os.close(orders)
        os.close(telling)
        self._told = os.fdopen(told)
        self._port = int(self._told.readline())
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._orders)
        os.waitpid(self._pid, 0)
        self._told.close()

    @property
    def place(self) -> str:
        """What CRISISBOT_FETCH_TRUSTED calls it."""
        return f"127.0.0.1:{self._port}"

    def url(self, path: str) -> str:
        return f"http://{self.place}{path}"

    def says(self, path: str, pieces: Iterable[Piece]) -> None:
        """Let the feed at a path have these entries from now on."""
        items = "".join(piece.item(self.url(f"{path}/{piece.number}")) for piece in pieces)
        order = json.dumps({"path": path, "feed": RSS.format(items=items)}) + "\n"
        left = order.encode()
        while left:
            left = left[os.write(self._orders, left) :]
        self._told.readline()  # it does


def _serve(orders: int, telling: int) -> None:
    """Serve what is ordered until nobody orders any more, and leave without a trace of the parent."""
    try:
        with Web() as web, os.fdopen(orders) as lines:
            os.write(telling, f"{web.port}\n".encode())
            for line in lines:
                order = json.loads(line)
                web.says(order["path"], order["feed"], content_type="application/rss+xml; charset=utf-8")
                os.write(telling, b"done\n")
    finally:
        os._exit(0)
