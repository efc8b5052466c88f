"""Segment: passages that were indexed together, of all languages; an immutable folder with its checksums."""

import errno
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from corpus.languages import Language
from index.errors import SnapshotDamaged
from index.parts import Part
from index.tokens import TokenFile

#: Bytes of a file up to which its checksum is looked at whenever it is opened; of a larger one only its size,
#: since reading gigabytes would delay every start. `verify` reads all.
CHECKED_UP_TO = 16_000_000


#: What is wrong with a file for good: it was swept away meanwhile, or the disk fails. Too many open files and
#: missing rights are not.
DAMAGED = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EIO})


@dataclass(frozen=True, slots=True)
class File:
    """What a file should be."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class SegmentManifest:
    """What a segment holds and what it was made with.

    `tokens` is the byte up to which the file of word pieces must reach.
    """

    rules: int
    model: str
    passages: int
    tokens: int
    made_at: str
    files: Mapping[str, File]


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """A segment, mapped into memory; `check` is its manifest's SHA-256."""

    name: str
    check: str
    manifest: SegmentManifest
    parts: Mapping[Language, Part]


def finish(folder: Path, *, rules: int, model: str, tokens: TokenFile | None) -> None:
    """Write the manifest of a folder that holds written parts, a folder for each language.

    Raises:
        OSError: when the disk does not take it.
    """
    parts = [Part.read(path) for path in sorted(folder.iterdir())]
    manifest = SegmentManifest(
        rules=rules,
        model=model,
        passages=sum(map(len, parts)),
        tokens=max(
            (tokens.end(part.places) for part in parts if tokens and part.places is not None), default=0
        ),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        files=files_of(folder),
    )
    write_durably(folder / "manifest.json", json.dumps(asdict(manifest), indent=1))
    for path in [*(path for path in folder.iterdir() if path.is_dir()), folder]:
        sync_to_disk(path)


def read(folder: Path, *, check: str | None = None, closely: bool = False) -> Segment:
    """Open a segment.

    Args:
        folder: where it is.
        check: what its manifest's SHA-256 must be.
        closely: read all of it, and not only what is small.

    Raises:
        SnapshotDamaged: when a file is missing or is not what was written.
    """
    manifest, found = _read_manifest(folder)
    if check is not None and found != check:
        raise SnapshotDamaged(f"{folder}: manifest.json is not what was written")
    compare(folder, manifest.files, closely=closely)
    languages = sorted({Path(path).parts[0] for path in manifest.files})
    return Segment(
        folder.name, found, manifest, {Language(one): Part.read(folder / one) for one in languages}
    )


def compare(folder: Path, expected: Mapping[str, File], *, closely: bool = False) -> None:
    """Compare the files of a folder with what they should be.

    Raises:
        SnapshotDamaged: naming those that are not.
    """
    try:
        sizes = {_relative(path, folder): path.stat().st_size for path in _files(folder)}
        wrong = [path for path in {*expected, *sizes} if path not in expected or path not in sizes]
        for path, file in expected.items():
            if path in sizes and not _is(folder / path, file, sizes[path], closely=closely):
                wrong.append(path)
    except OSError as error:
        if error.errno not in DAMAGED:
            raise
        raise SnapshotDamaged(f"{folder} cannot be read: {error}") from error
    if wrong:
        raise SnapshotDamaged(f"{folder}: {', '.join(sorted(wrong))} is not what was written")


def files_of(folder: Path) -> dict[str, File]:
    """Return what the files of a folder are now, but for its manifest."""
    return {_relative(path, folder): File(_sha256(path), path.stat().st_size) for path in _files(folder)}


def write_durably(path: Path, text: str) -> None:
    """Write a file; once this returns, its content outlives a crash."""
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def sync_to_disk(path: Path) -> None:
    """Have the disk hold a file's content or a folder's entries before the next step is taken."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_manifest(folder: Path) -> tuple[SegmentManifest, str]:
    path = folder / "manifest.json"
    try:
        content = path.read_bytes()
        raw = json.loads(content)
        files = {name: File(**file) for name, file in raw["files"].items()}
        manifest = SegmentManifest(**{**raw, "files": files})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, OSError) and error.errno not in DAMAGED:
            raise
        raise SnapshotDamaged(f"{path} cannot be read: {error}") from error
    return manifest, hashlib.sha256(content).hexdigest()


def _is(path: Path, file: File, size: int, *, closely: bool) -> bool:
    return size == file.size and ((size > CHECKED_UP_TO and not closely) or _sha256(path) == file.sha256)


def _files(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and _relative(path, folder) != "manifest.json"
    ]


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
