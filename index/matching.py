"""Matching: which words of a question a sentence has: the same, another form, other words, another script.

Pure. The share of them is a signal; the words themselves are what is marked in an answer.
"""

import functools
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from corpus.languages import Language
from corpus.passages import Span
from index.analysis import WORD, is_stop_word, stem, words_of
from index.meanings import SHORTEST_NAME, concepts
from index.names import sound_key

#: Letters of a word at least, for a typing error in it to be forgiven.
SHORTEST_FORGIVEN = 6

#: Stems that begin alike for this share of the longer one are forms of one word: протест, протестующий.
BEGINNING = 0.7
SHORTEST_BEGINNING = 5

#: Concepts that are names.
_NAMING = re.compile("place_|month_")

#: Inverse document frequency: how rare a stem is.
Idf = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Word:
    """A telling word of a text, and all by which it can be recognised.

    `is_name`: a number, a place, a month, or a word with a capital letter that begins no text and that the
    lexicon does not know. An answer about another one is none.
    """

    span: Span
    stem: str
    concepts: frozenset[str]
    sound: str
    is_number: bool
    is_name: bool = False

    def meets(self, other: "Word", *, same_language: bool) -> bool:
        """Say whether two words are forms, synonyms or spellings of one."""
        if self.is_number or other.is_number:
            return self.stem == other.stem
        if self.concepts & other.concepts or (self.sound and self.sound == other.sound):
            return True
        return same_language and _is_form(self.stem, other.stem)


def read_words(text: str, language: Language) -> list[Word]:
    """Return the telling words of a text, in order."""
    raw = list(WORD.finditer(text))
    words = words_of(text, language)
    if len(raw) != len(words):
        return []
    return [
        _word(Span(one.start(), one.end()), word, language, is_capital=number > 0 and one[0][0].isupper())
        for number, (one, word) in enumerate(zip(raw, words, strict=True))
        if not is_stop_word(word, language)
    ]


def matches(question: Sequence[Word], sentence: Sequence[Word], *, same_language: bool) -> list[list[int]]:
    """Return for each word of the question the numbers of the sentence's words that it meets."""
    return [
        [number for number, word in enumerate(sentence) if asked.meets(word, same_language=same_language)]
        for asked in question
    ]


def found_share(question: Sequence[Word], met: Sequence[Sequence[int]], idf: Idf) -> float:
    """Return the share of a question's words that were met, rare words counting more, 0 to 1."""
    weights = [idf(word.stem) for word in question]
    total = math.fsum(weights)
    return math.fsum(w for w, some in zip(weights, met, strict=True) if some) / total if total > 0 else 0.0


def _word(span: Span, word: str, language: Language, *, is_capital: bool) -> Word:
    found, known, sound, is_number = _recognised(word, language)
    is_name = is_number or any(map(_NAMING.match, known)) or (is_capital and not known)
    return Word(span, found, known, sound, is_number, is_name)


@functools.lru_cache(maxsize=200_000)
def _recognised(word: str, language: Language) -> tuple[str, frozenset[str], str, bool]:
    """Return stem, concepts and sound of a normalised word, and whether it is a number."""
    is_number = not word[0].isalpha()
    known = () if is_number else concepts(word, language)
    sound = sound_key(word) if not is_number and not known and len(word) >= SHORTEST_NAME else ""
    return stem(word, language), frozenset(known), sound, is_number


def _is_form(one: str, other: str) -> bool:
    if one == other:
        return True
    if one[0] != other[0]:  # slips are rare there, and most words part here
        return False
    shorter, longer = sorted((len(one), len(other)))
    if shorter < SHORTEST_BEGINNING:
        return False
    alike = next((n for n in range(shorter) if one[n] != other[n]), shorter)
    if alike >= SHORTEST_BEGINNING and alike >= BEGINNING * longer:
        return True
    return longer >= SHORTEST_FORGIVEN and OSA.distance(one, other, score_cutoff=1) <= 1
