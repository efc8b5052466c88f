"""Measures of ranking and of silence, on cases small enough to reckon by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.metrics import (
    Case,
    area,
    average_precision,
    calibration_error,
    false_answers_at,
    gain_at,
    hit_at,
    ranking,
    reciprocal_rank,
    silence,
)


def case(
    *right: int, relevant: int = 1, sure: float = 0.5, answered: bool = False, silent: bool = False
) -> Case:
    return Case(right, relevant, sure, answered, silent)


def test_a_hit_counts_up_to_its_rank() -> None:
    assert [hit_at(k)(case(3)) for k in (1, 2, 3, 10)] == [0, 0, 1, 1]
    assert hit_at(10)(case()) == 0


def test_the_reciprocal_rank_is_that_of_the_first_right_one() -> None:
    assert reciprocal_rank(case(2, 4)) == 0.5
    assert reciprocal_rank(case()) == 0


def test_average_precision_counts_right_ones_that_were_never_found_as_nothing() -> None:
    assert average_precision(case(1, 3, relevant=2)) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(case(1, relevant=2)) == 0.5


def test_the_gain_is_1_where_all_right_ones_stand_first() -> None:
    assert gain_at(10)(case(1, 2, relevant=2)) == pytest.approx(1)
    assert gain_at(10)(case(2, relevant=1)) == pytest.approx(1 / math.log2(3))
    assert gain_at(1)(case(2, relevant=1)) == 0


def test_ranking_is_measured_on_answerable_questions_alone_with_an_interval_around_each_mean() -> None:
    cases = [case(1)] * 60 + [case(2)] * 40 + [case(relevant=0)] * 100

    found = ranking(cases, seed=1)

    assert found["P@1"][0] == pytest.approx(0.6)
    assert found["MRR"][0] == pytest.approx(0.8)
    value, low, high = found["P@1"]
    # A binomial share of 100 has a standard error of .049.
    assert low == pytest.approx(value - 1.96 * 0.049, abs=0.02)
    assert high == pytest.approx(value + 1.96 * 0.049, abs=0.02)
    assert ranking(cases, seed=1) == found
    assert ranking([case(relevant=0)], seed=1) == {}


def test_questions_on_one_article_are_drawn_together() -> None:
    def of(article: str | None, right: int) -> Case:
        return Case((right,), 1, 0.5, answered=False, silent=False, article=article)

    together = [of(f"a{n}", 1 if n % 2 else 2) for n in range(20) for _ in range(10)]
    apart = [of(None, one.right[0]) for one in together]
    few = [of(f"a{n}", 1 if n % 2 else 2) for n in range(4) for _ in range(50)]

    widths = [
        high - low for cases in (together, apart, few) for _, low, high in [ranking(cases, seed=1)["P@1"]]
    ]

    # As if there were 20 questions, and not 200: a binomial share's standard error is .112, not .035.
    assert widths[0] == pytest.approx(2 * 1.96 * 0.112, abs=0.06)
    assert widths[1] == pytest.approx(2 * 1.96 * 0.035, abs=0.02)
    assert widths[2] == pytest.approx(widths[1], abs=0.02)


def test_articles_of_many_questions_count_more() -> None:
    cases = [Case((1,), 1, 0.5, answered=False, silent=False, article="long")] * 90
    cases += [Case((2,), 1, 0.5, answered=False, silent=False, article=f"a{n}") for n in range(10)]

    value, low, high = ranking(cases, seed=1)["P@1"]

    assert value == pytest.approx(0.9)
    assert low == 0  # the long one is not among those drawn
    assert high > 0.9


def test_silence_tells_answers_refusals_and_false_answers_apart() -> None:
    cases = [
        case(1, sure=0.9, answered=True),
        case(2, sure=0.8, answered=True),
        case(1, sure=0.6),
        case(sure=0.1, silent=True),
        case(relevant=0, sure=0.85, answered=True),
        case(relevant=0, sure=0.05, silent=True),
    ]

    found = silence(cases)

    assert found["coverage"] == 0.5
    assert found["precision of answered"] == pytest.approx(1 / 3)
    assert found["false answers"] == 0.5
    assert found["silent on answerable"] == 0.25
    assert found["silent on unanswerable"] == 0.5


def test_what_cannot_be_measured_is_none() -> None:
    found = silence([case(1)])

    assert found["false answers"] is None
    assert found["precision of answered"] is None
    assert silence([])["calibration error"] is None


def test_false_answers_are_counted_at_the_threshold_that_covers_a_share_of_the_answerable() -> None:
    cases = [case(1, sure=s) for s in (0.9, 0.8, 0.7, 0.6)]
    cases += [case(relevant=0, sure=s) for s in (0.95, 0.8, 0.5, 0.1)]

    assert false_answers_at(cases, coverage=0.5) == 0.5  # .8 and above
    assert false_answers_at(cases, coverage=1.0) == 0.5  # .6 and above
    assert false_answers_at(cases, coverage=0.25) == 0.25


def test_the_area_is_1_where_all_right_ones_are_the_surest() -> None:
    assert area([case(1, sure=0.9), case(1, sure=0.8)]) == 1
    assert area([case(1, sure=0.9), case(sure=0.1)]) == pytest.approx((1 + 1 / 2) / 2)
    assert area([case(1, sure=0.1), case(sure=0.9)]) == pytest.approx((0 + 1 / 2) / 2)


def test_the_calibration_error_is_the_gap_between_what_is_said_and_what_is_right() -> None:
    assert calibration_error([case(1, sure=1.0)] * 10) == pytest.approx(0)
    assert calibration_error([case(1, sure=0.75)] * 3 + [case(sure=0.75)]) == pytest.approx(0)
    assert calibration_error([case(sure=0.95)] * 5) == pytest.approx(0.95)
    # Half of them .05 too sure in one bin, half .25 too modest in another.
    assert calibration_error([case(sure=0.05)] * 4 + [case(1, sure=0.75)] * 4) == pytest.approx(0.15)


@given(
    st.lists(
        st.builds(
            Case,
            st.lists(st.integers(1, 20), unique=True, max_size=3).map(tuple),
            st.integers(3, 5),
            st.floats(0, 1),
            st.booleans(),
            st.booleans(),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_every_measure_is_a_share(cases: list[Case]) -> None:
    measures = [value for one in ranking(cases, seed=0).values() for value in one]
    measures += [value for value in silence(cases).values() if value is not None]

    assert all(-1e-9 <= value <= 1 + 1e-9 for value in measures)
