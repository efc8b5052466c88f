"""Syncs, merges and rebuilds in processes of their own, which can be killed at any step on the disk.

Run as a program, this reads one order a line, forks a process for it and reports how it ended: the imports,
which take longer than a sync, are paid for once. The forked process does what a deployed one does, except
that before its n-th step (a flush to disk, a rename, a removal ...) it is killed, or right after it where
that is opening a file to write.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import io
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self
from unittest import mock

from corpus.database import sqlite_url
from corpus.store import Corpus
from index import merging
from index.engine import Engine
from index.keptvectors import KeptVectors
from tests.fakes.encoder import FakeEncoder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    from index.encoder import Encoded

ROOT = Path(__file__).resolve().parents[2]

#: What they do to the disk. Those that take a descriptor can be torn: done by half, then killed.
STEPS = ("fsync", "write", "ftruncate", "mkdir", "rename", "replace", "unlink", "rmdir")

#: Bytes that are missing at the end of a file after a torn step.
TORN = 7


@dataclass(frozen=True)
class Order:
    """What is done to `folder/index` by `folder/corpus.sqlite`, and how it dies; by default it does not.

    `policy` are constants of `index.merging` to be used instead of its own.
    """

    folder: str
    work: Literal["sync", "merge", "rebuild"] = "sync"
    policy: Mapping[str, float] = field(default_factory=dict)
    at_step: int | None = None
    torn: bool = False
    after_seconds: float | None = None
    pause: float = 0.0


@dataclass(frozen=True)
class End:
    """How it ended: by which signal (0: by itself), after how many steps, how many texts it encoded."""

    signal: int
    steps: int
    encoded: int


class Killer:
    """A process that forks whatever is ordered; use it as a context manager."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.index.killing"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def begin(self, order: Order) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asdict(order)) + "\n")
        self._process.stdin.flush()

    def end(self) -> End:
        assert self._process.stdout is not None
        return End(**json.loads(self._process.stdout.readline()))

    def run(self, order: Order) -> End:
        self.begin(order)
        return self.end()


def acknowledged(folder: Path) -> list[tuple[str, str]]:
    """Return what was said to be kept by processes of this folder, killed or not.

    Each is a sentence and the paragraph in which it was read.
    """
    path = folder / "acknowledged"
    texts: list[str] = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [(sentence, paragraph) for sentence, _, paragraph in (text.partition("\x1f") for text in texts)]


def main() -> None:
    for line in sys.stdin:
        order = Order(**json.loads(line))
        report, reporting = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(report)
            _run(order, reporting)
        os.close(reporting)
        if order.after_seconds is not None:
            time.sleep(order.after_seconds)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with os.fdopen(report) as pipe:
            last = pipe.read().split()
        _, status = os.waitpid(pid, 0)
        if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
            sys.exit("it failed; see above")
        ended = End(os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, *map(int, last or ("0", "0")))
        print(json.dumps(asdict(ended)), flush=True)  # noqa: T201 (a program's output)


def _run(order: Order, reporting: int) -> None:
    """Do what was ordered, in a forked process, and leave without a trace of the parent."""
    try:
        folder = Path(order.folder)
        write = os.write
        steps = _Steps(order)
        steps.watch()
        _acknowledge(folder / "acknowledged", write)
        corpus = Corpus.open(sqlite_url(folder / "corpus.sqlite"))
        encoder = FakeEncoder(pause=order.pause)
        work(Engine(folder / "index", corpus, encoder), order)
        write(reporting, f"{steps.taken} {len(encoder.encoded)}".encode())
        os._exit(0)
    except BaseException:  # noqa: BLE001 (the outermost edge of this process)
        traceback.print_exc()
        os._exit(1)


def work(engine: Engine, order: Order) -> None:
    """Do what was ordered with an engine, in this process."""
    with mock.patch.dict(vars(merging), order.policy):
        if order.work == "sync":
            engine.refresh()
        elif order.work == "merge":
            engine.merge()
        else:
            engine.rebuild()


class _Steps:
    """Counts steps, and kills its own process before the one it was told."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self.taken = 0

    def watch(self) -> None:
        for name in STEPS:
            setattr(os, name, self._counted(getattr(os, name)))
        opened = self._counted_open(io.open)
        io.open = opened  # pathlib's
        builtins.open = opened  # everybody else's

    def _counted(self, step: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(step)
        def counted(*args: Any, **named: Any) -> Any:  # noqa: ANN401 (whatever the step takes and gives)
            self._take(args[0] if args and step.__name__ in {"fsync", "write"} else None)
            return step(*args, **named)

        return counted

    def _counted_open(self, step: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(step)
        def counted(file: Any, mode: str = "r", *args: Any, **named: Any) -> Any:  # noqa: ANN401 (as `open` does)
            opened = step(file, mode, *args, **named)
            if set(mode) & set("wax+"):
                self._take(None)  # afterwards: what was there before is gone now
            return opened

        return counted

    def _take(self, descriptor: int | None) -> None:
        self.taken += 1
        if self.taken == self._order.at_step:
            if self._order.torn and descriptor is not None:
                _tear(descriptor)
            os.kill(os.getpid(), signal.SIGKILL)


_truncate = os.ftruncate


def _tear(descriptor: int) -> None:
    """Leave a file as if its last bytes had not reached the disk; folders and files open to read stay."""
    with contextlib.suppress(OSError):
        _truncate(descriptor, max(0, os.fstat(descriptor).st_size - TORN))


def _acknowledge(path: Path, write: Callable[[int, bytes], int]) -> None:
    """Write down whose vectors `KeptVectors.append` has promised to keep, as soon as it has."""
    append = KeptVectors.append
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def acknowledging(self: KeptVectors, texts: Sequence[str], encoded: Sequence[Encoded]) -> None:
        append(self, texts, encoded)
        write(descriptor, "".join(json.dumps(text) + "\n" for text in texts).encode())

    KeptVectors.append = acknowledging  # type: ignore[method-assign] # in a process that ends soon


if __name__ == "__main__":
    main()
