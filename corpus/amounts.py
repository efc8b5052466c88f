"""Amounts: the numbers of a sentence, in digits and in words of three languages; pure.

"Twelve hundred", "полторы тысячи" and "мың екі жүз" are numbers, "half a million" is another one than "a
million", and "dozens" is none that could be written in digits, but another one than "hundreds".
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from corpus.languages import Language

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# What Kazakh adds to a number: "елуден астам" is more than fifty.
_KK: Final = "(?:ға|ге|қа|ке|нан|нен|дан|ден|тан|тен|ны|ні|ды|ді|ты|ті)?"
_UNITS: Final = (
    (2, f"two|дв(?:а|е|ух|ум|умя|ое|оих|оим)|екі{_KK}|екеу"),
    (3, f"three|тр(?:и|ех|ем|емя|ое|оих)|үш{_KK}|үшеу"),
    (4, f"four|четыр(?:е|ех|ем|ьмя)|четверо|четверых|төрт{_KK}|төртеу"),
    (5, f"five|пят(?:ь|и|ью|еро|ерых)|бес{_KK}|бесеу"),
    (6, f"six|шест(?:ь|и|ью|еро|ерых)|алты{_KK}|алтау"),
    (7, f"seven|сем(?:ь|и|ью)|семеро|семерых|жеті{_KK}|жетеу"),
    (8, f"eight|вос(?:емь|ьми|емью)|сегіз{_KK}"),
    (9, f"nine|девят(?:ь|и|ью)|тоғыз{_KK}"),
    (10, "ten|десят(?:ь|и|ью|еро)|он(?:ға|нан)?"),
    (11, "eleven|одиннадцат(?:ь|и|ью)"),
    (12, "twelve|двенадцат(?:ь|и|ью)"),
    (13, "thirteen|тринадцат(?:ь|и|ью)"),
    (14, "fourteen|четырнадцат(?:ь|и|ью)"),
    (15, "fifteen|пятнадцат(?:ь|и|ью)"),
    (16, "sixteen|шестнадцат(?:ь|и|ью)"),
    (17, "seventeen|семнадцат(?:ь|и|ью)"),
    (18, "eighteen|восемнадцат(?:ь|и|ью)"),
    (19, "nineteen|девятнадцат(?:ь|и|ью)"),
    (20, f"twenty|двадцат(?:ь|и|ью)|жиырма{_KK}"),
    (30, f"thirty|тридцат(?:ь|и|ью)|отыз{_KK}"),
    (40, f"forty|сорока?|қырық{_KK}"),
    (50, f"fifty|полусотн[ияю]|полсотни|пят(?:ь|и)десят(?:и)?|елу{_KK}"),
    (60, f"sixty|шест(?:ь|и)десят(?:и)?|алпыс{_KK}"),
    (70, f"seventy|сем(?:ь|и)десят(?:и)?|жетпіс{_KK}"),
    (80, f"eighty|вос(?:емь|ьми)десят(?:и)?|сексен{_KK}"),
    (90, f"ninety|девяност[оа]|тоқсан{_KK}"),
    (100, "ст[оа]"),
    (200, "дв(?:ести|ух(?:сот|стах)|умстам|умястами)"),
    (300, "тр(?:иста|ех(?:сот|стах)|емстам|емястами)"),
    (400, "четыр(?:еста|ех(?:сот|стах)|емстам|ьмястами)"),
    (500, "пят(?:ьсот|исот|истам|истах|ьюстами)|полтысячи"),
    (600, "шест(?:ьсот|исот|истам|истах|ьюстами)"),
    (700, "сем(?:ьсот|исот|истам|истах|ьюстами)"),
    (800, "вос(?:емьсот|ьмисот|ьмистам|ьмистах|емьюстами)"),
    (900, "девят(?:ьсот|исот|истам|истах|ьюстами)"),
    (500_000, "полмиллиона"),
    (500_000_000, "полмиллиарда"),
)
_ONE_AND_A_HALF: Final = re.compile("полтор[аы]|полутора")
# Counted only beside other numbers: "one of them", "бір адам" and "один из" count nothing.
_ONE: Final = re.compile("one|од(?:ин|на|ну|ной|ного|но)|бір")
_HE: Final = "он"  # in Russian; in Kazakh it is ten

# What multiplies a number: alone it is itself, and in the plural of nobody knows how many.
_TIMES: Final = (
    (10, "десят(?:ок|ка|ку|ком)", "tens|десят(?:ки|ков|кам|ками|ках)|ондаған"),
    (12, "dozen|дюжин[аыу]", "dozens"),
    (100, f"hundred|сотн[яюе]|сотней|жүз{_KK}", "hundreds|сот|сот(?:ни|ен|ням|нями|нях)|жүздеген"),
    (
        1_000,
        f"thousand|тыс|тысяч(?:а|у|е|ей|ью)|мың{_KK}",
        "thousands|тысяч|тысяч(?:и|ам|ами|ах)|мыңдаған",
    ),
    (
        1_000_000,
        f"million|mln|млн|миллион(?:а|у|ом)?|миллион{_KK}",
        "millions|миллион(?:ы|ов|ам|ами|ах)|миллиондаған",
    ),
    (
        1_000_000_000,
        f"billion|bln|bn|млрд|миллиард(?:а|у|ом)?|миллиард{_KK}",
        "billions|миллиард(?:ы|ов|ам|ами|ах)|миллиардтаған",
    ),
)
_SHORT: Final = frozenset({"тыс", "mln", "млн", "bln", "bn", "млрд"})
# Before these plurals Russian means one: "более тысячи", "около сотни".
_ONE_OF_THEM: Final = frozenset({"тысячи", "сотни"})
_BEFORE_ONE: Final = frozenset(
    {"более", "больше", "менее", "меньше", "около", "свыше", "порядка", "до", "от", "из", "с", "для"}
)
_SEVERAL: Final = frozenset({"several", "few", "many", "несколько", "нескольких", "бірнеше"})

_HALF: Final = re.compile("half|половин[аыуе]|половиной|жартысы|жартысын|жарты")
_HALF_MORE: Final = (("and", "a", "half"), ("с", "половиной"), ("жарым",))
# Parts by other words; "a third" and not "the third", which is one after two others.
_PARTS: Final = (
    ("1/3", re.compile("треть|трети|третью|үштен")),
    ("1/4", re.compile("четверть|четверти|четвертью|ширегі|ширек")),
)
_ENGLISH_PARTS: Final = {"third": "1/3", "quarter": "1/4", "thirds": "1/3", "quarters": "1/4"}
_COUNTS_PARTS: Final = frozenset({"a", "one", "two", "three"})

# A number of more digits is a name rather, and is compared letter by letter.
_DIGITS: Final = 15
_LARGEST: Final = 1e15
_YEARS: Final = range(1900, 2100)
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
_UNIT: Final = re.compile("|".join(f"(?P<n{value}>{words})" for value, words in _UNITS))
_TIME: Final = re.compile("|".join(f"(?P<n{value}>{one})" for value, one, _ in _TIMES))
_MANY: Final = re.compile("|".join(f"(?P<n{value}>{many})" for value, _, many in _TIMES))


def numbers_in(words: Sequence[str], language: Language) -> frozenset[str]:
    """Return the numbers of a sentence's words: "25000", "0.5"; "1/2" for a half, "100s" for hundreds.

    A word that is a comma ends a number: "a hundred, and five".
    """
    return frozenset(_Reading([*_apart(words)], language).read())


@dataclass
class _Sum:
    """A number as far as it is read: of "two million three hundred" the `whole` 2000000 and the `group` 300.

    What comes next must be less than `room` to belong to it: 20 and 5 are 25, and 20 and 30 are two numbers.
    """

    whole: float = 0.0
    whole_room: float = _LARGEST
    group: float | None = None
    room: float = _LARGEST

    @property
    def is_empty(self) -> bool:
        return self.group is None and not self.whole

    @property
    def value(self) -> float:
        return self.whole + (self.group or 0)

    def takes(self, value: float) -> bool:
        """Add a value, if it belongs here."""
        if value >= (self.whole_room if self.group is None else self.room):
            return False
        self.group, self.room = (self.group or 0) + value, _room_of(value)
        return True

    def multiply(self, times: int) -> bool:
        """Multiply what was read last, or take `times` itself where nothing was; say whether that works."""
        if times <= 100:  # noqa: PLR2004 (these are part of a group: two hundred thousand)
            if self.group is None:
                return self.takes(times)
            if self.group >= times or self.room == times:
                return False
            self.group, self.room = self.group * times, times
            return True
        group = 1 if self.group is None else self.group
        if self.whole and self.group is None and times > self.whole_room:  # a thousand million
            self.whole, self.whole_room = self.whole * times, times
        elif group * times < self.whole_room and self.value < _LARGEST:
            self.whole, self.whole_room, self.group = self.whole + group * times, times, None
        else:
            return False
        return True


def _room_of(value: float) -> float:
    """Return what must be less to be added: 5 to 20, 50 to 200, nothing to 5."""
    for size in (100, 10):
        if value >= size and value % size == 0:
            return size
    return 0


@dataclass
class _Reading:
    words: list[str]
    language: Language
    at: int = 0
    sum: _Sum = field(default_factory=_Sum)

    def read(self) -> Iterator[str]:
        while self.at < len(self.words):
            yield from self._read_one()
        yield from self._done()

    def _read_one(self) -> Iterator[str]:
        """Read what stands here, and go on behind it."""
        word = self.words[self.at]
        if word[-1:].isdigit():
            yield from self._digits(word)
        elif more := next((more for more in _HALF_MORE if self._stands_here(more)), None):
            yield from self._half_more(len(more))
        elif _HALF.fullmatch(word):
            yield from self._half()
        elif part := self._part(word):
            yield part
        elif (times := _read(_TIME, word)) or _read(_MANY, word):
            yield from self._times(word, times)
        elif value := self._value(word):
            if not self.sum.takes(value):
                yield from self._done()
                self.sum.takes(value)
        elif not (word == "and" and not self.sum.is_empty and self._value(self._next())):
            yield from self._done()
        self.at += 1

    def _digits(self, word: str) -> Iterator[str]:
        value = float(word) if len(word) <= _DIGITS and _NUMBER.fullmatch(word) else None
        if value is None or not self._belongs(value * (_read(_TIME, self._next()) or 1)):
            yield from self._done()
        if value is None:
            yield from [word] if len(word) > _DIGITS else []
        else:
            self.sum.group, self.sum.room = value, 0

    def _belongs(self, value: float) -> bool:
        """Say whether digits go on with a number: "1 million 200 thousand", "18 мың 500"."""
        return bool(self.sum.whole) and self.sum.group is None and 100 <= value < self.sum.whole_room  # noqa: PLR2004

    def _half_more(self, length: int) -> Iterator[str]:
        if self.sum.group is None:
            yield from self._done()
            yield "1/2"
        else:
            self.sum.group, self.sum.room = self.sum.group + 0.5, 0
        self.at += length - 1

    def _half(self) -> Iterator[str]:
        """Read "half a million", or a half of something."""
        yield from self._done()
        article = self._next() in {"a", "an"}
        if _read(_TIME, self._next(1 + article)) or self._next() in _ONE_OF_THEM:
            self.sum.group, self.sum.room = 0.5, 0
            self.at += article
        else:
            yield "1/2"

    def _part(self, word: str) -> str | None:
        before = self.words[self.at - 1] if self.at else ""
        if word in _ENGLISH_PARTS and before in _COUNTS_PARTS:
            return _ENGLISH_PARTS[word]
        return next((part for part, pattern in _PARTS if pattern.fullmatch(word)), None)

    def _times(self, word: str, times: int | None) -> Iterator[str]:
        before = self.words[self.at - 1] if self.at else ""
        many = None if times else _read(_MANY, word)
        is_year = self.sum.value in _YEARS and word.isascii()
        if self.sum.is_empty or (many and is_year):
            yield from self._done()
            if (many and not (word in _ONE_OF_THEM and before in _BEFORE_ONE)) or before in _SEVERAL:
                yield from self._many(float(many or times or 1))
            elif word not in _SHORT:
                self.sum.multiply(times or many or 1)
        elif not self.sum.multiply(times or many or 1):
            yield from self._done()
            self.sum.multiply(times or many or 1)

    def _many(self, size: float) -> Iterator[str]:
        """Read "hundreds", "hundreds of thousands"."""
        of = self._next() == "of"
        following = self._next(1 + of)
        if times := _read(_MANY, following) or _read(_TIME, following):
            size *= times
            self.at += 1 + of
        yield f"{size:.15g}s"

    def _value(self, word: str) -> float | None:
        """Read a number in a word; one counts only behind twenty, or before a thousand."""
        if word == _HE and self.language is not Language.KAZAKH:
            return None
        if _ONE.fullmatch(word):
            follows = self.sum.group is not None and self.sum.room >= 10  # noqa: PLR2004
            return 1.0 if follows or _read(_TIME, self._next()) else None
        return 1.5 if _ONE_AND_A_HALF.fullmatch(word) else _read(_UNIT, word)

    def _done(self) -> Iterator[str]:
        if not self.sum.is_empty:
            yield f"{self.sum.value:.15g}"
        self.sum = _Sum()

    def _next(self, further: int = 1) -> str:
        return self.words[self.at + further] if self.at + further < len(self.words) else ""

    def _stands_here(self, some: tuple[str, ...]) -> bool:
        return tuple(self.words[self.at : self.at + len(some)]) == some


def _apart(words: Sequence[str]) -> Iterator[str]:
    """Yield words, and the parts of "twenty-five"; the first sign of a number is no hyphen."""
    for word in words:
        yield from word.split("-") if "-" in word[1:] else (word,)


@functools.lru_cache(maxsize=20_000)
def _read(pattern: re.Pattern[str], word: str) -> int | None:
    found = pattern.fullmatch(word)
    return int(str(found.lastgroup)[1:]) if found else None
