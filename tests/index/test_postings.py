from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import postings
from index.arrays import read_arrays, write_arrays
from index.postings import Postings

if TYPE_CHECKING:
    from pathlib import Path

    from index.postings import Numbers

TEXTS = [["police", "arrest", "mayor"], ["bridge", "мост"], [], ["police", "police", "bridge", "river"]]

#: Words of one to four bytes a letter.
words = st.text("abяж中😀", min_size=1, max_size=3)
texts = st.lists(st.lists(words, max_size=8), max_size=6)


def terms_of(built: Postings) -> list[list[tuple[str, int]]]:
    """Return the terms of each text and how often it has them, by asking for every term there is."""
    found: list[list[tuple[str, int]]] = [[] for _ in range(len(built))]
    for length in range(1, 10):
        for term in built.of_length(length):
            having = built.having(term)
            assert having is not None
            assert len(term) == length
            assert built.number_having(term) == len(having.texts) > 0
            for text, count in zip(having.texts.tolist(), having.counts.tolist(), strict=True):
                found[text].append((term, count))
    return [sorted(one) for one in found]


def counted(some: list[list[str]]) -> list[list[tuple[str, int]]]:
    return [sorted((term, text.count(term)) for term in set(text)) for text in some]


@given(texts)
def test_every_text_has_its_terms_as_often_as_they_stand_in_it(some: list[list[str]]) -> None:
    built = Postings.build(some)

    assert terms_of(built) == counted(some)
    assert built.lengths.tolist() == [len(text) for text in some]
    assert built.terms_of_all_texts == sum(map(len, some))


def test_a_term_that_no_text_has_is_not_found() -> None:
    built = Postings.build(TEXTS)

    assert (built.having("unheard"), built.number_having("unheard")) == (None, 0)
    assert (built.having(""), Postings.build([]).having("police")) == (None, None)


def test_a_term_whose_hash_is_another_ones_is_not_taken_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    built = Postings.build([["police"]])
    monkeypatch.setattr(postings, "hash_of", lambda _term: int(built.hashes[0]))

    assert built.number_having("police") == 1
    assert built.having("policy") is None


def test_a_term_counts_no_more_than_255_times_in_a_text() -> None:
    having = Postings.build([["so"] * 1_000]).having("so")

    assert having is not None
    assert having.counts.tolist() == [255]


def test_all_terms_of_so_many_letters_are_found_in_any_script() -> None:
    built = Postings.build([["мост", "river", "bridge", "көпір", "дом", "a"]])

    assert sorted(built.of_length(5)) == ["river", "көпір"]
    assert (built.of_length(4), built.of_length(3), built.of_length(2)) == (["мост"], ["дом"], [])


@given(st.data(), st.lists(texts, max_size=4), st.sampled_from([1, 3, 4_000_000]))
def test_merged_parts_are_what_would_be_built_of_what_is_left(
    data: st.DataObject, parts: list[list[list[str]]], at_once: int
) -> None:
    left = [[data.draw(st.booleans()) for _ in part] for part in parts]
    number = sum(map(sum, left))
    order = data.draw(st.permutations(range(number)))
    expected: list[list[str]] = [[]] * number
    moved, places = [], iter(order)
    for part, kept in zip(parts, left, strict=True):
        rows = [next(places) if is_kept else -1 for is_kept in kept]
        moved.append(np.array(rows, dtype=np.int64))
        for text, row in zip(part, rows, strict=True):
            if row >= 0:
                expected[row] = text

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "_AT_ONCE", at_once)
        merged = Postings.merge([Postings.build(part) for part in parts], moved, number)

    built = Postings.build(expected)
    assert terms_of(merged) == terms_of(built) == counted(expected)
    for field in ("hashes", "letters", "ends", "bounds", "lengths"):
        assert getattr(merged, field).tolist() == getattr(built, field).tolist(), field
        assert getattr(merged, field).dtype == getattr(built, field).dtype, field


def test_a_term_that_only_lost_texts_had_is_gone_with_its_letters() -> None:
    part = Postings.build([["secret", "мэр"], ["bridge"]])
    moved: Numbers = np.array([-1, 0], dtype=np.int64)

    merged = Postings.merge([part], [moved], 1)

    assert merged.having("secret") is None
    assert merged.letters.tobytes() == b"bridge"


def test_what_was_written_is_read(tmp_path: Path) -> None:
    built, other = Postings.build(TEXTS), Postings.build([])
    write_arrays(tmp_path / "arrays", {**built.arrays("words"), **other.arrays("none")})

    arrays = read_arrays(tmp_path / "arrays")

    assert terms_of(Postings.read(arrays, "words")) == counted(TEXTS)
    assert len(Postings.read(arrays, "none")) == 0
    with pytest.raises(KeyError):
        Postings.read(arrays, "unknown")
