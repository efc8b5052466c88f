"""Formats: from a file's bytes to raw articles; pure.

The only user of trafilatura, markdown-it and PyYAML.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from corpus.errors import InvalidArticle

#: Untrusted fields of one article, for `Article.parse`.
RawArticle = Mapping[str, object]

#: Characters of a headline at most: a longer first line is the article's first paragraph.
LONGEST_HEADLINE = 150


@dataclass(frozen=True, slots=True)
class Found:
    """One raw article in a file; `place` tells it from others in the file ("" where it is alone)."""

    place: str
    raw: RawArticle


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
    """Read the article out of a web page, without menus and the like."""
    import trafilatura  # noqa: PLC0415 (half a second to load)
    from trafilatura.settings import Document  # noqa: PLC0415

    page = trafilatura.bare_extraction(content, include_comments=False, with_metadata=True)
    if not isinstance(page, Document) or not page.text:
        raise InvalidArticle("no article text was found in the page")
    yield Found(
        "",
        {
            "title": page.title,
            "text": page.text,
            "source": page.sitename or page.hostname,
            "author": page.author,
            "url": page.url,
            "published": page.date,
            "language": page.language,
        },
    )


def parse_json_lines(content: bytes) -> Iterator[Found | Broken]:
    """Read one JSON object a line; a broken line is reported and the next one read."""
    for number, line in enumerate(decode(content).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Broken(f"line {number}", f"no JSON ({error})")
            continue
        if not isinstance(raw, dict):
            yield Broken(f"line {number}", f"expected an object {{...}}, not {type(raw).__name__}")
            continue
        yield Found(f"line {number}", raw)


#: Which endings are read, and how.
PARSERS: Mapping[str, Callable[[bytes], Iterator[Found | Broken]]] = {
    ".txt": parse_text,
    ".md": parse_markdown,
    ".markdown": parse_markdown,
    ".html": parse_html,
    ".htm": parse_html,
    ".jsonl": parse_json_lines,
    ".ndjson": parse_json_lines,
}


def decode(content: bytes) -> str:
    """Decode UTF-8, or UTF-16 with a mark. Other encodings are not guessed: a wrong guess would be quoted.

    Raises:
        InvalidArticle: naming the first byte that does not fit, and the way out.
    """
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise InvalidArticle(
            f"not UTF-8 (byte 0x{content[error.start]:02x} at offset {error.start}); "
            "if it is text in another encoding, convert it, for example: iconv -f cp1251 -t utf-8"
        ) from error


def split_header(text: str) -> tuple[dict[str, object], str]:
    """Take the YAML header off a text.

    Raises:
        InvalidArticle: when the header is no YAML mapping.
    """
    import yaml  # noqa: PLC0415 (not needed for most questions)

    match = re.match(r"---[ \t]*\n(.*?\n)??---[ \t]*(?:\n|\Z)", text, flags=re.DOTALL)
    if match is None:
        return {}, text
    try:
        header = yaml.safe_load(match[1] or "")
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise InvalidArticle(f"the header between the --- lines is no YAML: {reason[:200]}") from error
    except ValueError as error:  # such as the date 2022-13-45
        raise InvalidArticle(f"the header between the --- lines: {error}") from error
    if header is None:
        return {}, text[match.end() :]
    if not isinstance(header, dict):
        raise InvalidArticle("the header between the --- lines has no `field: value` lines")
    return {str(field): value for field, value in header.items()}, text[match.end() :]


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


def _inline_text(kind: str, content: str) -> str:
    if kind in {"text", "code_inline"}:
        return content
    return {"softbreak": " ", "hardbreak": "\n"}.get(kind, "")


def _looks_like_headline(line: str) -> bool:
    return len(line) <= LONGEST_HEADLINE and not line.rstrip().endswith((".", "…", ":", ";", ","))
