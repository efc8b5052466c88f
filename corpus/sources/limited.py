"""Limited: parsers of hostile formats, each file in a process that can do nothing else.

On Linux that process has 1 GB of memory, 20 s of a processor, 60 s in all, no environment (so no token), and
can open no file and no socket, for reading or writing; see `corpus.sources.child`. A parser that crashes,
hangs or floods costs its file, and nothing more, and no other thread of ours waits for it.

What this is not: a wall against whoever makes the parser execute code of their own. That runs as our user
(as nobody, if we are root): it can end our processes, and knows whatever the kernel gives away. It cannot
read the memory of processes that called `corpus.privacy.hide_memory`, as the bot and its indexer do; it can
that of other commands, such as `add`. On other systems less is held; `missing` says what.
"""

import json
import logging
import signal
import sys
from collections.abc import Mapping
from functools import cache

from corpus.errors import InvalidArticle, UnreadableSource
from corpus.sources.child import LARGEST_ANSWER, NO_PARSER
from corpus.sources.children import Children

log = logging.getLogger(__name__)

#: Seconds from start to end, for a machine that is busy with other things, too.
DEADLINE_S = 60.0

_CHILDREN = Children()


def parse_limited(
    module: str, function: str, content: bytes, *arguments: str, deadline_s: float = DEADLINE_S
) -> Mapping[str, object]:
    """Parse a file in a child process.

    Args:
        module: the full name of a module of ours; its `prepare()`, if any, loads what it needs.
        function: one of its functions, from bytes to an article's fields, which JSON can hold.
        content: the file.
        arguments: what else the function takes.
        deadline_s: seconds after which the child is killed.

    Raises:
        InvalidArticle: with the parser's reason, or that it crashed or took too long.
        UnreadableSource: when such files cannot be parsed here at all.
    """
    _tell_what_is_missing()
    try:
        code, answer = _CHILDREN.ask(module, function, content, arguments, deadline_s)
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
            "on this system, files and pages are parsed without limits of: %s; add only what you trust",
            ", ".join(gaps),
        )
