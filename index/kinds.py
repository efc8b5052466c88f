"""Kinds: what a question asks for, and whether a sentence has such a thing; pure."""

import enum
import re

from corpus.languages import Language
from index.analysis import is_stop_word, located_words
from index.glosses import GLOSSED, read_glosses
from index.meanings import concepts


class Kind(enum.StrEnum):
    """What is asked for, by the question word."""

    NUMBER = "how many"
    TIME = "when"
    PERSON = "who"
    PLACE = "where"
    REASON = "why"
    OTHER = "other"


def _any(*words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


#: In this order: "how many people who..." asks for a number.
_ASKED: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (Kind.TIME, _any(r"во сколько|какого числа")),
    (
        Kind.NUMBER,
        _any(
            r"how (?:many|much|long|old|far|large|big|often|high|few)",
            r"what (?:number|percentage|percent|share|price|toll|proportion)|number of|death toll|body count",
            r"сколько|скольк\w+|как[аиоу]\w* (?:числ|количеств|цен)\w*|числ[оа]|почём|почем",
            r"қанша\w*|неше\w*|канша\w*|нешинши|нешінші|қаншасы",
        ),
    ),
    (
        Kind.TIME,
        _any(
            r"when|(?:what|which) (?:year|day|date|time|month|century)|since when",
            r"когда|в каком (?:году|месяце)|[дс]о? какого|в какой день",
            r"қашан\w*|кашан\w*|қай (?:жыл|күн|ай|уақыт)\w*",
        ),
    ),
    (
        Kind.PERSON,
        _any(
            r"who|whom|whose",
            r"кто|кого|кому|кем|чей|чья|чьё|чьи",
            r"кім\w*|ким(?:ди|нин|ге|ден|дер|мен)?\b(?! (?-i:[А-ЯЁ]))",
        ),
    ),
    (
        Kind.PLACE,
        _any(
            r"where|(?:what|which) (?:city|country|town|region|place|state)",
            r"где|куда|откуда|в как\w+ (?:город|стран|област|мест)\w*",
            r"қайда\w*|кайда\w*|қай (?:жер|қала|ел|облыс)\w*",
        ),
    ),
    (
        Kind.REASON,
        _any(
            r"why|what (?:caused|led)|how come|what for",
            r"почему|зачем|из-за чего|отчего|за что",
            r"неге|неліктен|не үшін|не ушин|ненің салдарынан",
        ),
    ),
)

_NUMBER = _any(
    r"\d[\d.,]*\w*",
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|millions?|half|twice",
    r"од(?:ин|на|но)|дв(?:а|е|ое|ух|умя)|тр(?:и|ое|[её]х|емя)|четыр\w+|пят\w+|шест\w+|семь|семи|восем\w+|"
    r"девят\w+|десят\w+|сот\w*|сотн\w+|тысяч\w*|миллион\w*|половин\w+|вдвое",
    r"бір|екі|үш|төрт|бес|алты|жеті|сегіз|тоғыз|он|жүз\w*|мың\w*|миллион\w*|жарты\w*",
)
_TIME = _any(
    r"1\d{3}|20\d\d|\d{1,2}:\d\d",
    r"january|february|april|june|july|august|september|october|november|december",
    r"\d{1,2}(?:st|nd|rd|th)? (?:march|may)|(?:march|may) \d{1,4}",
    r"(?:in|of|until|since|by|last|early|late|mid) (?:march|may)",
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|morning|evening|night|noon|years?|century|weeks?|months?|days?|hours?|"
    r"today|yesterday|tomorrow",
    r"январ\w+|феврал\w+|марта?|апрел\w+|ма[йя]|июн\w+|июл\w+|август\w*|сентябр\w+|октябр\w+|ноябр\w+|декабр\w+",
    r"понедельник\w*|вторник\w*|сред[уыа]|четверг\w*|пятниц\w+|суббот\w+|воскресень\w+|год\w*|век\w*|утр\w+|вечер\w*|"
    r"ноч\w+|недел\w+|месяц\w*|дн\w+|час\w*|вчера|сегодня|завтра",
    r"қаңтар\w*|ақпан\w*|наурыз\w*|сәуір\w*|мамыр\w*|маусым\w*|шілде\w*|тамыз\w*|қыркүйек\w*|қазан\w*|қараша\w*|"
    r"желтоқсан\w*|жыл\w*|ғасыр\w*|күн\w*|апта\w*|сағат\w*|таң\w*|кеш\w*|түн\w*|дүйсенбі\w*|сейсенбі\w*|сәрсенбі\w*|"
    r"бейсенбі\w*|жұма\w*|сенбі\w*|жексенбі\w*|бүгін|кеше|ертең",
)
_REASON = _any(
    r"because|since|due|after|over|for|caus\w+|reason\w*|led|result\w*|so that|in order",
    r"из-за|потому|поскольку|так как|после|причин\w+|чтобы|вслед\w+|требу\w+",
    r"үшін|себеб\w+|салдар\w+|кейін|байланысты|өйткені|деп|соң",
)
#: A word with a capital letter that is not the first one of a sentence.
_NAME = re.compile(r"(?<=[\w,;:»”\")] )[«“\"(]?[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ]\w+")


_NOW = _any(
    r"now|still|currently|today|tonight|at the moment|at present|these days|yet",
    r"сейчас|теперь|сегодня|до сих пор|пока|ещ[её]|щас|в данный момент",
    r"қазір\w*|казир\w*|әлі|бүгін\w*|бугин\w*",
)
_WHETHER = {
    Language.RUSSIAN: _any(r"ли|правда|верно|неужели|разве"),
    Language.KAZAKH: _any(r"[мбп][ае]"),
}
_VERB_FIRST = re.compile(
    r"\W*(?:(?:and|but|so|ok|okay|hey|hi|please|then)\W+)*(?!\w+ you\b.*\b(?:what|which)\b)"
    r"(?:is|are|was|were|did|does|do|has|have|had|can|could|will|would|should|ain|(?:is|are|was|were|did)n)\b",
    re.IGNORECASE,
)
_WHAT = _any(r"как\w*|что|чего|чему|чем|о чём|котор\w+")


def asks_about_now(question: str) -> bool:
    """Say whether a question asks what is so at this moment, in any of the three languages."""
    return _NOW.search(question) is not None


def is_yes_or_no(question: str, language: Language) -> bool:
    """Say whether a question asks whether something is so.

    In English by its first word; in Russian and Kazakh by its particle, or in Russian, where intonation alone
    may ask, because no question word is in it.
    """
    if language is Language.KAZAKH:
        return _WHETHER[language].search(question) is not None
    if language is Language.OTHER or asked_for(question) is not Kind.OTHER:
        return False
    if language is Language.ENGLISH:
        return _VERB_FIRST.match(question) is not None
    return _WHETHER[language].search(question) is not None or _WHAT.search(question) is None


def asked_for(question: str) -> Kind:
    """Return what a question asks for, by its words in any of the three languages."""
    return next((kind for kind, words in _ASKED if words.search(question)), Kind.OTHER)


def has(kind: Kind, sentence: str, language: Language) -> bool:
    """Say whether a sentence has such a thing as is asked for; always for `OTHER`."""
    if kind in {Kind.PERSON, Kind.PLACE}:
        # Other scripts have no capital letters to go by.
        return language is Language.OTHER or _NAME.search(sentence) is not None or _begins(sentence, language)
    pattern = {Kind.NUMBER: _NUMBER, Kind.TIME: _TIME, Kind.REASON: _REASON}.get(kind)
    return pattern is None or pattern.search(sentence) is not None


def _begins(sentence: str, language: Language) -> bool:
    """Say whether a sentence begins with a name: with a word that a language's dictionary does not know."""
    first = next(iter(located_words(sentence, language)), None)
    if language not in GLOSSED or first is None or not sentence[first.start].isupper():
        return False
    is_known = concepts(first.word, language) or read_glosses(language).find(first.word, language) is not None
    return not is_known and not is_stop_word(first.word, language)
