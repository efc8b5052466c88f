"""Linked data: what a page tells machines of its article in JSON-LD (https://schema.org/NewsArticle)."""

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from itertools import chain

from corpus.sources.fragments import text_of
from corpus.sources.trees import Element

#: Elements of all JSON-LD of a page that are looked at.
MOST_NODES = 2_000

#: Characters of an article that are read from there.
LONGEST_BODY = 1_000_000

_ARTICLE_TYPE = re.compile(r"(?:Article|Posting|Report)$")


def published_in(root: Element) -> Iterator[object]:
    """Yield when the first article of each script was published, as it says it."""
    for articles in _articles(root):
        yield from [node["datePublished"] for node in articles if "datePublished" in node][:1]


def body_in(root: Element) -> tuple[str, str]:
    """Return the headline and the text of the first article that is told for nothing; "" for none."""
    for node in chain.from_iterable(_articles(root)):
        body, headline = node.get("articleBody"), node.get("headline")
        is_free = str(node.get("isAccessibleForFree", True)).lower() != "false"
        if isinstance(body, str) and len(body) <= LONGEST_BODY and is_free and (text := text_of(body)):
            return headline if isinstance(headline, str) else "", text
    return "", ""


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
