from __future__ import annotations

import os
import re

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.terminal import WIDEST, write_terminal
from bot.tree import Bold, Link, Quote, Reply, Underline, plain, run
from bot.visible import visible

LONG = "one two three four five six seven eight nine ten " * 5


@pytest.fixture(autouse=True)
def forty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")


def write(*nodes: str | Bold | Underline | Link | Quote) -> str:
    return write_terminal(Reply(nodes))


def test_words_stay_as_they_are() -> None:
    assert write("a", "\n\n", "b  c") == "a\n\nb  c"


def test_an_address_stands_behind_its_words() -> None:
    assert write("see ", Link("Zoo news", "https://example.org/a")) == "see Zoo news <https://example.org/a>"


def test_a_quote_stands_behind_a_bar_on_lines_of_its_own() -> None:
    assert write("before", Quote(("A zebra ran.",)), "after") == "before\n  │ A zebra ran.\nafter"


def test_bold_is_bold() -> None:
    assert write(Bold("zebra")) == click.style("zebra", bold=True)


def test_a_long_quote_is_wrapped_to_the_width() -> None:
    lines = write(Quote((LONG,))).splitlines()
    assert all(line.startswith("  │ ") and len(line) <= 40 for line in lines)
    assert " ".join(line[4:] for line in lines) == LONG.strip()


def test_lines_are_never_wider_than_people_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    assert max(map(len, write(Quote((LONG,))).splitlines())) <= WIDEST


def test_a_word_longer_than_the_line_is_not_broken() -> None:
    assert "x" * 90 in write(Quote(("x" * 90,)))


def test_bold_in_a_quote_begins_and_ends_on_every_line() -> None:
    lines = write(Quote(("before. ", Bold(LONG.strip()), " after.")), "plain").splitlines()
    assert len(lines) > 5
    for line in lines:
        assert line.count("\x1b[1m") == line.count("\x1b[0m")
    assert all("\x1b[1m" in line for line in lines[1:-2])
    assert lines[-1] == "plain"
    words = click.unstyle("\n".join(lines[:-1])).replace("  │ ", "").split()
    assert words == f"before. {LONG} after.".split()


def test_what_is_pointed_at_is_underlined() -> None:
    assert write(Underline("held")) == "\x1b[4mheld\x1b[0m"
    assert write(Quote((Bold("Two "), Underline("men", bold=True), " were ", Underline("held"), "."))) == (
        "  │ \x1b[1mTwo \x1b[0m\x1b[1m\x1b[4mmen\x1b[0m were \x1b[4mheld\x1b[0m."
    )


def test_styles_take_no_place_on_a_line() -> None:
    words = LONG.split()
    marked = tuple(run for word in words for run in (Underline(word), " "))

    assert click.unstyle(write(Quote(marked))) == write(Quote((LONG,)))


@pytest.mark.parametrize("text", ["a  b   c" * 20, "  a " + "b " * 60 + " ", "\xa0a\xa0 \u2003b " * 20])
def test_white_space_moves_no_style(text: str) -> None:
    letters = tuple(run(letter, bold=False, underlined=letter == "b") for letter in text)

    written = write(Quote(letters))

    assert re.findall(r"\x1b\[4m(.*?)\x1b\[0m", written) == ["b"] * text.count("b")
    assert click.unstyle(written) == write(Quote((text,)))


@given(
    st.lists(st.text(max_size=60).map(visible), max_size=4),
    st.text(max_size=60).map(visible),
    st.integers(0, 200),
)
def test_every_visible_word_comes_out_and_no_command_does(
    shown: list[str], beside: str, columns: int
) -> None:
    os.environ["COLUMNS"] = str(columns)
    styles = [(False, False), (True, False), (False, True), (True, True)]
    children = tuple(
        run(text, bold=bold, underlined=underlined)
        for text, (bold, underlined) in zip(shown, styles, strict=False)
    )
    written = write(Quote(children, before=beside, after=beside))
    left = re.sub(r"\x1b\[[014]m", "", written)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", left)
    wanted = beside + plain(children) + beside
    assert "".join(left.replace("│", "").split()) == "".join(wanted.replace("│", "").split())


def test_private_characters_of_a_source_stay() -> None:
    assert write(Quote(("a \ue000b\ue001 c",))) == "  │ a \ue000b\ue001 c"


@pytest.mark.parametrize("columns", ["1", "4", "5", "nonsense", "-3"])
def test_no_terminal_is_too_narrow(monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert write(Quote(("one two",))) == "  │ one two"
