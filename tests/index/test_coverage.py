from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.coverage import found_share

terms = st.text("abc", min_size=1, max_size=2)
words = st.lists(st.lists(terms, min_size=1, max_size=4), max_size=5)


def one(_term: str) -> float:
    return 1.0


def by_length(term: str) -> float:
    return float(len(term))


def test_the_share_is_of_words_and_counts_rare_ones_more() -> None:
    rarity = {"who": 1.0, "massimov": 3.0}

    assert found_share([["who"], ["massimov"]], ["massimov"], rarity.__getitem__) == 0.75


def test_a_word_in_pieces_is_found_by_the_first_three_fifths_of_them() -> None:
    word = [["a", "b", "c", "d", "e"]]

    assert found_share(word, ["a", "b", "c"], one) == 1.0
    assert found_share(word, ["a", "b"], one) == 0.0
    assert found_share(word, ["b", "c", "d", "e"], one) == 0.0


def test_a_question_without_words_is_not_found() -> None:
    assert found_share([], ["a"], one) == 0.0


@given(words, st.lists(terms))
def test_the_share_is_between_0_and_1_whatever_the_order(question: list[list[str]], text: list[str]) -> None:
    share = found_share(question, text, by_length)

    assert 0 <= share <= 1
    assert found_share(question[::-1], text[::-1], by_length) == pytest.approx(share)


@given(words, st.lists(terms), terms)
def test_more_text_never_holds_less(question: list[list[str]], text: list[str], more: str) -> None:
    assert found_share(question, [*text, more], by_length) >= found_share(question, text, by_length)


@given(words.filter(bool))
def test_a_text_of_all_terms_holds_all_words(question: list[list[str]]) -> None:
    assert found_share(question, [term for word in question for term in word], by_length) == 1.0
