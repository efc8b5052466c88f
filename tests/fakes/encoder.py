"""FakeEncoder: vectors out of words, without a model; texts that share words are near."""

from __future__ import annotations

import functools
import hashlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from corpus.languages import Language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from index.encoder import Vectors

DIMENSION = 24


@dataclass
class FakeEncoder:
    """An encoder that remembers what it encoded; `pause` seconds go by with each batch of passages."""

    identity: str = "fake words"
    languages: frozenset[Language] = frozenset({Language.ENGLISH, Language.RUSSIAN})
    pause: float = 0.0
    encoded: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def speaks(self, language: Language) -> bool:
        return language in self.languages

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return self._vectors(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        time.sleep(self.pause)
        self.encoded += texts
        return self._vectors(texts)

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        return np.array([vector(text, self.identity) for text in texts], dtype=np.float32).reshape(
            -1, DIMENSION
        )


def vector(text: str, identity: str = "fake words") -> Vectors:
    """Return the (d,) unit vector of a text: the sum of its words' ones, which the identity decides."""
    words = text.casefold().split() or [""]
    total = np.sum([_of_word(word.strip(".,!?»«\"'"), identity) for word in words], axis=0)
    return np.asarray(total / np.linalg.norm(total), dtype=np.float32)


@functools.lru_cache(maxsize=10_000)
def _of_word(word: str, identity: str) -> NDArray[np.float64]:
    seed = hashlib.blake2b(f"{identity}\x1f{word}".encode(), digest_size=8).digest()
    return np.random.default_rng(int.from_bytes(seed)).normal(size=DIMENSION)
