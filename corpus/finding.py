"""Finding: sentences where they stand, by what they say and by place; for `corpus.store`."""

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from corpus.articles import Revision, RevisionId
from corpus.history import read_with_since
from corpus.passages import Span
from corpus.reading import live_passages, revisions_by_id
from corpus.schema import passages
from corpus.stored import PassageId, StoredPassage, read_stored_passage


def by_id(
    connection: sa.Connection, ids: Collection[PassageId]
) -> Mapping[PassageId, Sequence[StoredPassage]]:
    """Find where passages stand in current revisions, the earliest stored revision first."""
    rows = connection.execute(
        live_passages(sa.select(passages))
        .where(passages.c.content.in_(ids))
        .order_by(passages.c.revision_id, passages.c.position)
    ).all()
    found: dict[PassageId, list[StoredPassage]] = {}
    for passage in _stored(rows, revisions_by_id(connection, {row.revision_id for row in rows})):
        found.setdefault(passage.id, []).append(passage)
    return found


def at(connection: sa.Connection, places: Collection[tuple[RevisionId, int]]) -> list[StoredPassage]:
    """Find passages by revision and position, in the order given, in any revision that is kept."""
    # By revision and by position, not by pairs: SQLite looks no pairs up in its index.
    rows = connection.execute(
        sa.select(passages)
        .where(passages.c.revision_id.in_({revision for revision, _ in places}))
        .where(passages.c.position.in_({position for _, position in places}))
    ).all()
    texts = read_with_since(connection, {row.revision_id for row in rows})
    found = {(one.revision.id, one.position): one for one in _stored(rows, texts)}
    return [found[place] for place in places if place in found]


def neighbours(
    connection: sa.Connection, stored: Sequence[StoredPassage], *, before: int, after: int
) -> list[tuple[Span, ...]]:
    """Return for each passage the spans of the sentences around it and of itself, in order."""
    near = passages.alias()
    # By content and not by place, for the same reason.
    statement = (
        sa.select(near.c.revision_id, near.c.position, near.c.sentence_start, near.c.sentence_end)
        .select_from(passages)
        .join(
            near,
            (near.c.revision_id == passages.c.revision_id)
            & near.c.position.between(passages.c.position - before, passages.c.position + after),
        )
        .where(passages.c.content.in_([one.id for one in stored]))
        .where(passages.c.revision_id.in_({one.revision.id for one in stored}))
    )
    found = {
        (revision, place): Span(start, end) for revision, place, start, end in connection.execute(statement)
    }
    places = [
        [(one.revision.id, place) for place in range(one.position - before, one.position + after + 1)]
        for one in stored
    ]
    return [tuple(found[place] for place in some if place in found) for some in places]


def _stored(rows: Sequence[sa.Row[tuple[object, ...]]], texts: Mapping[int, Revision]) -> list[StoredPassage]:
    return [read_stored_passage(row, texts[row.revision_id]) for row in rows]
