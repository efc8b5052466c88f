"""Documents: real PDFs and DOCX files, made here byte by byte, for tests that read them."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass, field

#: The namespace of Word's words.
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

FONT = b"<< /Type /Font /Subtype /Type0 /BaseFont /Ours /Encoding /Identity-H /DescendantFonts [5 0 R]"
OUTLINES = (
    b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Ours /DW 500 /FontDescriptor 6 0 R "
    b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
)
MEASURES = (
    b"<< /Type /FontDescriptor /FontName /Ours /Flags 4 /FontBBox [0 -200 1000 800] /ItalicAngle 0 "
    b"/Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>"
)
PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
    b"/Resources << /Font << /F 4 0 R >> >> >>"
)


@dataclass
class Page:
    """What is printed on a page: words at points from the left and lower edges, in letters of a size."""

    lines: list[tuple[float, float, float, str]] = field(default_factory=list)

    def write(self, *lines: str, left: float = 60, top: float = 780, size: float = 10) -> Page:
        """Print lines one below the other; "" leaves a line free."""
        for number, line in enumerate(lines):
            if line:
                self.lines.append((left, top - number * size * 1.3, size, line))
        return self


def pdf(*pages: Page, unicode: bool = True, **properties: str) -> bytes:
    """Make a PDF, each letter half as wide as high; without `unicode`, its font says nothing of letters."""
    letters = sorted({letter for page in pages for *_, line in page.lines for letter in line})
    kids = " ".join(f"{8 + 2 * number} 0 R" for number in range(len(pages)))
    known = " ".join(f"/{name} <feff{value.encode('utf-16-be').hex()}>" for name, value in properties.items())
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        f"<< {known} >>".encode(),
        FONT + (b" /ToUnicode 7 0 R >>" if unicode else b" >>"),
        OUTLINES,
        MEASURES,
        _stream(_mapping(letters)),
    ]
    for number, page in enumerate(pages):
        objects += [PAGE % (9 + 2 * number), _stream(_printed(page))]
    return _file(objects)


def docx(body: str, *, styles: str = "", dtd: str = "") -> bytes:
    """Make a DOCX file of Word's XML, as it stands between <w:body> and its end."""
    document = f'<?xml version="1.0"?>{dtd}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    parts = {"[Content_Types].xml": "<Types/>", "word/document.xml": document}
    if styles:
        parts["word/styles.xml"] = f'<w:styles xmlns:w="{WORD}">{styles}</w:styles>'
    return zipped(parts)


def zipped(parts: dict[str, str]) -> bytes:
    """Pack parts into a ZIP archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def paragraph(*runs: str, style: str = "") -> str:
    """Write a paragraph of Word; a run that begins with < is XML already."""
    said = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{said}{''.join(one if one.startswith('<') else run(one) for one in runs)}</w:p>"


def run(text: str, *, properties: str = "") -> str:
    """Write words of Word in one form."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def _printed(page: Page) -> bytes:
    return "\n".join(
        f"BT /F {size} Tf 1 0 0 1 {left} {bottom} Tm <{line.encode('utf-16-be').hex()}> Tj ET"
        for left, bottom, size, line in page.lines
    ).encode()


def _mapping(letters: list[str]) -> bytes:
    """Say which letter each code stands for."""
    pairs = "\n".join(f"<{ord(one):04x}> <{one.encode('utf-16-be').hex()}>" for one in letters)
    return (
        "/CIDInit /ProcSet findresource begin begincmap /CMapName /Ours def 1 begincodespacerange "
        f"<0000> <ffff> endcodespacerange {len(letters)} beginbfchar\n{pairs}\nendbfchar endcmap end"
    ).encode()


def _stream(content: bytes) -> bytes:
    packed = zlib.compress(content)
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)


def _file(objects: list[bytes]) -> bytes:
    content, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    size = len(objects) + 1
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size %d /Root 1 0 R /Info 3 0 R >>\nstartxref\n%d\n%%%%EOF" % (size, len(content))
    return content + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + end
