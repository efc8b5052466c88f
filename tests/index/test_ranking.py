from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np
import pytest

from corpus.languages import Language
from corpus.stored import PassageId, PassageText
from index.answers import Question
from index.fusion import Profile, Weights
from index.keptvectors import KeptVectors
from index.late import late_scores
from index.question import SPOKEN, AskedQuestion, read_question
from index.ranking import LATE, Hit, rank
from index.signals import Signal
from tests.fakes.encoder import FakeEncoder, encode, vector
from tests.fakes.shelves import Kept, shelf_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from index.encoder import Vectors
    from index.shelves import Shelf
    from index.tokens import Places, TokenFile

EN, RU, KK = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH
SPEAKS_BOTH, MUTE = FakeEncoder(), FakeEncoder(languages=frozenset())

#: Every way of comparing counts, and a passage in another language loses a little.
COUNTS = {
    Signal.COSINE: 1.0,
    Signal.PARAGRAPH_COSINE: 0.5,
    Signal.WORDS: 1.0,
    Signal.PARAGRAPH_WORDS: 0.5,
    Signal.PIECES: 0.5,
    Signal.MEANINGS: 0.5,
    Signal.LATE: 1.0,
}
WEIGHTS = Weights(dict.fromkeys(Profile, COUNTS), foreign=-0.5)


def shelf(
    language: Language, *sentences: str, first: int, folder: Path | None = None, title: str = ""
) -> Shelf:
    """Build a shelf of paragraphs of one sentence, with vectors and word pieces that are kept in a folder."""
    texts = [
        PassageText(PassageId(first + number), language, title, sentence, sentence)
        for number, sentence in enumerate(sentences)
    ]
    if folder is None:
        return shelf_of(texts, None)
    kept = KeptVectors(folder, "fake words")
    kept.append(sentences, [encode(sentence) for sentence in sentences])
    _, vectors, places = kept.find(sentences)
    return shelf_of(texts, Kept(vectors, places))


KAZAKH = shelf(KK, "Полиция әкімді ұстады.", "Көпір жабық.", first=21)


@pytest.fixture
def english(folder: Path) -> Shelf:
    sentences = ("Police arrested the mayor.", "The bridge was closed.", "Bread is dear.")
    return shelf(EN, *sentences, first=1, folder=folder)


@pytest.fixture
def russian(folder: Path) -> Shelf:
    return shelf(RU, "Полиция задержала мэра.", "Мост закрыт.", first=11, folder=folder)


def tokens_in(folder: Path) -> TokenFile | None:
    return KeptVectors(folder, "fake words").tokens()


def read(text: str, shelves: Iterable[Shelf], encoder: FakeEncoder = SPEAKS_BOTH) -> AskedQuestion:
    found = {one.language: one for one in shelves}
    return read_question(text, Question.parse(text).language, found, encoder)


def ask(
    text: str,
    *shelves: Shelf,
    encoder: FakeEncoder = SPEAKS_BOTH,
    tokens: TokenFile | None = None,
    weights: Weights = WEIGHTS,
    limit: int = 10,
) -> list[Hit]:
    return rank(shelves, read(text, shelves, encoder), tokens, weights, limit=limit)


def ids(hits: list[Hit]) -> list[int]:
    return [int(hit.id) for hit in hits]


def test_what_says_the_same_comes_first_with_all_that_speaks_for_it(english: Shelf, folder: Path) -> None:
    question, sentence = "Who arrested the mayor?", "Police arrested the mayor."
    asked = read(question, [english])
    assert asked.encoded is not None

    hits = ask(question, english, tokens=tokens_in(folder))

    assert ids(hits)[0] == 1
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits[0].signals.keys() == {*SPOKEN, Signal.COSINE, Signal.PARAGRAPH_COSINE, Signal.LATE}
    assert hits[0].signals[Signal.COSINE] == pytest.approx(
        float(vector(question) @ vector(sentence)), abs=1e-6
    )
    late = late_scores(asked.encoded.tokens, asked.piece_weights, [encode(sentence).tokens])
    assert hits[0].signals[Signal.LATE] == pytest.approx(float(late[0]), abs=0.02)


def test_scores_are_weighted_standardised_signals(english: Shelf, folder: Path) -> None:
    alone = Weights({profile: {Signal.COSINE: 2.0} for profile in Profile}, foreign=0.0)
    cosines = np.array([vector("the mayor") @ english_row for english_row in _vectors(english)])
    expected = 2.0 * (cosines - cosines.mean()) / cosines.std()

    hits = ask("the mayor", english, tokens=tokens_in(folder), weights=alone)

    found = {int(hit.id): hit.score for hit in hits}
    assert [found[row] for row in (1, 2, 3)] == pytest.approx(expected.tolist(), abs=1e-4)
    assert all(Signal.LATE not in hit.signals for hit in hits), "what does not count is not measured"


def _vectors(on: Shelf) -> Vectors:
    (living,) = on.parts
    assert living.part.vectors is not None
    return living.part.vectors.vectors


def _places(on: Shelf) -> Places:
    (living,) = on.parts
    assert living.part.places is not None
    return living.part.places


def test_word_pieces_decide_between_passages_that_are_as_near(folder: Path) -> None:
    # The same words, so the same vector and the same terms; but the first one has no word pieces, and the
    # second one those of another sentence.
    same = shelf(EN, *["Police arrested the mayor."] * 3, "It rained.", first=1, folder=folder)
    places = _places(same)
    places[0] = np.zeros((), dtype=places.dtype)
    places[1] = places[3]

    assert ids(ask("who arrested the mayor", same)) == [1, 2, 3, 4]
    assert ids(ask("who arrested the mayor", same, tokens=tokens_in(folder))) == [3, 1, 2, 4]


def test_only_the_best_are_compared_word_piece_by_word_piece(folder: Path) -> None:
    many = shelf(EN, *(f"Bridge number {number}." for number in range(2 * LATE)), first=1, folder=folder)

    hits = ask("bridge number 7", many, tokens=tokens_in(folder), limit=LATE + 5)

    assert len(hits) == LATE + 5
    assert ids(hits)[0] == 8
    assert len(ask("bridge number 7", many, tokens=tokens_in(folder), limit=1)) == 1


def test_damaged_word_pieces_cost_a_signal_and_a_warning_and_no_hit(
    english: Shelf, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _places(english)["check"][0] ^= 1

    with caplog.at_level(logging.WARNING):
        hits = ask("Who arrested the mayor?", english, tokens=tokens_in(folder))

    without = {int(hit.id) for hit in hits if Signal.LATE not in hit.signals}
    assert set(ids(hits)) == {1, 2, 3}
    assert without == {1}
    assert "word pieces cannot be used" in caplog.text


def test_without_a_model_words_decide_and_nothing_else_is_measured(english: Shelf, folder: Path) -> None:
    hits = ask("bridge closed", english, encoder=MUTE, tokens=tokens_in(folder))

    assert ids(hits) == [2]
    assert not {Signal.COSINE, Signal.PARAGRAPH_COSINE, Signal.LATE} & hits[0].signals.keys()


def test_vectors_carry_a_question_into_other_languages_that_have_some(english: Shelf, russian: Shelf) -> None:
    assert set(ids(ask("Nobody came.", english, russian, KAZAKH))) == {1, 2, 3, 11, 12}


def test_concepts_and_names_carry_it_into_the_others(english: Shelf, russian: Shelf) -> None:
    about_police = {1, 11, 21}

    assert set(ids(ask("police", english, russian, KAZAKH, encoder=MUTE))) == about_police
    assert set(ids(ask("Әкімді кім ұстады?", english, russian, KAZAKH, encoder=MUTE))) >= about_police


def test_a_passage_in_another_language_loses_what_the_weights_say(english: Shelf, russian: Shelf) -> None:
    def best(foreign: float) -> float:
        weights = Weights(dict.fromkeys(Profile, COUNTS), foreign=foreign)
        hits = ask("Who arrested the mayor?", english, russian, weights=weights)
        return max(hit.score for hit in hits if hit.id > 10)

    assert best(-3.0) == pytest.approx(best(0.0) - 3.0, abs=1e-4)


def test_each_profile_has_weights_of_its_own(english: Shelf) -> None:
    weights = Weights({profile: {} for profile in Profile} | {Profile.WORDS: {Signal.WORDS: 1.0}}, foreign=0)

    assert {hit.score for hit in ask("bridge mayor", english, weights=weights)} == {0.0}
    assert {hit.score for hit in ask("bridge mayor", english, encoder=MUTE, weights=weights)} != {0.0}


def test_names_are_found_in_other_languages_where_the_questions_has_no_articles() -> None:
    nato = shelf(EN, "NATO is silent.", "It rained.", first=1)

    assert ids(ask("кто арестовал NATO", nato, encoder=MUTE)) == [1]


def test_equal_passages_come_in_the_same_order_every_time() -> None:
    later, earlier = (shelf(EN, *["It rained."] * 3, first=first) for first in (50, 5))

    assert ids(ask("It rained.", later, earlier)) == [5, 6, 7, 50, 51, 52]


def test_of_many_equal_passages_the_same_ones_are_looked_at_every_time() -> None:
    later, earlier = (shelf(EN, *["It rained."] * LATE, first=first) for first in (500, 5))

    assert ids(ask("It rained.", later, earlier)) == [*range(5, 15)]


def test_no_more_hits_than_asked_for(english: Shelf, russian: Shelf) -> None:
    assert len(ask("Who arrested the mayor?", english, russian, limit=2)) == 2


def test_a_smaller_limit_gives_the_beginning_of_a_greater_one(
    english: Shelf, russian: Shelf, folder: Path
) -> None:
    tokens = tokens_in(folder)
    three, five = (ask("the mayor", english, russian, tokens=tokens, limit=limit) for limit in (3, 5))

    assert len(five) == 5
    assert three == five[:3]


def test_the_order_of_shelves_does_not_matter(english: Shelf, russian: Shelf, folder: Path) -> None:
    tokens = tokens_in(folder)
    forwards, backwards = (
        ask("the mayor", *shelves, tokens=tokens) for shelves in ([english, russian], [russian, english])
    )

    assert ids(forwards) == ids(backwards)
    assert [hit.score for hit in forwards] == pytest.approx([hit.score for hit in backwards], abs=1e-5)


@pytest.mark.parametrize("shelves", [(), (KAZAKH,)])
def test_where_nothing_is_there_is_no_hit(shelves: tuple[Shelf, ...]) -> None:
    assert ask("unheard", *shelves, encoder=MUTE) == []
