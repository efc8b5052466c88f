"""Deriving: what is computed of stored texts, computed again in batches; for `corpus.store`.

A kill costs the batch at hand: whoever does it again goes on from there.
"""

import logging
from collections.abc import Callable, Iterator, Sequence

import sqlalchemy as sa

from corpus import writing
from corpus.articles import Article, Revision, RevisionId
from corpus.changes import Change, record
from corpus.database import Database
from corpus.passages import Passage, Span, split
from corpus.reading import live
from corpus.reports import note_copies, wordings
from corpus.schema import articles, marks, passages, revisions
from corpus.stored import read_revision

log = logging.getLogger(__name__)

#: Articles of one transaction; meanwhile nobody else writes.
ARTICLES_AT_ONCE = 100

#: From how many articles on people are told why they wait.
MANY = 1_000

#: Called with (articles looked at, articles to look at), first with 0.
Progress = Callable[[int, int], None]

#: The rules by which wordings and wire copies are told; they grow, so that what is stored is computed again.
RULES = 2

#: What the rules raise over a text of which nobody thought; a database that fails raises something else.
RULES_FAIL = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)

#: The mark that says how far `derive` came by which rules: the id of the last article, or that it is done.
DERIVED, DONE = "derived", "done"


def is_derived(connection: sa.Connection) -> bool:
    """Say whether `derive` has nothing to do."""
    return _derived_to(connection) is None


def derive(database: Database, progress: Progress) -> None:
    """Compute hashes of words and wire copies of articles that a version with other rules stored.

    One over which the rules fail is named in the log and left as it was: the rest does not wait for it.
    """
    with database.reading() as connection:
        total, done = _number_of_articles(connection), 0
    if total > MANY:
        log.warning("reading the %s stored articles once more, to tell wire copies of one report", total)
    progress(0, total)
    while True:
        with database.changing() as connection:
            cursor = _derived_to(connection)  # another process may be at it
            if cursor is None:
                return
            batch = _not_purged_after(connection, cursor)
            for revision in batch:
                _derive_or_pass_over(connection, revision)
            _note(connection, str(batch[-1].article_id) if batch else DONE)
        done += len(batch)
        progress(min(done, total) if batch else total, total)


def recut(database: Database, progress: Progress) -> int:
    """Cut all current revisions by today's rules; where sentences differ, store them as a revision.

    So what was cited keeps its place: positions in a stored revision never move. Returns how many differed.
    """
    with database.reading() as connection:
        total = _number_of_articles(connection)
    progress(0, total)
    done = differing = 0
    for batch in _batches(database):
        with database.reading() as connection:
            stored = _stored_cuts(connection, batch)
        cuts = [(one, split(one.text, one.language)) for one in batch]
        anew = [(one, cut) for one, cut in cuts if cut != tuple(stored[one.id].values())]
        if anew:
            with database.changing() as connection:
                differing += sum(_recut_one(connection, one, cut) for one, cut in anew)
        done += len(batch)
        progress(min(done, total), total)
    progress(total, total)
    return differing


def _derive_or_pass_over(connection: sa.Connection, revision: Revision) -> None:
    try:
        with connection.begin_nested():
            _derive_one(connection, revision)
    except RULES_FAIL as error:  # it must not keep the corpus shut
        log.error(  # noqa: TRY400 (a traceback may hold words of the article)
            "article %s: wire copies of it cannot be told (%s); it stays as it is, and the rest goes on",
            revision.article_id,
            type(error).__name__,
        )


def _derive_one(connection: sa.Connection, revision: Revision) -> None:
    article = _article_of(connection, revision)
    cut = _stored_cuts(connection, [revision])[revision.id]
    place = (passages.c.revision_id == revision.id) & (passages.c.position == sa.bindparam("place"))
    rows = [
        {"place": position, "words": wording}
        for position, wording in zip(cut, wordings(article, [*cut.values()]), strict=True)
    ]
    if rows:
        connection.execute(passages.update().where(place).values(wording=sa.bindparam("words")), rows)
    if (
        connection.scalar(sa.select(articles.c.removed_at).where(articles.c.id == revision.article_id))
        is None
    ):
        note_copies(connection, revision.article_id, article, [*cut.values()])


def _recut_one(connection: sa.Connection, revision: Revision, cut: Sequence[Passage]) -> bool:
    """Store how a revision is cut today, unless it is no longer current."""
    still = live(sa.select(revisions.c.id)).where(revisions.c.id == revision.id)
    if connection.scalar(still) is None:
        return False
    writing.revise(connection, revision.article_id, _article_of(connection, revision), cut)
    record(connection, revision.article_id, Change.RECUT)
    return True


def _stored_cuts(connection: sa.Connection, some: Sequence[Revision]) -> dict[RevisionId, dict[int, Passage]]:
    """Return the sentences of revisions as they are stored, by position."""
    rows = connection.execute(
        sa.select(passages)
        .where(passages.c.revision_id.in_([one.id for one in some]))
        .order_by(passages.c.revision_id, passages.c.position)
    )
    found: dict[RevisionId, dict[int, Passage]] = {one.id: {} for one in some}
    for row in rows:
        found[row.revision_id][row.position] = Passage(
            Span(row.sentence_start, row.sentence_end), Span(row.paragraph_start, row.paragraph_end)
        )
    return found


def _batches(database: Database) -> Iterator[list[Revision]]:
    """Yield the current revisions of all articles that are not removed."""
    last = 0
    while True:
        statement = live(sa.select(revisions)).where(articles.c.id > last).order_by(articles.c.id)
        with database.reading() as connection:
            rows = connection.execute(statement.limit(ARTICLES_AT_ONCE)).all()
        if not rows:
            return
        last = rows[-1].article_id
        yield [read_revision(row) for row in rows]


def _not_purged_after(connection: sa.Connection, article_id: int) -> list[Revision]:
    rows = connection.execute(
        sa.select(revisions)
        .join(articles, revisions.c.article_id == articles.c.id)
        .where(revisions.c.superseded_at.is_(None))
        .where(articles.c.purged_at.is_(None))
        .where(articles.c.id > article_id)
        .order_by(articles.c.id)
        .limit(ARTICLES_AT_ONCE)
    )
    return [read_revision(row) for row in rows]


def _article_of(connection: sa.Connection, revision: Revision) -> Article:
    """Return an article as it was put."""
    key = connection.execute(
        sa.select(articles.c.key).where(articles.c.id == revision.article_id)
    ).scalar_one()
    return Article(
        key=key,
        title=revision.title,
        text=revision.text,
        source=revision.source,
        language=revision.language,
        obtained=revision.obtained,
        author=revision.author,
        url=revision.url,
        published=revision.published,
    )


def _number_of_articles(connection: sa.Connection) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(articles)) or 0


def _derived_to(connection: sa.Connection) -> int | None:
    """Return the id of the last article of which all is derived; None where that is all of them."""
    noted = connection.scalar(sa.select(marks.c.value).where(marks.c.name == DERIVED)) or ""
    rules, _, came = noted.rpartition(":")  # the first rules had no number
    if rules != str(RULES):
        return 0
    return None if came == DONE else int(came)


def _note(connection: sa.Connection, came: str) -> None:
    value = f"{RULES}:{came}"
    noted = connection.execute(marks.update().where(marks.c.name == DERIVED).values(value=value))
    if not noted.rowcount:
        connection.execute(marks.insert().values(name=DERIVED, value=value))
