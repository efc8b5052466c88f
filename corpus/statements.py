"""Statements: what a sentence says, as far as it can be compared: its words, numbers, names and days; pure.

Made for telling copies of a report from another report of the same event. It knows nothing of grammar: what
is opposite stands in a list below, and a name is a word with a capital letter.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from corpus.amounts import numbers_in
from corpus.datelines import AGENCY, without_dateline
from corpus.denials import DENIALS, denies
from corpus.languages import Language

if TYPE_CHECKING:
    from collections.abc import Sequence

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

# Where a copy says whom it has it from: at its beginning, or after a verb.
_NAMED = r"(?:«[^»]{2,40}»|“[^”]{2,40}”|[^\W\d_a-zа-я][\w.-]+(?:\s[^\W\d_a-zа-я][\w.-]+){0,3})"
_CREDIT: Final = re.compile(
    rf"^[^a-zа-яё]?.{{0,50}}?[(/]?\b{AGENCY}[)/]?\s*[-–—.:]+\s|"
    rf",?\s(?:as\s)?{AGENCY} (?:reported|reports|said)\b(?:, citing)?|"
    rf",?\s(?:передаёт|передает|сообщает|пишет|сообщают|передают)\s(?:агентство\s)?{_NAMED}|"
    rf",?\s(?:деп\s)?(?:хабарлайды|жазады)\s{_NAMED}|\s{AGENCY}\b"
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

# Words that turn what the same words say into its contrary, and a sign that makes a question of it.
_NEGATIONS = (
    "not no never nobody nothing none neither nor cannot не ни нет никто ничего никогда жоқ емес ешкім ?"
)
_NO: Final = frozenset(_NEGATIONS.split())

# Opposites that turn a report round though all other words stay, by what both are about.
_OPPOSITES: Final = (
    (
        "open",
        "opens?|(?:re)?opened|reopens?|reopening|откры(?:т[аоы]?|л[аои]?|лся|лась|лись|лось)|ашылды|ашты|ашылған",
        "close[sd]?|shut|закры(?:т[аоы]?|л[аои]?|лся|лась|лись|лось)|жабылды|жапты|жабылған",
    ),
    (
        "free",
        "released|frees?|freed|освобо(?:дил[аи]?|жден[аоы]?|ждены)|отпу(?:стил[аи]?|щен[аоы]?)|босатылды|босатты",
        (
            "arrest(?:s|ed)?|detain(?:s|ed)?|jailed|арестова(?:л[аи]?|н[аоы]?)|задержа(?:л[аи]?|н[аоы]?)"
            "|ұсталды|ұстады|қамалды|қамауға"
        ),
    ),
    (
        "ban",
        "imposed|introduced|declared|вве(?:л[аи]?|ден[аоы]?)|объяв(?:ил[аи]?|лен[аоы]?)|енгізілді|енгізді|жарияланды",
        "lifted|cancell?ed|снят[аоы]?|снял[аи]?|отмен(?:ил[аи]?|ен[аоы]?)|жойылды|алынды|тоқтатылды",
    ),
    (
        "say",
        "confirm(?:s|ed)?|подтверди(?:л[аи]?|лось)|подтвержден[аоы]?|растады|расталды",
        "den(?:y|ies|ied)|refuted?|опроверг(?:л[аио]|нут[аоы]?)?|отрицает|отрицают|теріске",
    ),
    (
        "more",
        (
            "ros?e|risen|increased?|grew|вырос(?:л[аио])?|увеличил(?:ся|ась|ось|ись|[аи])?|подорожал[аои]?"
            "|повысил(?:ся|ась|ось|ись|[аи])?|өсті|артты|көбейді|қымбаттады"
        ),
        (
            "fell|fallen|decreased?|dropped|declined|снизил(?:ся|ась|ось|ись|[аи])?|упал[аои]?|подешевел[аои]?"
            "|сократил(?:ся|ась|ось|ись|[аи])?|уменьшил(?:ся|ась|ось|ись|[аи])?|төмендеді|азайды|арзандады"
        ),
    ),
    (
        "go on",
        "resumed?|restored|возобнов(?:ил[аи]?|илось|ились|лен[аоы]?)|восстанов(?:ил[аи]?|лен[аоы]?)|жаңартылды",
        "suspend(?:s|ed)?|halted|приостанов(?:ил[аи]?|лен[аоы]?)|прекра(?:тил[аи]?|щен[аоы]?)|тоқтатылды|тоқтатты",
    ),
    (
        "agree",
        "approved|accepted|одобр(?:ил[аи]?|ен[аоы]?)|принят[аоы]?|принял[аи]?|мақұлда(?:ды|нды)|қабылда(?:ды|нды)",
        "rejected|отклон(?:ил[аи]?|ен[аоы]?)|отверг(?:л[аи]|нут[аоы]?)?|қабылдамады",
    ),
    (
        "come",
        "entered|вошл[аи]|вошел|введен[аоы]?|кірді|кіргізілді",
        "withdr(?:ew|awn)|вышл[аи]|вышел|выведен[аоы]?|шықты|шығарылды",
    ),
)
_SIDES: Final = tuple(
    (f"{matter}{sign}", re.compile(words))
    for matter, one, other in _OPPOSITES
    for sign, words in (("+", one), ("-", other))
)

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
    with a capital letter, and `first` the stem of a first word with one, which may be a name. `sides` are
    those of opposites that it names: "open+" for what opened, "open-" for what closed.
    """

    words: tuple[str, ...]
    stems: tuple[str, ...]
    numbers: frozenset[str]
    names: frozenset[str]
    first: str | None
    days: frozenset[str]
    denials: frozenset[str]
    negations: frozenset[str]
    sides: frozenset[str]

    @property
    def telling(self) -> frozenset[str]:
        """The words that tell something, whole."""
        return frozenset(self.words) - _FILLERS


def words_of(sentence: str) -> list[str]:
    """Return a sentence's words, numbers and signs of currencies, without case and punctuation."""
    return [_plain(found[0]) for found in _TOKEN.finditer(unicodedata.normalize("NFKC", sentence))]


@functools.lru_cache(maxsize=1_000)
def read_statement(sentence: str, language: Language) -> Statement:
    """Read a sentence, less its dateline and those whom it credits."""
    text = _CREDIT.sub(_uncredited, without_dateline(unicodedata.normalize("NFKC", sentence)))
    tokens = [*_TOKEN.finditer(text)]
    written = [found[0] for found in tokens]
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
        numbers=numbers_in(_with_breaks(text, tokens, words), language),
        names=frozenset(capital[1:] if is_first else capital),
        first=capital[0] if is_first else None,
        days=frozenset(day for word in words for day in _days_in(word)),
        denials=frozenset(words) & DENIALS,
        negations=frozenset(words) & _NO,
        sides=frozenset(side for word in words for side in _sides_of(word)),
    )


def _uncredited(credit: re.Match[str]) -> str:
    """Leave out who is credited, but not that it is denied: "FALSE (Agency) - "."""
    return credit[0] if denies(credit[0]) else " "


def _with_breaks(text: str, tokens: Sequence[re.Match[str]], words: Sequence[str]) -> list[str]:
    """Return a sentence's words, with a comma wherever any mark stands between two of them."""
    parted: list[str] = []
    end = 0
    for token, word in zip(tokens, words, strict=True):
        parted += [","] if text[end : token.start()].strip() else []
        parted.append(word)
        end = token.end()
    return parted


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


@functools.lru_cache(maxsize=20_000)
def _sides_of(word: str) -> tuple[str, ...]:
    return tuple(side for side, words in _SIDES if words.fullmatch(word))


def are_opposite(some: frozenset[str], others: frozenset[str]) -> bool:
    """Say whether two sets of sides have both sides of one matter."""
    return not {side[:-1] for side in some}.isdisjoint(side[:-1] for side in others)
