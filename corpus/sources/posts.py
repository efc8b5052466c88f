"""Posts: what a channel published, or what was passed on from somewhere else, as articles; pure.

Knows no messenger's library. Of a person who wrote something in private nothing is taken but the words.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from corpus.articles import Article
from corpus.errors import InvalidArticle

#: The source of what a publisher without a name published.
NAMELESS = "Telegram"

#: What private channels' ids begin with, and their links leave out.
_PRIVATE = "-100"

_WORD = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Publisher:
    """A channel, or a group in whose own name was written; `username` is that of a public one."""

    id: int
    title: str
    username: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """One message that was published.

    Without a `publisher` a person wrote it: that is no news, unless somebody states who published it.
    `number` is the message's id at its publisher, where that is known, `author` the signature that a channel
    shows under it.
    """

    text: str
    published: datetime
    publisher: Publisher | None = None
    number: int | None = None
    author: str | None = None

    @property
    def key(self) -> str:
        """What identifies the post across its edits, and however it came to us."""
        if self.publisher is not None and self.number is not None:
            return f"telegram:{self.publisher.id}:{self.number}"
        said = f"{self.published.astimezone(UTC).isoformat()}\x1f{self.text}"
        return f"telegram-forward:{hashlib.sha256(said.encode(errors='replace')).hexdigest()}"

    @property
    def url(self) -> str | None:
        """Where the post can be read: by everybody, or by those who are in a private channel."""
        if self.publisher is None or self.number is None:
            return None
        if self.publisher.username:
            return f"https://t.me/{self.publisher.username}/{self.number}"
        chat = str(self.publisher.id)
        return (
            f"https://t.me/c/{chat.removeprefix(_PRIVATE)}/{self.number}"
            if chat.startswith(_PRIVATE)
            else None
        )


def has_words(text: str) -> bool:
    """Say whether there is anything to read in a text."""
    return _WORD.search(text) is not None


def parse_post(post: Post, stated: Mapping[str, object] | None = None) -> Article:
    """Make an article out of a post, its text as it is; `stated` fields hold whatever the post says.

    Raises:
        InvalidArticle: when there are no words in it.
    """
    if not has_words(post.text):
        raise InvalidArticle("text: there are no words in it")
    article = Article.parse(
        {
            "text": post.text,
            "source": post.publisher.title if post.publisher else None,
            "author": post.author,
            "url": post.url,
            # When a person wrote to another is neither news nor anybody's business.
            "published": post.published.astimezone(UTC) if post.publisher else None,
            **(stated or {}),
        },
        key=post.key,
        obtained="telegram",
        source=NAMELESS,
    )
    # Not by its own address: that changes when a channel takes another name, or none.
    return article if stated and stated.get("url") else replace(article, key=post.key)
