"""Manifests: what a generation says of itself, and which one is current."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import SnapshotDamaged
from index.segments import File


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
        return str(pointer["generation"]), str(pointer["corpus_state"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SnapshotDamaged(f"{path} cannot be read: {error}") from error


def read_manifest(folder: Path) -> Manifest:
    """Read what a generation says of itself.

    Raises:
        SnapshotDamaged: when that cannot be read.
    """
    path = folder / "manifest.json"
    try:
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        files = {name: File(**file) for name, file in raw["files"].items()}
        return Manifest(**{**raw, "files": files, "segments": dict(raw["segments"])})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SnapshotDamaged(f"{path} cannot be read: {error}") from error


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
