"""Parsed: what was read of a feed, whatever its kind, within its limits; pure."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urljoin

from corpus.articles import LONGEST_LINE, Published
from corpus.errors import UnreadableSource
from corpus.sources.entries import Entry

#: Its entries: as many as a sitemap may name (https://www.sitemaps.org/protocol.html).
MOST_ENTRIES = 50_000

#: Signs by which its elements, attributes and values begin: each takes a hundred bytes or more when read.
MOST_SIGNS = 1_000_000

#: What a feed says of one article, or of a sitemap.
Said = TypeVar("Said")


@dataclass(frozen=True, slots=True)
class Child:
    """A sitemap that an index of sitemaps names."""

    url: str
    modified: Published | None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What a feed says now, in its order. An index of sitemaps has `children` in place of entries."""

    title: str | None
    entries: tuple[Entry, ...]
    is_sitemap: bool = False
    children: tuple[Child, ...] = ()
    broken: int = 0


def no_more(found: Iterable[Said]) -> Iterator[Said]:
    """Yield what is found, as long as that is no more than a feed has."""
    for number, one in enumerate(found, start=1):
        refuse_too_many("entries", number, MOST_ENTRIES)
        yield one


def refuse_too_many(what: str, number: int, most: int) -> None:
    """Refuse a feed that has more of something than a feed has.

    Raises:
        UnreadableSource: it has.
    """
    if number > most:
        raise UnreadableSource(f"it has more than {most:,} {what}, which is too much for a feed")


def joined(base: str, written: str) -> str | None:
    """Make an address whole, if it is one of the web."""
    try:
        whole = urljoin(base, written.strip()).replace(" ", "%20")
    except ValueError:
        return None
    return whole if is_web(whole) else None


def is_web(address: str) -> bool:
    """Say whether an address is one of the web."""
    return re.match(r"https?://[^\s/]", address, re.IGNORECASE) is not None


def as_html(text: str) -> str:
    """Write plain text as HTML, so that all contents go one way."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "".join(f"<p>{html.escape(one, quote=False).replace(chr(10), '<br>')}</p>" for one in paragraphs)


def line_of(text: str | None) -> str | None:
    """Return one line, or None where there is none or it is no line but a text."""
    line = " ".join((text or "").split())
    return line if line and len(line) <= LONGEST_LINE else None
