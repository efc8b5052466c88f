"""Meanings: what a text speaks of, in terms that three languages share; pure.

Three kinds: concepts of the crisis lexicon (`lexicon/concepts.tsv`: "detained", "повязали" and "қамады" are
one), names by their sound, and numbers. They find other words for the same thing, and articles in other
languages.
"""

import functools
import re
from pathlib import Path

from corpus.languages import Language
from index.analysis import is_stop_word, located_words, stem
from index.letters import normalise
from index.names import sound_key

LEXICON = Path(__file__).with_name("lexicon")

#: The languages of the lexicon's columns, in their order.
COLUMNS = (Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH)

#: Letters of a name at least: shorter words sound alike too often.
SHORTEST_NAME = 4

_PARTS = re.compile(r"[-']")


def meanings(text: str, language: Language, *, is_question: bool = False) -> list[str]:
    """Return the concepts, names and numbers of a text.

    In articles, words with a capital letter are names unless the lexicon knows them; in questions, where few
    people type capitals, every word that it does not know may be one.
    """
    found: list[str] = []
    for word, is_capital in _words(text, language):
        if is_stop_word(word, language):
            continue
        if not word[0].isalpha():
            found.append(stem(word, language))
            continue
        known = concepts(word, language)
        found += known
        if not known and (is_question or is_capital):
            found += [f"={key}" for part in _PARTS.split(word) if (key := _key(part))]
    return found


def concepts(word: str, language: Language) -> tuple[str, ...]:
    """Return the concepts of a normalised word; Kazakh texts use Russian words, and all use English ones."""
    lexicon = read_concepts()
    for other in (language, *({Language.KAZAKH: (Language.RUSSIAN,)}.get(language, ())), Language.ENGLISH):
        if found := lexicon.get((other, stem(word, other))):
            return found
    return ()


def _words(text: str, language: Language) -> list[tuple[str, bool]]:
    """Return normalised words, and whether each is written with a capital letter."""
    return [(one.word, text[one.start].isupper()) for one in located_words(text, language)]


def _key(part: str) -> str:
    return sound_key(part) if len(part) >= SHORTEST_NAME else ""


@functools.cache
def read_concepts() -> dict[tuple[Language, str], tuple[str, ...]]:
    """Read the lexicon: from language and stem to concepts. Each line: concept, then words by language."""
    found: dict[tuple[Language, str], tuple[str, ...]] = {}
    for line in (LEXICON / "concepts.tsv").read_text(encoding="utf-8").splitlines():
        concept, *columns = line.split("\t")
        for language, words in zip(COLUMNS, columns, strict=True):
            for word in words.split():
                key = (language, stem(normalise(word), language))
                if concept not in found.get(key, ()):
                    found[key] = (*found.get(key, ()), concept)
    return found
