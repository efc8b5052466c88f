from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from index.postings import Postings
from index.slips import FURTHEST, SHORTEST, is_slip
from index.words import K1, B, WordIndex

TEXTS = [["police", "arrest", "mayor"], ["bridge", "close"], ["police", "police", "bridge", "river"]]


def bm25(term: str, text: list[str], texts: list[list[str]]) -> float:
    """Lucene's BM25, written out."""
    having = sum(term in other for other in texts)
    idf = math.log(1 + (len(texts) - having + 0.5) / (having + 0.5))
    frequency = text.count(term)
    if not frequency:
        return 0.0
    length = len(text) / (sum(map(len, texts)) / len(texts))
    return idf * frequency / (frequency + K1 * (1 - B + B * length))


def indexed(*parts: list[list[str]]) -> WordIndex:
    """Index texts that came in parts."""
    return WordIndex([Postings.build(texts) for texts in parts])


def scores_of(index: WordIndex, terms: list[str]) -> list[float]:
    """Return the scores of the texts of all parts, one part after the other."""
    return [score for part in index.scores(terms) for score in part.tolist()]


@pytest.mark.parametrize("question", [["police"], ["bridge", "river"], ["police", "unknown"], ["mayor"] * 2])
@pytest.mark.parametrize("parts", [[TEXTS], [TEXTS[:1], TEXTS[1:]], [[one] for one in TEXTS]])
def test_scores_are_those_of_lucene_however_the_texts_lie_in_parts(
    question: list[str], parts: list[list[list[str]]]
) -> None:
    expected = [sum(bm25(term, text, TEXTS) for term in question) for text in TEXTS]

    assert scores_of(indexed(*parts), question) == pytest.approx(expected, abs=1e-5)


@given(
    st.lists(st.lists(st.lists(st.sampled_from("abcdefg"), max_size=9), min_size=1, max_size=5), max_size=4),
    st.lists(st.sampled_from("abcdefgh"), max_size=4),
)
def test_scores_of_any_texts_in_any_parts_are_those_of_lucene(
    parts: list[list[list[str]]], question: list[str]
) -> None:
    texts = [text for part in parts for text in part]
    expected = [sum(bm25(term, text, texts) for term in question) for text in texts]

    assert scores_of(indexed(*parts), question) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("question", [[], ["unknown"]])
def test_no_known_term_scores_nothing(question: list[str]) -> None:
    assert scores_of(indexed(TEXTS), question) == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("parts", [[TEXTS], [TEXTS[:2], TEXTS[2:]]])
def test_a_rarer_term_has_the_greater_idf_and_an_unknown_one_the_greatest(
    parts: list[list[list[str]]],
) -> None:
    index = indexed(*parts)

    assert index.idf("police") == pytest.approx(math.log(1.6))
    assert index.idf("police") < index.idf("mayor") < index.idf("unknown")
    assert ("police" in index, "unknown" in index, 7 in index) == (True, False, False)


@pytest.mark.parametrize("texts", [[[]], [[], []], [[], ["police"]]])
def test_texts_without_a_term_can_be_indexed(texts: list[list[str]]) -> None:
    index = indexed(texts)

    assert len(index) == len(texts)
    assert scores_of(index, ["bridge"]) == [0.0] * len(texts)
    assert [score > 0 for score in scores_of(index, ["police"])] == ["police" in text for text in texts]


def test_an_index_without_a_part_knows_nothing() -> None:
    index = indexed()

    assert (len(index), index.scores(["police"]), index.closest("police")) == (0, [], "police")


NAMES = [["massimov", "tokayev"], ["nazarbayev", "shoigu", "4400"], ["bridge", "кабинет"]]


@pytest.mark.parametrize(
    "typed,known",
    [
        ("masimov", "massimov"),  # missing
        ("masssimov", "massimov"),  # added
        ("massimof", "massimov"),  # wrong
        ("massmiov", "massimov"),  # swapped
        ("shiogu", "shoigu"),
        ("tokaev", "tokayev"),
        ("nazarbaev", "nazarbayev"),
        ("кобинет", "кабинет"),
        ("bridg", "bridge"),
    ],
)
def test_a_slip_of_one_letter_is_mended(typed: str, known: str) -> None:
    assert indexed(NAMES).closest(typed) == known


@pytest.mark.parametrize(
    "term",
    [
        "massimov",  # known
        "masinok",  # two letters wrong
        "brid",  # short
        "4401",  # a number
        "2022-4400",
        "unheard",
    ],
)
def test_what_is_no_slip_stays_as_it_is(term: str) -> None:
    assert indexed(NAMES).closest(term) == term


def test_a_known_term_stays_even_if_another_one_is_near() -> None:
    index = indexed([["nearly"], ["yearly"]])

    assert (index.closest("nearly"), index.closest("yearly")) == ("nearly", "yearly")


@given(st.text("abcdef", max_size=8), st.lists(st.text("abcdef", min_size=1, max_size=8), min_size=1))
def test_whatever_is_mended_becomes_a_known_term_that_it_is_a_slip_of(term: str, known: list[str]) -> None:
    found = indexed([known]).closest(term) if term else term

    if term in known or len(term) < SHORTEST:
        assert found == term
    elif found == term:
        near = [other for other in known if OSA.distance(term, other) <= FURTHEST]
        assert not any(is_slip(term, other) for other in near)
    else:
        assert found in known
        assert is_slip(term, found)


def test_many_threads_mend_alike() -> None:
    words = [f"word{chr(97 + number % 26)}{chr(97 + number // 26)}ending" for number in range(300)]
    typed = [word[:-1] for word in words]
    alone = [indexed([words]).closest(word) for word in typed]
    fresh = indexed([words])

    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(fresh.closest, typed))

    assert together == alone
    assert alone == words


def test_however_many_terms_are_near_the_one_that_was_meant_is_found() -> None:
    near = [f"kar{one}{other}nov" for one in "bcdfghjk" for other in "bcdfghjk"]

    assert indexed([[*near, "karimov"]]).closest("karinov") == "karimov"


def test_of_terms_that_are_as_near_the_commonest_was_meant() -> None:
    assert indexed([["pretest"], *[["protest"]] * 3]).closest("prtest") == "protest"
    assert indexed([["protest"], *[["pretest"]] * 3]).closest("prtest") == "pretest"


def test_of_terms_that_are_as_near_in_several_parts_the_commonest_in_all_was_meant() -> None:
    index = indexed([["pretest"], ["pretest"]], [["protest"], ["protest"]], [["protest"]])

    assert index.closest("prtest") == "protest"
