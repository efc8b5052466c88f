"""What disks do to files."""

from __future__ import annotations

import resource
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
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
