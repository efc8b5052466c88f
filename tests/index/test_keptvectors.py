from __future__ import annotations

import hashlib
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index import keptvectors
from index.encoder import Encoded
from index.errors import SnapshotDamaged
from index.keptvectors import KeptVectors
from index.tokens import PLACE
from tests.fakes.damage import cut, delete, empty
from tests.fakes.encoder import DIMENSION, encode, vector

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Nobody pulls a plug here.
pytestmark = pytest.mark.usefixtures("unhurried")

MODEL = "fake words"
#: Each example writes files.
few = settings(max_examples=40)
TEXTS = [f"Sentence number {number}." for number in range(12)]
#: Bytes of a text's key, with a check and the place of its word pieces, and of its vector.
RECORD, VECTOR = 8 + 4 + (8 + 4 + 4), 4 * DIMENSION
HEADER = len(b"crisisbot vectors 3\n") + 9
KEYS, VECTORS = HEADER + len(TEXTS) * RECORD, len(TEXTS) * VECTOR
#: Bytes of the word pieces of one text: three words.
PIECES = 3 * (4 + 4 + DIMENSION // 2)


def keep(folder: Path, texts: Sequence[str], model: str = MODEL) -> KeptVectors:
    kept = KeptVectors(folder, model)
    kept.append(texts, [encode(text) for text in texts])
    return kept


def of_length(*vectors: Sequence[float]) -> list[Encoded]:
    """Encode texts of one word piece each."""
    rows = [np.array(one, dtype=np.float32) for one in vectors]
    return [Encoded(row, row[None], np.array([[0, 1]], dtype=np.int64)) for row in rows]


def keys_of(folder: Path) -> Path:
    (file,) = folder.glob("*.keys")
    return file


def vectors_of(folder: Path) -> Path:
    (file,) = folder.glob("*.vectors")
    return file


def tokens_of(folder: Path) -> Path:
    (file,) = folder.glob("*.tokens")
    return file


def found_of(kept: KeptVectors, texts: Sequence[str]) -> set[str]:
    """Return the texts that have a vector, after checking that it is theirs."""
    found, vectors, _ = kept.find(texts)
    for text, is_there, kept_vector in zip(texts, found, vectors, strict=True):
        if is_there:
            assert np.array_equal(kept_vector, vector(text)), f"a wrong vector for {text!r}"
    return {text for text, is_there in zip(texts, found, strict=True) if is_there}


def damaged(
    change: Callable[[bytes], bytes], file_of: Callable[[Path], Path] = keys_of
) -> tuple[set[str], set[str]]:
    """Change a file, of keys by default; return what is found then, and once what was missing is kept again.

    Another process, which read it before, finds the same.
    """
    with tempfile.TemporaryDirectory() as name:
        before = keep(Path(name), TEXTS)
        assert found_of(before, TEXTS) == set(TEXTS)
        file = file_of(Path(name))
        file.write_bytes(change(file.read_bytes()))
        kept = KeptVectors(Path(name), MODEL)
        found = found_of(kept, TEXTS)
        missing = [text for text in TEXTS if text not in found]
        if missing:
            keep(Path(name), missing)
        assert_pieces_are_read(kept, missing)
        assert found_of(before, missing) == set(missing)
        return found, found_of(kept, TEXTS)


def assert_pieces_are_read(kept: KeptVectors, texts: Sequence[str]) -> None:
    """Check that the word pieces of texts are where they are said to be."""
    tokens = kept.tokens()
    assert tokens is not None
    for text, place in zip(texts, kept.find(texts)[2], strict=True):
        spans, pieces = tokens.read(place)
        assert spans.tolist() == encode(text).spans.tolist()
        assert np.abs(pieces - encode(text).tokens).max() < 0.07


def test_what_was_kept_is_found_by_another_process_in_any_order(tmp_path: Path) -> None:
    keep(tmp_path, TEXTS)
    kept = KeptVectors(tmp_path, MODEL)

    assert found_of(kept, [*TEXTS[::-1], "Never seen."]) == set(TEXTS)
    assert_pieces_are_read(kept, TEXTS[::-1])


def test_with_nothing_kept_nothing_is_found(tmp_path: Path) -> None:
    kept = KeptVectors(tmp_path / "none", MODEL)

    found, vectors, places = kept.find(TEXTS)

    assert not found.any()
    assert vectors.shape == (len(TEXTS), 0)
    assert places["count"].tolist() == [0] * len(TEXTS)
    assert kept.tokens() is None


def test_no_text_has_no_vector(tmp_path: Path) -> None:
    found, vectors, places = keep(tmp_path, TEXTS).find([])

    assert found.shape == (0,)
    assert vectors.shape == (0, DIMENSION)
    assert (places.shape, places.dtype) == ((0,), PLACE)


def test_another_model_finds_nothing_and_keeps_its_own(tmp_path: Path) -> None:
    kept = keep(tmp_path, TEXTS)
    other = KeptVectors(tmp_path, "another model")

    assert not other.find(TEXTS)[0].any()

    other.append(TEXTS[:1], of_length([1, 1, 1]))
    assert other.find(TEXTS[:1])[1].tolist() == [[1.0, 1.0, 1.0]]
    assert found_of(kept, TEXTS) == set(TEXTS)
    assert_pieces_are_read(kept, TEXTS)


def test_a_text_that_is_missing_has_zeros(tmp_path: Path) -> None:
    found, vectors, places = keep(tmp_path, TEXTS).find(["Never seen.", TEXTS[3]])

    assert found.tolist() == [False, True]
    assert vectors[0].tolist() == [0.0] * DIMENSION
    assert places["count"].tolist() == [0, 3]


def test_what_is_appended_later_is_found_with_what_was_there(tmp_path: Path) -> None:
    keep(tmp_path, TEXTS[:5])
    keep(tmp_path, TEXTS[5:])
    kept = KeptVectors(tmp_path, MODEL)

    assert found_of(kept, TEXTS) == set(TEXTS)
    assert_pieces_are_read(kept, TEXTS)
    assert keys_of(tmp_path).stat().st_size == KEYS
    assert vectors_of(tmp_path).stat().st_size == VECTORS
    assert tokens_of(tmp_path).stat().st_size == len(TEXTS) * PIECES


def test_an_open_file_of_word_pieces_finds_what_was_appended_since(tmp_path: Path) -> None:
    kept = keep(tmp_path, TEXTS[:5])
    opened = kept.tokens()
    assert opened is not None
    (first,) = kept.find(TEXTS[:1])[2]
    opened.read(first)

    keep(tmp_path, TEXTS[5:])

    (last,) = kept.find(TEXTS[-1:])[2]
    assert opened.read(last)[0].tolist() == encode(TEXTS[-1]).spans.tolist()


def test_vectors_of_another_length_begin_the_file_anew(tmp_path: Path) -> None:
    kept = keep(tmp_path, TEXTS)

    kept.append(["Short."], of_length([1, 0]))

    found, vectors, places = kept.find(["Short.", TEXTS[0]])
    assert found.tolist() == [True, False]
    assert vectors.tolist() == [[1.0, 0.0], [0.0, 0.0]]
    tokens = kept.tokens()
    assert tokens is not None
    assert tokens.read(places[0])[1].shape == (1, 2)


@pytest.mark.parametrize("dimension", [1, 7])
def test_texts_without_word_pieces_are_kept_beside_those_with_some(tmp_path: Path, dimension: int) -> None:
    one = Encoded(
        np.ones(dimension, dtype=np.float32),
        np.zeros((0, dimension), dtype=np.float32),
        np.zeros((0, 2), dtype=np.int64),
    )
    other = of_length([0.5] * dimension)[0]
    kept = KeptVectors(tmp_path, MODEL)

    kept.append(["None.", "One.", "None, either."], [one, other, one])

    found, _, places = kept.find(["None.", "One.", "None, either."])
    assert found.tolist() == [True] * 3
    assert places["count"].tolist() == [0, 1, 0]
    tokens = kept.tokens()
    assert tokens is not None
    assert [tokens.read(place)[1].tolist() for place in places] == [[], [[0.5] * dimension], []]


@few
@given(st.integers(0, KEYS))
@example(HEADER - 2)  # the header tells a shorter length
def test_of_keys_cut_off_anywhere_the_whole_records_are_found(end: int) -> None:
    found, mended = damaged(lambda content: content[:end])

    assert found == set(TEXTS[: max(0, (end - HEADER) // RECORD)])
    assert mended == set(TEXTS)


@few
@given(st.integers(0, VECTORS))
def test_of_vectors_cut_off_anywhere_the_whole_ones_are_found(end: int) -> None:
    found, mended = damaged(lambda content: content[:end], vectors_of)

    assert found == set(TEXTS[: end // VECTOR])
    assert mended == set(TEXTS)


@few
@given(st.integers(0, KEYS - 1), st.integers(1, 255))
def test_a_flipped_byte_in_the_keys_loses_at_most_its_record_and_never_gives_a_wrong_vector(
    place: int, flip: int
) -> None:
    found, mended = damaged(
        lambda content: content[:place] + bytes([content[place] ^ flip]) + content[place + 1 :]
    )

    if place >= HEADER:
        assert found == set(TEXTS) - {TEXTS[(place - HEADER) // RECORD]}
    assert mended == set(TEXTS)


@few
@given(st.integers(0, VECTORS - 1), st.integers(1, 255))
def test_a_flipped_byte_in_a_vector_loses_that_one_and_no_other(place: int, flip: int) -> None:
    found, mended = damaged(
        lambda content: content[:place] + bytes([content[place] ^ flip]) + content[place + 1 :], vectors_of
    )

    assert found == set(TEXTS) - {TEXTS[place // VECTOR]}
    assert mended == set(TEXTS)


@few
@given(st.integers(0, KEYS), st.binary(max_size=3 * RECORD))
def test_rubbish_after_a_cut_is_never_taken_for_a_vector(end: int, rubbish: bytes) -> None:
    found, mended = damaged(lambda content: content[:end] + rubbish)

    assert found <= set(TEXTS)
    assert mended == set(TEXTS)


@pytest.mark.parametrize("file_of", [keys_of, vectors_of])
@pytest.mark.parametrize("number", [1, RECORD, VECTOR, 3 * VECTOR])
def test_zeros_that_a_file_system_left_at_the_end_cost_nothing(
    number: int, file_of: Callable[[Path], Path]
) -> None:
    assert damaged(lambda content: content + bytes(number), file_of) == (set(TEXTS), set(TEXTS))


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"\n",
        b"crisisbot vectors 1\n      24\n",
        b"crisisbot vectors 2\n      24\n",
        b"crisisbot vectors 3\n",
        b"crisisbot vectors 3\n      x4\n",
        b"crisisbot vectors 4\n      24\n",
        b"SQLite format 3\0" * 4,
    ],
)
def test_a_wrong_header_means_that_nothing_is_kept(header: bytes) -> None:
    found, mended = damaged(lambda content: header + content[HEADER:])

    assert found == set()
    assert mended == set(TEXTS)


@few
@given(st.integers(0, len(TEXTS) * PIECES))
def test_texts_whose_word_pieces_were_cut_off_count_as_missing(end: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        kept = keep(Path(name), TEXTS)
        file = tokens_of(Path(name))
        file.write_bytes(file.read_bytes()[:end])

        found = found_of(kept, TEXTS)
        missing = [text for text in TEXTS if text not in found]
        if missing:
            keep(Path(name), missing)

        assert found == set(TEXTS[: end // PIECES])
        assert found_of(kept, TEXTS) == set(TEXTS)
        assert_pieces_are_read(kept, TEXTS)


@pytest.mark.parametrize("damage", [cut, empty, delete])
def test_a_place_in_a_file_that_was_shortened_is_no_longer_held(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    kept = keep(tmp_path, TEXTS)
    places = kept.find(TEXTS)[2]
    tokens = kept.tokens()
    assert tokens is not None
    assert tokens.holds(places).all()

    damage(tokens_of(tmp_path))

    assert not tokens.holds(places[-1:]).any()
    with pytest.raises(SnapshotDamaged, match=r"\.tokens"):
        tokens.read(places[-1])


def test_half_written_word_pieces_shift_none_that_are_kept_after_them(tmp_path: Path) -> None:
    kept = keep(tmp_path, TEXTS[:5])
    with tokens_of(tmp_path).open("ab") as file:
        file.write(b"half")

    keep(tmp_path, TEXTS[5:])

    assert_pieces_are_read(kept, TEXTS)


def test_of_many_texts_the_last_record_of_each_is_found_once_they_are_sorted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keptvectors, "_UNSORTED", 4)
    kept = KeptVectors(tmp_path, MODEL)
    for first in range(0, len(TEXTS), 3):
        keep(tmp_path, TEXTS[first : first + 3])
        assert found_of(kept, TEXTS) == set(TEXTS[: first + 3])

    file = vectors_of(tmp_path)
    file.write_bytes(bytes(VECTOR) + file.read_bytes()[VECTOR:])
    assert found_of(kept, TEXTS) == set(TEXTS[1:])
    keep(tmp_path, TEXTS[:1])

    assert found_of(kept, TEXTS) == set(TEXTS)
    assert found_of(KeptVectors(tmp_path, MODEL), TEXTS) == set(TEXTS)


def test_of_what_is_scrubbed_no_byte_stays_and_all_else_is_found_by_everybody(tmp_path: Path) -> None:
    kept, other = keep(tmp_path, TEXTS), KeptVectors(tmp_path, MODEL)
    assert found_of(other, TEXTS) == set(TEXTS)
    gone, stay = TEXTS[::3], [text for text in TEXTS if text not in TEXTS[::3]]
    before = {text: _bytes_of(tmp_path, kept, text) for text in TEXTS}

    kept.scrub([kept.find(stay)[1]], kept.find(stay)[2])

    content = b"".join(path.read_bytes() for path in sorted(tmp_path.iterdir()))
    for text in gone:
        assert not [one for one in before[text] if one in content], text
    for text in stay:
        assert all(one in content for one in before[text]), text
    for one in (kept, other, KeptVectors(tmp_path, MODEL)):
        assert found_of(one, TEXTS) == set(stay)
    assert_pieces_are_read(other, stay)
    keep(tmp_path, gone)
    assert found_of(other, TEXTS) == set(TEXTS)
    assert_pieces_are_read(other, TEXTS)


def _bytes_of(folder: Path, kept: KeptVectors, text: str) -> tuple[bytes, ...]:
    """Return what is kept of a text: the hash of it, its vector, and its word pieces."""
    _, [found], [place] = kept.find([text])
    start = int(place["offset"])
    key = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return key, found.tobytes(), tokens_of(folder).read_bytes()[start : start + PIECES]


def test_scrubbing_twice_or_where_nothing_is_kept_does_no_harm(tmp_path: Path) -> None:
    nothing = np.zeros(0, dtype=PLACE)
    KeptVectors(tmp_path / "none", MODEL).scrub([], nothing)
    kept = keep(tmp_path, TEXTS)
    _, vectors, places = kept.find(TEXTS[:5])

    kept.scrub([vectors], places)
    kept.scrub([vectors[1:3], vectors[:1], vectors[3:]], np.concatenate([places[3:], places[:3], places[:1]]))

    assert found_of(kept, TEXTS) == set(TEXTS[:5])
    kept.scrub([], nothing)
    assert found_of(kept, TEXTS) == set()
    assert set(tokens_of(tmp_path).read_bytes()) == {0}


def test_many_threads_find_and_keep_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keptvectors, "_UNSORTED", 3)
    kept = KeptVectors(tmp_path, MODEL)

    def keep_and_find(text: str) -> bool:
        kept.append([text], [encode(text)])
        return found_of(kept, TEXTS) >= {text}

    with ThreadPoolExecutor(6) as threads:
        assert all(threads.map(keep_and_find, TEXTS))
    assert found_of(kept, TEXTS) == set(TEXTS)
    assert_pieces_are_read(kept, TEXTS)
