from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.late import best_matches, late_scores
from tests.fakes.encoder import encode

if TYPE_CHECKING:
    from index.encoder import Vectors

X, Y, Z = np.eye(3, dtype=np.float32)


def rows(*vectors: Vectors) -> Vectors:
    return np.array(vectors, dtype=np.float32).reshape(-1, 3)


def unit(count: int, seed: int) -> Vectors:
    made = np.random.default_rng(seed).normal(size=(count, 6))
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


def weights(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_each_piece_of_the_question_is_met_by_the_nearest_piece_of_the_sentence() -> None:
    between = np.array([0.6, 0.8, 0.0], dtype=np.float32)

    scores = late_scores(rows(X, Y), weights(1, 1), [rows(X, Y), rows(between, Z), rows(Z), rows(-X)])

    assert scores.tolist() == pytest.approx([1.0, (0.6 + 0.8) / 2, 0.0, -0.5])


def test_rare_pieces_count_more() -> None:
    scores = late_scores(rows(X, Y), weights(3, 1), [rows(X), rows(Y)])

    assert scores.tolist() == pytest.approx([0.75, 0.25])


def test_a_sentence_without_a_piece_scores_0_wherever_it_stands() -> None:
    nothing = rows()

    assert late_scores(rows(X), weights(1), [nothing, rows(X), nothing, rows(-X), nothing]).tolist() == [
        0.0,
        1.0,
        0.0,
        -1.0,
        0.0,
    ]
    assert late_scores(rows(X), weights(1), [nothing, nothing]).tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    "question,of", [(rows(), weights()), (rows(X), weights(0)), (rows(X, Y), weights(0, 0))]
)
def test_a_question_of_which_nothing_counts_scores_0(question: Vectors, of: np.ndarray) -> None:
    assert late_scores(question, of, [rows(X), rows(Y)]).tolist() == [0.0, 0.0]


def test_without_a_sentence_there_is_no_score() -> None:
    assert late_scores(rows(X), weights(1), []).shape == (0,)


@given(
    st.integers(1, 6),
    st.lists(st.integers(0, 7), min_size=1, max_size=8),
    st.integers(0, 10**6),
)
def test_all_at_once_is_the_same_as_one_by_one(count: int, lengths: list[int], seed: int) -> None:
    question = unit(count, seed)
    of = np.random.default_rng(seed).uniform(0.1, 5, size=count).astype(np.float32)
    sentences = [unit(length, seed + number) for number, length in enumerate(lengths, start=1)]

    expected = [
        float(of @ (question @ tokens.T).max(axis=1) / of.sum()) if len(tokens) else 0.0
        for tokens in sentences
    ]

    assert late_scores(question, of, sentences).tolist() == pytest.approx(expected, abs=1e-5)


@given(st.integers(1, 6), st.integers(1, 7), st.integers(0, 10**6))
def test_more_words_never_make_a_sentence_worse(count: int, length: int, seed: int) -> None:
    question, tokens, more = unit(count, seed), unit(length, seed + 1), unit(2, seed + 2)

    one, other = late_scores(question, np.ones(count, dtype=np.float32), [tokens, np.vstack([tokens, more])])

    assert other >= one - 1e-6


@given(st.integers(1, 6), st.integers(1, 7), st.integers(0, 10**6))
def test_the_nearest_piece_and_its_cosine_are_told(count: int, length: int, seed: int) -> None:
    question, tokens = unit(count, seed), unit(length, seed + 1)

    best, cosines = best_matches(question, tokens)

    products = question @ tokens.T
    assert best.tolist() == products.argmax(axis=1).tolist()
    assert cosines.tolist() == pytest.approx(products.max(axis=1).tolist())


def test_a_sentence_that_says_the_words_in_any_order_is_nearest() -> None:
    asked = encode("police arrested the mayor")
    said = [encode(text).tokens for text in ("The mayor, police arrested.", "The mayor spoke.", "It rained.")]

    scores = late_scores(asked.tokens, np.ones(4, dtype=np.float32), said)

    assert scores[0] == pytest.approx(1.0, abs=1e-5)
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)
    best, _ = best_matches(asked.tokens, said[0])
    assert best.tolist() == [2, 3, 0, 1]
