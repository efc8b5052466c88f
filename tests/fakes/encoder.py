"""FakeEncoder: vectors out of words, without a model; texts that share words are near."""

from __future__ import annotations

import functools
import hashlib
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from corpus.languages import Language
from index.encoder import Encoded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from index.encoder import Vectors

DIMENSION = 24

#: How much of a sentence's vector comes from the paragraph that it is read in.
OF_THE_PARAGRAPH = 0.1

_WORD = re.compile(r"\S+")


@dataclass
class FakeEncoder:
    """An encoder that remembers what it encoded; `pause` seconds go by with each batch of passages.

    `encoded` are sentences, `paragraphs` those that were read together, `asked` questions, as they came.
    """

    identity: str = "fake words"
    languages: frozenset[Language] = frozenset({Language.ENGLISH, Language.RUSSIAN})
    pause: float = 0.0
    encoded: list[str] = field(default_factory=list)
    paragraphs: list[tuple[str, ...]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def speaks(self, language: Language) -> bool:
        return language in self.languages

    def encode_questions(self, texts: Sequence[str]) -> list[Encoded]:
        self.asked += texts
        return [encode(text, identity=self.identity) for text in texts]

    def encode_passages(self, paragraphs: Sequence[Sequence[str]]) -> list[list[Encoded]]:
        time.sleep(self.pause)
        self.paragraphs += map(tuple, paragraphs)
        self.encoded += [sentence for paragraph in paragraphs for sentence in paragraph]
        return [
            [encode(sentence, " ".join(paragraph), identity=self.identity) for sentence in paragraph]
            for paragraph in paragraphs
        ]

    @property
    def read_in(self) -> set[tuple[str, str]]:
        """Return each sentence that was encoded, with the paragraph that it was read in."""
        return {(sentence, " ".join(one)) for one in self.paragraphs for sentence in one}


def encode(text: str, paragraph: str | None = None, *, identity: str = "fake words") -> Encoded:
    """Encode a text, which may stand in a paragraph: its words are its word pieces."""
    found = list(_WORD.finditer(text))
    words = [_of_word(_bare(one[0]), identity) for one in found]
    return Encoded(
        vector(text, identity, paragraph),
        np.array([_unit(word) for word in words], dtype=np.float32).reshape(-1, DIMENSION),
        np.array([one.span() for one in found], dtype=np.int64).reshape(-1, 2),
    )


def vector(text: str, identity: str = "fake words", paragraph: str | None = None) -> Vectors:
    """Return the (d,) unit vector of a text: the sum of its words' ones, which the identity decides."""
    own = _unit(_sum(text, identity))
    if paragraph is None or paragraph == text:
        return own
    return _unit(own + OF_THE_PARAGRAPH * _sum(paragraph, identity))


def _sum(text: str, identity: str) -> NDArray[np.float64]:
    total: NDArray[np.float64] = np.sum(
        [_of_word(_bare(word), identity) for word in text.casefold().split() or [""]], axis=0
    )
    return total


def _unit(values: NDArray[np.floating]) -> Vectors:
    return np.asarray(values / np.linalg.norm(values), dtype=np.float32)


def _bare(word: str) -> str:
    return word.casefold().strip(".,!?»«\"'")


@functools.lru_cache(maxsize=10_000)
def _of_word(word: str, identity: str) -> NDArray[np.float64]:
    seed = hashlib.blake2b(f"{identity}\x1f{word}".encode(), digest_size=8).digest()
    return np.random.default_rng(int.from_bytes(seed)).normal(size=DIMENSION)
