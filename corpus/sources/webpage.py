"""Webpage: the article in a page of HTML; the only user of trafilatura.

Runs in the limited child process only (`corpus.sources.limited`): trafilatura looks for the article with
hundreds of regular expressions, some of which need minutes for a page that is made for it.
"""

from configparser import ConfigParser
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import cache

from corpus.errors import InvalidArticle
from corpus.sentences import has_sentence
from corpus.sources.asides import without_asides
from corpus.sources.formats import decode_page
from corpus.sources.fragments import text_in
from corpus.sources.linkeddata import Told, told_in
from corpus.sources.pages import read_head
from corpus.sources.trees import Element
from corpus.urls import canonical

#: Characters of a web page's article, below which trafilatura looks for more.
SHORTEST_PAGE_TEXT = 50

#: What begins and ends a paragraph in what trafilatura makes of a page, which is TEI.
_TEI_BLOCKS = frozenset(
    {*("ab", "body", "cell", "code", "div", "fw", "head"), *("item", "list", "p", "quote", "row", "table")}
)

#: What a page holds that tells machines its text, and the share of this that a page shows by itself at least.
_TELLS, _LEAST_SHOWN = '"articleBody"', 0.5


def prepare() -> None:
    """Load all that is needed to parse, by parsing: the libraries load much only when they meet a reason."""
    datetime.strptime("2022", "%Y").astimezone()  # a module that Python itself loads late
    canonical("https://жаңалық.қаз")  # loads idna
    sentences = "Drivers blocked the road to Zhanaozen because of the gas. The police did not intervene."
    dated = '<meta property="article:published_time" content="2022-01-05T14:30:00+06:00"><title>Gas</title>'
    told = f"<p>{sentences}</p><p>Published on Wednesday, 5 January 2022, at 14:30</p>"
    placed = '<link rel="canonical" href="http://www.bbc.co.uk/gas">'  # looked up in a file
    for head in ("", dated, placed):
        for body in (
            f"<article>{told}</article>",
            told * 9,
            f"<div>{sentences}<br></div>",
            "<nav>Home</nav>",
        ):
            page = f"<html><head>{head}</head><body>{body}</body></html>"
            with suppress(InvalidArticle):  # there is an article in most
                parse_page(page.encode(), "http://a.kz/2022/01/05/gas")


def parse_html(content: bytes, url: str | None = None) -> dict[str, object]:
    """Read the article out of a web page, without menus and the like; `url` is where it is, if it is known.

    Raises:
        InvalidArticle: when there is none, or the page's encoding cannot be told.
    """
    import trafilatura  # noqa: PLC0415 (half a second to load)
    from trafilatura.settings import Document  # noqa: PLC0415

    markup = decode_page(content)
    # Of all settings these lose nothing and bring least of what is beside the article (benchmarks/pages.py).
    page = trafilatura.bare_extraction(
        markup,
        include_comments=False,
        with_metadata=True,
        favor_precision=True,
        config=_trafilatura_config(),
    )
    # `page.text` has dashes before items of lists and bars between cells, which nobody wrote.
    shown = text_in(page.body, blocks=_TEI_BLOCKS, silent=()) if isinstance(page, Document) else ""
    title = page.title if isinstance(page, Document) else None
    text = without_asides(shown.removeprefix(f"{title}\n\n"))
    told = _told(markup, text, url) if _TELLS in markup else None
    if told is not None and len(text) < _LEAST_SHOWN * len(told.text):  # empty until a browser fills it
        text, page = told.text, page if isinstance(page, Document) else trafilatura.extract_metadata(markup)
    # A menu is what is found where there is no article; it has no sentences.
    if not isinstance(page, Document) or not has_sentence(text):
        raise InvalidArticle("no article text was found in the page")
    return {
        "title": page.title or (told.headline if told else ""),
        "text": text,
        "source": page.sitename or page.hostname,
        "author": page.author,
        "url": page.url,
        "published": page.date,
        "language": page.language,
    }


def parse_page(content: bytes, url: str) -> dict[str, object]:
    """Read the article out of the page at an address, with what the page's head says of it.

    Raises:
        InvalidArticle: when there is none, or the page's encoding cannot be told.
    """
    raw = parse_html(content, url)
    head = read_head(decode_page(content), url)
    # What is told here keeps the time of day and its zone.
    return {**raw, "published": head.published or raw["published"], "url": head.canonical}


def parse_feeds(content: bytes, url: str) -> dict[str, object]:
    """Read which feeds the page at an address names."""
    # Only addresses are looked for, so that letters which cannot be read do not matter.
    return {"feeds": read_head(content.decode(errors="replace"), url).feeds}


def _told(markup: str, shown: str, url: str | None) -> Told | None:
    """Return the article that a page tells machines, if it is surely the page's own and not a related one."""
    from lxml import html  # noqa: PLC0415 (loaded by trafilatura)
    from lxml.etree import ParserError  # noqa: PLC0415

    try:
        root = html.document_fromstring(
            markup.encode(), parser=html.HTMLParser(encoding="utf-8", no_network=True)
        )
    except ParserError:
        return None
    titles = _titles(root)
    named = [link.get("href", "") for link in root.iter("link") if link.get("rel", "").lower() == "canonical"]
    addresses = [one for one in (url, *named[:1]) if one]
    found = (one for one in told_in(root) if one.is_of(titles=titles, shown=shown, addresses=addresses))
    told = next(found, None)
    return None if told is None else replace(told, text=without_asides(told.text))


def _titles(root: Element) -> list[str]:
    """Return what a page is called; a page with several first headings is many things."""
    written = [text_in(one) for one in root.iter("title")]
    headings = [text_in(one) for one in root.iter("h1")]
    metas = [one.get("content", "") for one in root.iter("meta") if one.get("property") == "og:title"]
    return [*written[:1], *metas[:1], *(headings if len(headings) == 1 else [])]


@cache
def _trafilatura_config() -> ConfigParser:
    """Take news of one sentence for what they are: trafilatura takes the whole page for such, by itself."""
    from trafilatura.settings import use_config  # noqa: PLC0415 (half a second to load)

    config: ConfigParser = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", str(SHORTEST_PAGE_TEXT))
    return config
