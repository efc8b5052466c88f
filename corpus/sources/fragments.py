"""Fragments: HTML that is a text already, such as an entry's content in a feed, to plain text; pure.

Pages are read by `formats.parse_html`, which looks for the article among menus. Here there are none, and
looking for it lost lists and glued short texts together when it was tried.
"""

import html
import re
from collections.abc import Collection, Iterator

from corpus.sources.trees import Element

_SILENT = """audio button canvas embed figure form head iframe input map nav noscript object picture script
select style svg template textarea video"""
_BLOCKS = """address article aside blockquote body caption center dd details div dl dt fieldset
figcaption footer h1 h2 h3 h4 h5 h6 header hr html li main ol p pre section summary table tbody td tfoot th
thead tr ul"""

#: What holds no words of the text.
SILENT = frozenset(_SILENT.split())
#: What begins and ends a paragraph; `br` alone begins a line.
BLOCKS = frozenset(_BLOCKS.split())

#: What begins a line, in HTML and in TEI.
_BREAKS = frozenset({"br", "lb"})

#: Between paragraphs and lines, where a text can hold neither.
_PARAGRAPH, _LINE = "\0\0", "\0"

#: What blogs add at the end of each text in a feed.
_SIGNATURE = re.compile(
    r"(?:The post .+ (?:appeared first|first appeared) on .+|Сообщение .+ появились? сначала на .+"
    r"|Запись .+ впервые появилась .+)"
)
#: Characters of such a line; it holds a title and a name.
_LONGEST_SIGNATURE = 1_000
_TAG = re.compile(r"<[^<>]*>")


def text_of(fragment: str) -> str:
    """Return the words of HTML, with empty lines between paragraphs; nothing is added, changed or moved."""
    fragment = fragment.replace("\0", "")
    if "<" not in fragment:
        return _tidy(html.unescape(fragment).replace("\n", _LINE))
    from lxml import html as pages  # noqa: PLC0415 (not needed for most commands)
    from lxml.etree import ParserError  # noqa: PLC0415

    try:
        whole = f"<div>{fragment}</div>".encode(errors="replace")
        root = pages.document_fromstring(whole, parser=_parser())
    except ParserError:  # nothing but comments, for one
        return ""
    return text_in(root)


def text_in(root: Element, *, blocks: Collection[str] = BLOCKS, silent: Collection[str] = SILENT) -> str:
    """Return the words of a tree in the same way; elements of other kinds of markup have other names."""
    return _tidy("".join(_pieces(root, blocks, silent)))


def plain(line: str) -> str:
    """Return a headline without markup; many feeds escape it once too often."""
    return " ".join(html.unescape(_TAG.sub("", html.unescape(line))).split())


def gist(markup: str) -> str:
    """Return the words of markup roughly and at once, to see whether they changed."""
    return " ".join(_TAG.sub(" ", markup).split())


def _parser() -> Element:
    from lxml import html as pages  # noqa: PLC0415

    return pages.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)


def _pieces(root: Element, blocks: Collection[str], silent: Collection[str]) -> Iterator[str]:
    """Walk through a tree in order; on a stack of our own, because pages nest deeper than Python does."""
    stack: list[Element | str] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield node
            continue
        tag = node.tag if isinstance(node.tag, str) else "script"
        around = _PARAGRAPH if tag in blocks else ""
        yield _LINE if tag in _BREAKS else around
        stack += [_words(node.tail), around]
        if tag not in silent:
            stack += reversed([_words(node.text, tag), *node])


def _words(text: str | None, tag: str = "") -> str:
    """Make white space what it means in HTML: one space, but in `pre`."""
    if tag == "pre":
        return (text or "").replace("\n", _LINE)
    return re.sub(r"[ \t\n\r\f]+", " ", text or "")


def _tidy(text: str) -> str:
    paragraphs = []
    for paragraph in re.split(r"(?:\0 *){2,}", text):
        lines = (" ".join(line.split(" ")).strip() for line in paragraph.split(_LINE))
        if whole := "\n".join(line for line in lines if line):
            paragraphs.append(whole)
    if len(paragraphs) > 1 and _is_signature(paragraphs[-1]):
        paragraphs.pop()
    return "\n\n".join(paragraphs)


def _is_signature(paragraph: str) -> bool:
    return len(paragraph) <= _LONGEST_SIGNATURE and _SIGNATURE.fullmatch(paragraph) is not None
