"""Signals: what speaks for a passage, by name."""

import enum
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

#: One number for each of n candidates, (n,); NaN where a signal was not measured.
Scores = NDArray[np.float32]


class Signal(enum.StrEnum):
    """What is measured of a candidate. The greater, the more it speaks for the passage."""

    COSINE = "cosine"  # of the question's and the sentence's vectors
    PARAGRAPH_COSINE = "paragraph_cosine"
    WORDS = "words"  # BM25 of stems, the title read with each sentence
    PARAGRAPH_WORDS = "paragraph_words"
    PIECES = "pieces"  # BM25 of overlapping pieces of words
    MEANINGS = "meanings"  # BM25 of concepts, names and numbers, in any language
    PARAGRAPH_MEANINGS = "paragraph_meanings"
    LATE = "late"  # word piece by word piece (`index.late`)
    READER = "reader"  # a model that reads question and sentence together (`index.reader`)
    FOUND = "found"  # the share of the question's words that the sentence has (`index.matching`)
    AROUND = "around"  # the same, of its title and paragraph together with it
    NAMED = "named"  # the share of the question's names and numbers that its article has; 1 without any
    KIND = "kind"  # 1 where the sentence has what such a question asks for: a number, a day, a name


#: The signals of one passage; those that were not measured are missing.
Signals = Mapping[Signal, float]

#: The signals of n candidates, each (n,).
Table = Mapping[Signal, Scores]
