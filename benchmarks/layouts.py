"""Layouts: pages made as news sites make theirs, around articles and around none; for `pages.py`."""

from __future__ import annotations

import html
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from typing import TYPE_CHECKING

from corpus.languages import Language
from corpus.passages import split
from corpus.sources.files import read_bundled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.articles import Article

#: What stands on pages around the article: no sentence of it may be quoted.
MENU = ["Politics", "Economy", "Society", "Sport", "Қазақша", "Контакты"]
RELATED = [
    "The national bank kept its base rate where it was, said its chairman on Tuesday.",
    "В Караганде открыли новую школу, на церемонию пришли сотни жителей.",
    "Shymkent will host the regional chess championship next spring.",
]
ALSO = "Читайте также: Что известно о новых ценах на хлеб."
CAPTION = "A street in the old town. Photo by the city archive."
COMMENTS = ["I was there and saw none of that.", "Thank you, please write more about prices."]
FOOTER = "All rights reserved. Use of materials is allowed only with a link to the source."
COOKIES = "We use cookies to make this site better. By staying you agree to that."
SUBSCRIBE = "Subscribe to our channel in Telegram to be the first to know."
ADVERT = "Buy a flat in the new quarter from 20 million tenge. This is an advertisement."


@dataclass(frozen=True, slots=True)
class Page:
    """A page, the text of its article ("" where there is none), and the name of its layout."""

    layout: str
    markup: str
    article: Article | None


def blog(title: str, paragraphs: list[str]) -> str:
    """Lay out as WordPress does."""
    middle = len(paragraphs) // 2
    return _page(
        title,
        f"""<header class="site-header"><nav><ul>{_items(MENU)}</ul></nav></header><main id="primary">
        <article class="post type-post hentry"><header class="entry-header">
        <h1 class="entry-title">{title}</h1><div class="entry-meta"><span class="posted-on">6 January</span>
        <a rel="author">A. Reporter</a></div></header>
        <figure class="wp-block-image"><img src="a.jpg" alt=""><figcaption>{CAPTION}</figcaption></figure>
        <div class="entry-content">{_p(paragraphs[:middle])}<blockquote>{ALSO}</blockquote>
        {_p(paragraphs[middle:])}</div><div class="sharedaddy">{SUBSCRIBE}</div></article>
        <section id="comments" class="comments-area">{_p(COMMENTS)}</section></main>
        <aside class="widget-area"><ul>{_items(RELATED)}</ul></aside>
        <footer class="site-footer"><p>{FOOTER}</p></footer>""",
    )


def portal(title: str, paragraphs: list[str]) -> str:
    """Lay out as portals of divs do, with line breaks between paragraphs."""
    body = "<br /><br />".join(paragraphs)
    return _page(
        title,
        f"""<div class="top"><a>{"</a> | <a>".join(MENU)}</a></div><div class="wrap"><div class="left-col">
        <div class="news-title"><h1>{title}</h1></div><div class="news-date">14:30, 06.01.2022</div>
        <div class="banner">{ADVERT}</div><div class="news-text">{body}</div>
        <div class="tg-banner">{SUBSCRIBE}</div></div>
        <div class="right-col"><div class="last-news">{_divs(RELATED)}</div></div></div>
        <div class="footer">{FOOTER}</div><div class="cookie-notice">{COOKIES}</div>""",
    )


def tables(title: str, paragraphs: list[str]) -> str:
    """Lay out as in 2005: everything in tables."""
    return _page(
        title,
        f"""<table width="100%"><tr><td colspan="3">{" · ".join(MENU)}</td></tr><tr><td width="20%">
        {_p(RELATED)}</td><td><font size="5"><b>{title}</b></font>{_p(paragraphs)}</td><td>{ADVERT}</td></tr>
        <tr><td colspan="3">{FOOTER}</td></tr></table>""",
    )


def amp(title: str, paragraphs: list[str]) -> str:
    """Lay out as AMP does."""
    return _page(
        title,
        f"""<amp-sidebar id="menu"><ul>{_items(MENU)}</ul></amp-sidebar><article class="amp-wp-article">
        <h1 class="amp-wp-title">{title}</h1><amp-img src="a.jpg" width="1" height="1"></amp-img>
        <div class="amp-wp-article-content">{_p(paragraphs)}<amp-ad>{ADVERT}</amp-ad></div></article>
        <footer class="amp-wp-footer"><p>{FOOTER}</p></footer>
        <amp-user-notification>{COOKIES}</amp-user-notification>""",
    )


def rendered(title: str, paragraphs: list[str]) -> str:
    """Lay out as apps do that are rendered on a server: hashed class names, no article element."""
    blocks = "".join(
        f'<div class="css-1f{n}x"><div class="css-p">{one}</div></div>' for n, one in enumerate(paragraphs)
    )
    return _page(
        title,
        f"""<div id="__next"><div class="css-0a"><div class="css-0b">{_divs(MENU)}</div><div class="css-9k">
        <h1 class="css-h">{title}</h1><div class="css-body">{blocks}</div></div>
        <div class="css-rel"><h3>More</h3>{_divs(RELATED)}</div><div class="css-f">{FOOTER}</div></div></div>
        <script id="__NEXT_DATA__" type="application/json">{{"props": 1}}</script>""",
    )


def linked(title: str, paragraphs: list[str]) -> str:
    """Lay out with links to other news between all paragraphs, a quote, and a list at the end."""
    inside = "".join(
        f'<p>{one}</p><div class="read-also"><a href="/{n}">{RELATED[n % len(RELATED)]}</a></div>'
        for n, one in enumerate(paragraphs[:-1])
    )
    return _page(
        title,
        f"""<nav><a>{"</a><a>".join(MENU)}</a></nav><main><article itemscope>
        <h1 itemprop="headline">{title}</h1><div itemprop="articleBody" class="article__body">{inside}
        <ul><li>{paragraphs[-1]}</li></ul></div>
        <div class="tags"><a>gas</a><a>Almaty</a></div></article></main><footer><p>{FOOTER}</p></footer>""",
    )


def live(title: str, paragraphs: list[str]) -> str:
    """Lay out as live pages do: each paragraph with its time."""
    posts = "".join(
        f'<div class="live-post"><time datetime="2022-01-06T1{n}:00+06:00">1{n}:00</time>'
        f'<div class="live-text"><p>{one}</p></div></div>'
        for n, one in enumerate(paragraphs)
    )
    return _page(
        title,
        f"""<header>{_divs(MENU)}</header><main><h1>{title}</h1><div class="live-feed">{posts}</div></main>
        <div class="comments">{_p(COMMENTS)}</div><footer>{FOOTER}</footer>""",
    )


def sections(title: str, paragraphs: list[str]) -> str:
    """Lay out with a heading over every paragraph, quotes, and an inline advert."""
    inside = "".join(
        f"<h2>Part {n}</h2><p>{one}</p>" if n % 2 else f"<blockquote><p>{one}</p></blockquote>"
        for n, one in enumerate(paragraphs)
    )
    return _page(
        title,
        f"""<ul class="nav">{_items(MENU)}</ul><div class="container"><div class="post"><h1>{title}</h1>
        <div class="post__text">{inside}<div class="advert">{ADVERT}</div></div></div>
        <div class="related">{_divs(RELATED)}</div></div><div id="footer">{FOOTER}</div>""",
    )


def flash(title: str, paragraphs: list[str]) -> str:
    """Lay out as news in a flash: one short paragraph."""
    return _page(
        title,
        f"""<header><nav><ul>{_items(MENU)}</ul></nav></header><main><article><h1>{title}</h1><span>14:30</span>
        <div class="article-text"><p>{first_sentence(paragraphs[0])}</p></div></article></main>
        <div class="sidebar">{_divs(RELATED)}</div><footer><p>{FOOTER}</p></footer>""",
    )


def first_sentence(paragraph: str) -> str:
    """Return what stands in a flash."""
    end = split(paragraph, Language.ENGLISH)[0].sentence.end
    return paragraph[:end]


def hall(title: str, paragraphs: list[str]) -> str:
    """Lay out as sites of state bodies do: a definition list of facts, then text in spans."""
    spans = "".join(f'<p><span style="font-size:14px"><span>{one}</span></span></p>' for one in paragraphs)
    return _page(
        title,
        f"""<div id="header">{_divs(MENU)}</div><div id="content"><div class="page-title">{title}</div>
        <dl><dt>Date</dt><dd>06.01.2022</dd></dl><div class="field-item even">{spans}</div></div>
        <div id="sidebar">{_p(RELATED)}</div><div id="footer">{FOOTER}</div>""",
    )


LAYOUTS = (blog, portal, tables, amp, rendered, linked, live, sections, flash, hall)


def no_articles() -> Iterator[Page]:
    """Yield pages that hold no article."""
    cards = "".join(
        f'<div class="card"><h3><a href="/{n}">{one}</a></h3></div>' for n, one in enumerate(RELATED * 5)
    )
    bodies = {
        "front": f"<nav><ul>{_items(MENU)}</ul></nav><main>{cards}</main><footer>{FOOTER}</footer>",
        "consent": f'<div id="cmp"><p>{COOKIES}</p><button>Accept</button></div>',
        "no script": "<noscript>You need to enable JavaScript to run this app.</noscript><div id='r'></div>",
        "sign in": f"<form><h1>Sign in</h1><label>Mail <input></label></form><footer>{FOOTER}</footer>",
    }
    for name, body in bodies.items():
        yield Page(name, _page("Orda", body), None)


def all_pages() -> Iterator[Page]:
    """Yield each brief in each layout, then the pages without articles."""
    for article in read_bundled():
        paragraphs = [html.escape(one, quote=False) for one in article.text.split("\n\n")]
        for layout in LAYOUTS:
            yield Page(layout.__name__, layout(html.escape(article.title, quote=False), paragraphs), article)
    yield from no_articles()


def _page(title: str, body: str) -> str:
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8">'
        f'<title>{title} - Orda</title><meta property="og:title" content="{title}">'
        '<meta property="og:site_name" content="Orda"></head>'
        f"<body>{body}</body></html>"
    )


def _p(texts: list[str]) -> str:
    return "".join(f"<p>{one}</p>" for one in texts)


def _divs(texts: list[str]) -> str:
    return "".join(f"<div><a href='/x'>{one}</a></div>" for one in texts)


def _items(texts: list[str]) -> str:
    return "".join(f"<li><a href='/x'>{one}</a></li>" for one in texts)


# Ways to get it out
