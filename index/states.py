"""States: what an index knows of the corpus, by the name of the newest change that it has followed."""

from collections.abc import Sequence
from pathlib import Path

from corpus.changes import Change, StoredChange
from corpus.store import Corpus
from index.errors import SnapshotDamaged
from index.manifests import read_pointer

#: Changes that are looked through for purged articles at once.
_LOOKED_THROUGH = 10_000

#: A state that no corpus has: whoever meets it compares all passages.
_NONE = "none"


class States:
    """The states of one corpus. May be used from many threads."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def cursor(self, corpus_state: str) -> int | None:
        """Return up to which change a generation goes; None where that is none of this corpus."""
        number = corpus_state.partition("@")[0]
        is_it = number.isdecimal() and self._corpus.state_at(int(number)) == corpus_state
        return int(number) if is_it else None

    def named(self, cursor: int) -> str:
        """Name the state after a change; where that is not in the log any more, as no state is named."""
        return self._corpus.state_at(cursor) or _NONE

    def was_purged_after(self, cursor: int) -> bool:
        """Say whether the log has a purged article after a change."""
        while changes := self._corpus.changes_after(cursor, limit=_LOOKED_THROUGH):
            if has_purged(changes):
                return True
            cursor = changes[-1].id
        return False

    def is_wiped(self, folder: Path) -> bool:
        """Say whether another model's index has followed all that was purged."""
        try:
            pointer = read_pointer(folder)
        except SnapshotDamaged:
            return False
        cursor = None if pointer is None else self.cursor(pointer[1])
        return cursor is not None and not self.was_purged_after(cursor)


def has_purged(changes: Sequence[StoredChange]) -> bool:
    """Say whether an article was purged by one of some changes."""
    return any(change.kind is Change.PURGED for change in changes)
