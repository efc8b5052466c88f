from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import faiss
import numpy as np
import pytest

from index import vectors as module
from index.errors import SnapshotDamaged
from index.vectors import VectorIndex
from tests.fakes.damage import full_disk
from tests.fakes.encoder import vector

if TYPE_CHECKING:
    from pathlib import Path

    from index.encoder import Vectors

#: Whether all vectors are compared, or their codes.
either_way = pytest.mark.parametrize("way", ["exactly", "by codes"])


@pytest.fixture
def vectors() -> Vectors:
    return np.array([vector(f"sentence {number}") for number in range(200)])


@pytest.fixture
def index(vectors: Vectors, way: str, monkeypatch: pytest.MonkeyPatch) -> VectorIndex:
    """An index of the vectors; by codes: the half of them is compared, if that is enough."""
    if way == "by codes":
        monkeypatch.setattr(module, "EXACT_UP_TO", 60)
        monkeypatch.setattr(module, "COMPARED", 10)
    return VectorIndex.build(vectors)


@either_way
def test_the_nearest_are_those_of_the_greatest_products_best_first(
    vectors: Vectors, index: VectorIndex
) -> None:
    asked = vector("sentence seven")
    products = vectors @ asked

    nearest = index.search(asked, 10)

    assert nearest.rows.tolist() == np.argsort(-products)[:10].tolist()
    assert nearest.scores.tolist() == pytest.approx(np.sort(products)[::-1][:10].tolist(), abs=1e-6)


@either_way
def test_a_vector_is_nearest_to_itself(vectors: Vectors, index: VectorIndex) -> None:
    nearest = index.search(vectors[17], 1)

    assert nearest.rows.tolist() == [17]
    assert nearest.scores.tolist() == pytest.approx([1.0], abs=1e-6)


@either_way
def test_dead_rows_are_never_found_however_near_they_are(vectors: Vectors, index: VectorIndex) -> None:
    asked = vector("sentence seven")
    order = np.argsort(-(vectors @ asked))
    alive = np.ones(200, dtype=bool)
    alive[order[[0, 2, 3, 7]]] = False

    nearest = index.search(asked, 10, alive)

    assert nearest.rows.tolist() == [row for row in order.tolist() if alive[row]][:10]


@either_way
@pytest.mark.parametrize("number", [0, 1, 3])
def test_of_few_living_rows_all_that_are_found_are_alive(
    vectors: Vectors, index: VectorIndex, number: int
) -> None:
    alive = np.zeros(200, dtype=bool)
    alive[[11, 50, 199][:number]] = True

    found = index.search(vectors[0], 10, alive).rows.tolist()

    assert set(found) == {11, 50, 199} & set(np.flatnonzero(alive).tolist())


@either_way
def test_fewer_vectors_than_asked_for_are_all_found(index: VectorIndex) -> None:
    found = index.search(vector("sentence"), 1_000).rows.tolist()

    assert len(set(found)) == len(found)
    assert len(found) == 200


def test_of_no_vectors_none_is_found() -> None:
    nearest = VectorIndex.build(np.zeros((0, 24), dtype=np.float32)).search(vector("any"), 5)

    assert (nearest.rows.tolist(), nearest.scores.tolist()) == ([], [])


@either_way
def test_cosines_of_given_rows_stay_right_when_nothing_else_holds_the_index(
    vectors: Vectors, way: str, index: VectorIndex
) -> None:
    assert way
    gc.collect()
    rows = np.array([5, 0, 199])

    assert index.cosines(vectors[3], rows).tolist() == pytest.approx((vectors[rows] @ vectors[3]).tolist())
    assert index.cosines(vectors[3], rows[:0]).tolist() == []


@either_way
def test_what_was_written_is_read(vectors: Vectors, way: str, index: VectorIndex, tmp_path: Path) -> None:
    index.write(tmp_path / "codes.faiss")

    read = VectorIndex.read(vectors, tmp_path / "codes.faiss")

    assert (tmp_path / "codes.faiss").exists() is (way == "by codes")
    assert len(read) == 200
    for asked in ("sentence seven", "police"):
        mine, its = index.search(vector(asked), 5), read.search(vector(asked), 5)
        assert mine.rows.tolist() == its.rows.tolist()


@pytest.mark.parametrize("content", [b"", b"IxFI", b"no index at all"])
def test_a_file_that_is_no_index_is_called_damaged(content: bytes, vectors: Vectors, tmp_path: Path) -> None:
    (tmp_path / "codes.faiss").write_bytes(content)

    with pytest.raises(SnapshotDamaged, match="is no FAISS index"):
        VectorIndex.read(vectors, tmp_path / "codes.faiss")


@pytest.mark.parametrize("way", ["by codes"])
def test_codes_that_are_cut_off_or_of_other_vectors_are_called_damaged(
    vectors: Vectors, way: str, index: VectorIndex, tmp_path: Path
) -> None:
    path = tmp_path / way
    index.write(path)
    with pytest.raises(SnapshotDamaged, match="something else than codes of 199 vectors"):
        VectorIndex.read(vectors[1:], path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(SnapshotDamaged, match="is no FAISS index"):
        VectorIndex.read(vectors, path)


def test_another_kind_of_index_is_called_damaged(vectors: Vectors, tmp_path: Path) -> None:
    other = faiss.IndexHNSWFlat(vectors.shape[1], 8)
    faiss.write_index(other, str(tmp_path / "codes.faiss"))

    with pytest.raises(SnapshotDamaged, match="something else than codes of 200 vectors"):
        VectorIndex.read(vectors, tmp_path / "codes.faiss")


@pytest.mark.parametrize("way", ["by codes"])
def test_a_full_disk_is_an_error_of_the_disk(way: str, index: VectorIndex, tmp_path: Path) -> None:
    with full_disk(300), pytest.raises(OSError, match="File too large"):
        index.write(tmp_path / way)


@either_way
def test_many_threads_search_alike(vectors: Vectors, index: VectorIndex) -> None:
    alive = np.arange(200) % 3 > 0
    alone = [index.search(one, 5, alive).rows.tolist() for one in vectors]

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda one: index.search(one, 5, alive).rows.tolist(), vectors))

    assert found == alone
