"""KeptVectors: whatever a model ever computed of a passage, so that nothing is computed twice."""

import hashlib
import os
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encoded, Vectors
from index.tokens import PLACE, Places, TokenFile, pack

_MAGIC = b"crisisbot vectors 2\n"


class KeptVectors:
    """Two append-only files of one model: vectors, found by the hash of a text, and their word pieces.

    Whoever appends must hold the index's lock. A record that was cut off or damaged counts as missing.
    """

    def __init__(self, folder: Path, model_identity: str) -> None:
        name = hashlib.sha256(model_identity.encode()).hexdigest()[:16]
        self._path = folder / f"{name}.vectors"
        self._token_path = folder / f"{name}.tokens"

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
        records = self._records()
        if records is None:
            nothing = np.zeros((len(texts), 0), dtype=np.float32)
            return np.zeros(len(texts), dtype=bool), nothing, np.zeros(len(texts), dtype=PLACE)
        order = np.argsort(records["key"], kind="stable")
        keys = _keys(texts)
        # The last of equal keys: a record that was appended again replaces a damaged one.
        ranks = np.searchsorted(records["key"], keys, side="right", sorter=order) - 1
        rows = order[np.maximum(ranks, 0)]
        found = (ranks >= 0) & (records["key"][rows] == keys)
        chosen = records[rows]
        chosen[~found] = 0
        sound = np.fromiter(
            (
                bool(one) and _check(record) == int(record["check"])
                for one, record in zip(found, chosen, strict=True)
            ),
            dtype=bool,
            count=len(texts),
        )
        tokens = TokenFile(self._token_path, chosen["vector"].shape[1])
        return sound & tokens.holds(chosen["place"], closely=closely), chosen["vector"], chosen["place"]

    def append(self, texts: Sequence[str], encoded: Sequence[Encoded]) -> None:
        """Keep what was computed of n texts; once this returns, it outlives a crash."""
        dimension = len(encoded[0].vector)
        tokens = TokenFile(self._token_path, dimension)
        records = np.zeros(len(texts), dtype=_record(dimension))
        records["key"] = _keys(texts)
        records["vector"] = [one.vector for one in encoded]
        # Before the records that point at them.
        records["place"] = tokens.append([pack(one.spans, one.tokens) for one in encoded])
        records["check"] = [_check(record) for record in records]
        with self._path.open("a+b") as file:
            self._mend_end(file.fileno(), dimension)
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

    def _dimension(self) -> int | None:
        try:
            with self._path.open("rb") as file:
                line = file.read(len(_header(0)))
        except FileNotFoundError:
            return None
        number = line[len(_MAGIC) :].strip()
        is_whole = line.startswith(_MAGIC) and len(line) == len(_header(0))
        return int(number) if is_whole and number.isdigit() else None

    def _records(self) -> NDArray[Any] | None:
        dimension = self._dimension()
        if dimension is None:
            return None
        dtype, start = _record(dimension), len(_header(0))
        number = (self._path.stat().st_size - start) // dtype.itemsize
        if number == 0:
            return None
        return np.memmap(self._path, dtype=dtype, mode="r", offset=start, shape=(number,))


def _header(dimension: int) -> bytes:
    return _MAGIC + f"{dimension:>8}\n".encode()


def _record(dimension: int) -> np.dtype[Any]:
    return np.dtype([("key", "<u8"), ("check", "<u4"), ("place", PLACE), ("vector", "<f4", (dimension,))])


def _keys(texts: Sequence[str]) -> NDArray[np.uint64]:
    digests = (hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts)
    return np.frombuffer(b"".join(digests), dtype="<u8")


def _check(record: Any) -> int:  # noqa: ANN401 (one of a structured array)
    return zlib.crc32(record["place"].tobytes() + record["vector"].tobytes())
