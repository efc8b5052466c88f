"""Shelf: all passages of one language, in parts, found by vectors and by words."""

import itertools
import operator
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.languages import Language
from corpus.stored import PassageId, PassageText
from index.fields import FIELDS, PARAGRAPH_SHARE, WAYS, Query
from index.parts import Living
from index.postings import Numbers
from index.signals import Scores, Signal, Table
from index.vectors import Rows
from index.words import WordIndex

#: Grows when analysis or what is stored changes, so that older generations are rebuilt.
RULES = 4

#: By which one a passage is found.
Way = Signal


class Candidates(NamedTuple):
    """Passages worth a closer look, and what each signal says of them; all (n,), in no order."""

    rows: Rows
    table: Table


class Shelf:
    """Passages of one language, immutable. Rows go on from part to part; a dead one is never found.

    May be searched from many threads.
    """

    def __init__(self, language: Language, parts: Sequence[Living]) -> None:
        self.language = language
        self.parts = tuple(parts)
        self.fields: Mapping[Signal, WordIndex] = {
            signal: WordIndex([one.part.fields[signal] for one in parts]) for signal in FIELDS
        }
        self._starts = np.cumsum([0, *(len(one.part) for one in parts)], dtype=np.int64)

    def __len__(self) -> int:
        """Return how many passages can be found."""
        return sum(one.number for one in self.parts)

    @property
    def has_vectors(self) -> bool:
        """Say whether a model read these passages."""
        return any(one.part.vectors is not None for one in self.parts)

    def candidates(self, query: Query, *, limit: int) -> Candidates:
        """Gather passages by each way of searching, at most `limit` by each, with all signals of all."""
        scores = {signal: self.fields[signal].scores(terms) for signal, terms in query.terms.items()}
        found = [
            _search(living, {signal: some[number] for signal, some in scores.items()}, query, limit)
            for number, living in enumerate(self.parts)
        ]
        ways = dict.fromkeys(way for one in found for way in one)
        chosen = [_best([one.get(way, _NOTHING) for one in found], self._starts, limit) for way in ways]
        rows = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *chosen]))
        return Candidates(rows, self._table(rows, query, scores))

    def ids_of(self, rows: Rows) -> Numbers:
        """Return the ids of the passages in some ascending rows."""
        none = np.zeros(0, dtype=np.int64)
        return np.concatenate([none, *(living.part.ids[own] for _, living, own in self._by_part(rows))])

    def place(self, row: int) -> np.void | None:
        """Return where the word pieces of the passage in a row are; None where it has none."""
        number = int(np.searchsorted(self._starts, row, side="right")) - 1
        places = self.parts[number].part.places
        if places is None:
            return None
        place: np.void = places[row - int(self._starts[number])]
        return place

    def place_of(self, passage_id: PassageId) -> np.void | None:
        """Return where the word pieces of a passage are; None where it is not here or has none."""
        for part, alive in self.parts:
            for row in part.rows_of(np.array([passage_id])).tolist():
                if part.places is not None and (alive is None or alive[row]):
                    place: np.void = part.places[row]
                    return place
        return None

    def _table(self, rows: Rows, query: Query, scores: Mapping[Signal, Sequence[Scores]]) -> Table:
        """Return all signals of the passages in some ascending rows."""
        by_part = [
            _signals(living, own, query, scores, number) for number, living, own in self._by_part(rows)
        ]
        signals = dict.fromkeys(signal for one in by_part for signal in one)
        missing = [np.zeros(len(own), dtype=np.float32) for _, _, own in self._by_part(rows)]
        return {
            signal: np.concatenate(
                [one.get(signal, zero) for one, zero in zip(by_part, missing, strict=True)]
            )
            for signal in signals
        }

    def _by_part(self, rows: Rows) -> Iterator[tuple[int, Living, Rows]]:
        """Yield the parts that ascending rows lie in, with the rows as these count them."""
        bounds = np.searchsorted(rows, self._starts)
        for number, living in enumerate(self.parts):
            own = rows[bounds[number] : bounds[number + 1]] - self._starts[number]
            if len(own):
                yield number, living, own


class _Found(NamedTuple):
    """Rows of a part, and how well they match by one way of searching."""

    rows: Rows
    scores: Scores


_NOTHING = _Found(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))


def _search(living: Living, scores: Mapping[Signal, Scores], query: Query, limit: int) -> dict[Way, _Found]:
    """Return the best rows of a part by each way of searching."""
    part, alive = living
    found: dict[Way, _Found] = {}
    for own, around in WAYS.items():
        if own not in scores:
            continue
        way = scores[own]
        if around is not None and around in scores:
            way = way + PARAGRAPH_SHARE * scores[around][part.paragraphs]
        found[own] = _largest(way, limit, alive)
    if query.encoded is not None and part.vectors is not None:
        nearest = part.vectors.search(query.encoded.vector, limit, alive)
        found[Signal.COSINE] = _Found(nearest.rows, nearest.scores)
    return found


def _largest(scores: Scores, limit: int, alive: NDArray[np.bool_] | None) -> _Found:
    """Return the living rows of the largest scores above zero, in no order."""
    rows = np.flatnonzero(scores > 0 if alive is None else (scores > 0) & alive)
    if len(rows) > limit:
        rows = rows[np.argpartition(scores[rows], -limit)[-limit:]]
    return _Found(rows, scores[rows])


def _best(found: Sequence[_Found], starts: Numbers, limit: int) -> Rows:
    """Return the best rows of all parts, as the shelf counts them."""
    rows = np.concatenate([one.rows + start for one, start in zip(found, starts[:-1], strict=True)])
    scores = np.concatenate([one.scores for one in found])
    return rows if len(rows) <= limit else rows[np.argpartition(scores, -limit)[-limit:]]


def _signals(
    living: Living, rows: Rows, query: Query, scores: Mapping[Signal, Sequence[Scores]], number: int
) -> dict[Signal, Scores]:
    part = living.part
    table = {
        signal: some[number][part.paragraphs[rows] if FIELDS[signal].of_paragraphs else rows]
        for signal, some in scores.items()
    }
    if query.encoded is not None and part.vectors is not None and part.paragraph_vectors is not None:
        vector = query.encoded.vector
        table[Signal.COSINE] = part.vectors.cosines(vector, rows)
        table[Signal.PARAGRAPH_COSINE] = part.paragraph_vectors[part.paragraphs[rows]] @ vector
    return table


def by_language(texts: Sequence[PassageText]) -> list[list[PassageText]]:
    """Sort passages onto shelves: one list a language, each in ascending order of id."""
    ordered = sorted(texts, key=lambda text: (text.language, text.id))
    return [list(group) for _, group in itertools.groupby(ordered, key=operator.attrgetter("language"))]


def shelve(parts: Sequence[Living]) -> dict[Language, Shelf]:
    """Put parts onto the shelves of their languages, in their order; those without a living row are left."""
    shelves: dict[Language, list[Living]] = {}
    for one in parts:
        if one.number:
            shelves.setdefault(one.part.language, []).append(one)
    return {language: Shelf(language, some) for language, some in sorted(shelves.items())}
