from __future__ import annotations

import numpy as np
import pytest

from corpus.languages import Language
from corpus.stored import PassageId, PassageText
from index.answers import Question
from index.ranking import Hit, rank
from index.shelves import Shelf
from tests.fakes.encoder import vector

EN, RU, KK = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH


def shelf(language: Language, *sentences: str, first: int, with_vectors: bool = True) -> Shelf:
    texts = [
        PassageText(PassageId(first + number), language, "", sentence, sentence)
        for number, sentence in enumerate(sentences)
    ]
    vectors = np.array([vector(sentence) for sentence in sentences]) if with_vectors else None
    return Shelf.build(texts, vectors)


ENGLISH = shelf(EN, "Police arrested the mayor.", "The bridge was closed.", "Bread is dear.", first=1)
RUSSIAN = shelf(RU, "Полиция задержала мэра.", "Мост закрыт.", first=11)
KAZAKH = shelf(KK, "Полиция әкімді ұстады.", "Көпір жабық.", first=21, with_vectors=False)


def ids(hits: list[Hit]) -> list[int]:
    return [int(hit.id) for hit in hits]


def ask(text: str, *shelves: Shelf, with_vector: bool = True, limit: int = 10) -> list[Hit]:
    return rank(shelves, Question.parse(text), vector(text) if with_vector else None, limit=limit)


def test_what_says_the_same_comes_first() -> None:
    hits = ask("Who arrested the mayor?", ENGLISH)

    assert ids(hits)[0] == 1
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits[0].cosine == pytest.approx(
        float(vector("Who arrested the mayor?") @ vector("Police arrested the mayor.")), abs=1e-6
    )


def test_without_a_vector_words_decide_and_there_is_no_cosine() -> None:
    hits = ask("bridge closed", ENGLISH, with_vector=False)

    assert ids(hits) == [2]
    assert hits[0].cosine is None


def test_vectors_carry_a_question_into_other_languages_that_have_some() -> None:
    assert set(ids(ask("Who arrested the mayor?", ENGLISH, RUSSIAN, KAZAKH))) == {1, 2, 3, 11, 12}


def test_without_a_vector_only_passages_in_the_questions_language_are_found() -> None:
    assert ids(ask("Әкімді кім ұстады?", ENGLISH, RUSSIAN, KAZAKH, with_vector=False)) == [21]


def test_names_are_found_in_other_languages_where_the_questions_has_no_articles() -> None:
    assert ids(ask("кто арестовал NATO", shelf(EN, "NATO is silent.", first=1), with_vector=False)) == [1]


def test_equal_passages_come_in_the_same_order_every_time() -> None:
    later, earlier = (shelf(EN, *["It rained."] * 3, first=first) for first in (50, 5))

    assert ids(ask("It rained.", later, earlier)) == [5, 6, 7, 50, 51, 52]


def test_no_more_hits_than_asked_for() -> None:
    assert len(ask("Who arrested the mayor?", ENGLISH, RUSSIAN, limit=2)) == 2


def test_a_smaller_limit_gives_the_beginning_of_a_greater_one() -> None:
    assert ask("the mayor", ENGLISH, RUSSIAN, limit=3) == ask("the mayor", ENGLISH, RUSSIAN, limit=5)[:3]


def test_the_order_of_shelves_does_not_matter() -> None:
    forwards, backwards = ask("the mayor", ENGLISH, RUSSIAN), ask("the mayor", RUSSIAN, ENGLISH)

    assert ids(forwards) == ids(backwards)


@pytest.mark.parametrize("shelves", [(), (KAZAKH,)])
def test_where_nothing_is_there_is_no_hit(shelves: tuple[Shelf, ...]) -> None:
    assert ask("unheard", *shelves, with_vector=False) == []
