"""Pages: one page of the web to one article; and what the head of a page says of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from corpus.articles import Article, Published, is_address
from corpus.errors import InvalidArticle
from corpus.fetching import NOT_MODIFIED, Fetched, Fetcher
from corpus.sources.dates import read_date
from corpus.sources.files import Known, nothing_known
from corpus.sources.formats import PARSERS, Found
from corpus.sources.limited import parse_limited
from corpus.sources.linkeddata import published_in
from corpus.sources.trees import Element
from corpus.urls import canonical

#: Which media types are read, and how; those whose parser is there.
_PARSED_AS = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "application/pdf": ".pdf",
}
PAGE_KINDS = frozenset(kind for kind, suffix in _PARSED_AS.items() if suffix in PARSERS)
HTML_KINDS = frozenset({"text/html", "application/xhtml+xml"})

#: Bytes of one page; PDFs of reports have some.
LARGEST_PAGE = 20_000_000

#: Seconds in which a page is read, or else it is made to do harm; most take a tenth of one.
PAGE_S = 20.0

FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})

#: What `meta` calls the moment of publication, the surest first.
_META_DATES = (
    *("article:published_time", "og:article:published_time", "datepublished", "article:published"),
    *("parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "publish-date", "publishdate"),
    *("pubdate", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date", "date"),
)
_PUBLISHED_CLASS = re.compile(r"publish|entry-date|post-date", re.IGNORECASE)

#: Encodings that servers name when nobody told them which.
_SERVERS_OWN = frozenset({"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii", "windows-1252"})

#: A query that tells one article of a site from another: ?id=5, ?p=5, ?news_id=5.
_TELLS_APART = re.compile(r"(?:^|&)(?:[^=&]*id|p|n|a|news|article)=[^&]*\d", re.IGNORECASE)
#: Last parts of paths that are the same article in another layout.
_LAYOUTS = re.compile(r"/(?:amp|print|mobile|index\.(?:html?|php))/?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """An article as its page tells it, and what the server calls the page as it is now."""

    article: Article
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says of itself: `published` with the zone that it names, addresses made whole."""

    published: Published | None = None
    canonical: str | None = None
    feeds: tuple[str, ...] = ()


def read_page(
    fetcher: Fetcher,
    url: str,
    *,
    stated: Mapping[str, object] | None = None,
    known: Known = nothing_known,
    uninvited: bool = False,
    named_by: str | None = None,
) -> Article:
    """Fetch a page and make an article of it.

    Args:
        fetcher: the way to the web.
        url: where the page is.
        stated: fields that hold whatever the page says, such as `source`.
        known: what is known of an article by its key, such as `Corpus.last_said`. One that is known keeps its
            source, for sites call themselves one thing and another, and its day where the page says none.
        uninvited: nobody named this very page, so what the site asks of robots decides.
        named_by: where the document is that names it; None, if a person does.

    Raises:
        FetchFailed: it cannot be had; FetchRefused, where trying again will not help.
        InvalidArticle: there is no article in it.
        UnreadableSource: what it holds cannot be read on this machine.
    """
    fetched = fetcher.fetch(
        url, kinds=PAGE_KINDS, uninvited=uninvited, named_by=named_by, largest=LARGEST_PAGE
    )
    article = _article(fetched, url, stated or {})
    return article.keeping(known(article.key), names_source="source" in (stated or {}))


def visit_page(
    fetcher: Fetcher,
    url: str,
    *,
    stated: Mapping[str, object],
    named_by: str,
    etag: str | None = None,
    last_modified: str | None = None,
) -> Page | None:
    """Fetch a page that a document names and make an article of it; None where it is what it was.

    Args:
        fetcher: the way to the web.
        url: where the page is.
        stated: fields that hold whatever the page says.
        named_by: where the document is.
        etag: of what was read the last time.
        last_modified: the same, for servers without ETags.

    Raises:
        FetchFailed: it cannot be had; FetchRefused, where trying again will not help.
        InvalidArticle: there is no article in it.
        UnreadableSource: what it holds cannot be read on this machine.
    """
    fetched = fetcher.fetch(
        url,
        kinds=PAGE_KINDS,
        uninvited=True,
        named_by=named_by,
        largest=LARGEST_PAGE,
        etag=etag,
        last_modified=last_modified,
    )
    if fetched.status == NOT_MODIFIED:
        return None
    return Page(_article(fetched, url, stated), fetched.etag, fetched.last_modified)


def content_of(fetched: Fetched) -> bytes:
    """Return the content with text in UTF-8, where the server says which encoding it has."""
    try:
        fetched.content.decode()
    except UnicodeDecodeError:
        pass
    else:
        return fetched.content
    named = fetched.charset
    if named is None or (named in _SERVERS_OWN and b"charset" in fetched.content[:1024].lower()):
        return fetched.content
    try:
        return fetched.content.decode(named).encode()
    except (UnicodeError, LookupError):
        return fetched.content  # the page itself may name another, or is refused


def feeds_named(fetched: Fetched) -> tuple[str, ...]:
    """Return the addresses of the feeds that a page names, the surest first.

    Raises:
        InvalidArticle: the page is made to do harm.
    """
    read = parse_limited(
        "corpus.sources.webpage", "parse_feeds", content_of(fetched), fetched.url, deadline_s=PAGE_S
    )
    feeds = read["feeds"]
    return tuple(map(str, feeds)) if isinstance(feeds, list) else ()


def read_head(page: str, url: str) -> Head:
    """Read what a page says of itself beside its text; `url` is where it is. In a limited process only."""
    from lxml import html  # noqa: PLC0415 (not needed for most commands)
    from lxml.etree import ParserError  # noqa: PLC0415

    try:
        root = html.document_fromstring(
            page.encode(), parser=html.HTMLParser(encoding="utf-8", no_network=True)
        )
    except ParserError:
        return Head()
    base = next((one.get("href", "") for one in root.iter("base")), "")
    links = list(_links(root, _joined(url, base) or url))
    own = next((address for rel, _, address in links if "canonical" in rel), None)
    feeds = [address for rel, kind, address in links if "alternate" in rel and kind in FEED_TYPES]
    return Head(
        published=_published(root),
        canonical=own if own and is_address(own) and _is_own(own, url) else None,
        # Comments come after articles, and a feed of them names itself.
        feeds=tuple(sorted(dict.fromkeys(feeds), key=lambda address: "comment" in address.lower())),
    )


def _article(fetched: Fetched, url: str, stated: Mapping[str, object]) -> Article:
    host = urlsplit(fetched.url).hostname or ""
    if _is_front(urlsplit(fetched.url)) and not _is_front(urlsplit(url)):
        raise InvalidArticle(f"{host}: it leads to the front page, and no longer to an article")
    try:
        raw = _raw(fetched)
    except InvalidArticle as error:
        raise InvalidArticle(f"{host}: {error}") from error
    fields = {"url": fetched.url, **{name: value for name, value in raw.items() if value}, **stated}
    return Article.parse(fields, key=canonical(fetched.url), obtained="page", source=host)


def _raw(fetched: Fetched) -> Mapping[str, object]:
    suffix = _PARSED_AS[fetched.content_type]
    if suffix == ".html":
        return parse_limited(
            "corpus.sources.webpage", "parse_page", content_of(fetched), fetched.url, deadline_s=PAGE_S
        )
    (found,) = PARSERS[suffix](content_of(fetched) if suffix != ".pdf" else fetched.content)
    if not isinstance(found, Found):
        raise InvalidArticle(found.reason)
    return found.raw


def _links(root: Element, base: str) -> Iterator[tuple[str, str, str]]:
    """Yield rel, type and address of all links in the head."""
    for link in root.iter("link"):
        address = _joined(base, link.get("href", ""))
        if address:
            yield link.get("rel", "").lower(), link.get("type", "").lower(), address


def _joined(base: str, address: str) -> str | None:
    try:
        whole = urljoin(base, address.strip())
        return whole if address.strip() and urlsplit(whole).scheme in {"http", "https"} else None
    except ValueError:
        return None


def _is_own(named: str, url: str) -> bool:
    """Say whether a page may call itself so: on its own host, and not as another page or many pages.

    Sites that name one address on all their pages exist; all their articles would become one.
    """
    theirs, ours = urlsplit(named), urlsplit(url)
    if _host(theirs) != _host(ours) or _is_front(theirs):
        return False
    shorter = _LAYOUTS.sub("", ours.path).rstrip("/")
    is_section = shorter.startswith(f"{theirs.path.rstrip('/')}/")
    loses_number = bool(_TELLS_APART.search(ours.query)) and not theirs.query and theirs.path == ours.path
    return not is_section and not loses_number


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").removeprefix("www.")


def _is_front(parts: SplitResult) -> bool:
    return parts.path in {"", "/"} and not parts.query


def _published(root: Element) -> Published | None:
    """Find when a page was published: what it tells machines stands before what it shows."""
    for written in (*published_in(root), *_meta_dates(root), *_times(root)):
        if (date := read_date(written)) is not None:
            return date
    return None


def _meta_dates(root: Element) -> list[str]:
    found: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("property") or meta.get("itemprop") or meta.get("name") or "").lower()
        found.setdefault(name, meta.get("content") or "")
    return [found[name] for name in _META_DATES if name in found]


def _times(root: Element) -> list[str]:
    """Return the moment that is marked as the publication's, or the only one; others are of other news."""
    times = [one for one in root.iter("time") if one.get("datetime")]
    marked = [
        one.get("datetime")
        for one in times
        if one.get("itemprop", "").lower() == "datepublished"
        or one.get("pubdate") is not None
        or _PUBLISHED_CLASS.search(one.get("class", ""))
    ]
    different = {one.get("datetime") for one in times}
    return marked[:1] or (list(different) if len(different) == 1 else [])
