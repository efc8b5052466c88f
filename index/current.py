"""Current: the generation in use, if it can be used; and what to go on from where it cannot."""

import contextlib
import logging
from dataclasses import replace

from index.errors import SnapshotDamaged
from index.snapshots import Snapshot, Snapshots

log = logging.getLogger(__name__)


class Current:
    """Looks at the generations of one model, and changes none. May be used from many threads."""

    def __init__(self, snapshots: Snapshots, model_identity: str) -> None:
        self._snapshots = snapshots
        self._model = model_identity

    def usable(self, known: Snapshot | None, *, closely: bool = False) -> Snapshot | None:
        """Return the current generation, unless it is damaged or made with another model or other rules.

        Args:
            known: a generation that was opened before; what it shares with the current one is not read again.
            closely: read all of it, known or not.
        """
        try:
            pointer = self._snapshots.pointer()
            if known is not None and pointer is not None and pointer[0] == known.name and not closely:
                return replace(known, corpus_state=pointer[1])
            if pointer is not None and closely:
                current: Snapshot | None = self._snapshots.open(
                    pointer[0], corpus_state=pointer[1], closely=True
                )
            else:
                current = self._snapshots.read(known)
        except SnapshotDamaged as error:
            log.warning("the index is damaged and is mended by itself: %s", error)
            return None
        if current is not None and not current.fits(self._model):
            log.warning("the index is of older rules, and is built anew by itself")
            return None
        return current

    def newer(self, than: Snapshot | None) -> tuple[str, str] | None:
        """Return the generation on disk and its state, if that is another one than this."""
        try:
            pointer = self._snapshots.pointer()
        except SnapshotDamaged:
            with contextlib.suppress(OSError):  # whoever can write it mends it
                self._snapshots.call_damaged()
            return None
        return None if than is not None and pointer == (than.name, than.corpus_state) else pointer

    def another(self) -> Snapshot | None:
        """Return the newest other generation that is whole and of use; what it lacks is added to it."""
        found = self._snapshots.newest_sound()
        if found is None:
            log.warning("the index is built anew from the vectors that are kept")
        else:
            log.warning("it goes on from %s, the newest generation that is whole", found.name)
        return found

    @property
    def is_new(self) -> bool:
        """Say whether there never was a generation."""
        return not self._snapshots.generations() and self._snapshots.has_no_pointer()
