"""A corpus and a site with a feed, for tests of polling."""

from __future__ import annotations

import html
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from corpus.polling import Poll, Ways, poll_feed
from tests.fakes.passing import BEGINNING, Passing

if TYPE_CHECKING:
    from corpus.feeds import Feed
    from corpus.fetching import Fetcher
    from corpus.store import Corpus
    from tests.fakes.web import Web

PAGE_TEXT = (
    "Drivers blocked the road to Zhanaozen on the second of January because gas costs more. "
    "The police of Almaty did not intervene, and by the evening hundreds of people had come to the square."
)


def whole(number: int, *, price: int = 60) -> str:
    """A content that is long enough to be the article."""
    return "".join(
        f"<p>Report {number}, part {part}: gas costs {price} tenge in Almaty.</p>" for part in range(15)
    )


@dataclass(frozen=True)
class Item:
    """What a feed says of one article."""

    number: int
    content: str = ""
    summary: str = "Gas costs more…"
    minutes: int = 0
    guid: str = ""

    def written(self, web: Web) -> str:
        at = (BEGINNING - timedelta(minutes=self.minutes)).strftime("%a, %d %b %Y %H:%M:%S +0000")
        return (
            f"<item><title>Gas in Almaty {self.number}</title><link>{web.url(f'/news/{self.number}')}</link>"
            f"<guid>{self.guid or self.number}</guid><pubDate>{at}</pubDate>"
            "<author>a@b.c (A. Reporter)</author>"
            f"<description>{html.escape(self.summary)}</description>"
            f"<content:encoded>{html.escape(self.content)}</content:encoded></item>"
        )


@dataclass
class Place:
    """A corpus, a feed of a server, and the time."""

    corpus: Corpus
    web: Web
    fetcher: Fetcher
    passing: Passing = field(default_factory=Passing)

    @property
    def ways(self) -> Ways:
        return Ways(self.fetcher, now=self.passing.now, chance=lambda: 0.5)

    @property
    def feed(self) -> Feed:
        return self.corpus.feeds.all()[0]

    def has(self, *items: Item, etag: str = "", at: str = "/feed") -> None:
        """Let the server's feed say this."""
        inside = "".join(item.written(self.web) for item in items)
        self.web.says(
            at,
            '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
            f"<title>Orda</title>{inside}</channel></rss>",
            content_type="application/rss+xml; charset=utf-8",
            headers={"ETag": etag} if etag else {},
        )

    def has_pages(self, *numbers: int) -> None:
        for number in numbers:
            self.web.says(f"/news/{number}", page(number))

    def follow(self, path: str = "/feed", **stated: str) -> Feed:
        feed, _ = self.corpus.feeds.add(
            self.web.url(path), title=None, stated=stated, every_s=300, now=self.passing.now()
        )
        return feed

    def poll(self, **ways: object) -> Poll:
        poll = poll_feed(self.corpus, self.feed.id, replace(self.ways, **ways))  # type: ignore[arg-type]
        assert poll is not None
        return poll

    def asked(self) -> list[str]:
        """Which pages were asked for since the last call; robots.txt aside."""
        paths = [path for path in self.web.paths if path != "/robots.txt"]
        self.web.requests.clear()
        return paths

    def titles(self) -> list[str]:
        return [revision.title for revision in self.corpus.articles()]


def page(number: int, text: str = PAGE_TEXT) -> str:
    return (
        f"<html><head><title>Page {number}</title></head><body><nav><a href='/'>Home</a></nav>"
        f"<article><h1>Gas in Almaty {number}</h1><p>{text}</p></article></body></html>"
    )
