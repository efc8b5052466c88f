"""VectorIndex: the nearest of many vectors. The only module that knows FAISS, and how many threads it has."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from index.encoder import Vectors
from index.errors import SnapshotDamaged
from index.signals import Scores

# One question on two threads is slower than on one (docs/decisions/0003-index.md), and on a busy machine much
# slower: each waits for the other (docs/decisions/0006-speed.md). Several questions run side by side instead.
faiss.omp_set_num_threads(1)
ThreadpoolController().limit(limits=1, user_api="blas")  # FAISS's and NumPy's, whichever was loaded first

#: Row numbers of an index, (n,) int64.
Rows = NDArray[np.int64]

#: Vectors up to which all of them are compared with a question: exact, and quick enough.
EXACT_UP_TO = 16_384

#: How many times what is wanted is compared exactly, of what is near by codes; vectors that these are learnt
#: from (docs/decisions/0008-arrivals.md has the measurements).
COMPARED, LEARNT_FROM = 4, 50_000

#: Bits of a code for each two numbers of a vector: one of 16 pairs of numbers.
BITS = 4

#: Vectors that are given a code at once.
_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest rows and their cosines, best first."""

    rows: Rows
    scores: Scores


class VectorIndex:
    """Unit vectors, immutable; may be searched from many threads.

    Few are searched exactly, where they lie. Of many, short codes are all compared with a question (product
    quantisation, 4 bits for two numbers), and the best by these are compared exactly. A question is about
    something else than most passages, so it has no few cells in which its nearest ones lie.
    """

    def __init__(self, vectors: Vectors, codes: faiss.IndexPQFastScan | None = None) -> None:
        self.vectors = vectors
        self._codes = codes

    @classmethod
    def build(cls, vectors: Vectors) -> "VectorIndex":
        """Index (n, d) unit vectors; row i stays row i."""
        return cls(vectors, _codes(vectors) if len(vectors) > EXACT_UP_TO else None)

    @classmethod
    def read(cls, vectors: Vectors, path: Path) -> "VectorIndex":
        """Read the codes that `write` wrote for these vectors, if it did: whoever keeps files knows whether.

        Raises:
            SnapshotDamaged: when they cannot be read.
        """
        if not path.exists():
            return cls(vectors)
        try:
            codes = faiss.read_index(str(path))
        except RuntimeError as error:
            raise SnapshotDamaged(f"{path} is no FAISS index") from error
        if not isinstance(codes, faiss.IndexPQFastScan) or codes.ntotal != len(vectors):
            raise SnapshotDamaged(f"{path} holds something else than codes of {len(vectors):,} vectors")
        return cls(vectors, codes)

    def write(self, path: Path) -> None:
        """Write the codes to a file, where there are any; once this returns, they outlive a crash.

        Raises:
            OSError: when the disk does not take it.
        """
        if self._codes is None:
            return
        content = faiss.serialize_index(self._codes)  # FAISS itself tells nobody of a full disk at the end
        with path.open("xb") as file:
            file.write(content.data)
            file.flush()
            os.fsync(file.fileno())

    def __len__(self) -> int:
        return len(self.vectors)

    def search(self, vector: Vectors, k: int, alive: NDArray[np.bool_] | None = None) -> Nearest:
        """Return the `k` nearest rows to a (d,) unit vector, or all where there are fewer.

        Args:
            vector: what is looked for.
            k: how many rows at most.
            alive: which rows count, (n,); all where it is None.
        """
        living = len(self) if alive is None else int(alive.sum())
        k = min(k, living)
        if k == 0:
            return Nearest(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))
        rows = self._likely(vector, COMPARED * k, alive) if living > COMPARED * k else None
        if rows is None:
            return self._exactly(vector, k, None if alive is None else _selector(alive))
        scores = self.cosines(vector, rows)
        best = np.argsort(-scores, kind="stable")[:k]
        return Nearest(rows[best], scores[best])

    def _likely(self, vector: Vectors, number: int, alive: NDArray[np.bool_] | None) -> Rows | None:
        """Return so many living rows that are near by their codes; None where an exact search is quicker."""
        looked_at = number
        while self._codes is not None and looked_at <= max(number, len(self) // 8):
            _, [rows] = self._codes.search(vector.reshape(1, -1), looked_at)
            rows = rows[rows >= 0]
            living: Rows = rows if alive is None else rows[alive[rows]]
            if len(living) >= number:
                return living[:number]
            looked_at *= 2  # codes know nothing of who is alive
        return None

    def cosines(self, vector: Vectors, rows: Rows) -> Scores:
        """Return the cosines of a (d,) unit vector with given rows, (len(rows),)."""
        scores: Scores = self.vectors[rows] @ vector
        return scores

    def _exactly(self, vector: Vectors, k: int, selector: faiss.IDSelector | None) -> Nearest:
        # FAISS's own search over vectors where they lie: an index would hold a copy of them.
        scores, rows = np.empty(k, dtype=np.float32), np.empty(k, dtype=np.int64)
        asked = np.ascontiguousarray(vector)
        faiss.knn_inner_product(
            faiss.swig_ptr(asked),
            faiss.swig_ptr(self.vectors),
            self.vectors.shape[1],
            1,
            len(self),
            k,
            faiss.swig_ptr(scores),
            faiss.swig_ptr(rows),
            selector,
        )
        found = rows >= 0
        return Nearest(rows[found], scores[found])


def _selector(alive: NDArray[np.bool_]) -> faiss.IDSelector:
    its: Any = faiss.IDSelectorBitmap  # its types know C++'s parameters, not Python's
    selector: faiss.IDSelector = its(np.packbits(alive, bitorder="little"))
    return selector


def _codes(vectors: Vectors) -> faiss.IndexPQFastScan:
    """Give each vector a code (André et al. 2017, https://doi.org/10.1145/3078971.3078992)."""
    dimension = vectors.shape[1]
    codes = faiss.IndexPQFastScan(
        dimension, dimension // 2 if dimension % 2 == 0 else dimension, BITS, faiss.METRIC_INNER_PRODUCT
    )
    number = min(len(vectors), LEARNT_FROM)
    chosen = np.random.default_rng(0).choice(len(vectors), number, replace=False)
    codes.train(np.ascontiguousarray(vectors[np.sort(chosen)]))
    for first in range(0, len(vectors), _AT_ONCE):
        codes.add(np.ascontiguousarray(vectors[first : first + _AT_ONCE]))
    return codes
