from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.slips import SHORTEST, is_slip

words = st.text(st.sampled_from("abcdeikmoprstuvxz"), max_size=9) | st.text(max_size=9)


@pytest.mark.parametrize(
    "typed,meant",
    [
        ("protset", "protest"),  # swapped
        ("protst", "protest"),  # missing
        ("proteest", "protest"),  # doubled
        ("proktest", "protest"),  # added
        ("proyest", "protest"),  # the key beside
        ("pritest", "protest"),  # a vowel for a vowel
        ("masimov", "massimov"),
        ("masimovv", "massimov"),  # doubled in one place and not in another
        ("nazarbaev", "nazarbayev"),
        ("назарбаеф", "назарбаеы"),  # ф and ы are neighbours
        ("протетс", "протест"),
        ("полицея", "полиция"),
    ],
)
def test_a_typing_error_is_a_slip_either_way(typed: str, meant: str) -> None:
    assert is_slip(typed, meant)
    assert is_slip(meant, typed)


@pytest.mark.parametrize(
    "typed,meant",
    [
        ("karimov", "kasimov"),  # another person
        ("karimov", "karimov"),  # the same word
        ("mayor", "major"[:4]),  # short
        ("protest", "protocol"),
        ("protsset", "potest"),  # two errors
        ("токаев", "таксев"),
    ],
)
def test_another_word_is_none(typed: str, meant: str) -> None:
    assert not is_slip(typed, meant)
    assert not is_slip(meant, typed)


@given(words, words)
def test_whether_a_word_is_a_slip_of_another_makes_no_difference_to_either(one: str, other: str) -> None:
    assert is_slip(one, other) is is_slip(other, one)


@given(words, st.integers(0, 8))
def test_a_letter_left_out_is_forgiven_in_words_that_are_long_enough(word: str, at: int) -> None:
    typed = word[:at] + word[at + 1 :]

    if typed != word and len(typed) >= SHORTEST:
        assert is_slip(typed, word)
