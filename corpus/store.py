"""Corpus: the only door to the database. Every method is one transaction; may be used from many threads."""

import enum
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from corpus.articles import Article, ArticleId, Revision, RevisionId
from corpus.database import Database
from corpus.languages import Language
from corpus.passages import Passage, Span, split
from corpus.reading import current, live, live_passages, revisions_by_id
from corpus.schema import articles, changes, marks, passages, revisions
from corpus.stored import (
    CorpusSummary,
    PassageId,
    PassageText,
    StoredPassage,
    passage_id,
    passage_text,
    read_revision,
    read_stored_passage,
)

#: How many ids go into one statement; SQLite takes 32,766 values, PostgreSQL 65,535.
IDS_AT_ONCE = 1_000


class Change(enum.StrEnum):
    """What happened to an article, as `Corpus.put` answers and the table `changes` records."""

    ADDED = "added"
    REVISED = "revised"
    RESTORED = "restored"
    UNCHANGED = "unchanged"
    STAYS_REMOVED = "stays removed"
    REMOVED = "removed"


class Corpus:
    """All articles. Open one for a process, close it at its end."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, url: str) -> "Corpus":
        """Open the database at an SQLAlchemy URL, making or migrating its tables.

        Raises:
            DatabaseUnavailable: when that fails.
        """
        return cls(Database.open(url))

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
        try:
            return self._put(article, cut, restore=restore)
        except IntegrityError:
            # Another process stored the same key between our look and our write; now it is there to be seen.
            return self._put(article, cut, restore=restore)

    def remove(self, article_id: ArticleId, *, because: str) -> Revision:
        """Take an article out of all answers; its revisions stay, and no source brings it back by itself.

        Raises:
            UnknownArticle: when there is none of that id, or it is removed already.
        """
        with self._database.writing() as connection:
            revision = current(connection, article_id, locked=True)
            connection.execute(
                articles.update()
                .where(articles.c.id == article_id)
                .values(removed_at=_now(), removed_because=because)
            )
            _record(connection, article_id, Change.REMOVED)
        return revision

    def article(self, article_id: ArticleId) -> Revision:
        """Return the current revision of an article.

        Raises:
            UnknownArticle: when there is none of that id, or it is removed.
        """
        with self._database.reading() as connection:
            return current(connection, article_id)

    def articles(self) -> list[Revision]:
        """Return the current revisions of all articles, earliest published first, undated ones last."""
        statement = live(sa.select(revisions)).order_by(
            revisions.c.published.is_(None), revisions.c.published, revisions.c.id
        )
        with self._database.reading() as connection:
            return [read_revision(row) for row in connection.execute(statement)]

    def keys(self) -> dict[ArticleId, str]:
        """Return the keys of all articles that are not removed, by id."""
        statement = sa.select(articles.c.id, articles.c.key).where(articles.c.removed_at.is_(None))
        with self._database.reading() as connection:
            return {ArticleId(row.id): row.key for row in connection.execute(statement)}

    def latest(self, limit: int) -> list[Revision]:
        """Return the current revisions of the most recently published articles, undated ones last."""
        newest_first = (revisions.c.published.is_(None), revisions.c.published.desc(), revisions.c.id.desc())
        statement = live(sa.select(revisions)).order_by(*newest_first).limit(limit)
        with self._database.reading() as connection:
            return [read_revision(row) for row in connection.execute(statement)]

    def sources(self) -> tuple[tuple[str, int], ...]:
        """Return the names of all sources with their numbers of articles, the largest first."""
        number = sa.func.count()
        statement = live(sa.select(revisions.c.source, number)).group_by(revisions.c.source)
        with self._database.reading() as connection:
            rows = connection.execute(statement.order_by(number.desc(), revisions.c.source))
            return tuple((source, articles_of_it) for source, articles_of_it in rows)

    def summary(self) -> CorpusSummary:
        """Count what answers can come from."""
        day = sa.func.substr(revisions.c.published, 1, 10, type_=sa.String)
        with self._database.reading() as connection:
            number, earliest, latest = connection.execute(
                live(sa.select(sa.func.count(), sa.func.min(day), sa.func.max(day)))
            ).one()
            languages = connection.scalars(
                live(sa.select(revisions.c.language))
                .group_by(revisions.c.language)
                .order_by(sa.func.count().desc(), revisions.c.language)
            ).all()
            sentences = connection.scalar(live_passages(sa.select(sa.func.count()))) or 0
        return CorpusSummary(number, sentences, tuple(map(Language, languages)), earliest, latest)

    def state(self) -> str:
        """Name the corpus's state: equal names mean that nothing changed in between."""
        # The count beside the newest id, because PostgreSQL may show a greater id before a smaller one.
        newest = sa.select(sa.func.max(changes.c.id), sa.func.count())
        with self._database.reading() as connection:
            return "{}-{}".format(*connection.execute(newest).one())

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
        """Return the ids of all passages of current revisions."""
        with self._database.reading() as connection:
            statement = live_passages(sa.select(passages.c.content)).distinct()
            return {PassageId(number) for number in connection.scalars(statement)}

    def passage_texts(self, ids: Iterable[PassageId]) -> Iterator[PassageText]:
        """Yield what is indexed of these passages, each once, in ascending order of id."""
        ordered = sorted(ids)
        for first in range(0, len(ordered), IDS_AT_ONCE):
            found = self.passages(ordered[first : first + IDS_AT_ONCE])
            for _, stored in sorted(found.items()):
                yield passage_text(stored[0])

    def passages(self, ids: Collection[PassageId]) -> Mapping[PassageId, Sequence[StoredPassage]]:
        """Find where passages stand in current revisions, the earliest stored revision first.

        Ids that no current revision holds (any more) are missing in the answer.
        """
        found: dict[PassageId, list[StoredPassage]] = {}
        with self._database.reading() as connection:
            rows = connection.execute(
                live_passages(sa.select(passages))
                .where(passages.c.content.in_(ids))
                .order_by(passages.c.revision_id, passages.c.position)
            ).all()
            texts = revisions_by_id(connection, {row.revision_id for row in rows})
        for row in rows:
            passage = read_stored_passage(row, texts[row.revision_id])
            found.setdefault(passage.id, []).append(passage)
        return found

    def passages_at(self, places: Collection[tuple[RevisionId, int]]) -> list[StoredPassage]:
        """Find passages by revision and position, in the order given; those no longer current are missing."""
        with self._database.reading() as connection:
            rows = connection.execute(
                live_passages(sa.select(passages)).where(
                    sa.tuple_(passages.c.revision_id, passages.c.position).in_(places)
                )
            ).all()
            texts = revisions_by_id(connection, {row.revision_id for row in rows})
        found = {
            (row.revision_id, row.position): read_stored_passage(row, texts[row.revision_id]) for row in rows
        }
        return [found[place] for place in places if place in found]

    def neighbours(
        self, stored: Sequence[StoredPassage], *, before: int, after: int
    ) -> list[tuple[Span, ...]]:
        """Return for each passage the spans of the sentences around it and of itself, in order."""
        near = passages.alias()
        # By content and not by place: no database that is supported looks pairs up in its index.
        statement = (
            sa.select(near.c.revision_id, near.c.position, near.c.sentence_start, near.c.sentence_end)
            .select_from(passages)
            .join(
                near,
                (near.c.revision_id == passages.c.revision_id)
                & near.c.position.between(passages.c.position - before, passages.c.position + after),
            )
            .where(passages.c.content.in_([one.id for one in stored]))
        )
        with self._database.reading() as connection:
            found = {
                (revision, place): Span(start, end)
                for revision, place, start, end in connection.execute(statement)
            }
        places = [
            [(one.revision.id, place) for place in range(one.position - before, one.position + after + 1)]
            for one in stored
        ]
        return [tuple(found[place] for place in some if place in found) for some in places]

    def _set_mark(self, name: str, value: str) -> None:
        with self._database.writing() as connection:
            noted = connection.execute(marks.update().where(marks.c.name == name).values(value=value))
            if not noted.rowcount:
                connection.execute(marks.insert().values(name=name, value=value))

    def _put(self, article: Article, sentences: Sequence[Passage], *, restore: bool) -> Change:
        with self._database.writing() as connection:
            known = connection.execute(
                sa.select(articles).where(articles.c.key == article.key).with_for_update()
            ).one_or_none()
            if known is None:
                article_id = _insert(connection, articles, key=article.key, added_at=_now())
                _add_revision(connection, article_id, 1, article, sentences)
                return _record(connection, article_id, Change.ADDED)
            if known.removed_at is not None and not restore:
                return Change.STAYS_REMOVED
            return _revise(connection, known, article, sentences)


def _revise(
    connection: sa.Connection, known: sa.Row[Any], article: Article, sentences: Sequence[Passage]
) -> Change:
    current = connection.execute(
        sa.select(revisions)
        .where(revisions.c.article_id == known.id)
        .where(revisions.c.superseded_at.is_(None))
    ).one()
    changed = current.digest != article.digest
    if changed:
        now = _now()
        connection.execute(revisions.update().where(revisions.c.id == current.id).values(superseded_at=now))
        _add_revision(connection, known.id, current.number + 1, article, sentences)
    if known.removed_at is not None:
        connection.execute(
            articles.update().where(articles.c.id == known.id).values(removed_at=None, removed_because=None)
        )
        return _record(connection, known.id, Change.RESTORED)
    return _record(connection, known.id, Change.REVISED) if changed else Change.UNCHANGED


def _add_revision(
    connection: sa.Connection,
    article_id: ArticleId,
    number: int,
    article: Article,
    sentences: Sequence[Passage],
) -> None:
    revision_id = _insert(
        connection,
        revisions,
        article_id=article_id,
        number=number,
        title=article.title,
        text=article.text,
        source=article.source,
        author=article.author,
        url=article.url,
        published=article.published,
        language=article.language,
        obtained=article.obtained,
        digest=article.digest,
        seen_at=_now(),
    )
    rows = [
        {
            "revision_id": revision_id,
            "position": position,
            "sentence_start": passage.sentence.start,
            "sentence_end": passage.sentence.end,
            "paragraph_start": passage.paragraph.start,
            "paragraph_end": passage.paragraph.end,
            "content": passage_id(
                language=article.language,
                title=article.title,
                paragraph=article.text[passage.paragraph.start : passage.paragraph.end],
                sentence=article.text[passage.sentence.start : passage.sentence.end],
            ),
        }
        for position, passage in enumerate(sentences)
    ]
    if rows:
        connection.execute(passages.insert(), rows)


def _insert(connection: sa.Connection, table: sa.Table, **values: object) -> Any:  # noqa: ANN401 (an id of that table)
    return connection.execute(table.insert().values(**values)).inserted_primary_key[0]  # type: ignore[index]


def _record(connection: sa.Connection, article_id: ArticleId, change: Change) -> Change:
    connection.execute(changes.insert().values(article_id=article_id, kind=str(change), at=_now()))
    return change


def _now() -> datetime:
    return datetime.now(UTC)
