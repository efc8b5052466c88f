"""Analysis: a text to the terms that word search compares; pure. The only user of the Snowball stemmers."""

import functools
import re
import threading
import unicodedata
from collections.abc import Sequence

import Stemmer

from corpus.languages import Language

#: Letters and digits, with the apostrophes and dots that stand inside words and numbers ("don't", "4.3").
_WORD = re.compile(r"\w+(?:['’.,]\w+)*")

#: Kazakh has no Snowball stemmer. Its words grow by suffixes, so that pieces of this length match across
#: forms: on KazQAD MRR .339 with 4-grams, .324 with the first five letters, .268 with whole words.
KAZAKH_PIECE = 4


def _words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Words that say nothing about which passage answers, among them those that people chat with.
STOP_WORDS: dict[Language, frozenset[str]] = {
    Language.ENGLISH: _words_of(
        """a about all also an and any anyone are as at be been but by can can't cant could did didn't didnt
        do does doesn't doesnt doing don't dont for from get gets getting got had has have he her here hey
        him his how hows i i'm if im in into is isn't isnt it it's its just know lot me my now of on or
        our please really she so some still tell than that the their them there these they this those to
        us was we were what what's whats when where wheres which who who's whom whos whose why will with
        would yet you your"""
    ),
    Language.RUSSIAN: _words_of(
        """а бы был была были было в вам вас во вообще вот все вы где да для до его ее если есть еще же за и
        из или им их к как какая какие какое какой когда кого кому который кто ли мне мы на не него нее
        нет ни них но ну о об он она они оно от по подскажите пожалуйста почему правда при с сейчас
        скажите сколько со так там то только тот тут ты у уже чего чем что чтобы щас эта эти это этот я"""
    ),
    Language.KAZAKH: _words_of(
        """айтыңызшы ал ба бар бе бен бола болады бұл да де деген дейді деп еді екен емес енді ең жоқ және
        кім кімді кімнің ма ме мен мына не неге нені неше ол оны оның осы па пе пен рас сол туралы қазір
        қай қайда қалай қандай қанша қашан үшін өзі"""
    ),
}


def analyse(text: str, language: Language) -> list[str]:
    """Return the terms of a text: lower case, without stop words, stemmed; for Kazakh, pieces of words."""
    return [term for terms in analyse_words(text, language) for term in terms]


def analyse_words(text: str, language: Language) -> list[Sequence[str]]:
    """Return the terms of each telling word of a text.

    A text of stop words alone keeps them, so that no question is left without a term.
    """
    words = _words(text)
    telling = [word for word in words if word not in STOP_WORDS.get(language, frozenset())]
    return [_terms(word, language) for word in telling or words]


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    return _WORD.findall(folded.replace("’", "'").replace("\N{COMBINING ACUTE ACCENT}", ""))


def _terms(word: str, language: Language) -> Sequence[str]:
    if not word[0].isalpha():
        return (word.replace(",", ""),)  # 4,400 and 4400 are one number
    if word.isascii():
        return (_stem("english", word.removesuffix("'s")),)
    if language is Language.KAZAKH:
        return _pieces(word)
    return (_stem("russian", word) if language is Language.RUSSIAN else word,)


@functools.lru_cache(maxsize=50_000)
def _stem(algorithm: str, word: str) -> str:
    stemmed: str = _stemmer(algorithm).stemWord(word)
    return stemmed


def _pieces(word: str) -> Sequence[str]:
    """Cut a word into overlapping pieces, with its beginning marked."""
    marked = f"_{word}"
    if len(marked) <= KAZAKH_PIECE:
        return (marked,)
    return [marked[i : i + KAZAKH_PIECE] for i in range(len(marked) - KAZAKH_PIECE + 1)]


_local = threading.local()


def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    """Return this thread's stemmer: one must not be used by two threads at once (PyStemmer's README)."""
    stemmers = _local.__dict__
    if algorithm not in stemmers:
        stemmers[algorithm] = Stemmer.Stemmer(algorithm)
    found: Stemmer.Stemmer = stemmers[algorithm]
    return found
