"""Beginnings of articles before a wall, told from corrections."""

from __future__ import annotations

import pytest

from corpus.sources.beginnings import is_beginning
from tests.corpus.newsstand import PAGE_TEXT

CLUB = "The rest of this text is for members of our club only, who pay for it and for all our reports."
PARAGRAPHS = [
    f"At {number} the police of district {number} counted {number + 12} people that came to the square, "
    f"and on street {number} the price of gas was {number + 60} tenge for a litre."
    for number in range(40)
]
WHOLE = "\n\n".join(PARAGRAPHS)


def text(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


def test_a_teaser_is_told_from_a_correction() -> None:
    assert is_beginning("Drivers blocked the road…", PAGE_TEXT)
    assert not is_beginning("Drivers blocked no road.", PAGE_TEXT)
    assert not is_beginning(PAGE_TEXT[:-20], PAGE_TEXT)


@pytest.mark.parametrize(
    "shown",
    [
        [*PARAGRAPHS[:16], CLUB],
        [*PARAGRAPHS[:2], CLUB, "Cancel whenever you like.", "Tell us why."],
        [PARAGRAPHS[0], "Our newsletter comes on Fridays.", *PARAGRAPHS[1:10], CLUB],
        [*PARAGRAPHS[:3], PARAGRAPHS[3][:50] + "… " + CLUB],
        [*PARAGRAPHS[:19], CLUB, CLUB.replace("text", "report")],
    ],
)
def test_what_a_wall_says_beside_a_beginning_makes_no_article_of_it(shown: list[str]) -> None:
    assert is_beginning(text(*shown), WHOLE)


@pytest.mark.parametrize(
    "shown",
    [
        [*PARAGRAPHS[:15], PARAGRAPHS[15].replace("27 people", "270 people")],
        [PARAGRAPHS[0].replace("12 people", "2 people"), *PARAGRAPHS[1:10]],
        ["The police of no district counted people that came to the square."],
        [PARAGRAPHS[0], *(f"{CLUB} {number}" for number in range(20))],
        [*PARAGRAPHS[:24], CLUB],
    ],
)
def test_a_shorter_text_with_other_words_in_what_stays_is_a_correction(shown: list[str]) -> None:
    assert not is_beginning(text(*shown), WHOLE)


def test_a_flash_that_grows_is_an_article() -> None:
    flash = "The airport of Almaty is closed. Nobody was hurt."
    assert not is_beginning(text("The airport of Almaty is closed.", *PARAGRAPHS[:3]), flash)
