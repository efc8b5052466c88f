"""What a process takes of the machine, as Linux tells it in /proc, and which machine it is."""

import os
import platform
import statistics
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np

#: Seconds between two looks at the memory of a process, and a megabyte in kB, as /proc counts.
EVERY_S, MEGABYTE = 0.02, 1000

#: How many ticks of the clock a second of computing has.
_TICKS = os.sysconf("SC_CLK_TCK")

Figures = dict[str, float]


def facts() -> dict[str, object]:
    """Return what a reader needs to know of this machine."""
    models = (
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    )
    return {
        "processor": next(models, platform.machine()),
        "processors": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9),
        "python": platform.python_version(),
        "load_at_start": round(os.getloadavg()[0], 1),
    }


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process has used up since it began: seconds of processors, bytes written to files."""

    cpu_s: float
    written: int

    @classmethod
    def by(cls, pid: int) -> Self:
        """Read it of a running process, with all its threads."""
        # The name in parentheses may hold anything; what stands after it is counted from 3 in proc(5).
        after = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        written = _numbers(Path(f"/proc/{pid}/io"))["write_bytes"]
        return cls((int(after[11]) + int(after[12])) / _TICKS, written)

    def __sub__(self, before: "Spent") -> "Spent":
        return Spent(self.cpu_s - before.cpu_s, self.written - before.written)


def memory(pid: int) -> Figures:
    """Return the megabytes of a process: its own ones, and the pages of files that it looked at.

    The latter are a cache: the system takes them back when others need memory.
    """
    status = _numbers(Path(f"/proc/{pid}/status"))
    shares = _numbers(Path(f"/proc/{pid}/smaps_rollup"))
    return {
        "rss_mb": status["VmRSS"] / MEGABYTE,
        "pss_mb": shares["Pss"] / MEGABYTE,
        "anonymous_mb": status["RssAnon"] / MEGABYTE,
        "of_files_mb": (status["RssFile"] + status["RssShmem"]) / MEGABYTE,
    }


@dataclass
class Peak:
    """The most memory that this process took: all of it, and without the pages of files."""

    rss_mb: float = 0.0
    anonymous_mb: float = 0.0
    at: str = ""
    of: Figures = field(default_factory=dict)
    _doing: str = ""

    def now(self, doing: str) -> None:
        """Say what the process does from here on, so that peaks are told of it."""
        self._doing = doing

    def look(self) -> None:
        """Look how much it is now."""
        status = _numbers(Path("/proc/self/status"))
        anonymous = status["RssAnon"] / MEGABYTE
        self.rss_mb = max(self.rss_mb, status["VmRSS"] / MEGABYTE)
        self.of[self._doing] = max(self.of.get(self._doing, 0.0), anonymous)
        if anonymous > self.anonymous_mb:
            self.anonymous_mb, self.at = anonymous, self._doing

    def figures(self) -> dict[str, object]:
        """Return it for a report."""
        return {
            "peak_rss_mb": round(self.rss_mb),
            "peak_anonymous_mb": round(self.anonymous_mb),
            "peak_anonymous_at": self.at,
            "peak_anonymous_mb_of": {name: round(peak) for name, peak in self.of.items() if name},
        }


@contextmanager
def peak() -> Iterator[Peak]:
    """Watch the memory of this process."""
    found, stop = Peak(), threading.Event()

    def watch() -> None:
        while not stop.wait(EVERY_S):
            found.look()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield found
    finally:
        stop.set()
        watcher.join()
        found.look()


def told(values: Sequence[float], *, digits: int = 1) -> Figures:
    """Return the median, the 99th percentile and the worst of some values; nothing of none."""
    if not values:
        return {}
    return {
        "n": len(values),
        "median": round(statistics.median(values), digits),
        "p99": round(float(np.percentile(values, 99)), digits),
        "worst": round(max(values), digits),
    }


def _numbers(path: Path) -> dict[str, int]:
    lines = (line.partition(":") for line in path.read_text(encoding="utf-8").splitlines())
    found = {name: rest.split() for name, _, rest in lines}
    return {name: int(words[0]) for name, words in found.items() if words and words[0].isdigit()}
