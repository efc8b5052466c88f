"""Names by their sound: one key for Nazarbayev, Nazarbaïev, Назарбаеву and Назарбаевқа; pure.

Made for names as the news write them, in three languages and several transliterations: those of the English
press (BGN/PCGN, GOST 7.79, https://en.wikipedia.org/wiki/Romanization_of_Russian), the French and the German
one, and the Latin alphabets of Kazakh. As Soundex does, it takes away what the spellings disagree about, and
so may call two names one: a key is a reason to look at a text, and no proof of what it names.
"""

from __future__ import annotations

import functools
import re
from typing import Final

from index.kazakh import strip_case
from index.letters import normalise, strip_diacritics

#: No ending comes off a name that would leave fewer letters than these.
SHORTEST: Final = 4

_CYRILLIC = re.compile("[\u0400-\u052f]")
_KAZAKH_LETTER = re.compile("[әғқңөұүһі]")

_ROMAN: Final = str.maketrans(
    dict(zip("аәбвгғдежзиійкқлмнңоөпрстуұүфхһыэ", "aabvggdejziiikklmnnooprstuuufhhie", strict=True))
    | {"ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ю": "iu", "я": "ia", "ь": "", "ъ": ""}
)

# What Russian adds to a name; a last vowel comes off names of all scripts anyway.
_RUSSIAN: Final = (
    re.compile("(?<=[сц]к)(?:[иы]й|о[гм]о|ому|им|ом|ая|ую|ой|ие|их|ими)$"),
    re.compile("(?<=[ое]в|[иы]н)(?:ым|ых|ыми|ой|ом|ем)$"),
    re.compile("(?<=[аеиоуыэюя][бвгджзклмнпрстфхцчшщ])(?:[ое]м|[ое]й)$"),
    re.compile("и(?:я|и|ю|ей|е)$"),
)
# Names that only seem to have a Kazakh ending: Минске, Петербурга, Белграде, Мадриде.
_NOT_KAZAKH: Final = re.compile("(?:[сц]к|бург|[аи]д)[ае]$")


def sound_key(word: str) -> str:
    """Return the key that a name's spellings and forms share, in ASCII; nothing of a word in other scripts.

    Case endings come off in Russian and Kazakh, the possessive in English.
    """
    return _sounds(word)[0]


def last_vowel(word: str) -> str | None:
    """Return the vowel that a key lacks at its end: Karimova is not Karimov, nor is Nigeria Niger.

    None for Cyrillic words, in which it may be the ending of a case.
    """
    return None if _CYRILLIC.search(word) else _sounds(word)[1]


@functools.lru_cache(maxsize=1_000)
def _sounds(word: str) -> tuple[str, str]:
    small = normalise(word)
    if _CYRILLIC.search(small):
        return _fold(_nominative(small).translate(_ROMAN))
    return _fold(re.sub("'s?$", "", strip_diacritics(small)))


def _nominative(word: str) -> str:
    """Take off the ending of a case, Kazakh or Russian; a word without a Kazakh letter needs to be longer."""
    bare = strip_case(word)
    is_kazakh = _KAZAKH_LETTER.search(word) is not None
    if bare != word and (is_kazakh or (len(bare) > SHORTEST and not _NOT_KAZAKH.search(word))):
        return bare
    for ending in _RUSSIAN:
        bare = ending.sub("", word)
        if SHORTEST <= len(bare) < len(word):
            return bare
    return word


# In this order. C stands for the sounds of both sh and ch, since a French "ch" is an English "sh"; J for the
# first one of Zhomart, as j does, except where German has it for a glide (Tokajew).
_SPELLINGS: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"[^a-z0-9]", ""),
        (r"x", "ks"),
        (r"t?sch|shch|tch|sh|ch", "C"),
        (r"dzh|dj|zh", "J"),
        (r"(?<=[aeiouy])j(?=e[vw]|[^aeiouy]|$)", "i"),
        (r"kh", "h"),
        (r"ph", "f"),
        (r"([gt])h", r"\1"),
        (r"c(?=[eiy])", "s"),
        (r"ck|[cq]", "k"),
        (r"tz", "ts"),
        (r"w", "v"),
        (r"y", "i"),
        (r"oo|ou", "u"),
        (r"ee", "i"),
        (r"(.)\1+", r"\1"),
        (r"h(?![aeiou])", "k"),  # Kazakhstan, Qazaqstan
    )
)
_VOWELS: Final = re.compile("[aeiou]{2,}")
_LAST_VOWEL: Final = re.compile(f"(?<=.{{{SHORTEST}}})[aeiou]$")


def _fold(latin: str) -> tuple[str, str]:
    """Give each sound one spelling, less vowels that transliterations leave out; and the last of those."""
    for spelling, sound in _SPELLINGS:
        latin = spelling.sub(sound, latin)
    full = _VOWELS.sub(lambda run: _vowel(run[0], first=not run.start()), latin).lower()
    bare = _LAST_VOWEL.sub("", full)
    return bare, full[len(bare) :]


def _vowel(run: str, *, first: bool) -> str:
    """Keep of vowels in a row no glide and only the last of the others; a name begins with all of them."""
    full = run.replace("i", "") or "i"
    return full if first else full[-1]


_READ_OUT: Final = str.maketrans(
    dict(zip("аәбвгғдзийкқлмнңоөпрстуұүфһыіэ", "aabvggdziykklmnnooprstuuufhyie", strict=True))
    | {
        "ж": "zh",
        "х": "kh",
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "shch",
        "ю": "yu",
        "я": "ya",
        "ь": "",
        "ъ": "",
    }
)


def romanise(word: str) -> str:
    """Write a normalised name as the English press does (BGN/PCGN), less its ending: tokayev, massimov."""
    if not _CYRILLIC.search(word):
        return word
    bare = _nominative(word)
    return re.sub("(?:(?<=^)|(?<=[аәеиоөуұүыіэюяйьъ]))е", "ye", bare).replace("е", "e").translate(_READ_OUT)
