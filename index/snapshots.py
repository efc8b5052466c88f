"""Snapshots: generations of the index on disk, written aside, checksummed, switched by one atomic step.

```
index/CURRENT                     the name of the generation in use, and of what state of the corpus it is
index/generation-000007-1f3a/     manifest.json and one folder a language
index/vectors/...                 what was ever computed; generations point at the word pieces in it
index/writing-...                 what a killed process left; swept away by the next one
```
"""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from corpus.languages import Language
from corpus.stored import PassageId
from index.errors import SnapshotDamaged
from index.keptvectors import KeptVectors
from index.shelves import RULES, Shelf
from index.tokens import TokenFile

#: The folder in which vectors and word pieces are kept.
KEPT = "vectors"

#: How many generations are kept: the one in use, and the way back.
KEPT_GENERATIONS = 2


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation holds and what it was made with; `files` maps relative paths to SHA-256 sums."""

    rules: int
    model: str
    passages: int
    made_at: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One generation, read into memory; immutable, so that searches in flight keep it while others switch."""

    name: str
    manifest: Manifest
    corpus_state: str
    shelves: Mapping[Language, Shelf]
    tokens: TokenFile | None = None

    def passage_ids(self) -> set[PassageId]:
        """Return the ids of all passages it holds."""
        return {id_ for shelf in self.shelves.values() for id_ in shelf.passage_ids()}

    def has_sound_tokens(self) -> bool:
        """Say whether all word pieces are what was written, by reading them: seconds for 100,000 passages."""
        return all(
            bool(self.tokens.holds(shelf.places, closely=True).all())
            for shelf in self.shelves.values()
            if self.tokens is not None and shelf.places is not None
        )

    def fits(self, model_identity: str) -> bool:
        """Say whether it was made with this model and by the rules of this program."""
        return self.manifest.model == model_identity and self.manifest.rules == RULES


class Snapshots:
    """The folder of generations. Anyone may read at any time; whoever writes must hold the index's lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def pointer(self) -> tuple[str, str] | None:
        """Return the name of the current generation and the state of the corpus it shows; None without one.

        Raises:
            SnapshotDamaged: when the pointer cannot be read.
        """
        path = self._folder / "CURRENT"
        try:
            pointer = json.loads(path.read_text(encoding="utf-8"))
            return str(pointer["generation"]), str(pointer["corpus_state"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SnapshotDamaged(f"{path} cannot be read: {error}") from error

    def read(self) -> Snapshot | None:
        """Read the current generation, every checksum checked; None where there is none yet.

        Raises:
            SnapshotDamaged: when a file is missing or is not what was written.
        """
        for _ in range(3):  # it may be swept away between the two looks, but not three times
            pointer = self.pointer()
            if pointer is None:
                return None
            try:
                return self._read(*pointer)
            except SnapshotDamaged:
                if pointer == self.pointer():
                    raise
        raise SnapshotDamaged(f"{self._folder} changes faster than it can be read")

    def write(self, shelves: Sequence[Shelf], *, model_identity: str, corpus_state: str) -> Snapshot:
        """Write a new generation aside, then switch to it; a kill leaves the old or the new one."""
        self._folder.mkdir(parents=True, exist_ok=True)
        aside = self._folder / f"writing-{os.getpid()}-{secrets.token_hex(4)}"
        aside.mkdir()
        for shelf in shelves:
            shelf.write(aside / shelf.language)
        manifest = Manifest(
            rules=RULES,
            model=model_identity,
            passages=sum(len(shelf.ids) for shelf in shelves),
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            files=_checksums(aside),
        )
        _write_durably(aside / "manifest.json", json.dumps(asdict(manifest), indent=1))
        for path in [*sorted(aside.rglob("*"), reverse=True), aside]:
            _sync(path)
        name = f"generation-{self._next_number():06}-{secrets.token_hex(2)}"
        aside.rename(self._folder / name)
        snapshot = self._read(name, corpus_state)  # before it is of use: a full disk is not always told
        self.point(name, corpus_state)
        return snapshot

    def point(self, name: str, corpus_state: str) -> None:
        """Make a generation the current one, by one atomic step."""
        aside = self._folder / f"writing-{os.getpid()}-CURRENT"
        _write_durably(aside, json.dumps({"generation": name, "corpus_state": corpus_state}))
        _sync(self._folder)
        aside.replace(self._folder / "CURRENT")
        _sync(self._folder)

    def sweep(self) -> None:
        """Delete what killed processes left behind, and generations older than the way back."""
        for path in self._folder.glob("writing-*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        try:
            current = self.pointer()
        except SnapshotDamaged:
            return  # without it nobody can tell which generation is still of use
        old = [path for path in self._generations() if current is None or path.name != current[0]]
        for path in old[: max(0, len(old) - (KEPT_GENERATIONS - 1))]:
            shutil.rmtree(path)

    def _read(self, name: str, corpus_state: str) -> Snapshot:
        folder = self._folder / name
        manifest, found = _read_manifest(folder), _checksums(folder)
        wrong = [path for path in {*manifest.files, *found} if manifest.files.get(path) != found.get(path)]
        if wrong:
            raise SnapshotDamaged(f"{folder}: {', '.join(sorted(wrong))} is not what was written")
        languages = sorted({Path(path).parts[0] for path in manifest.files})
        shelves = {Language(language): Shelf.read(folder / language) for language in languages}
        tokens = KeptVectors(self._folder / KEPT, manifest.model).tokens()
        places = [shelf.places for shelf in shelves.values() if shelf.places is not None]
        if any(tokens is None or not tokens.holds(some).all() for some in places):
            raise SnapshotDamaged(f"{folder}: the word pieces that it points at are gone")
        return Snapshot(name, manifest, corpus_state, shelves, tokens)

    def _generations(self) -> list[Path]:
        return sorted(self._folder.glob("generation-*"))

    def _next_number(self) -> int:
        return max((int(path.name.split("-")[1]) for path in self._generations()), default=0) + 1


def _read_manifest(folder: Path) -> Manifest:
    path = folder / "manifest.json"
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Manifest(**{**raw, "files": dict(raw["files"])})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SnapshotDamaged(f"{path} cannot be read: {error}") from error


def _checksums(folder: Path) -> dict[str, str]:
    sums = {}
    try:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            relative = path.relative_to(folder).as_posix()
            if relative != "manifest.json":
                with path.open("rb") as file:
                    sums[relative] = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:  # swept away meanwhile, or the disk fails
        raise SnapshotDamaged(f"{folder} cannot be read: {error}") from error
    return sums


def _write_durably(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    """Have the disk hold a file's content or a folder's entries before the next step is taken."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
