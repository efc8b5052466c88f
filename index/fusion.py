"""Fusion: several signals for the same candidates to one score each; pure."""

from collections.abc import Mapping

import numpy as np

from index.vectors import Scores

#: Weights of the standardised signals. Vectors and words count the same, a paragraph half as much as its
#: sentence; confirmed on SQuAD 2.0 paragraphs outside XQuAD (docs/decisions/0003-index.md).
WEIGHTS: Mapping[str, float] = {
    "cosine": 0.5,
    "paragraph_cosine": 0.25,
    "bm25": 0.5,
    "paragraph_bm25": 0.25,
}


def standardise(values: Scores) -> Scores:
    """Scale values to mean 0 and standard deviation 1; equal values become 0."""
    deviation = float(values.std())
    if deviation < np.finfo(np.float32).eps * max(1.0, float(np.abs(values).max(initial=0.0))):
        return np.zeros_like(values)
    scaled: Scores = (values - values.mean()) / deviation
    return scaled


def fuse(signals: Mapping[str, Scores], weights: Mapping[str, float] = WEIGHTS) -> Scores:
    """Add up weighted standardised signals, each (n,); one that nobody measured is left out of `signals`."""
    total = np.zeros(len(next(iter(signals.values()))), dtype=np.float32)
    for name, values in signals.items():
        total += np.float32(weights[name]) * standardise(values)
    return total
