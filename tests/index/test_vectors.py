from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import faiss
import numpy as np
import pytest

from index.errors import SnapshotDamaged
from index.vectors import VectorIndex
from tests.fakes.encoder import vector

if TYPE_CHECKING:
    from pathlib import Path

    from index.encoder import Vectors


@pytest.fixture
def vectors() -> Vectors:
    return np.array([vector(f"sentence {number}") for number in range(200)])


def test_the_nearest_are_those_of_the_greatest_products_best_first(vectors: Vectors) -> None:
    asked = vector("sentence seven")
    products = vectors @ asked

    nearest = VectorIndex.build(vectors).search(asked, 10)

    assert nearest.rows.tolist() == np.argsort(-products)[:10].tolist()
    assert nearest.scores.tolist() == pytest.approx(np.sort(products)[::-1][:10].tolist(), abs=1e-6)


def test_a_vector_is_nearest_to_itself(vectors: Vectors) -> None:
    nearest = VectorIndex.build(vectors).search(vectors[17], 1)

    assert nearest.rows.tolist() == [17]
    assert nearest.scores.tolist() == pytest.approx([1.0], abs=1e-6)


def test_fewer_vectors_than_asked_for_are_all_found(vectors: Vectors) -> None:
    assert sorted(VectorIndex.build(vectors[:3]).search(vectors[0], 100).rows.tolist()) == [0, 1, 2]


def test_cosines_of_given_rows_stay_right_when_nothing_else_holds_the_index(vectors: Vectors) -> None:
    index = VectorIndex.build(vectors.copy())
    gc.collect()
    rows = np.array([5, 0, 199])

    assert index.cosines(vectors[3], rows).tolist() == pytest.approx((vectors[rows] @ vectors[3]).tolist())
    assert index.cosines(vectors[3], rows[:0]).tolist() == []


def test_what_was_written_is_read(vectors: Vectors, tmp_path: Path) -> None:
    VectorIndex.build(vectors).write(tmp_path / "v.faiss")

    read = VectorIndex.read(tmp_path / "v.faiss")

    assert len(read) == 200
    assert read.cosines(vectors[9], np.arange(200)).tolist() == pytest.approx((vectors @ vectors[9]).tolist())


@pytest.mark.parametrize("content", [b"", b"IxFI", b"no index at all"])
def test_a_file_that_is_no_index_is_called_damaged(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "v.faiss").write_bytes(content)

    with pytest.raises(SnapshotDamaged, match="is no FAISS index"):
        VectorIndex.read(tmp_path / "v.faiss")


def test_a_cut_off_index_is_called_damaged(vectors: Vectors, tmp_path: Path) -> None:
    VectorIndex.build(vectors).write(tmp_path / "v.faiss")
    whole = (tmp_path / "v.faiss").read_bytes()
    (tmp_path / "v.faiss").write_bytes(whole[:-100])

    with pytest.raises(SnapshotDamaged, match="is no FAISS index"):
        VectorIndex.read(tmp_path / "v.faiss")


def test_another_kind_of_index_is_called_damaged(vectors: Vectors, tmp_path: Path) -> None:
    other = faiss.IndexHNSWFlat(vectors.shape[1], 8)
    faiss.write_index(other, str(tmp_path / "v.faiss"))

    with pytest.raises(SnapshotDamaged, match="IndexHNSWFlat, not flat vectors"):
        VectorIndex.read(tmp_path / "v.faiss")


def test_many_threads_search_alike(vectors: Vectors) -> None:
    index = VectorIndex.build(vectors)
    alone = [index.search(one, 5).rows.tolist() for one in vectors]

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda one: index.search(one, 5).rows.tolist(), vectors))

    assert found == alone
