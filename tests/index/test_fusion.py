from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from index.fusion import Profile, fuse, read_weights, standardise
from index.signals import Signal

values = arrays.arrays(
    np.float32, st.integers(1, 30), elements=st.floats(-100, 100, width=32, allow_subnormal=False)
)
COSINE, WORDS = Signal.COSINE, Signal.WORDS
BOTH = {COSINE: 1.0, WORDS: 0.5}


def test_scaled_values_have_mean_0_and_deviation_1() -> None:
    assert standardise(np.array([1, 2, 3], dtype=np.float32)).tolist() == pytest.approx(
        [-1.2247449, 0, 1.2247449]
    )


@pytest.mark.parametrize("value", [0.0, 0.1, -3.0, 1e6])
@pytest.mark.parametrize("number", [1, 2, 1000])
def test_equal_values_say_nothing(value: float, number: int) -> None:
    assert standardise(np.full(number, value, dtype=np.float32)).tolist() == [0.0] * number


@given(values)
def test_scaling_keeps_the_order_and_makes_no_nan(raw: np.ndarray) -> None:
    scaled = standardise(raw)

    assert np.isfinite(scaled).all()
    assert np.all(np.diff(scaled[np.argsort(raw, kind="stable")]) >= 0)


@given(values, st.lists(st.integers(0, 30), max_size=5))
def test_what_was_not_measured_is_the_mean_and_moves_no_other(raw: np.ndarray, gaps: list[int]) -> None:
    with_gaps = np.insert(raw, [min(gap, len(raw)) for gap in gaps], np.nan)

    scaled = standardise(with_gaps)

    assert scaled[np.isnan(with_gaps)].tolist() == [0.0] * len(gaps)
    assert scaled[~np.isnan(with_gaps)].tolist() == standardise(raw).tolist()


def test_where_nothing_was_measured_nothing_is_said() -> None:
    assert standardise(np.full(3, np.nan, dtype=np.float32)).tolist() == [0.0] * 3
    assert standardise(np.zeros(0, dtype=np.float32)).tolist() == []


@given(values, st.randoms())
def test_the_order_of_candidates_does_not_change_their_scores(raw: np.ndarray, random: object) -> None:
    order = np.arange(len(raw))
    random.shuffle(order)  # type: ignore[attr-defined] # hypothesis' own Random
    table = {COSINE: raw, WORDS: np.abs(raw)}

    shuffled = fuse({signal: scores[order] for signal, scores in table.items()}, BOTH)

    assert np.allclose(shuffled, fuse(table, BOTH)[order], atol=1e-3)


@given(values, st.integers(0, 29))
def test_a_candidate_never_falls_behind_by_gaining_in_a_signal(raw: np.ndarray, which: int) -> None:
    which %= len(raw)
    better = raw.copy()
    better[which] += np.float32(50)

    before, after = fuse({COSINE: raw}, BOTH), fuse({COSINE: better}, BOTH)

    assert np.sum(after > after[which] + 1e-4) <= np.sum(before > before[which] + 1e-4)


def test_weighted_signals_are_added_up() -> None:
    first = np.array([0, 1], dtype=np.float32)

    fused = fuse({COSINE: first, WORDS: -first}, {COSINE: 2.0, WORDS: 0.5})

    assert fused.tolist() == pytest.approx([-1.5, 1.5])


def test_signals_without_a_weight_and_weights_without_a_signal_do_not_count() -> None:
    first = np.array([0, 1], dtype=np.float32)

    fused = fuse({COSINE: first, WORDS: 100 * first}, {COSINE: 1.0, Signal.PIECES: 3.0, WORDS: 0.0})

    assert fused.tolist() == pytest.approx([-1.0, 1.0])


@pytest.mark.parametrize("signal", [Signal.LATE, Signal.READER, Signal.FOUND, Signal.KIND])
def test_what_is_measured_of_the_best_ones_only_is_added_later(signal: Signal) -> None:
    first = np.array([0, 1], dtype=np.float32)

    assert fuse({COSINE: first, signal: first}, {signal: 1.0, COSINE: 1.0}).tolist() == [-1.0, 1.0]


def test_the_weights_that_ship_are_read_for_each_profile() -> None:
    weights = read_weights()

    assert weights.by_profile.keys() == set(Profile)
    assert weights.foreign < 0, "another language than the question's never speaks for a passage"
    for profile, of in weights.by_profile.items():
        assert of[WORDS] > 0
        assert all(np.isfinite(weight) and weight >= 0 for weight in of.values())
        assert (of.get(COSINE, 0) > 0) is (profile is not Profile.WORDS)
