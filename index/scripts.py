"""Scripts: a question typed in Latin letters, in the letters that its language is written in; pure.

Russian in Latin letters has no one spelling: soft signs are left out, "y" is й or ы, "e" is е or э. What the
letters leave open, the dictionary decides (`index.glosses`), by what is left of its words without those.
"""

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from corpus.languages import Language
from index.analysis import STOP_WORDS, located_words, stem
from index.glosses import Reading, read_glosses
from index.letters import latin_russian_to_cyrillic

_CYRILLIC = re.compile("[\u0400-\u04ff]")

#: Languages that are written in Cyrillic, and by some in Latin letters.
_WRITTEN = frozenset({Language.RUSSIAN, Language.KAZAKH})

#: What spellings of Russian in Latin letters disagree about.
_SAME = str.maketrans(
    {"ь": "", "ъ": "", "й": "и", "ы": "и", "э": "е", "щ": "ш", "я": "иа", "ю": "иу", "ц": "тс"}
)
_NO_MATTER = re.compile(r"(.)\1+|и(?=е)")

#: Letters of a stem at least, for it to be told by what is left of it.
SHORTEST = 3


def in_cyrillic(text: str, language: Language, is_name: Callable[[str], bool] = lambda _: False) -> Reading:
    """Return a Russian or Kazakh question without a Cyrillic letter in Cyrillic, any other as it is.

    `is_name` says of a word in Latin letters whether articles in that language write it so: NetBlocks.
    """
    if language not in _WRITTEN or _CYRILLIC.search(text):
        return Reading(text)
    written, spans, last = "", [], 0
    for found in located_words(text, language):
        written += text[last : found.start]
        word = _russian(found.word) if language is Language.RUSSIAN else found.word
        typed = text[found.start : found.end]
        if is_name(typed):
            word = typed
        elif typed[0].isupper():
            word = word.upper() if typed.isupper() else word[:1].upper() + word[1:]
        spans.append((len(written), len(written) + len(word), found.start, found.end))
        written += word
        last = found.end
    return Reading(written + text[last:], tuple(spans))


@dataclass(frozen=True, slots=True)
class _Alike:
    """Known words, and by what is left of them without what spellings disagree about: words and stems."""

    known: frozenset[str]
    words: Mapping[str, str]
    stems: Mapping[str, str]


def _russian(latin: str) -> str:
    word = latin_russian_to_cyrillic(latin)
    alike = _alike()
    if word in alike.known or not word[0].isalpha():
        return word
    if (meant := alike.words.get(_left(word))) is not None:
        return meant
    root = stem(word, Language.RUSSIAN)
    other = alike.stems.get(_left(root)) if len(root) >= SHORTEST else None
    return word if other is None or not word.startswith(root) else other + word[len(root) :]


@functools.cache
def _alike() -> _Alike:
    dictionary = read_glosses(Language.RUSSIAN)
    words: dict[str, str] = {}
    stems: dict[str, str] = {}
    known = [*sorted(STOP_WORDS[Language.RUSSIAN]), *dictionary.words]
    for word in known:
        words.setdefault(_left(word), word)
    for root in dictionary.stems:
        stems.setdefault(_left(root), root)
    return _Alike(frozenset(known), words, stems)


def _left(word: str) -> str:
    return _NO_MATTER.sub(r"\1", word.translate(_SAME))
