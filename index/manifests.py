"""Manifests: what a generation says of itself, and which one is current; both with their checksums."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.errors import SnapshotDamaged
from index.segments import DAMAGED, File, write_durably

#: Hexadecimal digits of a checksum. The name of a generation ends with that of its manifest; those of older
#: versions end with four digits of chance, and are taken at their word.
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation holds and what it was made with.

    `segments` maps names to the SHA-256 of their manifests; a generation that was built anew on purpose
    begins a new `line`, and the line before is the way back.
    """

    rules: int
    model: str
    line: int
    passages: int
    corpus_state: str
    made_at: str
    segments: Mapping[str, str]
    files: Mapping[str, File]


def read_pointer(folder: Path) -> tuple[str, str] | None:
    """Read which generation of a model's folder is current, and the state of the corpus it shows.

    Raises:
        SnapshotDamaged: when that cannot be read.
    """
    path = folder / "CURRENT"
    try:
        pointer = json.loads(path.read_text(encoding="utf-8"))
        name, corpus_state = str(pointer["generation"]), str(pointer["corpus_state"])
        check = pointer.get("check")  # older versions wrote none
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, OSError) and error.errno not in DAMAGED:
            raise
        raise SnapshotDamaged(f"{path} cannot be read: {error}") from error
    if check not in {None, _check_of_pointer(name, corpus_state)}:
        raise SnapshotDamaged(f"{path} is not what was written")
    return name, corpus_state


def write_pointer(path: Path, name: str, corpus_state: str) -> None:
    """Write which generation is current into a new file, which has yet to take its place."""
    check = _check_of_pointer(name, corpus_state)
    write_durably(path, json.dumps({"generation": name, "corpus_state": corpus_state, "check": check}))


def read_manifest(folder: Path) -> Manifest:
    """Read what a generation says of itself.

    Raises:
        SnapshotDamaged: when that cannot be read, or is not what was written.
    """
    path = folder / "manifest.json"
    try:
        content = path.read_bytes()
        raw: dict[str, Any] = json.loads(content)
        files = {name: File(**file) for name, file in raw["files"].items()}
        manifest = Manifest(**{**raw, "files": files, "segments": dict(raw["segments"])})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, OSError) and error.errno not in DAMAGED:
            raise
        raise SnapshotDamaged(f"{path} cannot be read: {error}") from error
    check = folder.name.rpartition("-")[2]
    if len(check) == _DIGITS and check != _check(content):
        raise SnapshotDamaged(f"{path} is not what was written")
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> str:
    """Write what a generation says of itself into its folder; return the checksum that ends its name."""
    content = json.dumps(asdict(manifest), indent=1)
    write_durably(folder / "manifest.json", content)
    return _check(content.encode())


def segments_of(folder: Path) -> list[str]:
    """Return the names of the segments that a generation holds, as far as it can be read."""
    try:
        return list(read_manifest(folder).segments)
    except SnapshotDamaged:
        return []  # nothing can be opened by it


def line_of(folder: Path) -> int | None:
    """Return the line that a generation is of; None where it cannot be read."""
    try:
        return read_manifest(folder).line
    except SnapshotDamaged:
        return None


def _check_of_pointer(name: str, corpus_state: str) -> str:
    return _check(f"{name} {corpus_state}".encode())


def _check(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_DIGITS]
