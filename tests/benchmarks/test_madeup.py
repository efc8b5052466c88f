"""Made-up articles: as many words, names, copies and kept vectors as news have."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

import madeup
from corpus.languages import Language
from corpus.passages import split
from index.models import Model
from madeup import CheapEncoder, Newsroom, Pool

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.encoder import Vectors

DIMENSION = 8


def unit(vectors: NDArray[np.float64]) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), dtype=np.float32)


@pytest.fixture
def pool() -> Pool:
    drawn = np.random.default_rng(1)
    pieces = unit(drawn.normal(size=(12, DIMENSION))).astype(np.float16)
    return Pool(unit(drawn.normal(size=(40, DIMENSION))), pieces, np.array([3, 7, 12]))


def test_the_same_seed_makes_the_same_articles_and_another_one_makes_others() -> None:
    first, again, other = (
        [made.article.text for made in itertools.islice(Newsroom(seed=seed).articles(), 20)]
        for seed in (1, 1, 2)
    )
    assert first == again
    assert not {*first} & {*other}


def test_the_places_of_sentences_are_those_that_the_corpus_finds() -> None:
    made = list(itertools.islice(Newsroom().articles(), 100))
    same = sum(tuple(split(one.article.text, Language.ENGLISH)) == one.sentences for one in made)
    assert same >= 97  # exchanged words may begin what looks like an abbreviation
    assert {len(one.sentences) for one in made} == {9, 10}


def test_words_grow_as_they_do_in_news() -> None:
    words: set[str] = set()
    number = 0
    for made in itertools.islice(Newsroom().articles(), 1_500):
        found = re.findall(r"\w+", made.article.text.lower())
        words.update(found)
        number += len(found)
    expected = madeup.HEAPS_K * number**madeup.HEAPS_B
    assert 0.6 * expected < len(words) < 1.2 * expected


def test_every_tenth_article_is_a_copy_of_one_of_the_latest() -> None:
    made = list(itertools.islice(Newsroom().articles(), 40))
    for number in (9, 19, 29, 39):
        copy = made[number]
        before = {one.article.text for one in made[:number]}
        assert any(text.startswith(copy.article.text) for text in before)
        assert copy.article.title.startswith("Agencies: ")


def test_an_invented_name_is_in_no_text() -> None:
    newsroom = Newsroom()
    texts = [made.article.text for made in itertools.islice(newsroom.articles(), 200)]
    names = [newsroom.name() for _ in range(50)]
    assert len(set(names)) == 50
    assert not [name for name in names for text in texts if name in text]


def test_the_cheap_encoder_mixes_the_same_vectors_for_the_same_sentence_wherever_it_stands(
    pool: Pool,
) -> None:
    encoder = CheapEncoder(Model.choose(), pool)
    [[one, two], [again]] = encoder.encode_passages([["A shot was heard.", "Nobody fell."], ["Nobody fell."]])
    assert np.array_equal(two.vector, again.vector)
    assert not np.allclose(one.vector, two.vector)
    assert np.allclose(np.linalg.norm([one.vector, two.vector], axis=1), 1)


def test_word_pieces_of_the_cheap_encoder_lie_in_the_sentence(pool: Pool) -> None:
    sentence = "Residents of the port city must stay indoors."
    [[found]] = CheapEncoder(Model.choose(), pool).encode_passages([[sentence]])
    assert found.tokens.shape == (len(found.spans), DIMENSION)
    assert found.spans[0, 0] == 0
    assert found.spans[-1, 1] == len(sentence)


def test_the_cheap_encoder_passes_for_the_real_one(pool: Pool) -> None:
    model = Model.choose()
    assert CheapEncoder(model, pool).identity == model.identity
