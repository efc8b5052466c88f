"""A page becomes the article it holds, with what it says of itself; whatever is none becomes nothing."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from corpus.database import sqlite_url
from corpus.errors import FetchFailed, FetchRefused, InvalidArticle
from corpus.fetching import Fetcher
from corpus.languages import Language
from corpus.sources.pages import read_head, read_page
from corpus.store import Change, Corpus
from tests.fakes.internet import Internet
from tests.fakes.web import Web

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ALMATY = timezone(timedelta(hours=6))
HALF_PAST_TWO = datetime(2022, 1, 5, 14, 30, tzinfo=ALMATY)
ADDRESS = "http://orda.example/news/gas"

FIRST = "В Жанаозене второго января перекрыли дорогу из-за цены на газ, сообщили очевидцы агентству."
SECOND = "К вечеру на площади собрались сотни человек, и полиция не вмешивалась, как передаёт корреспондент."


def page(head: str = "", *, body: str = f"<p>{FIRST}</p><p>{SECOND}</p>") -> str:
    return (
        f'<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8"><title>Газ по 60 - Орда</title>'
        f"{head}</head>"
        '<body><nav><a href="/">Главная</a> <a href="/sport">Спорт</a></nav>'
        f"<article><h1>Газ по 60</h1>{body}</article><footer>Все права защищены.</footer></body></html>"
    )


def linked(data: str) -> str:
    return f'<script type="application/ld+json">{data}</script>'


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


@pytest.fixture
def fetcher(web: Web) -> Iterator[Fetcher]:
    """A fetcher in an internet where two names are that server."""
    internet = Internet()
    internet.has("orda.example", web)
    internet.has("other.example", web)
    with Fetcher(network=internet.network()) as fetcher:
        yield fetcher


def test_a_page_becomes_an_article_with_all_it_says_of_itself(web: Web, fetcher: Fetcher) -> None:
    head = (
        '<meta property="og:title" content="Газ по 60"><meta property="og:site_name" content="Орда">'
        '<meta name="author" content="Алия Серикова"><link rel="canonical" href="/news/gas-60">'
        '<meta property="article:published_time" content="2022-01-05T14:30:00+06:00">'
    )
    web.says("/news/gas", page(head))
    article = read_page(fetcher, f"{ADDRESS}?utm_source=telegram")
    assert article.title == "Газ по 60"
    assert [line for line in article.text.splitlines() if line] == [FIRST, SECOND]
    assert (article.source, article.author) == ("Орда", "Алия Серикова")
    assert article.published == HALF_PAST_TWO
    assert isinstance(article.published, datetime)
    assert article.published.utcoffset() == timedelta(hours=6)
    assert article.language is Language.RUSSIAN
    assert (article.url, article.key) == (
        "http://orda.example/news/gas-60",
        "http://orda.example/news/gas-60",
    )
    assert article.obtained == "page"


def test_without_any_of_that_it_is_the_hosts_article_at_the_address_where_it_ended(
    web: Web, fetcher: Fetcher
) -> None:
    web.redirects("/old", ADDRESS)
    web.says("/news/gas", f"<html><body><p>{FIRST}</p><p>{SECOND}</p></body></html>")
    article = read_page(fetcher, "http://other.example/old")
    assert (article.source, article.url, article.published) == ("orda.example", ADDRESS, None)


@pytest.mark.parametrize("own", [ADDRESS, "http://www.bbc.co.uk/news", "http://b.example/", "http://24.kz/a"])
def test_a_page_may_name_any_whole_address(web: Web, fetcher: Fetcher, own: str) -> None:
    web.says("/news/gas", page(f'<link rel="canonical" href="{own}">'))
    article = read_page(fetcher, ADDRESS)
    assert (article.url, article.text.partition("\n")[0]) == (ADDRESS, FIRST)


@pytest.mark.parametrize(
    "own",
    [
        *("/gas in almaty", "http://orda.example/gas in almaty", "/" + "a" * 2_000),
        *("http://orda.example:x/a", "http://[b"),
    ],
)
def test_a_faulty_address_of_its_own_does_not_take_the_article_away(
    web: Web, fetcher: Fetcher, own: str
) -> None:
    web.says("/news/gas", page(f'<link rel="canonical" href="{own}">'))
    assert read_page(fetcher, ADDRESS).url == ADDRESS


def test_what_is_stated_stands_above_what_the_page_says(web: Web, fetcher: Fetcher) -> None:
    web.says("/news/gas", page('<meta property="og:site_name" content="Орда">'))
    stated = {
        "source": "KazTAG",
        "title": "Gas",
        "published": "2022-01-06",
        "url": "https://kaztag.example/1",
        "language": "kk",
    }
    article = read_page(fetcher, ADDRESS, stated=stated)
    assert (article.source, article.title, article.published) == ("KazTAG", "Gas", date(2022, 1, 6))
    assert (article.url, article.key) == ("https://kaztag.example/1", "https://kaztag.example/1")
    assert article.language is Language.KAZAKH


def test_a_page_that_is_known_keeps_its_source_and_its_day_unless_it_says_another(
    web: Web, fetcher: Fetcher, tmp_path: Path
) -> None:
    web.says("/news/gas", page('<meta property="og:site_name" content="Орда">'))
    with closing(Corpus.open(sqlite_url(tmp_path / "corpus.sqlite"))) as corpus:

        def add(**stated: object) -> tuple[str, object, Change]:
            article = read_page(fetcher, ADDRESS, stated=stated, known=corpus.find)
            return article.source, article.published, corpus.put(article)

        assert add(source="KazTAG", published="2022-01-06") == ("KazTAG", date(2022, 1, 6), Change.ADDED)
        assert add() == ("KazTAG", date(2022, 1, 6), Change.UNCHANGED)
        web.says("/news/gas", page(linked('{"@type": "NewsArticle", "datePublished": "2022-01-07"}')))
        assert add() == ("KazTAG", date(2022, 1, 7), Change.REVISED)
        assert add(source="Orda.kz")[0] == "Orda.kz"


@pytest.mark.parametrize(
    "head, published",
    [
        (linked('{"@type": "NewsArticle", "datePublished": "2022-01-05T14:30:00+06:00"}'), HALF_PAST_TWO),
        (
            linked(
                '[{"@type": "Organization", "datePublished": "1999-01-01"}, {"@graph": [{"@type": ["Thing", '
                '"ReportageNewsArticle"], "datePublished": "2022-01-05T08:30:00Z", '
                '"dateModified": "2022-02-02"}]}]'
            ),
            datetime(2022, 1, 5, 8, 30, tzinfo=UTC),
        ),
        (
            linked("{broken") + '<meta itemprop="datePublished" content="2022-01-05T14:30+0600">',
            HALF_PAST_TWO,
        ),
        ('<meta name="pubdate" content="Wed, 05 Jan 2022 14:30:00 +0600">', HALF_PAST_TWO),
        ('<meta property="article:published_time" content="2022-01-05T14:30:00">', date(2022, 1, 5)),
        (
            (
                '<meta name="date" content="2022-01-07"><meta property="article:published_time" '
                'content="2022-01-05">'
            ),
            date(2022, 1, 5),
        ),
        ('<meta property="article:modified_time" content="2022-01-05T14:30:00+06:00">', None),
        (linked('{"@type": "NewsArticle", "datePublished": 1641371400}'), None),
        (linked("[" * 5_000), None),
        (linked(f"[{'{},' * 5_000}{{}}]"), None),
    ],
)
def test_the_moment_of_publication_keeps_its_zone_or_is_a_day(head: str, published: object) -> None:
    assert read_head(page(head), ADDRESS).published == published


@pytest.mark.parametrize(
    "body, published",
    [
        ('<time datetime="2022-01-05T14:30:00+06:00">14:30</time>', HALF_PAST_TWO),
        ('<time datetime="2022-01-05">a</time><time datetime="2022-01-06">b</time>', None),
        (
            '<time datetime="2022-01-07">a</time><time class="entry-date" datetime="2022-01-05">b</time>',
            date(2022, 1, 5),
        ),
        (
            (
                '<time datetime="2022-01-07">a</time><time itemprop="datePublished" '
                'datetime="2022-01-05">b</time>'
            ),
            date(2022, 1, 5),
        ),
        ("<time>yesterday</time>", None),
    ],
)
def test_of_several_times_on_a_page_only_a_marked_one_counts(body: str, published: object) -> None:
    assert read_head(page(body=body), ADDRESS).published == published


@pytest.mark.parametrize(
    "named, at, canonical",
    [
        ("/news/gas-60", "/news/gas", "http://orda.example/news/gas-60"),
        ("http://www.orda.example/news/gas", "/news/gas", "http://www.orda.example/news/gas"),
        ("/news/gas", "/news/gas/amp", "http://orda.example/news/gas"),
        ("/news/gas", "/news/gas?print=yes", "http://orda.example/news/gas"),
        ("http://other.example/news/gas", "/news/gas", None),
        ("/", "/news/gas", None),
        ("/news/", "/news/gas", None),
        ("/news", "/news/2022/gas", None),
        ("/news.php", "/news.php?id=7", None),
        ("/news.php?id=7", "/news.php?id=7&x=1", "http://orda.example/news.php?id=7"),
        ("javascript:alert(1)", "/news/gas", None),
        ("http://[broken", "/news/gas", None),
        ("", "/news/gas", None),
    ],
)
def test_a_page_may_name_its_own_address_but_none_that_stands_for_other_pages(
    named: str, at: str, canonical: str | None
) -> None:
    head = read_head(page(f'<link rel="canonical" href="{named}">'), f"http://orda.example{at}")
    assert head.canonical == canonical


def test_the_feeds_of_a_page_are_found_those_of_comments_last() -> None:
    links = (
        '<base href="http://orda.example/ru/">'
        '<link rel="alternate" type="application/rss+xml" href="/comments/feed/">'
        '<link rel="alternate" type="application/rss+xml" href="feed/">'
        '<link rel="alternate" type="application/json" href="/wp-json/posts/7">'
        '<link rel="alternate" hreflang="kk" href="/kk/">'
        '<link rel="ALTERNATE" type="application/atom+xml" href="http://other.example/atom">'
    )
    assert read_head(page(links), ADDRESS).feeds == (
        "http://orda.example/ru/feed/",
        "http://other.example/atom",
        "http://orda.example/comments/feed/",
    )


@pytest.mark.parametrize("markup", ["", "<!-- -->", "<html></html>", "plain", "<base href='http://[x'>"])
def test_a_page_that_says_nothing_of_itself_is_no_trouble(markup: str) -> None:
    head = read_head(markup, ADDRESS)
    assert (head.published, head.canonical, head.feeds) == (None, None, ())


@pytest.mark.parametrize(
    "content_type, encoding, meta",
    [
        ("text/html; charset=windows-1251", "cp1251", ""),
        ("text/html", "cp1251", '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">'),
        # What a server says that was never told, and what the page knows better.
        ("text/html; charset=ISO-8859-1", "koi8-r", '<meta http-equiv="x" content="charset=koi8-r">'),
        ("text/html; charset=windows-1251", "utf-8", ""),
        ("application/xhtml+xml; charset=utf-16", "utf-16", ""),
    ],
)
def test_a_page_is_read_in_the_encoding_it_came_in(
    web: Web, fetcher: Fetcher, content_type: str, encoding: str, meta: str
) -> None:
    markup = page().replace('<meta charset="utf-8">', meta)
    web.says("/news/gas", markup.encode(encoding), content_type=content_type)
    assert FIRST in read_page(fetcher, ADDRESS).text


def test_an_encoding_that_nobody_names_is_not_guessed(web: Web, fetcher: Fetcher) -> None:
    markup = page().replace('<meta charset="utf-8">', "")
    web.says("/news/gas", markup.encode("cp1251"), content_type="text/html")
    with pytest.raises(InvalidArticle, match=r"orda\.example: not UTF-8"):
        read_page(fetcher, ADDRESS)


def test_plain_text_is_read_as_it_is(web: Web, fetcher: Fetcher) -> None:
    web.says("/a.txt", f"Газ по 60\n\n{FIRST}", content_type="text/plain; charset=utf-8")
    article = read_page(fetcher, "http://orda.example/a.txt")
    assert (article.title, article.text, article.source) == ("Газ по 60", FIRST, "orda.example")


def test_a_page_that_keeps_its_parser_busy_is_given_up(
    web: Web, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.sources.pages.PAGE_S", 2)
    web.says("/news/gas", page(f"<meta name='author' content='{'{' * 200_000}'>"))
    with pytest.raises(InvalidArticle, match=r"orda\.example: it takes too long to read"):
        read_page(fetcher, ADDRESS)


def test_a_page_without_an_article_is_none(web: Web, fetcher: Fetcher) -> None:
    web.says("/news/gas", "<html><body><nav><a href='/'>Home</a></nav></body></html>")
    with pytest.raises(InvalidArticle, match=r"orda\.example: no article text was found in the page"):
        read_page(fetcher, ADDRESS)


def test_a_front_page_in_place_of_an_article_is_no_article(web: Web, fetcher: Fetcher) -> None:
    web.says("/", page())
    web.redirects("/news/gas", "/")
    with pytest.raises(InvalidArticle, match=r"orda\.example: it leads to the front page"):
        read_page(fetcher, ADDRESS)
    assert read_page(fetcher, "http://orda.example/").title == "Газ по 60"


def test_what_cannot_be_had_is_the_fetchers_word(web: Web, fetcher: Fetcher) -> None:
    with pytest.raises(FetchFailed) as failed:
        read_page(fetcher, ADDRESS)
    assert failed.value.status == 404
    web.says("/picture", b"\x89PNG", content_type="image/png")
    with pytest.raises(FetchFailed, match="not what is read here"):
        read_page(fetcher, "http://orda.example/picture")


def test_what_a_site_asks_of_robots_counts_for_pages_that_nobody_named(web: Web, fetcher: Fetcher) -> None:
    web.says("/robots.txt", "User-agent: *\nDisallow: /news/", content_type="text/plain")
    web.says("/news/gas", page())
    assert FIRST in read_page(fetcher, ADDRESS).text
    with pytest.raises(FetchRefused):
        read_page(fetcher, ADDRESS, uninvited=True)


# Pages that a browser would fill


def told(
    body: str,
    *,
    free: str = "",
    shown: str = "<div id='root'></div>",
    title: str = "Gas - Orda",
    **more: object,
) -> str:
    article = {"@type": "NewsArticle", "headline": "Gas", "datePublished": "2022-01-05", "articleBody": body}
    if free:
        article["isAccessibleForFree"] = free
    data = linked(json.dumps({**article, **more}))
    return f"<html><head><title>{title}</title>{data}</head><body>{shown}</body></html>"


def test_a_page_that_shows_nothing_is_read_from_what_it_tells_machines(web: Web, fetcher: Fetcher) -> None:
    web.says("/news/gas", told(f"{FIRST}\n\nЧитайте также: Газ\n\nIt&#39;s calm &amp; quiet in Oral."))
    article = read_page(fetcher, ADDRESS)
    assert article.text == f"{FIRST}\n\nIt's calm & quiet in Oral."
    assert (article.title, article.published) == ("Gas", date(2022, 1, 5))


def test_what_a_page_shows_stands_above_what_it_tells_machines(web: Web, fetcher: Fetcher) -> None:
    shown = f"<article><h1>Gas</h1><p>{FIRST}</p></article>"
    web.says("/news/gas", told(f"{FIRST} And a little more.", shown=shown))
    assert read_page(fetcher, ADDRESS).text == FIRST


RELATED = {
    "@type": "NewsArticle",
    "headline": "Хлеб подорожал",
    "articleBody": f"Хлеб подорожал. {FIRST} " * 3,
}


def test_a_related_article_that_a_page_tells_machines_is_not_taken_for_its_own(
    web: Web, fetcher: Fetcher
) -> None:
    web.says("/news/gas", page(linked(json.dumps([RELATED])), body=f"<p>{SECOND}</p>"))
    assert read_page(fetcher, ADDRESS).text == SECOND
    web.says("/news/gas", told(FIRST).replace("<script", linked(json.dumps(RELATED)) + "<script", 1))
    assert read_page(fetcher, ADDRESS).text == FIRST
    web.says("/news/gas", told(FIRST, title="Orda"))
    with pytest.raises(InvalidArticle, match="no article text was found"):
        read_page(fetcher, ADDRESS)


@pytest.mark.parametrize(
    "markup",
    [
        told(FIRST, title="Orda - Gas costs 60", headline="Gas costs 60"),
        told(FIRST, title="Orda | gas costs 60 tenge | News", headline="Gas Costs 60 Tenge!"),
        told(FIRST, title="Orda", url="https://www.orda.example/news/gas/"),
        told(FIRST, title="Orda", mainEntityOfPage={"@type": "WebPage", "@id": "/news/gas#article"}),
        told(
            FIRST,
            title="Orda",
            mainEntityOfPage=ADDRESS,
            url="https://новости.қаз/газ",
            **{"@id": "http://[1"},
        ),
        told(f"{FIRST} {SECOND} {SECOND}", title="Orda", shown=f"<article><p>{FIRST}</p></article>"),
    ],
)
def test_what_a_page_tells_machines_is_its_own_by_title_address_or_what_it_shows(
    web: Web, fetcher: Fetcher, markup: str
) -> None:
    web.says("/news/gas", markup)
    text = read_page(fetcher, ADDRESS).text
    assert text.startswith(FIRST)
    assert text.endswith((FIRST, SECOND))


@pytest.mark.parametrize("title", ["Gas costs 70", "Gas", "Prices of gas and bread rose in Oral", ""])
def test_what_has_another_headline_and_address_is_another_article(
    web: Web, fetcher: Fetcher, title: str
) -> None:
    web.says("/news/gas", told(FIRST, title=title, headline="Gas costs 60", url="/news/bread"))
    with pytest.raises(InvalidArticle, match="no article text was found"):
        read_page(fetcher, ADDRESS)


@pytest.mark.parametrize(
    "body, text",
    [
        ("If a<b then the pressure of gas > 3 bar. It was calm.", None),
        ("It fell below <5 bar, and rose to >7 bar.\n\nIt was calm.", None),
        ('<p>It was <a href="/b" class=x>calm</a>.</p><p>Nobody came.</p>', "It was calm.\n\nNobody came."),
        ("It was calm.<br/>Nobody came.", "It was calm.\nNobody came."),
    ],
)
def test_a_text_for_machines_without_tags_is_what_it_is(
    web: Web, fetcher: Fetcher, body: str, text: str | None
) -> None:
    web.says("/news/gas", told(body))
    assert read_page(fetcher, ADDRESS).text == (text or body)


@pytest.mark.parametrize("page", [told(FIRST, free="False"), told(""), told("no sentence"), told("<!-- -->")])
def test_what_is_told_to_machines_but_not_for_nothing_or_not_at_all_is_no_article(
    web: Web, fetcher: Fetcher, page: str
) -> None:
    web.says("/news/gas", page)
    with pytest.raises(InvalidArticle, match="no article text was found"):
        read_page(fetcher, ADDRESS)
