"""Fusion: several signals for the same candidates to one score each; pure."""

import enum
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.signals import Scores, Signal, Table


class Profile(enum.StrEnum):
    """Which signals there are, and so how much each of them counts."""

    VECTORS = "vectors"  # the model speaks the question's language
    GLOSSES = "glosses"  # it reads the question word by word through a dictionary
    WORDS = "words"  # it does not read it at all


#: The signals that the index measures of all candidates; the others come later, of the best ones only.
FIRST = (
    Signal.COSINE,
    Signal.PARAGRAPH_COSINE,
    Signal.WORDS,
    Signal.PARAGRAPH_WORDS,
    Signal.PIECES,
    Signal.MEANINGS,
    Signal.PARAGRAPH_MEANINGS,
)


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each signal counts in each profile, and what a passage in another language loses."""

    by_profile: Mapping[Profile, Mapping[Signal, float]]
    foreign: float


@functools.cache
def read_weights() -> Weights:
    """Read the weights; `benchmarks/fitting.py` makes the file and says on which data."""
    raw = json.loads(Path(__file__).with_name("weights.json").read_text(encoding="utf-8"))
    return Weights(
        {
            profile: {Signal(name): float(weight) for name, weight in raw[profile].items()}
            for profile in Profile
        },
        float(raw["foreign"]),
    )


def standardise(values: Scores) -> Scores:
    """Scale values, (n,), to mean 0 and standard deviation 1; equal values become 0, and so does NaN."""
    known = values[~np.isnan(values)]
    deviation = float(known.std()) if len(known) else 0.0
    if deviation < np.finfo(np.float32).eps * max(1.0, float(np.abs(known).max(initial=0.0))):
        return np.zeros_like(values)
    scaled: Scores = np.nan_to_num((values - known.mean()) / deviation)
    return scaled


def fuse(table: Table, weights: Mapping[Signal, float]) -> Scores:
    """Add up the weighted standardised signals of the index, each (n,); those without weight do not count."""
    total = np.zeros(len(next(iter(table.values()), ())), dtype=np.float32)
    for signal in FIRST:
        if signal in table and weights.get(signal):
            total += np.float32(weights[signal]) * standardise(table[signal])
    return total
