"""Trees: the XML of feeds and sitemaps, read safely however broken it is; pure.

No entity is ever expanded, no DTD read and nothing fetched. What is broken is mended where its meaning is
plain; otherwise broken items are left out one by one, because half an item would be quoted as a whole one.
"""

import html
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corpus.errors import UnreadableSource

#: An element of lxml, which has no types.
Element = Any

#: Where a feed or sitemap begins; some servers write complaints of their own before it.
_ROOT = re.compile(r"<(?:[\w.-]+:)?(rss|feed|RDF|urlset|sitemapindex)(?=[\s>/])")
_PAGE = re.compile(r"<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
_SPACE = re.compile(r"\s*")

_LOOSE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)(\w{1,32};)?")
_NUMBER = re.compile(r"&#(x[0-9a-fA-F]{1,6}|\d{1,7});")
_CONTROL = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")  # XML 1.0, section 2.2
_PREFIX = re.compile(r"</?([\w.-]+):[\w.-]|\s([\w.-]+):[\w.-]+\s*=")
_DECLARED = re.compile(r"\sxmlns:([\w.-]+)\s*=")
_ITEM = re.compile(r"<(/?)(?:[\w.-]+:)?(?:item|entry|url|sitemap)(?=[\s>])")
_CLOSED = re.compile(r"\s*>")
_OPENED = re.compile(r"<([\w.:-]++)[^>]*>")

#: Characters at the beginning of a broken feed in which its title is looked for.
HEAD = 10_000

#: Short names of namespaces; those that say the same as RSS without one are left out of names.
NAMESPACES = {
    "http://www.w3.org/2005/Atom": "",
    "http://purl.org/atom/ns#": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss2": "",
    "http://backend.userland.com/rss": "",
    "http://www.sitemaps.org/schemas/sitemap/0.9": "",
    "http://www.google.com/schemas/sitemap/0.84": "",
    "http://www.google.com/schemas/sitemap-news/0.9": "news:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
    "http://www.w3.org/XML/1998/namespace": "xml:",
}
_BY_PREFIX = {short.removesuffix(":"): name for name, short in NAMESPACES.items() if short}


@dataclass(frozen=True, slots=True)
class Tree:
    """A root element, and how many broken items were left out of it."""

    root: Element
    broken: int = 0


def read_tree(text: str) -> Tree:
    """Read the XML of a feed or sitemap.

    Raises:
        UnreadableSource: it is neither, it declares entities, or nothing of it can be read.
    """
    begin = _ROOT.search(text)
    if begin is None or _is_page(text):
        raise UnreadableSource(_what_else(text))
    if "<!entity" in text[: begin.start()].lower():
        raise UnreadableSource("it declares entities of its own, which are not expanded")
    body = _CONTROL.sub("", text[begin.start() :])
    try:
        return Tree(_strict(body))
    except SyntaxError:  # of which lxml's error is one
        mended = _mended(body)
    try:
        return Tree(_strict(mended))
    except SyntaxError as error:
        return _without_broken_items(mended, error)


def signs_of(text: str) -> int:
    """Count the signs of elements and attributes in XML, before all of it is read."""
    outside = _split_by_cdata(text)[::2]
    return sum(part.count("<") + part.count("=") for part in outside)


def short_name(element: Element) -> str:
    """Return an element's name with its short prefix, as in `dc:date`; "" for what is no element.

    In unknown namespaces it is as lxml has it, {namespace}name.
    """
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    namespace, closed, local = tag.removeprefix("{").partition("}")
    short = NAMESPACES.get(namespace.strip()) if closed else None
    return tag if short is None else f"{short}{local}"


def children(element: Element) -> Iterator[tuple[str, Element]]:
    """Yield the children of an element with their short names."""
    for child in element:
        if name := short_name(child):
            yield name, child


def words_of(element: Element) -> str:
    """Return all text in an element."""
    return "".join(element.itertext()).strip()


def markup_of(element: Element) -> str:
    """Return what is in an element as HTML: its text as it is, or its children written out."""
    from lxml import etree  # noqa: PLC0415 (not needed for most commands)

    if not len(element):
        return (element.text or "").strip()
    inside = (etree.tostring(child, method="html", encoding="unicode", with_tail=True) for child in element)
    # Prefixes and namespaces mean nothing in HTML.
    written = re.sub(r"(</?)[\w.-]+:(?=\w)", r"\1", "".join(inside))
    return f"{html.escape(element.text or '', quote=False)}{written}".strip()


def _strict(text: str) -> Element:
    from lxml import etree  # noqa: PLC0415 (not needed for most commands)

    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,  # which keeps libxml2's limits on depth and on growing
    )
    return etree.fromstring(text.encode(), parser)


def _mended(body: str) -> str:
    """Write what is loosely written as XML wants it: ampersands, HTML's entities, prefixes, a late end."""
    parts = _split_by_cdata(body)
    parts[::2] = (_NUMBER.sub(_possible, _LOOSE_AMPERSAND.sub(_escaped, part)) for part in parts[::2])
    body = "".join(parts)
    root = re.match(r"<([\w.:-]+)", body)
    end = body.rfind(f"</{root[1]}") if root else -1
    if end > 0 and (closed := body.find(">", end)) > 0:
        body = body[: closed + 1]
    return _with_prefixes(body, "".join(parts[::2]))


def _split_by_cdata(body: str) -> list[str]:
    """Split into what is outside of CDATA sections and what is inside, in turns."""
    parts, after = [], 0
    while (begin := body.find("<![CDATA[", after)) >= 0 and (end := body.find("]]>", begin)) >= 0:
        parts += [body[after:begin], body[begin : end + 3]]
        after = end + 3
    return [*parts, body[after:]]


def _escaped(found: re.Match[str]) -> str:
    name = found[1] or ""
    known = html.unescape(f"&{name}") if name else ""
    return known if known and not known.startswith("&") else f"&amp;{name}"


def _possible(found: re.Match[str]) -> str:
    """Drop numbers of characters that XML forbids."""
    number = int(found[1][1:], 16) if found[1].startswith("x") else int(found[1])
    allowed = number <= sys.maxunicode and not _CONTROL.match(chr(number))
    return found[0] if allowed else ""


def _with_prefixes(body: str, markup: str) -> str:
    """Declare the prefixes that are used and not declared."""
    used = {name for pair in _PREFIX.findall(markup) for name in pair if name}
    missing = used - set(_DECLARED.findall(markup)) - {"xml", "xmlns"}
    declarations = "".join(
        f' xmlns:{name}="{_BY_PREFIX.get(name, f"urn:unknown:{name}")}"' for name in sorted(missing)
    )
    return re.sub(r"\A<[\w.:-]+", lambda found: found[0] + declarations, body)


def _without_broken_items(body: str, error: SyntaxError) -> Tree:
    """Keep the items that are whole by themselves."""
    opened = _OPENED.match(body)
    begun, items = _items(body)
    if opened is not None and len(opened[0]) <= HEAD:  # it is read again with each item
        close = f"</{opened[1]}>"
        whole = [item for item in items if _is_whole(f"{opened[0]}{item}{close}")]
        if whole:
            title = _title(body)
            if not _is_whole(f"{opened[0]}{title}{close}"):
                title = ""
            return Tree(_strict("".join((opened[0], title, *whole, close))), broken=begun - len(whole))
    raise UnreadableSource(f"it is no XML ({' '.join(str(error.msg).split())[:120]})") from error


def _items(body: str) -> tuple[int, list[str]]:
    """Return how many items begin, and those of them that end before the next one begins."""
    begun, begin, items = 0, -1, []
    for tag in _ITEM.finditer(body):
        if not tag[1]:
            begun, begin = begun + 1, tag.start()
        elif begin >= 0:
            if closed := _CLOSED.match(body, tag.end()):
                items.append(body[begin : closed.end()])
            begin = -1
    return begun, items


def _title(body: str) -> str:
    """Return the title of a feed as it is written; an item's own is not meant."""
    item = _ITEM.search(body)
    titled = re.search(r"<title[^<>]*>[^<]*</title>", body[: min(HEAD, item.start() if item else HEAD)])
    return titled[0] if titled else ""


def _is_whole(text: str) -> bool:
    try:
        _strict(text)
    except SyntaxError:
        return False
    return True


def _is_page(text: str) -> bool:
    """Say whether a text begins as web pages do, after comments, of which there may be many."""
    at = _after_space(text, 0)
    while text.startswith("<!--", at):
        end = text.find("-->", at + len("<!--"))
        if end < 0:
            return False
        at = _after_space(text, end + len("-->"))
    return _PAGE.match(text, at) is not None


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _what_else(text: str) -> str:
    if not text.strip():
        return "it is empty"
    if _is_page(text) or re.search(r"<html\b", text[:2_000], re.IGNORECASE):
        return "it is a web page, no feed"
    return "it is neither RSS, Atom, JSON Feed nor a sitemap"
