"""Indexer: the child process of a running bot that keeps the index up to date (`bot.following`)."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import threading
import time
from asyncio.subprocess import Process
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from bot.settings import Settings
from bot.standstill import Standstill

log = logging.getLogger(__name__)

#: Seconds between two starts: doubled every time that it ends soon, up to the second.
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0

#: Seconds in which it ends by itself when it is told to; it loses nothing when it is killed.
GRACE_S = 5.0


class Indexer:
    """Runs the process, and has it stand still while people wait for answers."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._standstill = Standstill(lambda: self._signal("SIGSTOP"), lambda: self._signal("SIGCONT"))
        self._handle: int | None = None
        self._handling = threading.Lock()
        #: The process, while it runs.
        self.pid: int | None = None

    async def keep(self) -> None:
        """Run it until cancelled, and start it again whenever it ends."""
        wait = FIRST_WAIT_S
        while True:
            began = time.monotonic()
            try:
                code: object = await self._run()
            except OSError as error:  # there is no process to be had just now
                code = error
            was_long = time.monotonic() - began > LONGEST_WAIT_S
            wait = FIRST_WAIT_S if was_long else min(2 * wait, LONGEST_WAIT_S)
            log.error("the indexer ended with code %s; it is started again in %.0f s", code, wait)
            await asyncio.sleep(wait)

    def give_way(self) -> AbstractContextManager[None]:
        """Answer a question in this block, during which it stands still, but for a third of the time."""
        return self._standstill.question()

    async def _run(self) -> int:
        """Run it until it ends; when this is cancelled, end it.

        Its standard input is ours to hold: when this process is killed, it is closed, and the indexer ends.
        """
        command = ["-m", "bot", "--data", str(self._settings.data), "sync", "--follow", "--tied"]
        with _line() as (ours, its):
            child = await asyncio.create_subprocess_exec(
                sys.executable, *command, stdin=its.fileno(), env=self._settings.for_children()
            )
            its.close()
            hearing = asyncio.create_task(self._hear(ours, child))
            self.pid = child.pid
            try:
                return await child.wait()
            finally:
                hearing.cancel()
                await self._end(child)

    async def _hear(self, ours: socket.socket, child: Process) -> None:
        """Wait until it says that it would go on if this process were killed meanwhile."""
        if await asyncio.get_running_loop().sock_recv(ours, 1):
            with contextlib.suppress(OSError):  # it ended just now, or the system is too old
                self._handle = os.pidfd_open(child.pid)

    @property
    def can_be_held(self) -> bool:
        """Say whether it stands still for questions."""
        return self._handle is not None

    async def _end(self, child: Process) -> None:
        self._forget()
        if child.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            child.terminate()
        try:
            await asyncio.wait_for(child.wait(), GRACE_S)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()

    def _forget(self) -> None:
        """Let it go for good."""
        with self._handling:  # from here on nobody holds it any more
            handle, self._handle, self.pid = self._handle, None, None
        if handle is not None:
            _send(handle, "SIGCONT")
            os.close(handle)

    def _signal(self, name: str) -> None:
        """Send it a signal by a handle that stands for this process alone, and never for a later one."""
        with self._handling:
            if self._handle is not None:
                _send(self._handle, name)


def _send(handle: int, name: str) -> None:
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(handle, getattr(signal, name))


@contextmanager
def _line() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Give both ends of a line between two processes; ours is closed at the end of the block."""
    ours, its = socket.socketpair()
    ours.setblocking(False)  # noqa: FBT003 (its name says it)
    with ours, its:
        yield ours, its
