from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.visible import visible


@pytest.mark.parametrize(
    "text,shown",
    [
        ("no\u200bbody\ufeff", "nobody"),
        ("\u202eover\u202c \u2066iso\u2069\u200f\u061c", "over iso"),
        ("so\u00adft", "soft"),
        ("red \x1b[31m alert\x07", "red  [31m alert "),
        ("one\r\n\ttwo\u2028three\x85four", "one two three four"),
        ("tag\U000e0041\U000e007f", "tag"),
        ("👨\u200d👩\u200d👧 می\u200cخواهم", "👨\u200d👩\u200d👧 می\u200cخواهم"),
        ("Қаза < тапқандар & «164»", "Қаза < тапқандар & «164»"),
    ],
)
def test_what_reorders_hides_or_commands_is_left_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_no_word_changes_and_no_line_breaks(text: str) -> None:
    shown = visible(text)

    assert visible(shown) == shown
    assert [c for c in shown if c.isalnum()] == [c for c in text if c.isalnum()]
    assert not {c for c in shown if unicodedata.category(c) == "Cc" or c in "\u2028\u2029"}
    assert not {c for c in shown if unicodedata.bidirectional(c) in {"LRO", "RLO", "LRE", "RLE", "PDF"}}
    assert not {c for c in shown if unicodedata.bidirectional(c) in {"LRI", "RLI", "FSI", "PDI"}}
