"""WordIndex: which texts share rare words with a question, by BM25. The only module that knows bm25s."""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from index.errors import SnapshotDamaged
from index.signals import Scores
from index.slips import FURTHEST, SHORTEST, is_slip

#: BM25's saturation and length normalisation; sentences are short and alike in length.
K1, B = 0.9, 0.4

logging.getLogger("bm25s").setLevel(logging.WARNING)  # it tells of every index it builds


class WordIndex:
    """The BM25 scores of every (term, text) pair, immutable; may be searched from many threads.

    Scores are computed when it is built (Lù 2024, https://arxiv.org/abs/2407.03618); BM25 in the variant of
    Lucene (Kamphuis et al. 2020, https://doi.org/10.1007/978-3-030-45442-5_4).
    """

    def __init__(self, index: bm25s.BM25) -> None:
        self._index = index
        self._lengths: dict[int, list[str]] = {}
        self._lock = threading.Lock()

    @classmethod
    def build(cls, terms: Sequence[Sequence[str]]) -> "WordIndex":
        """Index the terms of texts; row i is text i."""
        index = bm25s.BM25(k1=K1, b=B)
        # bm25s fails where no text has a term; the empty one, which no question has, stands for none.
        index.index([list(text) or [""] for text in terms], show_progress=False)
        return cls(index)

    @classmethod
    def read(cls, folder: Path) -> "WordIndex":
        """Read what `write` wrote; scores stay on disk until they are needed.

        Raises:
            SnapshotDamaged: when it cannot be read.
        """
        try:
            return cls(bm25s.BM25.load(folder, mmap=True, show_progress=False))
        except (OSError, EOFError, ValueError, KeyError) as error:
            raise SnapshotDamaged(f"{folder} is no BM25 index") from error

    def write(self, folder: Path) -> None:
        """Write into a new folder."""
        self._index.save(folder, show_progress=False)

    def __len__(self) -> int:
        return int(self._index.scores["num_docs"])

    def __contains__(self, term: object) -> bool:
        return term in self._index.vocab_dict

    def scores(self, terms: Sequence[str]) -> Scores:
        """Return the BM25 score of every text for a question's terms, (n,)."""
        known = [number for term in terms if (number := self._index.vocab_dict.get(term)) is not None]
        if not known:
            return np.zeros(len(self), dtype=np.float32)
        scores: Scores = self._index.get_scores_from_ids(known)
        return scores

    def closest(self, term: str) -> str:
        """Return the term of the index that a term is a slip of (`index.slips`).

        The likest one, and of those the commonest. A term that is known, short, a number or like no other one
        is returned as it is.
        """
        if term in self._index.vocab_dict or len(term) < SHORTEST or not term[-1].isalpha():
            return term
        alike = [
            (distance, known)
            for length in range(len(term) - FURTHEST, len(term) + FURTHEST + 1)
            for known, distance, _ in process.extract(
                term,
                self._of_length(length),
                scorer=OSA.distance,
                score_cutoff=FURTHEST,
                processor=None,
                limit=None,
            )
            if is_slip(term, known)
        ]
        return min(alike, key=lambda one: (one[0], self.idf(one[1]), one[1]), default=(0, term))[1]

    def _of_length(self, length: int) -> list[str]:
        with self._lock:
            if not self._lengths:
                for known in self._index.vocab_dict:
                    self._lengths.setdefault(len(known), []).append(known)
        return self._lengths.get(length, [])

    def idf(self, term: str) -> float:
        """Return how rare a term is: Lucene's inverse document frequency; the greatest for an unknown one."""
        number = self._index.vocab_dict.get(term)
        bounds = self._index.scores["indptr"]
        having = 0 if number is None else int(bounds[number + 1] - bounds[number])
        return float(np.log1p((len(self) - having + 0.5) / (having + 0.5)))
