"""Ways of searching many vectors, side by side: FAISS's candidates on the same made-up vectors.

    python benchmarks/nearest.py [--sizes 100000,200000,1000000] [--json FILE]

Vectors are mixtures of real ones (`madeup`), questions are real; one thread, one question at a time, the 100
nearest wanted, as a shelf wants them. Recall is the share of the exact search's nearest that are found.
"""

import argparse
import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

import machine
from index.encoder import SentenceEncoder, Vectors
from index.models import Model
from madeup import Pool, cache_folder
from question import questions

Report = dict[str, object]
Rows = NDArray[np.int64]
Ask = Callable[[Vectors], Rows]

#: How many of the nearest are wanted, and how many of those are looked at for the other recall.
WANTED, FEW = 100, 10

#: Vectors in a cell; cells that a question looks into; times what is wanted that is compared exactly.
IN_A_CELL, CELLS, COMPARED = (1_000, 500, 250, 125), (4, 8, 16, 32, 64, 96, 128, 192, 256), (1, 1.5, 2, 4)

#: Vectors for each cell that cells are learnt from, and that are made or added at once.
LEARNT_FROM, AT_ONCE = 40, 50_000

#: Which of `IN_A_CELL` is tried with kinds of cells that are no candidates by their size or their speed.
TRIED = 250

#: Halves of bytes of a vector where all are looked at by such codes, and times what is wanted that is
#: compared exactly.
HALVES, CODES_COMPARED = (96, 192), (1, 2, 4, 8, 16)

#: Neighbours in the graph, and candidates that are kept while it is searched.
NEIGHBOURS, KEPT = 32, (64, 128, 256, 512)


def made_vectors(path: Path, number: int, pool: Pool) -> Vectors:
    """Write so many mixtures into a file and map it, little of it in memory at a time."""
    drawn = np.random.default_rng(7)
    into = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(number, pool.vectors.shape[1]))
    for first in range(0, number, AT_ONCE):
        size = min(AT_ONCE, number - first)
        into[first : first + size] = pool.mixtures([drawn.bytes(16) for _ in range(size)])
    into.flush()
    return np.asarray(np.load(path, mmap_mode="r"))


def asked_vectors(count: int) -> Vectors:
    """Return the vectors of real questions, (count, d)."""
    encoder = SentenceEncoder(Model.choose())
    return np.array([one.vector for one in encoder.encode_questions(questions(count))])


class Bench:
    """Asks indexes of the same vectors the same questions, and compares with the exact answer."""

    def __init__(self, vectors: Vectors, asked: Vectors, work: Path) -> None:
        self.vectors = vectors
        self._asked = asked
        self._work = work
        exact, self.flat = self._timed(self._flat)
        self._right = [set(row.tolist()) for row in exact]
        self._few = [set(row[:FEW].tolist()) for row in exact]

    def searched(self, search: Ask) -> Report:
        """Ask all questions; return the time of one and what of the right answer is found."""
        found, took = self._timed(search)
        return {**took, **self._recall(found)}

    def size_of(self, index: faiss.Index) -> float:
        """Return how many bytes a vector takes on disk."""
        path = self._work / "index.faiss"
        faiss.write_index(index, str(path))
        size = path.stat().st_size / len(self.vectors)
        path.unlink()
        return round(size, 1)

    def best(self, vector: Vectors, rows: Rows) -> Rows:
        """Compare rows exactly, and return the nearest ones."""
        rows = rows[rows >= 0]
        return rows[np.argsort(-(self.vectors[rows] @ vector), kind="stable")[:WANTED]]

    def _timed(self, search: Ask) -> tuple[list[Rows], Report]:
        found, took = [], []
        for vector in self._asked:
            began = time.perf_counter()
            found.append(search(vector))
            took.append(1000 * (time.perf_counter() - began))
        return found, {
            "p50_ms": round(statistics.median(took), 3),
            "p99_ms": round(float(np.percentile(took, 99)), 3),
        }

    def _recall(self, found: Sequence[Rows]) -> Report:
        pairs = list(zip(found, self._right, self._few, strict=True))
        many = np.mean([len(right & set(rows.tolist())) / WANTED for rows, right, _ in pairs])
        few = np.mean([len(right & set(rows[:FEW].tolist())) / FEW for rows, _, right in pairs])
        return {"recall@10": round(float(few), 4), "recall@100": round(float(many), 4)}

    def _flat(self, vector: Vectors) -> Rows:
        scores, rows = np.empty(WANTED, dtype=np.float32), np.empty(WANTED, dtype=np.int64)
        one = np.ascontiguousarray(vector)
        faiss.knn_inner_product(
            faiss.swig_ptr(one), faiss.swig_ptr(self.vectors), self.vectors.shape[1], 1, len(self.vectors),
            WANTED, faiss.swig_ptr(scores), faiss.swig_ptr(rows),
        )  # fmt: skip
        return rows


class Search:
    """One way of searching: an index, its parameters, and how many times what is wanted it is asked for."""

    def __init__(self, bench: Bench, index: faiss.Index, parameters: Any, compared: float = 0) -> None:  # noqa: ANN401 (FAISS has no types)
        self._bench = bench
        self._index = index
        self._parameters = parameters
        self._compared = compared

    def __call__(self, vector: Vectors) -> Rows:
        """Return the nearest rows, best first."""
        number = int(max(1, self._compared) * WANTED)
        _, [rows] = self._index.search(vector.reshape(1, -1), number, params=self._parameters)
        return self._bench.best(vector, rows) if self._compared else rows


def candidates(bench: Bench, *, graph: bool) -> Iterator[Report]:
    """Build and ask one index after the other."""
    number, dimension = bench.vectors.shape
    yield {
        "index": "flat, where the vectors lie",
        "n": number,
        "bytes": 4 * dimension,
        "searches": [bench.flat],
    }
    for halves in HALVES:
        yield _coded(bench, halves)
    if graph:
        yield _graph(bench)
    for in_a_cell in IN_A_CELL:
        coarse, seconds = _cells(bench.vectors, max(1, number // in_a_cell))
        kinds = ("Flat", "SQ8", "PQ96x4fs") if in_a_cell == TRIED else ("SQ8",)
        for kind in kinds:
            index = _of(kind, coarse)
            took = seconds + _filled(index, bench.vectors)
            yield {
                "index": f"IVF, {kind}",
                "n": number,
                "cells": index.nlist,
                "build_s": round(took, 1),
                "bytes": bench.size_of(index) + (4 * dimension if kind == "PQ96x4fs" else 0),
                "searches": [*_looked(bench, index, kind)],
            }


def _looked(bench: Bench, index: faiss.IndexIVF, kind: str) -> Iterator[Report]:
    # Flat cells hold the vectors themselves: nothing is left to be compared.
    compared = {"Flat": (0,), "PQ96x4fs": (4, 8, 16)}.get(kind, (0, *COMPARED))
    its: Any = faiss.SearchParametersIVF  # its types know C++'s parameters, not Python's
    for cells, times in itertools.product(CELLS, compared):
        if cells <= index.nlist and (times in (0, 2, *compared[-1:]) or cells in (32, 96)):
            search = Search(bench, index, its(nprobe=cells), times)
            yield {"looked_into": cells, "compared": times, **bench.searched(search)}


def _coded(bench: Bench, halves: int) -> Report:
    number, dimension = bench.vectors.shape
    index = faiss.IndexPQFastScan(dimension, halves, 4, faiss.METRIC_INNER_PRODUCT)
    seconds = _filled(index, bench.vectors)
    return {
        "index": f"PQ{halves}x4 fast scan of all",
        "n": number,
        "build_s": round(seconds, 1),
        "bytes": bench.size_of(index) + 4 * dimension,
        "searches": [
            {"compared": times, **bench.searched(Search(bench, index, None, times))}
            for times in CODES_COMPARED
        ],
    }


def _graph(bench: Bench) -> Report:
    number, dimension = bench.vectors.shape
    its: Any = faiss.IndexHNSWSQ
    index = its(dimension, faiss.ScalarQuantizer.QT_8bit, NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
    seconds = _filled(index, bench.vectors)
    parameters: Any = faiss.SearchParametersHNSW  # type: ignore[attr-defined] # its types lack it
    searches = [
        {"kept": kept, "compared": 2, **bench.searched(Search(bench, index, parameters(efSearch=kept), 2))}
        for kept in KEPT
    ]
    return {
        "index": f"HNSW{NEIGHBOURS}, SQ8",
        "n": number,
        "build_s": round(seconds, 1),
        "bytes": bench.size_of(index),
        "searches": searches,
    }


def _cells(vectors: Vectors, number: int) -> tuple[faiss.Index, float]:
    """Learn the middles of cells; return them and the seconds it took."""
    began = time.perf_counter()
    coarse = faiss.IndexIVFFlat(
        faiss.IndexFlatIP(vectors.shape[1]), vectors.shape[1], number, faiss.METRIC_INNER_PRODUCT
    )
    coarse.train(_some(vectors, LEARNT_FROM * number))
    middles: Any = faiss.IndexFlatIP(vectors.shape[1])
    middles.add(faiss.downcast_index(coarse.quantizer).reconstruct_n(0, number))
    return middles, time.perf_counter() - began


def _of(kind: str, coarse: faiss.Index) -> Any:  # noqa: ANN401 (one of FAISS's classes)
    dimension, number, by = coarse.d, coarse.ntotal, faiss.METRIC_INNER_PRODUCT
    if kind == "Flat":
        return faiss.IndexIVFFlat(coarse, dimension, number, by)
    if kind == "SQ8":
        return faiss.IndexIVFScalarQuantizer(coarse, dimension, number, faiss.ScalarQuantizer.QT_8bit, by)
    return faiss.IndexIVFPQFastScan(coarse, dimension, number, 96, 4, by)


def _filled(index: Any, vectors: Vectors) -> float:  # noqa: ANN401 (one of FAISS's classes)
    """Learn what is left to learn, add all vectors, and return the seconds it took."""
    began = time.perf_counter()
    if not index.is_trained:
        index.train(_some(vectors, AT_ONCE))
    for first in range(0, len(vectors), AT_ONCE):
        index.add(np.ascontiguousarray(vectors[first : first + AT_ONCE]))
    return time.perf_counter() - began


def _some(vectors: Vectors, number: int) -> Vectors:
    chosen = np.random.default_rng(0).choice(len(vectors), min(len(vectors), number), replace=False)
    return np.ascontiguousarray(vectors[np.sort(chosen)])


def compare(sizes: Sequence[int], asked: int, *, graphs_upto: int) -> Iterator[Report]:
    """Compare all candidates at all sizes."""
    faiss.omp_set_num_threads(1)
    questioned = asked_vectors(asked)
    with tempfile.TemporaryDirectory() as name:
        vectors = made_vectors(
            Path(name, "vectors.npy"), max(sizes), Pool.read(Model.choose(), cache_folder())
        )
        for size in sizes:
            bench = Bench(vectors[:size], questioned, Path(name))
            for one in candidates(bench, graph=size <= graphs_upto):
                print(json.dumps(one), flush=True)
                yield one


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="100000,200000,1000000", help="numbers of vectors")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--graphs-upto", type=int, default=1_000_000, help="above, graphs take too long")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    report: Report = {"machine": machine.facts()}
    sizes = [int(size) for size in options.sizes.split(",")]
    report["candidates"] = [*compare(sizes, options.questions, graphs_upto=options.graphs_upto)]
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
