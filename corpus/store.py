"""Corpus: the only door to the database. Every method is one transaction; may be used from many threads."""

from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from corpus import changes, deriving, finding, history, listing, purging, reports, writing
from corpus.articles import Article, ArticleId, Revision, RevisionId
from corpus.changes import Change, Standing, StoredChange
from corpus.channels import Channels
from corpus.copies import Copy
from corpus.database import Database
from corpus.deriving import Progress
from corpus.errors import DatabaseUnavailable
from corpus.feeds import Feeds
from corpus.history import History
from corpus.passages import Passage, Span, split
from corpus.reading import copies_of, current, last_of_key, live_passages, of_key
from corpus.schema import articles, marks, passages
from corpus.stored import (
    CorpusSummary,
    PassageId,
    PassageText,
    StoredPassage,
    passage_text,
)

__all__ = ["Change", "Corpus"]

#: Ids of passages that are fetched at once where all are.
_IDS_AT_ONCE = 10_000


def quietly(_done: int, _total: int) -> None:
    """Show no progress."""


class Corpus:
    """All articles. Open one for a process, close it at its end."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.channels = Channels(database)
        self.feeds = Feeds(database)

    @classmethod
    def open(cls, url: str) -> "Corpus":
        """Open the database at an SQLAlchemy URL, making or migrating its tables.

        Raises:
            DatabaseUnavailable: when that fails.
        """
        corpus = cls(Database.open(url))
        try:
            corpus.derive()
        except DatabaseUnavailable:
            corpus.close()
            raise
        return corpus

    def close(self) -> None:
        """Return all connections."""
        self._database.close()

    def put(
        self, article: Article, *, restore: bool = False, sentences: Sequence[Passage] | None = None
    ) -> Change:
        """Store an article, or a new revision of it; once this returns, it is not lost.

        Args:
            article: what a source yielded; its `key` says which article it is.
            restore: bring it back if it was removed, because a person asked for it by name.
            sentences: where its sentences are, if that is known already; they are told by `split` otherwise.
        """
        # Before the transaction: others may write meanwhile.
        cut = split(article.text, article.language) if sentences is None else sentences
        with self._database.changing() as connection:
            return writing.put(connection, article, cut, restore=restore)

    def correct(self, article: Article, *, of: RevisionId) -> Change | None:
        """Store what an article says now, as long as this revision of it is current; None where it is not.

        One that was removed meanwhile stays removed.
        """
        cut = split(article.text, article.language)
        with self._database.changing() as connection:
            return writing.correct(connection, article, cut, of=of)

    def remove(self, article_id: ArticleId, *, because: str) -> Revision:
        """Take an article out of all answers; its revisions stay, and no source brings it back by itself.

        Raises:
            UnknownArticle: when there is none of that id, or it is removed already.
        """
        with self._database.changing() as connection:
            return writing.remove(connection, article_id, because=because)

    def restore(self, article_id: ArticleId) -> Revision:
        """Bring a removed article back as it was, and return it.

        Raises:
            UnknownArticle: when none of that id is removed, or it was purged.
        """
        with self._database.changing() as connection:
            return writing.restore(connection, article_id)

    def purge(self, article_id: ArticleId, *, because: str) -> datetime | None:
        """Take all that an article ever said out of the database, for good, whether it is removed already.

        Doing it again cleans what the database keeps of deleted rows again, and returns when it was purged.

        Raises:
            UnknownArticle: when there is none of that id.
            DatabaseUnavailable: when it is purged, but traces of it could not be overwritten yet.
        """
        with self._database.changing() as connection:
            before = purging.purge(connection, article_id, because=because)
        self._database.scrub()
        return before

    def derive(self, progress: Progress = quietly) -> None:
        """Compute what an older version did not compute of stored articles; nothing, once that is done."""
        with self._database.reading() as connection:
            if deriving.is_derived(connection):
                return
        deriving.derive(self._database, progress)

    def recut(self, progress: Progress = quietly) -> int:
        """Cut all articles into sentences by today's rules, and return how many are cut otherwise now.

        These get a revision of the same words, so that whatever was cited of the old one keeps its place.
        """
        return deriving.recut(self._database, progress)

    def article(self, article_id: ArticleId) -> Revision:
        """Return the current revision of an article.

        Raises:
            UnknownArticle: when there is none of that id, or it is removed.
        """
        with self._database.reading() as connection:
            return current(connection, article_id)

    def find(self, key: str) -> Revision | None:
        """Return the current revision of the article with this key; None where there is none (any more)."""
        with self._database.reading() as connection:
            return of_key(connection, key)

    def last_said(self, key: str) -> Revision | None:
        """Return what the article with this key said last, also if it was removed, but not if purged."""
        with self._database.reading() as connection:
            return last_of_key(connection, key)

    def removed_because(self, key: str) -> str | None:
        """Return why the article with this key was removed; None where it was not."""
        with self._database.reading() as connection:
            keys = purging.keys_of(connection, key)
            reason: str | None = connection.scalar(
                sa.select(articles.c.removed_because).where(articles.c.key.in_(keys))
            )
            return reason

    def purged_on(self, key: str) -> datetime | None:
        """Return when the article with this key was purged; None where it was not."""
        with self._database.reading() as connection:
            return purging.purged_on(connection, key)

    def stored_key(self, key: str) -> str:
        """Return under which key an article is known that somebody calls so: a purged one has a hash."""
        with self._database.reading() as connection:
            return purging.stored_key(connection, key)

    def articles(self) -> list[Revision]:
        """Return the current revisions of all articles, earliest published first, undated ones last."""
        with self._database.reading() as connection:
            return listing.earliest_first(connection)

    def keys(self) -> dict[ArticleId, str]:
        """Return the keys of all articles that are not removed, by id."""
        statement = sa.select(articles.c.id, articles.c.key).where(articles.c.removed_at.is_(None))
        with self._database.reading() as connection:
            return {ArticleId(row.id): row.key for row in connection.execute(statement)}

    def article_ids(self) -> list[ArticleId]:
        """Return the ids of all articles that are not removed, in the order in which they came."""
        statement = sa.select(articles.c.id).where(articles.c.removed_at.is_(None)).order_by(articles.c.id)
        with self._database.reading() as connection:
            return [ArticleId(number) for number in connection.scalars(statement)]

    def latest(self, limit: int, *, skip: int = 0) -> list[Revision]:
        """Return the current revisions of the articles published last, after `skip` others; undated last."""
        with self._database.reading() as connection:
            return listing.latest(connection, limit, skip=skip)

    def sources(self) -> tuple[tuple[str, int], ...]:
        """Return the names of all sources with their numbers of articles, the largest first."""
        with self._database.reading() as connection:
            return listing.sources(connection)

    def summary(self) -> CorpusSummary:
        """Count the articles that answers can come from; `passages` is left to `passage_count`."""
        with self._database.reading() as connection:
            return listing.summary(connection)

    def passage_count(self) -> int:
        """Count the passages that answers can come from; that looks at all of them."""
        with self._database.reading() as connection:
            return connection.scalar(live_passages(sa.select(sa.func.count()))) or 0

    def history(self, article_id: ArticleId) -> History:
        """Return all that an article ever said, and what became of it, removed or not.

        Raises:
            UnknownArticle: when there is none of that id.
        """
        with self._database.reading() as connection:
            return history.of(connection, article_id)

    def copies_of(self, article_id: ArticleId) -> list[ArticleId]:
        """Return which other articles are wire copies of the same report."""
        with self._database.reading() as connection:
            return copies_of(connection, article_id)

    def removed(self) -> list[History]:
        """Return the histories of all articles that were removed, of each with its last revision only."""
        with self._database.reading() as connection:
            return history.removed(connection)

    def state(self) -> str:
        """Name the corpus's state: equal names mean that nothing changed in between."""
        with self._database.reading() as connection:
            return changes.state_at(connection, changes.newest(connection)) or "0"

    def state_at(self, change_id: int) -> str | None:
        """Name the state after a change (0: before the first one); None where that is not in this log."""
        with self._database.reading() as connection:
            return changes.state_at(connection, change_id)

    def newest_change(self) -> int:
        """Return the id of the newest change, 0 where there is none."""
        with self._database.reading() as connection:
            return changes.newest(connection)

    def changes_after(self, cursor: int, *, limit: int) -> list[StoredChange]:
        """Return up to `limit` changes that came after the one with this id (0: from the first), in order."""
        with self._database.reading() as connection:
            return changes.after(connection, cursor, limit=limit)

    def standing_of(self, article_ids: Iterable[ArticleId]) -> Standing:
        """Tell which passages of some articles can be found, and which of their former ones nowhere can.

        A purged article has none of either any more: who follows the log compares `passage_ids` then.
        """
        with self._database.reading() as connection:
            return changes.standing_of(connection, article_ids)

    def check(self) -> None:
        """Have the database check itself, where it can.

        Raises:
            DatabaseUnavailable: when it finds damage.
        """
        self._database.check()

    def mark(self, name: str) -> str | None:
        """Return a small fact that `set_mark` noted."""
        with self._database.reading() as connection:
            value: str | None = connection.scalar(sa.select(marks.c.value).where(marks.c.name == name))
            return value

    def set_mark(self, name: str, value: str) -> None:
        """Note a small fact about the whole corpus, in place of what was noted before."""
        try:
            self._set_mark(name, value)
        except IntegrityError:  # another process noted it for the first time just now
            self._set_mark(name, value)

    def passage_ids(self) -> set[PassageId]:
        """Return the ids of all passages of current revisions; `all_passage_ids` is for millions."""
        return set(map(PassageId, self.all_passage_ids()))

    def all_passage_ids(self) -> "array[int]":
        """Return the same in eight bytes each, in no order, those that stand in several places repeatedly."""
        ids = array("q")
        statement = live_passages(sa.select(passages.c.content)).execution_options(yield_per=_IDS_AT_ONCE)
        with self._database.reading() as connection:
            for some in connection.scalars(statement).partitions():
                ids.extend(some)
        return ids

    def passage_texts(self, ids: Iterable[PassageId]) -> Iterator[PassageText]:
        """Yield what is indexed of these passages, each once, in ascending order of id."""
        for some in changes.batches(sorted(ids)):
            found = self.passages(some)
            for _, stored in sorted(found.items()):
                yield passage_text(stored[0])

    def passages(self, ids: Collection[PassageId]) -> Mapping[PassageId, Sequence[StoredPassage]]:
        """Find where passages stand in current revisions, the earliest stored revision first.

        Ids that no current revision holds (any more) are missing in the answer.
        """
        with self._database.reading() as connection:
            return finding.by_id(connection, ids)

    def passages_at(self, places: Collection[tuple[RevisionId, int]]) -> list[StoredPassage]:
        """Find passages by revision and position, in the order given, in old and removed revisions too.

        `revision.since` says what became of their articles; of a removed one no word is handed out. Those of
        purged articles, and places that never were, are missing.
        """
        with self._database.reading() as connection:
            return finding.at(connection, places)

    def neighbours(
        self, stored: Sequence[StoredPassage], *, before: int, after: int
    ) -> list[tuple[Span, ...]]:
        """Return for each passage the spans of the sentences around it and of itself, in order."""
        with self._database.reading() as connection:
            return finding.neighbours(connection, stored, before=before, after=after)

    def also_in(self, stored: Sequence[StoredPassage]) -> Mapping[PassageId, Sequence[Copy]]:
        """Find in which other current articles these sentences stand as well, the earliest first."""
        with self._database.reading() as connection:
            return reports.also_in(connection, stored)

    def _set_mark(self, name: str, value: str) -> None:
        with self._database.writing() as connection:
            noted = connection.execute(marks.update().where(marks.c.name == name).values(value=value))
            if not noted.rowcount:
                connection.execute(marks.insert().values(name=name, value=value))
