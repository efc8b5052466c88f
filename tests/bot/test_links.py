from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.links import WHOLE_WORDS, sentence_link
from corpus.passages import Span

URL = "https://example.org/news"


def link(sentence: str, *, before: str = "", after: str = "", url: str | None = URL) -> str | None:
    text = f"{before}{sentence}{after}"
    return sentence_link(url, text, Span(len(before), len(before) + len(sentence)))


def test_a_short_sentence_is_named_whole() -> None:
    assert link("Two men were held.", after=" More soon.") == f"{URL}#:~:text=Two%20men%20were%20held."


@pytest.mark.parametrize(
    "sentence,fragment",
    [
        ("Well-known, they said.", "Well%2Dknown%2C%20they%20said."),
        ("Bread & salt.", "Bread%20%26%20salt."),
        ("Up 100% today?", "Up%20100%25%20today%3F"),
        ("Қаза < ә.", "%D2%9A%D0%B0%D0%B7%D0%B0%20%3C%20%D3%99."),
        ("A #1 / “B” = C+D.", "A%20%231%20%2F%20%E2%80%9CB%E2%80%9D%20%3D%20C%2BD."),
        ("Gas\n rose  again.", "Gas%20rose%20again."),
    ],
)  # fmt: skip
def test_what_has_a_meaning_in_the_directive_is_encoded(sentence: str, fragment: str) -> None:
    assert link(sentence) == f"{URL}#:~:text={fragment}"


def test_a_long_sentence_is_named_by_its_beginning_and_its_end() -> None:
    words = [f"word{number}" for number in range(WHOLE_WORDS + 1)]

    expected = f"{URL}#:~:text=word0%20word1%20word2%20word3,word9%20word10%20word11%20word12."
    assert link(" ".join(words) + ".") == expected


def test_a_beginning_that_is_not_unique_grows() -> None:
    sentence = "The ministry of health said that more than one hundred people had been brought in."

    grown = link(sentence, before="The ministry of health said nothing. ")

    start, end = "The%20ministry%20of%20health%20said%20that", "hundred%20people%20had%20been%20brought%20in."
    assert grown == f"{URL}#:~:text={start},{end}"


def test_an_end_that_comes_too_early_grows() -> None:
    sentence = "At first one two three four and then again at last it was one two three four"

    grown = link(sentence)

    assert grown is not None
    start, end = (unquote(part) for part in grown.partition("text=")[2].split(","))
    assert sentence.startswith(start)
    assert sentence.index(end, len(start)) + len(end) == len(sentence)


@pytest.mark.parametrize(
    "sentence,after",
    [
        ("It was quiet.", " Then it was quiet. Nobody came."),
        ("It was quiet.", " IT WAS QUIET. Nobody came."),
        (" ".join("abcdefghijklmnop"), "\n" + " ".join("abcdefghijklmnop")),
    ],
)
def test_a_sentence_that_stands_twice_is_not_named(sentence: str, after: str) -> None:
    assert link(sentence, after=after) == URL


def test_part_of_a_word_is_no_second_place() -> None:
    assert link("He ran.", after=" She ran.") == f"{URL}#:~:text=He%20ran."


def test_without_an_address_there_is_no_link() -> None:
    assert link("It was quiet.", url=None) is None


@pytest.mark.parametrize(
    "url,expected",
    [
        ("https://e.org/a#part", "https://e.org/a#part:~:text=Quiet."),
        ("https://e.org/a?b=c", "https://e.org/a?b=c#:~:text=Quiet."),
        ("https://e.org/a#:~:text=Noisy", "https://e.org/a#:~:text=Quiet."),
        ("https://e.org/a#part:~:text=Noisy", "https://e.org/a#part:~:text=Quiet."),
    ],
)
def test_a_fragment_of_the_addresss_own_stays_and_a_directive_does_not(url: str, expected: str) -> None:
    assert link("Quiet.", url=url) == expected


@given(st.lists(st.text("abЯқ-,&%#“” ", max_size=8), max_size=40), st.text("abЯ .", max_size=30))
def test_a_link_always_names_the_sentence_and_nothing_before_it(words: list[str], around: str) -> None:
    sentence = " ".join(words).strip()
    if not sentence:
        return
    made = link(sentence, before=f"{around} ", after=f" {around}")

    assert made is not None
    if made == URL:
        return
    start, _, end = made.partition("#:~:text=")[2].partition(",")
    assert set(made) <= set(map(chr, range(33, 127)))
    whole = " ".join(sentence.split())
    assert whole.startswith(unquote(start))
    assert whole.endswith(unquote(end or start))
