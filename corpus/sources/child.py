"""The limited child process: reads one file from its standard input and writes what it found as JSON.

Started by `corpus.sources.limited`. Whatever a parser is made to do by a hostile file, it does it with little
memory and time, no environment, no file and no socket: after the parser is loaded, no file descriptor can be
opened any more.
"""

import codecs
import importlib
import json
import os
import signal
import sys
from collections.abc import Callable

from corpus.errors import InvalidArticle

#: Bytes of address space; PDFium needs some tens of millions, and some copies of the file.
MEMORY = 1 << 30
#: Seconds of a processor, and seconds after which an orphan ends.
CPU_S, ALARM_S = 20, 90

#: The user that owns nothing.
NOBODY = 65_534

#: The exit code of a child that could not load its parser.
NO_PARSER = 3

#: Encodings that parsers look up by name only when they meet them, which is too late to load them.
_ENCODINGS = ("cp437", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "ascii")


def main(module: str, function: str) -> None:
    """Parse standard input with a function of a module."""
    try:
        parse: Callable[[bytes], dict[str, object]] = getattr(importlib.import_module(module), function)
    except (ImportError, OSError):  # a library that is not there, or not for this system
        sys.exit(NO_PARSER)
    for name in _ENCODINGS:
        codecs.lookup(name)
    content = sys.stdin.buffer.read()
    _give_up_everything()
    answer = json.dumps(_answer(parse, content), ensure_ascii=False)
    sys.stdout.buffer.write(answer.encode(errors="surrogatepass"))
    sys.stdout.buffer.flush()


def _answer(parse: Callable[[bytes], dict[str, object]], content: bytes) -> dict[str, object]:
    try:
        return {"raw": parse(content)}
    except InvalidArticle as error:
        return {"reason": str(error)}
    except MemoryError:
        return {"reason": f"it needs over {MEMORY // 1_000_000:,} MB of memory to be read"}
    except RecursionError:
        return {"reason": "its parts are nested too deeply"}


def _give_up_everything() -> None:
    """Lower all limits for good. Systems other than Linux know few of these, and Windows none."""
    try:
        import resource  # noqa: PLC0415 (there is none on Windows)
    except ImportError:
        return
    limits = {
        "RLIMIT_AS": MEMORY,
        "RLIMIT_CPU": CPU_S,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
        "RLIMIT_NPROC": 0,
        "RLIMIT_NOFILE": 0,  # what is open stays open, and nothing opens any more: no file, no socket
    }
    for name, most in limits.items():
        try:
            resource.setrlimit(getattr(resource, name), (most, most))
        except (AttributeError, ValueError, OSError):  # `limited.missing()` says so
            continue
    signal.alarm(ALARM_S)
    if os.geteuid() == 0:
        _become_nobody()


def _become_nobody() -> None:
    """Stop being root, who may raise limits again, and look into other processes."""
    try:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    except OSError:  # a container that knows no such user; there, root is not the machine's
        return
