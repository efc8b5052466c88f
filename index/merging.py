"""Merging: which segments are put together, so that there are few of them however many articles came; pure.

The way of log-structured merge trees (O'Neil et al. 1996, https://doi.org/10.1007/s002360050048), in tiers: a
passage is written again each time that its segment grows by `RATIO`, so about log(n) times in all.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

#: Passages of the smallest tier, how many times larger each next one is, and how many segments of a tier are
#: put together: the more, the less is written, and the more segments a question looks into. Each costs it
#: under a millisecond; a smallest tier of 8,192 would write an article of 20 sentences 70 times, this one 10.
SMALLEST, RATIO, TOGETHER = 512, 8, 4

#: The share of a segment's passages that may be gone before it is written anew without them.
GONE = 0.25

#: Passages up to which segments are merged by whoever wrote the last one; more are left to the background.
AT_ONCE = 8_192


#: Segments beyond which whoever wrote the last one merges however many passages that takes: each holds files
#: open, and the background finds no time while many articles come in.
MANY = 32


class Size(NamedTuple):
    """How many passages a segment was written with, and how many of them are gone."""

    written: int
    gone: int

    @property
    def left(self) -> int:
        """How many passages can still be found."""
        return self.written - self.gone


def choose(sizes: Mapping[str, Size], *, at_most: float = math.inf) -> tuple[str, ...]:
    """Return the names of segments to be put together next, in their order; none when all is well.

    Args:
        sizes: all segments by name, the oldest first.
        at_most: passages that may be left over to be written.
    """
    tiers: dict[int, list[str]] = {}
    for name, size in sizes.items():
        tiers.setdefault(_tier(size.left), []).append(name)
    for _, names in sorted(tiers.items()):
        for first in range(len(names) - TOGETHER + 1):
            run = _fitting(names[first:], sizes, at_most)
            if len(run) >= TOGETHER:
                return run
    wasteful = (name for name, size in sizes.items() if size.gone > GONE * size.written)
    return tuple(name for name in wasteful if sizes[name].left <= at_most)[:1]


def _fitting(names: Sequence[str], sizes: Mapping[str, Size], at_most: float) -> tuple[str, ...]:
    """Return the first segments of several that may be written together."""
    together = itertools.accumulate(sizes[name].left for name in names)
    return tuple(name for name, passages in zip(names, together, strict=True) if passages <= at_most)


def _tier(passages: int) -> int:
    return max(0, math.ceil(math.log(max(1, passages) / SMALLEST, RATIO)))
