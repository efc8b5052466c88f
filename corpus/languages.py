"""Which language a text is in. The only module that knows py3langid.

A question is too short for statistics and needs its answer at once: letters and a few frequent words decide.
An article has text enough for the library, which also tells the languages that the bot does not speak.
"""

from __future__ import annotations

import re
from enum import StrEnum

# From here on the library is as right as the letters are, and knows the other languages too.
_ENOUGH_LETTERS = 120
_SAMPLE = 3_000

_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_KAZAKH_LETTER = re.compile("[әғқңөұүһі]")

# Frequent words, for a short text. The Kazakh ones have no Kazakh letter, or lose it on a Russian keyboard.
_KAZAKH_WORD = re.compile(
    "м[ае]|б[ае]|деген|деп|деді|емес|екен|болды|болған|болады|туралы|неге|неше|немен|ким|кимди|кимнин|ким[гм]е|"
    "кайда|кайдан|кашан|кандай|калай|канша|кайсы|жок|олар|калды|жатыр|оган|бул|усталды"
)
# Kazakh in Latin letters, as it is typed and in its official alphabets. "Qatar" and "Iraq" have a q, too.
_LATIN_KAZAKH_WORD = re.compile(
    "adam(?:dar)?|[kq]ansha|[kq]ashan|[kq]a[iy]da|[kq]anda[iy]|[kq]ala[iy]|kim(?:di|ge|ning?)?|nege|neshe|turaly|boldy|"
    "zhoq|joq|ustaldy|alyndy|[mbp]a|[kq]amaldy|[kq]aza|tapty|zhatyr|jatyr|bul|onyng?|qa[iy]|ne"
)
# Words of those that are in no other language, so that one is enough.
_KAZAKH_BY_ITSELF = re.compile(
    "[kq]ansha|[kq]ashan|[kq]a[iy]da|[kq]anda[iy]|[kq]azir|neshe|ustaldy|[kq]osyldy|aityd?y"
)
_LATIN_KAZAKH_LETTER = re.compile("[ğǵñńşıūý]|q(?!u)")

# Russian in Latin letters: words that are no English, and words that are both.
_LATIN_RUSSIAN_WORD = re.compile(
    "kto|kogo|komu|chto|shto|chego|chem|kogda|skol(?:ko|ka)?|skoka|pochemu|zachem|gde|kuda|otkuda|kako[yijm]|rabotaj?et|"
    "kaka(?:ya|ja|ia)|kaki[ey]e?|kotor(?:yy|iy|ye|ie|aya|oy)|se[iy]chas|pravda|eto|bylo|byli|pogib(?:lo|li|shi[hx])|ubi(?:to|ty|li)|"
    "arestoval[io]?|arestovan[yi]?|zaderzha(?:li|n|ny)|proizoshlo|sluchilos"
)
_RUSSIAN_IN_ENGLISH = re.compile("a|by|do|is|on|to")
_RUSSIAN_WORD = re.compile(
    "без|был[аио]?|во?|вы|где|для|до|его|её|ее|если|за|из|или|их|и|как|ка(?:кая|кие|кой|кую)|когда|кого|кому|кто|"
    "куда|к|ли|мы|над|на|об?|она|они|он|откуда|почему|под|по|про|при|сколько|со?|так(?:ое|ой|ая)|там|то|у|ч[еа]го|"
    "чем|что|чей|это|я"
)
_ENGLISH_WORD = re.compile(
    "about|an?|and|are|at|by|did|do|does|for|from|had|has|have|how|in|is|it|many|of|on|or|say|said|that|the|there|"
    "this|to|was|were|what|when|where|which|who|whom|whose|why|will|with"
)


class Language(StrEnum):
    """The languages the bot answers in, by their ISO 639-1 codes, and one for all others."""

    ENGLISH = "en"
    RUSSIAN = "ru"
    KAZAKH = "kk"
    OTHER = "und"


# The library calls an English list of names Nigerian Pidgin ("pcm") at times.
_BY_CODE = {
    "en": Language.ENGLISH,
    "pcm": Language.ENGLISH,
    "ru": Language.RUSSIAN,
    "kk": Language.KAZAKH,
}


def detect(text: str) -> Language:
    """Name the language of a question or an article; a short text in Latin letters counts as English."""
    letters = sum(map(len, _WORD.findall(text[:_SAMPLE])))
    return _by_statistics(text[:_SAMPLE]) if letters >= _ENOUGH_LETTERS else _by_letters(text[:_SAMPLE])


def _by_statistics(text: str) -> Language:
    """Ask the library, which tells about a hundred languages."""
    # Loading its model takes longer than answering a question.
    import py3langid  # type: ignore[import-untyped]  # noqa: PLC0415

    code, _ = py3langid.classify(text)
    return _BY_CODE.get(code, Language.OTHER)


def _by_letters(text: str) -> Language:
    """Tell a short text by its script, then by its words."""
    words = _WORD.findall(text.lower())
    latin, cyrillic = len(_LATIN.findall(text)), len(_CYRILLIC.findall(text))
    if not words or 2 * (latin + cyrillic) < sum(map(len, words)):
        return Language.OTHER
    if not cyrillic and _is_latin_kazakh(words):
        return Language.KAZAKH
    if not cyrillic and _is_latin_russian(words):
        return Language.RUSSIAN
    # "Кто основал McKinsey & Company?" is Russian, "Who is Дархан Шарипов?" is English.
    if 4 * cyrillic < latin or 4 * _count(words, _ENGLISH_WORD) >= len(words):
        return Language.ENGLISH
    # "Кто такой Қасым-Жомарт Тоқаев?" is Russian all the same, so a Russian word weighs two.
    kazakh = sum(bool(_KAZAKH_LETTER.search(word) or _KAZAKH_WORD.fullmatch(word)) for word in words)
    return Language.KAZAKH if kazakh > 2 * _count(words, _RUSSIAN_WORD) else Language.RUSSIAN


def _is_latin_kazakh(words: list[str]) -> bool:
    """Say whether words in Latin letters are Kazakh: a frequent one and one more, none of them English."""
    if _count(words, _ENGLISH_WORD):
        return False
    letters = sum(_LATIN_KAZAKH_LETTER.search(word) is not None for word in words)
    frequent = _count(words, _LATIN_KAZAKH_WORD)
    return (frequent > 0 and frequent + letters > 1) or _count(words, _KAZAKH_BY_ITSELF) > 0


def _is_latin_russian(words: list[str]) -> bool:
    """Say whether words in Latin letters are Russian: a frequent one, and none that is English alone."""
    english = _count(words, _ENGLISH_WORD) - _count(words, _RUSSIAN_IN_ENGLISH)
    return not english and _count(words, _LATIN_RUSSIAN_WORD) > 0


def _count(words: list[str], known: re.Pattern[str]) -> int:
    """Count the words that are known."""
    return sum(known.fullmatch(word) is not None for word in words)
