from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import pytest

from index.merging import AT_ONCE, GONE, MANY, RATIO, SMALLEST, TOGETHER, Size, choose


def whole(**sizes: int) -> dict[str, Size]:
    return {name: Size(size, 0) for name, size in sizes.items()}


class Grown(NamedTuple):
    """Sizes of segments, the most there ever were, and how many times each passage was written."""

    sizes: dict[str, Size]
    most: int
    amplification: float


def grow(additions: int, size: int) -> Grown:
    """Add segments of a size, one after the other, and merge whatever is chosen after each."""
    sizes: dict[str, Size] = {}
    names = (f"s{number}" for number in itertools.count())
    written = most = 0
    for _ in range(additions):
        sizes[next(names)] = Size(size, 0)
        written += size
        while chosen := choose(sizes):
            merged = sum(sizes.pop(name).left for name in chosen)
            sizes[next(names)] = Size(merged, 0)
            written += merged
        most = max(most, len(sizes))
    return Grown(sizes, most, written / (additions * size))


@pytest.mark.parametrize("size", [2, 20, 200, 4_000])
def test_over_10000_additions_segments_stay_few_and_little_is_written_again(size: int) -> None:
    sizes, most, amplification = grow(10_000, size)

    tiers = 1 + max(0, math.ceil(math.log(10_000 * size / SMALLEST, RATIO)))
    assert sum(one.left for one in sizes.values()) == 10_000 * size
    assert most <= (TOGETHER - 1) * tiers
    # Once a tier, but in the smallest one, in which every third addition writes all of it again.
    assert amplification <= RATIO + SMALLEST / (2 * (TOGETHER - 1) * size)


def test_segments_of_a_tier_are_put_together_in_their_order_once_there_are_four() -> None:
    small = whole(a=20, b=10_000, c=SMALLEST, d=1)

    assert choose(small) == ()
    assert choose({**small, "e": Size(7, 0)}) == ("a", "c", "d", "e")


def test_a_segment_is_as_large_as_what_is_left_of_it() -> None:
    sizes = {**whole(a=1, b=2, c=3), "d": Size(100 * SMALLEST, 99 * SMALLEST + 500)}

    assert choose(sizes) == ("a", "b", "c", "d")


def test_the_smallest_tier_comes_first() -> None:
    large = whole(**{f"l{number}": 100 * SMALLEST for number in range(4)})
    small = whole(**{f"s{number}": 10 for number in range(4)})

    assert choose({**large, **small}) == tuple(small)
    assert choose(large) == tuple(large)


def test_what_is_too_much_at_once_is_left_to_the_background() -> None:
    large = whole(**{f"l{number}": AT_ONCE // 4 for number in range(4)})

    assert choose(large, at_most=AT_ONCE) == tuple(large)
    assert choose({**large, "more": Size(AT_ONCE // 4, 0)}, at_most=AT_ONCE) == tuple(large)
    assert choose({"first": Size(AT_ONCE, 0), **large}, at_most=AT_ONCE) == tuple(large)
    assert choose({**large, "l1": Size(AT_ONCE, 0)}, at_most=AT_ONCE) == ()
    assert len(choose({**large, "more": Size(AT_ONCE // 4, 0)})) == 5


@pytest.mark.parametrize("gone,is_wasteful", [(0, False), (25, False), (26, True), (100, True)])
def test_a_segment_of_which_much_is_gone_is_written_anew(gone: int, *, is_wasteful: bool) -> None:
    assert GONE == 0.25

    assert choose({"a": Size(100, 0), "b": Size(100, gone)}) == (("b",) if is_wasteful else ())


def test_of_wasteful_segments_one_is_written_anew_at_a_time_and_none_that_is_too_large() -> None:
    sizes = {"large": Size(1_000, 500), "first": Size(100, 50), "second": Size(100, 50)}

    assert choose(sizes, at_most=100) == ("first",)
    assert choose(sizes) == ("large",)
    assert choose(sizes, at_most=10) == ()


def test_without_segments_there_is_nothing_to_do() -> None:
    assert choose({}) == ()


def test_however_large_the_batches_of_an_import_segments_stay_few() -> None:
    sizes: dict[str, Size] = {}
    for number in range(400):
        sizes[f"s{number}"] = Size(6_000, 0)
        while names := choose(sizes, at_most=AT_ONCE if len(sizes) <= MANY else math.inf):
            merged = Size(sum(sizes.pop(name).left for name in names), 0)
            sizes[f"{names[0]}+"] = merged
        assert len(sizes) <= MANY + 1

    assert sum(size.left for size in sizes.values()) == 400 * 6_000
