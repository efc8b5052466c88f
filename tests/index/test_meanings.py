from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.languages import Language
from index.letters import fold_kazakh, normalise
from index.meanings import COLUMNS, LEXICON, concepts, meanings, read_concepts

EN, RU, KK, OTHER = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH, Language.OTHER

LINES = [line.split("\t") for line in (LEXICON / "concepts.tsv").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    "text,language,found",
    [
        (
            "Who arrested Karim Massimov on 8 January 2022?",
            EN,
            ["arrest_detain", "=karim", "=masimov", "8", "month_january", "2022"],
        ),
        ("Кого задержали в Алматы 5 января?", RU, ["arrest_detain", "place_almaty", "5", "month_january"]),
        ("Назарбаевқа қамады Тоқаев", KK, ["=nazarbev", "arrest_detain", "=tokev"]),
        ("4,400 or 4400", EN, ["4400", "4400"]),
        ("Nursultan-Nazarbayev", EN, ["=nursultan", "=nazarbev"]),
        ("The mayor of the old bridge.", EN, ["governor_mayor"]),
        ("He is at it", EN, []),
        ("", EN, []),
        ("***", KK, []),
    ],
)
def test_a_text_speaks_of_concepts_names_and_numbers(text: str, language: Language, found: list[str]) -> None:
    assert meanings(text, language) == found


@pytest.mark.parametrize(
    "english,russian,kazakh",
    [
        ("detained", "повязали", "қамады"),
        ("killed", "убили", "өлтірді"),
        ("police", "менты", "полиция"),
        ("wounded", "раненых", "жараланғандар"),
    ],
)
def test_words_of_three_languages_are_one_concept(english: str, russian: str, kazakh: str) -> None:
    assert concepts(english, EN) == concepts(russian, RU) == concepts(kazakh, KK) != ()


def test_a_kazakh_text_may_use_russian_words_and_all_may_use_english_ones() -> None:
    assert concepts("полицейские", KK) == concepts("police", EN)
    assert (
        concepts("police", RU)
        == concepts("police", KK)
        == concepts("police", OTHER)
        == concepts("police", EN)
    )
    assert concepts("қамады", RU) == ()


@pytest.mark.parametrize(
    "spellings",
    [
        {
            "Nazarbayev": EN,
            "Nazarbaev": EN,
            "Nazarbaïev": OTHER,
            "Назарбаева": RU,
            "Назарбаевқа": KK,
            "Hазарбаев": RU,
        },
        {"Tokayev": EN, "Tokaev": EN, "Токаеву": RU, "Tокаев": RU, "Тоқаевтың": KK, "Токаевтын": KK},
        {"Massimov": EN, "Masimovv": EN, "Масимовым": RU, "Мәсімовпен": KK, "Масимовпен": KK},
    ],
)
def test_a_name_in_any_spelling_is_one_meaning(spellings: dict[str, Language]) -> None:
    found = {tuple(meanings(spelling, language)) for spelling, language in spellings.items()}

    assert len(found) == 1
    assert len(*found) == 1


def test_in_articles_names_have_capital_letters_and_in_questions_they_need_none() -> None:
    assert meanings("shalabayev is silent", EN) == []
    assert meanings("Shalabayev is silent", EN) == ["=calabev"]
    assert meanings("what of shalabayev", EN, is_question=True) == meanings("what of Shalabayev", EN)


def test_short_words_are_no_names() -> None:
    assert meanings("Lee Wu Kim", EN) == []


def test_normalisation_that_joins_words_loses_no_meaning() -> None:
    assert meanings("½Massimov Nazarbayev", EN, is_question=True)[-1] == "=nazarbev"


@given(st.text(), st.sampled_from(Language), st.sampled_from(["as a question", "as an article"]))
def test_no_text_fails_or_gives_an_empty_meaning(text: str, language: Language, read: str) -> None:
    found = meanings(text, language, is_question=read == "as a question")

    assert all(found)
    assert "=" not in found


@pytest.mark.parametrize("word", ["қамады", "үкіметі", "наразылықтар", "қарулы"])
def test_kazakh_typed_without_its_letters_means_the_same(word: str) -> None:
    assert concepts(fold_kazakh(word), KK) == concepts(word, KK) != ()


def test_each_line_of_the_lexicon_has_words_in_three_languages() -> None:
    for concept, *columns in LINES:
        assert len(columns) == len(COLUMNS), concept
        assert concept == concept.casefold().strip() != ""
        assert not concept.startswith("="), "that is how names are told from concepts"
        for language, words in zip(COLUMNS, columns, strict=True):
            assert words.split(), f"{concept} has no word in {language}"
            for word in words.split():
                assert concept in concepts(normalise(word), language), word


def test_each_concept_stands_once_and_few_words_mean_several() -> None:
    names = [line[0] for line in LINES]
    assert len(set(names)) == len(names)

    several = {key: found for key, found in read_concepts().items() if len(found) > 1}
    assert len(several) / len(read_concepts()) < 0.02


def test_no_two_concepts_share_all_their_words() -> None:
    of: dict[str, set[tuple[Language, str]]] = {}
    for key, found in read_concepts().items():
        for concept in found:
            of.setdefault(concept, set()).add(key)

    assert all(one != other for one, other in combinations(of.values(), 2))
