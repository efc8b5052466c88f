"""Questions in Latin letters, put into those of their language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.languages import Language
from index.scripts import in_cyrillic

RU, KK = Language.RUSSIAN, Language.KAZAKH


@pytest.mark.parametrize(
    "typed,russian",
    [
        ("skolko chelovek pogiblo v almaty?", "сколько человек погибло в алматы?"),
        ("skol'ko soldat ODKB priehalo", "сколько солдат ОДКБ приехало"),
        ("pochemu nachalis protesty", "почему начались протесты"),
        ("kto takoj Masimov", "кто такой Масимов"),
        ("kto takoy Massimov", "кто такой Массимов"),
        ("zachem priehali rossijskie vojska", "зачем приехали российские войска"),
        ("do kogda komendantskiy chas", "до когда комендантский час"),
        ("eto pravda chto ministr uekhal", "это правда что министр уехал"),
        ("chto proizoshlo 5 yanvarya", "что произошло 5 января"),
        ("gde bolnica", "где больница"),
        ("kto premier", "кто премьер"),
    ],
)
def test_russian_in_latin_letters_is_spelt_as_the_dictionary_has_it(typed: str, russian: str) -> None:
    assert in_cyrillic(typed, RU).text == russian


def test_kazakh_in_latin_letters_keeps_its_capitals() -> None:
    assert in_cyrillic("Toqaev qamauǵa alyndy ma?", KK).text == "Тоқаев қамауға алынды ма?"


def test_each_word_knows_where_it_was_typed() -> None:
    typed = "gde sejchas  Tokaev?"

    read = in_cyrillic(typed, RU)

    assert read.text == "где сейчас  Токаев?"
    assert [typed[slice(*read.original(*span[:2]))] for span in read.spans] == ["gde", "sejchas", "Tokaev"]


def test_a_name_that_articles_write_in_latin_letters_is_left_so() -> None:
    assert in_cyrillic("chto skazal NetBlocks", RU, "NetBlocks".__eq__).text == "что сказал NetBlocks"


@pytest.mark.parametrize(
    "text,language",
    [
        ("kto eto", Language.ENGLISH),
        ("kto это", RU),
        ("кто такой massimov", RU),
        ("кім бұл", KK),
        ("", RU),
        ("225?", RU),
    ],
)
def test_other_questions_are_left_as_they_are(text: str, language: Language) -> None:
    assert in_cyrillic(text, language).text == text


@given(st.text(), st.sampled_from(list(Language)))
def test_any_text_can_be_read_and_every_word_has_its_place(text: str, language: Language) -> None:
    read = in_cyrillic(text, language)

    for start, end, begin, stop in read.spans:
        assert 0 <= start < end <= len(read.text)
        assert 0 <= begin < stop <= len(text)
