from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from index.fusion import WEIGHTS, fuse, standardise

values = arrays.arrays(
    np.float32, st.integers(1, 30), elements=st.floats(-100, 100, width=32, allow_subnormal=False)
)


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


@given(values, st.randoms())
def test_the_order_of_candidates_does_not_change_their_scores(raw: np.ndarray, random: object) -> None:
    order = np.arange(len(raw))
    random.shuffle(order)  # type: ignore[attr-defined] # hypothesis' own Random
    signals = {"cosine": raw, "bm25": np.abs(raw)}

    shuffled = fuse({name: signal[order] for name, signal in signals.items()})

    assert np.allclose(shuffled, fuse(signals)[order], atol=1e-3)


@given(values, st.integers(0, 29))
def test_a_candidate_never_falls_behind_by_gaining_in_a_signal(raw: np.ndarray, which: int) -> None:
    which %= len(raw)
    better = raw.copy()
    better[which] += np.float32(50)

    before, after = fuse({"cosine": raw}), fuse({"cosine": better})

    assert np.sum(after > after[which] + 1e-4) <= np.sum(before > before[which] + 1e-4)


def test_vectors_and_words_weigh_the_same_and_a_paragraph_half_of_its_sentence() -> None:
    assert WEIGHTS["cosine"] == WEIGHTS["bm25"] == 2 * WEIGHTS["paragraph_cosine"]
    assert WEIGHTS["paragraph_cosine"] == WEIGHTS["paragraph_bm25"]


def test_weighted_signals_are_added_up() -> None:
    first = np.array([0, 1], dtype=np.float32)

    fused = fuse({"one": first, "other": -first}, {"one": 2.0, "other": 0.5})

    assert fused.tolist() == pytest.approx([-1.5, 1.5])
