"""Subscriptions: the feeds and channels that articles come from by themselves, as replies; pure."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bot.messages import Messages
from bot.tree import Bold, Name, Node, Reply
from bot.visible import visible
from corpus.feeds import EntryCounts, Feed, FeedId
from corpus.sources.files import Rejected
from corpus.sources.posts import Publisher

if TYPE_CHECKING:
    from corpus.subscribing import Subscription

#: Feeds, and channels, that one reply names; characters of a name, an address or a reason.
MOST_NAMED, LONGEST_NAME, LONGEST_REASON = 15, 100, 300


def subscriptions(
    feeds: Sequence[Feed],
    counts: Mapping[FeedId, EntryCounts],
    channels: Sequence[Publisher],
    messages: Messages,
) -> Reply:
    """List feeds, with what became of their entries, and channels."""
    if not feeds and not channels:
        return Reply((messages.say("There are no feeds and no channels yet."), "\n", how(messages)))
    nodes: list[Node] = []
    if feeds:
        nodes += [Bold(messages.say("Feeds")), "\n"]
        for feed in feeds[:MOST_NAMED]:
            nodes += _feed(feed, counts.get(feed.id, EntryCounts()), messages)
        nodes += _left(len(feeds), messages)
    if channels:
        nodes += [Bold(messages.say("Channels")), "\n"]
        for channel in channels[:MOST_NAMED]:
            nodes += [Name(channel_name(channel)), ": ", Name(short(channel.title)), "\n"]
        nodes += _left(len(channels), messages)
    return Reply((*nodes, "\n", how(messages)))


def added(found: "Subscription | Rejected", messages: Messages) -> Reply:
    """Tell what became of a feed that was to be followed."""
    if isinstance(found, Rejected):
        return Reply((Bold(messages.say("Not added:")), " ", Name(short(found.reason, LONGEST_REASON))))
    say, feed = messages.say, found.feed
    told = say("Feed {id} is added:", id=feed.id) if found.is_new else say("Feed {id} was there:", id=feed.id)
    soon = say("Its articles come by themselves.")
    return Reply((Bold(told), " ", *_named(feed), "\n", soon))


def removed_feed(feed: Feed, messages: Messages) -> Reply:
    """Tell that a feed is followed no more."""
    told = messages.say("Feed {id} is removed, its articles stay:", id=feed.id)
    return Reply((Bold(told), " ", *_named(feed)))


def how(messages: Messages) -> str:
    """Say how feeds and channels are added and removed."""
    return messages.say(
        "/feeds add and an address adds a feed, /feeds remove and its number removes it. "
        "/add and a @channel adds a channel, /remove and the @channel removes it."
    )


def channel_name(channel: Publisher) -> str:
    """Name a channel as commands do."""
    return f"@{channel.username}" if channel.username else str(channel.id)


def short(text: str, longest: int = LONGEST_NAME) -> str:
    """Cut a name, which is no answer, to a length that fits."""
    shown = visible(text)
    return shown if len(shown) <= longest else shown[: longest - 1].rstrip() + "…"


def _feed(feed: Feed, counts: EntryCounts, messages: Messages) -> list[Node]:
    say = messages.say
    read = say("last read on {date}", date=messages.date(feed.checked_at)) if feed.checked_at else ""
    told = [
        read or say("not read yet"),
        messages.say_many("{number} article", "{number} articles", counts.read),
        *([say("{number} not read", number=unread)] if (unread := counts.waiting + counts.given_up) else []),
    ]
    problem: list[Node] = ["\n", Name(short(feed.problem))] if feed.problem else []
    return [f"{feed.id}: ", *_named(feed), "; " + "; ".join(told), *problem, "\n"]


def _named(feed: Feed) -> list[Node]:
    address: list[Node] = [", ", Name(short(feed.url))] if feed.name != feed.url else []
    return [Name(short(feed.name)), *address]


def _left(number: int, messages: Messages) -> list[Node]:
    left = number - MOST_NAMED
    return [messages.say("And {number} more.", number=left), "\n\n"] if left > 0 else ["\n"]
