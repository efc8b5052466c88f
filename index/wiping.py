"""Wiping: after an article was purged, no word and no vector of it stays in any file of the index."""

from collections.abc import Callable
from pathlib import Path

from index.combining import Combiner
from index.keptvectors import KeptVectors
from index.snapshots import Snapshot, Snapshots
from index.sweeping import KEPT, MERGING, REBUILDING, forget_models


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
    kept.scrub(_word_pieces(current))
    index = snapshots.folder.parent
    others = [one for one in index.iterdir() if one.is_dir() and one.name != KEPT and honours(one)]
    forget_models(index, but={snapshots.folder.name, *(one.name for one in others)})
    return current


def _word_pieces(current: Snapshot) -> set[int]:
    """Return the bytes at which the word pieces of passages that can be found begin."""
    return {
        int(offset)
        for part, alive in current.content.living()
        if part.places is not None
        for offset in part.places["offset"][slice(None) if alive is None else alive]
    }
