"""PDFs: their printed text in paragraphs, with title and date; the only user of PDFium.

Runs in the limited child process only (`corpus.sources.limited`): PDFium is written in C++, and PDFs come
from anywhere. `corpus.sources.flow` says what becomes of lines, hyphens, heads and feet.

A title in the file's properties is taken where it is printed on the first page, too, or else where it is not
what programs write there by themselves. The date is that of the file's making; without a zone, its day
counts. An author in the properties is not taken: it is the account of whoever exported the file, who signed
nothing, and whom naming may endanger.
"""

import ctypes
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from typing import Any

import pypdfium2_raw as pdfium

from corpus.errors import InvalidArticle
from corpus.sources.flow import Line, Paragraph, flow

#: Pages and characters of one file.
MOST_PAGES, MOST_CHARACTERS = 1_000, 5_000_000

#: The share of letters that a file may leave unsaid: more of them, and words would be quoted with holes.
UNSAID = 0.02
#: The share of À-ÿ among letters; French has some 5%, Cyrillic that was taken for Latin nearly all.
MOST_ACCENTS = 0.4

#: How much higher than most a headline's letters are, and how many it has at most.
HEADLINE, LONGEST_HEADLINE = 1.15, 200

#: When PDF was made public: dates before are those of a clock that nobody set.
FIRST_YEAR = 1993

_HYPHEN, _LINE_ENDS = 0x02, frozenset({0x0A, 0x0D})
_NO_CHARACTER = "\ufffd"
_MADE_UP = re.compile(
    r"untitled|без (?:имени|названия)|\(?unspecified\)?|(?:document|документ|presentation|презентация) ?\d*"
    r"|(?:microsoft|powerpoint|print|layout)\b.*|.*\.(?:docx?|odt|rtf|pdf|indd|qxd|pptx?|xlsx?|html?|txt)",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:D:)?(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?(?:(Z)|([+-])(\d\d)'?(\d\d)?)?)?", re.ASCII
)


def parse_pdf(content: bytes) -> dict[str, object]:
    """Read the text and what is known of it.

    Raises:
        InvalidArticle: for what is no PDF, is locked, too long, or has no text (a scan).
    """
    with _opened(content) as document:
        lines = list(_lines(document))
        title, made = _property(document, b"Title"), _property(document, b"CreationDate")
    _refuse_unsaid("".join(line.text for line in lines))
    paragraphs = flow(lines)
    headline = _title(paragraphs, title)
    text = "\n\n".join(one.text for one in paragraphs if one.text != headline)
    return {"title": headline, "text": text or headline, "published": made_at(made)}


def made_at(written: str) -> str | None:
    """Read a date of PDF (ISO 32000-2, 7.9.4), such as D:20220105143000+06'00', as an ISO one."""
    found = _DATE.match(written.strip())
    if found is None or int(found[1]) < FIRST_YEAR:
        return None
    day = f"{found[1]}-{found[2]}-{found[3]}"
    zone = "+00:00" if found[7] else f"{found[8]}{found[9]}:{found[10] or '00'}" if found[8] else ""
    moment = f"{day}T{found[4]}:{found[5]}:{found[6] or '00'}{zone}"
    try:
        return datetime.fromisoformat(moment).isoformat() if zone else date.fromisoformat(day).isoformat()
    except ValueError:
        return None


@cache
def _start() -> None:
    pdfium.FPDF_InitLibrary()


@contextmanager
def _opened(content: bytes) -> Iterator[Any]:
    _start()
    document = pdfium.FPDF_LoadMemDocument64(content, len(content), None)
    if not document:
        locked = pdfium.FPDF_GetLastError() in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}
        raise InvalidArticle(
            "it is locked with a password; save it without one"
            if locked
            else "it is no PDF, or a damaged one"
        )
    try:
        yield document
    finally:
        pdfium.FPDF_CloseDocument(document)


def _lines(document: Any) -> Iterator[Line]:  # noqa: ANN401 (the library has no types)
    pages = pdfium.FPDF_GetPageCount(document)
    if pages > MOST_PAGES:
        raise InvalidArticle(f"{pages:,} pages are too many; the limit is {MOST_PAGES:,}")
    characters = 0
    for number in range(pages):
        with _page_text(document, number) as page:
            characters += max(0, pdfium.FPDFText_CountChars(page)) if page else 0
            if characters > MOST_CHARACTERS:
                raise InvalidArticle(f"it has over {MOST_CHARACTERS:,} characters, which are too many")
            if page:
                yield from _lines_of_page(page, number)


@contextmanager
def _page_text(document: Any, number: int) -> Iterator[Any]:  # noqa: ANN401 (the library has no types)
    """Give the text of a page, or None where the page is damaged."""
    page = pdfium.FPDF_LoadPage(document, number)
    text = pdfium.FPDFText_LoadPage(page) if page else None
    try:
        yield text
    finally:
        if text:
            pdfium.FPDFText_ClosePage(text)
        if page:
            pdfium.FPDF_ClosePage(page)


def _lines_of_page(page: Any, number: int) -> Iterator[Line]:  # noqa: ANN401 (the library has no types)
    text, places = "", list[int]()
    for place in range(pdfium.FPDFText_CountChars(page)):
        code = pdfium.FPDFText_GetUnicode(page, place)
        if code not in _LINE_ENDS:
            text += _character(page, place, code)
            places.append(place)
        # PDFium writes this for a hyphen at a line's end, and then no line end.
        if (code == _HYPHEN or code in _LINE_ENDS) and places:
            yield from _line(page, number, text, places)
            text, places = "", []
    if places:
        yield from _line(page, number, text, places)


def _character(page: Any, place: int, code: int) -> str:  # noqa: ANN401 (the library has no types)
    if code == _HYPHEN:
        return "-"
    if pdfium.FPDFText_HasUnicodeMapError(page, place) == 1:
        return _NO_CHARACTER
    character = chr(code) if code <= 0x10FFFF else _NO_CHARACTER  # noqa: PLR2004 (the last code point)
    if character.isspace():
        return " "
    return character if character.isprintable() or character == "\u00ad" else _NO_CHARACTER


def _line(page: Any, number: int, text: str, places: list[int]) -> Iterator[Line]:  # noqa: ANN401
    words = " ".join(text.split())
    solid = [place for place, character in zip(places, text, strict=True) if character != " "]
    if not solid:
        return
    first, last = _box(page, solid[0]), _box(page, solid[-1])
    yield Line(words, number, left=first.left, right=last.right, bottom=first.bottom, top=first.top)


def _box(page: Any, place: int) -> Any:  # noqa: ANN401 (the library has no types)
    box = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(page, place, ctypes.byref(box))
    return box


def _refuse_unsaid(text: str) -> None:
    if not text.strip():
        raise InvalidArticle(
            "it has no text, only pictures of it, as a scanner makes them; text recognition (such as "
            "ocrmypdf) adds one, to be checked by eye before it is quoted"
        )
    letters = [character for character in text if character.isalpha()]
    unsaid = text.count(_NO_CHARACTER) > UNSAID * len(text)
    accents = sum("À" <= letter <= "ÿ" for letter in letters) > MOST_ACCENTS * len(letters)
    if unsaid or accents:
        raise InvalidArticle(
            "its fonts do not say which letters they show, so that nothing can be quoted from it; "
            "export it again from where it was written, as a PDF with Unicode fonts, or as .docx or .txt"
        )


def _property(document: Any, name: bytes) -> str:  # noqa: ANN401 (the library has no types)
    size = pdfium.FPDF_GetMetaText(document, name, None, 0)
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDF_GetMetaText(document, name, buffer, size)
    return " ".join(buffer.raw.decode("utf-16-le", errors="replace").replace("\0", " ").split())


def _title(paragraphs: tuple[Paragraph, ...], noted: str) -> str | None:
    noted = "" if _MADE_UP.fullmatch(noted) or len(noted) > LONGEST_HEADLINE else noted
    first_page = " ".join(one.text for one in paragraphs if one.page == 0)
    if noted and noted.casefold() in first_page.casefold():
        return noted
    return _headline(paragraphs) or noted or None


def _headline(paragraphs: tuple[Paragraph, ...]) -> str | None:
    """Return what is printed largest on the first page, if it is larger than most of the text."""
    heights = sorted(one.height for one in paragraphs for _ in one.text)
    usual = heights[len(heights) // 2]
    candidates = [one for one in paragraphs if one.page == 0 and len(one.text) <= LONGEST_HEADLINE]
    largest = max(candidates, key=lambda one: one.height, default=None)
    return largest.text if largest and largest.height > HEADLINE * usual else None
