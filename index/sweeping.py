"""Sweeping: folders and files of the index that nothing is read from any more are deleted."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Collection
from pathlib import Path

#: What a process may leave when it is killed, by the lock that whoever takes it away must hold.
WRITING, MERGING, REBUILDING = "writing", "merging", "rebuilding"

#: The folder in which vectors and word pieces are kept.
KEPT = "vectors"


def discard(folder: Path, *kinds: str) -> None:
    """Delete what was begun and never became of use; whoever still writes into it finds it gone."""
    for path in [one for kind in kinds for one in folder.glob(f"{kind}-*")]:
        with contextlib.suppress(FileNotFoundError):  # whoever wrote it was quicker
            take_away(path)


def take_away(path: Path) -> None:
    """Delete a file or folder; a kill leaves all of it or nothing under its name, and nothing new gets in."""
    gone = path.with_name(f"{WRITING}-{os.getpid()}-{secrets.token_hex(4)}")
    path.rename(gone)
    delete(gone)


def delete(path: Path) -> None:
    """Delete a file, or a folder with all that is in it."""
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def forget_older_layout(index: Path) -> None:
    """Delete what versions wrote that had one model's generations only: nothing can read it any more."""
    for path in [*index.glob("generation-*"), *index.glob("writing-*"), *index.glob("CURRENT")]:
        with contextlib.suppress(FileNotFoundError):  # those who write by other models do the same
            delete(path)


def forget_models(index: Path, *, but: Collection[str]) -> None:
    """Delete the indexes and vectors of all models but those with these folders: they can be made again."""
    for path in index.iterdir():
        if path.is_dir() and path.name not in {*but, KEPT}:
            with contextlib.suppress(FileNotFoundError):
                take_away(path)  # at once: whoever writes into it must not get anything in
    for path in (index / KEPT).glob("*"):
        if path.name.partition(".")[0] not in but:
            delete(path)
