"""Markdown: its words without markup, and the fields of its header; the only user of markdown-it and PyYAML.

Runs in the limited child process (`corpus.sources.limited`), but for the briefs that ship with the bot: both
libraries can be kept busy for minutes by a file that is made for it.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from corpus.errors import InvalidArticle
from corpus.sources.fields import FIELDS, meant_by
from corpus.sources.formats import decode

#: Characters of a YAML header: reading one takes a second for some thousands of brackets.
LONGEST_HEADER = 20_000

# What is not closed goes on to the end, as in browsers; looking for its end again and again would take long.
_TAGS = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)|<[^<>]*>", re.DOTALL | re.IGNORECASE
)


def prepare() -> None:
    """Load all that is needed to parse."""
    parse_markdown(b"---\ntitle: Gas\npublished: 2022-01-05\n---\n# Gas\n\n*People* came to <b>Almaty</b>.")


def parse_markdown(content: bytes) -> dict[str, object]:
    """Read Markdown with a YAML header between `---` lines; markup is taken off, words stay as they are.

    Raises:
        InvalidArticle: when its encoding cannot be told, or its header is no YAML mapping.
    """
    header, body = split_header(decode(content))
    blocks = list(_markdown_blocks(body))
    if "title" not in header and blocks and blocks[0].is_title:
        header["title"] = blocks.pop(0).text
    return {**header, "text": "\n\n".join(block.text for block in blocks)}


def split_header(text: str) -> tuple[dict[str, object], str]:
    """Take the YAML header off a text.

    Raises:
        InvalidArticle: when the header is no YAML mapping, is not closed, or misspells a field.
    """
    match = re.match(r"---[ \t]*\n(.*?\n)??---[ \t]*(?:\n|\Z)", text, flags=re.DOTALL)
    if match is None:
        _refuse_unclosed(text)
        return {}, text
    parsed = _parse_header((match[1] or "").removesuffix("\n"))
    header = {field: value for field, value in parsed.items() if isinstance(field, str)}
    _refuse_misspelt(header)
    return header, text[match.end() :]


def _refuse_unclosed(text: str) -> None:
    """Refuse what begins with a header that has no end: it would be quoted as the article."""
    begun = re.match(r"---[ \t]*\n((?:[ \t]*[^\s:]+[ \t]*:.*(?:\n|\Z))+)", text)
    names = re.findall(r"^[ \t]*([^\s:]+)[ \t]*:", begun[1], re.MULTILINE) if begun else []
    known = [name for name in names if name.lower() in FIELDS or meant_by(name.lower())]
    if known:
        raise InvalidArticle(
            f"the header at its beginning (`{known[0][:40]}:`) is not closed; "
            "write a line of --- after its last field"
        )


def _refuse_misspelt(header: Mapping[str, object]) -> None:
    """Refuse a header with a line that is meant to state a field and does not; most mean other things."""
    for name, value in header.items():
        small = name.lower()
        meant = small if small in FIELDS else meant_by(small)
        if name not in FIELDS and meant and meant not in header and not isinstance(value, list | dict):
            raise InvalidArticle(
                f"the header between the --- lines states `{name[:40]}`, which is no field; write `{meant}`"
            )


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
