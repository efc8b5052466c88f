from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.buttons import LONGEST_DATA, ShowCard, ShowContext, ShowPage, parse, write
from corpus.articles import RevisionId
from index.answers import Reference
from index.confidence import Outcome

REFERENCES = st.builds(Reference, st.integers(0, 10**18 - 1).map(RevisionId), st.integers(0, 10**9 - 1))
PLACES = st.lists(REFERENCES, min_size=1, max_size=10).map(tuple)
OUTCOMES = st.sampled_from([Outcome.ANSWERED, Outcome.CLOSEST])
PAGES = st.integers(0, 9_999)
CARDS = st.one_of(
    st.builds(ShowContext, OUTCOMES, PAGES, PLACES), st.builds(ShowCard, OUTCOMES, PAGES, PLACES)
)


@given(CARDS)
def test_data_fits_and_names_the_first_passages(press: ShowContext | ShowCard) -> None:
    data = write(press)
    read = parse(data)

    assert 1 <= len(data.encode()) <= LONGEST_DATA == 64
    assert isinstance(read, type(press))
    assert (read.outcome, read.page) == (press.outcome, press.page)
    assert 1 <= len(read.references) <= len(press.references)
    assert read.references == press.references[: len(read.references)]


@given(OUTCOMES, PAGES, st.lists(st.integers(0, 99_999), min_size=3, max_size=3))
def test_three_passages_of_a_large_corpus_all_fit(outcome: Outcome, page: int, ids: list[int]) -> None:
    press = ShowContext(outcome, page, tuple(Reference(RevisionId(10**6 + one), one) for one in ids))

    assert parse(write(press)) == press


@given(PAGES)
def test_a_page_is_read_back(page: int) -> None:
    assert parse(write(ShowPage(page))) == ShowPage(page)


def test_data_looks_so_that_cards_of_older_versions_keep_working() -> None:
    places = (Reference(RevisionId(12), 3), Reference(RevisionId(7), 0))

    assert write(ShowContext(Outcome.ANSWERED, 0, places)) == "x:a0:12.3,7.0"
    assert write(ShowCard(Outcome.CLOSEST, 2, places)) == "b:c2:12.3,7.0"
    assert write(ShowPage(1)) == "p:1"


@pytest.mark.parametrize(
    "forged",
    [
        None, "", "p:", "p:-1", "p:1 ", "p:1\n", "p:12345", "p:１", "x:a0:", "x:z0:1.1", "x:a0:1.1,",
        "y:a0:1.1", "x:a0:1.1;drop", "x:a0:1", "x:a:1.1", "x:a0:1234567890123456789.1", "x:a0:1.1234567890",
        "X:a0:1.1", "x:a0:" + ",".join(["1.1"] * 11), "\0", "💥",
    ],
)  # fmt: skip
def test_what_was_never_written_means_nothing(forged: str | None) -> None:
    assert parse(forged) is None


@given(st.text())
def test_any_text_is_read_without_an_error(data: str) -> None:
    read = parse(data)

    assert read is None or isinstance(read, ShowPage) or len(read.references) >= 1
