from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.languages import Language
from corpus.stored import PassageId, PassageText
from index.analysis import analyse, pieces
from index.fields import FIELDS
from index.fusion import Profile
from index.glosses import Reading, gloss
from index.matching import read_words
from index.meanings import meanings
from index.question import PUNCTUATION, SHARED, SPOKEN, STOP_WORD, AskedQuestion, read_question
from index.signals import Signal
from index.tokens import PLACE
from tests.fakes.encoder import FakeEncoder, encode, vector
from tests.fakes.shelves import Kept, shelf_of

if TYPE_CHECKING:
    from index.encoder import SentenceEncoder
    from index.shelves import Shelf

EN, RU, KK, OTHER = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH, Language.OTHER
WORDS = Signal.WORDS


def shelf(language: Language, *sentences: str, with_vectors: bool = True) -> Shelf:
    texts = [
        PassageText(PassageId(number), language, "", sentence, sentence)
        for number, sentence in enumerate(sentences)
    ]
    kept = Kept(np.array([vector(one) for one in sentences]), np.zeros(len(sentences), dtype=PLACE))
    return shelf_of(texts, kept if with_vectors else None)


ENGLISH = shelf(EN, "Police arrested Karim Massimov.", "Police closed the bridge.", "Nazarbayev is silent.")
RUSSIAN = shelf(RU, "Полиция задержала мэра.", "Назарбаев молчит.")
WITHOUT = shelf(EN, "Police arrested Karim Massimov.", with_vectors=False)


def read(
    text: str, language: Language, *shelves: Shelf, speaks: frozenset[Language] = frozenset({EN})
) -> AskedQuestion:
    found = {one.language: one for one in shelves}
    return read_question(text, language, found, FakeEncoder(languages=speaks))


def test_a_question_is_read_as_articles_are_and_any_word_may_be_a_name() -> None:
    text = "who arrested massimov"

    asked = read(text, EN, ENGLISH, speaks=frozenset())

    assert (asked.text, asked.language) == (text, EN)
    assert list(asked.words) == read_words(text, EN)
    assert asked.terms == {
        WORDS: analyse(text, EN),
        Signal.PARAGRAPH_WORDS: analyse(text, EN),
        Signal.PIECES: pieces(text, EN),
        Signal.MEANINGS: ["arrest_detain", "=masimov"],
        Signal.PARAGRAPH_MEANINGS: ["arrest_detain", "=masimov"],
    }
    assert asked.terms[Signal.MEANINGS] == meanings(text, EN, is_question=True) != meanings(text, EN)


@pytest.mark.parametrize(
    "language,speaks,profile,as_it_is_read",
    [
        (EN, {EN}, Profile.VECTORS, "кого арестовали?"),
        (RU, {RU}, Profile.VECTORS, "кого арестовали?"),
        (RU, {EN}, Profile.GLOSSES, gloss("кого арестовали?", RU).text),
        (RU, {KK}, Profile.WORDS, None),
        (OTHER, {EN}, Profile.WORDS, None),
        (OTHER, set(Language), Profile.VECTORS, "кого арестовали?"),
    ],
)
def test_a_model_reads_a_question_as_it_reads_articles(
    language: Language, speaks: set[Language], profile: Profile, as_it_is_read: str | None
) -> None:
    asked = read("кого арестовали?", language, ENGLISH, speaks=frozenset(speaks))

    assert asked.profile is profile
    if as_it_is_read is None:
        assert (asked.reading, asked.encoded, asked.piece_weights.tolist()) == (None, None, [])
    else:
        assert asked.reading is not None
        assert asked.encoded is not None
        assert asked.reading.text == as_it_is_read
        assert asked.encoded.vector.tolist() == encode(as_it_is_read).vector.tolist()
    assert asked.as_read("Мост.", RU) == (
        gloss("Мост.", RU) if EN in speaks - {RU} and RU not in speaks else Reading("Мост.")
    )


def test_no_model_is_asked_where_nothing_has_a_vector() -> None:
    encoder = FakeEncoder()

    asked = read_question("who was arrested", EN, {EN: WITHOUT}, encoder)

    assert (encoder.asked, asked.encoded, asked.profile) == ([], None, Profile.WORDS)
    assert read_question("who was arrested", EN, {}, encoder).encoded is None


def test_a_gloss_is_what_the_model_is_asked() -> None:
    encoder = FakeEncoder(languages=frozenset({EN}))

    read_question("кого арестовали", RU, {RU: RUSSIAN}, encoder)

    assert encoder.asked == ["whom arrest?"]


@pytest.mark.parametrize(
    "typed", ["who was arrested", "who was arrested?", "who was arrested ?!", "who was arrested..."]
)
def test_whether_the_mark_is_typed_makes_no_difference_to_a_model(typed: str) -> None:
    encoder = FakeEncoder()

    asked = read_question(typed, EN, {EN: ENGLISH}, encoder)

    assert encoder.asked == ["who was arrested?"]
    assert (asked.text, asked.meant) == (typed, "who was arrested?")


def test_on_its_own_shelf_all_of_it_is_compared_and_on_others_what_languages_share() -> None:
    asked = read("кого арестовали", RU, ENGLISH, RUSSIAN)

    assert asked.query(RU) == (asked.terms, asked.encoded)
    assert asked.query(EN).terms == {signal: asked.terms[signal] for signal in SHARED}
    assert asked.query(EN).encoded is asked.encoded
    assert asked.query(EN).terms.keys() == {Signal.MEANINGS, Signal.PARAGRAPH_MEANINGS}


@pytest.mark.parametrize(
    "typed,stem,sound",
    [
        ("masimov", "massimov", "=masimov"),
        ("Massmiov", "massimov", "=masimov"),
        ("nazarbaev", "nazarbayev", "=nazarbev"),
        ("nazabayev", "nazarbayev", "=nazarbev"),
    ],
)
def test_a_slip_is_mended_by_the_words_of_the_articles(typed: str, stem: str, sound: str) -> None:
    asked = read(f"where is {typed}", EN, ENGLISH, RUSSIAN)

    assert asked.terms[WORDS] == [stem]
    assert asked.terms[Signal.MEANINGS] == [sound]
    assert asked.text == f"where is {typed}"
    assert [asked.text[word.span.start : word.span.end] for word in asked.words] == [typed]


def test_a_word_of_no_article_stays_and_a_known_one_is_never_mended() -> None:
    assert read("quantum entanglement", EN, ENGLISH).terms[WORDS] == ["quantum", "entangl"]
    assert read("massimov", EN, ENGLISH).terms[WORDS] == ["massimov"]


def test_where_its_language_has_no_article_a_question_is_mended_by_those_of_others() -> None:
    asked = read("где Назарбаеф", RU, ENGLISH)

    assert asked.terms[Signal.MEANINGS] == ["=nazarbev"]


def test_each_word_piece_counts_as_much_as_its_word_is_rare() -> None:
    asked = read("who closed the – bridge?", EN, ENGLISH)
    idf = ENGLISH.fields[WORDS].idf

    assert asked.piece_weights.tolist() == pytest.approx(
        [STOP_WORD, idf("close"), STOP_WORD, PUNCTUATION, idf("bridg")]
    )
    assert idf("unheard") > idf("bridg") > idf("polic")


def test_word_pieces_of_a_gloss_count_as_the_words_that_they_stand_for() -> None:
    asked = read("кого задержала полиция", RU, RUSSIAN)
    assert asked.reading is not None
    idf = RUSSIAN.fields[WORDS].idf

    assert len(asked.reading.text.split()) == 3
    assert asked.piece_weights.tolist() == pytest.approx([STOP_WORD, idf("задержа"), idf("полиц")])


def test_in_a_language_without_articles_all_words_are_as_rare() -> None:
    asked = read("кого задержала полиция", RU, ENGLISH)

    assert asked.piece_weights.tolist() == [STOP_WORD, 1.0, 1.0]


@given(st.text(min_size=1, max_size=80), st.sampled_from(Language))
def test_any_question_is_read(text: str, language: Language) -> None:
    asked = read(text, language, ENGLISH, RUSSIAN)

    assert asked.terms.keys() == (
        FIELDS.keys() if asked.profile is not Profile.VECTORS else {*SPOKEN, *SHARED}
    )
    assert (asked.encoded is None) is (language is OTHER)
    if asked.encoded is not None:
        assert len(asked.piece_weights) == len(asked.encoded.tokens)
        assert (asked.piece_weights > 0).all()


@pytest.mark.slow
def test_a_model_reads_what_was_meant(real_encoder: SentenceEncoder) -> None:
    shelves = {EN: ENGLISH}

    asked = read_question("who arrested Masimovv?", EN, shelves, real_encoder)
    right = read_question("who arrested massimov?", EN, shelves, real_encoder)

    assert (asked.text, asked.meant) == ("who arrested Masimovv?", "who arrested massimov?")
    assert asked.encoded is not None
    assert right.encoded is not None
    assert np.allclose(asked.encoded.vector, right.encoded.vector)
    assert [asked.text[word.span.start : word.span.end] for word in asked.words] == ["arrested", "Masimovv"]
    assert right.meant == right.text


@pytest.mark.slow
@pytest.mark.parametrize(
    "typed,is_guess",
    [
        ("who arrested Masimovv?", True),
        ("when did nazarbayav fall silent", True),
        ("who arested Massimov?", False),  # a word that the model knows
        ("who arrested Massimov?", False),
        ("who arrested Kasparov?", False),
    ],
)
def test_a_mended_name_may_be_another_one(
    real_encoder: SentenceEncoder, typed: str, *, is_guess: bool
) -> None:
    assert read_question(typed, EN, {EN: ENGLISH}, real_encoder).is_guess is is_guess


@pytest.mark.slow
@pytest.mark.parametrize(
    "text,names",
    [
        ("when did bakhtiyarov die", ["bakhtiyarov"]),  # nobody types capitals in a chat
        ("when did Bakhtiyarov die", ["Bakhtiyarov"]),
        ("when did the police die", []),
        ("Who detained the zhanaozenites of Almaty?", ["Almaty"]),  # here somebody does
    ],
)
def test_where_no_capital_is_typed_a_strange_word_is_a_name(
    real_encoder: SentenceEncoder, text: str, names: list[str]
) -> None:
    asked = read_question(text, EN, {EN: ENGLISH}, real_encoder)

    assert [text[word.span.start : word.span.end] for word in asked.words if word.is_name] == names


def test_where_no_capital_is_typed_what_the_dictionary_lacks_is_a_name() -> None:
    text = "кого арестовал бахтияров"

    asked = read(text, RU, RUSSIAN)

    assert [text[word.span.start : word.span.end] for word in asked.words if word.is_name] == ["бахтияров"]


def test_a_mended_word_counts_as_much_as_the_word_that_was_meant() -> None:
    typed, right = (read(f"{word} арестован", RU, RUSSIAN) for word in ("полицея", "полиция"))

    assert [word.stem for word in typed.words] == [word.stem for word in right.words]
    assert typed.piece_weights.tolist() == right.piece_weights.tolist()


def test_a_question_in_latin_letters_is_read_in_cyrillic_but_for_names_that_its_articles_write_so() -> None:
    shelved = shelf(RU, "NetBlocks следит за интернетом.", "Полиция молчит.")

    asked = read("chto soobshil netblocks o policii", RU, shelved)

    assert asked.text == "что сообщил netblocks о полиции"
    typed = "chto soobshil netblocks o policii"
    assert [typed[word.span.start : word.span.end] for word in asked.words] == [
        "soobshil",
        "netblocks",
        "policii",
    ]
