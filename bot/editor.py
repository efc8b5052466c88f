"""Editor: what admins and approved channels do to the articles. Knows nothing of Telegram.

Methods take seconds at worst, but for pages, and may be called from many threads. Done twice, each leaves the
articles as if it was done once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.articles import Article, ArticleId, Revision
from corpus.changes import Change
from corpus.errors import FetchFailed, InvalidArticle, UnknownArticle, UnknownFeed, UnreadableSource
from corpus.feeds import EntryCounts, Feed, FeedId
from corpus.passages import split
from corpus.sources.attachments import Attachment, parse_attachment
from corpus.sources.files import Rejected
from corpus.sources.formats import RawArticle
from corpus.sources.posts import Post, Publisher, parse_post
from corpus.store import Corpus

if TYPE_CHECKING:
    from corpus.fetching import Fetcher
    from corpus.subscribing import Subscription

#: Why articles were removed, for the record.
WITHDRAWN = "the channel took its words out"
BY_AN_ADMIN = "removed through Telegram"


@dataclass(frozen=True, slots=True)
class Stored:
    """An article that was taken: what that changed, what it says now, and in how many sentences."""

    change: Change
    revision: Revision
    sentences: int


#: What became of something that was to be an article.
Outcome = Stored | Rejected


class Editor:
    """Stores and removes articles; the index follows by itself."""

    def __init__(self, corpus: Corpus, fetcher: "Fetcher") -> None:
        self._corpus = corpus
        self._fetcher = fetcher

    def follow(self, channel_id: int, post: Post) -> Change | None:
        """Store what an approved channel published or edited; None where there is nothing to store.

        A post without words (any more) is withdrawn, and is back when it has some again; one that somebody
        removed stays removed. What it passes on from another channel that we follow is that one's matter.
        """
        if not self._corpus.channels.is_approved(channel_id):
            return None
        is_its_own = post.publisher is not None and post.publisher.id == channel_id
        if not is_its_own and self._known_from_channel(post):
            return None
        try:
            article = parse_post(post)
        except InvalidArticle:
            return self._withdraw(post.key) if is_its_own else None
        was_withdrawn = self._corpus.removed_because(post.key) == WITHDRAWN
        return self._corpus.put(article, restore=was_withdrawn)

    def take_post(self, post: Post, stated: RawArticle) -> Outcome:
        """Store a post that an admin passed on, and of which some fields may be stated."""
        try:
            article = parse_post(post, stated)
        except InvalidArticle as error:
            return Rejected("", str(error))
        return self._known_from_channel(post) or self._take(article)

    def take_attachment(
        self, attachment: Attachment, *, stated: RawArticle, otherwise: RawArticle
    ) -> list[Outcome]:
        """Store the articles of a file, whose caption states some fields of theirs."""
        found = parse_attachment(attachment, stated=stated, otherwise=otherwise, known=self._corpus.last_said)
        return [one if isinstance(one, Rejected) else self._take(one) for one in found]

    def take_page(self, url: str, stated: RawArticle) -> Outcome:
        """Fetch a page and store its article, of which some fields may be stated."""
        from corpus.sources.pages import read_page  # noqa: PLC0415 (not needed for most commands)

        try:
            return self._take(read_page(self._fetcher, url, stated=stated, known=self._corpus.last_said))
        except (InvalidArticle, FetchFailed, UnreadableSource) as error:
            return Rejected(url, str(error))

    def remove(self, article_id: ArticleId, *, because: str = BY_AN_ADMIN) -> Revision | None:
        """Take an article out of all answers; None where there is none (any more)."""
        try:
            return self._corpus.remove(article_id, because=because)
        except UnknownArticle:
            return None

    def approve(self, channel: Publisher) -> bool:
        """Let a channel's posts become articles from now on; return whether that is new."""
        return self._corpus.channels.approve(channel)

    def dismiss(self, channel_id: int) -> bool:
        """Ignore a channel's later posts; return whether they were not ignored."""
        return self._corpus.channels.dismiss(channel_id)

    def channels(self) -> list[Publisher]:
        """Return the approved channels."""
        return self._corpus.channels.all()

    def add_feed(self, url: str) -> "Subscription | Rejected":
        """Follow a feed, or that of a page; one that is followed already is left as it is."""
        from corpus.subscribing import Subscription, subscribe  # noqa: PLC0415 (as above)

        try:
            known = self._corpus.feeds.find(url)
        except UnknownFeed:
            known = None
        if known is not None and not known.is_stopped:
            return Subscription(known, before=known, entries=0)
        try:
            return subscribe(self._corpus, self._fetcher, url)
        except (FetchFailed, UnreadableSource) as error:
            return Rejected(url, str(error))

    def remove_feed(self, name: str) -> Feed | None:
        """Follow a feed no more, named by its number or its address; None where there is none such."""
        try:
            return self._corpus.feeds.remove(self._corpus.feeds.find(name).id)
        except UnknownFeed:
            return None

    def feeds(self) -> tuple[list[Feed], Mapping[FeedId, EntryCounts]]:
        """Return all feeds, and what became of their entries."""
        return self._corpus.feeds.all(), self._corpus.feeds.counts()

    def _known_from_channel(self, post: Post) -> Stored | None:
        """Find a post that we follow ourselves: a copy of it may be older than its last edit."""
        if post.publisher is None or not self._corpus.channels.is_approved(post.publisher.id):
            return None
        known = self._corpus.find(post.key)
        return _stored(Change.UNCHANGED, known) if known else None

    def _withdraw(self, key: str) -> Change | None:
        known = self._corpus.find(key)
        if known is None or self.remove(known.article_id, because=WITHDRAWN) is None:
            return None
        return Change.REMOVED

    def _take(self, article: Article) -> Outcome:
        """Store an article that an admin named; so it comes back if it was removed."""
        change = self._corpus.put(article, restore=True)
        known = self._corpus.find(article.key)
        return _stored(change, known) if known else Rejected(article.title, "it was removed just now")


def _stored(change: Change, revision: Revision) -> Stored:
    return Stored(change, revision, len(split(revision.text, revision.language)))
