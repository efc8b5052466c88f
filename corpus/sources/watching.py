"""Watching: which files of a folder came, changed or went since it was looked at; stores nothing.

By looking again and again. The kernel's messages (inotify) would save that, but they do not tell of files
that another machine writes to a network drive, often not of those on a volume that a container shares with
its host, are lost when many come at once, need a limit raised for large trees, and end with the folder.
"""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from corpus.articles import Article
from corpus.sources.files import Known, Rejected, nothing_known, read_file
from corpus.sources.folders import Selection, walk
from corpus.sources.formats import RawArticle

#: What tells a file from itself after a change: its size, both its times, and its place on the disk.
Stamp = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a folder found.

    `complete` are files, new or changed, that have not changed for long enough to be whole; `gone` are files
    that were read once and are there no more. `is_there` is false while the folder itself is not: nothing is
    gone then, because a drive that is not connected has lost nothing.
    """

    complete: tuple[Path, ...] = ()
    gone: tuple[Path, ...] = ()
    selection: Selection = field(default_factory=Selection)
    is_there: bool = True


@dataclass(slots=True)
class _Sight:
    """How a file was last seen: since when so, whether it was read so, and since when it is missing."""

    stamp: Stamp
    since: float
    is_read: bool = False
    missing_since: float | None = None


class WatchedFolder:
    """A folder that is looked at again and again, by one thread.

    Args:
        path: the folder; it may vanish and come back.
        settled_s: seconds for which a file must stay as it is before it counts as whole, or as gone. A file
            that was renamed into the folder is whole at once, but nothing tells it from one that is written.
        clock: seconds that only grow.
    """

    def __init__(self, path: Path, *, settled_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.path = path
        self._settled_s, self._clock = settled_s, clock
        self._sights: dict[Path, _Sight] = {}
        self._identity: tuple[int, int] | None = None

    def look(self) -> Look:
        """Look at all files once."""
        now = self._clock()
        try:
            status = self.path.stat()
            os.scandir(self.path).close()
        except OSError:
            return Look(is_there=False)
        selection = walk(self.path)
        if self._identity != (identity := (status.st_dev, status.st_ino)):
            # Another folder, or another drive: what is not in it was not deleted from it.
            self._identity = identity
            self._forget_all_but(selection.files)
        complete = tuple(file for file in selection.files if self._is_complete(file, now))
        return Look(complete, tuple(self._gone(selection, now)), selection)

    def read(
        self, file: Path, *, stated: RawArticle | None = None, known: Known = nothing_known
    ) -> Iterator[Article | Rejected]:
        """Yield the articles of a complete file; none where it is written again meanwhile."""
        articles = read_file(file, stated=stated, known=known, within=self.path)
        first = next(articles, None)  # by then, all of the file is in memory
        sight = self._sights[file]
        if _stamp(file) != sight.stamp:
            return
        yield from chain(() if first is None else (first,), articles)
        sight.is_read = True

    def _is_complete(self, file: Path, now: float) -> bool:
        stamp = _stamp(file)
        if stamp is None:
            return False
        sight = self._sights.get(file)
        if sight is None or sight.stamp != stamp:
            self._sights[file] = _Sight(stamp, now)
            return False
        sight.missing_since = None
        return not sight.is_read and now - sight.since >= self._settled_s

    def _gone(self, selection: Selection, now: float) -> Iterator[Path]:
        """Yield what is missing for long enough: many programs save a file by deleting it first."""
        there = set(selection.files)
        closed = [folder for folder, _ in selection.obstacles]
        for file in [file for file in self._sights if file not in there]:
            sight = self._sights[file]
            if any(file.is_relative_to(folder) for folder in closed):
                continue
            if sight.missing_since is None:
                sight.missing_since = now
            elif now - sight.missing_since >= self._settled_s:
                del self._sights[file]
                yield file

    def _forget_all_but(self, files: tuple[Path, ...]) -> None:
        there = set(files)
        self._sights = {file: sight for file, sight in self._sights.items() if file in there}


def _stamp(file: Path) -> Stamp | None:
    """Return what tells whether a file changed, None where it cannot be looked at."""
    try:
        status = os.stat(file)  # noqa: PTH116 (often)
    except FileNotFoundError:
        return None
    except OSError:
        return (0, 0, 0, 0)  # reading it says why
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
