"""Ids: all passages of an index or a corpus, as arrays that ascend; pure.

They take eight bytes a passage; sets of Python's integers take a hundred.
"""

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.postings import Numbers

NONE: Numbers = np.zeros(0, dtype=np.int64)


def ascending(ids: Collection[int]) -> Numbers:
    """Return ids in order, each once."""
    return np.unique(np.fromiter(ids, dtype=np.int64, count=len(ids)))


def within(some: NDArray[Any], others: NDArray[Any]) -> NDArray[np.bool_]:
    """Say which of some numbers are among others, (n,); those ascend."""
    if not len(others):
        return np.zeros(len(some), dtype=bool)
    rows = np.minimum(np.searchsorted(others, some), len(others) - 1)
    found: NDArray[np.bool_] = others[rows] == some
    return found


def without(some: Numbers, others: Numbers) -> Numbers:
    """Return those of some ids that are not among others; both ascend."""
    return some[~within(some, others)]
