"""What wire reports begin with is told from what they report."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from corpus.datelines import Dateline, part, read_dateline, without_dateline

if TYPE_CHECKING:
    from corpus.articles import Published


@pytest.mark.parametrize(
    "line, place, day",
    [
        ("NUR-SULTAN, Jan 5 (Reuters) - ", "astana", (1, 5)),
        ("ASTANA (Agency) - ", "astana", None),
        ("ALMATY, Jan. 5, 2022 (Xinhua) -- ", "almaty", (1, 5)),
        ("ALMATY, Kazakhstan (AP) — ", "almaty", None),
        ("ALMATY, Kazakhstan -- ", "almaty", None),
        ("ALMATY/NUR-SULTAN, Jan 5 (Reuters) - ", "almaty", (1, 5)),
        ("ASTANA, January 5. /TASS/. ", "astana", (1, 5)),
        ("(Reuters) - ", None, None),
        ("Reuters - ", None, None),
        ("НУР-СУЛТАН, 5 янв — РИА Новости. ", "астана", (1, 5)),
        ("АЛМА-АТА, 5 января. /ТАСС/. ", "алматы", (1, 5)),
        ("АЛМАТЫ, 5 мая. /Корр. ТАСС Иван Иванов/. ", "алматы", (5, 5)),
        ("Алматы. 5 января. КазТАГ - ", "алматы", (1, 5)),
        ("АЛМАТЫ. 5 ЯНВ. ИНТЕРФАКС-КАЗАХСТАН - ", "алматы", (1, 5)),
        ("ЖАНАОЗЕН, 2 января - ", "жанаозен", (1, 2)),
        ("АСТАНА, 14 марта 2022 г. (Интерфакс) - ", "астана", (3, 14)),
        ("ТАСС, 5 января. ", None, (1, 5)),
        ("НҰР-СҰЛТАН. ҚазАқпарат - ", "астана", None),
        ("Тараз. 14 наурыз. ҚазТАГ – ", "тараз", (3, 14)),
    ],
)
def test_datelines_of_agencies_are_read(line: str, place: str | None, day: tuple[int, int] | None) -> None:
    text = line + "The airport is closed."
    assert read_dateline(text) == Dateline(len(line), place, day)
    assert without_dateline(text) == "The airport is closed."


@pytest.mark.parametrize(
    "text",
    [
        "NATO (Brussels) - a bloc of 30 states.",
        "ОДКБ (Организация Договора о коллективной безопасности) - военный союз.",
        "В Алматы, 5 января, закрыт аэропорт.",
        "5 января – протестующие захватили аэропорт.",
        "Вчера, 5 января – аэропорт закрыт.",
        "Reuters reported that the airport is closed.",
        "TASS said: the airport is closed.",
        "США - Казахстану: аэропорт закрыт.",
        "Tokayev (Reuters) said so.",
        "Almaty. The airport is closed.",
        "НЕПРАВДА, 5 января - аэропорт закрыт.",
        "ОПРОВЕРЖЕНИЕ (Алматы) - аэропорт закрыт.",
        "ФЕЙК, 5 января - аэропорт закрыт.",
        "FALSE, Jan 5 - the airport is closed.",
        "FALSE, Jan 5 (Reuters) - the airport is closed.",
        "DENIED (Almaty) - the airport is closed.",
        "ALMATY (Fake) - the airport is closed.",
        "ПОГИБШИЕ (Алматы) - двое рабочих.",
        "РАНЕНЫЕ (Алматы) - двое рабочих.",
        "РАНЕНЫЕ, 5 января - двое рабочих.",
        "РАНЕНЫЕ /Иванов/. Двое рабочих.",
        "АЛМАТЫ (Астана) - дорога закрыта.",
        "ЖАЛҒАН, 5 қаңтар - әуежай жабық.",
        "",
    ],
)
def test_what_may_belong_to_the_report_is_left_in_it(text: str) -> None:
    assert read_dateline(text) is None
    assert without_dateline(text) == text


def test_a_dateline_may_be_cut_into_several_sentences() -> None:
    sentences = ["АЛМА-АТА, 5 января.", "/ТАСС/.", "Аэропорт закрыт.", "Рейсы отменены."]
    line, told = part(sentences)
    assert line is not None
    assert (line.place, line.day, told) == ("алматы", (1, 5), ["Аэропорт закрыт.", "Рейсы отменены."])
    assert part(["Алматы.", "5 января.", "КазТАГ - Аэропорт закрыт."])[1] == ["Аэропорт закрыт."]
    assert part(["Аэропорт закрыт."]) == (None, ["Аэропорт закрыт."])
    assert part(["АЛМА-АТА, 5 января.", "/ТАСС/."]) == (None, ["АЛМА-АТА, 5 января.", "/ТАСС/."])
    assert part([]) == (None, [])


@pytest.mark.parametrize(
    "published, is_after",
    [
        (date(2022, 1, 7), True),
        (date(2022, 1, 8), False),  # a day of a zone in which it is still yesterday
        (datetime(2022, 1, 8, 9, tzinfo=UTC), True),
        (datetime(2022, 1, 8, 11, tzinfo=UTC), False),
        (date(2021, 12, 30), True),
        (date(2022, 3, 1), False),  # it is of an older one
        (date.max, False),
        (datetime.max.replace(tzinfo=UTC), False),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=5))), False),
        (date(9999, 1, 2), True),  # half a year later there is no year any more
        (None, False),
    ],
)
def test_a_report_is_later_than_what_was_published_before_its_day(
    published: Published | None, is_after: object
) -> None:
    assert Dateline(9, "almaty", (1, 9)).is_after(published) is is_after
    assert not Dateline(9, "almaty").is_after(published)
