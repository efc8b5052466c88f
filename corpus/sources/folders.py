"""Folders: which files a path stands for: itself, all below it, or all that fit it as a pattern.

A link that is named is followed. One that is found in a folder must not lead out of it: who may write there
could publish any file that we may read. Links to folders of the same folder are not followed, so that none
leads in a circle and nothing is read twice. Hidden files and folders are left out, and so are the lock files
of Word (~$name.docx). Nothing is written anywhere, whatever a file is called.
"""

import errno
import itertools
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.sources.formats import PARSERS, WAYS_OUT

#: What makes a path a pattern, where no file is called so.
_WILD = re.compile(r"[*?]|\[.*\]")
_HIDDEN = (".", "~$")

#: What is said of pipes, sockets and devices.
NEITHER = "it is neither a file nor a folder"


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Files of one kind that is not read, and that nobody named: how many, and the first one by its name."""

    ending: str
    number: int
    example: Path


@dataclass(frozen=True, slots=True)
class Selection:
    """The files that a path stands for, in order of their names.

    `obstacles` are paths that cannot be looked into, with the reasons, and `astray` links that are not
    followed, and pipes, sockets and devices; of `passed_over`, the most come first. All files lie `within` a
    folder, unless they were named.
    """

    files: tuple[Path, ...] = ()
    obstacles: tuple[tuple[Path, str], ...] = ()
    passed_over: tuple[PassedOver, ...] = ()
    astray: tuple[tuple[Path, str], ...] = ()
    within: Path | None = None

    @property
    def problems(self) -> tuple[tuple[Path, str], ...]:
        """All paths of which something is not read that may have been meant, with the reasons."""
        return self.obstacles + self.astray


def select(path: Path) -> Selection:
    """Find the files that a path stands for, a pattern (news/**/*.pdf) where no file is called so."""
    if _WILD.search(str(path)) and not os.path.lexists(path):
        return _fitting(path)
    if (obstacle := _obstacle(path)) is not None:
        return Selection(obstacles=((path, obstacle),))
    return walk(path) if path.is_dir() else Selection(files=(path,))


def walk(folder: Path) -> Selection:
    """Find all files of a folder and of the folders in it."""
    files: list[str] = []
    links: list[str] = []
    closed: list[tuple[Path, str]] = []
    waiting = [str(folder)]
    while waiting:
        inside = waiting.pop()
        try:
            with os.scandir(inside) as entries:
                for entry in entries:
                    _sort(entry, files, waiting, links)
        except OSError as error:
            closed.append((Path(inside), error.strerror or str(error)))
    return _selected(folder, files, links, tuple(sorted(closed)))


def _sort(entry: os.DirEntry[str], files: list[str], folders: list[str], links: list[str]) -> None:
    """Put a folder's entry with the files, the folders, or the links and what is neither; or leave it out."""
    if entry.name.startswith(_HIDDEN):
        return
    if entry.is_symlink():
        links.append(entry.path)
    elif entry.is_dir(follow_symlinks=False):
        folders.append(entry.path)
    elif _may_be_file(entry):
        files.append(entry.path)
    else:  # a pipe, a socket, a device
        links.append(entry.path)


def _selected(
    folder: Path, files: Sequence[str], links: Sequence[str], closed: tuple[tuple[Path, str], ...]
) -> Selection:
    """Add to the files of a folder what links lead to that stays in it and is not among them already."""
    followed: list[str] = []
    astray: list[tuple[Path, str]] = []
    seen = {os.path.realpath(file) for file in files} if links else set()
    for link in sorted(links):
        if (reason := _why_astray(link, folder)) is not None:
            astray.append((Path(link), reason))
            continue
        end = os.path.realpath(link)
        if end not in seen and _may_be_file(Path(end)):
            seen.add(end)
            followed.append(link)
    return replace(_sorted_out([*files, *followed], closed), astray=tuple(astray), within=folder)


def _why_astray(link: str, folder: Path) -> str | None:
    """Say why a link is not followed, or what is neither a file nor a folder not read; None where it is."""
    try:
        end = Path(os.path.realpath(link, strict=True))
    except FileNotFoundError:
        return "it is a link that leads to nothing"
    except OSError as error:
        is_circle = error.errno == errno.ELOOP
        return "it is a link that leads in a circle" if is_circle else error.strerror or str(error)
    if _leads_out(link, folder):
        return "it is a link that leads out of the folder, so it is not followed; name it to have it read"
    return None if end.is_dir() or _may_be_file(end) else NEITHER


def _leads_out(path: str | Path, folder: Path) -> bool:
    """Say whether a path is not in a folder when all links are followed."""
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


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
    root = _named(pattern)
    deep = "**" in pattern.parts
    links = [path for path in found if _is_by_link(path, root)]
    plain = [path for path in found if path not in {*links}]
    folders = [] if deep else [walk(path) for path in plain if path.is_dir()]
    files = [str(path) for path in plain if _may_be_file(path)]
    odd = [path for path in plain if not path.is_dir() and str(path) not in {*files}]
    return replace(together([_selected(root, files, [*map(str, links + odd)], ()), *folders]), within=root)


def _named(pattern: Path) -> Path:
    """Return the folder that a pattern names before its first wild part."""
    parts = itertools.takewhile(lambda part: not _WILD.search(part), pattern.parts)
    return Path(*parts)


def _is_by_link(path: Path, root: Path) -> bool:
    """Say whether a link is followed somewhere below a folder to come to a path."""
    below = path.relative_to(root).parts
    return any(root.joinpath(*below[: number + 1]).is_symlink() for number in range(len(below)))


def together(selections: Sequence[Selection]) -> Selection:
    """Put selections together, in their order."""
    return Selection(
        tuple(file for one in selections for file in one.files),
        tuple(obstacle for one in selections for obstacle in one.obstacles),
        _by_kind(kind for one in selections for kind in one.passed_over),
        tuple(link for one in selections for link in one.astray),
    )


def _by_kind(found: Iterable[PassedOver]) -> tuple[PassedOver, ...]:
    kinds: dict[str, PassedOver] = {}
    for one in found:
        known = kinds.get(one.ending)
        kinds[one.ending] = one if known is None else replace(known, number=known.number + one.number)
    return tuple(sorted(kinds.values(), key=lambda kind: (-kind.number, kind.ending)))


def _is_hidden(path: Path, pattern: Path) -> bool:
    """Say whether a part of a path is hidden that the pattern does not name."""
    return any(part.startswith(_HIDDEN) and part not in pattern.parts for part in path.parts)


def _sorted_out(files: Iterable[str], closed: tuple[tuple[Path, str], ...]) -> Selection:
    """Choose the files of kinds that are read, in order of their names, folder by folder."""
    wanted: list[str] = []
    others: dict[str, list[str]] = {}
    for file in files:
        ending = os.path.splitext(file)[1].lower()  # noqa: PTH122 (a path takes ten times as long)
        (wanted if ending in PARSERS else others.setdefault(ending, [])).append(file)
    wanted.sort(key=lambda file: file.split(os.sep))  # noqa: PTH206 (the same)
    kinds = (PassedOver(ending, len(some), Path(min(some))) for ending, some in others.items())
    return Selection(tuple(map(Path, wanted)), closed, _by_kind(kinds))


def _may_be_file(entry: os.DirEntry[str] | Path) -> bool:
    try:
        return entry.is_file()
    except OSError as error:
        return error.errno == errno.EACCES  # so that reading it says why it cannot be read


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
        return NEITHER
    if path.suffix.lower() not in PARSERS:
        way_out = WAYS_OUT.get(path.suffix.lower())
        instead = f"; {way_out}" if way_out else ""
        return f"files ending in {path.suffix or 'nothing'} are not read; {', '.join(PARSERS)} are{instead}"
    return None
