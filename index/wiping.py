"""Wiping: after an article was purged, no word and no vector of it stays in any file of the index."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.combining import Combiner
from index.keptvectors import KeptVectors
from index.snapshots import Snapshot, Snapshots
from index.sweeping import KEPT, MERGING, REBUILDING, forget_models
from index.tokens import PLACE


def wipe(
    snapshots: Snapshots, kept: KeptVectors, current: Snapshot, *, honours: Callable[[Path], bool]
) -> Snapshot:
    """Leave nothing anywhere but what can be found; whoever calls this holds the index's lock.

    Args:
        snapshots: the generations of the model in use.
        kept: its vectors and word pieces.
        current: the generation in use, of which what is gone is only marked.
        honours: says of another model's folder whether that was wiped since; the others are deleted.
    """
    combiner = Combiner(snapshots)
    for name, size in current.content.sizes().items():
        if size.gone:
            current = combiner.combine(current, (name,))
    snapshots.sweep(MERGING, REBUILDING, all_but_current=True)
    living = [one for one in current.content.living() if one.part.places is not None]
    kept.scrub(
        [_left(part.vectors.vectors, alive) for part, alive in living if part.vectors is not None],
        np.concatenate([np.zeros(0, dtype=PLACE), *(_left(part.places, alive) for part, alive in living)]),
    )
    index = snapshots.folder.parent
    others = [one for one in index.iterdir() if one.is_dir() and one.name != KEPT and honours(one)]
    forget_models(index, but={snapshots.folder.name, *(one.name for one in others)})
    return current


def _left(rows: NDArray[Any] | None, alive: NDArray[np.bool_] | None) -> NDArray[Any]:
    """Return what is left of the rows of a part."""
    if rows is None:
        return np.zeros(0, dtype=PLACE)
    return rows if alive is None else rows[alive]
