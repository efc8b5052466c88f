"""Entries: what a feed or sitemap says about one article, and whether that is the article itself; pure."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from corpus.articles import Article, Published
from corpus.sentences import has_sentence
from corpus.sources.asides import without_asides
from corpus.sources.fragments import gist, text_of
from corpus.urls import canonical

#: Characters from which on a content that is not cut off is the whole article: a page would add nothing.
WHOLE_CONTENT = 500
#: The same of a description, which is meant for a summary; those of news feeds have a few hundred.
WHOLE_SUMMARY = 1_000

#: Tags of a content that is read; each takes some hundred bytes meanwhile.
MOST_TAGS = 100_000

#: How a text ends that goes on elsewhere.
_CUT = re.compile(r"(?:…|\.\.\.)[\s\])»”\"]*$")
_GOES_ON = re.compile(
    r"\W*(?:read (?:more|on|the (?:full|rest|whole))|continue reading|learn more|full (?:story|article)|"
    r"(?:see|view) more|читать|читайте|подробнее|далее|продолжение|полный текст|"
    r"толығырақ|толық|жалғасы|әрі қарай)\b",
    re.IGNORECASE,
)
#: Characters of a last line that only says where the text goes on.
_LAST_LINE = 80

#: Characters of a title by which an entry is called.
LONGEST_CALLED = 80


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `content` and `summary` are HTML; `also` stands for other entries about the same address.

    Where it `only_announces` its page, its words are those that we had of it, whatever their length.
    """

    id: str
    url: str | None = None
    title: str | None = None
    published: Published | None = None
    updated: Published | None = None
    author: str | None = None
    source: str | None = None
    content: str | None = None
    summary: str | None = None
    also: str = ""
    only_announces: bool = False

    @property
    def name(self) -> str:
        """What tells it from others: its address, since ids change with every export; its id without one."""
        return _name(self.url or f"id:{self.id}")

    @property
    def called(self) -> str:
        """What people call it: its address, or else its title; as it may stand in a log."""
        return canonical(self.url) if self.url else repr((self.title or self.id)[:LONGEST_CALLED])

    @property
    def digest(self) -> str:
        """SHA-256 of all that it says; without markup, in which feeds count clicks and comments."""
        told = (self.title, self.published, self.updated, self.author, self.source, self.also)
        return _hash(*(str(one or "") for one in told), gist(self.content or ""), gist(self.summary or ""))

    def whole_text(self) -> str | None:
        """Return the article's text, where the entry surely holds all of it."""
        if self.only_announces:
            return None
        for markup, enough in ((self.content, WHOLE_CONTENT), (self.summary, WHOLE_SUMMARY)):
            if markup and len(markup) >= enough and markup.count("<") <= MOST_TAGS:
                text = _told(markup)
                if len(text) >= enough and not is_cut(text):
                    return text
        return None

    def short_text(self) -> str | None:
        """Return the text that is called the content, however short, unless it is cut off or no sentence.

        What stands where a summary does is never it: a teaser may leave out the very word that counts.
        """
        content = self.content or ""
        text = _told(content) if content.count("<") <= MOST_TAGS else ""
        return text if has_sentence(text) and not is_cut(text) else None

    def article(self, text: str, *, key: str, source: str, stated: Mapping[str, object]) -> Article:
        """Make an article of a text that the feed held.

        Raises:
            InvalidArticle: naming the field and what is wrong with it.
        """
        raw = {**self.facts(), "text": text, "published": self.published or self.updated, **stated}
        return Article.parse(raw, key=key, obtained="feed", source=source)

    def facts(self) -> dict[str, object]:
        """Return what it says about the article that stands above what the article's page says."""
        facts = {
            "title": self.title,
            "published": self.published,
            "author": self.author,
            "source": self.source,
            "url": self.url,
        }
        return {field: value for field, value in facts.items() if value is not None}


def is_cut(text: str) -> bool:
    """Say whether a text goes on elsewhere."""
    text = text.rstrip()
    last = text.rpartition("\n")[2]
    ending = last[-_LAST_LINE:] if len(last) > _LAST_LINE else last
    sentence = re.split(r"[.!?]\s", ending)[-1]
    return bool(_CUT.search(text) or _GOES_ON.match(sentence))


def _told(markup: str) -> str:
    """Return the text of an article without what stands between its lines; "" where it goes on elsewhere."""
    text = text_of(markup)
    points_elsewhere = ":" not in text.rpartition("\n")[2]  # else to another article
    return "" if points_elsewhere and is_cut(text) else without_asides(text)


def one_each(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield one entry for each article, the first; where several differ, none holds all of it."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.name, []).append(entry)
    for first, *others in groups.values():
        if any((other.content, other.summary) != (first.content, first.summary) for other in others):
            also = _hash(*sorted(entry.digest for entry in (first, *others)))
            yield replace(first, content=None, summary=None, also=also)
        else:
            yield first


@lru_cache(maxsize=50_000)
def _name(told_apart_by: str) -> str:
    """Name an entry; asked for several times for each entry of a poll, of which there may be 10,000."""
    return _hash(canonical(told_apart_by))


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode(errors="replace")).hexdigest()
