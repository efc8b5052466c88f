"""Confidence: from signals of the best passage to a probability that it answers, and to an outcome; pure."""

import enum
import functools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from index.signals import Signal, Signals


class Outcome(enum.StrEnum):
    """What came of a question."""

    ANSWERED = "answered"
    CLOSEST = "closest"
    NOTHING = "nothing"


class Evidenced(enum.StrEnum):
    """What a probability is made of: it depends on what could be measured of question and passage."""

    READER = "reader"  # both in a language that the model speaks
    READER_GLOSSES = "reader_glosses"  # read word by word through a dictionary, both in one language
    VECTORS = "vectors"  # the same as the first, with the reader turned off
    GLOSSES = "glosses"
    WORDS = "words"  # another model, which does not read the language
    FOREIGN = "foreign"  # question and passage in different languages


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model (Platt 1999): an intercept and the weights of signals; missing ones count as 0.

    `answered` and `closest` are the least probabilities of those outcomes.
    """

    intercept: float
    weights: Mapping[Signal, float]
    answered: float
    closest: float

    def probability(self, signals: Signals) -> float:
        """Return how probable it is that a passage with these signals answers."""
        logit = self.intercept + math.fsum(
            weight * signals.get(signal, 0.0) for signal, weight in self.weights.items()
        )
        return 1 / (1 + math.exp(-max(-500.0, min(500.0, logit))))


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model and thresholds for each kind of evidence."""

    models: Mapping[Evidenced, Logistic]

    def probability(self, by: Evidenced, signals: Signals) -> float:
        """Return how probable it is that a passage with these signals answers."""
        return self.models[by].probability(signals)

    def outcome(self, by: Evidenced, probability: float) -> Outcome:
        """Return what to say of a passage that answers with this probability."""
        model = self.models[by]
        if probability >= model.answered:
            return Outcome.ANSWERED
        return Outcome.CLOSEST if probability >= model.closest else Outcome.NOTHING

    def sure_from(self, answered: float) -> "Calibration":
        """Return the same with another least probability of "answered", where that outcome exists at all."""
        return Calibration(
            {
                by: model
                if model.answered > 1
                else replace(model, answered=answered, closest=min(model.closest, answered))
                for by, model in self.models.items()
            }
        )


@functools.cache
def read_calibration() -> Calibration:
    """Read the fitted numbers; `benchmarks/fitting.py` makes the file and says on which data."""
    raw = json.loads(Path(__file__).with_name("calibration.json").read_text(encoding="utf-8"))
    return Calibration({by: _logistic(raw[by]) for by in Evidenced})


def _logistic(raw: Mapping[str, object]) -> Logistic:
    weights = raw["weights"]
    if not isinstance(weights, dict):
        raise TypeError("calibration.json: weights must be an object")
    return Logistic(
        intercept=float(str(raw["intercept"])),
        weights={Signal(name): float(weight) for name, weight in weights.items()},
        answered=float(str(raw["answered"])),
        closest=float(str(raw["closest"])),
    )
