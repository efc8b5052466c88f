"""DOCX files: the words that a reader sees, and no bomb."""

from __future__ import annotations

import pytest

from corpus.errors import InvalidArticle
from corpus.sources import docx as ours
from corpus.sources.docx import parse_docx
from corpus.sources.formats import PARSERS, Found
from tests.fakes.documents import docx, paragraph, run, zipped

ALTERNATIVES = "http://schemas.openxmlformats.org/markup-compatibility/2006"
CALM = paragraph("It was calm.")


def text(body: str) -> object:
    return parse_docx(docx(body))["text"]


def reason(content: bytes) -> str:
    with pytest.raises(InvalidArticle) as refused:
        parse_docx(content)
    return str(refused.value)


def test_paragraphs_come_out_word_for_word_with_the_title_by_its_style() -> None:
    styles = '<w:style w:styleId="a3"><w:name w:val="Title"/></w:style>'
    body = (
        paragraph("Газ бағасы", style="a3")
        + paragraph("Люди ", "вышли", " на пло", "щадь.")
        + paragraph("")
        + CALM
    )
    assert parse_docx(docx(body, styles=styles)) == {
        "title": "Газ бағасы",
        "text": "Люди вышли на площадь.\n\nIt was calm.",
    }


def test_it_is_read_through_the_limited_process_as_any_other_file() -> None:
    assert list(PARSERS[".docx"](docx(CALM))) == [Found("", {"title": None, "text": "It was calm."})]


def test_a_heading_far_below_is_no_title_and_a_title_alone_is_a_text() -> None:
    assert parse_docx(docx(CALM * 3 + paragraph("Later", style="heading 1")))["title"] is None
    assert parse_docx(docx(paragraph("It was calm.", style="Title"))) == {
        "title": "It was calm.",
        "text": "It was calm.",
    }


@pytest.mark.parametrize(
    "unseen",
    [
        run("secret", properties="<w:vanish/>"),
        f"<w:del>{run('secret')}</w:del>",
        f"<w:moveFrom>{run('secret')}</w:moveFrom>",
        "<w:r><w:instrText>secret</w:instrText></w:r>",
        f"<mc:Fallback xmlns:mc='{ALTERNATIVES}'>{run('secret')}</mc:Fallback>",
    ],
)
def test_what_nobody_sees_is_not_quoted(unseen: str) -> None:
    assert text(paragraph("It ", unseen, "was calm.")) == "It was calm."


def test_hidden_text_that_is_shown_after_all_is_read() -> None:
    assert text(paragraph(run("It was calm.", properties='<w:vanish w:val="0"/>'))) == "It was calm."


def test_breaks_tabs_and_hyphens_stand_for_characters() -> None:
    signs = "<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/><w:t>d</w:t></w:r>"
    stops = '<w:pPr><w:tabs><w:tab w:val="left" w:pos="720"/></w:tabs></w:pPr>'
    assert text(paragraph(stops, signs)) == "a\tb\nc\u2011d"


def test_a_row_of_a_table_is_a_paragraph_and_a_table_that_places_things_is_none() -> None:
    def table(*rows: tuple[str, ...]) -> str:
        cells = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
        return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"

    counts = table((paragraph("Almaty"), paragraph("149")), (paragraph("Astana"), paragraph("3")))
    assert text(counts) == "Almaty\t149\n\nAstana\t3"
    assert text(table((CALM + CALM, paragraph("Aside")))) == "It was calm.\n\nIt was calm.\n\nAside"
    assert text(table((counts, paragraph("Sum")))) == "Almaty\t149\n\nAstana\t3\n\nSum"


# What is refused


def test_entities_are_refused_before_they_grow() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(9))
    assert reason(docx(paragraph("&l8;"), dtd=f"<!DOCTYPE w [{laughs}]>")).startswith("it holds a DTD")


def test_a_bomb_is_refused_whatever_its_archive_says_of_its_size() -> None:
    bomb = docx(paragraph("x" * 3_000_000))
    assert len(bomb) < 100_000
    assert reason(bomb) == "it unpacks into more than documents hold; it may be made to do harm"


def test_too_many_parts_and_characters_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "MOST_PARTS", 1)
    assert reason(docx(CALM)) == "over 1 parts are too many for a document"
    monkeypatch.setattr(ours, "MOST_PARTS", 9)
    monkeypatch.setattr(ours, "MOST_CHARACTERS", 5)
    assert reason(docx(CALM)) == "it has over 5 characters, which are too many"


@pytest.mark.parametrize(
    "content",
    [b"", b"text", docx(CALM)[:200], zipped({"word/other.xml": "<a/>"})],
    ids=["empty", "text", "cut", "other"],
)
def test_what_is_no_docx_is_refused(content: bytes) -> None:
    assert reason(content) == "it is no DOCX file, or a damaged one"


def test_a_damaged_part_a_locked_file_and_an_empty_one_are_told_apart() -> None:
    assert "word/document.xml in it is no XML" in reason(zipped({"word/document.xml": "<w:document>"}))
    assert reason(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1").startswith(
        "it is locked with a password, or an old .doc"
    )
    assert reason(docx(paragraph(" "))) == "text: there is none"
