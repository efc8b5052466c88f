"""Ids: all passages of an index or a corpus, as arrays that ascend; pure.

They take eight bytes a passage; sets of Python's integers take a hundred.
"""

from collections.abc import Collection
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.postings import Numbers

_Number = TypeVar("_Number", np.int64, np.uint64)

NONE: Numbers = np.zeros(0, dtype=np.int64)


def ascending(ids: Collection[int]) -> Numbers:
    """Return ids in order, each once."""
    return each_once(np.fromiter(ids, dtype=np.int64, count=len(ids)))


def each_once(numbers: NDArray[_Number]) -> NDArray[_Number]:
    """Put numbers in order where they are, and return each once; `np.unique` takes more memory for that."""
    numbers.sort()
    is_first = np.ones(len(numbers), dtype=bool)
    is_first[1:] = numbers[1:] != numbers[:-1]
    once: NDArray[_Number] = numbers[is_first]
    return once


def rows_among(some: NDArray[Any], others: NDArray[Any]) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return where each of some numbers stands among others, which ascend, and whether it does; both (n,)."""
    if not len(others):
        return np.zeros(len(some), dtype=np.int64), np.zeros(len(some), dtype=bool)
    rows = np.minimum(np.searchsorted(others, some), len(others) - 1)
    return rows, others[rows] == some


def within(some: NDArray[Any], others: NDArray[Any]) -> NDArray[np.bool_]:
    """Say which of some numbers are among others, (n,); those ascend."""
    return rows_among(some, others)[1]


def without(some: Numbers, others: Numbers) -> Numbers:
    """Return those of some ids that are not among others; both ascend."""
    return some[~within(some, others)]
