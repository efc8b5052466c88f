"""TokenFile: the vectors of single word pieces on disk, four bits a number, read where they are needed.

Late interaction compares word pieces, so it needs hundreds of times what one vector a sentence takes. Halves
of bytes keep that small (one number in 16 steps, with one scale a piece): P@1 on XQuAD-R .826 instead of .829
(docs/decisions/0005-ranking.md).
"""

import os
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.arrays import read_here_and_there
from index.encoder import Vectors
from index.errors import SnapshotDamaged

#: Where a passage's pieces stand in the file: `count` records from byte `offset` on, and their CRC-32.
PLACE: np.dtype[Any] = np.dtype([("offset", "<i8"), ("count", "<i4"), ("check", "<u4")])

Places = NDArray[Any]
#: The characters of each word piece in its sentence, (t, 2).
Spans = NDArray[np.int64]

#: Characters that a span can tell; sentences are cut at 1,000 (`corpus.passages`).
_FURTHEST = np.iinfo(np.uint16).max

#: Bytes that are overwritten at once.
_AT_ONCE = 1_000_000

#: The largest number that half a byte holds on either side of its middle.
_REACH = 7.5


def pack(spans: Spans, tokens: Vectors) -> bytes:
    """Write (t, 2) spans and (t, d) vectors as t records of 4 + 4 + d / 2 bytes, d made even."""
    records = np.zeros(len(spans), dtype=_record(tokens.shape[1]))
    tokens = np.pad(tokens, ((0, 0), (0, tokens.shape[1] % 2)))
    scale = np.abs(tokens).max(axis=1, initial=0.0) / _REACH
    steps = np.round(tokens / np.maximum(scale, np.finfo(np.float32).tiny)[:, None] + _REACH)
    steps = np.clip(steps, 0, 2 * _REACH).astype(np.uint8)
    half = tokens.shape[1] // 2
    records["span"], records["scale"] = np.minimum(spans, _FURTHEST), scale
    records["steps"] = steps[:, :half] | (steps[:, half:] << 4)
    return records.tobytes()


def unpack(packed: bytes | memoryview, dimension: int) -> tuple[Spans, Vectors]:
    """Read what `pack` wrote: (t, 2) spans and (t, d) vectors, each within half a step of the original."""
    records = np.frombuffer(packed, dtype=_record(dimension))
    steps = np.concatenate([records["steps"] & 15, records["steps"] >> 4], axis=1)
    tokens = (steps.astype(np.float32) - np.float32(_REACH)) * records["scale"][:, None]
    return records["span"].astype(np.int64), tokens[:, :dimension]


class TokenFile:
    """A file that only grows; passages are found in it by their places. May be read from many threads.

    Whoever appends must hold the index's lock.
    """

    def __init__(self, path: Path, dimension: int) -> None:
        self._path = path
        self._dimension = dimension
        self._map: NDArray[np.uint8] | None = None
        #: Whether something that was read here was not what was written.
        self.is_damaged = False

    def append(self, packed: list[bytes]) -> Places:
        """Write packed pieces at the end; once this returns, they outlive a crash."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            places = _places(packed, os.fstat(file.fileno()).st_size, _record(self._dimension).itemsize)
            file.write(b"".join(packed))
            file.flush()
            os.fsync(file.fileno())
        return places

    def holds(self, places: Places, *, closely: bool = False) -> NDArray[np.bool_]:
        """Say which places lie within the file, (n,); `closely`: and hold what was written, by reading it."""
        inside: NDArray[np.bool_] = self._ends(places) <= self.size()
        if closely:
            for row in np.flatnonzero(inside):
                inside[row] = self._is_sound(places[row])
        return inside

    def end(self, places: Places) -> int:
        """Return the byte up to which the file must reach for some places."""
        return int(self._ends(places).max(initial=0))

    def size(self) -> int:
        """Return how many bytes the file has, 0 where there is none."""
        try:
            return self._path.stat().st_size
        except FileNotFoundError:
            return 0

    def scrub(self, wanted: Places) -> None:
        """Overwrite all word pieces but those at the wanted places."""
        if not self.size():
            return
        ordered = wanted[wanted["count"] > 0]
        ordered = ordered[np.argsort(ordered["offset"])]
        ends = np.maximum.accumulate(self._ends(ordered))  # places may be the same, or lie in each other
        starts, stops = np.append(0, ends), np.append(ordered["offset"], self.size())
        gaps = np.flatnonzero(starts < stops)
        with self._path.open("r+b") as file:
            for start, end in zip(starts[gaps].tolist(), stops[gaps].tolist(), strict=True):
                file.seek(start)
                for first in range(start, end, _AT_ONCE):
                    file.write(bytes(min(_AT_ONCE, end - first)))
            file.flush()
            os.fsync(file.fileno())

    def _is_sound(self, place: Any) -> bool:  # noqa: ANN401 (one of `Places`)
        try:
            self.read(place)
        except SnapshotDamaged:
            return False
        return True

    def read(self, place: Any) -> tuple[Spans, Vectors]:  # noqa: ANN401 (one of `Places`)
        """Return the spans of a passage's word pieces, (t, 2), and their vectors, (t, d).

        Raises:
            SnapshotDamaged: when they are not what was written.
        """
        offset, count, check = int(place["offset"]), int(place["count"]), int(place["check"])
        packed = self._bytes(offset, offset + count * _record(self._dimension).itemsize)
        if zlib.crc32(packed) != check:
            self.is_damaged = True
            raise SnapshotDamaged(f"{self._path} is damaged at byte {offset:,}")
        return unpack(packed, self._dimension)

    def _ends(self, places: Places) -> NDArray[np.int64]:
        ends: NDArray[np.int64] = places["offset"] + places["count"] * _record(self._dimension).itemsize
        return ends

    def _bytes(self, start: int, end: int) -> bytes:
        if start == end:
            return b""
        if self._map is None or len(self._map) < end:
            try:
                self._map = np.memmap(self._path, dtype=np.uint8, mode="r")
                read_here_and_there(self._map)
            except (FileNotFoundError, ValueError) as error:
                self.is_damaged = True
                raise SnapshotDamaged(f"{self._path} cannot be read: {error}") from error
        return self._map[start:end].tobytes()


def _record(dimension: int) -> np.dtype[Any]:
    return np.dtype([("span", "<u2", (2,)), ("scale", "<f4"), ("steps", "u1", ((dimension + 1) // 2,))])


def _places(packed: list[bytes], start: int, size: int) -> Places:
    places = np.zeros(len(packed), dtype=PLACE)
    lengths = np.array([len(one) for one in packed], dtype=np.int64)
    places["offset"] = start + np.concatenate([[0], np.cumsum(lengths)[:-1]]) if len(packed) else 0
    places["count"] = lengths // size
    places["check"] = [zlib.crc32(one) for one in packed]
    return places
