"""Inventory: all articles with their numbers, by which admins remove them, page by page; pure."""

import re
from collections.abc import Sequence

from bot.messages import Messages
from bot.subscriptions import short
from bot.tree import Bold, Button, Link, Name, Node, Reply
from corpus.articles import Revision

_PAGE = re.compile(r"ls:(\d{1,6})", re.ASCII)


def inventory(found: Sequence[Revision], messages: Messages, *, page: int, more: bool) -> Reply:
    """List articles with their numbers, and buttons to the pages before and after."""
    say = messages.say
    nodes: list[Node] = [Bold(say("Latest articles")), "\n"]
    for revision in found:
        nodes += [*_line(revision, messages), "\n"]
    if not found:
        nodes += [say("That was all."), "\n"]
    nodes += ["\n", say("/remove, a number and why takes an article out of all answers.")]
    row = [Button(say("Back"), f"ls:{page - 1}")] if page else []
    row += [Button(say("More"), f"ls:{page + 1}")] if more else []
    return Reply(tuple(nodes), (tuple(row),) if row else ())


def page_of(data: str | None) -> int | None:
    """Read to which page a button leads; None for any other button."""
    found = _PAGE.fullmatch(data or "")
    return int(found[1]) if found else None


def _line(revision: Revision, messages: Messages) -> list[Node]:
    title = short(revision.title)
    return [
        f"{revision.article_id}: ",
        Link(title, revision.url) if revision.url else Name(title),
        " — ",
        Name(short(revision.source)),
        f", {messages.date(revision.published)}",
    ]
