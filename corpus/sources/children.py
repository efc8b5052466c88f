"""Children: the processes in which hostile files are parsed, from our end; see `corpus.sources.child`.

Loading a parser takes up to a second, so a child is kept for a minute after its last file.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

from corpus.sources.child import FORKS, LARGEST_ANSWER

#: Seconds for which a child is kept, and how many wait for files at most: each takes some 70 MB.
KEPT_S = 60.0
MOST_KEPT = 2

#: Where our packages lie: the child is isolated, and knows no path of its own.
_ROOT = str(Path(__file__).parents[2])
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from corpus.sources.child import main; main(sys.argv[2])"
)


class Children:
    """Starts children, keeps those that may be used again, and ends them; for any number of threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: list[_Child] = []
        atexit.register(self.end)

    def ask(
        self, module: str, function: str, content: bytes, arguments: Sequence[str], deadline_s: float
    ) -> tuple[int, bytes]:
        """Have a file parsed; return an exit code, or minus the signal that ended it, and the answer.

        Raises:
            OSError: when no process can be started.
        """
        child = self._take(module) or _Child(module)
        with ExitStack() as whatever_happens:
            whatever_happens.callback(child.end)
            code, answer = child.ask(function, content, arguments, deadline_s)
            whatever_happens.pop_all()
        self._keep(child)
        return code, answer

    def end(self) -> None:
        """End all that wait for files."""
        with self._lock:
            kept, self._kept = self._kept, []
        for child in kept:
            child.end()

    def _take(self, module: str) -> "_Child | None":
        with self._lock:
            found = next((child for child in self._kept if child.module == module), None)
            if found is not None:
                self._kept.remove(found)
        if found is not None and not found.is_ready():
            found.end()
            return None
        return found

    def _keep(self, child: "_Child") -> None:
        if not FORKS or not child.is_ready():
            child.end()
            return
        child.last = threading.Timer(KEPT_S, self._let_go, (child,))
        child.last.daemon = True
        child.last.start()
        with self._lock:
            self._kept.append(child)
            leaving = self._kept[:-MOST_KEPT]
            self._kept = self._kept[-MOST_KEPT:]
        for old in leaving:
            old.end()

    def _let_go(self, child: "_Child") -> None:
        """End a child if it still waits."""
        with self._lock:
            waits = child in self._kept and child.last is threading.current_thread()
            if waits:
                self._kept.remove(child)
        if waits:
            child.end()


class _Child:
    """One child; used by one thread at a time."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.last: threading.Timer | None = None
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _START, _ROOT, module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd=_ROOT,
            start_new_session=True,  # a terminal's Ctrl-C is for us; we end the child ourselves
        )

    def is_ready(self) -> bool:
        """Say whether it may have another file."""
        return self._process.returncode is None and self._process.poll() is None

    def ask(
        self, function: str, content: bytes, arguments: Sequence[str], deadline_s: float
    ) -> tuple[int, bytes]:
        """Give it a file, all of which it reads before it writes, and read its answer up to the limit."""
        if self.last is not None:
            self.last.cancel()
        clock = threading.Timer(deadline_s, self._kill)
        clock.daemon = True
        clock.start()
        try:
            with suppress(BrokenPipeError):  # it is dead; its exit code says why
                self._input.write(json.dumps([function, len(content), [*arguments]]).encode() + b"\n")
                self._input.write(content)
                self._input.flush()
            return self._answer()
        finally:
            clock.cancel()

    def end(self) -> None:
        """Kill it and the file's process, and wait for its end."""
        if self.last is not None:
            self.last.cancel()
        self._kill()
        with suppress(BrokenPipeError), self._process:  # closes the pipes and waits
            pass

    def _answer(self) -> tuple[int, bytes]:
        head = self._output.readline()
        if not head.endswith(b"\n"):
            self._kill()
            return self._process.wait() or 1, b""
        code, length = map(int, head.split())
        if length > LARGEST_ANSWER:
            self._kill()
        return code, self._output.read(min(length, LARGEST_ANSWER + 1))

    def _kill(self) -> None:
        if self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                if FORKS:
                    os.killpg(self._process.pid, signal.SIGKILL)  # its fork, too
                else:
                    self._process.kill()

    @property
    def _input(self) -> IO[bytes]:
        assert self._process.stdin is not None  # noqa: S101 (for mypy: there are pipes)
        return self._process.stdin

    @property
    def _output(self) -> IO[bytes]:
        assert self._process.stdout is not None  # noqa: S101 (for mypy: there are pipes)
        return self._process.stdout
