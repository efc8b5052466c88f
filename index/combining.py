"""Combining: segments written as one, and put in their place."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from index import merging
from index.content import Content
from index.parts import merge
from index.snapshots import WRITING, Snapshot, Snapshots


class Combiner:
    """Writes segments anew, several as one. Whoever switches to them must hold the lock."""

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots

    def combine_small(self, snapshot: Snapshot) -> Snapshot:
        """Combine what takes no time worth mentioning, until nothing of that is left."""
        while names := merging.choose(snapshot.content.sizes(), at_most=merging.AT_ONCE):
            snapshot = self.combine(snapshot, names)
        return snapshot

    def combine(self, snapshot: Snapshot, names: Sequence[str]) -> Snapshot:
        """Write what is left of some segments as one, and switch to that."""
        aside = self._snapshots.aside(WRITING)
        merged = self.write(snapshot.content, names, aside)
        return self.put(snapshot, names, merged, aside) or snapshot

    def write(self, content: Content, names: Sequence[str], aside: Path) -> bool:
        """Write what is left of segments as one into a folder; return whether anything is left."""
        by_language = content.living_by_language(names)
        for language, livings in by_language.items():
            merge(livings, aside / language)
        if by_language:
            self._snapshots.finish(aside)
        return bool(by_language)

    def put(
        self,
        now: Snapshot | None,
        names: Sequence[str],
        merged: bool,  # noqa: FBT001 (what `write` returned)
        aside: Path,
    ) -> Snapshot | None:
        """Switch to what was merged, unless what it was made of is no longer in use."""
        if now is None or not {*names} <= {one.name for one in now.content.segments}:
            shutil.rmtree(aside, ignore_errors=True)
            return None
        segment = self._snapshots.adopt(aside) if merged else None
        content = now.content.with_merged(names, segment)
        snapshot = self._snapshots.publish(content, corpus_state=now.corpus_state, line=now.manifest.line)
        self._snapshots.sweep()
        return snapshot
