"""Outcomes: what became of articles that admins gave, as replies; pure. And the buttons that undo it."""

import re
from collections.abc import Sequence

from bot.editor import Outcome, Stored
from bot.messages import Messages
from bot.render import language_name
from bot.subscriptions import short
from bot.tree import Bold, Button, Link, Name, Node, Reply
from corpus.articles import ArticleId, Revision
from corpus.changes import Change

#: Articles that one reply tells of, and characters of a title, a place or a reason in it.
MOST_TOLD, LONGEST_NAME = 5, 200

_REMOVE = re.compile(r"rm:(\d{1,18})", re.ASCII)


def outcomes(found: Sequence[Outcome], messages: Messages) -> Reply:
    """Tell what became of each, with a button for each article to remove it again."""
    nodes: list[Node] = []
    for one in found[:MOST_TOLD]:
        nodes += [*_outcome(one, messages), "\n\n"]
    if (left := len(found) - MOST_TOLD) > 0:
        stored = sum(isinstance(one, Stored) for one in found[MOST_TOLD:])
        nodes += [
            messages.say("And {number} more, {stored} of them stored.", number=left, stored=stored),
            "\n\n",
        ]
    return Reply(tuple(nodes[:-1]), tuple((button,) for button in _buttons(found, messages)))


def removed(revision: Revision, messages: Messages) -> Reply:
    """Tell that an article was removed."""
    gone = Bold(messages.say("Removed article {id}:", id=revision.article_id))
    return Reply(
        (gone, " ", Name(_short(revision.title)), "\n", messages.say("Add it again to bring it back."))
    )


def article_of(data: str | None) -> ArticleId | None:
    """Read which article a button removes; None for any other button."""
    found = _REMOVE.fullmatch(data or "")
    return ArticleId(int(found[1])) if found else None


def _outcome(one: Outcome, messages: Messages) -> list[Node]:
    if isinstance(one, Stored):
        return _stored(one, messages)
    place: list[Node] = [Name(_short(one.place)), ": "] if one.place else []
    return [Bold(messages.say("Not added:")), " ", *place, Name(_short(one.reason))]


def _stored(one: Stored, messages: Messages) -> list[Node]:
    revision, title = one.revision, _short(one.revision.title)
    sentences = messages.say_many("{number} sentence", "{number} sentences", one.sentences)
    told = (messages.date(revision.published), language_name(revision.language, messages), sentences)
    return [
        Bold(_change(one.change, revision.article_id, messages)),
        " ",
        Link(title, revision.url) if revision.url else Name(title),
        "\n",
        Name(_short(revision.source)),
        "; " + "; ".join(told),
    ]


def _change(change: Change, article_id: ArticleId, messages: Messages) -> str:
    say = messages.say
    if change is Change.ADDED:
        return say("Added as article {id}:", id=article_id)
    if change is Change.REVISED:
        return say("Article {id} has new words now:", id=article_id)
    if change is Change.RESTORED:
        return say("Article {id} is back:", id=article_id)
    return say("Article {id} was there already, nothing is changed:", id=article_id)


def _buttons(found: Sequence[Outcome], messages: Messages) -> list[Button]:
    ids = [one.revision.article_id for one in found[:MOST_TOLD] if isinstance(one, Stored)]
    alone = len(ids) == 1
    labels = [messages.say("Remove") if alone else messages.say("Remove {id}", id=one) for one in ids]
    return [Button(label, f"rm:{one}") for label, one in zip(labels, ids, strict=True)]


def _short(text: str) -> str:
    return short(text, LONGEST_NAME)
