from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from index.errors import SnapshotDamaged
from index.slips import FURTHEST, SHORTEST, is_slip
from index.words import K1, B, WordIndex

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = [["police", "arrest", "mayor"], ["bridge", "close"], ["police", "police", "bridge", "river"]]


def bm25(term: str, text: list[str], texts: list[list[str]]) -> float:
    """Lucene's BM25, written out."""
    having = sum(term in other for other in texts)
    idf = math.log(1 + (len(texts) - having + 0.5) / (having + 0.5))
    length = len(text) / (sum(map(len, texts)) / len(texts))
    frequency = text.count(term)
    return idf * frequency / (frequency + K1 * (1 - B + B * length))


@pytest.mark.parametrize("question", [["police"], ["bridge", "river"], ["police", "unknown"], ["mayor"] * 2])
def test_scores_are_those_of_lucene(question: list[str]) -> None:
    expected = [sum(bm25(term, text, TEXTS) for term in question) for text in TEXTS]

    assert WordIndex.build(TEXTS).scores(question).tolist() == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("question", [[], ["unknown"]])
def test_no_known_term_scores_nothing(question: list[str]) -> None:
    assert WordIndex.build(TEXTS).scores(question).tolist() == [0.0, 0.0, 0.0]


def test_a_rarer_term_has_the_greater_idf_and_an_unknown_one_the_greatest() -> None:
    index = WordIndex.build(TEXTS)

    assert index.idf("police") == pytest.approx(math.log(1.6))
    assert index.idf("police") < index.idf("mayor") < index.idf("unknown")


@pytest.mark.parametrize("texts", [[[]], [[], []], [[], ["police"]]])
def test_texts_without_a_term_can_be_indexed(texts: list[list[str]], tmp_path: Path) -> None:
    WordIndex.build(texts).write(tmp_path / "words")

    index = WordIndex.read(tmp_path / "words")

    assert len(index) == len(texts)
    assert index.scores(["bridge"]).tolist() == [0.0] * len(texts)
    assert (index.scores(["police"]) > 0).tolist() == ["police" in text for text in texts]


def test_what_was_written_is_read(tmp_path: Path) -> None:
    built = WordIndex.build(TEXTS)
    built.write(tmp_path / "words")

    read = WordIndex.read(tmp_path / "words")

    assert len(read) == len(built) == 3
    assert np.array_equal(read.scores(["police", "river"]), built.scores(["police", "river"]))
    assert read.idf("bridge") == built.idf("bridge")


@pytest.mark.parametrize("content", [None, b"", b"\xff\x00 no index"])
@pytest.mark.parametrize("number", range(5))
def test_a_file_that_is_no_index_is_called_damaged(
    tmp_path: Path, number: int, content: bytes | None
) -> None:
    WordIndex.build(TEXTS).write(tmp_path / "words")
    file = sorted((tmp_path / "words").iterdir())[number]
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)

    with pytest.raises(SnapshotDamaged, match="is no BM25 index"):
        WordIndex.read(tmp_path / "words")


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
    assert WordIndex.build(NAMES).closest(typed) == known


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
    assert WordIndex.build(NAMES).closest(term) == term


def test_a_known_term_stays_even_if_another_one_is_near() -> None:
    index = WordIndex.build([["nearly"], ["yearly"]])

    assert (index.closest("nearly"), index.closest("yearly")) == ("nearly", "yearly")


@given(st.text("abcdef", max_size=8), st.lists(st.text("abcdef", min_size=1, max_size=8), min_size=1))
def test_whatever_is_mended_becomes_a_known_term_that_it_is_a_slip_of(term: str, known: list[str]) -> None:
    found = WordIndex.build([known]).closest(term) if term else term

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
    alone = [WordIndex.build([words]).closest(word) for word in typed]
    fresh = WordIndex.build([words])

    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(fresh.closest, typed))

    assert together == alone
    assert alone == words


def test_however_many_terms_are_near_the_one_that_was_meant_is_found() -> None:
    near = [f"kar{one}{other}nov" for one in "bcdfghjk" for other in "bcdfghjk"]

    assert WordIndex.build([[*near, "karimov"]]).closest("karinov") == "karimov"


def test_of_terms_that_are_as_near_the_commonest_was_meant() -> None:
    assert WordIndex.build([["pretest"], *[["protest"]] * 3]).closest("prtest") == "protest"
    assert WordIndex.build([["protest"], *[["pretest"]] * 3]).closest("prtest") == "pretest"
