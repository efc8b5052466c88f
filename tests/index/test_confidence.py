from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.languages import Language
from index.confidence import Calibration, Outcome, Signals, parse_calibration, read_calibration

shares = st.floats(0, 1)
cosines = st.none() | st.floats(-1, 1)
signals = st.builds(Signals, language=st.sampled_from(Language), cosine=cosines, found=shares)

EN, KK = Language.ENGLISH, Language.KAZAKH
PLAIN = Calibration(
    with_cosine=(0, 1, 2), words_only=(-1, 3), kazakh=(-2, 2), answered=0.7, closest=0.6, closest_by_words=0.4
)


def test_the_probability_is_logistic_in_the_weighted_signals() -> None:
    assert PLAIN.probability(Signals(EN, 1.0, 0.5)) == pytest.approx(0.8807970779778823)
    assert PLAIN.probability(Signals(EN, None, 1.0)) == pytest.approx(0.8807970779778823)


def test_kazakh_has_weights_of_its_own_where_only_words_speak() -> None:
    assert PLAIN.probability(Signals(KK, None, 1.0)) == 0.5
    assert PLAIN.probability(Signals(KK, 1.0, 0.5)) == PLAIN.probability(Signals(EN, 1.0, 0.5))


@pytest.mark.parametrize(
    "of,outcome",
    [
        (Signals(EN, 1.0, 1.0), Outcome.ANSWERED),
        (Signals(EN, 0.6, 0.0), Outcome.CLOSEST),
        (Signals(EN, 0.3, 0.0), Outcome.NOTHING),
        (Signals(EN, None, 1.0), Outcome.ANSWERED),
        (Signals(EN, None, 0.4), Outcome.CLOSEST),
        (Signals(EN, None, 0.1), Outcome.NOTHING),
        (Signals(KK, None, 1.0), Outcome.CLOSEST),
    ],
)
def test_passages_found_by_words_alone_have_a_threshold_of_their_own(of: Signals, outcome: Outcome) -> None:
    assert PLAIN.outcome(of) is outcome


def test_a_threshold_belongs_to_the_better_outcome() -> None:
    exactly = dataclasses.replace(PLAIN, answered=PLAIN.probability(Signals(EN, 0.6, 0.0)))
    assert exactly.outcome(Signals(EN, 0.6, 0.0)) is Outcome.ANSWERED


@given(signals)
def test_the_fitted_numbers_give_probabilities(of: Signals) -> None:
    assert 0 < read_calibration().probability(of) < 1


@given(signals, st.floats(0, 0.5))
def test_a_nearer_passage_of_equal_words_is_never_less_likely(of: Signals, more: float) -> None:
    if of.cosine is not None:
        nearer = Signals(of.language, of.cosine + more, of.found)

        assert read_calibration().probability(nearer) >= read_calibration().probability(of)


@given(signals, st.floats(0, 0.5))
def test_a_passage_with_more_of_the_words_is_never_less_likely(of: Signals, more: float) -> None:
    fuller = Signals(of.language, of.cosine, of.found + more)

    assert read_calibration().probability(fuller) >= read_calibration().probability(of)


def test_the_fitted_thresholds_are_in_order() -> None:
    fitted = read_calibration()
    assert 0 < fitted.closest < fitted.answered < 1
    assert 0 < fitted.closest_by_words < fitted.answered


@pytest.mark.parametrize("weights", [[1, 2], [1, 2, 3, 4], "123", None])
def test_a_wrong_number_of_weights_is_named(weights: object) -> None:
    raw = {"with_cosine": weights, "words_only": [1, 2], "kazakh": [1, 2], "answered": 0.7, "closest": 0.4}

    with pytest.raises(ValueError, match="with_cosine must hold 3 numbers"):
        parse_calibration(raw)
