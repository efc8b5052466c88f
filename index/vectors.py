"""VectorIndex: the nearest of many vectors. The only module that knows FAISS."""

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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

#: Vectors up to which all of them are compared with a question: exact, and quick enough.
EXACT_UP_TO = 200_000

#: Vectors in a cell, about, of those that are looked at by cells; how many cells a question looks into; and
#: how many times what is wanted is compared exactly (docs/decisions/0008-arrivals.md has the measurements).
IN_A_CELL, CELLS, COMPARED = 250, 96, 4

#: Vectors that cells are learnt from, for each cell.
LEARNT_FROM = 40


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest rows and their cosines, best first."""

    rows: Rows
    scores: Scores


class VectorIndex:
    """Unit vectors, immutable; may be searched from many threads.

    Few are searched exactly, where they lie. Many are sorted into cells, of which a question looks into the
    nearest ones by a copy in bytes (IVF with 8 bits a number), and the best of those are compared exactly.
    """

    def __init__(self, vectors: Vectors, cells: faiss.IndexIVF | None = None) -> None:
        self.vectors = vectors
        self._cells = cells

    @classmethod
    def build(cls, vectors: Vectors) -> "VectorIndex":
        """Index (n, d) unit vectors; row i stays row i."""
        return cls(vectors, _cells(vectors) if len(vectors) > EXACT_UP_TO else None)

    @classmethod
    def read(cls, vectors: Vectors, path: Path) -> "VectorIndex":
        """Read the cells that `write` wrote for these vectors, if it did.

        Raises:
            SnapshotDamaged: when they cannot be read.
        """
        if len(vectors) <= EXACT_UP_TO and not path.exists():
            return cls(vectors)
        try:
            cells = faiss.read_index(str(path), faiss.IO_FLAG_MMAP)
        except RuntimeError as error:
            raise SnapshotDamaged(f"{path} is no FAISS index") from error
        if not isinstance(cells, faiss.IndexIVF) or cells.ntotal != len(vectors):
            raise SnapshotDamaged(f"{path} holds something else than cells of {len(vectors):,} vectors")
        return cls(vectors, cells)

    def write(self, path: Path) -> None:
        """Write the cells to a file, where there are any; once this returns, they outlive a crash.

        Raises:
            OSError: when the disk does not take it.
        """
        if self._cells is None:
            return
        try:
            faiss.write_index(self._cells, str(path))
        except RuntimeError as error:  # FAISS has no other
            raise OSError(errno.EIO, "the vectors cannot be written; is the disk full?", str(path)) from error
        with path.open("rb") as file:
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
        selector = None if alive is None else _selector(alive)
        k = min(k, len(self))
        if k == 0:
            return Nearest(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))
        if self._cells is None:
            return self._exactly(vector, k, selector)
        its: Any = faiss.SearchParametersIVF  # its types know C++'s parameters, not Python's
        wanted = its(sel=selector, nprobe=min(CELLS, self._cells.nlist))
        _, [rows] = self._cells.search(vector.reshape(1, -1), COMPARED * k, params=wanted)
        rows = rows[rows >= 0]
        scores = self.cosines(vector, rows)
        best = np.argsort(-scores, kind="stable")[:k]
        return Nearest(rows[best], scores[best])

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


def _cells(vectors: Vectors) -> faiss.IndexIVF:
    """Sort vectors into cells (Jégou et al. 2011, https://doi.org/10.1109/TPAMI.2010.57)."""
    number, dimension = max(1, len(vectors) // IN_A_CELL), vectors.shape[1]
    cells = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension),
        dimension,
        number,
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
    )
    chosen = np.random.default_rng(0).choice(
        len(vectors), min(len(vectors), LEARNT_FROM * number), replace=False
    )
    cells.train(np.ascontiguousarray(vectors[np.sort(chosen)]))
    for first in range(0, len(vectors), EXACT_UP_TO):
        cells.add(np.ascontiguousarray(vectors[first : first + EXACT_UP_TO]))
    return cells
