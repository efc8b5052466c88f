"""Ranking: from a question to passages, best first; all signals in, one order out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.stored import PassageId
from index.analysis import analyse
from index.answers import Question
from index.encoder import Vectors
from index.fusion import fuse
from index.shelves import Candidates, Shelf
from index.vectors import Scores

#: How many passages each way of searching contributes to the candidates of a shelf: 30 do as well as 200.
CANDIDATES = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage and what speaks for it; `cosine` is None where the model does not speak its language."""

    id: PassageId
    score: float
    cosine: float | None


def rank(shelves: Iterable[Shelf], question: Question, vector: Vectors | None, *, limit: int) -> list[Hit]:
    """Return the `limit` best passages, best first.

    Args:
        shelves: all passages there are, by language.
        question: what was asked.
        vector: the question's, (d,), or None where the model does not speak its language.
        limit: how many hits at most.
    """
    found = [
        shelf.candidates(analyse(question.text, shelf.language), vector, limit=CANDIDATES)
        for shelf in _shelves_for(question, list(shelves), has_vector=vector is not None)
    ]
    found = [candidates for candidates in found if len(candidates.ids)]
    if not found:
        return []
    ids = np.concatenate([candidates.ids for candidates in found])
    cosine = _joined([candidates.cosine for candidates in found], found)
    signals = {
        "cosine": cosine,
        "paragraph_cosine": _joined([candidates.paragraph_cosine for candidates in found], found),
        "bm25": np.concatenate([candidates.bm25 for candidates in found]),
        "paragraph_bm25": np.concatenate([candidates.paragraph_bm25 for candidates in found]),
    }
    scores = fuse({name: np.nan_to_num(values) for name, values in signals.items()})
    best = np.lexsort((ids, -scores))[:limit]  # by id among equals, so that the order is the same every time
    return [
        Hit(PassageId(int(ids[i])), float(scores[i]), None if np.isnan(cosine[i]) else float(cosine[i]))
        for i in best
    ]


def _shelves_for(question: Question, shelves: Sequence[Shelf], *, has_vector: bool) -> Sequence[Shelf]:
    """Choose where to look: in the question's language, and wherever vectors carry it into another one.

    Without either, everywhere: names and numbers may still be found.
    """
    chosen = [
        shelf
        for shelf in shelves
        if shelf.language == question.language or (has_vector and shelf.vectors is not None)
    ]
    return chosen or shelves


def _joined(values: Sequence[Scores | None], found: Sequence[Candidates]) -> Scores:
    """Concatenate a signal over shelves; NaN where a shelf has none."""
    return np.concatenate(
        [
            np.full(len(candidates.ids), np.nan, dtype=np.float32) if value is None else value
            for value, candidates in zip(values, found, strict=True)
        ]
    )
