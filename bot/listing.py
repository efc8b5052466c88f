"""Listing: articles as lines, pages and JSON for the command line; pure."""

import textwrap
from datetime import datetime
from typing import Any

from bot.answer_json import json_line
from bot.visible import visible
from corpus.articles import Revision
from corpus.history import History


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


def removed_line(history: History) -> str:
    """Write a removed article on one line: when, whether nothing of it is left, what it was, and why."""
    [last] = history.revisions
    what = "(purged)" if history.purged_at else visible(last.title)
    day = f"{history.removed_at:%Y-%m-%d}" if history.removed_at else ""
    return f"{history.article_id:>5}  {day:<10}  {what}: {visible(history.removed_because or '')}"


def removed_json_line(history: History) -> str:
    """Write what is known of a removed article as one line of JSON."""
    [last] = history.revisions
    return json_line(
        {
            **article_json(last),
            "removed_at": _moment(history.removed_at),
            "removed_because": history.removed_because,
            "purged_at": _moment(history.purged_at),
        }
    )


def history_lines(history: History) -> list[str]:
    """Write an article's revisions, one a line, and what became of it."""
    lines = []
    for one in history.revisions:
        until = _minute(one.superseded_at) or "now"
        lines.append(f"{one.number:>5}  {_minute(one.seen_at)} - {until:<16}  {visible(one.title)}".rstrip())
    if history.removed_at:
        lines.append(f"removed {_minute(history.removed_at)}: {visible(history.removed_because or '')}")
    if history.purged_at:
        lines.append(f"purged {_minute(history.purged_at)}: nothing that it said is left")
    return lines


def article_page(revision: Revision) -> str:
    """Write an article out, with what is known of it above."""
    known = {field: value for field, value in article_json(revision).items() if value is not None}
    head = [f"{field + ':':<12}{visible(str(value))}" for field, value in known.items()]
    body = [textwrap.fill(visible(line), 100) for line in revision.text.splitlines()]
    return "\n".join([*head, "", *body])


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
