"""The limited child process: parses files that its standard input brings, each in a process of its own.

Started by `corpus.sources.limited`. It loads a parser once, and never parses anything itself: for each file
it forks, and the fork gives everything up before it looks at the file. Whatever a parser is made to do by a
hostile file, it does it with little memory and time, no environment, no file and no socket: no file
descriptor can be opened any more. Nothing of it is left for the next file.

Where there are no forks (Windows), it parses one file itself, and ends.
"""

import codecs
import encodings
import gc
import importlib
import json
import os
import pkgutil
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import NoReturn

from corpus.errors import InvalidArticle
from corpus.privacy import hide_memory

#: Bytes of address space; PDFium needs some tens of millions, and some copies of the file.
MEMORY = 1 << 30
#: Seconds of a processor, and seconds after which an orphan ends.
CPU_S, ALARM_S = 20, 90

#: Bytes of an answer: the longest text that an article may have, and more.
LARGEST_ANSWER = 24_000_000

#: The user that owns nothing.
NOBODY = 65_534

#: The exit code of a child that could not load its parser.
NO_PARSER = 3

#: Whether one child can parse several files.
FORKS = hasattr(os, "fork")

#: What is parsed: a function of the parser, from the file's bytes and words beside it to what JSON can hold.
Parse = Callable[..., dict[str, object]]


def main(module: str) -> None:
    """Parse what standard input brings with functions of a module, until it ends."""
    try:
        parser = importlib.import_module(module)
        getattr(parser, "prepare", lambda: None)()
    except (ImportError, OSError):  # a library that is not there, or not for this system
        sys.exit(NO_PARSER)
    _load_encodings()
    hide_memory()
    gc.freeze()  # so that collections in forks copy no page of it
    while head := sys.stdin.buffer.readline():
        function, length, arguments = json.loads(head)
        content = sys.stdin.buffer.read(length)
        code, answer = _answer(getattr(parser, function), content, arguments)
        sys.stdout.buffer.write(b"%d %d\n" % (code, len(answer)) + answer)
        sys.stdout.buffer.flush()


def _load_encodings() -> None:
    """Load all encodings: parsers look them up when they meet them, and then no file can be opened."""
    for module in pkgutil.iter_modules(encodings.__path__):
        with suppress(LookupError, ImportError):  # those of other systems
            codecs.lookup(module.name)


def _answer(parse: Parse, content: bytes, arguments: list[str]) -> tuple[int, bytes]:
    """Parse a file; return the exit code of the process that did, or minus its signal, and the answer."""
    if not FORKS:
        return 0, _parsed(parse, content, arguments)
    incoming, outgoing = os.pipe()
    worker = os.fork()
    if worker == 0:
        _work(outgoing, parse, content, arguments)
    os.close(outgoing)
    with open(incoming, "rb") as pipe:  # noqa: PTH123 (it is no path)
        answer = pipe.read(LARGEST_ANSWER + 1)
        if len(answer) > LARGEST_ANSWER:
            os.kill(worker, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]), answer


def _work(outgoing: int, parse: Parse, content: bytes, arguments: list[str]) -> NoReturn:
    """Parse in a fork, which has only its own way out, and end it whatever happens."""
    code = 1
    try:
        os.close(0)  # the next files are not for this one
        os.dup2(outgoing, 1)
        os.close(outgoing)
        _give_up_everything()
        answer = memoryview(_parsed(parse, content, arguments))
        while answer:
            answer = answer[os.write(1, answer) :]
        code = 0
    finally:
        os._exit(code)


def _parsed(parse: Parse, content: bytes, arguments: list[str]) -> bytes:
    try:
        answer: dict[str, object] = {"raw": parse(content, *arguments)}
    except InvalidArticle as error:
        answer = {"reason": str(error)}
    except MemoryError:
        answer = {"reason": f"it needs over {MEMORY // 1_000_000:,} MB of memory to be read"}
    except RecursionError:
        answer = {"reason": "its parts are nested too deeply"}
    return json.dumps(answer, ensure_ascii=False, skipkeys=True, default=_written).encode(
        errors="surrogatepass"
    )


def _written(value: object) -> object:
    """Write a day or a moment as `Article.parse` reads it; what else YAML knows is no field of an article."""
    return str(value) if isinstance(value, date) else []


def _give_up_everything() -> None:
    """Lower all limits for good. Systems other than Linux know few of these."""
    import resource  # noqa: PLC0415 (there is none on Windows)

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
