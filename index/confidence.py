"""Confidence: from signals of the best passage to a probability that it answers, and to an outcome; pure."""

import enum
import functools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.languages import Language


class Outcome(enum.StrEnum):
    """What came of a question."""

    ANSWERED = "answered"
    CLOSEST = "closest"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known about the best passage for a question; between 0 and 1; `language` is the passage's.

    `cosine` is None where the model does not speak the language; `found` is the share of the question's
    terms, weighted by rarity, that stand in the sentence.
    """

    language: Language
    cosine: float | None
    found: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model of "the best passage answers" (Platt 1999) and the thresholds of the outcomes.

    Weights belong to 1, cosine, found; those of the others to 1, found. Kazakh is searched
    by pieces of words, of which far more are found by chance, so it has numbers of its own.
    `answered` and `closest` are the least probabilities of those outcomes, `closest_by_words` without cosine.
    """

    with_cosine: tuple[float, float, float]
    words_only: tuple[float, float]
    kazakh: tuple[float, float]
    answered: float
    closest: float
    closest_by_words: float

    def probability(self, signals: Signals) -> float:
        """Return the probability that the best passage answers the question."""
        if signals.cosine is None:
            by_words = self.kazakh if signals.language is Language.KAZAKH else self.words_only
            return _logistic(by_words, (signals.found,))
        return _logistic(self.with_cosine, (signals.cosine, signals.found))

    def outcome(self, signals: Signals) -> Outcome:
        """Return what to say of a passage with these signals."""
        probability = self.probability(signals)
        if probability >= self.answered:
            return Outcome.ANSWERED
        closest = self.closest_by_words if signals.cosine is None else self.closest
        return Outcome.CLOSEST if probability >= closest else Outcome.NOTHING


@functools.cache
def read_calibration() -> Calibration:
    """Read the fitted numbers; `benchmarks/calibration.py` makes the file and says on which data."""
    raw: Mapping[str, object] = json.loads(
        Path(__file__).with_name("calibration.json").read_text(encoding="utf-8")
    )
    return parse_calibration(raw)


def parse_calibration(raw: Mapping[str, object]) -> Calibration:
    """Make a calibration out of the file's content."""
    return Calibration(
        with_cosine=_numbers(raw, "with_cosine", 3),  # type: ignore[arg-type] # their number is checked
        words_only=_numbers(raw, "words_only", 2),  # type: ignore[arg-type] # their number is checked
        kazakh=_numbers(raw, "kazakh", 2),  # type: ignore[arg-type] # their number is checked
        answered=float(str(raw["answered"])),
        closest=float(str(raw["closest"])),
        closest_by_words=float(str(raw["closest_by_words"])),
    )


def _numbers(raw: Mapping[str, object], field: str, count: int) -> tuple[float, ...]:
    values = raw[field]
    if not isinstance(values, list) or len(values) != count:
        raise ValueError(f"calibration.json: {field} must hold {count} numbers")
    return tuple(map(float, values))


def _logistic(weights: tuple[float, ...], values: tuple[float, ...]) -> float:
    logit = weights[0] + sum(w * v for w, v in zip(weights[1:], values, strict=True))
    return 1 / (1 + math.exp(-logit))
