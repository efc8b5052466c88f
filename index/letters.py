"""Letters: the many ways to write one word, made one; pure.

`normalise` comes first and changes no spelling. The others each take one difference away: what a Russian
keyboard lacks, accents, the Latin alphabets of Kazakh. They expect what `normalise` returns.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_WORD = re.compile(r"[^\W\d_]+")
_ACCENT = re.compile("[\u0300-\u036f]")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")

# Apostrophes of all kinds become one; what breaks a line inside a word, or shows nothing, goes.
_HIDDEN: Final = dict.fromkeys("\u00ad\u200b\u200c\u200d\ufeff", "")
_MARKS: Final = str.maketrans(dict.fromkeys("’‘ʼʹʻ`´′＇", "'") | _HIDDEN)

# Letters that look alike, small and large ("Н" is "H", but "һ" is "h"): Cyrillic ones, and their Latin likes.
_ALIKE: Final = ("аеорсухікмтһАВЕКМНОРСТУХІҺ", "aeopcyxikmthABEKMHOPCTYXIH")
_TO_LATIN: Final = str.maketrans(*_ALIKE)
_TO_CYRILLIC: Final = str.maketrans(_ALIKE[1][:-1], _ALIKE[0][:-1])  # a large H is Н, much oftener than Һ

_FOLDED: Final = str.maketrans("әғқңөұүһіӘҒҚҢӨҰҮҺІ", "агкноуухиАГКНОУУХИ")

# Latin letters that Unicode does not take apart into a letter and an accent.
_WHOLE: Final = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ŋ": "n", "ə": "a", "æ": "ae", "œ": "oe", "ß": "ss"}
)


def normalise(text: str) -> str:
    """Return a text in small letters, each word in one script, with plain apostrophes and no stress marks.

    ё becomes е, as most people type it. Letters that carry an accent in an alphabet (é, й) keep it.
    """
    if text.isascii():  # quicker for most words of English, and the same
        return text.translate(_MARKS).casefold()
    composed = unicodedata.normalize("NFKC", text.translate(_MARKS)).translate(_MARKS)
    plain = _ACCENT.sub("", composed).replace("Ё", "Е").replace("ё", "е")
    one_script = _WORD.sub(lambda found: _in_one_script(found[0]), plain)
    return _ACCENT.sub("", unicodedata.normalize("NFKC", one_script.casefold()))


def fold_kazakh(text: str) -> str:
    """Return what people type on a Russian keyboard: кала for қала, укимет for үкімет; as long as before."""
    return text.translate(_FOLDED)


def strip_diacritics(text: str) -> str:
    """Take the accents off Latin letters ("nazarbaïev", "türkiye"); Cyrillic й and ї keep theirs."""
    if text.isascii():
        return text
    return _LATIN.sub(lambda found: _bare(found[0]), text.translate(_WHOLE))


def _bare(letter: str) -> str:
    return _ACCENT.sub("", unicodedata.normalize("NFD", letter))


def _in_one_script(word: str) -> str:
    """Replace look-alikes in a word of two scripts; one that would stay mixed ("iphoneға") is left alone.

    The script is that of most letters that exist in one script only, or else of most letters.
    """
    cyrillic, latin = _CYRILLIC.findall(word), _LATIN.findall(word)
    if not cyrillic or not latin:
        return word
    telling = [letter for letter in cyrillic if letter not in _ALIKE[0]]
    others = [letter for letter in latin if ord(letter) not in _TO_CYRILLIC]
    is_cyrillic = (len(telling), len(cyrillic)) >= (len(others), len(latin))
    if is_cyrillic:
        return word if others else word.translate(_TO_CYRILLIC)
    return word if telling else word.translate(_TO_LATIN)


# Kazakh in Latin letters. Some letters stand for another sound in each alphabet, so the table holds what they
# share, and the neighbours and vowel harmony decide about the rest:
#
#   alphabet           ә   ғ   ң     ө   ш    ұ   ү   у   ы     і   и, й
#   2021               ä   ğ   ñ     ö   ş    ū   ü   u   y     ı   i
#   2018               á   ǵ   ń     ó   sh   u   ú   ý   y     i   ı
#   2017               a'  g'  n'    o'  s'   u   u'  y'  y     i   i'
#   QazAqparat         ä   ğ   ñ     ö   ş    u   ü   w   ı     i   ï, y
#   chat               a   g   n(g)  o   sh   u   u   u   y, i  i   i, y
#
# Source: the decrees of 2017, 2018 and 2021 as tabled in https://en.wikipedia.org/wiki/Kazakh_alphabets.
_PAIRS = """a=а b=б v=в g=г d=д e=е j=ж z=з k=к l=л m=м n=н p=п r=р s=с t=т f=ф h=х c=ц x=х q=қ ä=ә á=ә ğ=ғ
    ǵ=ғ ñ=ң ń=ң ŋ=ң ö=ө ó=ө ü=ү ú=ү ş=ш ç=ч ï=и ū=ұ ŭ=ұ w=у ý=у tsiya=ция iya=ия ıya=ия shch=щ ya=я yu=ю iy=и
    sh=ш ch=ч zh=ж kh=х gh=ғ ng=ң dj=дж a'=ә g'=ғ ng'=нғ n'=ң o'=ө s'=ш c'=ч u'=ү y'=у '="""
_LETTERS: Final[dict[str, str]] = dict(pair.split("=") for pair in _PAIRS.split())
_PIECE = re.compile("i'|" + "|".join(sorted(map(re.escape, _LETTERS), key=len, reverse=True)) + "|.")
_LATIN_WORD = re.compile("[a-z\u00df-\u024f][a-z\u00df-\u024f'-]*")
_VOWEL = re.compile("[аәеоөуұүыіияю]")
_FRONT, _BACK = re.compile("[eäáöóüú]|[aou]'"), re.compile("[aqğǵ](?!')|(?<![aäáeioöóuüúıy])y(?!')")
_Y = re.compile("(?<![aäáeioöóuüúıw])y(?!')")
_GLIDE = re.compile("(?<=[аәеоөұүыіи])у$")

# к and г beside back vowels are қ and ғ, which chat spelling does not tell apart.
_HARD = re.compile("[кг](?=[аоұы])|(?<=[аоұы])[кг](?![еәөүі])")


def latin_kazakh_to_cyrillic(word: str) -> str:
    """Return a Kazakh word in Cyrillic letters, whichever Latin alphabet it is in; others are left alone.

    A best effort: what the spelling leaves open is decided by vowel harmony, so that қ, ғ, ө, ұ and ү are
    right in most Kazakh words, while ә typed as "a", ң typed as "n" and loans ("kabinet") are not. Compare
    after `fold_kazakh`, which takes nearly all of those differences away again. Whether a word is Kazakh is
    the caller's to know: "police" becomes "поліце".
    """
    if not _LATIN_WORD.fullmatch(word):
        return word
    spelling = _Spelling(_is_front(word), has_y=_Y.search(word) is not None)
    pieces, cyrillic = _PIECE.findall(word), ""
    for piece, following in zip(pieces, [*pieces[1:], ""], strict=True):
        cyrillic += _letter(piece, cyrillic, following, spelling=spelling)
    return _HARD.sub(lambda found: "қ" if found[0] == "к" else "ғ", cyrillic)


@dataclass(frozen=True, slots=True)
class _Spelling:
    """Whether a word's vowels are front ones, and whether it has a "y" for ы, so that its "i" is none."""

    front: bool
    has_y: bool


def _is_front(word: str) -> bool:
    """Say whether a word's vowels are front ones; where only "i", "o" and "u" could tell, "i" does."""
    front, back = len(_FRONT.findall(word)), len(_BACK.findall(word))
    if front or back:
        return front > back
    return ("i" in word or "ı" in word) and not word.startswith("bol")  # "boldi" is болды, "oldi" is өлді


def _letter(piece: str, before: str, following: str, *, spelling: _Spelling) -> str:
    """Return what one letter, or two that are one sound, stands for, after what is settled already."""
    follows_vowel = bool(_VOWEL.fullmatch(before[-1:])) and not _GLIDE.search(before)
    if piece == "o":
        return "ө" if spelling.front and not _VOWEL.search(before) else "о"
    if piece == "u":
        return _u(before, following, follows_vowel=follows_vowel, spelling=spelling)
    if piece in {"i", "ı", "y", "i'"}:
        is_y_after_u = piece == "y" and before.endswith("у")  # шолуы
        return "й" if follows_vowel and not is_y_after_u else _i(piece, before, following, spelling=spelling)
    if piece == "iy" and follows_vowel:
        return "йы"
    if piece == "ng" and _LETTERS.get(following, following)[:1] in {*"аәеіиоөуұүыyiıu"}:
        return "ңг"
    return _LETTERS.get(piece, piece)


def _u(before: str, following: str, *, follows_vowel: bool, spelling: _Spelling) -> str:
    """Tell у, which ends a word or stands beside a vowel, from the ұ and ү between consonants."""
    beside_vowel = follows_vowel or not following or following in {*"aeou"}
    if beside_vowel or (before and following == "y"):
        return "у"
    return "ү" if spelling.front else "ұ"


def _i(piece: str, before: str, following: str, *, spelling: _Spelling) -> str:
    """Tell і from ы: ı is what the word's vowels are, i is ы where a back word ends ("qaldi", "adamnin")."""
    if piece in {"y", "i'"}:
        return {"y": "ы", "i'": "и"}[piece]
    if spelling.has_y:
        return "і"
    if piece == "ı":
        return "і" if spelling.front else "ы"
    vowels = _VOWEL.findall(before)
    is_ending = len(vowels) > 1 or not following
    return "ы" if is_ending and vowels and vowels[-1] in "аоұы" else "і"


# Russian in Latin letters, as people type it: no standard, but nearly one for each consonant.
_RUSSIAN_PAIRS = """shch=щ sch=щ sh=ш ch=ч zh=ж kh=х ts=ц tz=ц c=ц ya=я ja=я yu=ю ju=ю yo=е jo=е ye=е
    a=а b=б v=в w=в g=г d=д e=е z=з i=и k=к q=к l=л m=м n=н o=о p=п r=р s=с t=т u=у f=ф h=х x=х '=ь"""
_RUSSIAN_LETTERS: Final[dict[str, str]] = dict(pair.split("=") for pair in _RUSSIAN_PAIRS.split())
_RUSSIAN_PIECE = re.compile("|".join(sorted(map(re.escape, _RUSSIAN_LETTERS), key=len, reverse=True)) + "|.")
_RUSSIAN_VOWEL = re.compile("[аеиоуыэюя]$")


def latin_russian_to_cyrillic(word: str) -> str:
    """Return a Russian word in Cyrillic letters, as far as its Latin ones tell; others are left alone.

    Soft signs are mostly not typed, й may be ы, э may be е: `index.scripts` looks those up.
    """
    if not _LATIN_WORD.fullmatch(word):
        return word
    pieces, cyrillic = _RUSSIAN_PIECE.findall(word), ""
    for piece, following in zip(pieces, [*pieces[1:], ""], strict=True):
        follows_vowel = _RUSSIAN_VOWEL.search(cyrillic) is not None
        if piece == "y":
            cyrillic += "й" if follows_vowel else "ы"
        elif piece == "j":
            cyrillic += "й" if follows_vowel and following[:1] not in {*"aeiouy"} else "ж"
        else:
            cyrillic += _RUSSIAN_LETTERS.get(piece, piece)
    return cyrillic
