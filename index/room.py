"""Room: whether the disk has enough of it to build the index anew beside the one in use."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from index.errors import NoRoom
from index.snapshots import Snapshot
from index.sweeping import REBUILDING

#: How many times the size of the index in use building it anew takes at most: segments are put together while
#: those that they are made of are still there (docs/decisions/0008-arrivals.md, "Room").
TIMES = 2.1

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes that building anew takes at most, about, and bytes that are free for it."""

    needed: int
    free: int

    @property
    def is_enough(self) -> bool:
        """Say whether the disk will take it."""
        return self.needed <= self.free

    def __str__(self) -> str:
        """Write both, for people."""
        needed, free = self.needed / _MEGABYTE, self.free / _MEGABYTE
        return f"building it anew takes about {needed:,.0f} MB more, and {free:,.0f} MB are free"


def room_beside(snapshot: Snapshot, folder: Path) -> Room:
    """Look how much room there is in a folder for another index like this one.

    What a killed process left of one counts as free: whoever builds it takes that away before.
    """
    files = [file for one in snapshot.content.segments for file in one.manifest.files.values()]
    return Room(int(TIMES * sum(file.size for file in files)), shutil.disk_usage(folder).free + _left(folder))


def insist_on_room(snapshot: Snapshot | None, folder: Path) -> None:
    """Refuse to begin what cannot end; where no index can be used, nobody knows how much it takes.

    Raises:
        NoRoom: when the disk has too little.
    """
    room = None if snapshot is None else room_beside(snapshot, folder)
    if room is not None and not room.is_enough:
        raise NoRoom(
            f"there is no room for a second index in {folder}: {room}; make room there, or move the data "
            "folder to a larger disk; the index in use goes on, and `crisisbot sync` needs little"
        )


def _left(folder: Path) -> int:
    try:
        return sum(path.stat().st_size for path in folder.glob(f"{REBUILDING}-*/**/*") if path.is_file())
    except FileNotFoundError:  # somebody takes it away just now
        return 0
