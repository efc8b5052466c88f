"""Snapshots: generations of the index on disk, switched by one atomic step.

```
index/<model>/CURRENT                     the generation in use, and up to which change of the corpus it goes
index/<model>/generation-000000007-.../   manifest.json: which segments; and which of their passages are gone;
                                          its name ends with the checksum of the manifest
index/<model>/segment-5b1c09e2/           passages that were indexed together; written once, never changed
index/<model>/writing-..., merging-...    what a killed process left; swept away by the next one
index/vectors/...                         what was ever computed; segments point at the word pieces in it
```
"""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from corpus.languages import Language
from corpus.stored import PassageId
from index import segments
from index.arrays import read_arrays, write_arrays
from index.content import Content
from index.errors import SnapshotDamaged, UnknownGeneration
from index.keptvectors import KeptVectors
from index.manifests import (
    Manifest,
    line_of,
    read_manifest,
    read_pointer,
    segments_of,
    write_manifest,
    write_pointer,
)
from index.segments import File, Segment, sync_to_disk
from index.shelves import RULES, Shelf, shelve
from index.sweeping import KEPT, WRITING, discard, forget_older_layout, take_away
from index.tokens import TokenFile


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """One generation, mapped into memory; immutable: searches in flight keep it while others switch."""

    name: str
    manifest: Manifest
    corpus_state: str
    content: Content
    shelves: Mapping[Language, Shelf]
    tokens: TokenFile | None = None

    def passage_ids(self) -> set[PassageId]:
        """Return the ids of all passages that can be found; `content.ids` is for millions."""
        return set(map(PassageId, self.content.ids().tolist()))

    def has_sound_tokens(self) -> bool:
        """Say whether all word pieces are what was written, by reading them: seconds for 100,000 passages."""
        return all(
            bool(self.tokens.holds(living.part.places, closely=True).all())
            for shelf in self.shelves.values()
            for living in shelf.parts
            if self.tokens is not None and living.part.places is not None
        )

    def fits(self, model_identity: str) -> bool:
        """Say whether it was made with this model and by the rules of this program."""
        return _fits(self.manifest, model_identity)


class Snapshots:
    """The generations of one model. Anyone may read at any time; whoever writes must hold the lock."""

    def __init__(self, index: Path, model_identity: str) -> None:
        self._model = model_identity
        self.folder = index / hashlib.sha256(model_identity.encode()).hexdigest()[:16]
        self._kept = KeptVectors(index / KEPT, model_identity)
        self._is_prepared = False

    def prepare(self) -> None:
        """Make the folder of the model, before anything is written.

        Not again in the middle: who purges by another model may take it away, and nothing gets into it then.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._is_prepared = True

    def pointer(self) -> tuple[str, str] | None:
        """Return the name of the current generation and the state of the corpus it shows; None without one.

        Raises:
            SnapshotDamaged: when the pointer cannot be read.
        """
        return read_pointer(self.folder)

    def read(self, known: Snapshot | None = None) -> Snapshot | None:
        """Open the current generation; None where there is none yet.

        Args:
            known: one that was opened before: what both hold is not opened again.

        Raises:
            SnapshotDamaged: when a file is missing or is not what was written.
        """
        for _ in range(3):  # it may be swept away between the two looks, but not three times
            pointer = self.pointer()
            if pointer is None:
                return None
            try:
                return self.open(pointer[0], known, corpus_state=pointer[1])
            except SnapshotDamaged:
                if pointer == self.pointer():
                    raise
        raise SnapshotDamaged(f"{self.folder} changes faster than it can be read")

    def newest_sound(self) -> Snapshot | None:
        """Open the newest generation that is all that was written, can be used, and holds anything."""
        for path in reversed(self.generations()):
            with contextlib.suppress(SnapshotDamaged):
                manifest = read_manifest(path)
                if manifest.passages and _fits(manifest, self._model):
                    return self.open(path.name, closely=True)
        return None

    def open(
        self,
        name: str,
        known: Snapshot | None = None,
        *,
        corpus_state: str | None = None,
        closely: bool = False,
    ) -> Snapshot:
        """Open any generation; `closely`: all that it holds is read and compared with its checksums.

        Raises:
            UnknownGeneration: when there is none of that name.
            SnapshotDamaged: when a file is missing or is not what was written.
        """
        folder = self.folder / name
        if name not in [path.name for path in self.generations()] and known is None:
            if corpus_state is not None:
                raise SnapshotDamaged(f"there is no generation {name!r}, which {self.folder}/CURRENT names")
            raise UnknownGeneration(
                f"there is no generation {name!r}; `crisisbot index list` shows those there are"
            )
        manifest = read_manifest(folder)
        segments.compare(folder, manifest.files, closely=True)
        opened = () if known is None or closely else known.content.segments
        have = {(one.name, one.check): one for one in opened}
        found = tuple(
            have.get((one, check)) or segments.read(self.folder / one, check=check, closely=closely)
            for one, check in manifest.segments.items()
        )
        dead = read_arrays(folder / "dead") if "dead" in manifest.files else {}
        state = manifest.corpus_state if corpus_state is None else corpus_state
        return self.assemble(Content(found, dead), name=name, manifest=manifest, corpus_state=state)

    def assemble(self, content: Content, *, name: str, manifest: Manifest, corpus_state: str) -> Snapshot:
        """Put segments onto shelves, without the passages that are gone.

        Raises:
            SnapshotDamaged: when the word pieces that they point at are gone.
        """
        tokens = self._kept.tokens()
        reach = max((segment.manifest.tokens for segment in content.segments), default=0)
        if reach and (tokens is None or tokens.size() < reach):
            raise SnapshotDamaged(f"{self.folder / name}: the word pieces that it points at are gone")
        return Snapshot(name, manifest, corpus_state, content, shelve(content.living()), tokens)

    def write(self, fill: Callable[[Path], None]) -> Segment:
        """Make a segment, which no generation holds yet, of the parts that `fill` writes into a folder."""
        aside = self.aside(WRITING)
        fill(aside)
        return self.adopt(aside)

    def aside(self, kind: str) -> Path:
        """Make a folder in which something is written before it is of use."""
        if not self._is_prepared:
            self.prepare()
        aside = self.folder / f"{kind}-{os.getpid()}-{secrets.token_hex(4)}"
        aside.mkdir()
        return aside

    def adopt(self, aside: Path) -> Segment:
        """Make a segment of a folder in which all parts are written."""
        if not (aside / "manifest.json").exists():
            self.finish(aside)
        name = f"segment-{secrets.token_hex(4)}"
        aside.rename(self.folder / name)
        sync_to_disk(self.folder)
        return segments.read(self.folder / name)  # before it is of use: a full disk is not always told

    def finish(self, aside: Path) -> Segment:
        """Write the manifest of a folder in which all parts are written, and open it where it is."""
        segments.finish(aside, rules=RULES, model=self._model, tokens=self._kept.tokens())
        return segments.read(aside)

    def candidate(self, content: Content) -> Snapshot:
        """Open what may become a generation, to be tried."""
        return self.assemble(
            content, name="candidate", manifest=self._manifest(content, "0", 0, {}), corpus_state="0"
        )

    def publish(self, content: Content, *, corpus_state: str, line: int) -> Snapshot:
        """Write a new generation aside, then switch to it; a kill leaves the old or the new one."""
        aside = self.aside(WRITING)
        if content.dead:
            write_arrays(aside / "dead", content.dead)
        manifest = self._manifest(content, corpus_state, line, segments.files_of(aside))
        check = write_manifest(aside, manifest)
        sync_to_disk(aside)
        name = f"generation-{self._next_number():09}-{check}"
        snapshot = self.assemble(content, name=name, manifest=manifest, corpus_state=corpus_state)
        aside.rename(self.folder / name)
        self.point(name, corpus_state)
        return snapshot

    def point(self, name: str, corpus_state: str) -> None:
        """Make a generation the current one, by one atomic step."""
        aside = self.folder / f"writing-{os.getpid()}-CURRENT"
        write_pointer(aside, name, corpus_state)
        sync_to_disk(self.folder)
        aside.replace(self.folder / "CURRENT")
        sync_to_disk(self.folder)

    def sweep(self, *left: str, all_but_current: bool = False) -> None:
        """Delete what killed processes left behind, and whatever no generation of use holds any more.

        Args:
            left: what to take away beside what is left of writing: `MERGING` or `REBUILDING`.
            all_but_current: leave no way back.
        """
        discard(self.folder, WRITING, *left)
        forget_older_layout(self.folder.parent)
        try:
            current = self.pointer()
        except SnapshotDamaged:
            return  # without it nobody can tell which generation is still of use
        kept = {current[0]} if all_but_current and current else self._of_use(current)
        for path in self.generations():
            if path.name not in kept:
                take_away(path)  # half of one would look like a way back
        held = {name for path in self.generations() for name in segments_of(path)}
        for path in self.folder.glob("segment-*"):
            if path.name not in held:
                take_away(path)

    def generations(self) -> list[Path]:
        """Return the folders of all generations, oldest first."""
        return sorted(self.folder.glob("generation-*"))

    def points_at(self, name: str, corpus_state: str) -> bool:
        """Say whether a generation is the current one, and shows this state of the corpus."""
        with contextlib.suppress(SnapshotDamaged):
            return self.pointer() == (name, corpus_state)
        return False

    @property
    def is_called_damaged(self) -> bool:
        """Say whether somebody who read the generation in use found it damaged."""
        return (self.folder / "DAMAGED").exists()

    def call_damaged(self) -> None:
        """Have whoever writes the index next read all of it, and make anew what is damaged."""
        (self.folder / "DAMAGED").touch()

    def call_sound(self) -> None:
        """Take that back."""
        (self.folder / "DAMAGED").unlink(missing_ok=True)

    def has_no_pointer(self) -> bool:
        """Say whether no generation was ever the current one."""
        return not (self.folder / "CURRENT").exists()

    def older(self, name: str | None) -> Snapshot:
        """Open a generation by its name, or the one to go back to.

        Raises:
            UnknownGeneration: when there is none.
            SnapshotDamaged: when it is not what was written.
        """
        name = name or self.way_back()
        if name is None:
            raise UnknownGeneration(
                "there is no older generation to go back to; `crisisbot index list` shows those there are, "
                "and `crisisbot index rollback NAME` takes any of them"
            )
        return self.open(name, closely=True)

    def way_back(self) -> str | None:
        """Return the generation to go back to: the last of an earlier line, if any, or the one before.

        Never one of a later line, even where it was made before: whoever went back from there is back.
        """
        pointer = self.pointer()
        lines = self._lines()
        line = lines.get(pointer[0]) if pointer else None
        if pointer is None or line is None:
            return None
        earlier = [name for name, its in lines.items() if its < line]
        before = [name for name, its in lines.items() if its == line and name < pointer[0]]
        return next(reversed(earlier or before), None)

    def _of_use(self, current: tuple[str, str] | None) -> set[str]:
        """Return the names of the current generation, the last of another line, and the one before."""
        names = [path.name for path in self.generations()]
        if current is None or current[0] not in names:
            return set(names[-1:])
        return {current[0], *self._ways_back(current[0])}

    def _ways_back(self, current: str) -> list[str]:
        """Return the last generation of another line, and the one before; not what cannot be read."""
        lines = self._lines()
        others = [name for name, line in lines.items() if line != lines.get(current) and name != current]
        return [*others[-1:], *[name for name in lines if name < current][-1:]]

    def _lines(self) -> dict[str, int]:
        """Return the lines of all generations that can be read, oldest first."""
        lines = {path.name: line_of(path) for path in self.generations()}
        return {name: line for name, line in lines.items() if line is not None}

    def _manifest(
        self, content: Content, corpus_state: str, line: int, files: Mapping[str, File]
    ) -> Manifest:
        return Manifest(
            rules=RULES,
            model=self._model,
            line=line,
            passages=content.number,
            corpus_state=corpus_state,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            segments={one.name: one.check for one in content.segments},
            files=files,
        )

    def _next_number(self) -> int:
        return max((int(path.name.split("-")[1]) for path in self.generations()), default=0) + 1


def _fits(manifest: Manifest, model_identity: str) -> bool:
    return manifest.model == model_identity and manifest.rules == RULES
