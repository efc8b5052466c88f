"""DOCX files: the words that their reader sees, paragraph by paragraph; title from its style.

Runs in the limited child process only (`corpus.sources.limited`). A DOCX file is a ZIP archive of XML, so it
is read as a stream, with limits on what it may become; documents with a DTD, and so with entities, are
refused, as the format itself does (ECMA-376-2, 8.1.4).

Left out is what nobody sees in the finished text: deletions and moves that were tracked, hidden text, fields'
codes, comments; and footnotes, heads and feet, which stand in parts of their own. A row of a table is a
paragraph with tabs between its cells. Neither author nor dates in the file's properties are taken: the one is
the account of whoever saved it, whom naming may endanger, the others are often those of an older file that it
was made from.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from corpus.errors import InvalidArticle

#: Parts of an archive, bytes of one part, and how many times as large it may be as it was packed.
MOST_PARTS, LARGEST_PART, MOST_PACKED = 5_000, 100_000_000, 200
#: Bytes below which any packing is harmless.
HARMLESS = 1_000_000
#: Characters of one file.
MOST_CHARACTERS = 5_000_000

#: Where Word's words are: in files as Word writes them, and as the strict standard wants them.
_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main ",
    "http://purl.oclc.org/ooxml/wordprocessingml/main ",
)
_ALTERNATIVE = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
_OLE = b"\xd0\xcf\x11\xe0"
_AT_ONCE = 65_536

#: Elements whose content nobody sees; the words of a drawing stand in it twice, once for old programs.
_UNSEEN = frozenset({"del", "moveFrom", "rt", _ALTERNATIVE})
#: Elements that stand for characters.
_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
_TITLES = ("title", "heading 1")


def parse_docx(content: bytes) -> dict[str, object]:
    """Read the text and its title.

    Raises:
        InvalidArticle: for what is no DOCX file, is locked, or unpacks into too much.
    """
    if content.startswith(_OLE):
        raise InvalidArticle(
            "it is locked with a password, or an old .doc file; save it as .docx without one"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            paragraphs = _paragraphs(archive)
    except (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, EOFError, RuntimeError) as error:
        raise InvalidArticle("it is no DOCX file, or a damaged one") from error
    if not paragraphs:
        raise InvalidArticle("text: there is none")
    title = next((text for text, style in paragraphs[:3] if style in _TITLES), None)
    body = [text for text, style in paragraphs if text != title] or [text for text, _ in paragraphs]
    return {"title": title, "text": "\n\n".join(body)}


def _paragraphs(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Return the paragraphs with the names of their styles in small letters, "" where they have none."""
    if len(archive.infolist()) > MOST_PARTS:
        raise InvalidArticle(f"over {MOST_PARTS:,} parts are too many for a document")
    styles = _Styles()
    if "word/styles.xml" in archive.namelist():
        _parse(archive, "word/styles.xml", styles)
    words = _Words()
    _parse(archive, "word/document.xml", words)
    return [(text, styles.names.get(style, style).lower()) for text, style in words.paragraphs]


class _Styles:
    """What styles are called: their ids differ between languages of Word, their names do not."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._style = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "style":
            self._style = attributes.get("styleId", "")
        elif name == "name":
            self.names.setdefault(self._style, attributes.get("val", ""))

    def end(self, name: str) -> None:
        """Nothing of a style matters but its beginning."""

    def text(self, text: str) -> None:
        """Styles hold no words."""


class _Words:
    """The visible words of a document."""

    def __init__(self) -> None:
        self.paragraphs: list[tuple[str, str]] = []
        self._open: list[_Paragraph] = []  # a paragraph may hold a text box, and that one paragraphs
        self._rows: list[list[list[str]]] = []  # of open tables' rows: the paragraphs of each cell
        self._unseen = 0
        self._in_text = self._is_hidden = False
        self._characters = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._unseen or name in _UNSEEN:
            self._unseen += 1
        elif name == "p":
            self._open.append(_Paragraph())
        elif name == "tr":
            self._rows.append([])
        elif name == "tc" and self._rows:
            self._rows[-1].append([])
        elif name == "pStyle" and self._open:
            self._open[-1].style = attributes.get("val", "")
        elif name == "r":
            self._is_hidden = False
        elif name == "vanish":
            self._is_hidden = attributes.get("val", "true") not in {"false", "0", "off"}
        elif name == "t":
            self._in_text = True
        elif name in _CHARACTERS and "pos" not in attributes:  # a tab stop has a place
            self._add(_CHARACTERS[name])

    def end(self, name: str) -> None:
        if self._unseen:
            self._unseen -= 1
        elif name == "t":
            self._in_text = False
        elif name == "p" and self._open:
            self._close_paragraph()
        elif name == "tr" and self._rows:
            self._close_row()

    def text(self, text: str) -> None:
        if self._in_text and not self._unseen:
            self._add(text)

    def _add(self, text: str) -> None:
        if self._is_hidden or not self._open:
            return
        self._characters += len(text)
        if self._characters > MOST_CHARACTERS:
            raise InvalidArticle(f"it has over {MOST_CHARACTERS:,} characters, which are too many")
        self._open[-1].parts.append(text)

    def _close_paragraph(self) -> None:
        paragraph = self._open.pop()
        text = "".join(paragraph.parts).strip()
        if not text:
            return
        if self._rows and self._rows[-1]:
            self._rows[-1][-1].append(text)
        else:
            self.paragraphs.append((text, paragraph.style))

    def _close_row(self) -> None:
        cells = self._rows.pop()
        if all(len(cell) <= 1 for cell in cells):
            row = "\t".join(text for cell in cells for text in cell)
            lines = [row] if row else []
        else:  # a table that only places things
            lines = [text for cell in cells for text in cell]
        if self._rows and self._rows[-1]:
            self._rows[-1][-1].extend(lines)
        else:
            self.paragraphs.extend((line, "") for line in lines)


class _Paragraph:
    """An open paragraph."""

    def __init__(self) -> None:
        self.style = ""
        self.parts: list[str] = []


def _parse(archive: zipfile.ZipFile, part: str, found: _Styles | _Words) -> None:
    """Tell `found` of the beginnings, ends and characters of a part's elements."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_dtd
    parser.StartElementHandler = lambda name, attributes: found.start(
        _short(name), {_short(key): value for key, value in attributes.items()}
    )
    parser.EndElementHandler = lambda name: found.end(_short(name))
    parser.CharacterDataHandler = found.text
    parser.buffer_text = True
    try:
        for piece in _unpacked(archive, part):
            parser.Parse(piece, False)  # noqa: FBT003 (expat takes no names)
        parser.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError as error:
        raise InvalidArticle(f"{part} in it is no XML ({error})") from error


def _short(name: str) -> str:
    """Take Word's namespaces off a name."""
    for namespace in _WORD:
        if name.startswith(namespace):
            return name.removeprefix(namespace)
    return name


def _refuse_dtd(*_declared: object) -> None:
    raise InvalidArticle("it holds a DTD, which no program writes there; it may be made to do harm")


def _unpacked(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield a part piece by piece, and no more of it than the limits allow, whatever the archive says."""
    packed = max(1, archive.getinfo(part).compress_size)
    size = 0
    with archive.open(part) as file:
        while piece := file.read(_AT_ONCE):
            size += len(piece)
            if size > LARGEST_PART or (size > HARMLESS and size > MOST_PACKED * packed):
                raise InvalidArticle("it unpacks into more than documents hold; it may be made to do harm")
            yield piece
