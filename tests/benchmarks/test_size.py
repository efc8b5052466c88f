"""The benchmarks of size: small runs of what they measure."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import nearest
import size
from index import vectors as index_vectors
from madeup import Pool

if TYPE_CHECKING:
    from pathlib import Path

    from index.encoder import Vectors


def drawn(number: int, dimension: int = 384) -> Vectors:
    some = np.random.default_rng(number).normal(size=(number, dimension)).astype(np.float32)
    return np.asarray(some / np.linalg.norm(some, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture(autouse=True)
def pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random vectors in the place of those that take minutes to compute."""
    small = Pool(drawn(60), drawn(55).astype(np.float16), np.arange(5, 56, 5))
    monkeypatch.setattr(Pool, "read", lambda *_: small)


def test_all_passages_are_built_and_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_vectors, "EXACT_UP_TO", 100)  # so that some are looked for by cells
    built = size.build(tmp_path, 600, 150)
    assert built["passages"] == 600
    assert built["segments"] == [600]  # four small ones are one
    asked = size.ask(tmp_path, 5)
    assert asked["ranking_ms"]["n"] == 5  # type: ignore[index]
    assert size.recall(tmp_path, 5)["recall@10"] == 1.0  # of 600, all cells are looked into
    sizes = size.disk(tmp_path)
    assert sizes["vectors.npy"] == pytest.approx(4 * 384, rel=0.01)
    assert "codes.faiss" in sizes


def test_passages_are_made_once() -> None:
    ids = [text.id for text in itertools.islice(size.passages(), 2_000)]
    assert len({*ids}) == 2_000


def test_all_candidates_are_compared_with_the_exact_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest, "IN_A_CELL", (250,))
    vectors = drawn(2_000)
    bench = nearest.Bench(vectors, vectors[:4], tmp_path)
    found: dict[str, Any] = {str(one["index"]): one for one in nearest.candidates(bench, graph=True)}
    assert {*found} == {
        "flat, where the vectors lie", "PQ96x4 fast scan of all", "PQ192x4 fast scan of all",
        "HNSW32, SQ8", "IVF, Flat", "IVF, SQ8", "IVF, PQ96x4fs",
    }  # fmt: skip
    assert found["PQ192x4 fast scan of all"]["searches"][-1]["recall@10"] > 0.99
    whole = found["IVF, Flat"]["searches"][-1]
    assert whole["looked_into"] == found["IVF, Flat"]["cells"] == 8
    assert whole["recall@10"] == whole["recall@100"] == 1.0
    few = found["IVF, SQ8"]["searches"][0]
    assert few["looked_into"] == 4
    assert few["recall@100"] < 0.9
    assert 384 < found["IVF, SQ8"]["bytes"] < 420


def test_vectors_are_made_alike_however_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearest, "AT_ONCE", 64)
    made = nearest.made_vectors(tmp_path / "a.npy", 200, Pool.read(None, None))  # type: ignore[arg-type]
    assert made.shape == (200, 384)
    assert np.allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)
