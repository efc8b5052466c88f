"""Glosses: a text read word by word through a small dictionary into English, for a model that speaks no more; pure.

A gloss is never shown. It lets the bundled English model compare Russian and Kazakh texts by meaning, with one
another and with English ones. The dictionaries are the project's own (`lexicon/gloss-*.tsv`); the crisis
lexicon stands in for words that they lack; a word that neither knows is written in Latin letters, as names are.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass

from corpus.languages import Language
from index.analysis import WORD, stem, words_of
from index.letters import fold_kazakh, normalise
from index.meanings import COLUMNS, LEXICON
from index.names import romanise

#: The languages that have a dictionary.
GLOSSED = frozenset({Language.RUSSIAN, Language.KAZAKH})


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as a model reads it, and the characters of the original for pieces of it.

    `spans` are (start, end) here and (start, end) there, in order; empty where the model reads the original.
    """

    text: str
    spans: tuple[tuple[int, int, int, int], ...] = ()

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the original's characters behind these ones; an empty span where there are none."""
        if not self.spans:
            return start, end
        behind = [span for span in self.spans if span[0] < end and span[1] > start]
        return (behind[0][2], behind[-1][3]) if behind else (0, 0)


def can_read(language: Language, speaks: Callable[[Language], bool]) -> bool:
    """Say whether a model can read texts in a language: it speaks it, or English, and there is a dictionary."""
    return speaks(language) or (language in GLOSSED and speaks(Language.ENGLISH))


def read_for(text: str, language: Language, speaks: Callable[[Language], bool]) -> Reading | None:
    """Return what a model reads of a text: itself, its gloss, or None where it cannot read it."""
    if not can_read(language, speaks):
        return None
    return Reading(text) if speaks(language) else gloss(text, language)


def gloss(text: str, language: Language) -> Reading:
    """Return a text in English words, in its own order; punctuation and numbers stay."""
    if language not in GLOSSED:
        return Reading(text)
    raw = list(WORD.finditer(text))
    words = words_of(text, language)
    if len(raw) != len(words):  # normalisation joined or parted something
        words = [next(iter(words_of(one[0], language)), one[0].lower()) for one in raw]
    written, spans, last = "", [], 0
    for found, word in zip(raw, words, strict=True):
        between = text[last : found.start()]
        written += between
        english = gloss_word(word, language)
        if english:
            spans.append((len(written), len(written) + len(english), found.start(), found.end()))
            written += english
        last = found.end()
    return Reading(written + text[last:], tuple(spans))


def gloss_word(word: str, language: Language) -> str:
    """Return a normalised word in English; nothing where English has no word for it."""
    if not word[0].isalpha() or word.isascii():
        return word
    dictionary = read_glosses(language)
    for form in (word, fold_kazakh(word), stem(word, language)):
        if (found := dictionary.get(form)) is not None:
            return found
    if language is Language.KAZAKH:
        russian = read_glosses(Language.RUSSIAN)
        found = russian.get(word) or russian.get(stem(word, Language.RUSSIAN))
        if found:
            return found
    return romanise(word)


@functools.cache
def read_glosses(language: Language) -> dict[str, str]:
    """Read a language's dictionary: whole words and stems to English; what is listed first wins."""
    found: dict[str, str] = {}
    stems: dict[str, str] = {}
    for word, english in _entries(language):
        found.setdefault(word, english)
        stems.setdefault(stem(word, language), english)
    for form, english in [(fold_kazakh(word), english) for word, english in found.items()]:
        stems.setdefault(form, english)
    return {**stems, **found}


def _entries(language: Language) -> list[tuple[str, str]]:
    entries: list[tuple[str, str]] = []
    path = LEXICON / f"gloss-{language}.tsv"
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            word, english = line.split("\t")
            entries.append((normalise(word), english))
    column = COLUMNS.index(language) + 1
    for line in (LEXICON / "concepts.tsv").read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        english = cells[1].split()[0]
        entries += [(normalise(word), english) for word in cells[column].split()]
    return entries
