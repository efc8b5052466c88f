from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.languages import Language
from index.analysis import KAZAKH_PIECE, STOP_WORDS, analyse, analyse_words

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
        ("әкімді ұстады", KK, ["_әкі", "әкім", "кімд", "імді", "_ұст", "ұста", "стад", "тады"]),
        ("су", KK, ["_су"]),
        ("Élysée", Language.OTHER, ["élysée"]),
        ("ＮＡＴＯ", EN, ["nato"]),
        ("", EN, []),
        ("***", EN, []),
    ],
)
def test_a_text_becomes_terms(text: str, language: Language, terms: list[str]) -> None:
    assert analyse(text, language) == terms


def test_a_text_of_stop_words_alone_keeps_them() -> None:
    assert analyse("who is it", EN) == ["who", "is", "it"]
    assert analyse_words("кто это", RU) == [("кто",), ("эт",)]


@pytest.mark.parametrize("form", ["арестован", "Арестованы", "арестованного"])
def test_forms_of_a_russian_word_meet(form: str) -> None:
    assert analyse(form, RU) == ["арестова"]


def test_stop_words_are_written_as_analysis_writes_words() -> None:
    for words in STOP_WORDS.values():
        assert all(word == word.casefold().replace("ё", "е") for word in words)


@given(st.text(), st.sampled_from(Language))
def test_no_text_fails_or_gives_an_empty_term(text: str, language: Language) -> None:
    words = analyse_words(text, language)

    assert all(words)
    assert all(term for word in words for term in word)
    assert analyse(text, language) == [term for word in words for term in word]


@given(st.text("абвгәқұ", min_size=1, max_size=12))
def test_pieces_of_a_kazakh_word_put_together_are_the_word(word: str) -> None:
    pieces = [analyse_words(word, KK)[0]] if word not in STOP_WORDS[KK] else []

    for found in pieces:
        whole = found[0] + "".join(piece[-1] for piece in found[1:])
        assert whole == f"_{word}"
        assert all(len(piece) <= KAZAKH_PIECE for piece in found)


def test_many_threads_stem_alike() -> None:
    texts = [f"arrested{number} arresting{number} {number} задержанные{number}" for number in range(500)]
    alone = [analyse(text, RU) for text in texts]

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda text: analyse(text, RU), texts)) == alone
