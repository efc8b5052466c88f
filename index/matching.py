"""Matching: which words of a question a sentence has: the same, another form, other words, another script.

Pure. The share of them is a signal; the words themselves are what is marked in an answer.
"""

import functools
import math
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from corpus.languages import Language
from corpus.passages import Span
from index.analysis import is_stop_word, located_words, stem
from index.meanings import SHORTEST_NAME, concepts
from index.names import last_vowel, sound_key
from index.slips import is_slip

#: Letters of a word at least, for a typing error in it to be forgiven.
SHORTEST_FORGIVEN = 6

#: Stems that begin alike for this share of the longer one are forms of one word: протест, протестующий.
BEGINNING = 0.7
SHORTEST_BEGINNING = 5

#: Concepts that are names.
_NAMING = re.compile("place_|month_")

#: Inverse document frequency: how rare a stem is.
Idf = Callable[[str], float]


class Word(NamedTuple):
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
    last_vowel: str | None = None

    def sounds_like(self, other: "Word") -> bool:
        """Say whether two names have one sound, as far as their endings can tell."""
        endings = (self.last_vowel, other.last_vowel)
        return self.sound == other.sound and (None in endings or endings[0] == endings[1])


class Words:
    """The telling words of a text, in order, and where they are by all that they can be met by.

    A name is met by its spellings and forms alone, never by a word that is like it: Karimov is not Kasimov,
    Karimova or Karimovka.
    """

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = tuple(words)
        self._by_stem: dict[str, list[int]] = {}
        self._by_meaning: dict[str, list[int]] = {}
        self._by_sound: dict[str, list[int]] = {}
        self._stems_by_letter: dict[str, list[str]] = {}
        for number, word in enumerate(self.words):
            if word.stem not in self._by_stem and not word.is_number:
                self._stems_by_letter.setdefault(word.stem[0], []).append(word.stem)
            self._by_stem.setdefault(word.stem, []).append(number)
            for meaning in word.concepts:
                self._by_meaning.setdefault(meaning, []).append(number)
            if word.sound:
                self._by_sound.setdefault(word.sound, []).append(number)

    def met_by(self, word: Word, *, same_language: bool) -> list[int]:
        """Return the numbers of the words that are forms, synonyms or spellings of a word, ascending."""
        if word.is_number:
            return self._by_stem.get(word.stem, [])
        found = {number for one in word.concepts for number in self._by_meaning.get(one, ())}
        alike = self._by_sound.get(word.sound, ())
        found.update(number for number in alike if word.sounds_like(self.words[number]))
        if same_language:
            found.update(self._by_stem.get(word.stem, ()))
        if same_language and not word.is_name:
            # Slips are rare in a first letter, and most words part there.
            for known in self._stems_by_letter.get(word.stem[0], ()):
                if _is_form(word.stem, known):
                    found.update(self._by_stem[known])
        return sorted(found)


def read_words(text: str, language: Language) -> list[Word]:
    """Return the telling words of a text, in order."""
    return [
        _word(
            Span(one.start, one.end), one.word, language, is_capital=number > 0 and text[one.start].isupper()
        )
        for number, one in enumerate(located_words(text, language))
        if not is_stop_word(one.word, language)
    ]


def matches(question: Sequence[Word], text: Words, *, same_language: bool) -> list[list[int]]:
    """Return for each word of the question the numbers of the text's words that it meets."""
    return [text.met_by(word, same_language=same_language) for word in question]


def found_share(question: Sequence[Word], met: Sequence[Sequence[int]], idf: Idf) -> float:
    """Return the share of a question's words that were met, rare words counting more, 0 to 1."""
    weights = [idf(word.stem) for word in question]
    total = math.fsum(weights)
    return math.fsum(w for w, some in zip(weights, met, strict=True) if some) / total if total > 0 else 0.0


def _word(span: Span, word: str, language: Language, *, is_capital: bool) -> Word:
    found, known, sound, last, is_number, names = _recognised(word, language)
    return Word(span, found, known, sound, is_number, names or (is_capital and not known), last)


@functools.lru_cache(maxsize=200_000)
def _recognised(word: str, language: Language) -> tuple[str, frozenset[str], str, str | None, bool, bool]:
    """Return stem, concepts, sound and last vowel of a normalised word, whether it is a number, or names."""
    is_number = not word[0].isalpha()
    known = () if is_number else concepts(word, language)
    sound = sound_key(word) if not is_number and not known and len(word) >= SHORTEST_NAME else ""
    last = last_vowel(word) if sound else None
    names = is_number or any(map(_NAMING.match, known))
    return stem(word, language), frozenset(known), sound, last, is_number, names


def _is_form(one: str, other: str) -> bool:
    if one == other:
        return True
    shorter, longer = sorted((len(one), len(other)))
    if shorter < SHORTEST_BEGINNING:
        return False
    alike = next((n for n in range(shorter) if one[n] != other[n]), shorter)
    if alike >= SHORTEST_BEGINNING and alike >= BEGINNING * longer:
        return True
    return longer >= SHORTEST_FORGIVEN and is_slip(one, other)
