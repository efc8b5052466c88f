"""Asking: a feed of its server, unless it is as it was."""

from corpus.feeds import Feed
from corpus.fetching import NOT_MODIFIED, Fetched, Fetcher
from corpus.sources.feeds import LARGEST_FEED, parse_feed
from corpus.sources.pages import content_of
from corpus.sources.parsed import ParsedFeed

#: Media types of feeds; many servers name another one than they should, or none.
FEED_KINDS = frozenset(
    {
        *("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/xml"),
        *(
            "text/xml",
            "application/feed+json",
            "application/json",
            "text/plain",
            "text/html",
            "application/gzip",
        ),
        *("application/x-gzip", "application/octet-stream", "application/x-rss+xml", ""),
    }
)


def fetch_feed(
    fetcher: Fetcher, url: str, feed: Feed | None = None, *, named_by: str | None = None
) -> tuple[Fetched, ParsedFeed | None]:
    """Fetch and parse a feed; nothing is parsed of one that is as it was.

    Raises:
        FetchFailed: it cannot be had.
        UnreadableSource: it is no feed.
    """
    etag, last_modified = (feed.etag, feed.last_modified) if feed else (None, None)
    fetched = fetcher.fetch(
        url,
        kinds=FEED_KINDS,
        largest=LARGEST_FEED,
        etag=etag,
        last_modified=last_modified,
        named_by=named_by,
    )
    if fetched.status == NOT_MODIFIED:
        return fetched, None
    return fetched, parse_feed(content_of(fetched), fetched.content_type, fetched.url)
