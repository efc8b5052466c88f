"""Combining: segments written as one, and put in their place."""

import math
import shutil
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from corpus.languages import Language
from index import merging, segments
from index.content import Content
from index.filling import Write
from index.parts import Living, merge
from index.snapshots import Snapshot, Snapshots
from index.sweeping import WRITING


class Combiner:
    """Writes segments anew, several as one. Whoever switches to them must hold the lock."""

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots

    def combine_small(self, snapshot: Snapshot) -> Snapshot:
        """Combine what takes no time worth mentioning, until nothing of that is left."""
        while names := merging.choose(snapshot.content.sizes(), at_most=_at_most(snapshot.content)):
            snapshot = self.combine(snapshot, names)
        return snapshot

    def combine(self, snapshot: Snapshot, names: Sequence[str]) -> Snapshot:
        """Write what is left of some segments as one, and switch to that."""
        aside = self._snapshots.aside(WRITING)
        merged = self.write(snapshot.content, names, aside)
        return self.put(snapshot, names, merged, aside) or snapshot

    def settle(self, content: Content, write: Write, within: Path) -> Content:
        """Combine all that should be one in content that is not in use yet, and lies in a folder."""
        while names := merging.choose(content.sizes()):
            left = content.living_by_language(names)
            content = content.with_merged(names, write(partial(_write, left)) if left else None)
            for name in names:  # nobody else knows of them
                shutil.rmtree(within / name, ignore_errors=True)
        return content

    def write(self, content: Content, names: Sequence[str], aside: Path) -> bool:
        """Write what is left of segments as one into a folder; return whether anything is left.

        Raises:
            SnapshotDamaged: when one of them is not what was written: it must not get fresh checksums.
            OSError: when the disk does not take it; then nothing stays in the folder's place.
        """
        for one in content.segments:
            if one.name in names:
                segments.compare(self._snapshots.folder / one.name, one.manifest.files, closely=True)
        try:
            return self._written(content, names, aside)
        except OSError:
            shutil.rmtree(aside, ignore_errors=True)
            raise

    def _written(self, content: Content, names: Sequence[str], aside: Path) -> bool:
        left = content.living_by_language(names)
        _write(left, aside)
        if left:
            self._snapshots.finish(aside)
        return bool(left)

    def put(
        self,
        now: Snapshot | None,
        names: Sequence[str],
        merged: bool,  # noqa: FBT001 (what `write` returned)
        aside: Path,
    ) -> Snapshot | None:
        """Switch to what was merged, unless what it was made of is no longer in use, or not as it was."""
        if now is None or not {*names} <= {one.name for one in now.content.segments}:
            shutil.rmtree(aside, ignore_errors=True)
            return None
        segment = self._snapshots.adopt(aside) if merged else None
        content = now.content.with_merged(names, segment)
        if content.number != now.content.number:  # an older generation is in use, which has more of them
            self._snapshots.sweep()
            return None
        snapshot = self._snapshots.publish(content, corpus_state=now.corpus_state, line=now.manifest.line)
        self._snapshots.sweep()
        return snapshot


def _at_most(content: Content) -> float:
    return merging.AT_ONCE if len(content.segments) <= merging.MANY else math.inf


def _write(left: Mapping[Language, Sequence[Living]], folder: Path) -> None:
    for language, livings in left.items():
        merge(livings, folder / language)
