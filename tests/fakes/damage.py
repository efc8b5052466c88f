"""What disks do to files."""

from __future__ import annotations

import errno
import functools
import io
import os
import resource
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def flip(file: Path) -> None:
    """Flip bits of the byte in the middle."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0x55
    file.write_bytes(content)


def cut(file: Path) -> None:
    """Cut off the last byte."""
    file.write_bytes(file.read_bytes()[:-1])


def empty(file: Path) -> None:
    """Leave the name alone."""
    file.write_bytes(b"")


def delete(file: Path) -> None:
    """Leave nothing."""
    file.unlink()


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """Let no file grow beyond so many bytes, as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


DAMAGES = (flip, cut, empty, delete)


def files_of(folder: Path) -> list[str]:
    """Return the paths of all files below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@contextmanager
def full_from(step: int) -> Iterator[None]:
    """Let the disk be full from some step on: files cannot be begun or flushed, nor folders made."""
    taken = 0

    def refusing(done: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(done)
        def take(*args: Any, **named: Any) -> Any:  # noqa: ANN401 (whatever the step takes and gives)
            nonlocal taken
            mode = str(named.get("mode", args[1] if len(args) > 1 else "r"))
            if done.__name__ != "open" or set(mode) & set("wax+"):
                taken += 1
                if taken >= step:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return done(*args, **named)

        return take

    steps = mock.patch.multiple(os, fsync=refusing(os.fsync), mkdir=refusing(os.mkdir))
    with steps, mock.patch.object(io, "open", refusing(io.open)):  # pathlib's
        yield
