"""Ranking: from a question to passages, best first; all signals of the index in, one order out."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.stored import PassageId
from index.errors import SnapshotDamaged
from index.fusion import Weights, fuse, standardise
from index.late import late_scores
from index.question import AskedQuestion
from index.shelves import Candidates, Shelf
from index.signals import Scores, Signal, Signals, Table
from index.tokens import TokenFile

log = logging.getLogger(__name__)

#: How many passages each way of searching contributes to the candidates of a shelf.
CANDIDATES = 100

#: How many of them are compared word piece by word piece: twice as many do no better (decisions/0005).
LATE = 40


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage, what speaks for it, and the sum of it; scores compare the hits of one question only."""

    id: PassageId
    score: float
    signals: Signals


@dataclass(frozen=True, slots=True)
class Gathered:
    """All candidates of a question: where each is, its id, what the index says of it, and 1 for foreign ones.

    Arrays are (n,).
    """

    places: Sequence[tuple[Shelf, int]]
    ids: NDArray[np.int64]
    table: Table
    foreign: Scores


def rank(
    shelves: Iterable[Shelf], asked: AskedQuestion, tokens: TokenFile | None, weights: Weights, *, limit: int
) -> list[Hit]:
    """Return the `limit` best passages, best first.

    Args:
        shelves: all passages there are, by language.
        asked: the question, as shelves and models read it.
        tokens: where the word pieces of passages are kept.
        weights: how much each signal counts.
        limit: how many hits at most.
    """
    found = gather(shelves, asked)
    if not len(found.ids):
        return []
    wanted = weights.by_profile[asked.profile]
    first = fuse(found.table, wanted) + np.float32(weights.foreign) * found.foreign
    near = np.lexsort((found.ids, -first))[: max(LATE, limit)]  # by id among equals: always the same order
    chosen = {signal: values[near] for signal, values in found.table.items()}
    scores = first[near]
    if tokens is not None and asked.encoded is not None and wanted.get(Signal.LATE):
        chosen[Signal.LATE] = late(asked, [found.places[i] for i in near.tolist()], tokens)
        scores = scores + np.float32(wanted[Signal.LATE]) * standardise(chosen[Signal.LATE])
    return _hits(found.ids[near], scores, chosen, limit)


def gather(shelves: Iterable[Shelf], asked: AskedQuestion) -> Gathered:
    """Gather the candidates of all shelves, with all signals of all of them."""
    found = [(shelf, shelf.candidates(asked.query(shelf.language), limit=CANDIDATES)) for shelf in shelves]
    found = [(shelf, candidates) for shelf, candidates in found if len(candidates.rows)]
    none = np.zeros(0, dtype=np.float32)
    return Gathered(
        places=[(shelf, row) for shelf, candidates in found for row in candidates.rows.tolist()],
        ids=np.concatenate(
            [np.zeros(0, dtype=np.int64), *(shelf.ids_of(candidates.rows) for shelf, candidates in found)]
        ),
        table=_joined([candidates for _, candidates in found]),
        foreign=np.concatenate(
            [none, *(_foreign(shelf, len(candidates.rows), asked) for shelf, candidates in found)]
        ),
    )


def _hits(ids: NDArray[np.int64], scores: Scores, table: Table, limit: int) -> list[Hit]:
    order = np.lexsort((ids, -scores))[:limit]
    return [
        Hit(
            PassageId(int(ids[i])),
            float(scores[i]),
            {signal: float(values[i]) for signal, values in table.items() if not np.isnan(values[i])},
        )
        for i in order
    ]


def late(asked: AskedQuestion, places: Sequence[tuple[Shelf, int]], tokens: TokenFile) -> Scores:
    """Return the late interaction of passages with a question, (n,); NaN where there are no word pieces."""
    scores = np.full(len(places), np.nan, dtype=np.float32)
    read, rows = [], []
    for number, (shelf, row) in enumerate(places):
        place = shelf.place(row)
        if asked.encoded is None or place is None or not place["count"]:
            continue
        try:
            read.append(tokens.read(place)[1])
        except SnapshotDamaged as error:
            log.warning("word pieces cannot be used: %s", error)
            continue
        rows.append(number)
    if asked.encoded is not None and read:
        scores[rows] = late_scores(asked.encoded.tokens, asked.piece_weights, read)
    return scores


def _foreign(shelf: Shelf, number: int, asked: AskedQuestion) -> Scores:
    return np.full(number, shelf.language is not asked.language, dtype=np.float32)


def _joined(found: Sequence[Candidates]) -> dict[Signal, Scores]:
    """Concatenate signals over shelves; 0 where a shelf has none: nothing speaks for those passages there."""
    signals: Mapping[Signal, None] = dict.fromkeys(signal for one in found for signal in one.table)
    return {
        signal: np.concatenate(
            [one.table.get(signal, np.zeros(len(one.rows), dtype=np.float32)) for one in found]
        )
        for signal in signals
    }
