from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from corpus.languages import Language
from corpus.stored import PassageId, PassageText, passage_id
from index.errors import SnapshotDamaged
from index.fields import FIELDS, PARAGRAPH_SHARE, Query
from index.meanings import LEXICON, meanings
from index.shelves import RULES, Shelf, by_language
from index.signals import Signal
from index.tokens import PLACE
from tests.fakes.encoder import encode, vector
from tests.fakes.shelves import Kept, shelf_of

if TYPE_CHECKING:
    from pathlib import Path

    from index.encoder import Vectors

EN = Language.ENGLISH
WORDS, PARAGRAPH_WORDS, PIECES = Signal.WORDS, Signal.PARAGRAPH_WORDS, Signal.PIECES
MEANINGS, COSINE, PARAGRAPH_COSINE = Signal.MEANINGS, Signal.COSINE, Signal.PARAGRAPH_COSINE


def text(
    sentence: str, *, paragraph: str | None = None, title: str = "News", language: Language = EN
) -> PassageText:
    paragraph = paragraph or sentence
    number = passage_id(language=language, title=title, paragraph=paragraph, sentence=sentence)
    return PassageText(number, language, title, paragraph, sentence)


def kept(vectors: Vectors) -> Kept:
    """Return vectors with places of word pieces, ten a passage, one passage after the other."""
    places = np.zeros(len(vectors), dtype=PLACE)
    places["offset"], places["count"] = np.arange(len(vectors)) * 1000, 10
    return Kept(vectors, places)


def vectors(texts: list[PassageText]) -> Vectors:
    return np.array([vector(one.sentence) for one in texts])


def by_words(question: str, language: Language = EN, *signals: Signal) -> Query:
    """Ask by the terms of a question in some fields, in all by default."""
    of_meaning = meanings(question, language, is_question=True)
    return Query(
        {
            signal: of_meaning
            if FIELDS[signal].terms is meanings
            else FIELDS[signal].terms(question, language)
            for signal in signals or FIELDS
        }
    )


TWO = "Police arrested the mayor. He is silent."
TEXTS = [
    replace(one, id=PassageId(10 * number))
    for number, one in enumerate(
        [
            text("Police arrested the mayor.", paragraph=TWO),
            text("He is silent.", paragraph=TWO),
            text("The bridge was closed."),
            text("***", title="***"),
        ],
        start=1,
    )
]


@pytest.fixture
def shelf() -> Shelf:
    return shelf_of(TEXTS, kept(vectors(TEXTS)))


def test_every_passage_has_a_row_and_every_paragraph_one(shelf: Shelf) -> None:
    assert shelf.ids.tolist() == [one.id for one in TEXTS]
    assert shelf.paragraphs.tolist() == [0, 0, 1, 2]
    assert shelf.passage_ids() == {one.id for one in TEXTS}


def test_equal_paragraphs_under_other_titles_are_others() -> None:
    twice = [text("Same.", title="One"), text("Same.", title="Other")]

    assert shelf_of(twice, None).paragraphs.tolist() == [0, 1]


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

    shelf = shelf_of(pair, kept(np.array([one, -one])))

    assert shelf.paragraph_vectors is not None
    assert shelf.paragraph_vectors.tolist() == [[0.0] * len(one)]


def found_by(shelf: Shelf, query: Query, *, limit: int = 10) -> dict[int, dict[Signal, float]]:
    """Return the signals of each candidate, by the number of its text; no two are the same."""
    rows, table = shelf.candidates(query, limit=limit)
    assert len(set(rows.tolist())) == len(rows)
    return {
        row: {signal: float(values[place]) for signal, values in table.items()}
        for place, row in enumerate(rows.tolist())
    }


def test_candidates_come_by_words_and_by_vectors_with_all_signals(shelf: Shelf) -> None:
    asked = Query(by_words("mayor").terms, encode("The bridge was closed."))

    found = found_by(shelf, asked, limit=1)

    assert found.keys() == {0, 2}
    assert found[2][COSINE] == found[2][PARAGRAPH_COSINE] == pytest.approx(1.0)
    assert found[0][COSINE] == pytest.approx(
        float(vector(TEXTS[0].sentence) @ vector("The bridge was closed.")), abs=1e-6
    )
    assert found[0].keys() == found[2].keys() == {*FIELDS, COSINE, PARAGRAPH_COSINE}
    assert [found[0][signal] > 0 for signal in (WORDS, PARAGRAPH_WORDS, PIECES)] == [True] * 3
    assert [found[2][signal] for signal in (WORDS, PARAGRAPH_WORDS, PIECES)] == [0, 0, 0]


def test_a_sentence_is_found_by_the_words_of_its_paragraph(shelf: Shelf) -> None:
    found = found_by(shelf, by_words("mayor"))

    assert found.keys() == {0, 1}
    assert (found[0][WORDS] > 0, found[1][WORDS]) == (True, 0.0)
    assert found[0][PARAGRAPH_WORDS] == found[1][PARAGRAPH_WORDS] > 0
    assert COSINE not in found[0]
    assert PARAGRAPH_COSINE not in found[0]


def test_a_paragraph_counts_half_as_much_as_its_sentence_when_candidates_are_gathered() -> None:
    texts = [
        text("It rained.", paragraph="It rained. A mayor came."),
        text("A mayor came.", paragraph="It rained. A mayor came."),
        text("The mayor of the old town spoke about mayors and a mayor."),
    ]
    shelf = shelf_of(texts, None)
    all_found = found_by(shelf, by_words("mayor", EN, WORDS, PARAGRAPH_WORDS))
    both = {row: one[WORDS] + PARAGRAPH_SHARE * one[PARAGRAPH_WORDS] for row, one in all_found.items()}
    best = sorted(both, key=lambda row: -both[row])

    for limit in (1, 2, 3):
        assert found_by(shelf, by_words("mayor", EN, WORDS, PARAGRAPH_WORDS), limit=limit).keys() == {
            *best[:limit]
        }


def test_a_sentence_is_found_by_the_words_of_its_title() -> None:
    titled = [text("He was arrested.", title="Karim Massimov"), text("It rained.", title="Weather")]

    found = found_by(shelf_of(titled, None), by_words("massimov"))

    assert found.keys() == {0}
    assert found[0][WORDS] > 0
    assert found[0][PARAGRAPH_WORDS] > 0
    assert found[0][MEANINGS] > 0
    assert found[0][PIECES] == 0  # pieces of a title would find too much


@pytest.mark.parametrize(
    "question,sentence,signal",
    [
        ("massimovv", "Massimov is silent.", PIECES),  # a slip
        ("detained", "Police arrested a man.", MEANINGS),  # a synonym
        ("Масимов", "Massimov is silent.", MEANINGS),  # another script
        ("died in 2022", "In 2022 it rained.", MEANINGS),  # a number
    ],
)
def test_a_sentence_is_found_by_pieces_and_by_meanings_alone(
    question: str, sentence: str, signal: Signal
) -> None:
    shelf = shelf_of([text("It snowed."), text(sentence)], None)

    assert found_by(shelf, Query({signal: by_words(question).terms[signal]})).keys() == {1}
    assert found_by(shelf, Query({WORDS: by_words(question.split(maxsplit=1)[0]).terms[WORDS]})) == {}


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_each_way_of_searching_gives_no_more_than_the_limit(shelf: Shelf, limit: int) -> None:
    assert len(found_by(shelf, by_words("mayor silent bridge", EN, WORDS), limit=limit)) == limit
    assert len(found_by(shelf, Query({}, encode("bridge")), limit=limit)) == limit


@pytest.mark.parametrize("query", [Query({}), Query({WORDS: []}), by_words("unheard")])
def test_a_question_without_a_known_word_finds_nothing_by_words(shelf: Shelf, query: Query) -> None:
    assert found_by(shelf, query) == {}


def test_a_shelf_without_vectors_is_not_asked_for_any() -> None:
    found = found_by(shelf_of(TEXTS, None), Query(by_words("bridge").terms, encode("bridge")))

    assert found.keys() == {2}
    assert found[2].keys() == FIELDS.keys()


def test_a_passage_knows_where_its_word_pieces_are(shelf: Shelf) -> None:
    offsets = {}
    for one in TEXTS:
        place = shelf.place_of(one.id)
        assert place is not None
        offsets[one.id] = int(place["offset"])

    assert offsets == {one.id: 1000 * row for row, one in enumerate(TEXTS)}
    assert shelf_of(TEXTS, None).place_of(TEXTS[0].id) is None


def test_a_passage_that_is_not_on_the_shelf_has_no_word_pieces(shelf: Shelf) -> None:
    known = {one.id for one in TEXTS}
    strangers = {PassageId(0), PassageId(2**63 - 1), *(PassageId(one + 1) for one in known)} - known

    assert [shelf.place_of(one) for one in strangers] == [None] * len(strangers)


@pytest.mark.parametrize("with_vectors", [True, False])
def test_what_was_written_is_read(tmp_path: Path, *, with_vectors: bool) -> None:
    built = shelf_of(TEXTS, kept(vectors(TEXTS)) if with_vectors else None)
    built.write(tmp_path / EN)
    asked = Query(by_words("Who is silent?").terms, encode("Who is silent?"))

    read = Shelf.read(tmp_path / EN)

    assert read.language is EN
    assert found_by(read, asked) == found_by(built, asked)
    assert found_by(read, asked).keys() == ({0, 1, 2, 3} if with_vectors else {0, 1})
    assert (read.vectors is not None) is with_vectors
    for one in TEXTS:
        assert read.place_of(one.id) == built.place_of(one.id)


@pytest.mark.parametrize("content", [None, b"", b"\x93NUMPY", b"rubbish"])
@pytest.mark.parametrize("name", ["ids.npy", "paragraphs.npy", "paragraph_vectors.npy", "places.npy"])
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


def test_rules_grow_with_the_dictionaries_so_that_older_generations_are_rebuilt() -> None:
    files = sorted(file for file in LEXICON.glob("*.tsv") if not file.name.startswith("stems-"))
    content = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()

    # Where this fails, RULES must be greater than the number here; then write both down.
    assert (RULES, content) == (3, "d4ec7f4f7665c137083165929f56553481f356bb5cf9d1fd3ed9db17d4b2af7c")
