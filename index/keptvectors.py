"""KeptVectors: every vector ever computed, so that none is computed twice."""

import hashlib
import os
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors

_MAGIC = b"crisisbot vectors 1\n"


class KeptVectors:
    """An append-only file of vectors of one model, found by the hash of their text.

    Whoever appends must hold the index's lock. A record that was cut off or damaged counts as missing.
    """

    def __init__(self, folder: Path, model_identity: str) -> None:
        name = hashlib.sha256(model_identity.encode()).hexdigest()[:16]
        self._path = folder / f"{name}.vectors"

    def find(self, texts: Sequence[str]) -> tuple[NDArray[np.bool_], Vectors]:
        """Return which texts have a vector, (n,), and the vectors, (n, d), zeros for those that have none.

        With nothing kept yet, d is 0.
        """
        records = self._records()
        if records is None:
            return np.zeros(len(texts), dtype=bool), np.zeros((len(texts), 0), dtype=np.float32)
        order = np.argsort(records["key"], kind="stable")
        keys = _keys(texts)
        # The last of equal keys: a record that was appended again replaces a damaged one.
        places = np.searchsorted(records["key"], keys, side="right", sorter=order) - 1
        rows = order[np.maximum(places, 0)]
        found = (places >= 0) & (records["key"][rows] == keys)
        vectors = np.where(found[:, None], records["vector"][rows], np.float32(0))
        sound = np.fromiter(
            (f and _check(v) == c for f, v, c in zip(found, vectors, records["check"][rows], strict=True)),
            dtype=bool,
            count=len(texts),
        )
        return sound, vectors

    def append(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Keep (n, d) vectors of n texts; once this returns, they outlive a crash."""
        dtype = _record(vectors.shape[1])
        records = np.zeros(len(texts), dtype=dtype)
        records["key"] = _keys(texts)
        records["vector"] = vectors
        records["check"] = [_check(vector) for vector in vectors]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a+b") as file:
            self._mend_end(file.fileno(), vectors.shape[1])
            file.write(records.tobytes())
            file.flush()
            os.fsync(file.fileno())

    def _mend_end(self, descriptor: int, dimension: int) -> None:
        """Begin a new file with its header; cut off the half record that a crash may have left."""
        header = _header(dimension)
        size = os.fstat(descriptor).st_size
        if size < len(header) or os.pread(descriptor, len(header), 0) != header:
            os.ftruncate(descriptor, 0)
            os.write(descriptor, header)
            return
        os.ftruncate(descriptor, size - (size - len(header)) % _record(dimension).itemsize)

    def _records(self) -> NDArray[Any] | None:
        try:
            with self._path.open("rb") as file:
                line = file.read(len(_header(0)))
        except FileNotFoundError:
            return None
        if not line.startswith(_MAGIC) or not line[len(_MAGIC) :].strip().isdigit():
            return None
        dtype = _record(int(line[len(_MAGIC) :]))
        number = (self._path.stat().st_size - len(line)) // dtype.itemsize
        if number == 0:
            return None
        return np.memmap(self._path, dtype=dtype, mode="r", offset=len(line), shape=(number,))


def distinct(texts: Iterable[str]) -> list[str]:
    """Return each text once, longest first: batches of like lengths waste least."""
    return sorted(set(texts), key=lambda text: (-len(text), text))


def _header(dimension: int) -> bytes:
    return _MAGIC + f"{dimension:>8}\n".encode()


def _record(dimension: int) -> np.dtype[Any]:
    return np.dtype([("key", "<u8"), ("check", "<u4"), ("vector", "<f4", (dimension,))])


def _keys(texts: Sequence[str]) -> NDArray[np.uint64]:
    digests = (hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts)
    return np.frombuffer(b"".join(digests), dtype="<u8")


def _check(vector: NDArray[np.float32]) -> int:
    return zlib.crc32(np.ascontiguousarray(vector).tobytes())
