from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.windows import Reach, windows

if TYPE_CHECKING:
    from collections.abc import Sequence

sentences = st.lists(st.text("ab ", min_size=1, max_size=12).filter(str.strip), max_size=8)


def lengths(texts: Sequence[str]) -> list[int]:
    """Count a word as a piece."""
    return [len(text.split()) for text in texts]


@given(
    st.lists(sentences, max_size=4), st.integers(1, 12), st.booleans(), st.sampled_from(["", "passage: of: "])
)
def test_every_sentence_is_read_once_in_its_order_and_stands_where_it_is_said_to(
    paragraphs: list[list[str]],
    limit: int,
    together: bool,  # noqa: FBT001 (hypothesis gives it)
    prompt: str,
) -> None:
    found = list(windows(Reach(lengths, limit, together=together), paragraphs, prompt))

    places = [place for window in found for place, _, _ in window.sentences]
    assert places == [
        (number, position) for number, some in enumerate(paragraphs) for position in range(len(some))
    ]
    left = limit - lengths([prompt])[0]
    for window in found:
        read = [paragraphs[number][position] for (number, position), _, _ in window.sentences]
        assert window.text == prompt + " ".join(read)
        assert [window.text[start:end] for _, start, end in window.sentences] == read
        assert window.pieces == sum(lengths(read))
        assert len({number for (number, _), _, _ in window.sentences}) == 1
        assert len(read) == 1 or (together and window.pieces <= left)


@pytest.mark.parametrize(
    "limit,together,expected",
    [(4, True, [3, 1]), (5, True, [3, 1]), (9, True, [4]), (2, True, [2, 1, 1]), (9, False, [1, 1, 1, 1])],
)
def test_as_many_sentences_are_read_together_as_fit(limit: int, together: bool, expected: list[int]) -> None:  # noqa: FBT001
    four = ["a", "b", "a b", "a b c d e"]

    found = windows(Reach(lengths, limit, together=together), [four], "")

    assert [len(window.sentences) for window in found] == expected
