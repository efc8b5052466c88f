"""Datelines: the place, the day and the agency that a wire report begins with; pure.

"NUR-SULTAN, Jan 5 (Reuters) - ", "АЛМА-АТА, 5 января. /ТАСС/. ", "Алматы. 5 января. КазТАГ - ". They say
where and when a report was filed, not what happened: copies begin with others, or with none. Where two of
them are all that tells one report from another, they do tell.
"""

from __future__ import annotations

import functools
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from corpus.denials import denies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.articles import Published

#: Agencies by the names that they give themselves at the beginning of a report, or that others credit.
AGENCY: Final = (
    r"(?:Reuters|TASS|AFP|AP|RIA Novosti|Interfax|INTERFAX|Sputnik|Kazinform|KAZINFORM|KazTAG|Tengrinews|"
    r"Xinhua|Bloomberg|BBC|CNN|Рейтер|ТАСС|АФП|РИА Новости|Интерфакс|ИНТЕРФАКС|Спутник|Казинформ|КАЗИНФОРМ|"
    r"КазТАГ|Синьхуа|Қазақпарат|ҚазАқпарат|ҚАЗАҚПАРАТ|ҚазТАГ|Азаттық)"
    r"(?:[- ]?(?:Казахстан|КАЗАХСТАН|Kazakhstan|KAZAKHSTAN|Қазақстан|News))?"
)

#: The zone in which days begin first, and for how long a day without a year is one to come.
EARLIEST_ZONE: Final = timedelta(hours=14)
HALF_A_YEAR: Final = timedelta(days=180)

#: Characters of a beginning that may be one.
LONGEST: Final = 120
#: Sentences over which one may go, since it has full stops.
MOST_SENTENCES: Final = 4

# Where reports of this region are filed. Any word may stand in capitals before a day or brackets ("ПОГИБШИЕ
# (Алматы) - "), so that only these are places where no known agency follows.
_FILED_IN = (
    "almaty alma-ata astana nur-sultan akmola shymkent karaganda karagandy aktobe aktau atyrau taraz "
    "pavlodar semey oskemen ust-kamenogorsk uralsk oral kostanay kostanai kyzylorda kokshetau "
    "petropavlovsk petropavl taldykorgan turkestan turkistan ekibastuz temirtau zhanaozen baikonur "
    "balkhash zhezkazgan ridder rudny moscow london washington brussels geneva beijing istanbul ankara "
    "tashkent bishkek dushanbe minsk kyiv kiev алматы алма-ата астана нур-султан нұр-сұлтан акмола "
    "шымкент караганда қарағанды актобе ақтөбе актау ақтау атырау тараз павлодар семей усть-каменогорск "
    "өскемен уральск орал костанай қостанай кызылорда қызылорда кокшетау көкшетау петропавловск "
    "петропавл талдыкорган талдықорған туркестан түркістан экибастуз екібастұз темиртау теміртау "
    "жанаозен жаңаөзен байконур байқоңыр балхаш балқаш жезказган жезқазған риддер рудный москва мәскеу "
    "лондон вашингтон брюссель женева пекин стамбул анкара ташкент бишкек душанбе минск киев"
)
_PLACES: Final = frozenset({*_FILED_IN.split(), "new york", "нью-йорк", "санкт-петербург", "st petersburg"})

_CAPITAL = r"[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ]"
_IN_CAPITALS = rf"{_CAPITAL}[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ'’ʼ.-]+{_CAPITAL}"
_CAPITALS = rf"{_IN_CAPITALS}(?:[ /]{_IN_CAPITALS}){{0,3}}"
_WORD = rf"{_CAPITAL}[\w'’ʼ-]+"
_REGION = rf"(?P<region>,\s{_WORD}(?:\s{_WORD})?)?"
_PLACE = rf"(?:(?P<capitals>{_CAPITALS})|(?P<written>{_WORD}(?:\s{_WORD}){{0,2}})){_REGION}"
_MONTHS: Final = (
    *("jan янв қаңтар", "feb фев ақпан", "mar мар наурыз", "apr апр сәуір", "may май мая мамыр"),
    *("jun июн маусым", "jul июл шілде", "aug авг тамыз", "sep сен қыркүйек", "oct окт қазан"),
    *("nov ноя қараша", "dec дек желтоқсан"),
)
_MONTH = "|".join(" ".join(_MONTHS).split())
_DAY = (
    rf"(?i:(?P<month>{_MONTH})[a-zа-яәғқңөұүһі]*\.?\s(?P<day>\d{{1,2}})"
    rf"|(?P<day_first>\d{{1,2}})[\s-](?P<month_after>{_MONTH})[a-zа-яәғқңөұүһі]*\.?)"
    r"(?:,?\s\d{4}(?:\s?(?:г|года|ж|жыл)\b\.?)?)?"
)
_BRACKETS = rf"\((?P<brackets>{_CAPITAL}[\w.'’/ -]{{1,30}})\)"
_SOURCE = rf"(?:{_BRACKETS}|/(?P<slashes>{_CAPITAL}[\w.' -]{{1,30}})/|(?P<known>{AGENCY})(?![\w]))"
_ALONE = re.compile(rf"{AGENCY}(?:,\s{_DAY}(?:\.\s|\s?[-–—]+\s)|\s?[-–—]+\s)")
_DATELINE = re.compile(
    rf"[^\w(/]{{0,2}}(?:{_PLACE}(?:[.,]\s|\s|(?=\s?[-–—])))?(?:[-–—]\s)?(?:{_DAY}(?:[.,]\s|\s|(?=\s?[-–—])))?"
    rf"(?:[-–—]\s)?(?:{_SOURCE})?(?P<end>\.?\s?[-–—:]+\s+|\.\s+|\.$)"
)
_IS_AGENCY = re.compile(AGENCY)

#: Names of one city at different times.
_SAME_CITY: Final = {
    "nur-sultan": "astana", "нур-султан": "астана", "нұр-сұлтан": "астана", "akmola": "astana",
    "alma-ata": "almaty", "алма-ата": "алматы", "kyiv": "kiev",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dateline:
    """Where and when a report was filed, as far as it says; `length` in characters of the text it begins."""

    length: int
    place: str | None = None
    day: tuple[int, int] | None = None  # the month and the day in it

    @property
    def spellings(self) -> frozenset[str]:
        """All names of its place, in small letters."""
        if self.place is None:
            return frozenset()
        return frozenset({self.place, *(name for name, city in _SAME_CITY.items() if city == self.place)})

    def is_apart(self, other: Dateline) -> bool:
        """Say whether another report was filed on another day."""
        return self.day is not None and other.day is not None and self.day != other.day

    def is_elsewhere(self, other: Dateline) -> bool:
        """Say whether another report was filed in another place."""
        return self.place is not None and other.place is not None and self.place != other.place

    def is_after(self, published: Published | None) -> bool:
        """Say whether it names a day that had not begun anywhere when another article was published."""
        if self.day is None or published is None:
            return False
        try:
            latest = _latest_day(published)
        except OverflowError:  # the first or the last of all years
            return False
        possible = (_day(latest.year + years, *self.day) for years in (0, 1))
        return any(timedelta() < filed - latest < HALF_A_YEAR for filed in possible if filed is not None)


def are_filed_apart(one: str, other: str) -> bool:
    """Say whether two sentences begin with datelines of different days, or places that neither one names."""
    mine, theirs = read_dateline(one), read_dateline(other)
    if mine is None or theirs is None:
        return False
    told = (one[mine.length :] + " " + other[theirs.length :]).casefold()
    is_named = any(name in told for name in mine.spellings | theirs.spellings)
    return mine.is_apart(theirs) or (mine.is_elsewhere(theirs) and not is_named)


@functools.lru_cache(maxsize=10_000)
def read_dateline(text: str) -> Dateline | None:
    """Read the dateline that a text begins with; None where it has none, or it is not sure."""
    if (alone := _ALONE.match(text[:LONGEST])) is not None:
        return Dateline(alone.end(), None, _day_of(alone))
    found = _DATELINE.match(text[:LONGEST])
    if found is None or not _is_sure(found):
        return None
    place = found["capitals"] or found["written"]
    return Dateline(found.end(), _city(place) if place else None, _day_of(found))


def without_dateline(text: str) -> str:
    """Return a sentence without the dateline that it begins with."""
    found = read_dateline(text)
    return text if found is None else text[found.length :]


def part(sentences: Sequence[str]) -> tuple[Dateline | None, list[str]]:
    """Part a report's sentences from the dateline before them, which may be cut into several of them."""
    found = read_dateline(" ".join(sentences[:MOST_SENTENCES]))
    if found is None:
        return None, [*sentences]
    left = found.length
    for place, sentence in enumerate(sentences):
        if left < len(sentence):
            return found, [sentence[left:].lstrip(), *sentences[place + 1 :]]
        left = max(left - len(sentence) - 1, 0)
    return None, [*sentences]  # nothing comes after it


def _is_sure(found: re.Match[str]) -> bool:
    """Say whether what looks like a dateline is one; "NATO (Brussels) - " is none, nor "FALSE (AP) - "."""
    if denies(found[0]):
        return False
    source = found["known"] or (found["slashes"] if _IS_AGENCY.search(found["slashes"] or "") else None)
    in_brackets = found["brackets"]
    is_known = source is not None or (in_brackets is not None and bool(_IS_AGENCY.match(in_brackets)))
    has_day = found["day"] is not None or found["day_first"] is not None
    if found["end"].startswith(".") and not re.search("[-–—:]", found["end"]):
        return source is not None and (has_day or found["slashes"] is not None)
    if is_known:
        return bool(found["capitals"] or found["written"] or has_day or in_brackets)
    if not _is_place(found["capitals"]) or _is_place(in_brackets):
        return False
    return has_day or in_brackets is not None or found["region"] is not None


def _is_place(words: str | None) -> bool:
    """Say whether reports are filed from what is called so, or from each of two places."""
    return bool(words) and all(one.casefold().replace("ё", "е") in _PLACES for one in str(words).split("/"))


def _city(place: str) -> str:
    small = place.partition("/")[0].casefold().replace("ё", "е")
    return _SAME_CITY.get(small, small)


def _latest_day(published: Published) -> date:
    """Return the latest day that it may have been anywhere then."""
    if isinstance(published, datetime):
        return (published.astimezone(UTC) + EARLIEST_ZONE).date()
    return published + timedelta(days=1)  # a day of a zone that is not said


def _day(year: int, month: int, day: int) -> date | None:
    with suppress(ValueError):  # no day of that year
        return date(year, month, day)
    return None


def _day_of(found: re.Match[str]) -> tuple[int, int] | None:
    month, day = found["month"] or found["month_after"], found["day"] or found["day_first"]
    if not month or not day:
        return None
    number = next(number for number, names in enumerate(_MONTHS, 1) if month.casefold() in names.split())
    return number, int(day)
