from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from corpus.sources.dates import as_moment, read_date

ALMATY = timezone(timedelta(hours=6))
AT_HALF_PAST_TWO = datetime(2022, 1, 5, 14, 30, tzinfo=ALMATY)


@pytest.mark.parametrize(
    "written",
    [
        "2022-01-05T14:30:00+06:00",
        "2022-01-05T14:30:00+0600",
        "2022-01-05T14:30+06",
        "2022-01-05 14:30:00 +0600",
        " 2022-01-05T14:30:00.1234567+06:00\n",
        "20220105T143000+0600",
        "Wed, 05 Jan 2022 14:30:00 +0600",
        "Wed, 5 January 2022 14:30 +06:00",
        "05 jan 22 14:30:00 +0600",
        "Ср, 05 Jan 2022 14:30:00 +0600 (QYZT)",
    ],
)
def test_a_moment_keeps_its_time_and_its_zone(written: str) -> None:
    moment = read_date(written)
    assert moment == AT_HALF_PAST_TWO
    assert isinstance(moment, datetime)
    assert moment.utcoffset() == timedelta(hours=6)


@pytest.mark.parametrize(
    "written, hours",
    [
        ("2022-01-05T14:30:00Z", 0),
        ("2022-01-05T14:30:00.000Z", 0),
        ("Wed, 05 Jan 2022 14:30:00 GMT", 0),
        ("Wed, 05 Jan 2022 14:30:00 UT", 0),
        ("Wed, 05 Jan 2022 14:30:00 EST", -5),
        ("Wed, 05 Jan 2022 14:30:00 MSK", 3),
        ("Wed, 05 Jan 2022 14:30:00 -0330", -3.5),
    ],
)
def test_zones_are_known_by_their_names(written: str, hours: float) -> None:
    assert read_date(written) == datetime(2022, 1, 5, 14, 30, tzinfo=timezone(timedelta(hours=hours)))


@pytest.mark.parametrize(
    "written",
    [
        "2022-01-05",
        "20220105",
        "2022-01-05 14:30",
        "2022-01-05T14:30:00",
        "05 Jan 2022",
        "Wed, 05 Jan 2022 14:30:00",
        "Wed, 05 Jan 2022 14:30:00 ALMT",
        "Wed, 05 Jan 2022 2:30 PM",
        "Wed, 05 Jan 2022 14:30:00 +9900",
    ],
)
def test_a_time_without_a_known_zone_leaves_the_day(written: str) -> None:
    assert read_date(written) == date(2022, 1, 5)
    assert type(read_date(written)) is date


@pytest.mark.parametrize(
    "written",
    [
        *("", "   ", "tomorrow", "2022", "1641371400", "2022-13-01", "2022-01-05T25:00:00Z", "20-01-2022"),
        *("Wed, 32 Jan 2022 14:30:00 GMT", "Wed, 05 Qaz 2022 14:30:00 GMT", "Ср, 05 янв 2022 14:30:00 +0600"),
        *("0001-01-01T00:00:00+13:59", "9999-12-31", "0000-00-00"),
        *("05 Jan 2022 99:00:00 GMT", "9" * 5000, None, 20220105, ["2022-01-05"]),
    ],
)
def test_what_is_no_date_is_none(written: object) -> None:
    assert read_date(written) is None


def test_days_are_put_in_order_among_moments() -> None:
    assert as_moment(date(2022, 1, 5)) == datetime(2022, 1, 5, tzinfo=UTC)
    assert as_moment(AT_HALF_PAST_TWO) is AT_HALF_PAST_TWO
