"""Ranking: from a question to passages, best first; all signals of the index in, one order out."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.languages import Language
from corpus.stored import PassageId
from index.errors import SnapshotDamaged
from index.fusion import STANDARDISED, Weights, fuse, standardise
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
    found = [(shelf, shelf.candidates(asked.query(shelf.language), limit=CANDIDATES)) for shelf in shelves]
    found = [(shelf, candidates) for shelf, candidates in found if len(candidates.rows)]
    if not found:
        return []
    table = _joined([candidates for _, candidates in found])
    wanted = weights.by_profile[asked.profile]
    foreign = _foreign([(shelf.language, len(candidates.rows)) for shelf, candidates in found], asked.language)
    ids = np.concatenate([shelf.ids[candidates.rows] for shelf, candidates in found])
    first = fuse(table, wanted, only=STANDARDISED - {Signal.LATE}) + np.float32(weights.foreign) * foreign
    near = np.lexsort((ids, -first))[: max(LATE, limit)]  # by id among equals: the same order every time
    chosen = {signal: values[near] for signal, values in table.items()}
    scores = first[near]
    if tokens is not None and asked.encoded is not None and wanted.get(Signal.LATE):
        chosen[Signal.LATE] = _late(asked, found, near, tokens)
        scores = scores + np.float32(wanted[Signal.LATE]) * standardise(chosen[Signal.LATE])
    return _hits(ids[near], scores, chosen, limit)


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


def _late(
    asked: AskedQuestion,
    found: Sequence[tuple[Shelf, Candidates]],
    near: NDArray[np.int64],
    tokens: TokenFile,
) -> Scores:
    """Return the late interaction of the candidates at `near`; NaN where there are no word pieces."""
    assert asked.encoded is not None  # noqa: S101 (the caller looked)
    scores = np.full(len(near), np.nan, dtype=np.float32)
    read, rows = [], []
    for row, place in enumerate(_places(found, near)):
        if place is None or not place["count"]:
            continue
        try:
            read.append(tokens.read(place)[1])
        except SnapshotDamaged as error:
            log.warning("word pieces cannot be used: %s", error)
            continue
        rows.append(row)
    if read:
        scores[rows] = late_scores(asked.encoded.tokens, asked.piece_weights, read)
    return scores


def _places(found: Sequence[tuple[Shelf, Candidates]], near: NDArray[np.int64]) -> list[np.void | None]:
    where = [(shelf, row) for shelf, candidates in found for row in candidates.rows.tolist()]
    chosen = [where[i] for i in near.tolist()]
    return [None if shelf.places is None else shelf.places[row] for shelf, row in chosen]


def _foreign(sizes: Sequence[tuple[Language, int]], language: Language) -> Scores:
    return np.concatenate([np.full(size, one is not language, dtype=np.float32) for one, size in sizes])


def _joined(found: Sequence[Candidates]) -> dict[Signal, Scores]:
    """Concatenate signals over shelves; 0 where a shelf has none: nothing speaks for those passages there."""
    signals: Mapping[Signal, None] = dict.fromkeys(signal for one in found for signal in one.table)
    return {
        signal: np.concatenate(
            [one.table.get(signal, np.zeros(len(one.rows), dtype=np.float32)) for one in found]
        )
        for signal in signals
    }
