"""Limited: parsers of hostile formats, each file in a child process that can do nothing else.

On Linux the child has 1 GB of memory, 20 s of a processor, 60 s in all, no environment (so no token), and can
open no file and no socket, for reading or writing; see `corpus.sources.child`. A parser that crashes, hangs
or floods costs its file, and nothing more.

What this is not: a wall against whoever knows a hole in the parser and another one in the kernel. On other
systems less is held; `missing` says what.
"""

import json
import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

from corpus.errors import InvalidArticle, UnreadableSource
from corpus.sources.child import NO_PARSER

log = logging.getLogger(__name__)

#: Seconds from start to end, for a machine that is busy with other things, too.
DEADLINE_S = 60.0
#: Bytes of an answer: the longest text that an article may have, and more.
LARGEST_ANSWER = 24_000_000
#: Where our packages lie: the child is isolated, and knows no path of its own.
_ROOT = str(Path(__file__).parents[2])
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from corpus.sources.child import main; main(*sys.argv[2:])"
)


def parse_limited(
    module: str, function: str, content: bytes, *, deadline_s: float = DEADLINE_S
) -> Mapping[str, object]:
    """Parse a file in a child process.

    Args:
        module: the full name of a module of ours.
        function: one of its functions, from bytes to an article's fields, which JSON can hold.
        content: the file.
        deadline_s: seconds after which the child is killed.

    Raises:
        InvalidArticle: with the parser's reason, or that it crashed or took too long.
        UnreadableSource: when such files cannot be parsed here at all.
    """
    _tell_what_is_missing()
    try:
        code, answer = _ask(module, function, content, deadline_s)
    except OSError as error:
        raise UnreadableSource(f"no process can be started to read it: {error.strerror or error}") from error
    if code == NO_PARSER:
        raise UnreadableSource(f"{module} cannot be loaded; install Crisisbot again")
    if code or len(answer) > LARGEST_ANSWER:
        raise InvalidArticle(_explained(code, answer))
    found = json.loads(answer)
    if "reason" in found:
        raise InvalidArticle(found["reason"])
    raw: Mapping[str, object] = found["raw"]
    return raw


def missing(system: str = sys.platform) -> tuple[str, ...]:
    """Return which limits do not hold on a system; on Linux all of them do."""
    if system == "linux":
        return ()
    return ("memory", "processor time", "files", "network") if system == "win32" else ("memory",)


def _ask(module: str, function: str, content: bytes, deadline_s: float) -> tuple[int, bytes]:
    """Have a child parse a file; return its exit code, or minus the signal that ended it, and its answer."""
    with subprocess.Popen(
        [sys.executable, "-I", "-c", _START, _ROOT, module, function],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd=_ROOT,
        start_new_session=True,  # a terminal's Ctrl-C is for us; we end the child ourselves
    ) as child:
        clock = threading.Timer(deadline_s, child.kill)
        clock.daemon = True
        clock.start()
        try:
            answer = _exchange(child, content)
            if len(answer) <= LARGEST_ANSWER:
                child.wait()
        finally:
            clock.cancel()
            child.kill()  # nothing where it has ended
    return child.returncode, answer


def _exchange(child: subprocess.Popen[bytes], content: bytes) -> bytes:
    """Give a child its file, all of which it reads before it writes, and read its answer up to the limit."""
    assert child.stdin is not None  # noqa: S101 (for mypy: there are pipes)
    assert child.stdout is not None  # noqa: S101
    with suppress(BrokenPipeError), child.stdin:  # it is dead; its exit code says why
        child.stdin.write(content)
    return child.stdout.read(LARGEST_ANSWER + 1)


def _explained(code: int, answer: bytes) -> str:
    if len(answer) > LARGEST_ANSWER:
        return "what was found in it is too long"
    name = signal.Signals(-code).name if code < 0 else ""
    if name in {"SIGKILL", "SIGXCPU", "SIGALRM"}:
        return "it takes too long to read, so it is damaged or made to do harm"
    return f"its reader crashed on it{f' ({name})' if name else ''}, so it is damaged or made to do harm"


@cache
def _tell_what_is_missing() -> None:
    if gaps := missing():
        log.warning(
            "on this system, PDFs and DOCX files are parsed without limits of: %s; add only files you trust",
            ", ".join(gaps),
        )
