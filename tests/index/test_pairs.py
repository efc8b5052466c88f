from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.passages import Span
from index.models import Model
from index.pairs import (
    BEFORE_PIECES,
    QUESTION_PIECES,
    SENTENCE_PIECES,
    Pair,
    Pairs,
    leans_on_the_one_before,
    padded,
)
from index.reader import LONGEST_ANSWER, answer_in

CLS, SEP = 101, 102
QUESTION, SENTENCE, BEFORE = (
    "Who was arrested?",
    "He was arrested on Friday.",
    "Karim Massimov lost his post.",
)


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    return Pairs(Path(Model.choose().location, "tokenizer.json"))


def pieces(pairs: Pairs, text: str) -> list[int]:
    """Return the word pieces of a text, as a question of it would have them, however long."""
    made = pairs.pair([], text)
    return made.ids[made.first : made.first + len(made.offsets)]


def test_question_sentence_and_the_one_before_stand_in_this_order(pairs: Pairs) -> None:
    question = pairs.question(QUESTION)

    made = pairs.pair(question, SENTENCE, BEFORE)

    sentence, before = pieces(pairs, SENTENCE), pieces(pairs, BEFORE)
    assert made.ids == [CLS, *question, SEP, *sentence, SEP, *before, SEP]
    assert made.types == [0] * (len(question) + 2) + [1] * (len(sentence) + 1) + [0] * (len(before) + 1)
    assert made.ids[made.first : made.first + len(sentence)] == sentence


def test_each_piece_of_the_sentence_knows_its_characters(pairs: Pairs) -> None:
    made = pairs.pair(pairs.question(QUESTION), SENTENCE, BEFORE)

    assert [SENTENCE[start:end] for start, end in made.offsets] == [
        *["He", "was", "arrested", "on", "Friday", "."],
    ]


def test_a_sentence_that_stands_alone_is_read_without_the_one_before(pairs: Pairs) -> None:
    question, alone = pairs.question(QUESTION), "Karim Massimov was arrested."

    assert pairs.pair(question, alone, BEFORE) == pairs.pair(question, alone)
    assert pairs.pair(question, SENTENCE, BEFORE) != pairs.pair(question, SENTENCE)
    assert pairs.pair(question, SENTENCE, "") == pairs.pair(question, SENTENCE)


@pytest.mark.parametrize(
    "sentence",
    [
        "He is silent.",
        "Police say they are free.",
        "The minister agreed.",
        "But nobody came.",
        "In THIS town it rained.",
        "Both were held.",
    ],
)
def test_pronouns_and_words_that_go_on_lean_on_the_sentence_before(sentence: str) -> None:
    assert leans_on_the_one_before(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Karim Massimov was arrested.",
        "Police closed the bridge.",
        "Theatres are shut.",
        "Butter is dear.",
        "",
    ],
)
def test_other_sentences_do_not(sentence: str) -> None:
    assert not leans_on_the_one_before(sentence)


def test_no_part_is_read_beyond_its_length(pairs: Pairs) -> None:
    long = "it " * 500

    question = pairs.question(long)
    made = pairs.pair(question, long, long)

    assert len(question) == QUESTION_PIECES
    assert len(made.offsets) == SENTENCE_PIECES
    assert len(made.ids) == len(made.types) == QUESTION_PIECES + SENTENCE_PIECES + BEFORE_PIECES + 4


@given(question=st.text(max_size=80), sentence=st.text(max_size=80), before=st.text(max_size=80))
def test_any_texts_make_a_pair_whose_offsets_lie_in_the_sentence(
    pairs: Pairs, question: str, sentence: str, before: str
) -> None:
    made = pairs.pair(pairs.question(question), sentence, before)

    assert len(made.ids) == len(made.types)
    assert (made.ids[0], made.ids[made.first - 1], made.ids[-1]) == (CLS, SEP, SEP)
    assert made.ids[made.first + len(made.offsets)] == SEP
    assert all(0 <= start <= end <= len(sentence) for start, end in made.offsets)


def test_pairs_are_padded_to_the_longest() -> None:
    short = Pair([1, 2], [0, 1], 1, [(0, 1)])
    long = Pair([1, 2, 3, 4], [0, 0, 1, 1], 2, [(0, 1), (2, 3)])

    ids, mask, types = padded([short, long])

    assert ids.tolist() == [[1, 2, 0, 0], [1, 2, 3, 4]]
    assert mask.tolist() == [[1, 1, 0, 0], [1, 1, 1, 1]]
    assert types.tolist() == [[0, 1, 0, 0], [0, 0, 1, 1]]
    assert {array.dtype for array in (ids, mask, types)} == {np.dtype(np.int64)}


def marks(length: int, *, start: int, end: int) -> np.ndarray:
    """Return logits that call one piece the beginning and one the end of an answer."""
    made = np.full((length, 2), -5.0, dtype=np.float32)
    made[start, 0] = made[end, 1] = 5.0
    return made


def test_the_answer_is_what_stands_between_its_likeliest_beginning_and_end(pairs: Pairs) -> None:
    made = pairs.pair(pairs.question(QUESTION), SENTENCE, BEFORE)
    friday = made.first + 4

    answer, certainty = answer_in(made, marks(len(made.ids), start=friday, end=friday))

    assert 0.99 < certainty <= 1
    assert SENTENCE[answer.start : answer.end] == "Friday"


def test_an_answer_never_lies_in_the_question_or_the_sentence_before(pairs: Pairs) -> None:
    made = pairs.pair(pairs.question(QUESTION), SENTENCE, BEFORE)
    likely_outside = marks(len(made.ids), start=1, end=len(made.ids) - 2)

    answer, _ = answer_in(made, likely_outside)

    assert 0 <= answer.start < answer.end <= len(SENTENCE)


def test_an_answer_never_ends_before_it_begins_and_is_never_too_long() -> None:
    count = 3 * LONGEST_ANSWER
    made = Pair([0] * (count + 2), [0] * (count + 2), 1, [(2 * n, 2 * n + 1) for n in range(count)])

    backwards, _ = answer_in(made, marks(count + 2, start=40, end=10))
    too_long, _ = answer_in(made, marks(count + 2, start=1, end=count))

    assert backwards.start < backwards.end
    assert too_long.end - too_long.start <= 2 * LONGEST_ANSWER
    longest, _ = answer_in(made, marks(count + 2, start=1, end=LONGEST_ANSWER))
    assert longest == Span(0, 2 * LONGEST_ANSWER - 1)


def test_a_sentence_without_a_piece_has_no_answer() -> None:
    found = answer_in(Pair([1, 2, 3], [0, 0, 1], 2, []), np.zeros((3, 2), dtype=np.float32))

    assert found == (Span(0, 0), 0.0)


def test_of_answers_that_are_as_likely_none_is_certain() -> None:
    made = Pair([0] * 6, [0] * 6, 1, [(n, n + 1) for n in range(4)])

    _, certainty = answer_in(made, np.zeros((6, 2), dtype=np.float32))

    assert certainty == pytest.approx(1 / 10)  # of ten spans of four pieces
