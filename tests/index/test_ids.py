"""Ids: arrays of passages do what sets of them would."""

from __future__ import annotations

from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.ids import NONE, ascending, each_once, within, without

NUMBERS = st.lists(st.integers(0, 20) | st.integers(2**62, 2**63 - 1))


@given(NUMBERS, NUMBERS)
def test_they_are_compared_as_sets_are(some: list[int], others: list[int]) -> None:
    mine, its = ascending(some), ascending(array("q", others))

    assert mine.tolist() == sorted(set(some))
    assert within(mine, its).tolist() == [one in set(others) for one in sorted(set(some))]
    assert without(mine, its).tolist() == sorted({*some} - {*others})


@pytest.mark.parametrize("none", [[], set(), NONE.tolist()])
def test_there_may_be_none(none: list[int]) -> None:
    assert ascending(none).tolist() == without(ascending(none), ascending([7])).tolist() == []
    assert without(ascending([7]), ascending(none)).tolist() == [7]


def test_hashes_beyond_the_largest_signed_number_stay_as_they_are() -> None:
    hashes = np.array([2**64 - 1, 3, 2**63, 3], dtype=np.uint64)

    assert each_once(hashes).tolist() == [3, 2**63, 2**64 - 1]
