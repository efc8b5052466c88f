"""VectorIndex: the nearest of many vectors. The only module that knows FAISS."""

import errno
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.errors import SnapshotDamaged
from index.signals import Scores

# One question on two threads is slower than on one (docs/decisions/0003-index.md);
# several questions run side by side instead.
faiss.omp_set_num_threads(1)

#: Row numbers of an index, (n,) int64.
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest rows and their cosines, best first."""

    rows: Rows
    scores: Scores


class VectorIndex:
    """Unit vectors in memory, immutable and exact; may be searched from many threads."""

    def __init__(self, index: faiss.IndexFlat) -> None:
        self._index = index
        # A view, not a copy: FAISS keeps the memory as long as the index lives.
        self._vectors: Vectors = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d).reshape(
            -1, index.d
        )

    @classmethod
    def build(cls, vectors: Vectors) -> "VectorIndex":
        """Index (n, d) unit vectors; row i stays row i."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors))
        return cls(index)

    @classmethod
    def read(cls, path: Path) -> "VectorIndex":
        """Read what `write` wrote.

        Raises:
            SnapshotDamaged: when it cannot be read.
        """
        try:
            index = faiss.read_index(str(path))
        except RuntimeError as error:
            raise SnapshotDamaged(f"{path} is no FAISS index") from error
        if not isinstance(index, faiss.IndexFlat):
            raise SnapshotDamaged(f"{path} holds a {type(index).__name__}, not flat vectors")
        return cls(index)

    def write(self, path: Path) -> None:
        """Write to a file.

        Raises:
            OSError: when the disk does not take it.
        """
        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:  # FAISS has no other
            raise OSError(errno.EIO, "the vectors cannot be written; is the disk full?", str(path)) from error

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, vector: Vectors, k: int) -> Nearest:
        """Return the `k` nearest rows to a (d,) unit vector, or all where there are fewer."""
        scores, rows = self._index.search(vector.reshape(1, -1), min(k, len(self)))
        return Nearest(rows[0], scores[0])

    def cosines(self, vector: Vectors, rows: Rows) -> Scores:
        """Return the cosines of a (d,) unit vector with given rows, (len(rows),)."""
        scores: Scores = self._vectors[rows] @ vector
        return scores
