"""Arrivals: from an entry of a feed to its article: what the feed holds of it, or else its page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from corpus.articles import Article
from corpus.errors import InvalidArticle
from corpus.fetching import Fetcher
from corpus.sites import are_kin, host_of
from corpus.sources.entries import Entry
from corpus.sources.fragments import text_of
from corpus.sources.pages import Page, visit_page
from corpus.sources.walls import is_announced

#: Characters of a summary that are compared with a page.
_BEGINNING = 5_000


@dataclass(frozen=True, slots=True)
class Origin:
    """What announces articles: `source` publishes them, `stated` holds for all of them.

    `named` is the feed's address as somebody gave it, `url` that of the very document, after all redirects.
    `key` identifies the article of an entry without an address.
    """

    source: str
    stated: Mapping[str, str]
    named: str
    url: str
    key: str = ""

    def speaks_for(self, entry: Entry) -> bool:
        """Say whether an article is its own: anybody may write anything about the address of another site."""
        host = host_of(entry.url)
        return entry.url is None or any(are_kin(host, host_of(ours)) for ours in (self.named, self.url))


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article, and the page that was read for it; None where the feed held it."""

    article: Article
    page: Page | None = None


def read_entry(fetcher: Fetcher, entry: Entry, origin: Origin) -> Arrival:
    """Make an article of what a feed holds, if that is all of it, and of the entry's page otherwise.

    Raises:
        FetchFailed: the page cannot be had.
        InvalidArticle: there is no article in it, or it seems to be another one.
    """
    text = entry.whole_text() if origin.speaks_for(entry) else None
    if text is None and entry.url is None:
        text = entry.short_text()
        if text is None:
            raise InvalidArticle("the entry has neither an address nor a whole text")
    if text is not None:
        return Arrival(_of_feed(entry, text, origin))
    page = visit_page(fetcher, entry.url or "", stated=_facts(entry, origin), named_by=origin.url)
    if page is None:  # it says so only to who knows it
        raise InvalidArticle("its server says that it is what it was, and was not asked that")
    return Arrival(_announced(page.article, entry, origin), page)


def read_again(
    fetcher: Fetcher, entry: Entry, origin: Origin, *, etag: str | None, last_modified: str | None
) -> Page | None:
    """Read an entry's page again; None where it is what it was.

    Raises:
        FetchFailed: the page cannot be had.
        InvalidArticle: there is no article in it, or it seems to be another one.
    """
    page = visit_page(
        fetcher,
        entry.url or "",
        stated=_facts(entry, origin),
        named_by=origin.url,
        etag=etag,
        last_modified=last_modified,
    )
    if page is not None:
        _announced(page.article, entry, origin)
    return page


def read_short(entry: Entry, origin: Origin) -> Article | None:
    """Make an article of a short content where its page cannot be had; None where there is no whole one.

    A summary is never taken for the article: it leaves out what an answer may hang on.
    """
    text = entry.short_text() if origin.speaks_for(entry) else None
    try:
        return _of_feed(entry, text, origin) if text else None
    except InvalidArticle:
        return None


def _of_feed(entry: Entry, text: str, origin: Origin) -> Article:
    return entry.article(text, key=origin.key, source=origin.source, stated=origin.stated)


def _facts(entry: Entry, origin: Origin) -> Mapping[str, object]:
    """Return what holds of an article whatever its page says."""
    told = {field: value for field, value in entry.facts().items() if field not in {"url", "title"}}
    facts = {"source": origin.source, **told} if origin.speaks_for(entry) else {}
    return {**facts, **origin.stated}


def _announced(article: Article, entry: Entry, origin: Origin) -> Article:
    """Return the article of a page with what its feed knows better, if it is the one that was announced."""
    summary = text_of((entry.summary or entry.content or "")[:_BEGINNING])
    if not is_announced(article.text, title=entry.title, summary=summary):
        raise InvalidArticle("its page says nothing of what was announced; it may ask to sign in or to pay")
    # Of its own articles a feed knows best; of those of others it tells what their pages do not.
    title = entry.title if origin.speaks_for(entry) else None
    return replace(
        article,
        title=origin.stated.get("title") or title or article.title,
        author=article.author or entry.author,
        published=article.published or entry.published or entry.updated,
        obtained="feed",
    )
