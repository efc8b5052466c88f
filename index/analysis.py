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


#: Words that say nothing about which passage answers.
STOP_WORDS: dict[Language, frozenset[str]] = {
    Language.ENGLISH: _words_of(
        """a an and are as at be been but by can could did do does for from had has have he her him his how i
        if in into is it its me my of on or our she so some than that the their them there these they this
        those to us was we were what when where which who whom whose why will with would you your"""
    ),
    Language.RUSSIAN: _words_of(
        """а бы был была были было в вас вам во вот все вы где да для до его ее если есть еще же за и из или
        им их к как какая какие какой какое когда который кто кого кому ли мне мы на не него нее нет ни них но
        о об он она они оно от по почему при с сколько со так там то только тот ты у уже чего чем что чтобы
        эта эти это этот я"""
    ),
    Language.KAZAKH: _words_of(
        """ал ба бар бе бен бұл да де деп еді емес ең және жоқ кім кімді кімнің қай қайда қандай қалай қанша
        қашан ма ме мен мына не неге неше нені ол осы оны оның па пе пен сол туралы үшін"""
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
