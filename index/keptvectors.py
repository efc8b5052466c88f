"""KeptVectors: whatever a model ever computed of a passage, so that nothing is computed twice."""

import hashlib
import os
import threading
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from index.encoder import Encoded, Vectors
from index.ids import each_once, within
from index.tokens import PLACE, Places, TokenFile, pack

_MAGIC = b"crisisbot vectors 3\n"

#: What is kept of a text beside its vector: a hash of it, a check of all that belongs to it, its word pieces.
_RECORD: np.dtype[Any] = np.dtype([("key", "<u8"), ("check", "<u4"), ("place", PLACE)])

#: Records that may wait to be sorted in among the others: each costs a little memory, sorting costs time.
_UNSORTED = 65_536


class KeptVectors:
    """Three append-only files of one model: keys, found by the hash of a text, vectors, and word pieces.

    Processes take turns to append. A record that was cut off or damaged counts as missing. Keys are read once
    and then as they grow, so that a search costs as much among millions as among a few. May be used from many
    threads.
    """

    def __init__(self, folder: Path, model_identity: str) -> None:
        self._identity = model_identity
        self._wanted_while: Path | None = None
        name = hashlib.sha256(model_identity.encode()).hexdigest()[:16]
        self._path = folder / f"{name}.keys"
        self._vector_path = folder / f"{name}.vectors"
        self._token_path = folder / f"{name}.tokens"
        self._lock = FileLock(folder / f"{name}.lock")
        self._learning = threading.Lock()
        self._forget()

    def tokens(self) -> TokenFile | None:
        """Open the file of word pieces; None where nothing was kept yet."""
        dimension = self._dimension()
        return None if dimension is None else TokenFile(self._token_path, dimension)

    def find(
        self, texts: Sequence[str], *, closely: bool = False
    ) -> tuple[NDArray[np.bool_], Vectors, Places]:
        """Return which texts are kept, (n,), their vectors, (n, d), and where their word pieces are, (n,).

        Zeros stand for those that are not; with nothing kept yet, d is 0. Word pieces are read, and not only
        looked for, when it is done `closely`.
        """
        dimension = self._dimension()
        if dimension is None:
            none = np.zeros(len(texts), dtype=bool)
            return none, np.zeros((len(texts), 0), dtype=np.float32), np.zeros(len(texts), dtype=PLACE)
        keys = _keys(texts)
        rows = self._rows(keys)
        found, vectors, places = self._read(keys, rows, dimension)
        if not found[rows >= 0].all():  # damaged, or another process mended or scrubbed it
            with self._learning:
                self._forget()
            found, vectors, places = self._read(keys, self._rows(keys), dimension)
        tokens = TokenFile(self._token_path, dimension)
        return found & tokens.holds(places, closely=closely), vectors, places

    def _read(
        self, keys: NDArray[np.uint64], rows: NDArray[np.int64], dimension: int
    ) -> tuple[NDArray[np.bool_], Vectors, Places]:
        """Read records, and say which of them are what was written."""
        found, places = rows >= 0, np.zeros(len(rows), dtype=PLACE)
        vectors = np.zeros((len(rows), dimension), dtype=np.float32)
        if not found.any():
            return found, vectors, places
        records, kept = self._records(), self._vectors(dimension)
        for number in np.flatnonzero(found).tolist():
            row = rows[number]
            if row < len(records) and row < len(kept) and _is_sound(records[row], keys[number], kept[row]):
                vectors[number], places[number] = kept[row], records[row]["place"]
            else:
                found[number] = False
        return found, vectors, places

    def while_there_is(self, folder: Path) -> "KeptVectors":
        """Open the same for somebody whose work is of use only while there is a folder."""
        opened = KeptVectors(self._path.parent, self._identity)
        opened._wanted_while = folder
        return opened

    def append(self, texts: Sequence[str], encoded: Sequence[Encoded]) -> None:
        """Keep what was computed of n texts; once this returns, it outlives a crash.

        Raises:
            FileNotFoundError: when it is of no use any more (`while_there_is`).
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            if self._wanted_while is not None:
                self._wanted_while.stat()
            self._append(texts, encoded, len(encoded[0].vector))

    def _append(self, texts: Sequence[str], encoded: Sequence[Encoded], dimension: int) -> None:
        vectors = np.array([one.vector for one in encoded], dtype="<f4")
        records = np.zeros(len(texts), dtype=_RECORD)
        records["key"] = _keys(texts)
        # Before the keys that lead to them.
        tokens = TokenFile(self._token_path, dimension)
        records["place"] = tokens.append([pack(one.spans, one.tokens) for one in encoded])
        records["check"] = [_check(*both) for both in zip(records["place"], vectors, strict=True)]
        with self._path.open("a+b") as file, self._vector_path.open("a+b") as vector_file:
            number = self._mend_end(file.fileno(), dimension)
            # What a crash left too much goes, what was lost becomes zeros, which no check fits.
            os.ftruncate(vector_file.fileno(), number * dimension * vectors.itemsize)
            for opened, content in ((vector_file, vectors), (file, records)):
                opened.write(content.tobytes())
                opened.flush()
                os.fsync(opened.fileno())

    def scrub(self, wanted: Sequence[Vectors], places: Places) -> None:
        """Overwrite all that is kept but for some vectors and the word pieces at some places.

        What was overwritten is missing from then on. Whoever calls this holds the index's lock.

        Raises:
            OSError: when the disk does not take it.
        """
        dimension = self._dimension()
        if dimension is None:
            return
        with self._lock, self._learning:
            none = np.zeros(0, dtype=np.uint64)
            self._scrub(each_once(np.concatenate([none, *map(_hashes, wanted)])), dimension)
            TokenFile(self._token_path, dimension).scrub(places)
            self._forget()

    def _scrub(self, wanted: NDArray[np.uint64], dimension: int) -> None:
        records, vectors = self._records(), self._vectors(dimension)
        unwanted = ~within(_hashes(vectors[: len(records)]), wanted)
        unwanted &= records["key"][: len(unwanted)] != 0  # those that were overwritten before
        size = _RECORD.itemsize
        with self._path.open("r+b") as file, self._vector_path.open("r+b") as vector_file:
            for row in map(int, np.flatnonzero(unwanted)):
                file.seek(len(_header(0)) + row * size)
                file.write(bytes(size))
                vector_file.seek(row * 4 * dimension)
                vector_file.write(bytes(4 * dimension))
            for opened in (vector_file, file):
                opened.flush()
                os.fsync(opened.fileno())

    def _forget(self) -> None:
        self._sorted_keys = np.zeros(0, dtype=np.uint64)
        self._sorted_rows = np.zeros(0, dtype=np.int64)
        self._unsorted: dict[int, int] = {}
        self._known = 0

    def _rows(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return in which record each text is, (n,); the last of several, -1 where in none."""
        with self._learning:
            self._learn()
            return self._found(keys)

    def _found(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        places = np.searchsorted(self._sorted_keys, keys, side="right") - 1
        rows = np.full(len(keys), -1, dtype=np.int64)
        if len(self._sorted_keys):
            is_it = (places >= 0) & (self._sorted_keys[places] == keys)
            rows[is_it] = self._sorted_rows[places[is_it]]
        for number, key in enumerate(keys.tolist()):
            rows[number] = self._unsorted.get(key, rows[number])
        return rows

    def _learn(self) -> None:
        """Read the keys that came since the last time."""
        records = self._records()
        if len(records) < self._known:  # somebody began anew
            self._forget()
        if len(self._unsorted) + len(records) - self._known <= _UNSORTED:
            for number, key in enumerate(records["key"][self._known :].tolist(), start=self._known):
                self._unsorted[key] = number
            self._known = len(records)
        else:
            self._known = len(records)
            keys = records["key"].copy()
            # Stable: the last of equal keys stays the last, since it replaces a damaged one.
            self._sorted_rows = np.argsort(keys, kind="stable")
            self._sorted_keys = keys[self._sorted_rows]
            self._unsorted = {}

    def _mend_end(self, descriptor: int, dimension: int) -> int:
        """Begin a new file with its header, or cut off the half record that a crash left; return how many."""
        header = _header(dimension)
        size = os.fstat(descriptor).st_size
        if size < len(header) or os.pread(descriptor, len(header), 0) != header:
            os.ftruncate(descriptor, 0)
            os.write(descriptor, header)
            return 0
        number, half = divmod(size - len(header), _RECORD.itemsize)
        os.ftruncate(descriptor, size - half)
        return number

    def _dimension(self) -> int | None:
        try:
            with self._path.open("rb") as file:
                line = file.read(len(_header(0)))
        except FileNotFoundError:
            return None
        number = line[len(_MAGIC) :].strip()
        is_whole = line.startswith(_MAGIC) and len(line) == len(_header(0))
        return int(number) if is_whole and number.isdigit() else None

    def _records(self) -> NDArray[Any]:
        start = len(_header(0))
        number = max(0, self._path.stat().st_size - start) // _RECORD.itemsize
        if number == 0:
            return np.zeros(0, dtype=_RECORD)
        return np.asarray(np.memmap(self._path, dtype=_RECORD, mode="r", offset=start, shape=(number,)))

    def _vectors(self, dimension: int) -> Vectors:
        """Map all vectors; there are fewer than records where the file was cut off."""
        try:
            number = self._vector_path.stat().st_size // (4 * dimension)
        except FileNotFoundError:
            number = 0
        if number == 0:
            return np.zeros((0, dimension), dtype=np.float32)
        shape = (number, dimension)
        return np.asarray(np.memmap(self._vector_path, dtype="<f4", mode="r", shape=shape))


def _header(dimension: int) -> bytes:
    return _MAGIC + f"{dimension:>8}\n".encode()


def _keys(texts: Sequence[str]) -> NDArray[np.uint64]:
    digests = (hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts)
    return np.frombuffer(b"".join(digests), dtype="<u8")


def _hashes(vectors: Vectors) -> NDArray[np.uint64]:
    """Return 64 bits of a hash of each vector's bytes, (n,)."""
    digests = (hashlib.blake2b(vector.tobytes(), digest_size=8).digest() for vector in vectors)
    return np.fromiter(map(int.from_bytes, digests), dtype=np.uint64, count=len(vectors))


def _check(place: Any, vector: Vectors) -> int:  # noqa: ANN401 (one of `Places`)
    return zlib.crc32(place.tobytes() + vector.tobytes())


def _is_sound(record: Any, key: np.uint64, vector: Vectors) -> bool:  # noqa: ANN401 (one of the records)
    return bool(record["key"] == key) and _check(record["place"], vector) == int(record["check"])
