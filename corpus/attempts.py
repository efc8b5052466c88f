"""Attempts: whatever reading what strangers wrote comes to, known; also what nobody foresaw."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from corpus.errors import CorpusError

Result = TypeVar("Result")


def attempt(work: Callable[[], Result]) -> Future[Result]:
    """Do some work to its end, in a thread of its own; what was raised is in the future that comes back.

    It holds errors of all kinds, so that who asks must decide what becomes of them: none is lost.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="attempt") as thread:
        return thread.submit(work)


def reason(error: BaseException) -> str:
    """Say why something cannot be read, in words that may be shown."""
    if isinstance(error, CorpusError):
        return str(error)
    return f"reading it failed in a way that nobody foresaw ({type(error).__name__}); the log says where"
