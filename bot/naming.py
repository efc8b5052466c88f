"""Naming: which pages, channels and articles a command names; pure."""

import re
from dataclasses import dataclass

from telegram import Message, MessageEntity

from corpus.articles import ArticleId

#: Pages that one command may name.
MOST_PAGES = 5

_TELEGRAM = r"(?:https?://)?(?:www\.)?(?:t|telegram)\.me/"
_CHANNEL = re.compile(rf"(?:@|{_TELEGRAM}(?:s/)?)([A-Za-z]\w{{3,31}})/?", re.ASCII)
_CHANNEL_ID = re.compile(r"-100\d{5,15}", re.ASCII)
_IN_TELEGRAM = re.compile(rf"{_TELEGRAM}.*", re.IGNORECASE)
_LINKS: list[str | None] = [MessageEntity.URL, MessageEntity.TEXT_LINK]


@dataclass(frozen=True, slots=True)
class Named:
    """What the words of a message name, each thing once, in order."""

    pages: tuple[str, ...]
    channels: tuple[str, ...]
    telegram_links: tuple[str, ...]


def named_in(message: Message) -> Named:
    """Read what a message names: addresses, also those behind its words, and channels."""
    others = map(_bare, _beside_links(message).split())
    words = dict.fromkeys([*_links(message), *(word for word in others if _names_something(word))])
    channels = [channel for word in words if (channel := channel_named(word))]
    addresses = [word for word in words if channel_named(word) is None]
    return Named(
        pages=tuple(word for word in addresses if not _IN_TELEGRAM.fullmatch(word)),
        channels=tuple(dict.fromkeys(channels)),
        telegram_links=tuple(word for word in addresses if _IN_TELEGRAM.fullmatch(word)),
    )


def channel_named(word: str) -> str | None:
    """Return a channel's @name or id, as Telegram's methods take it; None for any other word."""
    if found := _CHANNEL.fullmatch(word):
        return f"@{found[1]}"
    return word if _CHANNEL_ID.fullmatch(word) else None


def article_named(word: str) -> ArticleId | None:
    """Return an article's number; None for any other word."""
    return ArticleId(int(word)) if re.fullmatch(r"\d{1,18}", word, re.ASCII) else None


def _links(message: Message) -> list[str]:
    return [_with_scheme(entity.url or words) for entity, words in _linked(message)]


def _linked(message: Message) -> list[tuple[MessageEntity, str]]:
    """Return the links that Telegram found, in order, with the words that they stand on."""
    if not (message.text or message.caption):
        return []
    found = {**message.parse_entities(_LINKS), **message.parse_caption_entities(_LINKS)}
    return sorted(found.items(), key=lambda one: one[0].offset)


def _beside_links(message: Message) -> str:
    """Return a message's words without its links: Telegram knows where these end, and which marks follow."""
    text = bytearray((message.text or message.caption or "").encode("utf-16-le", "surrogatepass"))
    for entity, _ in _linked(message):  # whose places count halves of UTF-16's pairs
        start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
        text[start:end] = " ".encode("utf-16-le") * entity.length
    return text.decode("utf-16-le", "surrogatepass")


def _bare(word: str) -> str:
    """Take quotation marks, brackets and what ends a sentence off a word."""
    bare = word.lstrip("(«“„\"'").rstrip(".,;:!?…»”\"'")
    return bare.rstrip(").,;»") if bare.endswith(")") and "(" not in bare else bare


def _with_scheme(address: str) -> str:
    return address if re.match(r"[A-Za-z][\w+.-]*://", address) else f"https://{address}"


def _names_something(word: str) -> bool:
    return word.startswith(("http://", "https://")) or channel_named(word) is not None
