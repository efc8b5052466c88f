"""`crisisbot feed ...` and `crisisbot add https://...` against a real server, as people type them."""

from __future__ import annotations

import html
import json
import signal
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.feeding import duration, feed_lines
from corpus.database import sqlite_url
from corpus.feeds import EntryCounts, Feed, FeedId, Feeds
from corpus.store import Corpus
from tests.fakes.web import Web

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result

    from tests.fakes.command_line import CommandLine

STORY = (
    "A zebra named Marty escaped from the zoo of Karaganda on Friday, and nobody knows how it got out. "
    "It was seen near the railway station in the evening, said a spokesman of the zoo to reporters."
)
PAGE = (
    "<html><head><title>Zebra at large</title>"
    '<link rel="alternate" type="application/rss+xml" href="/feed"></head>'
    f"<body><article><h1>Zebra at large</h1><p>{STORY}</p></article></body></html>"
)


def feed(web: Web, *items: str) -> str:
    inside = "".join(items) or (
        f"<item><title>Zebra at large</title><link>{web.url('/zebra')}</link><guid>1</guid>"
        "<description>It is gone…</description></item>"
    )
    return f"<rss><channel><title>Zoo \x9b[31m news</title>{inside}</channel></rss>"


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        web.says("/feed", feed(web), content_type="application/rss+xml")
        web.says("/zebra", PAGE)
        yield web


class Terminal:
    """The command line of somebody who trusts that server, and has no other articles."""

    def __init__(self, commands: CommandLine, web: Web) -> None:
        self.commands = commands
        self.environment = {"CRISISBOT_FETCH_TRUSTED": web.place, "CRISISBOT_BUNDLED": "0"}

    def types(self, *words: str) -> Result:
        return self.commands.types(*words, **self.environment)

    def says(self, *words: str) -> str:
        return self.commands.says(*words, **self.environment)

    def titles(self) -> list[str]:
        with closing(Corpus.open(sqlite_url(self.commands.data / "corpus.sqlite"))) as corpus:
            return [revision.title for revision in corpus.articles()]


@pytest.fixture
def terminal(nothing_yet: CommandLine, web: Web) -> Terminal:
    return Terminal(nothing_yet, web)


def test_a_feed_is_added_polled_listed_and_removed_and_its_articles_stay(
    terminal: Terminal, web: Web
) -> None:
    url = web.url("/feed")
    added = terminal.says("feed", "add", url, "--every", "2h", "--source", "The Herald", "--language", "en")
    assert added == (
        "added feed 1: The Herald, 1 entries, every 2h\n"
        "a running bot polls it; without one, `crisisbot feed poll` does\n"
    )
    assert terminal.says("feed", "poll") == "feed 1 (The Herald): 1 added\n"
    assert terminal.says("feed", "poll") == (
        "no feed is due; name one to poll it now: crisisbot feed poll ID\n"
    )
    assert terminal.says("feed", "poll", "1", url) == "feed 1 (The Herald): nothing new\n"
    lines = terminal.says("feed", "list").splitlines()
    assert lines[0] == f"   1  The Herald  {url}"
    assert lines[1].startswith("      every 2h, last read 20")
    assert lines[1].endswith(" UTC; 1 entries are articles")
    assert terminal.titles() == ["Zebra at large"]
    assert terminal.says("feed", "remove", url) == "removed feed 1: The Herald; its articles stay\n"
    assert terminal.says("feed", "list") == "no feeds; `crisisbot feed add URL` adds one\n"
    assert terminal.titles() == ["Zebra at large"]


def test_the_feed_of_a_page_is_found_and_adding_it_again_changes_it(terminal: Terminal, web: Web) -> None:
    added = terminal.says("feed", "add", web.url("/zebra"))
    assert f"its address is {web.url('/feed')}\n" in added
    assert "every 5m\n" in added
    assert terminal.says("feed", "add", web.url("/feed"), "--every", "90s").startswith("changed feed 1: ")
    told = json.loads(terminal.says("feed", "list", "--json"))
    assert told["every_seconds"] == 90
    assert (told["url"], told["stopped"], told["checked_at"]) == (web.url("/feed"), False, None)
    assert told["entries"] == {"read": 0, "waiting": 0, "given_up": 0, "astray": 0}


def test_what_is_not_stated_of_a_feed_again_stays_and_what_changes_is_said(
    terminal: Terminal, web: Web
) -> None:
    url = web.url("/feed")
    terminal.says("feed", "add", url, "--source", "My Source", "--language", "en", "--every", "1m")
    again = terminal.says("feed", "add", url).splitlines()[0]
    assert again == "unchanged feed 1: My Source, 1 entries, every 1m"
    changed = terminal.says("feed", "add", url, "--source", "Orda", "--every", "2h").splitlines()[0]
    assert changed == (
        "changed feed 1: Orda, 1 entries, every 2h; its source was My Source before, it was every 1m before"
    )
    told = json.loads(terminal.says("feed", "list", "--json"))
    assert (told["stated"], told["every_seconds"]) == ({"source": "Orda", "language": "en"}, 7200)
    back = terminal.says("feed", "add", url, "--source", "").splitlines()[0]
    assert back.endswith("every 2h; its source was Orda before")
    assert json.loads(terminal.says("feed", "list", "--json"))["stated"] == {"language": "en"}


def test_what_is_wrong_with_a_feed_and_its_entries_is_shown(terminal: Terminal, web: Web) -> None:
    item = f"<item><title>Gone</title><link>{web.url('/gone')}</link></item>"
    web.says("/feed", feed(web, item), content_type="text/xml")
    terminal.says("feed", "add", web.url("/feed"), "--source", "Zoo")
    polled = terminal.types("feed", "poll")
    assert (polled.exit_code, polled.stdout) == (1, "feed 1 (Zoo): 1 entries not read\n")
    assert terminal.says("feed", "poll", "1") == "feed 1 (Zoo): nothing new\n"  # it waits for its next try
    listed = terminal.says("feed", "list")
    assert "0 entries are articles, 1 will be tried again, 0 were given up" in listed
    assert "      tried again: 1 because 127.0.0.1: it has no such page (404)\n" in listed
    web.fails("/feed", 500)
    result = terminal.types("feed", "poll", "1")
    assert result.exit_code == 1
    assert result.stdout == "feed 1 (Zoo) cannot be read: 127.0.0.1: it answers that it is broken (500)\n"
    assert "problem: 127.0.0.1: it answers that it is broken (500)\n" in terminal.says("feed", "list")


def test_a_feed_that_another_process_polls_is_a_failure_only_if_it_was_named(
    terminal: Terminal, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.says("feed", "add", web.url("/feed"), "--source", "Zoo")
    with closing(Corpus.open(sqlite_url(terminal.commands.data / "corpus.sqlite"))) as corpus:
        assert corpus.feeds.claim(FeedId(1), datetime.now(UTC)) is not None
    monkeypatch.setattr(Feeds, "due", lambda *_: [FeedId(1)])  # as it was a moment before
    said = "feed 1 is polled by another process just now\n"
    assert terminal.says("feed", "poll") == said
    named = terminal.types("feed", "poll", "1")
    assert (named.exit_code, named.stdout) == (1, said)


def test_names_of_feeds_command_no_terminal(terminal: Terminal, web: Web) -> None:
    for words in (("feed", "add", web.url("/feed")), ("feed", "poll"), ("feed", "list")):
        assert "\x9b" not in terminal.says(*words)
    assert "Zoo" in terminal.says("feed", "list")


@pytest.mark.parametrize(
    "words, code, reason",
    [
        (("add", "/zebra/none"), 1, "it has no such page (404)"),
        (("add", "ftp://example.org/feed"), 1, "crisisbot: "),
        (("add", "/feed", "--every", "5"), 2, "'5' is no time from 10s to 7d, such as 30s, 5m or 2h"),
        (("add", "/feed", "--every", "9s"), 2, "'9s' is no time from 10s to 7d"),
        (("remove", "7"), 2, "there is no feed 7; `crisisbot feed list` shows those there are"),
        (("poll", "7"), 2, "there is no feed 7"),
        (("poll", "7", "--follow"), 2, "there is no feed 7"),
    ],
)
def test_what_cannot_be_done_is_said(
    terminal: Terminal, web: Web, words: tuple[str, ...], code: int, reason: str
) -> None:
    terminal.commands.begins()
    result = terminal.types("feed", *(web.url(word) if word.startswith("/") else word for word in words))
    assert result.exit_code == code
    assert reason in result.stderr


def test_nothing_private_is_fetched_that_nobody_trusts(nothing_yet: CommandLine, web: Web) -> None:
    result = nothing_yet.types("feed", "add", web.url("/feed"), CRISISBOT_BUNDLED="0")
    assert result.exit_code == 1
    assert f"whoever runs the bot can trust {web.place} by CRISISBOT_FETCH_TRUSTED" in result.stderr
    assert web.requests == []


def test_a_page_is_added_by_its_address_beside_files(terminal: Terminal, web: Web) -> None:
    file = terminal.commands.data.parent / "a.txt"
    file.write_text("A lion was seen in Almaty, said its mayor.", encoding="utf-8")
    result = terminal.types("add", f"{web.url('/zebra')}?utm_source=x", str(file), web.url("/none"))
    assert result.exit_code == 1
    assert result.stdout == "2 added, 1 not read\n"
    reason = f"crisisbot: {web.url('/none')}: 127.0.0.1: it has no such page (404)\n"
    assert result.stderr == f"crisisbot: a new corpus begins in {terminal.commands.data}\n{reason}"
    assert sorted(terminal.titles()) == ["A lion was seen in Almaty, said its mayor.", "Zebra at large"]
    assert terminal.says("add", web.url("/zebra"), "--source", "The Herald") == "1 revised\n"


def test_what_is_stated_of_a_page_stands_and_its_address_may_be_another(terminal: Terminal, web: Web) -> None:
    address = "https://example.org/zebra"
    terminal.says("add", web.url("/zebra"), "--url", address, "--title", "Marty", "--published", "2022-01-05")
    page = terminal.says("articles", "show", "1")
    assert f"url:        {address}\n" in page
    assert "published:  2022-01-05\n" in page
    assert "Marty" in page
    result = terminal.types("add", web.url("/zebra"), web.url("/none"), "--url", address)
    assert result.exit_code == 2
    assert "--url is the address of one article, so give one file or one page" in result.stderr


def test_a_removed_page_that_comes_back_keeps_what_was_stated_of_it(terminal: Terminal, web: Web) -> None:
    terminal.says("add", web.url("/zebra"), "--source", "Orda", "--published", "2026-10-01")
    terminal.says("articles", "remove", "1")
    assert terminal.says("add", web.url("/zebra")) == "1 restored\n"
    article = json.loads(terminal.says("articles", "list", "--json"))
    assert (article["source"], article["published"]) == ("Orda", "2026-10-01")


def test_each_reason_of_a_few_stands_with_its_number_and_those_left_are_counted() -> None:
    why = tuple((f"reason {number}", 9 - number) for number in range(5))
    counts = EntryCounts(2, waiting=35, given_up=1, why_waiting=why, why_given_up=(("no \x1b[2Jaddress", 1),))
    at = datetime(2022, 1, 5, tzinfo=UTC)
    one = Feed(FeedId(1), "http://a.example", None, {}, 60, at, None, None, None, 0, None, None)
    assert feed_lines(one, counts).splitlines()[1:] == [
        "      every 1m, not read yet; 2 entries are articles, 35 will be tried again, 1 were given up",
        "      tried again: 9 because reason 0; 8 because reason 1; 7 because reason 2; 11 for other reasons",
        "      given up: 1 because no  [2Jaddress",
    ]


@pytest.mark.slow
def test_feeds_are_followed_until_a_signal(terminal: Terminal, web: Web) -> None:
    whole = html.escape("".join(f"<p>Part {part}: {STORY}</p>" for part in range(8)))
    item = f"<item><title>Zebra</title><link>{web.url('/z')}</link><description>{whole}</description></item>"
    web.says("/feed", feed(web, item), content_type="text/xml")
    terminal.says("feed", "add", web.url("/feed"), "--source", "Zoo")
    process = terminal.commands.starts("feed", "poll", "--follow", **terminal.environment)
    try:
        patience_ends = time.monotonic() + 60
        while not terminal.titles() and time.monotonic() < patience_ends:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (process.returncode, out) == (0, "")
    assert "polling 1 feeds" in err
    assert "feed 1 (Zoo): 1 added" in err
    assert "ended by a signal" in err
    assert terminal.titles() == ["Zebra"]


@pytest.mark.parametrize(
    "seconds, written", [(90, "90s"), (300, "5m"), (7200, "2h"), (86_400, "1d"), (5400, "90m")]
)
def test_spans_of_time_are_written_as_people_write_them(seconds: int, written: str) -> None:
    assert duration(seconds) == written
