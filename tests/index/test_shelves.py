from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from corpus.languages import Language
from corpus.stored import PassageText, passage_id
from index.analysis import analyse
from index.errors import SnapshotDamaged
from index.shelves import Shelf, by_language
from tests.fakes.encoder import vector

if TYPE_CHECKING:
    from pathlib import Path

    from index.encoder import Vectors

EN = Language.ENGLISH


def text(
    sentence: str, *, paragraph: str | None = None, title: str = "News", language: Language = EN
) -> PassageText:
    paragraph = paragraph or sentence
    number = passage_id(language=language, title=title, paragraph=paragraph, sentence=sentence)
    return PassageText(number, language, title, paragraph, sentence)


def vectors(texts: list[PassageText]) -> Vectors:
    return np.array([vector(one.sentence) for one in texts])


TWO = "Police arrested the mayor. He is silent."
TEXTS = [
    text("Police arrested the mayor.", paragraph=TWO),
    text("He is silent.", paragraph=TWO),
    text("The bridge was closed."),
    text("***", title="***"),
]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf.build(TEXTS, vectors(TEXTS))


def test_every_passage_has_a_row_and_every_paragraph_one(shelf: Shelf) -> None:
    assert shelf.ids.tolist() == [one.id for one in TEXTS]
    assert shelf.paragraphs.tolist() == [0, 0, 1, 2]
    assert shelf.passage_ids() == {one.id for one in TEXTS}


def test_equal_paragraphs_under_other_titles_are_others() -> None:
    twice = [text("Same.", title="One"), text("Same.", title="Other")]

    assert Shelf.build(twice, None).paragraphs.tolist() == [0, 1]


def test_a_paragraphs_vector_is_the_mean_of_its_sentences_scaled_to_length_1(shelf: Shelf) -> None:
    mean = vector(TEXTS[0].sentence) + vector(TEXTS[1].sentence)

    assert shelf.paragraph_vectors is not None
    assert shelf.paragraph_vectors[0].tolist() == pytest.approx(
        (mean / np.linalg.norm(mean)).tolist(), abs=1e-6
    )
    assert np.linalg.norm(shelf.paragraph_vectors, axis=1).tolist() == pytest.approx([1, 1, 1])


def test_sentences_that_point_apart_make_no_nan() -> None:
    pair = [text("One.", paragraph="One. Two."), text("Two.", paragraph="One. Two.")]
    one = vector("One.")

    shelf = Shelf.build(pair, np.array([one, -one]))

    assert shelf.paragraph_vectors is not None
    assert shelf.paragraph_vectors.tolist() == [[0.0] * len(one)]


def test_candidates_come_by_words_and_by_vectors_with_all_signals(shelf: Shelf) -> None:
    found = shelf.candidates(analyse("mayor", EN), vector("The bridge was closed."), limit=1)

    assert found.ids.tolist() == [TEXTS[0].id, TEXTS[2].id]
    assert found.cosine is not None
    assert found.paragraph_cosine is not None
    assert found.cosine[1] == pytest.approx(1.0)
    assert found.paragraph_cosine[1] == pytest.approx(1.0)
    assert (found.bm25 > 0).tolist() == [True, False]
    assert (found.paragraph_bm25 > 0).tolist() == [True, False]


def test_a_sentence_is_found_by_the_words_of_its_paragraph(shelf: Shelf) -> None:
    found = shelf.candidates(analyse("mayor", EN), None, limit=10)

    assert set(found.ids.tolist()) == {TEXTS[0].id, TEXTS[1].id}
    assert found.cosine is None
    assert found.paragraph_cosine is None


def test_a_sentence_is_found_by_the_words_of_its_title() -> None:
    titled = [text("He was arrested.", title="Karim Massimov"), text("It rained.", title="Weather")]

    found = Shelf.build(titled, None).candidates(analyse("massimov", EN), None, limit=10)

    assert found.ids.tolist() == [titled[0].id]
    assert found.paragraph_bm25[0] > 0


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_each_way_of_searching_gives_no_more_than_the_limit(shelf: Shelf, limit: int) -> None:
    found = shelf.candidates(analyse("mayor silent bridge", EN), None, limit=limit)

    assert len(found.ids) == limit


def test_a_question_without_a_known_word_finds_nothing_by_words(shelf: Shelf) -> None:
    assert len(shelf.candidates([], None, limit=5).ids) == 0
    assert len(shelf.candidates(["unheard"], None, limit=5).ids) == 0


@pytest.mark.parametrize("with_vectors", [True, False])
def test_what_was_written_is_read(tmp_path: Path, *, with_vectors: bool) -> None:
    built = Shelf.build(TEXTS, vectors(TEXTS) if with_vectors else None)
    built.write(tmp_path / EN)
    asked, terms = vector("Who is silent?"), analyse("Who is silent?", EN)

    read = Shelf.read(tmp_path / EN)

    assert read.language is EN
    expected = built.candidates(terms, asked, limit=5)
    for one, other in zip(read.candidates(terms, asked, limit=5), expected, strict=True):
        assert (one is None) is (other is None)
        assert one is None or other is None or np.array_equal(one, other)
    assert (read.vectors is not None) is with_vectors


@pytest.mark.parametrize("content", [None, b"", b"\x93NUMPY", b"rubbish"])
@pytest.mark.parametrize("name", ["ids.npy", "paragraphs.npy", "paragraph_vectors.npy"])
def test_a_file_that_is_no_array_is_called_damaged(
    shelf: Shelf, tmp_path: Path, name: str, content: bytes | None
) -> None:
    shelf.write(tmp_path / EN)
    if content is None:
        (tmp_path / EN / name).unlink()
    else:
        (tmp_path / EN / name).write_bytes(content)

    with pytest.raises(SnapshotDamaged, match="cannot be read"):
        Shelf.read(tmp_path / EN)


def test_passages_are_sorted_onto_shelves_by_language_and_id() -> None:
    mixed = [text("Раз.", language=Language.RUSSIAN), *TEXTS, text("Бір.", language=Language.KAZAKH)]

    groups = by_language(mixed[::-1])

    assert [group[0].language for group in groups] == [EN, Language.KAZAKH, Language.RUSSIAN]
    assert [one.id for one in groups[0]] == sorted(one.id for one in TEXTS)
    assert by_language([]) == []
