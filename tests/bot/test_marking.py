from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.marking import marked
from bot.tree import Bold, Run, Underline, plain
from bot.visible import visible
from corpus.articles import ArticleId, Revision, RevisionId
from corpus.languages import Language
from corpus.passages import Span
from corpus.stored import PassageId
from index.answers import Evidence

BEFORE = "It was \u200blate.\n"


def evidence(quote: str, marks: tuple[Span, ...] = (), answer: Span | None = None) -> Evidence:
    """Make evidence that does not begin its text; spans count from the quote's beginning."""
    text, begin = f"{BEFORE}{quote} Nobody saw it.", len(BEFORE)
    revision = Revision(
        RevisionId(1), ArticleId(1), 1, "Title", text, "Source", None, None, None, Language.ENGLISH, "test",
        datetime(2022, 1, 6, tzinfo=UTC),
    )  # fmt: skip
    sentence = Span(begin, begin + len(quote))
    moved = tuple(Span(begin + one.start, begin + one.end) for one in marks)
    words = Span(begin + answer.start, begin + answer.end) if answer else None
    return Evidence(PassageId(1), revision, 0, sentence, (sentence,), marks=moved, answer=words)


def drawn(runs: tuple[Run, ...]) -> str:
    """Draw runs: *bold*, _underlined_, _*both*_."""
    return "".join(
        one
        if isinstance(one, str)
        else f"*{one.text}*"
        if isinstance(one, Bold)
        else (f"_*{one.text}*_" if one.bold else f"_{one.text}_")
        for one in runs
    )


def show(drawing: str) -> str:
    """Mark what stands between _ (a mark) and * (the answer) in a drawing, and draw what is shown."""
    quote = ""
    marks: list[Span] = []
    answer: Span | None = None
    opened: dict[str, int] = {}
    for letter in drawing:
        if letter not in "_*":
            quote += letter
        elif letter not in opened:
            opened[letter] = len(quote)
        else:
            span = Span(opened.pop(letter), len(quote))
            if letter == "_":
                marks.append(span)
            else:
                answer = span
    return drawn(marked(evidence(quote, tuple(marks), answer)))


def test_without_marks_a_quote_is_one_plain_run() -> None:
    assert marked(evidence("Two men were held.")) == ("Two men were held.",)


def test_what_answers_is_bold_and_what_made_it_win_underlined() -> None:
    quote = "Karim Massimov was arrested."

    runs = marked(evidence(quote, (Span(6, 14), Span(19, 27)), Span(0, 14)))

    assert runs == (Bold("Karim "), Underline("Massimov", bold=True), " was ", Underline("arrested"), ".")


@pytest.mark.parametrize(
    "drawing,seen",
    [
        ("A _mayor_ was held.", "A _mayor_ was held."),
        ("_One_ _two_, _three_ four", "_One two_, _three_ four"),  # side by side is one piece
        ("*_One_ two* three", "_*One*_* two* three"),
        ("one *two _three* four_", "one *two *_*three*__ four_"),
        ("one _*two*_ three", "one _*two*_ three"),
        # Spans that end inside a word are widened to it.
        ("the arr_est_s of _2_000", "the _arrests_ of _2000_"),
        ("_238,_000 _K_azakhstan's news._k_z", "_238,000 Kazakhstan's news.kz_"),
        ("Қ_аза_қстан", "_Қазақстан_"),
        ("кра_и_\u0306 и", "_краи\u0306_ и"),
        ("_e_\u0301te\u0301", "_e\u0301te\u0301_"),
        ("می_\u200c_خواهم x", "_می\u200cخواهم_ x"),
        ("👨\u200d👩_\u200d👧_ 😀", "_👨\u200d👩\u200d👧_ 😀"),
        ("so_\u00adft_ly", "_softly_"),
        # White space at the ends, and spans of no word, are not marked.
        ("one* two* three", "one *two* three"),
        ("one_ two\r\n_three", "one _two_ three"),
        ("one_, _two_._", "one, two."),
        ("one__ two", "one two"),
        ("pay *$5 million* now", "pay *$5 million* now"),
        # What is hidden or becomes a space before and in them moves no mark.
        ("\u200b\u202ea\r\n\t_mayor_\u2066 x", "a _mayor_ x"),
        ("a\n\n_b\u200bc_\u2028*d*", "a _bc_ *d*"),
        ("😀 𐍈 _mayor_ 😀", "😀 𐍈 _mayor_ 😀"),
    ],
)
def test_marks_stay_on_whole_words(drawing: str, seen: str) -> None:
    assert show(drawing) == seen


def test_a_span_that_leaves_the_sentence_ends_with_it() -> None:
    quote = "Two men were held."

    assert drawn(marked(evidence(quote, (Span(-5, 3), Span(13, 40))))) == "_Two_ men were _held._"
    assert drawn(marked(evidence(quote, (Span(-5, 0), Span(18, 40), Span(90, 99))))) == quote


PIECES = st.sampled_from(
    ["word", "слово", "o'clock", "10,000", "\u0301", "\u200b", "\u202e", "\n", "\r\n", "\x1b", " ", ".", "-",
     "«", "😀", "👨\u200d👩", "\u200d", "@durov", "news.kz", "&", "<b>", "می\u200cخواهم", "\u2028"]
)  # fmt: skip
QUOTES = st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=25).map("".join)
SPANS = st.tuples(st.integers(-3, 90), st.integers(0, 30)).map(lambda pair: Span(pair[0], sum(pair)))


@given(quote=QUOTES, marks=st.lists(SPANS, max_size=6).map(tuple), answer=st.none() | SPANS)
def test_whatever_is_marked_every_word_stays_whole_and_as_it_is(
    quote: str, marks: tuple[Span, ...], answer: Span | None
) -> None:
    runs = marked(evidence(quote, marks, answer))

    assert plain(runs) == visible(quote)
    assert all(plain((one,)) for one in runs)
    edge = 0
    for one in runs[:-1]:
        edge += len(plain((one,)))
        assert not re.fullmatch(r"\w[\w\u0301\u200d]", visible(quote)[edge - 1 : edge + 1])


@given(quote=QUOTES, mark=SPANS)
def test_every_letter_of_a_mark_is_marked(quote: str, mark: Span) -> None:
    runs = marked(evidence(quote, (mark,)))

    lines = "".join(one.text for one in runs if isinstance(one, Underline))
    wanted = [letter for letter in quote[max(0, mark.start) : max(0, mark.end)] if letter.isalnum()]
    left = iter(lines)
    assert all(letter in left for letter in wanted)  # in this order
