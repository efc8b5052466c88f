"""Folders: which files a path stands for: itself, all below it, or all that fit it as a pattern.

Links to folders inside a folder are not followed, so that none leads in a circle. Hidden files and folders
are left out, and so are the lock files of Word (~$name.docx). Nothing is written anywhere, whatever a file is
called.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from corpus.sources.formats import PARSERS

#: What makes a path a pattern, where no file is called so.
_WILD = frozenset("*?[")
_HIDDEN = (".", "~$")


@dataclass(frozen=True, slots=True)
class Selection:
    """The files that a path stands for, in order of their names.

    `obstacles` are paths that cannot be looked into, with the reasons; `passed_over` counts files of kinds
    that are not read, and that nobody named.
    """

    files: tuple[Path, ...] = ()
    obstacles: tuple[tuple[Path, str], ...] = ()
    passed_over: int = 0


def select(path: Path) -> Selection:
    """Find the files that a path stands for, a pattern (news/**/*.pdf) where no file is called so."""
    if _WILD & set(str(path)) and not os.path.lexists(path):
        return _fitting(path)
    if (obstacle := _obstacle(path)) is not None:
        return Selection(obstacles=((path, obstacle),))
    return walk(path) if path.is_dir() else Selection(files=(path,))


def walk(folder: Path) -> Selection:
    """Find all files of a folder and of the folders in it."""
    files: list[str] = []
    closed: list[tuple[Path, str]] = []

    def note(error: OSError) -> None:
        closed.append((Path(error.filename or folder), error.strerror or str(error)))

    for inside, folders, names in os.walk(folder, onerror=note):
        folders[:] = [name for name in folders if not name.startswith(_HIDDEN)]
        files += [os.path.join(inside, name) for name in names]  # noqa: PTH118 (ten times as quick, and often)
    return _sorted_out(files, tuple(closed))


def _fitting(pattern: Path) -> Selection:
    """Find the files that fit a pattern, and those in folders that do."""
    ends_deep = pattern.name == "**"
    wanted = pattern / "*" if ends_deep else pattern
    base, rest = Path(wanted.anchor), str(wanted.relative_to(wanted.anchor))
    try:
        found = sorted(path for path in base.glob(rest) if not _is_hidden(path, pattern))
    except (ValueError, OSError) as error:
        return Selection(obstacles=((pattern, f"it is no pattern ({error})"),))
    if not found:
        return Selection(obstacles=((pattern, "no file fits this pattern"),))
    deep = "**" in pattern.parts
    parts = [walk(path) for path in found if path.is_dir() and not deep]
    files = _sorted_out((str(path) for path in found if not path.is_dir()), ())
    return _together([files, *parts])


def _together(selections: list[Selection]) -> Selection:
    return Selection(
        tuple(file for one in selections for file in one.files),
        tuple(obstacle for one in selections for obstacle in one.obstacles),
        sum(one.passed_over for one in selections),
    )


def _is_hidden(path: Path, pattern: Path) -> bool:
    """Say whether a part of a path is hidden that the pattern does not name."""
    return any(part.startswith(_HIDDEN) and part not in pattern.parts for part in path.parts)


def _sorted_out(files: Iterable[str], closed: tuple[tuple[Path, str], ...]) -> Selection:
    wanted, others = [], 0
    for file in files:
        _, name = os.path.split(file)
        if name.startswith(_HIDDEN) or not _may_be_file(file):
            continue
        if os.path.splitext(name)[1].lower() in PARSERS:  # noqa: PTH122 (ten times as quick, and often)
            wanted.append(Path(file))
        else:
            others += 1
    return Selection(tuple(sorted(wanted)), closed, others)


def _may_be_file(file: str) -> bool:
    try:
        return Path(file).is_file()
    except PermissionError:
        return True  # so that reading it says why it cannot be read
    except ValueError:
        return False


def _obstacle(path: Path) -> str | None:
    """Say why a path that somebody named is not read; None where it is."""
    try:
        if not path.exists():
            return "there is no such file or folder"
    except OSError as error:  # a folder above it is closed to us
        return error.strerror or str(error)
    if path.is_dir():
        return None
    if not path.is_file():
        return "it is neither a file nor a folder"
    if path.suffix.lower() not in PARSERS:
        return f"files ending in {path.suffix or 'nothing'} are not read; {', '.join(PARSERS)} are"
    return None
