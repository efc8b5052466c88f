from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.languages import Language
from corpus.passages import Span
from index.letters import fold_kazakh
from index.matching import Word, Words, found_share, matches, read_words

EN, RU, KK, OTHER = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH, Language.OTHER


def one(_stem: str) -> float:
    return 1.0


def word(text: str, language: Language) -> Word:
    (found,) = read_words(text, language)
    return found


def meets(first: str, language: Language, second: str, other: Language) -> bool:
    """Say whether two words meet; whichever is asked for must make no difference."""
    a, b = word(first, language), word(second, other)
    same = language is other
    there = bool(Words([b]).met_by(a, same_language=same))
    assert there is bool(Words([a]).met_by(b, same_language=same))
    return there


def met(question: str, sentence: str, language: Language, other: Language | None = None) -> list[list[str]]:
    """Return the words of a sentence that each telling word of a question meets, as they are written."""
    other = other or language
    words = read_words(sentence, other)
    found = matches(read_words(question, language), Words(words), same_language=other is language)
    return [[sentence[words[n].span.start : words[n].span.end] for n in some] for some in found]


def share(question: str, sentence: str, language: Language, other: Language | None = None) -> float:
    asked, words = read_words(question, language), read_words(sentence, other or language)
    same = (other or language) is language
    return found_share(asked, matches(asked, Words(words), same_language=same), one)


def test_telling_words_are_read_with_all_by_which_they_are_recognised() -> None:
    assert read_words("Who arrested Massimov, on 8 January?", EN) == [
        Word(Span(4, 12), "arrest", frozenset({"arrest_detain"}), "", is_number=False),
        Word(Span(13, 21), "massimov", frozenset(), "masimov", is_number=False, is_name=True, last_vowel=""),
        Word(Span(26, 27), "8", frozenset(), "", is_number=True, is_name=True),
        Word(Span(28, 35), "januari", frozenset({"month_january"}), "", is_number=False, is_name=True),
    ]


@pytest.mark.parametrize(
    "text,language,names",
    [
        ("was Massimov arrested in almaty on 5 January", EN, ["Massimov", "almaty", "5", "January"]),
        ("Massimov spoke", EN, []),  # any text begins with a capital letter
        ("the Police and the President", EN, []),  # known words are no names
        ("был ли Масимов в Алматы в январе", RU, ["Масимов", "Алматы", "январе"]),
        ("Қаңтарда Тоқаев не деді", KK, ["Қаңтарда", "Тоқаев"]),
        ("who was arrested", EN, []),
    ],
)
def test_names_are_numbers_places_months_and_unknown_words_with_a_capital_letter(
    text: str, language: Language, names: list[str]
) -> None:
    assert [text[one.span.start : one.span.end] for one in read_words(text, language) if one.is_name] == names


@given(st.text(), st.sampled_from(Language))
def test_spans_are_those_of_words_in_order(text: str, language: Language) -> None:
    last = 0
    for found in read_words(text, language):
        assert last <= found.span.start < found.span.end <= len(text)
        assert any(letter.isalnum() or letter == "_" for letter in text[found.span.start : found.span.end])
        last = found.span.end


@pytest.mark.parametrize(
    "first,second,language",
    [
        ("arrested", "arrests", EN),  # forms
        ("арестовали", "арестованы", RU),
        ("протест", "протестующих", RU),  # one begins like the other
        ("үкімет", "үкіметтің", KK),
        ("укимети", "үкіметтің", KK),  # without Kazakh letters
        ("detained", "arrested", EN),  # other words
        ("задержали", "повязали", RU),
        ("қамады", "ұстады", KK),
        ("Masimovv", "Massimov", EN),  # slips in a name
        ("Tokaev", "Tokayev", EN),
        ("Nazarbaev", "Nazarbayev", EN),
        ("Shiogu", "Shoigu", EN),
        ("парламант", "парламент", RU),  # and in a word
        ("Tокаев", "Токаева", RU),  # mixed scripts
        ("4,400", "4400", EN),
        ("4400", "4.400", KK),
    ],
)
def test_forms_synonyms_and_spellings_of_a_word_meet(first: str, second: str, language: Language) -> None:
    assert meets(first, language, second, language)


@pytest.mark.parametrize(
    "first,second,language",
    [
        ("January", "February", EN),
        ("Tokayev", "Nazarbayev", EN),
        ("released", "arrested", EN),
        ("5", "50", EN),
        ("2021", "2022", EN),
        ("4400", "4401", EN),
        ("мост", "рост", RU),  # short
        ("стрелять", "гулять", RU),
        ("қала", "бала", KK),
    ],
)
def test_different_words_do_not_meet(first: str, second: str, language: Language) -> None:
    assert not meets(first, language, second, language)


@pytest.mark.parametrize(
    "first,language,second,other",
    [
        ("detained", EN, "задержаны", RU),
        ("detained", EN, "ұсталды", KK),
        ("задержали", RU, "қамады", KK),
        ("Massimov", EN, "Масимовым", RU),
        ("Massimov", EN, "Мәсімовпен", KK),
        ("Nazarbaïev", OTHER, "Назарбаевқа", KK),
        ("Nazarbaev", EN, "Назарбаеву", RU),
        ("2022", EN, "2022", KK),
        ("4,400", EN, "4400", RU),
    ],
)
def test_words_of_two_languages_meet_by_meaning_sound_and_number(
    first: str, language: Language, second: str, other: Language
) -> None:
    assert meets(first, language, second, other)


@pytest.mark.parametrize(
    "first,language,second,other",
    [
        ("parlament", OTHER, "parlement", EN),  # slips are forgiven in one language only
        ("bridge", EN, "bridges", OTHER),
        ("detained", EN, "освобождены", RU),
        ("2021", EN, "2022", RU),
    ],
)
def test_words_of_two_languages_that_are_only_written_alike_do_not_meet(
    first: str, language: Language, second: str, other: Language
) -> None:
    assert not meets(first, language, second, other)


def test_each_word_of_a_question_tells_where_it_was_met() -> None:
    assert met("Who detained Masimov in January?", "Police arrested Karim Massimov on 8 January.", EN) == [
        ["arrested"],
        ["Massimov"],
        ["January"],
    ]
    assert met("кого задержали", "Police arrested the mayor.", RU, EN) == [["arrested"]]
    assert met("who was released", "Police arrested the mayor.", EN) == [[]]


def test_kazakh_without_its_letters_meets_kazakh_with_them() -> None:
    question, sentence = (
        "қазақстан үкіметі қашан отставкаға кетті",
        "Қазақстан үкіметі 5 қаңтарда отставкаға кетті.",
    )

    assert met(fold_kazakh(question), sentence, KK) == met(question, sentence, KK)
    assert met(question, sentence, KK) == [["Қазақстан"], ["үкіметі"], ["отставкаға"], ["кетті"]]


def test_the_share_counts_rare_words_more() -> None:
    question = read_words("was Massimov arrested", EN)
    rarity = {"massimov": 3.0, "arrest": 1.0}

    assert found_share(question, [[0], []], rarity.__getitem__) == 0.75
    assert found_share(question, [[], [0, 4]], rarity.__getitem__) == 0.25
    assert found_share(question, [[0], [1]], rarity.__getitem__) == 1.0


def test_a_question_without_telling_words_is_not_found() -> None:
    assert read_words("who is it", EN) == []
    assert found_share([], [], one) == 0.0
    assert share("who is it", "He is it.", EN) == 0.0


def test_words_of_which_none_counts_are_not_found() -> None:
    question = read_words("arrested", EN)

    assert found_share(question, [[0]], lambda _: 0.0) == 0.0


@given(st.text(), st.text(), st.sampled_from(Language), st.sampled_from(Language))
def test_the_share_is_between_0_and_1(question: str, sentence: str, one: Language, other: Language) -> None:
    assert 0 <= share(question, sentence, one, other) <= 1


@given(st.text(), st.text(), st.text(), st.sampled_from(Language))
def test_more_words_never_hold_less(question: str, sentence: str, more: str, language: Language) -> None:
    asked, words, others = (read_words(text, language) for text in (question, sentence, more))

    before = matches(asked, Words(words), same_language=True)
    after = matches(asked, Words([*words, *others]), same_language=True)

    assert found_share(asked, after, one) >= found_share(asked, before, one)


@given(st.text(st.characters(categories=["L", "N", "Zs"]), min_size=1), st.sampled_from(Language))
def test_a_text_holds_all_its_own_words(text: str, language: Language) -> None:
    if read_words(text, language):
        assert share(text, text, language) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "asked,told",
    [
        ("about Karimov", "Islam Kasimov died."),
        ("about Karimova", "Islam Karimov died."),
        ("about Kerimov", "Islam Karimov died."),
        ("about Karimov", "Gulnara Karimova died."),
        ("about Niger", "Nigeria votes."),
        ("about Johnson", "Boris Johnston spoke."),
        ("about Anderson", "Pamela Andersen spoke."),
        ("about Nazarbayeva", "Nursultan Nazarbayev resigned."),
    ],
)
def test_a_name_is_not_met_by_another_one_however_alike(asked: str, told: str) -> None:
    assert met(asked, told, EN) == [[]]


@pytest.mark.parametrize(
    "asked,told,language",
    [
        ("about Nazarbaev", "Nursultan Nazarbayev resigned.", EN),
        ("about Nazarbaïev’s", "Nursultan Nazarbayev resigned.", EN),
        ("о Каримове", "Ислам Каримов умер.", RU),
        ("Кәрімовке", "Ислам Каримов қайтыс болды.", KK),
    ],
)
def test_a_name_is_met_by_its_spellings_and_forms(asked: str, told: str, language: Language) -> None:
    assert any(met(asked, told, language))


@pytest.mark.parametrize(
    "text,language,words",
    [
        ("В школе № 175 погибли", RU, ["школе", "175", "погибли"]),
        ("школа №175", RU, ["школа", "175"]),
        ("за\u0301мке сгорел про\u00adтест", RU, ["за\u0301мке", "сгорел", "про\u00adтест"]),
        ("Nazarbayev`s 5℃ frost", EN, ["Nazarbayev`s", "5", "frost"]),
        ("a strike of 1½ days", EN, ["strike", "1½", "days"]),
    ],
)
def test_no_character_hides_the_words_of_a_text(text: str, language: Language, words: list[str]) -> None:
    assert [text[w.span.start : w.span.end] for w in read_words(text, language)] == words


def test_a_word_is_recognised_whatever_is_written_into_it() -> None:
    (plain,) = read_words("протест", RU)
    (marked,) = read_words("про\u00adте\u0301ст", RU)

    assert (marked.stem, marked.concepts, marked.span) == (plain.stem, plain.concepts, Span(0, 9))
