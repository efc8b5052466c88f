"""Printed lines become paragraphs again, and not a letter of them changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corpus.sources.flow import Line, flow

#: Points: a column's left edge, its width, a letter's width and height, from one line to the next.
LEFT, WIDTH, LETTER, HEIGHT, STEP = 60.0, 200.0, 5.0, 10.0, 13.0


def line(text: str, number: float, *, page: int = 0, left: float = LEFT, height: float = HEIGHT) -> Line:
    """A line that stands `number` lines below the top of its page."""
    bottom = 780 - number * STEP
    return Line(text, page, left=left, right=left + len(text) * LETTER, bottom=bottom, top=bottom + height)


def lines(*texts: str, page: int = 0, left: float = LEFT, first: int = 0) -> list[Line]:
    """Lines below one another; "" leaves one free."""
    return [line(text, first + number, page=page, left=left) for number, text in enumerate(texts) if text]


def texts(printed: list[Line]) -> list[str]:
    return [paragraph.text for paragraph in flow(printed)]


# Paragraphs


def test_lines_of_a_paragraph_are_joined_and_a_free_line_ends_it() -> None:
    assert texts(lines("People came to the square and", "they stayed there.", "", "Nobody was hurt.")) == [
        "People came to the square and they stayed there.",
        "Nobody was hurt.",
    ]


def test_a_line_that_ends_before_the_next_word_had_to_wrap_ends_a_paragraph() -> None:
    assert texts(lines("People came to the square and", "stayed.", "Nobody was hurt, they say now.")) == [
        "People came to the square and stayed.",
        "Nobody was hurt, they say now.",
    ]


def test_an_indented_line_begins_a_paragraph_after_a_full_stop() -> None:
    printed = [line("People came there to stay now.", 0), line("Nobody was hurt on that", 1, left=LEFT + 15)]
    assert texts([*printed, line("day, as the ministry tells us.", 2)]) == [
        "People came there to stay now.",
        "Nobody was hurt on that day, as the ministry tells us.",
    ]


def test_larger_letters_and_bullets_stand_alone() -> None:
    printed = [
        line("Unrest in the square", 0, height=16),
        *lines("People came", "• one of them", "• two", first=1),
    ]
    assert texts(printed) == ["Unrest in the square", "People came", "• one of them", "• two"]


def test_a_sentence_goes_on_with_a_word_in_other_letters() -> None:
    printed = [line("The program writes its name as", 0), line("crisisbot everywhere it can be", 1, height=7)]
    assert texts([*printed, line("written.", 2)]) == [
        "The program writes its name as crisisbot everywhere it can be written."
    ]


def test_a_sentence_goes_on_in_the_next_column_and_on_the_next_page() -> None:
    column = (
        "The ministry said that nobody",
        "was hurt there, and that soon",
        "the square would be opened for",
    )
    second = lines(
        "everybody. It was then closed",
        "again, because so many people",
        "had come there from Astana and",
        left=300,
    )
    (paragraph,) = texts([*lines(*column), *second, *lines("Almaty to see it.", page=1)])
    assert "opened for everybody. It was" in paragraph
    assert paragraph.endswith("come there from Astana and Almaty to see it.")


def test_a_short_caption_leads_to_no_other_column() -> None:
    printed = [
        *lines("A picture of the square"),
        *lines("Nobody was hurt in that night,", "they say.", left=300),
    ]
    assert texts(printed) == ["A picture of the square", "Nobody was hurt in that night, they say."]


# Heads and feet


def test_heads_feet_and_numbers_of_pages_do_not_stand_in_the_middle_of_a_sentence() -> None:
    printed: list[Line] = []
    for page, said in enumerate(
        ("People came there and they saw", "that the square was closed and", "went home.")
    ):
        printed += lines("The Daily Herald", page=page)
        printed += lines(
            "Some words stood here before a", "word that wraps to this line as", said, page=page, first=4
        )
        printed += lines(f"Page {page + 1} of 3", page=page, first=55)
    whole = " ".join(texts(printed))
    assert "Herald" not in whole
    assert "Page" not in whole
    assert "People came there and they saw Some words" in whole


def test_what_comes_again_in_the_text_is_no_head() -> None:
    said = ("Nobody was hurt in that night,", "they say.", "Nobody was hurt in that night,", "they say.")
    printed = [one for page in range(4) for one in lines(*said, page=page, first=2)]
    assert texts(printed) == ["Nobody was hurt in that night, they say."] * 8
    assert texts([one for page in range(4) for one in lines("Closed.", page=page)]) == ["Closed."] * 4


def test_a_head_of_two_pages_stays_but_their_numbers_go() -> None:
    printed = [
        one
        for page in range(2)
        for one in [
            *lines("Herald", page=page),
            *lines(f"Said {page}.", page=page, first=5),
            line(f"{page}", 50, page=page),
        ]
    ]
    assert texts(printed) == ["Herald", "Said 0.", "Herald", "Said 1."]


# Hyphens


def test_a_hyphen_at_a_lines_end_stays_and_its_word_is_one() -> None:
    assert texts(lines("Протесты начались из-", "за цены на газ, и прави-", "тельство ушло.")) == [
        "Протесты начались из-за цены на газ, и прави-тельство ушло."
    ]


def test_a_hyphen_is_a_soft_one_where_the_pages_spell_the_word_without_it() -> None:
    assert texts(lines("Тогда ушло в отставку прави-", "тельство. Правительство новое.")) == [
        "Тогда ушло в отставку прави\u00adтельство. Правительство новое."
    ]


def test_half_a_word_at_a_lines_end_is_no_word_that_the_pages_spell() -> None:
    printed = lines("The re-", "sign of the re-", "sign.")
    assert texts(printed) == ["The re-sign of the re-sign."]


def test_hyphens_between_numbers_dashes_and_suspended_hyphens_stay_what_they_are() -> None:
    assert texts(
        lines("From 2019-", "2020 the pre-", "and post-war years –", "so they say – were calm.")
    ) == ["From 2019-2020 the pre- and post-war years – so they say – were calm."]


@given(st.lists(st.text("аб-. яA1", min_size=1, max_size=40), max_size=12), st.integers(1, 3))
def test_no_letter_is_lost_added_or_moved(printed: list[str], pages: int) -> None:
    given_lines = [line(text, number % 5, page=number * pages // 12) for number, text in enumerate(printed)]
    before = "".join("".join(printed).split())
    assert "".join("".join(texts(given_lines)).split()).replace("\u00ad", "-") == before
