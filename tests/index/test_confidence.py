from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import index.confidence
from index.confidence import Calibration, Evidenced, Logistic, Outcome, read_calibration
from index.signals import Signal

COSINE, FOUND, READER = Signal.COSINE, Signal.FOUND, Signal.READER
signals = st.dictionaries(st.sampled_from(Signal), st.floats(-50, 50))
kinds = st.sampled_from(Evidenced)

PLAIN = Logistic(intercept=0.0, weights={COSINE: 1.0, FOUND: 2.0}, answered=0.7, closest=0.6)
WORDS_ONLY = Logistic(intercept=-1.0, weights={FOUND: 3.0}, answered=0.8, closest=0.4)
NEVER = Logistic(intercept=0.0, weights={FOUND: 3.0}, answered=1.1, closest=0.4)
MADE = Calibration({Evidenced.VECTORS: PLAIN, Evidenced.WORDS: WORDS_ONLY, Evidenced.FOREIGN: NEVER})


def test_the_probability_is_logistic_in_the_weighted_signals() -> None:
    assert PLAIN.probability({COSINE: 1.0, FOUND: 0.5}) == pytest.approx(0.8807970779778823)
    assert WORDS_ONLY.probability({FOUND: 1.0, COSINE: 9.0}) == pytest.approx(0.8807970779778823)


def test_a_signal_that_is_missing_counts_as_0() -> None:
    assert PLAIN.probability({}) == 0.5
    assert PLAIN.probability({FOUND: 1.0}) == PLAIN.probability({FOUND: 1.0, COSINE: 0.0})


@pytest.mark.parametrize("value,probability", [(1e9, 1.0), (-1e9, 0.0)])
def test_no_signal_is_too_large(value: float, probability: float) -> None:
    assert PLAIN.probability({COSINE: value}) == pytest.approx(probability, abs=1e-12)


@pytest.mark.parametrize("by", [Evidenced.VECTORS, Evidenced.WORDS, Evidenced.FOREIGN])
def test_each_kind_of_evidence_has_a_model_of_its_own(by: Evidenced) -> None:
    of = {COSINE: 0.3, FOUND: 0.2}

    assert MADE.probability(by, of) == MADE.models[by].probability(of)


@pytest.mark.parametrize(
    "by,probability,outcome",
    [
        (Evidenced.VECTORS, 0.7, Outcome.ANSWERED),
        (Evidenced.VECTORS, 0.699, Outcome.CLOSEST),
        (Evidenced.VECTORS, 0.6, Outcome.CLOSEST),
        (Evidenced.VECTORS, 0.599, Outcome.NOTHING),
        (Evidenced.WORDS, 0.799, Outcome.CLOSEST),
        (Evidenced.WORDS, 0.4, Outcome.CLOSEST),
        (Evidenced.FOREIGN, 1.0, Outcome.CLOSEST),
        (Evidenced.FOREIGN, 0.399, Outcome.NOTHING),
    ],
)
def test_a_threshold_belongs_to_the_better_outcome(
    by: Evidenced, probability: float, outcome: Outcome
) -> None:
    assert MADE.outcome(by, probability) is outcome


@pytest.mark.parametrize("answered,closest", [(0.9, 0.6), (0.5, 0.5)])
def test_another_threshold_for_answers_moves_nothing_else(answered: float, closest: float) -> None:
    changed = MADE.sure_from(answered)

    vectors = changed.models[Evidenced.VECTORS]
    assert (vectors.answered, vectors.closest) == (answered, closest)
    assert (vectors.intercept, vectors.weights) == (PLAIN.intercept, PLAIN.weights)
    assert changed.models[Evidenced.WORDS].answered == answered


def test_where_nothing_is_ever_called_an_answer_no_threshold_makes_it_one() -> None:
    assert MADE.sure_from(0.01).models[Evidenced.FOREIGN] == NEVER
    assert read_calibration().sure_from(0.0).outcome(Evidenced.FOREIGN, 1.0) is Outcome.CLOSEST


@given(kinds, signals)
def test_the_fitted_numbers_give_probabilities(by: Evidenced, of: dict[Signal, float]) -> None:
    assert 0 <= read_calibration().probability(by, of) <= 1


#: What grows together: a word of the question that a sentence has is also one that is around it.
GROWS = [(COSINE,), (Signal.LATE,), (READER,), (Signal.AROUND,), (FOUND, Signal.AROUND), (Signal.NAMED,)]


@given(kinds, st.sampled_from(GROWS), signals, st.floats(0, 0.5))
def test_a_better_passage_is_never_less_likely(
    by: Evidenced, grown: tuple[Signal, ...], of: dict[Signal, float], more: float
) -> None:
    better = {**of, **{signal: of.get(signal, 0.0) + more for signal in grown}}

    assert read_calibration().probability(by, better) >= read_calibration().probability(by, of)


@pytest.mark.parametrize("by", Evidenced)
def test_the_fitted_numbers_are_in_order(by: Evidenced) -> None:
    fitted = read_calibration().models[by]

    assert 0 < fitted.closest < fitted.answered
    assert (fitted.answered > 1) is (by is Evidenced.FOREIGN), "another language is never an answer"
    assert fitted.weights
    assert all(math.isfinite(weight) for weight in (fitted.intercept, *fitted.weights.values()))


@pytest.mark.parametrize("by", Evidenced)
def test_a_passage_that_nothing_speaks_for_is_not_shown(by: Evidenced) -> None:
    at_worst = {COSINE: 0.0, FOUND: 0.0, READER: -9.0}
    fitted = read_calibration()

    assert fitted.outcome(by, fitted.probability(by, at_worst)) is Outcome.NOTHING


@pytest.mark.parametrize("change", [{"weights": [1, 2]}, {"weights": None}, {"intercept": "much"}])
def test_a_damaged_file_of_numbers_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, object]
) -> None:
    file = Path(index.confidence.__file__).with_name("calibration.json")
    raw = json.loads(file.read_text(encoding="utf-8"))
    (tmp_path / "calibration.json").write_text(json.dumps({**raw, "vectors": {**raw["vectors"], **change}}))
    monkeypatch.setattr(index.confidence, "__file__", str(tmp_path / "confidence.py"))

    with pytest.raises((TypeError, ValueError)):
        read_calibration.__wrapped__()
