"""Feeds: RSS 0.9 to 2.0, Atom, JSON Feed and news sitemaps, to entries; pure.

Our own reading over lxml, and not feedparser: see docs/decisions/0001-dependencies.md.
"""

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence

from corpus.articles import Published
from corpus.errors import InvalidArticle, UnreadableSource
from corpus.sources.dates import read_date
from corpus.sources.entries import Entry, one_each
from corpus.sources.formats import decode_page
from corpus.sources.fragments import plain
from corpus.sources.jsonfeeds import read_json_feed
from corpus.sources.parsed import (
    MOST_SIGNS,
    Child,
    ParsedFeed,
    as_html,
    is_web,
    joined,
    line_of,
    no_more,
    refuse_too_many,
)
from corpus.sources.trees import Element, children, markup_of, read_tree, short_name, signs_of, words_of

#: Bytes of a feed when it is unpacked: 2,000 whole articles.
LARGEST_FEED = 20_000_000

GZIP = b"\x1f\x8b"

_ITEMS = frozenset({"item", "entry"})
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_NAME_OF_MAILBOX = re.compile(
    r"(?:[^\s@()<>]+@[^\s@()<>]+\s*)?\(([^()]+)\)|([^<>@]*?)\s*<[^\s@<>]+@[^\s@<>]+>"
)

#: The fields of an item under their short names.
Fields = Mapping[str, Sequence[Element]]


def parse_feed(content: bytes, content_type: str, url: str) -> ParsedFeed:
    """Read a feed, news sitemap or index of sitemaps, whichever it is: many servers name the wrong type.

    Args:
        content: its bytes, also packed by gzip.
        content_type: its media type, "" if unknown.
        url: where it is, for the addresses in it.

    Raises:
        UnreadableSource: it is none of these; the message says what it seems to be.
    """
    text = _decoded(content)
    begins = text.lstrip()[:1]
    if begins == "{" or (content_type.endswith("json") and begins != "<"):
        return read_json_feed(text, url)
    refuse_too_many("elements", signs_of(text), MOST_SIGNS)
    tree = read_tree(text)
    kind = short_name(tree.root).rpartition("}")[2]
    if kind == "sitemapindex":
        found = tuple(no_more(_children_of_index(tree.root, url)))
        return ParsedFeed(None, (), is_sitemap=True, children=found, broken=tree.broken)
    read = _sitemap_entries if kind == "urlset" else _feed_entries
    entries = tuple(one_each(no_more(read(tree.root, url))))
    return ParsedFeed(_title_of(tree.root), entries, is_sitemap=kind == "urlset", broken=tree.broken)


def _decoded(content: bytes) -> str:
    try:
        return decode_page(_unpacked(content) if content.startswith(GZIP) else content)
    except InvalidArticle as error:
        raise UnreadableSource(str(error).partition(";")[0]) from error  # the rest is about files


def _unpacked(content: bytes) -> bytes:
    unpacking = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacking.decompress(content, LARGEST_FEED)
    except zlib.error as error:
        raise UnreadableSource(f"its gzip is broken ({error})") from error
    if unpacking.unconsumed_tail:
        raise UnreadableSource(f"unpacked, it has more than {LARGEST_FEED:,} bytes")
    return unpacked


# RSS and Atom


def _title_of(root: Element) -> str | None:
    for element in root.iter():
        name = short_name(element)
        if name in _ITEMS:
            return None
        if name == "title" and short_name(element.getparent()) in {"channel", "feed", "rss", "rdf:RDF"}:
            return line_of(_plain_title(element))
    return None


def _feed_entries(root: Element, url: str) -> Iterator[Entry]:
    for element in root.iter():
        if short_name(element) in _ITEMS:
            yield _entry(element, url)


def _entry(element: Element, base: str) -> Entry:
    fields: dict[str, list[Element]] = {}
    for name, child in children(element):
        fields.setdefault(name, []).append(child)
    link = _address(_link(fields), element, base)
    id_ = _first(fields, "guid", "id") or element.get(_RDF_ABOUT)
    return Entry(
        id=id_ or link or f"{_first(fields, 'title')} {_first(fields, 'pubDate', 'updated')}",
        url=link,
        title=line_of(_title(fields)),
        published=_date(
            fields, "pubDate", "published", "issued", "dcterms:issued", "dc:date", "dcterms:created"
        ),
        updated=_date(fields, "updated", "modified", "dcterms:modified"),
        author=_author(fields),
        source=_source(fields),
        content=_longest(fields, "content:encoded", "content", "xhtml:body", "body"),
        summary=_longest(fields, "description", "summary"),
    )


def _title(fields: Fields) -> str | None:
    titles = (_plain_title(one) for name in ("title", "dc:title") for one in fields.get(name, ()))
    return next(filter(None, titles), None)


def _first(fields: Fields, *names: str) -> str | None:
    for name in names:
        for element in fields.get(name, ()):
            if words := words_of(element):
                return words
    return None


def _link(fields: Fields) -> str | None:
    """Find the article's address: before services that count clicks, then the link, then a permanent id."""
    if original := _first(fields, "feedburner:origLink"):
        return original
    links = fields.get("link", ())
    pages = [one for one in links if one.get("rel", "alternate") == "alternate" and _leads_to_page(one)]
    for link in pages:
        if address := (link.get("href") or words_of(link)).strip():
            return address
    for guid in fields.get("guid", ()):
        if guid.get("isPermaLink", "true").lower() != "false" and is_web(words_of(guid)):
            return words_of(guid)
    id_ = _first(fields, "id")
    return id_ if id_ and is_web(id_) else None


def _leads_to_page(link: Element) -> bool:
    return link.get("type", "text/html") in {"text/html", "application/xhtml+xml", "text/plain"}


def _address(written: str | None, element: Element, base: str) -> str | None:
    """Make an address whole; an element's own base stands before the feed's."""
    if not written:
        return None
    return joined(joined(base, element.base or "") or base, written)


def _date(fields: Fields, *names: str) -> Published | None:
    dates = (read_date(words_of(one)) for name in names for one in fields.get(name, ()))
    return next((date for date in dates if date is not None), None)


def _author(fields: Fields) -> str | None:
    """Join the names of all authors; addresses of mail are left out."""
    names: list[str] = []
    for element in (*fields.get("dc:creator", ()), *fields.get("author", ())):
        inner = [child for name, child in children(element) if name == "name"]
        written = plain(" ".join(words_of(one) for one in (inner or [element])))
        if found := _NAME_OF_MAILBOX.fullmatch(written):
            written = (found[1] or found[2]).strip()
        if written and "@" not in written and written not in names:
            names.append(written)
    return line_of(", ".join(names))


def _source(fields: Fields) -> str | None:
    """Name who published an article that the feed only passes on."""
    for element in fields.get("source", ()):
        titles = [child for name, child in children(element) if name == "title"]
        return line_of(_plain_title(titles[0] if titles else element))
    return None


def _longest(fields: Fields, *names: str) -> str | None:
    found = [_html(one) for name in names for one in fields.get(name, ())]
    return max(found, key=len, default="") or None


def _html(element: Element) -> str:
    """Return an element's content as HTML, whatever it says it is (RFC 4287, section 4.1.3)."""
    kind, mode = element.get("type", "html").lower(), element.get("mode", "")
    is_text = kind in {"text", "text/plain"}
    if element.get("src") or mode == "base64" or not (is_text or "html" in kind):
        return ""
    if is_text and mode != "escaped" and not len(element):
        return as_html(words_of(element))
    return markup_of(element)


def _plain_title(element: Element) -> str:
    if element.get("mode") == "base64":  # Atom 0.3's; nobody writes it, but it must not be quoted
        return ""
    if element.get("type") in {"text", "text/plain"}:
        return words_of(element)
    return plain(words_of(element))


# Sitemaps (https://www.sitemaps.org/protocol.html, https://developers.google.com/search/docs/.../news-sitemap)


def _children_of_index(root: Element, url: str) -> Iterator[Child]:
    for name, sitemap in children(root):
        fields = {inner: words_of(child) for inner, child in children(sitemap)}
        address = _address(fields.get("loc"), sitemap, url)
        if name == "sitemap" and address:
            yield Child(address, read_date(fields.get("lastmod")))


def _sitemap_entries(root: Element, url: str) -> Iterator[Entry]:
    """Yield what is marked as news: a sitemap names every other page of a site, too."""
    for name, page in children(root):
        fields = dict(children(page))
        if name != "url" or "news:news" not in fields or "loc" not in fields:
            continue
        address = _address(words_of(fields["loc"]), page, url)
        told = {
            inner: words_of(child) for child in fields["news:news"].iter() if (inner := short_name(child))
        }
        if address:
            yield Entry(
                id=address,
                url=address,
                title=line_of(plain(told.get("news:title", ""))),
                published=read_date(told.get("news:publication_date")),
                updated=read_date(words_of(fields["lastmod"])) if "lastmod" in fields else None,
                source=line_of(plain(told.get("news:name", ""))),
            )
