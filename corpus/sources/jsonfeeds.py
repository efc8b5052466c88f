"""JSON feeds (https://www.jsonfeed.org/version/1.1/) to entries; pure."""

import json
import re
from collections.abc import Mapping

from corpus.errors import UnreadableSource
from corpus.sources.dates import read_date
from corpus.sources.entries import Entry, one_each
from corpus.sources.parsed import (
    MOST_ENTRIES,
    MOST_SIGNS,
    ParsedFeed,
    as_html,
    joined,
    line_of,
    refuse_too_many,
)

JSON_FEED = "jsonfeed.org/version/1"

#: NUL and halves of surrogate pairs, which JSON can spell; no database stores them.
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def read_json_feed(text: str, url: str) -> ParsedFeed:
    """Read a JSON Feed.

    Raises:
        UnreadableSource: it is none, or has more than feeds have.
    """
    refuse_too_many("values", sum(map(text.count, "[{,")), MOST_SIGNS)
    try:
        feed = json.loads(text, parse_int=str)  # numbers are of no use but as ids, and may be too long
    except (ValueError, RecursionError) as error:
        raise UnreadableSource(f"it is no JSON ({error})") from error
    version = feed.get("version") if isinstance(feed, dict) else None
    items = feed.get("items") if isinstance(feed, dict) else None
    if isinstance(items, list):
        refuse_too_many("entries", len(items), MOST_ENTRIES)
    if not isinstance(items, list) or JSON_FEED not in str(version):
        raise UnreadableSource(f"it is JSON, but no JSON Feed: no `items`, or no version {JSON_FEED}")
    read = [_json_entry(item, url) for item in items if isinstance(item, dict)]
    entries = tuple(one_each(entry for entry in read if entry is not None))
    return ParsedFeed(
        line_of(_string(feed, "title")), entries, broken=len(items) - len(read) + read.count(None)
    )


def _json_entry(item: Mapping[str, object], url: str) -> Entry | None:
    link = _string(item, "url") or _string(item, "external_url")
    whole = joined(url, link) if link else None
    id_ = _string(item, "id")
    if id_ is None and whole is None:
        return None
    written = _string(item, "content_text")
    return Entry(
        id=id_ or whole or "",
        url=whole,
        title=line_of(_string(item, "title")),
        published=read_date(item.get("date_published")),
        updated=read_date(item.get("date_modified")),
        author=_json_authors(item),
        content=_string(item, "content_html") or (as_html(written) if written else None),
        summary=as_html(summary) if (summary := _string(item, "summary")) else None,
    )


def _json_authors(item: Mapping[str, object]) -> str | None:
    authors = item.get("authors")
    listed = authors if isinstance(authors, list) else [item.get("author")]
    return line_of(
        ", ".join(name for one in listed if isinstance(one, dict) and (name := _string(one, "name")))
    )


def _string(values: Mapping[str, object], field: str) -> str | None:
    value = values.get(field)
    return _UNSTORABLE.sub("", value).strip() or None if isinstance(value, str) else None
