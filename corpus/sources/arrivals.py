"""Arrivals: from an entry of a feed to its article: what the feed holds of it, or else its page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from corpus.articles import Article
from corpus.errors import InvalidArticle
from corpus.fetching import Fetcher
from corpus.sites import are_kin, host_of
from corpus.sources.entries import Entry
from corpus.sources.fragments import text_of
from corpus.sources.pages import read_page
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


def read_entry(fetcher: Fetcher, entry: Entry, origin: Origin) -> Article:
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
        return _of_feed(entry, text, origin)
    return _read_its_page(fetcher, entry, origin)


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


def _read_its_page(fetcher: Fetcher, entry: Entry, origin: Origin) -> Article:
    is_ours, stated = origin.speaks_for(entry), origin.stated
    told = {field: value for field, value in entry.facts().items() if field not in {"url", "title"}}
    facts = {"source": origin.source, **told} if is_ours else {}
    article = read_page(
        fetcher, entry.url or "", stated={**facts, **stated}, uninvited=True, named_by=origin.url
    )
    summary = text_of((entry.summary or entry.content or "")[:_BEGINNING])
    if not is_announced(article.text, title=entry.title, summary=summary):
        raise InvalidArticle("its page says nothing of what was announced; it may ask to sign in or to pay")
    # Of its own articles a feed knows best; of those of others it tells what their pages do not.
    return replace(
        article,
        title=stated.get("title") or (entry.title if is_ours else None) or article.title,
        author=article.author or entry.author,
        published=article.published or entry.published or entry.updated,
        obtained="feed",
    )
