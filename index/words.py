"""WordIndex: which texts share rare words with a question, by BM25.

It is made of immutable parts, as an index that grows needs it: the statistics of all parts together say what
a term is worth, so a score does not depend on how the texts came to lie in parts. No library that we know
offers that and lets k1 and b be chosen (docs/decisions/0008-arrivals.md).
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from index.postings import Postings
from index.signals import Scores
from index.slips import FURTHEST, SHORTEST, is_slip

#: BM25's saturation and length normalisation; sentences are short and alike in length.
K1, B = 0.9, 0.4


class WordIndex:
    """Parts that are compared as one, immutable; may be searched from many threads.

    BM25 in the variant of Lucene (Kamphuis et al. 2020, https://doi.org/10.1007/978-3-030-45442-5_4).
    """

    def __init__(self, parts: Sequence[Postings]) -> None:
        self._parts = tuple(parts)
        self._number = sum(map(len, self._parts))
        self._mean_length = sum(part.terms_of_all_texts for part in self._parts) / max(1, self._number)

    def __len__(self) -> int:
        return self._number

    def __contains__(self, term: object) -> bool:
        return isinstance(term, str) and any(part.number_having(term) for part in self._parts)

    def scores(self, terms: Sequence[str]) -> list[Scores]:
        """Return the BM25 score of every text for a question's terms, (n,) for each part."""
        worth = {term: np.float32(times * self.idf(term)) for term, times in Counter(terms).items()}
        return [self._scores(part, worth) for part in self._parts]

    def _scores(self, part: Postings, worth: dict[str, np.float32]) -> Scores:
        scores = np.zeros(len(part), dtype=np.float32)
        for term, idf in worth.items():
            having = part.having(term)
            if having is not None:
                counts = having.counts.astype(np.float32)
                scores[having.texts] += idf * counts / (counts + self._norms(part, having.texts))
        return scores

    def _norms(self, part: Postings, texts: NDArray[np.int32]) -> Scores:
        """Return how much a term must count in each of some texts to count half, by their lengths."""
        share = np.float32(B / self._mean_length) if self._mean_length else np.float32(0)
        norms: Scores = np.float32(K1) * (np.float32(1 - B) + share * part.lengths[texts].astype(np.float32))
        return norms

    def closest(self, term: str) -> str:
        """Return the term of the index that a term is a slip of (`index.slips`).

        The likest one, and of those the commonest. A term that is known, short, a number or like no other one
        is returned as it is.
        """
        if term in self or len(term) < SHORTEST or not term[-1].isalpha():
            return term
        alike = {
            (distance, known)
            for length in range(len(term) - FURTHEST, len(term) + FURTHEST + 1)
            for part in self._parts
            for known, distance, _ in process.extract(
                term,
                part.of_length(length),
                scorer=OSA.distance,
                score_cutoff=FURTHEST,
                processor=None,
                limit=None,
            )
            if is_slip(term, known)
        }
        return min(alike, key=lambda one: (one[0], self.idf(one[1]), one[1]), default=(0, term))[1]

    def idf(self, term: str) -> float:
        """Return how rare a term is: Lucene's inverse document frequency; the greatest for an unknown one."""
        having = sum(part.number_having(term) for part in self._parts)
        return float(np.log1p((len(self) - having + 0.5) / (having + 0.5)))
