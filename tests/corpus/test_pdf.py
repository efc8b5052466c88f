"""PDFs: what is printed comes out word for word; what cannot be told is refused."""

from __future__ import annotations

import pytest

from corpus.errors import InvalidArticle
from corpus.sources.formats import PARSERS, Found
from corpus.sources.pdf import made_at, parse_pdf
from tests.fakes.documents import Page, pdf

SAID = ("Протесты начались второго января в Жаңаөзене из-", "за цены на газ, сообщили жители.")
SAID_WHOLE = "Протесты начались второго января в Жаңаөзене из-за цены на газ, сообщили жители."


def reason(content: bytes) -> str:
    with pytest.raises(InvalidArticle) as refused:
        parse_pdf(content)
    return str(refused.value)


def titled(title: str, *lines: str) -> object:
    return parse_pdf(pdf(Page().write(*(lines or SAID)), Title=title))["title"]


def test_an_article_comes_out_with_headline_text_and_date() -> None:
    page = (
        Page()
        .write("Беспорядки в Алматы", size=18, top=810)
        .write(*SAID, "", "“Fine”, said Ms O’Neill – twice.")
    )

    assert parse_pdf(pdf(page, CreationDate="D:20220105143000+06'00'")) == {
        "title": "Беспорядки в Алматы",
        "text": f"{SAID_WHOLE}\n\n“Fine”, said Ms O’Neill – twice.",
        "published": "2022-01-05T14:30:00+06:00",
    }


def test_it_is_read_through_the_limited_process_as_any_other_file() -> None:
    (found,) = PARSERS[".pdf"](pdf(Page().write(*SAID)))
    assert found == Found("", {"title": None, "text": SAID_WHOLE, "published": None})


def test_pages_are_read_in_order_without_their_heads_and_numbers() -> None:
    pages = [
        Page()
        .write("The Herald", top=820)
        .write(f"Report {number} says it was calm.")
        .write(str(number), top=30)
        for number in range(1, 5)
    ]
    assert parse_pdf(pdf(*pages))["text"] == "\n\n".join(f"Report {n} says it was calm." for n in range(1, 5))


# Titles


def test_a_title_in_the_properties_that_is_printed_stands_before_larger_letters() -> None:
    page = (
        Page()
        .write("THE HERALD", size=24, top=810)
        .write("Unrest in Almaty", "", "It was calm. It stays so.")
    )
    found = parse_pdf(pdf(page, Title="Unrest in  Almaty"))
    assert (found["title"], found["text"]) == ("Unrest in Almaty", "THE HERALD\n\nIt was calm. It stays so.")


@pytest.mark.parametrize(
    "made_up",
    ["Microsoft Word - a.doc", "Untitled", "report_final.docx", "Документ1", "(unspecified)", "x" * 201, ""],
)
def test_what_programs_write_by_themselves_is_no_title(made_up: str) -> None:
    assert titled(made_up) is None


def test_another_title_in_the_properties_is_taken_where_no_headline_is_printed() -> None:
    assert titled("Беспорядки") == "Беспорядки"


def test_a_text_that_is_its_own_title_stays_a_text() -> None:
    assert parse_pdf(pdf(Page().write("It was calm."), Title="It was calm."))["text"] == "It was calm."


def test_an_author_in_the_properties_is_not_published() -> None:
    assert "Dobrynya" not in str(parse_pdf(pdf(Page().write(*SAID), Author="Dobrynya", Creator="Dobrynya")))


@pytest.mark.parametrize(
    "written, iso",
    [
        ("D:20220105143000+06'00'", "2022-01-05T14:30:00+06:00"),
        ("D:20220105143000-0330", "2022-01-05T14:30:00-03:30"),
        ("D:202201051430Z", "2022-01-05T14:30:00+00:00"),
        ("D:20220105143000", "2022-01-05"),
        ("20220105", "2022-01-05"),
        ("D:20221305", None),
        ("D:20220105256100Z", None),
        ("D:19700101000000Z", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_keep_their_zones_and_without_one_their_days_only(written: str, iso: str | None) -> None:
    assert made_at(written) == iso


# What is refused


def test_a_scan_is_refused_with_a_way_out() -> None:
    assert reason(pdf(Page())).startswith("it has no text, only pictures of it")


def test_fonts_that_do_not_say_which_letters_they_show_are_refused() -> None:
    assert reason(pdf(Page().write(*SAID), unicode=False)).startswith("its fonts do not say which letters")


def test_cyrillic_that_was_taken_for_latin_is_refused_and_french_is_not() -> None:
    garbled = SAID_WHOLE.replace("ң", "н").replace("ө", "о").encode("cp1251").decode("latin-1")
    assert reason(pdf(Page().write(garbled))).startswith("its fonts do not say which letters")
    assert parse_pdf(pdf(Page().write("L'été dernier, à l'étranger, il a été décidé.")))["text"]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"<html>", pdf(Page())[:300]])
def test_what_is_no_pdf_is_refused(content: bytes) -> None:
    assert reason(content) == "it is no PDF, or a damaged one"


def test_too_many_pages_are_refused_and_none_is_left_out_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.sources.pdf.MOST_PAGES", 2)
    assert reason(pdf(Page(), Page(), Page())) == "3 pages are too many; the limit is 2"
    monkeypatch.setattr("corpus.sources.pdf.MOST_CHARACTERS", 10)
    assert reason(pdf(Page().write(*SAID))) == "it has over 10 characters, which are too many"
