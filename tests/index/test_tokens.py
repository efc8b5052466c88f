from __future__ import annotations

import tempfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import SnapshotDamaged
from index.tokens import PLACE, TokenFile, pack, unpack
from tests.fakes.damage import delete, empty, flip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from index.encoder import Vectors
    from index.tokens import Spans

dimensions = st.integers(1, 9) | st.sampled_from([24, 384, 385])
seeds = st.integers(0, 2**32 - 1)


def unit(count: int, dimension: int, seed: int = 0) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(count, dimension))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def spans(count: int, length: int = 5) -> Spans:
    starts = np.arange(count, dtype=np.int64) * length
    return np.stack([starts, starts + length - 1], axis=1)


def packed(count: int, dimension: int = 24, seed: int = 0) -> bytes:
    return pack(spans(count), unit(count, dimension, seed))


@given(st.integers(0, 40), dimensions, seeds)
def test_what_was_packed_is_read_within_half_a_step(count: int, dimension: int, seed: int) -> None:
    tokens = unit(count, dimension, seed)

    read_spans, read = unpack(pack(spans(count), tokens), dimension)

    assert read_spans.tolist() == spans(count).tolist()
    assert read.shape == (count, dimension)
    half_a_step = np.abs(tokens).max(axis=1, initial=0.0) / 7.5 / 2
    assert np.all(np.abs(read - tokens) <= half_a_step[:, None] * (1 + 1e-4))


@given(st.integers(0, 40), dimensions)
def test_a_piece_takes_8_bytes_and_half_a_byte_a_number(count: int, dimension: int) -> None:
    assert len(packed(count, dimension)) == count * (8 + (dimension + 1) // 2)


@given(st.integers(20, 400), seeds)
def test_the_cosine_of_what_was_read_is_nearly_the_same(dimension: int, seed: int) -> None:
    one, other = unit(2, dimension, seed)
    _, (read,) = unpack(pack(spans(1), one[None]), dimension)

    assert float(read @ other) == pytest.approx(float(one @ other), abs=0.15)


def test_a_piece_of_zeros_stays_one() -> None:
    _, read = unpack(pack(spans(2), np.zeros((2, 7), dtype=np.float32)), 7)

    assert read.tolist() == [[0.0] * 7] * 2


def test_the_largest_number_of_a_piece_is_kept_on_either_side_of_0() -> None:
    tokens = np.array([[1.0, -1.0, 0.5], [0.25, 0.0, -0.25]], dtype=np.float32)

    _, read = unpack(pack(spans(2), tokens), 3)

    assert read[0, :2].tolist() == [1.0, -1.0]
    assert read[1, [0, 2]].tolist() == [0.25, -0.25]


def test_spans_beyond_what_fits_are_cut_and_do_not_wrap_around() -> None:
    far = np.array([[65_534, 65_535], [65_530, 70_000]], dtype=np.int64)

    read, _ = unpack(pack(far, unit(2, 4)), 4)

    assert read.tolist() == [[65_534, 65_535], [65_530, 65_535]]


@pytest.fixture
def file(tmp_path: Path) -> TokenFile:
    return TokenFile(tmp_path / "kept" / "a.tokens", 24)


def read_all(file: TokenFile, places: Iterable[np.void]) -> list[tuple[list[list[int]], list[list[float]]]]:
    found = [file.read(place) for place in places]
    return [(one.tolist(), tokens.tolist()) for one, tokens in found]


def expected(*made: bytes) -> list[tuple[list[list[int]], list[list[float]]]]:
    found = [unpack(one, 24) for one in made]
    return [(one.tolist(), tokens.tolist()) for one, tokens in found]


def test_what_was_appended_is_found_at_its_places(file: TokenFile, tmp_path: Path) -> None:
    made = [packed(3), packed(0), packed(7, seed=1)]

    places = file.append(made)

    assert places["count"].tolist() == [3, 0, 7]
    assert places["offset"].tolist() == [0, 3 * 20, 3 * 20]
    assert places["check"].tolist() == [zlib.crc32(one) for one in made]
    assert read_all(file, places) == expected(*made)
    assert read_all(TokenFile(tmp_path / "kept" / "a.tokens", 24), places) == expected(*made)


def test_the_file_only_grows_and_an_open_one_sees_it(file: TokenFile, tmp_path: Path) -> None:
    first = file.append([packed(3)])
    assert read_all(file, first) == expected(packed(3))

    later = TokenFile(tmp_path / "kept" / "a.tokens", 24).append([packed(5, seed=2)])

    assert read_all(file, later) == expected(packed(5, seed=2))
    assert read_all(file, first) == expected(packed(3))


def test_nothing_is_appended_without_a_word(file: TokenFile) -> None:
    places = file.append([])

    assert (places.shape, places.dtype) == ((0,), PLACE)
    assert file.holds(places).tolist() == []


def test_a_file_that_is_not_there_holds_nothing_but_nothing(tmp_path: Path) -> None:
    places = np.zeros(2, dtype=PLACE)
    places["count"][1] = 1

    assert TokenFile(tmp_path / "none", 24).holds(places).tolist() == [True, False]


@given(st.integers(0, 10 * 20))
def test_a_place_is_held_as_long_as_all_of_it_is_there(end: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "a.tokens")
        places = TokenFile(path, 24).append([packed(1), packed(4), packed(5)])
        path.write_bytes(path.read_bytes()[:end])

        assert TokenFile(path, 24).holds(places).tolist() == [end >= 20, end >= 100, end >= 200]


@pytest.mark.parametrize("damage", [flip, empty, delete])
def test_damaged_word_pieces_are_never_handed_out(
    file: TokenFile, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    places = file.append([packed(2), packed(5, seed=1), packed(2, seed=2)])
    damage(tmp_path / "kept" / "a.tokens")

    with pytest.raises(SnapshotDamaged, match=r"a\.tokens (is damaged at byte 40|cannot be read)"):
        file.read(places[1])


@given(st.integers(0, 9 * 20 - 1), st.integers(1, 255))
def test_a_flipped_byte_costs_the_passage_that_it_is_in_and_no_other(at: int, flipped: int) -> None:
    made = [packed(2), packed(5, seed=1), packed(2, seed=2)]
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "a.tokens")
        places = TokenFile(path, 24).append(made)
        content = bytearray(path.read_bytes())
        content[at] ^= flipped
        path.write_bytes(content)
        file = TokenFile(path, 24)
        hit = 0 if at < 40 else 1 if at < 140 else 2

        for number, place in enumerate(places):
            if number == hit:
                with pytest.raises(SnapshotDamaged, match="is damaged at byte"):
                    file.read(place)
            else:
                assert read_all(file, [place]) == expected(made[number])


def test_many_threads_read_alike_from_a_file_that_none_has_read_yet(file: TokenFile) -> None:
    made = [packed(3, seed=seed) for seed in range(200)]
    places = file.append(made)

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda place: file.read(place)[1].tolist(), places))

    assert found == [tokens for _, tokens in expected(*made)]
