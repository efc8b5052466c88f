"""Glosses: a text read word by word through a small dictionary into English, for a model of English; pure.

A gloss is never shown. It lets the bundled English model compare Russian and Kazakh texts by meaning, with
one another and with English ones. The dictionaries are the project's own (`lexicon/gloss-*.tsv`); the crisis
lexicon stands in for words that they lack; a word that neither knows is written in Latin letters, like names.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from corpus.languages import Language
from index.analysis import located_words, stem
from index.letters import fold_kazakh, normalise
from index.meanings import COLUMNS, LEXICON
from index.names import romanise

#: The languages that have a dictionary.
GLOSSED = frozenset({Language.RUSSIAN, Language.KAZAKH})

#: Letters of a stem at least, for a word that is written like it to be taken for its root.
SHORTEST_ROOT = 5


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
    """Say whether a model can read texts in a language: it speaks it, or English with a dictionary."""
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
    written, spans, last = "", [], 0
    for found in located_words(text, language):
        written += text[last : found.start]
        english = gloss_word(found.word, language)
        if english:
            spans.append((len(written), len(written) + len(english), found.start, found.end))
            written += english
        last = found.end
    return Reading(written + text[last:], tuple(spans))


def gloss_word(word: str, language: Language) -> str:
    """Return a normalised word in English; nothing where English has no word for it."""
    if not word[0].isalpha() or word.isascii():
        return word
    found = read_glosses(language).find(word, language)
    if found is None and language is Language.KAZAKH:
        found = read_glosses(Language.RUSSIAN).find(word, Language.RUSSIAN) or None
    return romanise(word) if found is None else found


@dataclass(frozen=True, slots=True)
class Dictionary:
    """English for normalised words, as they are written on either keyboard, and for stems."""

    words: Mapping[str, str]
    stems: Mapping[str, str]

    def find(self, word: str, language: Language) -> str | None:
        """Return a word's English, nothing where it has none; None where the word is not known."""
        root = stem(word, language)
        for known, form in ((self.words, word), (self.words, fold_kazakh(word)), (self.stems, root)):
            if (found := known.get(form)) is not None:
                return found
        # A stem that is itself a word, as which it has another stem (казахстан-е); "тока" is none of Токаев.
        return self.words.get(root) if len(root) >= SHORTEST_ROOT else None


@functools.cache
def read_glosses(language: Language) -> Dictionary:
    """Read a language's dictionary; of words that are written or stemmed alike, what is listed first wins.

    A word that is its own stem comes before those that are derived from it.
    """
    words: dict[str, str] = {}
    for word, english in entries(language):
        words.setdefault(word, english)
    known = read_stems(language)
    stemmed = [(known.get(word) or stem(word, language), word, english) for word, english in words.items()]
    stems: dict[str, str] = {}
    for root, _, english in sorted(stemmed, key=lambda entry: entry[0] != fold_kazakh(entry[1])):
        stems.setdefault(root, english)
    for word, english in list(words.items()):
        words.setdefault(fold_kazakh(word), english)
    return Dictionary(words, stems)


def read_stems(language: Language) -> dict[str, str]:
    """Read the stems of a dictionary's words: Kazakh ones take half a second to find.

    `training/stems.py` writes the file; words that it lacks are stemmed when they are needed.
    """
    path = LEXICON / f"stems-{language}.tsv"
    if not path.exists():
        return {}
    pairs = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {word: root for word, root in pairs}  # noqa: C416 (dict() does not know how long they are)


def entries(language: Language) -> list[tuple[str, str]]:
    """Read a dictionary's normalised words and their English, and after them those of the crisis lexicon."""
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
