"""Statements: what a sentence says, as far as it can be compared: its words, numbers, names and days; pure.

Made for telling copies of a report from another report of the same event. It knows nothing of grammar: a
number is written in digits or in a word of the lists below, and a name is a word with a capital letter.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from corpus.languages import Language

if TYPE_CHECKING:
    from collections.abc import Iterator

#: How many letters of a word count: endings differ between copies of a report, and nothing knows them all.
STEM: Final = {Language.ENGLISH: 6}
OTHER_STEM: Final = 5

_TOKEN = re.compile(
    r"(?<![\w,.])[-−]?\d{1,3}(?:[ \u00a0\u202f,.]\d{3})+(?!\d)"  # 1,500; 1 500; 1.500
    r"|(?<![\w,.])[-−]\d+(?:[.,]\d+)?"
    r"|\d+(?:[.,]\d+)?"
    r"|[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*"
    r"|[%$€£₸₽№?]"
)
_THOUSANDS = re.compile(r"-?\d{1,3}([ ,.]\d{3})+")
_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "ё": "е", "−": "-", "\u00a0": " ", "\u202f": " "})

# One is left out: "one of them", "бір адам" and "один из" count nothing.
_UNITS: Final = (
    (2, "two|дв(?:а|е|ух|ум|умя|ое|оих|оим)|екі|екеу"),
    (3, "three|тр(?:и|ех|ем|емя|ое|оих)|үш|үшеу"),
    (4, "four|четыр(?:е|ех|ем|ьмя)|четверо|четверых|төрт|төртеу"),
    (5, "five|пят(?:ь|и|ью|еро|ерых)|бес|бесеу"),
    (6, "six|шест(?:ь|и|ью|еро|ерых)|алты|алтау"),
    (7, "seven|сем(?:ь|и|ью)|семеро|семерых|жеті|жетеу"),
    (8, "eight|вос(?:емь|ьми|емью)|сегіз"),
    (9, "nine|девят(?:ь|и|ью)|тоғыз"),
    (10, "ten|десят(?:ь|и|ью|еро)|он"),
    (11, "eleven|одиннадцат(?:ь|и)"),
    (12, "twelve|двенадцат(?:ь|и)|dozen"),
    (13, "thirteen|тринадцат(?:ь|и)"),
    (14, "fourteen|четырнадцат(?:ь|и)"),
    (15, "fifteen|пятнадцат(?:ь|и)"),
    (16, "sixteen|шестнадцат(?:ь|и)"),
    (17, "seventeen|семнадцат(?:ь|и)"),
    (18, "eighteen|восемнадцат(?:ь|и)"),
    (19, "nineteen|девятнадцат(?:ь|и)"),
    (20, "twenty|двадцат(?:ь|и)|жиырма"),
    (30, "thirty|тридцат(?:ь|и)|отыз"),
    (40, "forty|сорока?|қырық"),
    (50, "fifty|пят(?:ь|и)десят(?:и)?|елу"),
    (60, "sixty|шест(?:ь|и)десят(?:и)?|алпыс"),
    (70, "seventy|сем(?:ь|и)десят(?:и)?|жетпіс"),
    (80, "eighty|вос(?:емь|ьми)десят(?:и)?|сексен"),
    (90, "ninety|девяност[оа]|тоқсан"),
)
_HE: Final = "он"  # in Russian; in Kazakh it is ten
_TEN: Final = 10

# A number of more digits is a name rather, and is compared letter by letter.
_DIGITS: Final = 15
_LARGEST: Final = 1e15
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
_TIMES: Final = (
    (100, "hundreds?|сот|сто|жүз"),
    (1_000, "thousands?|тысяч(?:а|и|у|ей|ам|ами)?|тыс|мың"),
    (1_000_000, "millions?|mln|миллион(?:а|ов|ам)?|млн"),
    (1_000_000_000, "billions?|bln|миллиард(?:а|ов|ам)?|млрд"),
)
_UNIT: Final = re.compile("|".join(f"(?P<n{value}>{words})" for value, words in _UNITS))
_TIME: Final = re.compile("|".join(f"(?P<n{value}>{words})" for value, words in _TIMES))

# Where a copy says whom it has it from: at its beginning, or after a verb.
_AGENCY = (
    r"(?:Reuters|TASS|AFP|AP|RIA Novosti|Interfax|Sputnik|Kazinform|Tengrinews|Xinhua|Bloomberg|BBC|CNN|"
    r"Рейтер|ТАСС|АФП|РИА Новости|Интерфакс|ИНТЕРФАКС|Спутник|Казинформ|КазТАГ|"
    r"Қазақпарат|ҚазАқпарат|ҚазТАГ|Азаттық)(?:[- ]?(?:Казахстан|Kazakhstan|Қазақстан|News))?"
)
_NAMED = r"(?:«[^»]{2,40}»|“[^”]{2,40}”|[^\W\d_a-zа-я][\w.-]+(?:\s[^\W\d_a-zа-я][\w.-]+){0,3})"
_CREDIT: Final = re.compile(
    rf"^[^a-zа-яё]?.{{0,50}}?[(/]?\b{_AGENCY}[)/]?\s*[-–—.:]+\s|"
    rf",?\s(?:as\s)?{_AGENCY} (?:reported|reports|said)\b(?:, citing)?|"
    rf",?\s(?:передаёт|передает|сообщает|пишет|сообщают|передают)\s(?:агентство\s)?{_NAMED}|"
    rf",?\s(?:деп\s)?(?:хабарлайды|жазады)\s{_NAMED}|\s{_AGENCY}\b"
)

# Days by their names: English ones have capitals, and yet are no names.
_DAYS: Final = re.compile(
    r"(?P<monday>monday|понедельник\w*|дүйсенбі\w*)|(?P<tuesday>tuesday|вторник\w*|сейсенбі\w*)|"
    r"(?P<wednesday>wednesday|сред[аыу]|сәрсенбі\w*)|(?P<thursday>thursday|четверг\w*|бейсенбі\w*)|"
    r"(?P<friday>friday|пятниц\w*|жұма(?:да)?)|(?P<saturday>saturday|суббот\w*|сенбі(?:де)?)|"
    r"(?P<sunday>sunday|воскресень\w*|жексенбі\w*)"
)
_MONTHS: Final = re.compile(
    r"(?P<january>jan(?:uary)?|январ\w+|қаңтар\w*)|(?P<february>feb(?:ruary)?|феврал\w+|ақпан\w*)|"
    r"(?P<march>march|март[ае]?|наурыз\w*)|(?P<april>april|апрел\w+|сәуір\w*)|(?P<may>ма[йяе]|мамыр\w*)|"
    r"(?P<june>june|июн\w+|маусым\w*)|(?P<july>july|июл\w+|шілде\w*)|(?P<august>aug(?:ust)?|август\w*|тамыз\w*)|"
    r"(?P<september>sept?(?:ember)?|сентябр\w+|қыркүйек\w*)|(?P<october>oct(?:ober)?|октябр\w+|қазан(?:да)?)|"
    r"(?P<november>nov(?:ember)?|ноябр\w+|қараша\w*)|(?P<december>dec(?:ember)?|декабр\w+|желтоқсан\w*)"
)

# Words by which somebody says that it is not so: with them an article is another report.
_REFUSALS = (
    "denied denies deny denial refuted refutes false fake rumour rumours hoax withdrawn retracted "
    "опроверг опровергла опровергли опровергло опровергнуто опровержение опровергает "
    "опровергают отрицает отрицают ложь ложная фейк фейком слухи "
    "жалған өтірік фейк қауесет растаған растамады теріске"
)
_DENIALS: Final = frozenset(_REFUSALS.split())

# Words that turn what the same words say into its contrary, and a sign that makes a question of it.
_NEGATIONS = (
    "not no never nobody nothing none neither nor cannot не ни нет никто ничего никогда жоқ емес ешкім ?"
)
_NO: Final = frozenset(_NEGATIONS.split())

# Words that say nothing of what happened; copies add and drop them.
_EMPTY = (
    "? a an the of in on at to for from by with as and or is are was were be been has have had that which "
    "who it its this these those there also said says say told according added reported reports "
    "в во на с со к ко о об от до из за по у для и а но что как это этот эта эти его ее их он она они "
    "также же ли сообщил сообщила сообщили сообщает сообщается заявил заявила заявили отметил отметила "
    "уточнил уточнила словам данным "
    "мен пен бен да де та те және бұл ол осы сол деп деді деген туралы үшін хабарлады мәлімдеді айтты "
    "хабарлайды"
)
_FILLERS: Final = frozenset(_EMPTY.split())


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence as it is compared.

    `words` are all of them, in order; `stems` the beginnings of those that tell something; `names` those
    with a capital letter, and `first` the stem of a first word with one, which may be a name.
    """

    words: tuple[str, ...]
    stems: tuple[str, ...]
    numbers: frozenset[str]
    names: frozenset[str]
    first: str | None
    days: frozenset[str]
    denials: frozenset[str]
    negations: frozenset[str]

    @property
    def telling(self) -> frozenset[str]:
        """The words that tell something, whole."""
        return frozenset(self.words) - _FILLERS


def words_of(sentence: str) -> list[str]:
    """Return a sentence's words, numbers and signs of currencies, without case and punctuation."""
    return [_plain(found[0]) for found in _TOKEN.finditer(unicodedata.normalize("NFKC", sentence))]


@functools.lru_cache(maxsize=1_000)
def read_statement(sentence: str, language: Language) -> Statement:
    """Read a sentence."""
    text = _CREDIT.sub(" ", unicodedata.normalize("NFKC", sentence))
    written = [found[0] for found in _TOKEN.finditer(text)]
    words = tuple(map(_plain, written))
    stem = functools.partial(_stem, language=language)
    capital = [
        stem(word)
        for first, word in zip(written, words, strict=True)
        if first[0].isupper() and not _days_in(word) and word not in _FILLERS
    ]
    starts = bool(written) and written[0][0].isupper() and not written[0].isupper()
    is_first = starts and bool(capital) and capital[0] == stem(words[0])
    return Statement(
        words=words,
        stems=tuple(stem(word) for word in words if word not in _FILLERS),
        numbers=frozenset(_numbers(words, language)),
        names=frozenset(capital[1:] if is_first else capital),
        first=capital[0] if is_first else None,
        days=frozenset(day for word in words for day in _days_in(word)),
        denials=frozenset(words) & _DENIALS,
        negations=frozenset(words) & _NO,
    )


def _stem(word: str, *, language: Language) -> str:
    return word.removesuffix("'s")[: STEM.get(language, OTHER_STEM)]


def _plain(word: str) -> str:
    """Write a word in small letters, and a number in one way: 1500, 4.5."""
    small = word.casefold().translate(_APOSTROPHES)
    if not small[-1].isdigit():
        return small
    return re.sub("[ ,.]", "", small) if _THOUSANDS.fullmatch(small) else small.replace(",", ".")


@functools.lru_cache(maxsize=10_000)
def _days_in(word: str) -> tuple[str, ...]:
    found = _DAYS.fullmatch(word) or _MONTHS.fullmatch(word)
    return (str(found.lastgroup),) if found else ()


def _numbers(words: tuple[str, ...], language: Language) -> Iterator[str]:
    """Yield the numbers of a sentence, those in words, too: "twenty-five thousand" is 25000."""
    value: float | None = None
    for word in _apart(words):
        read = None if word == _HE and language is not Language.KAZAKH else _value(word)
        times = _times(word)
        if value is not None and times is not None and value < _LARGEST:
            value *= times
        elif value is not None and read is not None and _is_tens(value) and 0 < read < _TEN:
            value += read
        else:
            if value is not None:
                yield f"{value:.15g}"
            value = read
            if len(word) > _DIGITS and word[-1].isdigit():
                yield word
    if value is not None:
        yield f"{value:.15g}"


def _is_tens(value: float) -> bool:
    return _TEN <= value < _TEN * _TEN and value % _TEN == 0


def _apart(words: tuple[str, ...]) -> Iterator[str]:
    """Yield words, and the parts of "twenty-five"; the first sign of a number is no hyphen."""
    for word in words:
        yield from word.split("-") if "-" in word[1:] else (word,)


@functools.lru_cache(maxsize=10_000)
def _value(word: str) -> float | None:
    """Read a number in digits or in a word."""
    if word[-1:].isdigit():
        return float(word) if len(word) <= _DIGITS and _NUMBER.fullmatch(word) else None
    found = _UNIT.fullmatch(word)
    return float(str(found.lastgroup)[1:]) if found else None


@functools.lru_cache(maxsize=10_000)
def _times(word: str) -> int | None:
    found = _TIME.fullmatch(word)
    return int(str(found.lastgroup)[1:]) if found else None
