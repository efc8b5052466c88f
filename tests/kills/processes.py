"""Processes: `crisisbot` commands in processes of their own, which are killed when their time has come.

Most are forked off this process, which has loaded all there is, so that kills fall on what a command does
and not on its start; some are started from nothing, as people do it. They are told nothing of their end.
"""

from __future__ import annotations

import functools
import importlib
import os
import signal
import sys
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import index.encoder
from bot.cli import main as crisisbot
from index.light import LightModel
from index.meanings import read_concepts
from index.models import Model
from tests.kills import phases

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]

#: Seconds after which a command that should have ended counts as one that hangs.
HANGS_AFTER_S = 120.0

#: Seconds between two looks at what processes are at.
LOOK_S = 0.001

#: What commands import when they run.
IMPORTED = (
    *("bot.adding", "bot.feeding", "bot.following", "bot.indexing", "bot.watching", "markdown_it"),
    *("onnxruntime", "corpus.sources.pages"),
)


def warm_up() -> None:
    """Load all that takes long and changes nothing, so that processes are at their work when they die."""
    phases.watch()
    for module in IMPORTED:  # only now: they take over functions that are watched
        importlib.import_module(module)
    read_concepts()
    one_for_all = functools.cache(LightModel)
    one_for_all(Model.choose()).load()
    setattr(index.encoder, "LightModel", one_for_all)  # noqa: B010 (a name that the module does not export)


@dataclass(frozen=True)
class Death:
    """When a process is killed: so long after its start or, with a phase, after that was first seen.

    A process that does not come to that phase in `latest_s` is killed wherever it is.
    """

    after_s: float
    phase: str | None = None
    latest_s: float = HANGS_AFTER_S


@dataclass
class Process:
    """A running command; `piece` is the number of the one that it removes or purges."""

    words: Sequence[str]
    death: Death | None
    out: Path
    piece: int | None = None
    is_cold: bool = False
    goes_on: bool = False  # it is one that ends by a signal only
    page: phases.Page = field(default_factory=phases.Page)
    began: float = field(default_factory=time.monotonic)
    pid: int = 0
    status: int | None = None
    reached: float | None = None  # when the phase of its death was first seen

    @property
    def name(self) -> str:
        """Name the command without what it is done to."""
        words = [word for word in self.words if word.isalpha() or word.startswith("--")]
        return " ".join(words)

    @property
    def was_killed(self) -> bool:
        return self.status is not None and os.WIFSIGNALED(self.status)

    @property
    def code(self) -> int:
        assert self.status is not None
        return os.waitstatus_to_exitcode(self.status)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    @property
    def told(self) -> str:
        return self.out.read_text(encoding="utf-8", errors="replace")

    def start(self, environment: Mapping[str, str]) -> None:
        self.out.touch()  # it may not live to do that
        self.began = time.monotonic()
        self.pid = os.fork()
        if self.pid == 0:
            self._be(environment)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)  # it is our child and was not waited for: no other can have its id

    def look(self) -> bool:
        """Look whether it has ended; kill it when its time has come."""
        if self.status is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self.status = status
            elif self._is_due():
                self.kill()
                self.death = None
        return self.status is not None

    def end(self) -> None:
        """Kill it if it is not at its end already, and wait."""
        if not self.look():
            self.kill()
            _, self.status = os.waitpid(self.pid, 0)

    def _is_due(self) -> bool:
        if self.death is None:
            return False
        if self.death.phase is None:
            return self.seconds >= self.death.after_s
        if self.reached is None and self.page.is_at(self.death.phase):
            self.reached = self.seconds
        if self.reached is None:
            return self.seconds >= self.death.latest_s
        return self.seconds - self.reached >= self.death.after_s

    def _be(self, environment: Mapping[str, str]) -> None:
        """Be the command, in the forked process, and leave without a trace of the parent."""
        code = 1
        try:
            out = os.open(self.out, os.O_WRONLY | os.O_APPEND)
            nothing = os.open(os.devnull, os.O_RDONLY)
            for stream, descriptor in enumerate((nothing, out, out)):
                os.dup2(descriptor, stream)
            os.chdir(ROOT)
            os.environ.clear()
            os.environ.update(environment)
            if self.is_cold:
                os.execv(sys.executable, [sys.executable, "-m", "bot", *self.words])  # noqa: S606 (no shell wanted)
            phases.tell_by(self.page)
            crisisbot([*self.words], prog_name="crisisbot")
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 1
        except BaseException:  # noqa: BLE001 (the outermost edge of this process)
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)


def until_all_end(processes: Sequence[Process]) -> None:
    """Wait for all that end by themselves, or by a death that is planned for them.

    Raises:
        TimeoutError: when one hangs; it is killed then.
    """
    while any(not one.look() for one in processes if one.death is not None or not one.goes_on):
        for process in processes:
            process.look()
            if process.status is None and not process.goes_on and process.seconds > HANGS_AFTER_S:
                process.kill()
                raise TimeoutError(
                    f"{process.name} hangs, at: {process.page.phase}; it said: {process.told[-2000:]}"
                )
        time.sleep(LOOK_S)
