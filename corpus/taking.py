"""Taking: from an entry of a feed to its stored article, or to its short text where no more can be had."""

from dataclasses import dataclass, replace

from corpus.changes import Change
from corpus.feeds import KnownEntry
from corpus.fetching import Fetcher
from corpus.sources.arrivals import Arrival, Origin, read_entry, read_short
from corpus.sources.entries import Entry
from corpus.store import Corpus

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
        InvalidArticle: there is no article in it, or it seems to be another one.
    """
    arrival = read_entry(fetcher, entry, origin)
    key = before.article_key if before else None
    short = corpus.find(key) if key and key != arrival.article.key else None
    is_in_its_place = short is not None and short.obtained == SHORT
    article = replace(arrival.article, obtained=kind)
    return _put(
        corpus, replace(arrival, article=replace(article, key=key) if is_in_its_place and key else article)
    )


def take_short(corpus: Corpus, entry: Entry, origin: Origin) -> Taken | None:
    """Store a short content, unless there is more than that already: it may be but a beginning."""
    article = read_short(entry, origin)
    if article is None:
        return None
    known = corpus.find(article.key)
    if known is not None and known.obtained != SHORT:
        return None
    return _put(corpus, Arrival(replace(article, obtained=SHORT)))


def _put(corpus: Corpus, arrival: Arrival) -> Taken:
    key = arrival.article.key
    change = corpus.put(arrival.article)
    # A purged article has another key, which does not tell what it was.
    return Taken(corpus.stored_key(key) if change is Change.STAYS_REMOVED else key, change, arrival)
