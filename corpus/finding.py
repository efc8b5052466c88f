"""Finding: sentences where they stand, by what they say and by place; for `corpus.store`."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from corpus.articles import Revision, RevisionId
from corpus.history import read_with_since
from corpus.passages import Span
from corpus.reading import live_passages, revisions_by_id
from corpus.schema import passages
from corpus.stored import PassageId, StoredPassage, read_stored_passage

# Made once: each question asks them, and making one takes longer than running it.
_BY_ID: Final[sa.Select[Any]] = (
    live_passages(sa.select(passages))
    .where(passages.c.content.in_(sa.bindparam("ids", expanding=True)))
    .order_by(passages.c.revision_id, passages.c.position)
)

_near = passages.alias()
# By content and by revision, not by pairs of revision and position: SQLite looks no pairs up in its index.
_AROUND: Final[sa.Select[Any]] = (
    sa.select(_near.c.revision_id, _near.c.position, _near.c.sentence_start, _near.c.sentence_end)
    .select_from(passages)
    .join(
        _near,
        (_near.c.revision_id == passages.c.revision_id)
        & _near.c.position.between(
            passages.c.position - sa.bindparam("before"), passages.c.position + sa.bindparam("after")
        ),
    )
    .where(passages.c.content.in_(sa.bindparam("ids", expanding=True)))
    .where(passages.c.revision_id.in_(sa.bindparam("revisions", expanding=True)))
)


def by_id(
    connection: sa.Connection, ids: Collection[PassageId]
) -> Mapping[PassageId, Sequence[StoredPassage]]:
    """Find where passages stand in current revisions, the earliest stored revision first."""
    rows = connection.execute(_BY_ID, {"ids": list(ids)}).all()
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
    rows = connection.execute(
        _AROUND,
        {
            "ids": [one.id for one in stored],
            "revisions": list({one.revision.id for one in stored}),
            "before": before,
            "after": after,
        },
    )
    found = {(revision, place): Span(start, end) for revision, place, start, end in rows}
    places = [
        [(one.revision.id, place) for place in range(one.position - before, one.position + after + 1)]
        for one in stored
    ]
    return [tuple(found[place] for place in some if place in found) for some in places]


def _stored(rows: Sequence[sa.Row[tuple[object, ...]]], texts: Mapping[int, Revision]) -> list[StoredPassage]:
    return [read_stored_passage(row, texts[row.revision_id]) for row in rows]
