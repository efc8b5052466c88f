"""Feeds are polled while the bot runs, and that ends when the bot does."""

from __future__ import annotations

import html
import logging
import threading
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.feeding import poll_until
from corpus.database import sqlite_url
from corpus.fetching import Fetcher
from corpus.sources.feeds import parse_feed
from corpus.store import Corpus
from tests.fakes.web import Web

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from corpus.sources.parsed import ParsedFeed

WHOLE = "".join(f"<p>Part {part} of a report on the price of gas in Almaty.</p>" for part in range(20))
FEED = (
    "<rss><channel><title>Orda</title><item><title>Gas</title><link>/1</link>"
    f"<description>{html.escape(WHOLE)}</description></item></channel></rss>"
)


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        web.says("/feed", FEED, content_type="text/xml")
        yield web


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    with closing(Corpus.open(sqlite_url(tmp_path / "corpus.sqlite"))) as corpus:
        yield corpus


def follow(corpus: Corpus, url: str) -> None:
    corpus.feeds.add(url, title=None, stated={}, every_s=300, now=datetime.now(UTC))


def until(is_so: Callable[[], object], within: float = 20) -> None:
    patience_ends = time.monotonic() + within
    while not is_so():
        assert time.monotonic() < patience_ends
        time.sleep(0.01)


@contextmanager
def polling(corpus: Corpus, web: Web) -> Iterator[None]:
    """Poll as the bot's child process does, until the end of the block."""
    stop = threading.Event()
    fetcher = Fetcher(trusted={web.place, f"localhost:{web.port}"})
    thread = threading.Thread(target=poll_until, args=(corpus, fetcher, stop), kwargs={"every_s": 0.01})
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def test_a_running_bot_polls_what_is_due(corpus: Corpus, web: Web) -> None:
    follow(corpus, web.url("/feed"))
    with polling(corpus, web):
        until(corpus.articles)
        follow(corpus, web.url("/feed?second"))  # the same articles, and a feed more to ask for
        until(lambda: "/feed?second" in web.paths)
    assert [revision.title for revision in corpus.articles()] == ["Gas"]


def test_when_the_bot_ends_a_feed_that_comes_slowly_is_broken_off_and_has_not_failed(
    corpus: Corpus, web: Web
) -> None:
    web.drips("/feed", b" " * 10_000)
    follow(corpus, web.url("/feed"))
    with polling(corpus, web):
        until(lambda: web.paths == ["/feed"])
        began = time.monotonic()
    until(lambda: corpus.feeds.all()[0].claimed_until is None)
    assert time.monotonic() - began < 10
    assert corpus.feeds.all()[0].failures == 0


def test_what_nobody_foresaw_is_logged_and_the_bot_goes_on(
    corpus: Corpus, web: Web, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fails = iter([ZeroDivisionError("unforeseen")])

    def parse_or_fail(content: bytes, content_type: str, url: str) -> ParsedFeed:
        for error in fails:
            raise error
        return parse_feed(content, content_type, url)

    monkeypatch.setattr("corpus.asking.parse_feed", parse_or_fail)
    follow(corpus, web.url("/feed"))
    with caplog.at_level(logging.ERROR), polling(corpus, web):
        until(lambda: "unforeseen" in caplog.text)
        follow(corpus, web.url("/feed?second"))
        until(corpus.articles)
    assert "ZeroDivisionError: unforeseen" in caplog.text


def test_a_feed_that_is_slow_holds_up_no_other(corpus: Corpus, web: Web) -> None:
    web.hangs("/slow")
    follow(corpus, web.url("/slow", host="localhost"))  # a site is asked for one thing at a time
    with polling(corpus, web):
        until(lambda: "/slow" in web.paths)
        follow(corpus, web.url("/feed"))
        until(corpus.articles, within=10)
        assert corpus.feeds.all()[0].claimed_until is not None  # the slow one is being polled still
    assert web.paths.count("/slow") == 1
