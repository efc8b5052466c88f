from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.languages import Language
from index.analysis import stem
from index.glosses import GLOSSED, Reading, can_read, entries, gloss, gloss_word, read_for, read_stems
from index.letters import fold_kazakh
from index.meanings import LEXICON

if TYPE_CHECKING:
    from collections.abc import Callable

EN, RU, KK, OTHER = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH, Language.OTHER

texts = st.text(st.sampled_from("Полицяздржлмэр Қасынү.,-«»0 5Tokaev\n’"), max_size=60) | st.text(max_size=60)


def speaks(*languages: Language) -> Callable[[Language], bool]:
    return lambda language: language in languages


@pytest.mark.parametrize(
    "text,language,english",
    [
        ("Полиция задержала мэра.", RU, "police detain mayor."),
        ("Кого арестовали в Алматы 5 января?", RU, "whom arrest in almaty 5 january?"),
        ("Полиция әкімді ұстады.", KK, "police mayor detained."),
        ("«Токаев» — 4,400 Reuters", RU, "«tokayev» — 4,400 reuters"),
        ("", RU, ""),
        ("***", KK, "***"),
    ],
)
def test_a_text_is_read_word_by_word_and_the_rest_stays(text: str, language: Language, english: str) -> None:
    assert gloss(text, language).text == english


def test_each_word_knows_the_characters_that_it_stands_for() -> None:
    text = "Вчера Масимов и полиция."
    read = gloss(text, RU)

    pairs = {read.text[a:b]: text[c:d] for a, b, c, d in read.spans}

    assert pairs == {"yesterday": "Вчера", "masimov": "Масимов", "and": "и", "police": "полиция"}


def test_characters_of_the_gloss_are_found_in_the_original() -> None:
    text = "полиция задержала мэра"
    read = gloss(text, RU)
    assert read.text == "police detain mayor"

    def behind(part: str) -> str:
        start = read.text.index(part)
        begin, end = read.original(start, start + len(part))
        return text[begin:end]

    assert behind("pol") == "полиция"
    assert behind("tain") == "задержала"
    assert behind("detain mayor") == "задержала мэра"
    assert behind("ice det") == "полиция задержала"
    assert behind(" ") == ""


def test_what_is_read_as_it_is_has_its_own_characters() -> None:
    assert Reading("police").original(2, 4) == (2, 4)


@given(texts, st.sampled_from(sorted(GLOSSED)))
def test_spans_are_in_order_and_never_outside(text: str, language: Language) -> None:
    read = gloss(text, language)

    last_here = last_there = 0
    for start, end, begin, stop in read.spans:
        assert last_here <= start < end <= len(read.text)
        assert last_there <= begin < stop <= len(text)
        last_here, last_there = end, stop
    outside = read.text
    for start, end, _, _ in reversed(read.spans):
        outside = outside[:start] + outside[end:]
    assert not any(letter.isalnum() for letter in outside), (
        "every word of the gloss stands for one of the text"
    )


@given(texts)
def test_any_characters_of_a_gloss_lead_into_the_text(text: str) -> None:
    read = gloss(text, RU)

    for start in range(len(read.text)):
        begin, end = read.original(start, start + 1)
        assert 0 <= begin <= end <= len(text)


@pytest.mark.parametrize(
    "word,language,english",
    [
        ("токаев", RU, "tokayev"),  # and not "тока", only
        ("назарбаевым", RU, "nazarbayev"),
        ("мәсімовпен", KK, "masimov"),
        ("казахстане", RU, "kazakhstan"),
        ("қазақстандағы", KK, "kazakhstan"),
        ("мыңға", KK, "thousand"),
        ("менялись", RU, "change"),
        ("полицией", RU, "police"),
        ("арестован", RU, "arrested"),
        ("reuters", RU, "reuters"),
        ("2022", KK, "2022"),
    ],
)
def test_a_word_is_read_in_english_whatever_its_form_and_a_name_in_latin_letters(
    word: str, language: Language, english: str
) -> None:
    assert gloss_word(word, language) == english


@pytest.mark.parametrize("word", ["үкімет", "қазақстан", "наразылық", "қаза", "көмек"])
def test_kazakh_typed_on_a_russian_keyboard_is_read_alike(word: str) -> None:
    assert gloss_word(fold_kazakh(word), KK) == gloss_word(word, KK)
    assert gloss_word(word, KK).isascii()


def test_a_form_that_the_dictionary_lists_is_read_as_such_on_a_russian_keyboard() -> None:
    assert gloss_word("кимди", KK) == gloss_word("кімди", KK) == gloss_word("кімді", KK) == "whom"
    assert gloss_word("ким", KK) == gloss_word("кім", KK) == "who"


def test_kazakh_in_latin_letters_is_read_too() -> None:
    assert gloss("qazaqstan ükimeti", KK).text == "kazakhstan government"


def test_a_kazakh_text_is_read_with_the_russian_dictionary_where_its_own_lacks_a_word() -> None:
    assert gloss_word("грабителей", KK) == gloss_word("грабителей", RU) == "robber"


@given(st.from_regex("[а-я]{1,12}", fullmatch=True))
def test_an_unknown_word_comes_out_in_latin_letters(word: str) -> None:
    assert not any("а" <= letter <= "я" for letter in gloss_word(word, RU))


@pytest.mark.parametrize(
    "language,spoken,read",
    [
        (EN, [EN], "Полиция Қазақстан"),
        (RU, [EN, RU], "Полиция Қазақстан"),
        (RU, [EN], gloss("Полиция Қазақстан", RU).text),
        (KK, [EN], "police kazakhstan"),
        (OTHER, [EN], None),
        (OTHER, [*Language], "Полиция Қазақстан"),
        (RU, [KK], None),
        (EN, [RU], None),
        (KK, [], None),
    ],
)
def test_a_model_reads_its_own_languages_as_they_are_and_others_through_english(
    language: Language, spoken: list[Language], read: str | None
) -> None:
    found = read_for("Полиция Қазақстан", language, speaks(*spoken))

    assert (None if found is None else found.text) == read
    assert can_read(language, speaks(*spoken)) is (read is not None)


@pytest.mark.parametrize("language", [EN, OTHER])
def test_languages_without_a_dictionary_are_read_as_they_are(language: Language) -> None:
    assert gloss("La police", language) == Reading("La police")


@pytest.mark.parametrize("language", sorted(GLOSSED))
def test_the_dictionaries_are_english_and_list_no_word_twice(language: Language) -> None:
    path = LEXICON / f"gloss-{language}.tsv"
    entries = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]

    assert len(entries) > 5_000
    assert all(len(entry) == 2 for entry in entries)
    assert all(word == word.strip().casefold() != "" for word, _ in entries)
    assert [english for _, english in entries if not english.isascii() or english != english.strip()] == []


def test_kazakh_stems_that_are_kept_are_those_of_the_stemmer() -> None:
    # Where this fails: python training/stems.py
    assert read_stems(KK) == {word: stem(word, KK) for word, _ in entries(KK)}


def test_languages_whose_words_are_stemmed_quickly_keep_none() -> None:
    assert read_stems(RU) == {}
