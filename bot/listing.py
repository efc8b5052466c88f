"""Listing: articles as lines, pages and JSON for the command line; pure."""

import textwrap
from typing import Any

from bot.answer_json import json_line
from bot.visible import visible
from corpus.articles import Revision


def article_line(revision: Revision) -> str:
    """Write an article on one line."""
    published = revision.published.isoformat()[:10] if revision.published else "undated"
    title, source = visible(revision.title), visible(revision.source)
    return f"{revision.article_id:>5}  {published:<10}  {revision.language:<3}  {source[:24]:<24}  {title}"


def article_json(revision: Revision) -> dict[str, Any]:
    """Return what is known of an article, but for its text."""
    return {
        "id": revision.article_id,
        "revision": revision.number,
        "title": revision.title,
        "source": revision.source,
        "author": revision.author,
        "url": revision.url,
        "published": revision.published.isoformat() if revision.published else None,
        "language": str(revision.language),
        "obtained": revision.obtained,
        "seen_at": revision.seen_at.isoformat(timespec="seconds"),
        "characters": len(revision.text),
    }


def article_json_line(revision: Revision) -> str:
    """Write what is known of an article as one line of JSON."""
    return json_line(article_json(revision))


def article_page(revision: Revision) -> str:
    """Write an article out, with what is known of it above."""
    known = {field: value for field, value in article_json(revision).items() if value is not None}
    head = [f"{field + ':':<12}{visible(str(value))}" for field, value in known.items()]
    body = [textwrap.fill(visible(line), 100) for line in revision.text.splitlines()]
    return "\n".join([*head, "", *body])
