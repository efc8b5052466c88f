"""Taking: from an entry of a feed to its stored article, or to its short text where no more can be had."""

from dataclasses import dataclass, replace

from corpus.feeds import KnownEntry
from corpus.fetching import Fetcher
from corpus.sources.arrivals import Arrival, Origin, read_entry, read_short
from corpus.sources.beginnings import refuse_beginning
from corpus.sources.entries import Entry
from corpus.store import Change, Corpus
from corpus.urls import canonical

#: How articles came to us that are a feed's short contents; others are those of their pages.
SHORT = "feed alone"


@dataclass(frozen=True, slots=True)
class Taken:
    """The key under which an article is stored, what that changed, and how it came."""

    key: str
    change: Change
    arrival: Arrival


def take(
    corpus: Corpus, fetcher: Fetcher, entry: Entry, *, before: KnownEntry | None, origin: Origin, kind: str
) -> Taken:
    """Store what an entry is about: in place of its short text, wherever its page says that it is.

    Raises:
        FetchFailed: its page cannot be had.
        InvalidArticle: there is no article in it, it seems to be another one, or is but the beginning.
    """
    arrival = read_entry(fetcher, entry, origin)
    key = _place(corpus, arrival.article.key, entry, before)
    stored = corpus.find(key)
    if arrival.page is not None and stored is not None:
        refuse_beginning(arrival.article.text, stored.text)
    return _put(corpus, replace(arrival, article=replace(arrival.article, key=key, obtained=kind)))


def take_short(corpus: Corpus, entry: Entry, *, before: KnownEntry | None, origin: Origin) -> Taken | None:
    """Store a short content, unless there is more than that already: it may be but a beginning."""
    article = read_short(entry, origin)
    if article is None:
        return None
    article = replace(article, key=_place(corpus, article.key, entry, before), obtained=SHORT)
    known = corpus.find(article.key)
    if known is not None and known.obtained != SHORT:
        return None
    return _put(corpus, Arrival(article))


def _place(corpus: Corpus, key: str, entry: Entry, before: KnownEntry | None) -> str:
    """Return where an article is stored: in place of its short text, or else where it says that it is.

    What somebody took away stays away, wherever a page says by now that it is.
    """
    known, address = before and before.article_key, entry.url and canonical(entry.url)
    short = corpus.find(known) if known and known != key else None
    if known and short is not None and short.obtained == SHORT:
        return known
    others = [other for other in (known, address) if other and other != key]
    return next((other for other in others if corpus.removed_because(other) is not None), key)


def _put(corpus: Corpus, arrival: Arrival) -> Taken:
    key = arrival.article.key
    change = corpus.put(arrival.article)
    # A purged article has another key, which does not tell what it was.
    return Taken(corpus.stored_key(key) if change is Change.STAYS_REMOVED else key, change, arrival)
