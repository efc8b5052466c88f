"""Analysis: a text to the terms that word search compares; pure. The only user of the Snowball stemmers."""

import functools
import re
import threading
from collections.abc import Sequence
from typing import NamedTuple

import Stemmer

from corpus.languages import Language
from index.kazakh import stem as kazakh_stem
from index.letters import fold_kazakh, latin_kazakh_to_cyrillic, normalise, strip_diacritics

#: Letters and digits of a normalised text, with what stands inside words and numbers ("don't", "4.3").
_WORD = re.compile(r"\w+(?:['.,]\w+)*")

#: The same in a text as it is written: with stress marks, what shows nothing, and all that is an apostrophe.
_LETTERS = "[\\w\u00ad\u200b-\u200d\ufeff\u0300-\u036f]"
_RAW_WORD = re.compile(rf"\w{_LETTERS}*(?:['.,’‘ʼʹʻ`´′＇]\w{_LETTERS}*)*")

_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_CYRILLIC = re.compile("[\u0400-\u04ff]")

#: Characters of a piece of a word. Pieces match across endings, typing errors and spellings; four was best on
#: KazQAD and on Russian (docs/decisions/0005-ranking.md).
PIECE = 4


def _words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Words that say nothing about which passage answers, among them those that people chat with.
STOP_WORDS: dict[Language, frozenset[str]] = {
    Language.ENGLISH: _words_of(
        """a about all also an and any anyone are as at be been but by can can't cant could did didn't didnt
        do does doesn't doesnt doing don't dont for from get gets getting got had has have he her here hey
        him his how hows i i'm if im in into is isn't isnt it it's its just know lot many me much my now of on
        or our please really she so some still tell than that the their them there these they this those to
        us was we were what what's whats when where wheres which who who's whom whos whose why will with
        would yet you your"""
    ),
    Language.RUSSIAN: _words_of(
        """а бы был была были было в вам вас во вообще вот все вы где да для до его ее если есть еще же за и
        из или им их к как какая какие какое какой когда кого кому который кто ли мне мы на не него нее
        нет ни них но ну о об он она они оно от по подскажите пожалуйста почему правда при с сейчас
        скажите сколько со так такая такие такое такой там то только тот тут ты у уже чего чем что чтобы
        щас эта эти это этот я"""
    ),
    Language.KAZAKH: _words_of(
        """айтыңызшы ал ба бар бе бен бола болады бұл да де деген дейді деп еді екен емес енді ең жоқ және
        кім кімге кімдер кімдерге кімдерді кімдердің кімді кімнің ма ме мен мына
        не неге нені неше ол оны оның осы па пе пен рас сол туралы қазір
        қай қайда қалай қандай қанша қашан үшін өзі"""
    ),
}


def analyse(text: str, language: Language) -> list[str]:
    """Return the terms of a text: lower case, without stop words, stemmed."""
    return [stem(word, language) for word in telling_words(text, language)]


def telling_words(text: str, language: Language) -> list[str]:
    """Return the normalised words of a text, without those that say nothing about which passage answers.

    A text of stop words alone keeps them, so that no question is left without a term.
    """
    words = words_of(text, language)
    telling = [word for word in words if not is_stop_word(word, language)]
    return telling or words


class Located(NamedTuple):
    """A normalised word, and where it stands in the text, as it is written there."""

    word: str
    start: int
    end: int


def located_words(text: str, language: Language) -> list[Located]:
    """Return all words of a text, normalised, in order; Kazakh in Latin letters comes out in Cyrillic."""
    is_latin = language is Language.KAZAKH and not _CYRILLIC.search(text)
    found = ((_normal(one[0]), one.start(), one.end()) for one in _RAW_WORD.finditer(text))
    return [
        Located(latin_kazakh_to_cyrillic(word) if is_latin else word, start, end)
        for word, start, end in found
        if word
    ]


def words_of(text: str, language: Language) -> list[str]:
    """Return all normalised words of a text, in order."""
    return [one.word for one in located_words(text, language)]


@functools.lru_cache(maxsize=200_000)
def _normal(raw: str) -> str:
    """Return a word normalised: of what comes apart (1½) its first piece, nothing where nothing is left."""
    found = _WORD.search(normalise(raw))
    return found[0] if found else ""


def is_stop_word(word: str, language: Language) -> bool:
    """Say whether a normalised word says nothing about which passage answers."""
    return word in _stop_words(language)


def stem(word: str, language: Language) -> str:
    """Return what the forms of a normalised word share; 4,400 and 4400 are one number.

    Kazakh stems are folded, so that a word typed on a Russian keyboard meets them.
    """
    if not word[0].isalpha():
        return re.sub("[.,]", "", word) if _THOUSANDS.fullmatch(word) else word
    if strip_diacritics(word).isascii():
        return _stem("english", strip_diacritics(word).removesuffix("'s"))
    if language is Language.KAZAKH:
        return fold_kazakh(kazakh_stem(word))
    return _stem("russian", word) if language is Language.RUSSIAN else word


def pieces(text: str, language: Language) -> list[str]:
    """Return the overlapping pieces of the words of a text, with beginnings and ends marked."""
    return [piece for word in words_of(text, language) for piece in _pieces(fold_kazakh(word))]


def _pieces(word: str) -> Sequence[str]:
    marked = f"_{word}_"
    if len(marked) <= PIECE:
        return (marked,)
    return [marked[i : i + PIECE] for i in range(len(marked) - PIECE + 1)]


@functools.cache
def _stop_words(language: Language) -> frozenset[str]:
    words = STOP_WORDS.get(language, frozenset())
    return words | {fold_kazakh(word) for word in words}


@functools.lru_cache(maxsize=50_000)
def _stem(algorithm: str, word: str) -> str:
    stemmed: str = _stemmer(algorithm).stemWord(word)
    return stemmed


_local = threading.local()


def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    """Return this thread's stemmer: one must not be used by two threads at once (PyStemmer's README)."""
    stemmers = _local.__dict__
    if algorithm not in stemmers:
        stemmers[algorithm] = Stemmer.Stemmer(algorithm)
    found: Stemmer.Stemmer = stemmers[algorithm]
    return found
