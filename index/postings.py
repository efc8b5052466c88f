"""Postings: which texts have which terms, how often; an immutable part of a `WordIndex`. Pure."""

import functools
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.arrays import Arrays

#: Numbers by which arrays are indexed.
Numbers = NDArray[np.int64]

#: The most often that a term counts in one text.
_MOST = np.iinfo(np.uint8).max

#: In UTF-8, bytes 10xxxxxx go on with a character that another byte began.
_FIRST_TWO, _GOES_ON = 0xC0, 0x80

#: Postings that are moved at once when parts are merged: what they take in memory is a few times that.
_AT_ONCE = 4_000_000


class Having(NamedTuple):
    """The rows of the texts that have a term, and how often each of them has it; both (m,)."""

    texts: NDArray[np.int32]
    counts: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Postings:
    """Which of n texts have which of v terms.

    Terms are in the order of `hashes`, 64 bits of BLAKE2b, (v,); `letters[ends[i - 1]:ends[i]]` is term i in
    UTF-8. `texts[bounds[i]:bounds[i + 1]]` are the rows that have it, `counts` how often; `lengths` are the
    numbers of terms of each text, (n,).
    """

    hashes: NDArray[np.uint64]
    letters: NDArray[np.uint8]
    ends: Numbers
    bounds: Numbers
    texts: NDArray[np.int32]
    counts: NDArray[np.uint8]
    lengths: NDArray[np.int32]

    @classmethod
    def build(cls, texts: Sequence[Sequence[str]]) -> "Postings":
        """Take the terms of n texts; row i is text i."""
        numbers: dict[str, int] = {}
        found = np.array(
            [numbers.setdefault(term, len(numbers)) for text in texts for term in text], dtype=np.int64
        )
        hashes = np.array([hash_of(term) for term in numbers], dtype=np.uint64)
        order = np.argsort(hashes)
        places = np.empty_like(order)
        places[order] = np.arange(len(order))
        lengths = np.array([len(text) for text in texts], dtype=np.int32)
        rows = np.repeat(np.arange(len(texts), dtype=np.int64), lengths)
        pairs, counts = np.unique(places[found] * max(1, len(texts)) + rows, return_counts=True)
        terms, having = np.divmod(pairs, max(1, len(texts)))
        written = [term.encode() for term in numbers]
        written = [written[i] for i in order.tolist()]
        return cls(
            hashes=hashes[order],
            letters=np.frombuffer(b"".join(written), dtype=np.uint8),
            ends=np.cumsum([len(one) for one in written], dtype=np.int64),
            bounds=_bounds(np.bincount(terms, minlength=len(numbers))),
            texts=having.astype(np.int32),
            counts=np.minimum(counts, _MOST).astype(np.uint8),
            lengths=lengths,
        )

    @classmethod
    def merge(cls, parts: Sequence["Postings"], moved: Sequence[Numbers], number: int) -> "Postings":
        """Put parts together into one of `number` texts.

        Args:
            parts: what is merged.
            moved: for each part where its texts go, (n,); -1 for those that are left out.
            number: how many texts come out of it.
        """
        hashes = np.unique(np.concatenate([np.zeros(0, dtype=np.uint64), *(one.hashes for one in parts)]))
        terms = [np.searchsorted(hashes, one.hashes) for one in parts]
        left = [_left(one, rows) for one, rows in zip(parts, moved, strict=True)]
        sizes = np.zeros(len(hashes), dtype=np.int64)
        for own, having in zip(terms, left, strict=True):
            sizes[own] += having
        bounds = _bounds(sizes)
        texts, counts = np.empty(bounds[-1], dtype=np.int32), np.empty(bounds[-1], dtype=np.uint8)
        filled = bounds[:-1].copy()
        for one, own, rows in zip(parts, terms, moved, strict=True):
            _move(one, own, rows, filled, Having(texts, counts))
        lengths = np.zeros(number, dtype=np.int32)
        for one, rows in zip(parts, moved, strict=True):
            lengths[rows[rows >= 0]] = one.lengths[rows >= 0]
        used = np.flatnonzero(sizes)
        letters, ends = _letters(parts, terms, used, len(hashes))
        return cls(hashes[used], letters, ends, _bounds(sizes[used]), texts, counts, lengths)

    @classmethod
    def read(cls, arrays: Mapping[str, NDArray[Any]], name: str) -> "Postings":
        """Take the arrays that `arrays` made.

        Raises:
            KeyError: when one is missing.
        """
        return cls(**{field: arrays[f"{name}.{field}"] for field in cls.__dataclass_fields__})

    def arrays(self, name: str) -> Arrays:
        """Return all of it as arrays, to be written under a name."""
        return {f"{name}.{field}": getattr(self, field) for field in self.__dataclass_fields__}

    def __len__(self) -> int:
        return len(self.lengths)

    def having(self, term: str) -> Having | None:
        """Return which texts have a term; None where none has it."""
        row = self._row(term)
        if row is None:
            return None
        first, last = self.bounds[row : row + 2].tolist()
        return Having(self.texts[first:last], self.counts[first:last])

    def number_having(self, term: str) -> int:
        """Return how many texts have a term."""
        row = self._row(term)
        return 0 if row is None else int(self.bounds[row + 1] - self.bounds[row])

    def of_length(self, letters: int) -> Sequence[str]:
        """Return all terms of so many letters."""
        if letters not in self._by_length:
            rows = np.flatnonzero(self._lengths_of_terms == letters).tolist()
            self._by_length[letters] = [self._term(row) for row in rows]
        return self._by_length[letters]

    @functools.cached_property
    def terms_of_all_texts(self) -> int:
        """How many terms all texts have together."""
        return int(self.lengths.sum(dtype=np.int64))

    @functools.cached_property
    def _by_length(self) -> dict[int, list[str]]:
        return {}

    @functools.cached_property
    def _lengths_of_terms(self) -> Numbers:
        """Return the number of letters of each term, (v,): of its bytes that begin a character in UTF-8."""
        begun = np.concatenate([[0], np.cumsum((self.letters & _FIRST_TWO) != _GOES_ON)])
        lengths: Numbers = np.diff(begun[self.ends], prepend=0)
        return lengths

    def _row(self, term: str) -> int | None:
        hash_ = hash_of(term)
        row = int(np.searchsorted(self.hashes, np.uint64(hash_)))
        # Not only the hash: two terms may share one, and a wrong word would be found.
        is_it = row < len(self.hashes) and int(self.hashes[row]) == hash_ and self._term(row) == term
        return row if is_it else None

    def _term(self, row: int) -> str:
        start = int(self.ends[row - 1]) if row else 0
        return self.letters[start : int(self.ends[row])].tobytes().decode()


@functools.lru_cache(maxsize=100_000)
def hash_of(term: str) -> int:
    """Return 64 bits of a term's hash."""
    return int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest())


def _bounds(sizes: Numbers) -> Numbers:
    """Return where each of some runs begins, and where the last one ends."""
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes, dtype=np.int64)])


def _left(part: Postings, moved: Numbers) -> Numbers:
    """Return how many texts that have a term are not left out, for each term, (v,)."""
    begun = np.zeros(len(part.bounds), dtype=np.int64)
    for first, last in _slices(part.bounds):
        run = part.bounds[first : last + 1]
        kept = np.concatenate([[0], np.cumsum(moved[part.texts[run[0] : run[-1]]] >= 0)])
        begun[first + 1 : last + 1] = np.diff(kept[run - run[0]])
    return begun[1:]


def _move(part: Postings, terms: Numbers, moved: Numbers, filled: Numbers, into: Having) -> None:
    """Copy a part's postings to where each of its terms is filled up to, and note that in `filled`."""
    for first, last in _slices(part.bounds):
        run, own = part.bounds[first : last + 1], terms[first:last]
        rows = moved[part.texts[run[0] : run[-1]]]
        kept = rows >= 0
        begun = np.concatenate([[0], np.cumsum(kept)])[run - run[0]]
        sizes = np.diff(begun)
        places = np.repeat(filled[own] - begun[:-1], sizes) + np.arange(begun[-1])
        into.texts[places] = rows[kept]
        into.counts[places] = part.counts[run[0] : run[-1]][kept]
        filled[own] += sizes


def _slices(bounds: Numbers) -> Iterator[tuple[int, int]]:
    """Cut the terms into runs of at most `_AT_ONCE` postings, or of one term that has more."""
    first, last = 0, len(bounds) - 1
    while first < last:
        upto = int(np.searchsorted(bounds, bounds[first] + _AT_ONCE, side="right")) - 1
        upto = min(last, max(first + 1, upto))
        yield first, upto
        first = upto


def _letters(
    parts: Sequence[Postings], terms: Sequence[Numbers], used: Numbers, number: int
) -> tuple[NDArray[np.uint8], Numbers]:
    """Return the letters of the terms that are used and where each ends, taken from any part that has it."""
    source, row = np.zeros(number, dtype=np.int64), np.zeros(number, dtype=np.int64)
    sizes = np.zeros(number, dtype=np.int64)
    for place, (one, own) in enumerate(zip(parts, terms, strict=True)):
        source[own], row[own] = place, np.arange(len(own))
        sizes[own] = np.diff(one.ends, prepend=0)
    source, row, sizes = source[used], row[used], sizes[used]
    ends = np.cumsum(sizes, dtype=np.int64)
    letters = np.empty(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    for place, one in enumerate(parts):
        mine = np.flatnonzero(source == place)
        lengths = sizes[mine]
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        from_ = np.repeat((one.ends - np.diff(one.ends, prepend=0))[row[mine]], lengths) + within
        letters[np.repeat(ends[mine] - lengths, lengths) + within] = one.letters[from_]
    return letters, ends
