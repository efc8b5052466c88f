from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.languages import Language
from index.analysis import (
    PIECE,
    STOP_WORDS,
    analyse,
    is_stop_word,
    pieces,
    stem,
    telling_words,
    words_of,
)
from index.letters import fold_kazakh, normalise

EN, RU, KK = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH


@pytest.mark.parametrize(
    "text,language,terms",
    [
        ("Who was arrested?", EN, ["arrest"]),
        ("The police's Arrests", EN, ["polic", "arrest"]),
        ("4,400 people", EN, ["4400", "peopl"]),
        ("magnitude 4.3", EN, ["magnitud", "4.3"]),
        ("Кого арестовали?", RU, ["арестова"]),
        ("ёлка и Ёлка", RU, ["елк", "елк"]),
        ("за́мок", RU, ["замок"]),
        ("Reuters сообщает", RU, ["reuter", "сообща"]),
        ("әкімді ұстады", KK, ["аким", "уста"]),
        ("акимди устады", KK, ["аким", "уста"]),
        ("äkimdi ūstady", KK, ["аким", "уста"]),
        ("су", KK, ["су"]),
        ("NATO мәлімдеді", KK, ["nato", "малим"]),
        ("Nazarbaïev’s", EN, ["nazarbaiev"]),
        ("Tокаев", RU, ["тока"]),
        ("Élysée", Language.OTHER, ["elyse"]),
        ("10.000 und 3,5", Language.OTHER, ["10000", "und", "3,5"]),
        ("ＮＡＴＯ", EN, ["nato"]),
        ("", EN, []),
        ("***", EN, []),
    ],
)
def test_a_text_becomes_terms(text: str, language: Language, terms: list[str]) -> None:
    assert analyse(text, language) == terms


def test_a_text_of_stop_words_alone_keeps_them() -> None:
    assert analyse("who is it", EN) == ["who", "is", "it"]
    assert telling_words("кто это", RU) == ["кто", "это"]
    assert telling_words("кто арестован", RU) == ["арестован"]


@pytest.mark.parametrize("word", ["қайда", "кайда", "туралы", "кім", "ким"])
def test_stop_words_are_known_on_a_russian_keyboard(word: str) -> None:
    assert is_stop_word(word, KK)


@pytest.mark.parametrize(
    "text,found",
    [
        ("кімді ұстады", ["_кім", "кімд", "імді", "мді_", "_ұст", "ұста", "стад", "тады", "ады_"]),
        ("су", ["_су_"]),
        ("ә", ["_ә_"]),
        ("", []),
    ],
)
def test_words_fall_into_pieces_that_overlap(text: str, found: list[str]) -> None:
    assert pieces(text, KK) == [fold_kazakh(piece) for piece in found]


def test_a_slip_and_an_ending_leave_most_pieces_of_a_word() -> None:
    assert len({*pieces("masimovv", EN)} & {*pieces("Masimov's", EN)}) == 5
    assert len({*pieces("протестующих", RU)} & {*pieces("протесты", RU)}) == 5


@pytest.mark.parametrize("form", ["арестован", "Арестованы", "арестованного"])
def test_forms_of_a_russian_word_meet(form: str) -> None:
    assert analyse(form, RU) == ["арестова"]


def test_stop_words_are_written_as_analysis_writes_words() -> None:
    for words in STOP_WORDS.values():
        assert all(word == normalise(word) for word in words)


@given(st.text(), st.sampled_from(Language))
def test_no_text_fails_or_gives_an_empty_term(text: str, language: Language) -> None:
    assert all(words_of(text, language))
    assert all(analyse(text, language))
    assert all(pieces(text, language))


@given(st.text("абвгәқұ", min_size=1, max_size=12))
def test_pieces_of_a_word_put_together_are_the_word(word: str) -> None:
    found = pieces(word, KK)

    assert found[0] + "".join(piece[-1] for piece in found[1:]) == f"_{fold_kazakh(word)}_"
    assert all(len(piece) <= PIECE for piece in found)


@given(st.text("абвгдежзийклмнопрстуфхцчшщыьэюяәғқңөұүһі", min_size=1, max_size=12))
def test_a_kazakh_word_has_one_stem_on_either_keyboard(word: str) -> None:
    (normal,) = words_of(word, KK)

    assert stem(normal, KK) == stem(fold_kazakh(normal), KK)


@pytest.mark.parametrize("language", Language)
def test_words_are_those_that_are_marked(language: Language) -> None:
    text = "Ёлка, don't 4,400-ға «Reuters» Nazarbaïev’s"

    assert len(words_of(text, language)) == 6


def test_many_threads_stem_alike() -> None:
    texts = [f"arrested{number} arresting{number} {number} задержанные{number}" for number in range(500)]
    alone = [analyse(text, RU) for text in texts]

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda text: analyse(text, RU), texts)) == alone
