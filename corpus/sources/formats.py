"""Formats: from a file's bytes to raw articles.

Plain text and JSON lines are read here, at once; whatever has a parser that a hostile file can keep busy is
read in a limited process.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from corpus.errors import InvalidArticle
from corpus.sources.limited import parse_limited

#: Untrusted fields of one article, for `Article.parse`.
RawArticle = Mapping[str, object]

#: Characters of a headline at most: a longer first line is the article's first paragraph.
LONGEST_HEADLINE = 150

#: Broken lines of a file that are told; one of nothing else is no archive.
MOST_BROKEN = 1_000

#: Bytes at the beginning of a web page where its encoding is named (https://html.spec.whatwg.org/#charset).
CHARSET_WITHIN = 1_024

_CHARSET = re.compile(
    rb"""<(?:meta|\?xml)\s[^>]*(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Found:
    """One raw article in a file; `place` tells it from others in the file ("" where it is alone).

    `key` identifies it whatever its file is called, where it says so itself ("" where it does not).
    """

    place: str
    raw: RawArticle
    key: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """Something in a file that is no article, and why."""

    place: str
    reason: str


def parse_text(content: bytes) -> Iterator[Found | Broken]:
    """Read plain text; a short first line before a blank one, without a full stop, is the headline."""
    text = decode(content).strip()
    headline, _, body = text.partition("\n\n")
    if body.strip() and "\n" not in headline and _looks_like_headline(headline):
        yield Found("", {"title": headline, "text": body.strip("\n")})
    else:
        yield Found("", {"text": text})


def parse_json_lines(content: bytes) -> Iterator[Found | Broken]:
    """Read one JSON object a line; a broken line is reported and the next one read, up to a limit.

    Raises:
        InvalidArticle: when its encoding cannot be told, or there is nothing in it.
    """
    text, broken = decode(content), 0
    if not text.strip():
        raise InvalidArticle("there is nothing in it")
    for one in _json_lines(text):
        yield one
        broken += isinstance(one, Broken)
        if broken == MOST_BROKEN:
            yield Broken(one.place, f"{MOST_BROKEN:,} lines are broken, so what follows was not read")
            return


def _json_lines(text: str) -> Iterator[Found | Broken]:
    used: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line, parse_constant=_nothing)
        except (ValueError, RecursionError) as error:
            yield Broken(f"line {number}", f"no JSON ({error})")
            continue
        if not isinstance(raw, dict):
            yield Broken(f"line {number}", f"expected an object {{...}}, not {type(raw).__name__}")
            continue
        # Two lines of one `id` would revise each other with every reading of the file.
        name = f"{raw.get('id')!r}" if raw.get("id") is not None else ""
        if name and used.setdefault(name, number) != number:
            yield Broken(f"line {number}", f"id: {name[:60]} was used in line {used[name]} already")
            continue
        yield Found(f"line {number}", raw)


def _limited(module: str, function: str) -> Callable[[bytes], Iterator[Found | Broken]]:
    """Read a file as one article, in a limited process: by a function that returns its fields, and `key`."""

    def parse(content: bytes) -> Iterator[Found | Broken]:
        raw = dict(parse_limited(f"corpus.sources.{module}", function, content))
        key = str(raw.pop("key", ""))
        yield Found("", raw, key)

    return parse


#: Which endings are read, and how. All raise InvalidArticle for what holds no article or cannot be read, and
#: UnreadableSource when files of a kind cannot be read here at all.
PARSERS: Mapping[str, Callable[[bytes], Iterator[Found | Broken]]] = {
    ".txt": parse_text,
    ".md": _limited("markdown", "parse_markdown"),
    ".markdown": _limited("markdown", "parse_markdown"),
    ".html": _limited("webpage", "parse_html"),
    ".htm": _limited("webpage", "parse_html"),
    ".jsonl": parse_json_lines,
    ".ndjson": parse_json_lines,
    ".pdf": _limited("pdf", "parse_pdf"),
    ".docx": _limited("docx", "parse_docx"),
    ".eml": _limited("mail", "parse_mail"),
}

#: What people can do with files of kinds that are not read, but may hold articles.
_WAYS_OUT = {
    "save as .docx": (".doc", ".docm", ".dot", ".odt", ".pages", ".rtf", ".wpd", ".wps"),
    "save as .pdf": (".djvu", ".epub", ".fb2", ".odp", ".ppt", ".pptx", ".ps", ".xps"),
    "save as .html": (".mht", ".mhtml", ".webarchive", ".xhtml"),
    "save as .eml": (".mbox", ".msg"),
    "write one object a line, as .jsonl": (".csv", ".json", ".ods", ".tsv", ".xls", ".xlsx", ".xml", ".yaml"),
    "unpack first": (".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz", ".zip"),
}
WAYS_OUT: Mapping[str, str] = {ending: way for way, endings in _WAYS_OUT.items() for ending in endings}


def decode(content: bytes) -> str:
    """Decode UTF-8, or UTF-16 with a mark. Other encodings are not guessed: a wrong guess would be quoted.

    Raises:
        InvalidArticle: naming the first byte that does not fit, and the way out.
    """
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8"
    return _decode(content, encoding).removeprefix("\ufeff")


def decode_page(content: bytes) -> str:
    """Decode a web page: UTF-8, UTF-16 with a mark, or else the encoding that the page itself names.

    Raises:
        InvalidArticle: naming the first byte that does not fit, and the way out.
    """
    try:
        return decode(content)
    except InvalidArticle:
        named = _CHARSET.search(content[:CHARSET_WITHIN])
        if named is None:
            raise
        return decode_named(content, named[1].decode())


def decode_named(content: bytes, encoding: str) -> str:
    """Decode text in an encoding that it, or what it came with, names.

    Raises:
        InvalidArticle: naming the first byte that does not fit, and the way out.
    """
    return _decode(content, _codec(encoding)).removeprefix("\ufeff")


def _codec(name: str) -> str:
    try:
        codec = codecs.lookup(name).name
    except LookupError as error:
        raise InvalidArticle(f"it names an encoding that is not known here: {name}") from error
    # Pages that name Latin-1 mean Windows' one (https://encoding.spec.whatwg.org/#names-and-labels).
    return "cp1252" if codec in {"ascii", "iso8859-1"} else codec


def _decode(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise InvalidArticle(
            f"not {encoding.upper()} (byte 0x{content[error.start]:02x} at offset {error.start}); "
            "if it is text in another encoding, convert it, for example: iconv -f cp1251 -t utf-8"
        ) from error
    except (UnicodeError, LookupError) as error:  # such as "idna" and "hex", which are no encodings of texts
        raise InvalidArticle(f"cannot be read as {encoding}") from error
    if "\0" in text:
        raise InvalidArticle("holds NUL characters, so it is no text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _nothing(_constant: str) -> None:
    """Take NaN and Infinity for an absent value, which is what programs mean that write them."""


def _looks_like_headline(line: str) -> bool:
    return len(line) <= LONGEST_HEADLINE and not line.rstrip().endswith((".", "…", ":", ";", ","))
