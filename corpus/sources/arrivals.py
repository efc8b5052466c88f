"""Arrivals: from an entry of a feed to its article: what the feed holds of it, or else its page."""

import re
from collections.abc import Mapping
from dataclasses import replace

from corpus.articles import Article
from corpus.errors import InvalidArticle
from corpus.fetching import Fetcher
from corpus.sources.entries import Entry
from corpus.sources.pages import read_page

#: Letters of a word that stay the same in all its forms, mostly.
_STEM = 5
_WORD = re.compile(r"[^\W\d_]{4,}")


def read_entry(fetcher: Fetcher, entry: Entry, *, source: str, stated: Mapping[str, str]) -> Article:
    """Make an article of what a feed holds, if that is all of it, and of the entry's page otherwise.

    Args:
        fetcher: the way to the web.
        entry: what the feed says.
        source: who publishes it, unless the entry or `stated` says otherwise.
        stated: fields that hold for all articles of the feed.

    Raises:
        FetchFailed: the page cannot be had.
        InvalidArticle: there is no article in it, or it seems to be another one.
    """
    text = entry.whole_text()
    if text is None and entry.url is None:
        text = entry.short_text()
        if text is None:
            raise InvalidArticle("the entry has neither an address nor a whole text")
    if text is not None:
        return entry.article(text, key=f"feed:{entry.name}", source=source, stated=stated)
    return _read_its_page(fetcher, entry, source=source, stated=stated)


def read_short(entry: Entry, *, source: str, stated: Mapping[str, str]) -> Article | None:
    """Make an article of a short content where its page cannot be had; None where there is no whole one.

    A summary is never taken for the article: it leaves out what an answer may hang on.
    """
    text = entry.short_text()
    try:
        return entry.article(text, key=f"feed:{entry.name}", source=source, stated=stated) if text else None
    except InvalidArticle:
        return None


def _read_its_page(fetcher: Fetcher, entry: Entry, *, source: str, stated: Mapping[str, str]) -> Article:
    told = {field: value for field, value in entry.facts().items() if field not in {"url", "title"}}
    article = read_page(fetcher, entry.url or "", stated={"source": source, **told, **stated}, uninvited=True)
    if entry.title and not _share_a_word(entry.title, f"{article.title} {article.text}"):
        raise InvalidArticle("its page says nothing of what was announced; it may ask to sign in or to pay")
    return replace(
        article,
        title=stated.get("title") or entry.title or article.title,
        published=article.published or entry.updated,
        obtained="feed",
    )


def _share_a_word(title: str, text: str) -> bool:
    """Say whether a page may be the one that was announced; a wall in front of it has none of its words."""
    announced = {word[:_STEM].lower() for word in _WORD.findall(title)}
    return not announced or not announced.isdisjoint(word[:_STEM].lower() for word in _WORD.findall(text))
