"""Newsrooms: layouts with what newsrooms put into the very text of an article; for `pages.py`.

As `layouts.py`, and as little anybody's own page: written from knowledge of what their systems make.
"""

from __future__ import annotations

import html
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from typing import TYPE_CHECKING

from corpus.sources.files import read_bundled
from layouts import CAPTION, COMMENTS, FOOTER, MENU, RELATED, Page

if TYPE_CHECKING:
    from collections.abc import Iterator

COOKIES_RU = "Мы используем файлы cookie. Оставаясь на сайте, вы соглашаетесь с политикой конфиденциальности."
MISTAKE = "Нашли ошибку в тексте? Выделите её мышью и нажмите Ctrl+Enter."
TELEGRAM = "Подписывайтесь на наш канал в Telegram и узнавайте новости первыми!"
TELEGRAM_KK = "Біздің Telegram арнамызға жазылыңыз және жаңалықтарды бірінші болып біліңіз!"
RIGHTS_KK = "Барлық құқықтар қорғалған. Сайт материалдарын пайдаланған кезде сілтеме жасау міндетті."
TRUST = "Our Standards: The Thomson Reuters Trust Principles."


def tengri(title: str, paragraphs: list[str]) -> str:
    """Lay out as portals of Kazakhstan do: pointers to other news and calls to subscribe are paragraphs."""
    middle = len(paragraphs) // 2
    pointer = f'<p><strong>Читайте также:</strong> <a href="/1">{RELATED[1]}</a></p>'
    return _page(
        title,
        f"""<div class="cookie-popup"><p>{COOKIES_RU}</p><button>Хорошо</button></div>
        <header><ul>{_menu()}</ul></header><main class="container"><div class="content">
        <ol class="breadcrumb"><li>Главная</li></ol>
        <h1 class="head-single">{title}</h1><div class="content_main_meta">
        <time datetime="2022-01-06T14:30:00+06:00">
        06 января 2022, 14:30</time> <span class="eye">12 345</span></div><div class="content_main_thumb">
        <img src="a.jpg" alt=""><div class="content_main_thumb_alt">Фото: архив</div></div>
        <div class="content_main_text">{_p(paragraphs[:middle])}{pointer}{_p(paragraphs[middle:])}
        <p><em>{TELEGRAM}</em></p><p>{MISTAKE}</p></div><div class="tags"><a>газ</a></div>
        <section class="comments"><h3>Комментарии</h3>{_comments()}</section></div>
        <aside><h3>Новости по теме</h3><ul>{_related()}</ul></aside></main>
        <footer><p>{FOOTER}</p></footer>""",
    )


def qazaq(title: str, paragraphs: list[str]) -> str:
    """Lay out as Kazakh sites do."""
    return _page(
        title,
        f"""<div id="header"><ul>{_menu()}</ul></div><div class="news-single"><h1>{title}</h1>
        <div class="info">6 қаңтар 2022, 14:30 | Бөлісу</div><div class="full-text" itemprop="articleBody">
        {_p(paragraphs[:1])}<p>Сондай-ақ оқыңыз: <a href="/2">{RELATED[0]}</a></p>{_p(paragraphs[1:])}
        <p><b>{TELEGRAM_KK}</b></p></div>
        <div class="comments-block"><h4>Пікірлер</h4>{_comments()}</div></div>
        <div class="bottom"><p>{RIGHTS_KK}</p></div>""",
    )


def agency(title: str, paragraphs: list[str]) -> str:
    """Lay out as large agencies do: hashed names, promotions between paragraphs, standards at the end."""
    promotion = f'<div data-testid="promo-box"><p>Read more: <a href="/3">{RELATED[2]}</a></p></div>'
    blocks = [
        f'<p data-testid="paragraph-{n}" class="text__x1 body__y2">{one}</p>'
        for n, one in enumerate(paragraphs)
    ]
    blocks.insert(1, promotion)
    return _page(
        title,
        f"""<header data-testid="header"><nav>{_links()}</nav></header><main><article data-testid="Article">
        <h1 data-testid="Heading">{title}</h1><time datetime="2022-01-06T08:30:00Z">January 6, 2022</time>
        <time datetime="2022-01-06T10:30:00Z">Updated 2 hours ago</time><div class="article-body__content">
        {"".join(blocks)}<p class="sign-off">{TRUST}</p></div></article></main>
        <footer>{_links()}<p>{FOOTER}</p></footer>""",
    )


def broadcaster(title: str, paragraphs: list[str]) -> str:
    """Lay out as broadcasters do: a wrapper around each paragraph, a box of related stories in the middle."""
    blocks = [
        f'<div data-component="text-block" class="ssrcss-1"><p class="e1">{one}</p></div>'
        for one in paragraphs
    ]
    box = f'<div data-component="links-block"><h2>More on this story</h2><ul>{_related()}</ul></div>'
    blocks.insert(len(blocks) // 2, box)
    return _page(
        title,
        f"""<div role="dialog" class="cookie-banner"><h2>Let us know you agree to cookies</h2>
        <p>We use cookies to give you the best online experience. Please let us know if you agree.</p></div>
        <header role="banner"><nav>{_links()}</nav></header><main id="main-content"><article>
        <header><h1>{title}</h1></header>
        <figure><img src="a.jpg" alt=""><figcaption>{CAPTION}</figcaption></figure>
        {"".join(blocks)}</article></main><footer role="contentinfo"><p>{FOOTER}</p></footer>""",
    )


def shell(title: str, paragraphs: list[str]) -> str:
    """Lay out as apps do that a browser renders: an empty page that tells machines its article."""
    told = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": html.unescape(title),
        "datePublished": "2022-01-06T14:30:00+06:00",
        "articleBody": html.unescape("\n\n".join(paragraphs)),
    }
    return _page(
        title,
        '<div id="root"></div><noscript>You need to enable JavaScript to run this app.</noscript>'
        f'<script src="/app.js"></script><footer>{FOOTER}</footer>',
        head=f'<script type="application/ld+json">{json.dumps(told)}</script>',
    )


def live_blog(title: str, paragraphs: list[str]) -> str:
    """Lay out as live blogs do: an article for each entry, with its time, its author and buttons."""
    entries = "".join(
        f"""<article class="entry" itemprop="liveBlogUpdate" itemtype="https://schema.org/BlogPosting">
        <header><time datetime="2022-01-06T1{n}:05:00+06:00">1{n}:05</time>
        <span class="author">A. Reporter</span></header><div itemprop="articleBody"><p>{one}</p></div>
        <ul class="share"><li>Share</li></ul></article>"""
        for n, one in enumerate(paragraphs)
    )
    return _page(
        title,
        f"""<nav>{_links()}</nav><main itemtype="https://schema.org/LiveBlogPosting"><h1>{title}</h1>
        <p class="updated">Обновлено в 19:05</p><div class="entries">{entries}</div></main>
        <aside><ul>{_related()}</ul></aside><footer><p>{FOOTER}</p></footer>""",
    )


def accelerated(title: str, paragraphs: list[str]) -> str:
    """Lay out as AMP pages of news sites do: a carousel of other news, consent, sharing."""
    return _page(
        title,
        f"""<amp-consent id="c" layout="nodisplay"><div id="ui"><p>{COOKIES_RU}</p></div></amp-consent>
        <header class="header"><a href="/">Orda</a></header><main><article><h1>{title}</h1>
        <div class="meta"><time datetime="2022-01-06T14:30:00+06:00">14:30</time></div>
        <amp-img src="a.jpg" width="2" height="1" layout="responsive"></amp-img>
        <p class="caption">{CAPTION}</p>
        <section class="article-content">{_p(paragraphs)}</section>
        <amp-social-share type="telegram"></amp-social-share><amp-list src="/related.json"><template>
        <div>{{{{title}}}}</div></template></amp-list><section class="related"><h3>Читайте также</h3>
        <ul>{_related()}</ul></section></article></main><footer><p>{FOOTER}</p></footer>""",
    )


NEWSROOMS = (tengri, qazaq, agency, broadcaster, shell, live_blog, accelerated)


def newsroom_pages() -> Iterator[Page]:
    """Yield each brief in each layout."""
    for article in read_bundled():
        paragraphs = [html.escape(one, quote=False) for one in article.text.split("\n\n")]
        for layout in NEWSROOMS:
            yield Page(layout.__name__, layout(html.escape(article.title, quote=False), paragraphs), article)


def _page(title: str, body: str, *, head: str = "") -> str:
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8">'
        f'<title>{title} - Orda</title><meta property="og:title" content="{title}">'
        f'<meta property="og:site_name" content="Orda">{head}</head><body>{body}</body></html>'
    )


def _p(texts: list[str]) -> str:
    return "".join(f"<p>{one}</p>" for one in texts)


def _menu() -> str:
    return "".join(f'<li><a href="/x">{one}</a></li>' for one in MENU)


def _links() -> str:
    return " ".join(f'<a href="/x">{one}</a>' for one in MENU)


def _related() -> str:
    return "".join(f'<li><a href="/{n}">{one}</a></li>' for n, one in enumerate(RELATED))


def _comments() -> str:
    return "".join(
        f'<div class="comment-item"><b>User {n}</b><span>06.01.2022</span><p>{one}</p><a>Ответить</a></div>'
        for n, one in enumerate(COMMENTS)
    )
