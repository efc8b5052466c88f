from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.languages import Language
from index.analysis import Located, analyse
from index.glosses import Reading, gloss
from index.mending import mend, through
from index.postings import Postings
from index.words import WordIndex

if TYPE_CHECKING:
    from collections.abc import Callable

EN, RU, KK = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH

ARTICLES = {
    EN: "The protests began. Police arrested Karim Massimov, and notions of peace faded.",
    RU: "Протесты начались. Полиция арестовала Карима Масимова.",
    KK: "Наразылық басталды. Полиция Кәрім Мәсімовті ұстады.",
}


def closest(language: Language) -> Callable[[str], str]:
    return WordIndex([Postings.build([analyse(ARTICLES[language], language)])]).closest


def nothing(_word: Located) -> bool:
    return False


def meant(text: str, language: Language = EN) -> str | None:
    found = mend(text, language, closest(language), nothing)
    return None if found is None else found.text


@pytest.mark.parametrize(
    "typed,language,text",
    [
        ("when did the protsets end?", EN, "when did the protests end?"),
        ("Was Masimovv arested?", EN, "Was massimov arrested?"),
        ("когда начались протетсы?", RU, "когда начались протесты?"),
        ("полицияя кімді ұстады", KK, "полиция кімді ұстады"),
    ],
)
def test_a_mistyped_word_becomes_the_one_of_the_articles_with_its_own_ending(
    typed: str, language: Language, text: str
) -> None:
    assert meant(typed, language) == text


@pytest.mark.parametrize(
    "text",
    [
        "when did the protests end?",
        "was Karimova arrested",  # somebody else
        "what of quantum entanglement",
        "who has had whom",
        "5 January 2022",
        "?!",
        "",
    ],
)
def test_where_nothing_is_mistyped_nothing_is_mended(text: str) -> None:
    assert meant(text) is None


def test_a_word_that_is_known_is_right_as_it_is() -> None:
    asked: list[tuple[str, int, int]] = []

    def known(one: Located) -> bool:
        asked.append((one.word, one.start, one.end))
        return one.word == "motions"

    assert mend("who made the motions", EN, closest(EN), known) is None
    assert ("motions", 13, 20) in asked


def test_characters_of_what_was_meant_are_found_in_what_was_typed() -> None:
    typed = "did Masimovv spek to protsetters?"
    found = mend(typed, EN, closest(EN), nothing)
    assert found is not None

    def behind(part: str) -> str:
        start = found.text.index(part)
        begin, end = found.original(start, start + len(part))
        return typed[begin:end]

    assert (behind("massimov"), behind("did"), behind("to")) == ("Masimovv", "did", "to")


def test_a_gloss_of_what_was_meant_knows_what_was_typed() -> None:
    typed = "когда начались протетсы"
    mended = mend(typed, RU, closest(RU), nothing)
    assert mended is not None

    found = through(gloss(mended.text, RU), mended)

    assert found.text == gloss("когда начались протесты", RU).text
    words = [typed[begin:end] for _, _, begin, end in found.spans]
    assert words == ["когда", "начались", "протетсы"]


def test_a_text_that_is_read_as_it_is_keeps_the_characters_of_what_was_typed() -> None:
    mended = mend("the protsets", EN, closest(EN), nothing)
    assert mended is not None

    found = through(Reading(mended.text), mended)

    assert (found.text, found.original(4, 12)) == ("the protests", (4, 12))


@given(st.text(st.sampled_from("protestmasimovкимпл '.-5"), max_size=30), st.sampled_from([EN, RU, KK]))
def test_whatever_is_typed_each_word_stays_in_its_place(text: str, language: Language) -> None:
    found = mend(text, language, closest(language), nothing)

    if found is not None:
        assert [span[2:] for span in found.spans] == sorted(span[2:] for span in found.spans)
        assert all(found.text[a:b] for a, b, _, _ in found.spans)
        assert all(text[c:d] for _, _, c, d in found.spans)


@pytest.mark.parametrize(
    "typed,text",
    [("the minstry", "the ministry"), ("a comapny", "a company"), ("the embasy", "the embassy")],
)
def test_a_last_y_stays_one(typed: str, text: str) -> None:
    known = WordIndex([Postings.build([analyse("The ministry and the embassy of a company.", EN)])]).closest

    found = mend(typed, EN, known, nothing)

    assert found is not None
    assert found.text == text
