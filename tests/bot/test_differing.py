from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import click
import pytest

from bot.differing import difference
from corpus.articles import ArticleId, Revision, RevisionId
from corpus.languages import Language

FIRST = Revision(
    id=RevisionId(70),
    article_id=ArticleId(7),
    number=1,
    title="Five held in Aktau",
    text="It was calm in Aktau. Police held five people on Monday. Shops were open.\n\nNobody was hurt.",
    source="The Times",
    author=None,
    url="https://example.org/a",
    published=date(2022, 1, 5),
    language=Language.ENGLISH,
    obtained="file",
    seen_at=datetime(2022, 1, 5, 7, 8, 9, tzinfo=UTC),
)
HEADING = "article 7: revision 1 (2022-01-05 07:08 UTC) -> revision 2 (2022-01-06 10:00 UTC)"


def later(**changed: Any) -> Revision:  # noqa: ANN401 (whatever a revision holds)
    return replace(FIRST, number=2, seen_at=datetime(2022, 1, 6, 10, 0, tzinfo=UTC), **changed)


def told(new: Revision, *, styled: bool = False) -> list[str]:
    text = difference(FIRST, new)
    return (text if styled else click.unstyle(text)).split("\n")


def test_changed_sentences_stand_among_those_around_them() -> None:
    second = later(text=FIRST.text.replace("five people", "eight people"))

    assert told(second) == [
        HEADING,
        "",
        "text:",
        "@ sentences 1-3 of 4",
        "  It was calm in Aktau.",
        "- Police held five people on Monday.",
        "+ Police held eight people on Monday.",
        "  Shops were open.",
    ]


def test_on_a_terminal_the_words_that_differ_stand_out_and_only_those() -> None:
    second = later(text=FIRST.text.replace("five people", "eight people"))

    *_, gone, come, _ = told(second, styled=True)

    marked = click.style("five", fg="red", bold=True, underline=True)
    assert marked in gone
    assert gone.count("\x1b[1m") == 1
    assert click.style("eight", fg="green", bold=True, underline=True) in come


def test_what_has_little_in_common_is_not_compared_word_by_word() -> None:
    second = later(text=FIRST.text.replace("Police held five people on Monday", "It rained a lot"))

    *_, gone, come, _ = told(second, styled=True)

    assert "\x1b[1m" not in gone + come
    assert click.unstyle(gone + come) == "- Police held five people on Monday.+ It rained a lot."


def test_sentences_that_came_and_went_and_far_ones_are_told_apart() -> None:
    long = "It began. " + " ".join(f"Number {n} was said." for n in range(20)) + " It ended."
    first, second = replace(FIRST, text=long), later(text=long)
    second = replace(
        second, text=long.replace("It began. ", "").replace(" It ended.", " It ended. More came.")
    )

    lines = click.unstyle(difference(first, second)).split("\n")

    assert lines[3:] == [
        "@ sentences 1-2 of 22",
        "- It began.",
        "  Number 0 was said.",
        "@ sentences 22-22 of 22",
        "  It ended.",
        "+ More came.",
    ]


@pytest.mark.parametrize(
    "changed,lines",
    [
        ({"title": "Eight held in Aktau"}, ["title:", "- Five held in Aktau", "+ Eight held in Aktau"]),
        ({"source": "Gazette"}, ["source:", "- The Times", "+ Gazette"]),
        ({"published": None}, ["published:", "- 2022-01-05"]),
        ({"author": "A. Reporter"}, ["author:", "+ A. Reporter"]),
    ],
)
def test_what_else_changed_is_said(changed: dict[str, str | None], lines: list[str]) -> None:
    assert told(later(**changed)) == [HEADING, "", *lines]


def test_equal_ones_and_other_white_space_are_said_to_be_that() -> None:
    assert told(later()) == [HEADING, "", "They say the same."]
    spaced = later(text=FIRST.text.replace("\n\n", "\n\n\n"))
    assert told(spaced)[-1] == "text: the same sentences, with other white space or paragraphs"


def test_no_command_for_the_terminal_gets_through() -> None:
    second = later(title="Zoo \x1b]0;owned\x07", text="A \x1b[2Jword.\u202e")

    assert all(letter.isprintable() or letter == "\n" for letter in "\n".join(told(second)))
