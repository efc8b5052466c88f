"""Dates as pages and feeds write them, read without guessing; pure."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from corpus.articles import Published

#: Hours east of Greenwich of zones that feeds name; those of RFC 5322, section 4.3, and of Europe.
_ZONES = {
    **dict.fromkeys(("UT", "UTC", "GMT", "Z"), 0),
    **dict.fromkeys(("BST", "CET"), 1),
    **dict.fromkeys(("CEST", "EET"), 2),
    **dict.fromkeys(("EEST", "MSK"), 3),
    "EDT": -4,
    **dict.fromkeys(("EST", "CDT"), -5),
    **dict.fromkeys(("CST", "MDT"), -6),
    **dict.fromkeys(("MST", "PDT"), -7),
    "PST": -8,
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

#: Wed, 05 Jan 2022 14:30:00 +0600
_LETTER = re.compile(
    r"(?:[^\W\d]+\.?,?\s+)?(\d{1,2})\s+([a-z]{3})[a-z]*\.?\s+(\d{4}|\d\d)"
    r"(?:,?\s+(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:\s*([+-]\d\d):?(\d\d)|\s+([a-z]{1,4}))?)?\b.*",
    re.IGNORECASE | re.DOTALL,
)

_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)")
_SPACE_IN_ISO = re.compile(r"(?<=\d)\s+(?=[\d+-]|Z\b)")
_LONG_FRACTION = re.compile(r"(\.\d{6})\d+")

#: Years in which news are published; programs that know no date write the year 1.
YEARS = range(1800, 2200)

#: Between Greenwich and the farthest zone.
FARTHEST = timedelta(hours=14)


def read_date(written: object) -> Published | None:
    """Read ISO 8601 or RFC 5322; a time of day without a zone counts for nothing, so only its day stays.

    None where there is no date, or none that can be told: no date is better than a wrong one.
    """
    text = written.strip() if isinstance(written, str) else ""
    if not text or len(text) > 100:  # noqa: PLR2004 (no date is as long)
        return None
    try:
        found = _iso(text) if text[:4].isdigit() else _letter(text)
    except (ValueError, OverflowError):
        return None
    return found if found is not None and found.year in YEARS else None


def as_moment(published: Published) -> datetime:
    """Make a day comparable with moments: its midnight in UTC."""
    if isinstance(published, datetime):
        return published
    return datetime(published.year, published.month, published.day, tzinfo=UTC)


def _iso(text: str) -> Published | None:
    day, _, time = _SPACE_IN_ISO.sub("T", text, count=1).partition("T")
    matched = _DAY.fullmatch(day)
    if matched is None:
        return None
    if not time:
        return date(*(int(part) for part in matched.groups()))
    # 2022-01-05 14:30:00 +0600 and 2022-01-05T14:30:00.1234567Z are written by many, and read by no library.
    clock = _LONG_FRACTION.sub(r"\1", re.sub(r"\s+", "", time))
    return _told(datetime.fromisoformat(f"{'-'.join(matched.groups())}T{clock}"))


def _letter(text: str) -> Published | None:
    """Read dates as letters have them (RFC 5322, section 3.3), with years of two digits, too."""
    matched = _LETTER.fullmatch(text)
    if matched is None:
        return None
    day, month, year, hour, minute, second, *zone = matched.groups()
    when = date(
        int(year) + (2000 if len(year) == len("22") else 0), _MONTHS.index(month.lower()) + 1, int(day)
    )
    offset = _offset(*zone)
    if hour is None or offset is None:
        return when
    clock = (int(hour), int(minute), int(second or 0))
    return _told(datetime(when.year, when.month, when.day, *clock, tzinfo=timezone(offset)))


def _offset(hours: str | None, minutes: str | None, name: str | None) -> timedelta | None:
    if hours is None:
        known = _ZONES.get((name or "").upper())
        return None if known is None else timedelta(hours=known)
    east = timedelta(hours=int(hours[1:]), minutes=int(minutes or 0))
    return None if east > FARTHEST else -east if hours.startswith("-") else east


def _told(moment: datetime) -> Published | None:
    """Keep of a moment what it tells: all of it with a zone, the day without one."""
    offset = moment.utcoffset()
    if offset is None:
        return moment.date()
    return moment.replace(microsecond=0) if abs(offset) <= FARTHEST else moment.date()
