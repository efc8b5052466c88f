"""What feeds of all kinds say is read as they say it, and what is no feed is named."""

from __future__ import annotations

import gzip
import json
import time
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UnreadableSource
from corpus.sources.entries import Entry
from corpus.sources.feeds import parse_feed
from corpus.sources.fragments import text_of
from corpus.sources.parsed import Child, ParsedFeed

URL = "https://orda.example/feed/"
HALF_PAST_TWO = datetime(2022, 1, 5, 14, 30, tzinfo=timezone(timedelta(hours=6)))

RSS_2 = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>Orda &amp; Co</title><link>https://orda.example/</link>
<atom:link href="https://orda.example/feed/" rel="self" type="application/rss+xml"/>
<image><title>A picture</title></image>
<item><title>Gas at 60 tenge: &#8220;Enough&#8221;</title><link>https://orda.example/gas</link>
<guid isPermaLink="false">https://orda.example/?p=7</guid><dc:creator><![CDATA[A. Reporter]]></dc:creator>
<pubDate>Wed, 05 Jan 2022 14:30:00 +0600</pubDate>
<description><![CDATA[<p>Gas costs 60.</p>]]></description>
<content:encoded><![CDATA[<p>Gas costs 60 tenge.</p><p>It was 120.</p>]]></content:encoded></item>
</channel></rss>"""

RSS_1 = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
  xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://orda.example/"><title>Orda &amp; Co</title></channel>
<item rdf:about="https://orda.example/gas"><title>Gas at 60 tenge: “Enough”</title>
<link>https://orda.example/gas</link><description>Gas costs 60.</description>
<dc:date>2022-01-05T14:30:00+06:00</dc:date><dc:creator>A. Reporter</dc:creator></item></rdf:RDF>"""

RSS_091 = """<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://example.org/rss-0.91.dtd">
<rss version="0.91"><channel><title>Orda &amp; Co</title>
<item><title>Gas at 60 tenge: &ldquo;Enough&rdquo;</title><link>/gas</link>
<description>Gas costs 60.</description><author>mail@orda.example (A. Reporter)</author>
<pubDate>Wed, 05 Jan 2022 14:30:00 +0600</pubDate></item></channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://orda.example/">
<title type="html">Orda &amp;amp; Co</title><id>tag:orda.example,2022:1</id>
<entry><title type="html">Gas at 60 tenge: &amp;ldquo;Enough&amp;rdquo;</title>
<id>tag:orda.example,2022:7</id>
<link rel="self" href="gas.atom"/><link rel="alternate" type="text/html" href="gas"/>
<published>2022-01-05T14:30:00+06:00</published><updated>2022-01-05T15:00:00+06:00</updated>
<author><name>A. Reporter</name><email>a@orda.example</email></author><summary>Gas costs 60.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Gas costs 60 tenge.</p>
<p>It was 120.</p></div></content></entry></feed>"""

JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Orda & Co",
        "items": [
            {
                "id": 7,
                "url": "/gas",
                "title": "Gas at 60 tenge: “Enough”",
                "date_published": "2022-01-05T14:30:00+06:00",
                "authors": [{"name": "A. Reporter"}, {"url": "https://orda.example/b"}],
                "summary": "Gas costs 60.",
                "content_text": "Gas costs 60 tenge.\n\nIt was 120.",
            }
        ],
    }
)

NEWS_SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
  xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://orda.example/about</loc></url>
<url><loc>https://orda.example/gas</loc><lastmod>2022-01-06</lastmod><news:news>
<news:publication><news:name>Orda &amp; Co</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2022-01-05T14:30:00+06:00</news:publication_date>
<news:title>Gas at 60 tenge: “Enough”</news:title></news:news></url></urlset>"""


def parsed(text: str | bytes, content_type: str = "application/xml") -> ParsedFeed:
    return parse_feed(text.encode() if isinstance(text, str) else text, content_type, URL)


def only(text: str) -> Entry:
    (entry,) = parsed(text).entries
    return entry


def rss(*items: str) -> str:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f"<rss version='2.0'><channel><title>Orda</title>{inside}</channel></rss>"


@pytest.mark.parametrize("feed", [RSS_2, RSS_1, RSS_091, ATOM, JSON_FEED])
def test_every_kind_of_feed_says_the_same(feed: str) -> None:
    assert parsed(feed).title == "Orda & Co"
    entry = only(feed)
    assert entry.url == "https://orda.example/gas"
    assert entry.title == "Gas at 60 tenge: “Enough”"
    assert entry.author == "A. Reporter"
    assert entry.published == HALF_PAST_TWO
    assert text_of(entry.summary or "") == "Gas costs 60."


@pytest.mark.parametrize("feed", [RSS_2, ATOM, JSON_FEED])
def test_contents_are_kept_beside_summaries(feed: str) -> None:
    assert text_of(only(feed).content or "") == "Gas costs 60 tenge.\n\nIt was 120."


def test_a_news_sitemap_says_what_is_news_and_nothing_else() -> None:
    feed = parsed(NEWS_SITEMAP)
    assert feed.is_sitemap
    assert feed.entries == (
        Entry(
            id="https://orda.example/gas",
            url="https://orda.example/gas",
            title="Gas at 60 tenge: “Enough”",
            published=HALF_PAST_TWO,
            updated=date(2022, 1, 6),
            source="Orda & Co",
        ),
    )


def test_an_index_of_sitemaps_names_them_with_their_dates_packed_or_not() -> None:
    index = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
    <sitemap><loc>https://orda.example/1.xml</loc><lastmod>2022-01-05T08:30:00Z</lastmod></sitemap>
    <sitemap><loc>2.xml.gz</loc></sitemap></sitemapindex>"""
    expected = (
        Child("https://orda.example/1.xml", datetime(2022, 1, 5, 8, 30, tzinfo=UTC)),
        Child("https://orda.example/feed/2.xml.gz", None),
    )
    for content in (index.encode(), gzip.compress(index.encode())):
        feed = parsed(content, "application/gzip")
        assert (feed.children, feed.entries, feed.is_sitemap) == (expected, (), True)


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "utf-16"])
def test_a_feed_is_read_in_the_encoding_that_it_names(encoding: str) -> None:
    feed = rss("<title>Газ по 60 тенге</title><link>https://orda.example/1</link>")
    content = f'<?xml version="1.0" encoding="{encoding}"?>{feed}'.encode(encoding)
    assert parsed(content).entries[0].title == "Газ по 60 тенге"


def test_what_is_written_loosely_is_read_as_it_is_meant() -> None:
    feed = (
        "<br /><b>Warning</b>: mysql\n<?xml version='1.0'?>"
        "<rss><channel><title>Orda</title><item><title>AT&T &mdash; gas\x0b &unknown; &#8;</title>"
        "<link>https://orda.example/?a=1&b=2</link><content:encoded><![CDATA[<p>R&D &mdash; x</p>]]>"
        "</content:encoded></item></channel></rss>\n<!-- cached -->bye"
    )
    entry = only(feed)
    assert (entry.title, entry.url) == ("AT&T — gas &unknown;", "https://orda.example/?a=1&b=2")
    assert text_of(entry.content or "") == "R&D — x"


def test_a_broken_item_is_left_out_and_counted_and_no_half_of_one_is_read() -> None:
    feed = rss(
        "<title>One</title><link>https://orda.example/1</link>",
        "<title>Two</b><link>https://orda.example/2</link>",
        "<title>Three</title><link>https://orda.example/3</link>",
        "<title>Four</title><description>They said they would not",
    )
    cut_off = feed[: feed.index(" not</item>") + 4]
    for text, titles, broken in [(feed, ["One", "Three"], 2), (cut_off, ["One", "Three"], 2)]:
        found = parsed(text)
        assert [entry.title for entry in found.entries] == titles
        assert (found.title, found.broken) == ("Orda", broken)


@pytest.mark.parametrize(
    "content, reason",
    [
        (b"", "it is empty"),
        (b"hello", "neither RSS, Atom, JSON Feed nor a sitemap"),
        (b"<!DOCTYPE html><html><body>rss</body></html>", "it is a web page, no feed"),
        (b"<html><body><rss></rss></body></html>", "it is a web page, no feed"),
        (b"<rss><channel>", "it is no XML"),
        (b"\x1f\x8bno gzip", "its gzip is broken"),
        (b"\xff\xfe\xfd", "not UTF-16 (byte 0xfd at offset 2)"),
        ("<rss><channel/></rss>Пример".encode("cp1251"), "not UTF-8"),
        (b'{"items": []}', "no JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": {}}', "no JSON Feed"),
        (b"{broken", "it is no JSON"),
        (b"[" * 100_000, "neither RSS"),
    ],
)
def test_what_is_no_feed_is_named(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableSource) as caught:
        parse_feed(content, "text/plain", URL)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    "attack",
    [
        '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + rss("<title>&b;</title>"),
        '<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + rss("<title>&f;</title>"),
        '<!doctype rss [\n<!entity % p SYSTEM "http://127.0.0.1/x"> %p;]>' + rss("<title>x</title>"),
    ],
)
def test_entities_of_its_own_are_refused(attack: str) -> None:
    with pytest.raises(UnreadableSource, match="it declares entities of its own, which are not expanded"):
        parsed(attack)


@pytest.mark.parametrize(
    "attack",
    [
        *("<rss>" + "<item>" * 100_000, "<rss>" + "<![CDATA[" * 100_000, "<rss " + "a" * 1_000_000),
        *("<rss>" + "<a>" * 100_000, "<!doctype x" * 100_000 + "<rss>&", "<rss>" + "<title" * 100_000),
    ],
)
@pytest.mark.timeout(10)
def test_what_is_made_to_take_long_does_not(attack: str) -> None:
    with pytest.raises(UnreadableSource, match="it is no XML"):
        parsed(attack)


def test_a_bomb_of_gzip_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.sources.feeds.LARGEST_FEED", 1_000_000)
    with pytest.raises(UnreadableSource, match="more than 1,000,000 bytes"):
        parsed(gzip.compress(b"<rss>" + b" " * 10_000_000))


@pytest.mark.parametrize(
    "inside, url",
    [
        ("<guid>https://orda.example/7</guid>", "https://orda.example/7"),
        ("<guid isPermaLink='false'>https://orda.example/7</guid>", None),
        ("<guid>7</guid>", None),
        ("<link>../gas now</link>", "https://orda.example/gas%20now"),
        ("<link>javascript:alert(1)</link>", None),
        ("<link>http://[broken</link>", None),
        (
            (
                "<link>https://proxy.example/~r/1</link>"
                "<feedburner:origLink>https://orda.example/7</feedburner:origLink>"
            ),  # its prefix is not declared
            "https://orda.example/7",
        ),
        ("<link xml:base='https://other.example/a/'>b</link>", "https://orda.example/feed/b"),
    ],
)
def test_an_entrys_address_is_found_or_is_none(inside: str, url: str | None) -> None:
    assert only(rss(f"<title>Gas</title>{inside}")).url == url


def test_addresses_of_mail_are_not_kept() -> None:
    authors = ["a@b.example", "A. Reporter &lt;a@b.example&gt;", "a@b.example (B. Editor)"]
    items = [f"<guid>{n}</guid><author>{author}</author>" for n, author in enumerate(authors)]
    assert [one.author for one in parsed(rss(*items)).entries] == [None, "A. Reporter", "B. Editor"]


def test_who_published_what_a_feed_only_passes_on_is_named() -> None:
    assert only(rss("<guid>1</guid><source url='https://x.example/'>KazTAG</source>")).source == "KazTAG"


def test_a_title_that_is_a_whole_text_is_no_title() -> None:
    assert only(rss(f"<guid>1</guid><title>{'word ' * 200}</title>")).title is None


def test_changing_ids_and_tracking_do_not_make_another_entry() -> None:
    first, second = (
        only(rss(f"<title>Gas</title><guid>{n}</guid><link>https://orda.example/gas?utm_source={n}</link>"))
        for n in range(2)
    )
    assert first.name == second.name
    assert first.digest == second.digest


def test_the_digest_follows_words_and_dates_and_not_markup() -> None:
    def digest(title: str = "Gas", day: str = "05", text: str = "<p>It costs 60.</p>") -> str:
        return only(
            rss(
                f"<guid>1</guid><title>{title}</title><pubDate>{day} Jan 2022 10:00 GMT</pubDate>"
                f"<description><![CDATA[{text}]]></description>"
            )
        ).digest

    assert digest() == digest(text="<p class='x'>It  costs 60.</p><img src='count?7'>")
    assert len({digest(), digest(title="Oil"), digest(day="06"), digest(text="<p>It costs 70.</p>")}) == 4


def test_several_entries_about_one_address_are_one_article_that_none_of_them_holds() -> None:
    def live(*posts: str) -> Entry:
        link = "<link>https://orda.example/live#"
        return only(
            rss(*(f"{link}{n}</link><description>{post}</description>" for n, post in enumerate(posts)))
        )

    assert live("Now", "Before").summary is None
    assert live("Now", "Before").digest == live("Now", "Before").digest
    assert live("Now", "Before").digest != live("Now", "Before", "Long ago").digest
    assert live("Now", "Now").summary == "Now"


def test_broken_items_of_a_json_feed_are_counted() -> None:
    items = [{"id": "1", "content_text": "A \ud800 b.\0"}, 7, {"title": "without an id"}, {"id": ["x"]}]
    feed = parsed(json.dumps({"version": "https://jsonfeed.org/version/1", "items": items}))
    assert [entry.id for entry in feed.entries] == ["1"]
    assert feed.broken == 3


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reading(noise: bytes) -> None:
    for content in (noise, b"<rss>" + noise, RSS_2.encode()[:-150] + noise, b'{"items":' + noise):
        try:
            entries = parse_feed(content, "", URL).entries
        except UnreadableSource:
            continue
        assert all(entry.name and entry.digest for entry in entries)


def seconds_for(text: str) -> float:
    """Return how long it takes to find out that a text is no feed, or what it holds."""
    began = time.process_time()
    with suppress(UnreadableSource):
        parse_feed(text.encode(), "", URL)
    return time.process_time() - began


@pytest.mark.parametrize(
    "hostile",
    [
        "".join(f"<!--{n}-->" for n in range(50_000)) + "<rss></rss>",
        "<!--" * 200_000 + "<rss></rss>",
        " " * 1_000_000 + "<rss></rss>",
        "<rss><a" + "<item </item " * 50_000 + "/>",
        "<" + "a" * 50_000 + ":rss " + "b" * 200_000,
        "<rss " + "a" * 500_000 + "><b>" + "<item></item>" * 2_000,
    ],
    ids=["comments", "open comments", "space", "open ends", "long prefix", "long beginning"],
)
def test_no_text_that_is_made_to_hold_us_up_does_so(hostile: str) -> None:
    assert seconds_for(hostile) < 3


def test_a_page_is_named_as_one_after_comments_and_a_feed_is_read_after_them() -> None:
    comments = "\n <!-- a --> <!-- <rss> --> <!-->--> "
    with pytest.raises(UnreadableSource, match="it is a web page"):
        parse_feed(f"{comments}<!DOCTYPE html><rss></rss>".encode(), "", URL)
    with pytest.raises(UnreadableSource, match="it is a web page"):
        parse_feed(f"{comments}<BODY><rss></rss>".encode(), "", URL)
    assert parsed(f"<!-- a --> <!-- b -->{RSS_2[39:]}").title == "Orda & Co"


@pytest.mark.parametrize(
    "bomb, problem",
    [
        ("<rss><channel>" + "<a/>" * 1_000_001 + "</channel></rss>", "more than 1,000,000 elements"),
        ("<rss " + "".join(f"a{n}='' " for n in range(1_000_001)) + "/>", "more than 1,000,000 elements"),
        ("<rss><channel>" + "<item/>" * 50_001 + "</channel></rss>", "more than 50,000 entries"),
        ('{"items":[' + "[]," * 500_001 + "[]]}", "more than 1,000,000 values"),
        (json.dumps({"items": [{}] * 50_001}), "more than 50,000 entries"),
    ],
    ids=["elements", "attributes", "entries", "values", "items"],
)
def test_a_feed_that_would_take_much_memory_is_refused_before_it_does(bomb: str, problem: str) -> None:
    with pytest.raises(UnreadableSource, match=problem):
        parse_feed(bomb.encode(), "", URL)


def test_markup_in_entries_is_not_counted_and_too_much_of_it_in_one_is_not_read() -> None:
    item = "<guid>{}</guid><description><![CDATA[{}]]></description>"
    many = parsed(rss(*(item.format(n, "<p a='1'>Gas.</p>" * 200) for n in range(2_000))))
    assert len(many.entries) == 2_000
    heavy = parsed(rss(item.format(1, "<b>" * 500_000 + "Gas. " * 500))).entries[0]
    assert heavy.whole_text() is None


@pytest.mark.parametrize("url", ["http://[bad", "http://a\ud800b/\0x", "javascript:alert(1)"])
def test_one_bad_item_of_a_json_feed_is_read_as_far_as_it_can_be_stored(url: str) -> None:
    items = [{"id": "1\udc00", "url": url, "title": "Gas\0 \ud800"}, {"id": 7, "content_text": "Gas."}]
    feed = parsed(json.dumps({"version": "https://jsonfeed.org/version/1", "items": items}))
    assert [entry.id for entry in feed.entries] == ["1", "7"]
    for entry in feed.entries:
        str(entry).encode()
    assert feed.entries[0].title == "Gas"
