"""Linked data: what a page tells machines of its article in JSON-LD (https://schema.org/NewsArticle)."""

import json
import re
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urljoin

from corpus.sources.fragments import text_of
from corpus.sources.trees import Element
from corpus.urls import canonical

#: Elements of all JSON-LD of a page that are looked at.
MOST_NODES = 2_000

#: Characters of an article that are read from there.
LONGEST_BODY = 1_000_000

#: The share of the words of a headline and a title, the numbers being equal, that makes both one.
SAME_TITLE = 0.8

#: Characters of a title that are looked at.
LONGEST_TITLE = 1_000

#: Words of what a page shows that stand in no other article.
ENOUGH_SHOWN = 5

#: What stands between a headline and the name of a site.
_BETWEEN = re.compile(r"\s+[-–—|·•:/]+\s+")
_WORD = re.compile(r"\w+")

# "a<b and the pressure > 3 bar" is no tag.
_TAG = re.compile(
    r"<!--|</?(?:a|abbr|address|article|aside|b|blockquote|br|cite|code|del|div|em|figcaption|figure|font"
    r"|footer|h[1-6]|header|hr|i|iframe|img|ins|li|mark|ol|p|picture|pre|q|s|script|section|small|span|strike"
    r"|strong|style|sub|sup|table|tbody|td|th|thead|tr|u|ul|video)"
    r"(?:\s+[\w:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+))*\s*/?>",
    re.IGNORECASE,
)
_ARTICLE_TYPE = re.compile(r"(?:Article|Posting|Report)$")


def published_in(root: Element) -> Iterator[object]:
    """Yield when the first article of each script was published, as it says it."""
    for articles in _articles(root):
        yield from [node["datePublished"] for node in articles if "datePublished" in node][:1]


@dataclass(frozen=True, slots=True)
class Told:
    """An article as a page tells it: perhaps the page's own, perhaps another one that it points to."""

    headline: str
    text: str
    addresses: tuple[str, ...]

    def is_of(self, *, titles: Collection[str], shown: str, addresses: Collection[str]) -> bool:
        """Say whether it surely is a page's own, by what that is called, what it shows, and where it is."""
        ours = {_place(address) for address in addresses} - {None}
        return (
            any(_is_title(self.headline, title) for title in titles)
            or any(_place(own, base) in ours for base in addresses for own in self.addresses)
            or _stands_in(shown, self.text)
        )


def told_in(root: Element) -> Iterator[Told]:
    """Yield the articles whose text is told for nothing."""
    for node in chain.from_iterable(_articles(root)):
        body, headline = node.get("articleBody"), node.get("headline")
        is_free = str(node.get("isAccessibleForFree", True)).lower() != "false"
        if isinstance(body, str) and len(body) <= LONGEST_BODY and is_free and (text := _words_of(body)):
            yield Told(headline if isinstance(headline, str) else "", text, tuple(_addresses(node)))


def _words_of(body: str) -> str:
    """Return what a body says: some are HTML, though they should not be."""
    return text_of(body if _TAG.search(body) else body.replace("<", "&lt;"))


def _addresses(node: Mapping[str, object]) -> Iterator[str]:
    """Yield where an article says that it is."""
    page = node.get("mainEntityOfPage")
    for one in (node, page if isinstance(page, dict) else {"url": page}):
        yield from (str(one[name]) for name in ("url", "@id") if isinstance(one.get(name), str))


def _place(address: str, base: str = "") -> str | None:
    """Return what is the same in all addresses of a page; None where it is no address."""
    try:
        whole = urljoin(base, address.strip())
    except ValueError:
        return None
    _, _, place = canonical(whole).rstrip("/").partition("://")
    return place.removeprefix("www.") or None


def _is_title(headline: str, title: str) -> bool:
    """Say whether a title is a headline in nearly the same words, perhaps with the name of a site."""
    ours = set(_said(headline))
    parts = _BETWEEN.split(title[:LONGEST_TITLE])
    some = chain.from_iterable((parts[: end + 1], parts[end:]) for end in range(len(parts)))
    return any(_are_alike(ours, set(_said(" ".join(one)))) for one in some)


def _are_alike(some: set[str], others: set[str]) -> bool:
    differ = some ^ others
    is_near = len(some & others) >= SAME_TITLE * len(some | others)
    return bool(some) and is_near and not any(word.isdigit() for word in differ)


def _stands_in(shown: str, text: str) -> bool:
    words = _said(shown)
    return len(words) >= ENOUGH_SHOWN and f" {' '.join(words)} " in f" {' '.join(_said(text))} "


def _said(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("ё", "е"))


def _articles(root: Element) -> Iterator[list[Mapping[str, object]]]:
    """Yield what each script of a page says of articles, outer ones first; broken scripts are left out."""
    for script in root.iter("script"):
        if script.get("type", "").strip().lower() != "application/ld+json":
            continue
        try:
            yield [node for node in _nodes(json.loads(script.text or "", strict=False)) if _is_article(node)]
        except (ValueError, RecursionError):
            continue


def _nodes(data: object) -> Iterator[Mapping[str, object]]:
    """Yield the objects of JSON-LD, outer ones first."""
    waiting, seen = deque([data]), 0
    while waiting and seen < MOST_NODES:
        node = waiting.popleft()
        seen += 1
        if isinstance(node, dict):
            yield node
            waiting += [node[name] for name in ("@graph", "mainEntity", "mainEntityOfPage") if name in node]
        elif isinstance(node, list):
            waiting += node


def _is_article(node: Mapping[str, object]) -> bool:
    types = node.get("@type")
    names = types if isinstance(types, list) else [types]
    return any(_ARTICLE_TYPE.search(str(name)) for name in names)
