"""Subscribing: from an address that somebody gave to a feed that is polled."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from corpus.asking import FEED_KINDS
from corpus.errors import FetchFailed, InvalidArticle, UnreadableSource
from corpus.feeds import Feed
from corpus.fetching import Fetched, Fetcher
from corpus.sources.feeds import LARGEST_FEED, parse_feed
from corpus.sources.pages import HTML_KINDS, content_of, feeds_named
from corpus.sources.parsed import ParsedFeed
from corpus.store import Corpus
from corpus.urls import canonical

#: Seconds between two polls of a feed of which nobody says how often.
EVERY_S = 300

#: Feeds that a page names and that are tried.
FEEDS_TRIED = 5


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed that is polled now, what it was before (None: it is new), and its entries just now."""

    feed: Feed
    before: Feed | None
    entries: int

    @property
    def is_new(self) -> bool:
        """Say whether nobody followed it before."""
        return self.before is None


def subscribe(
    corpus: Corpus,
    fetcher: Fetcher,
    url: str,
    *,
    stated: Mapping[str, str] | None = None,
    every_s: int | None = None,
    now: datetime | None = None,
) -> Subscription:
    """Keep a feed, a news sitemap or the feed of a page, after a look at it.

    What is not stated of one that is followed already stays as it was; "" takes back what was stated.

    Raises:
        FetchFailed: it cannot be had.
        UnreadableSource: it is no feed, and names none.
    """
    address, parsed = find_feed(fetcher, url)
    followed = {canonical(feed.url): feed for feed in corpus.feeds.all()}
    before = followed.get(canonical(address))
    told = {**(before.stated if before else {}), **(stated or {})}
    feed, _ = corpus.feeds.add(
        before.url if before else address,
        title=parsed.title,
        stated={name: value for name, value in told.items() if value},
        every_s=every_s or (before.every_s if before else EVERY_S),
        now=now or datetime.now(UTC),
    )
    return Subscription(feed, before, len(parsed.entries) + len(parsed.children))


def find_feed(fetcher: Fetcher, url: str) -> tuple[str, ParsedFeed]:
    """Return the feed at an address, or the first one that the page there names; with its own address.

    Raises:
        FetchFailed: it cannot be had.
        UnreadableSource: it is no feed, and names none.
    """
    fetched = fetcher.fetch(url, kinds=FEED_KINDS, largest=LARGEST_FEED)
    try:
        return url, _parsed(fetched)
    except UnreadableSource as error:
        problem = error
    named = _named(fetched)
    for address in named[:FEEDS_TRIED]:
        try:
            found = fetcher.fetch(address, kinds=FEED_KINDS, largest=LARGEST_FEED, named_by=fetched.url)
            return address, _parsed(found)
        except (FetchFailed, UnreadableSource) as error:
            problem = UnreadableSource(f"it names the feed {canonical(address)}, but of that: {error}")
    hint = "" if named else ", and it names no feed"
    raise UnreadableSource(f"{canonical(url)} cannot be followed: {problem}{hint}")


def _parsed(fetched: Fetched) -> ParsedFeed:
    return parse_feed(content_of(fetched), fetched.content_type, fetched.url)


def _named(fetched: Fetched) -> tuple[str, ...]:
    if fetched.content_type not in HTML_KINDS:
        return ()
    try:
        return feeds_named(fetched)
    except InvalidArticle:
        return ()
