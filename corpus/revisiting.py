"""Revisiting: the page of a young article read again, for corrections of which its feed says nothing.

A visit changes what an article says, and nothing else of it: what its page shows in its place is never taken,
and a page that is gone takes no article along.
"""

import hashlib
import logging
from dataclasses import dataclass, replace
from datetime import datetime

from corpus import deciding
from corpus.articles import Revision
from corpus.attempts import attempt, reason
from corpus.errors import CorpusError, DatabaseUnavailable
from corpus.feeds import KnownEntry
from corpus.fetching import Fetcher
from corpus.sources.arrivals import Arrival, Origin, read_again
from corpus.sources.beginnings import refuse_beginning
from corpus.sources.entries import Entry
from corpus.sources.parsed import as_html
from corpus.store import Change, Corpus
from corpus.visits import Visit

log = logging.getLogger(__name__)

#: How articles were obtained whose pages a feed may correct; what persons added by other ways is theirs.
FROM_FEEDS = frozenset({"feed", "sitemap"})


@dataclass(frozen=True, slots=True)
class Revisited:
    """An entry after a visit to its page: what that changed, and why nothing could be read."""

    entry: KnownEntry
    change: Change = Change.UNCHANGED
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """An entry of which the article is there, and may be corrected by its page."""

    key: str
    stored: Revision
    visit: Visit


def plan(before: KnownEntry | None, arrival: Arrival, change: Change, now: datetime) -> Visit | None:
    """Say when the page is visited of which an article was just made; None where none was, or it is old.

    What changed is young again: a correction is seldom the last one.
    """
    page = arrival.page
    if (
        page is None
        or change is Change.STAYS_REMOVED
        or not deciding.is_young(arrival.article.published, now)
    ):
        return None
    since = before.visit.since if before and before.visit and change is Change.UNCHANGED else now
    return Visit(
        since,
        deciding.next_visit(since, now),
        etag=page.etag,
        last_modified=page.last_modified,
        headline=_hash(page.article.title),
    )


def revisit(
    corpus: Corpus, fetcher: Fetcher, known: KnownEntry, *, origin: Origin, now: datetime
) -> Revisited:
    """Read the page of a known entry again, and store what it says now, if that is still the article.

    What was purged meanwhile is known by its hash alone, as elsewhere.
    """
    read = _revisit(corpus, fetcher, known, origin, now)
    key = known.article_key and corpus.stored_key(known.article_key)
    if key == known.article_key:
        return read
    return replace(read, entry=replace(known, article_key=key, visit=None))


def _revisit(corpus: Corpus, fetcher: Fetcher, known: KnownEntry, origin: Origin, now: datetime) -> Revisited:
    visit, key = known.visit, known.article_key
    stored = corpus.find(key) if key else None
    if visit is None or key is None or stored is None or stored.obtained not in FROM_FEEDS:
        return Revisited(replace(known, visit=visit and replace(visit, at=None)))
    done = attempt(lambda: _read(corpus, fetcher, _Known(key, stored, visit), origin, now))
    error = done.exception()
    if isinstance(error, DatabaseUnavailable):
        raise error
    if error is None:
        change, after = done.result()
        return Revisited(replace(known, visit=after), change)
    if not isinstance(error, CorpusError):
        log.error("%s cannot be read again", key, exc_info=error)
    at = deciding.visit_after(error, visit.since, now)
    return Revisited(replace(known, visit=replace(visit, at=at, problem=reason(error))), error=error)


def announced(stored: Revision, *, at: str) -> Entry:
    """Make an entry of what is stored: it announces its page as its feed did, which may name it no more."""
    return Entry(
        id=at,
        url=at,
        title=stored.title,
        published=stored.published,
        author=stored.author,
        source=stored.source,
        summary=as_html(stored.text),
        only_announces=True,
    )


def _read(
    corpus: Corpus, fetcher: Fetcher, known: _Known, origin: Origin, now: datetime
) -> tuple[Change, Visit]:
    before, visit = known.stored, known.visit
    entry = announced(before, at=before.url or known.key)
    page = read_again(fetcher, entry, origin, etag=visit.etag, last_modified=visit.last_modified)
    after = replace(visit, at=deciding.next_visit(visit.since, now), problem=None)
    if page is None:
        return Change.UNCHANGED, after
    refuse_beginning(page.article.text, before.text)
    headline = _hash(page.article.title)
    change = corpus.correct(
        replace(
            page.article,
            key=known.key,
            title=page.article.title if visit.headline not in {None, headline} else before.title,
            source=before.source,
            obtained=before.obtained,
            author=before.author,
            url=before.url,
            published=before.published,
        ),
        of=before.id,
    )
    if change is None:  # it says what somebody else stored meanwhile, which is looked at the next time
        return Change.UNCHANGED, after
    return change, replace(after, etag=page.etag, last_modified=page.last_modified, headline=headline)


def _hash(title: str) -> str:
    return hashlib.sha256(title.encode(errors="replace")).hexdigest()
