from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.keptvectors import KeptVectors, distinct
from tests.fakes.encoder import DIMENSION, vector

if TYPE_CHECKING:
    from collections.abc import Callable

MODEL = "fake words"
TEXTS = [f"Sentence number {number}." for number in range(12)]
RECORD = 8 + 4 + 4 * DIMENSION
HEADER = len(b"crisisbot vectors 1\n") + 9
SIZE = HEADER + len(TEXTS) * RECORD


def keep(folder: Path, texts: list[str], model: str = MODEL) -> KeptVectors:
    kept = KeptVectors(folder, model)
    kept.append(texts, np.array([vector(text) for text in texts]))
    return kept


def file_of(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


def found_of(kept: KeptVectors, texts: list[str]) -> set[str]:
    """Return the texts that have a vector, after checking that it is theirs."""
    found, vectors = kept.find(texts)
    for text, is_there, kept_vector in zip(texts, found, vectors, strict=True):
        if is_there:
            assert np.array_equal(kept_vector, vector(text)), f"a wrong vector for {text!r}"
    return {text for text, is_there in zip(texts, found, strict=True) if is_there}


def damaged(change: Callable[[bytes], bytes]) -> tuple[set[str], set[str]]:
    """Change the file; return what is found then, and once all that was missing is kept again."""
    with tempfile.TemporaryDirectory() as name:
        kept = keep(Path(name), TEXTS)
        file = file_of(Path(name))
        file.write_bytes(change(file.read_bytes()))
        found = found_of(kept, TEXTS)
        missing = [text for text in TEXTS if text not in found]
        if missing:
            keep(Path(name), missing)
        return found, found_of(kept, TEXTS)


def test_what_was_kept_is_found_by_another_process_in_any_order(tmp_path: Path) -> None:
    keep(tmp_path, TEXTS)

    assert found_of(KeptVectors(tmp_path, MODEL), [*TEXTS[::-1], "Never seen."]) == set(TEXTS)


def test_with_nothing_kept_nothing_is_found(tmp_path: Path) -> None:
    found, vectors = KeptVectors(tmp_path / "none", MODEL).find(TEXTS)

    assert not found.any()
    assert vectors.shape == (len(TEXTS), 0)


def test_no_text_has_no_vector(tmp_path: Path) -> None:
    found, vectors = keep(tmp_path, TEXTS).find([])

    assert found.shape == (0,)
    assert vectors.shape == (0, DIMENSION)


def test_another_model_finds_nothing_and_keeps_its_own(tmp_path: Path) -> None:
    kept = keep(tmp_path, TEXTS)
    other = KeptVectors(tmp_path, "another model")

    assert not other.find(TEXTS)[0].any()

    other.append(TEXTS[:1], np.ones((1, 3), dtype=np.float32))
    assert other.find(TEXTS[:1])[1].tolist() == [[1.0, 1.0, 1.0]]
    assert found_of(kept, TEXTS) == set(TEXTS)


def test_a_text_that_is_missing_has_zeros(tmp_path: Path) -> None:
    found, vectors = keep(tmp_path, TEXTS).find(["Never seen.", TEXTS[3]])

    assert found.tolist() == [False, True]
    assert vectors[0].tolist() == [0.0] * DIMENSION


def test_what_is_appended_later_is_found_with_what_was_there(tmp_path: Path) -> None:
    keep(tmp_path, TEXTS[:5])
    keep(tmp_path, TEXTS[5:])

    assert found_of(KeptVectors(tmp_path, MODEL), TEXTS) == set(TEXTS)
    assert file_of(tmp_path).stat().st_size == SIZE


def test_vectors_of_another_length_begin_the_file_anew(tmp_path: Path) -> None:
    kept = keep(tmp_path, TEXTS)

    kept.append(["Short."], np.ones((1, 2), dtype=np.float32))

    found, vectors = kept.find(["Short.", TEXTS[0]])
    assert found.tolist() == [True, False]
    assert vectors.tolist() == [[1.0, 1.0], [0.0, 0.0]]


@given(st.integers(0, SIZE))
def test_of_a_file_cut_off_anywhere_the_whole_records_are_found(end: int) -> None:
    found, mended = damaged(lambda content: content[:end])

    assert found == set(TEXTS[: max(0, (end - HEADER) // RECORD)])
    assert mended == set(TEXTS)


@given(st.integers(0, SIZE - 1), st.integers(1, 255))
def test_a_flipped_byte_loses_at_most_its_record_and_never_gives_a_wrong_vector(
    place: int, flip: int
) -> None:
    found, mended = damaged(
        lambda content: content[:place] + bytes([content[place] ^ flip]) + content[place + 1 :]
    )

    if place >= HEADER:
        assert found == set(TEXTS) - {TEXTS[(place - HEADER) // RECORD]}
    assert mended == set(TEXTS)


@given(st.integers(0, SIZE), st.binary(max_size=3 * RECORD))
def test_rubbish_after_a_cut_is_never_taken_for_a_vector(end: int, rubbish: bytes) -> None:
    found, mended = damaged(lambda content: content[:end] + rubbish)

    assert found <= set(TEXTS)
    assert mended == set(TEXTS)


@given(st.integers(1, 3 * RECORD))
def test_zeros_that_a_file_system_left_at_the_end_cost_nothing(number: int) -> None:
    assert damaged(lambda content: content + bytes(number)) == (set(TEXTS), set(TEXTS))


@pytest.mark.parametrize(
    "header",
    [b"", b"\n", b"crisisbot vectors 1\n", b"crisisbot vectors 2\n      24\n", b"SQLite format 3\0" * 4],
)
def test_a_wrong_header_means_that_nothing_is_kept(header: bytes) -> None:
    found, mended = damaged(lambda content: header + content[HEADER:])

    assert found == set()
    assert mended == set(TEXTS)


def test_texts_come_once_and_longest_first() -> None:
    assert distinct(["bb", "a", "ccc", "bb", "ab"]) == ["ccc", "ab", "bb", "a"]
