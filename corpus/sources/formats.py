"""Formats: from a file's bytes to raw articles; pure.

The only user of trafilatura, markdown-it and PyYAML.
"""

import codecs
import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from configparser import ConfigParser
from dataclasses import dataclass
from functools import cache

from corpus.errors import InvalidArticle
from corpus.sources.fragments import text_in
from corpus.sources.limited import parse_limited

#: Untrusted fields of one article, for `Article.parse`.
RawArticle = Mapping[str, object]

#: Characters of a headline at most: a longer first line is the article's first paragraph.
LONGEST_HEADLINE = 150

#: Characters of a YAML header: reading one takes a second for some thousands of brackets.
LONGEST_HEADER = 20_000

#: Characters of a web page's article, below which trafilatura looks for more.
SHORTEST_PAGE_TEXT = 50

#: What begins and ends a paragraph in what trafilatura makes of a page, which is TEI.
_TEI_BLOCKS = frozenset(
    {*("ab", "body", "cell", "code", "div", "fw", "head"), *("item", "list", "p", "quote", "row", "table")}
)

#: Bytes at the beginning of a web page where its encoding is named (https://html.spec.whatwg.org/#charset).
CHARSET_WITHIN = 1_024

_CHARSET = re.compile(
    rb"""<(?:meta|\?xml)\s[^>]*(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.!?…]")
_TAGS = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)


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


def parse_markdown(content: bytes) -> Iterator[Found | Broken]:
    """Read Markdown with a YAML header between `---` lines; markup is taken off, words stay as they are."""
    header, body = split_header(decode(content))
    blocks = list(_markdown_blocks(body))
    if "title" not in header and blocks and blocks[0].is_title:
        header = {**header, "title": blocks.pop(0).text}
    yield Found("", {**header, "text": "\n\n".join(block.text for block in blocks)})


def parse_html(content: bytes) -> Iterator[Found | Broken]:
    """Read the article out of a web page, without menus and the like.

    Raises:
        InvalidArticle: when there is none, or the page's encoding cannot be told.
    """
    import trafilatura  # noqa: PLC0415 (half a second to load)
    from trafilatura.settings import Document  # noqa: PLC0415

    # Of all settings these lose nothing and bring least of what is beside the article (benchmarks/pages.py).
    page = trafilatura.bare_extraction(
        decode_page(content),
        include_comments=False,
        with_metadata=True,
        favor_precision=True,
        config=_trafilatura_config(),
    )
    # `page.text` has dashes before items of lists and bars between cells, which nobody wrote.
    text = text_in(page.body, blocks=_TEI_BLOCKS, silent=()) if isinstance(page, Document) else ""
    # A menu is what is found where there is no article; it has no sentences.
    if not isinstance(page, Document) or not _SENTENCE_END.search(text):
        raise InvalidArticle("no article text was found in the page")
    yield Found(
        "",
        {
            "title": page.title,
            "text": text.removeprefix(f"{page.title}\n\n"),
            "source": page.sitename or page.hostname,
            "author": page.author,
            "url": page.url,
            "published": page.date,
            "language": page.language,
        },
    )


@cache
def _trafilatura_config() -> ConfigParser:
    """Take news of one sentence for what they are: trafilatura takes the whole page for such, by itself."""
    from trafilatura.settings import use_config  # noqa: PLC0415 (half a second to load)

    config: ConfigParser = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", str(SHORTEST_PAGE_TEXT))
    return config


def parse_json_lines(content: bytes) -> Iterator[Found | Broken]:
    """Read one JSON object a line; a broken line is reported and the next one read."""
    used: dict[str, int] = {}
    for number, line in enumerate(decode(content).split("\n"), start=1):
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


def parse_pdf(content: bytes) -> Iterator[Found | Broken]:
    """Read a PDF as one article, in a limited process.

    Raises:
        InvalidArticle: when there is no text in it, or it cannot be read.
        UnreadableSource: when no PDF can be read here.
    """
    yield Found("", parse_limited("corpus.sources.pdf", "parse_pdf", content))


def parse_docx(content: bytes) -> Iterator[Found | Broken]:
    """Read a DOCX file as one article, in a limited process.

    Raises:
        InvalidArticle: when there is no text in it, or it cannot be read.
        UnreadableSource: when no process can be started.
    """
    yield Found("", parse_limited("corpus.sources.docx", "parse_docx", content))


def parse_eml(content: bytes) -> Iterator[Found | Broken]:
    """Read an e-mail.

    Raises:
        InvalidArticle: for what is no message, has no text, or is in an encoding that cannot be told.
    """
    from corpus.sources.mail import parse_mail  # noqa: PLC0415 (it is built on this module)

    yield from parse_mail(content)


#: Which endings are read, and how.
PARSERS: Mapping[str, Callable[[bytes], Iterator[Found | Broken]]] = {
    ".txt": parse_text,
    ".md": parse_markdown,
    ".markdown": parse_markdown,
    ".html": parse_html,
    ".htm": parse_html,
    ".jsonl": parse_json_lines,
    ".ndjson": parse_json_lines,
    ".pdf": parse_pdf,
    ".docx": parse_docx,
    ".eml": parse_eml,
}


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


def split_header(text: str) -> tuple[dict[str, object], str]:
    """Take the YAML header off a text.

    Raises:
        InvalidArticle: when the header is no YAML mapping.
    """
    match = re.match(r"---[ \t]*\n(.*?\n)??---[ \t]*(?:\n|\Z)", text, flags=re.DOTALL)
    if match is None:
        return {}, text
    header = _parse_header((match[1] or "").removesuffix("\n"))
    return {field: value for field, value in header.items() if isinstance(field, str)}, text[match.end() :]


def _parse_header(written: str) -> dict[object, object]:
    import yaml  # noqa: PLC0415 (not needed for most questions)

    where = "the header between the --- lines"
    if len(written) > LONGEST_HEADER:
        raise InvalidArticle(f"{where} is {len(written):,} characters long; the limit is {LONGEST_HEADER:,}")
    try:
        # A few lines of aliases to aliases stand for gigabytes (https://en.wikipedia.org/wiki/Billion_laughs_attack).
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(written)):
            raise InvalidArticle(f"{where} holds YAML aliases (*name); write the values out")
        header = yaml.safe_load(written)
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise InvalidArticle(f"{where} is no YAML: {reason[:200]}") from error
    except (ValueError, RecursionError) as error:  # such as the date 2022-13-45, or a thousand brackets
        raise InvalidArticle(f"{where}: {error}") from error
    if not isinstance(header, dict | None):
        raise InvalidArticle(f"{where} has no `field: value` lines")
    return header or {}


@dataclass(frozen=True, slots=True)
class _Block:
    text: str
    is_title: bool


def _markdown_blocks(body: str) -> Iterator[_Block]:
    from markdown_it import MarkdownIt  # noqa: PLC0415 (not needed for most questions)

    opened = ""
    for token in MarkdownIt("commonmark").parse(body):
        if token.type.endswith("_open"):
            opened = token.tag
        elif token.type == "inline":
            text = "".join(_inline_text(child.type, child.content) for child in token.children or ())
            if text.strip():
                yield _Block(text.strip(), is_title=opened == "h1")
        elif token.type in {"code_block", "fence"} and token.content.strip():
            yield _Block(token.content.strip(), is_title=False)
        elif token.type == "html_block" and (words := html.unescape(_TAGS.sub("", token.content)).strip()):
            yield _Block(words, is_title=False)


def _inline_text(kind: str, content: str) -> str:
    if kind in {"text", "code_inline"}:
        return content
    return {"softbreak": " ", "hardbreak": "\n"}.get(kind, "")


def _nothing(_constant: str) -> None:
    """Take NaN and Infinity for an absent value, which is what programs mean that write them."""


def _looks_like_headline(line: str) -> bool:
    return len(line) <= LONGEST_HEADLINE and not line.rstrip().endswith((".", "…", ":", ";", ","))
