"""Late interaction: how well each word piece of a question is met by some word piece of a sentence; pure.

MaxSim of ColBERT (Khattab and Zaharia 2020, https://arxiv.org/abs/2004.12832), weighted by how rare a piece
is, with the bundled model's own token vectors instead of ones that were trained for it.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.signals import Scores


def late_scores(question: Vectors, weights: Scores, sentences: Sequence[Vectors]) -> Scores:
    """Return for each sentence the mean of the question's best cosines, weighted, (n,); 0 without a piece.

    Args:
        question: the question's pieces, (q, d) unit rows.
        weights: how much each of them counts, (q,).
        sentences: the pieces of each sentence, (t, d) unit rows.
    """
    scores = np.zeros(len(sentences), dtype=np.float32)
    lengths = np.array([len(tokens) for tokens in sentences], dtype=np.int64)
    total = float(weights.sum())
    if not lengths.any() or total <= 0:
        return scores
    having = np.flatnonzero(lengths)
    cosines = question @ np.concatenate([sentences[row] for row in having.tolist()]).T
    starts = np.concatenate([[0], np.cumsum(lengths[having])[:-1]])
    scores[having] = weights @ np.maximum.reduceat(cosines, starts, axis=1) / total
    return scores


def best_matches(question: Vectors, sentence: Vectors) -> tuple[NDArray[np.int64], Scores]:
    """Return for each piece of the question the sentence's nearest piece and their cosine, both (q,)."""
    cosines = question @ sentence.T
    best: NDArray[np.int64] = cosines.argmax(axis=1)
    return best, cosines[np.arange(len(best)), best]
