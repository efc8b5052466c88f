"""Pairs: a question and a sentence as the reader's model reads them, together; pure but for the tokeniser.

Shared by the engine and by `training/`, so that the model is asked exactly what it was taught on.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from index.errors import ModelDamaged

#: Word pieces read of each part; questions and sentences of news are longer in one of a hundred cases.
QUESTION_PIECES, SENTENCE_PIECES, BEFORE_PIECES = 32, 80, 24

#: A sentence with one of these leans on the sentence before, so that the beginning of that one is read, too.
_LEANS = re.compile(
    r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|theirs|this|these|those|latter|there|both|such)\b"
    r"|^(?:the|but|and|then|later|also|earlier|that)\b",
    re.IGNORECASE,
)

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pair:
    """Word pieces of one pair: `[CLS] question [SEP] sentence [SEP] before [SEP]`.

    `offsets[i]` are the characters of the sentence that piece `first + i` stands for.
    """

    ids: list[int]
    types: list[int]
    first: int
    offsets: list[tuple[int, int]]


def leans_on_the_one_before(sentence: str) -> bool:
    """Say whether a sentence has a word that may stand for something named in the sentence before."""
    return _LEANS.search(sentence) is not None


class Pairs:
    """Turns questions and sentences into the model's input. May be used from many threads.

    Raises:
        ModelDamaged: when the tokenizer lacks the word pieces that stand between the parts.
    """

    def __init__(self, tokenizer: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._begin, self._end = self._id("[CLS]"), self._id("[SEP]")

    def question(self, text: str) -> list[int]:
        """Return the word pieces of a question."""
        return self._pieces(text).ids[:QUESTION_PIECES]

    def pair(self, question: Sequence[int], sentence: str, before: str = "") -> Pair:
        """Put a question, a sentence and, where the sentence leans on it, the one before it together."""
        read = self._pieces(sentence)
        pieces = read.ids[:SENTENCE_PIECES]
        head = [self._begin, *question, self._end]
        ids = [*head, *pieces, self._end]
        types = [0] * len(head) + [1] * (len(pieces) + 1)
        if before and leans_on_the_one_before(sentence):
            context = [*self._pieces(before).ids[:BEFORE_PIECES], self._end]
            ids += context
            types += [0] * len(context)
        return Pair(ids, types, len(head), read.offsets[:SENTENCE_PIECES])

    def _id(self, piece: str) -> int:
        found = self._tokenizer.token_to_id(piece)
        if found is None:
            raise ModelDamaged(f"the reader's tokenizer has no word piece {piece}; install Crisisbot anew")
        return found

    def _pieces(self, text: str) -> Encoding:
        return self._tokenizer.encode(text, add_special_tokens=False)


def padded(pairs: Sequence[Pair]) -> tuple[Ids, Ids, Ids]:
    """Return ids, attention mask and token types of pairs, each (n, longest)."""
    ids = np.zeros((len(pairs), max(len(pair.ids) for pair in pairs)), dtype=np.int64)
    mask, types = np.zeros_like(ids), np.zeros_like(ids)
    for row, pair in enumerate(pairs):
        ids[row, : len(pair.ids)] = pair.ids
        mask[row, : len(pair.ids)] = 1
        types[row, : len(pair.types)] = pair.types
    return ids, mask, types
