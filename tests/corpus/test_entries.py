from __future__ import annotations

import time
from datetime import date

import pytest

from corpus.articles import published
from corpus.errors import InvalidArticle
from corpus.sources.entries import WHOLE_CONTENT, WHOLE_SUMMARY, Entry, is_cut
from corpus.sources.fragments import plain, text_of

SENTENCE = "The price of gas was doubled on the first of January. "
LONG = SENTENCE * (WHOLE_CONTENT // len(SENTENCE) + 1)
LONGER = SENTENCE * (WHOLE_SUMMARY // len(SENTENCE) + 1)


@pytest.mark.parametrize(
    "entry, text",
    [
        (Entry("1", content=f"<p>{LONG}</p>"), LONG.strip()),
        (Entry("1", content="<p>Short.</p>", summary=f"<p>{LONGER}</p>"), LONGER.strip()),
        (Entry("1", summary=f"<p>{LONG}</p>"), None),
        (Entry("1", content=f"<p>{LONG}</p><p>Read more…</p>"), None),
        (Entry("1", content=f"<p>{LONG}…</p>"), None),
        (Entry("1", content=f"<p>{LONG} [&#8230;]</p>"), None),
        (Entry("1", content=f"<p>{LONG}</p><p><a href='x'>Читать далее</a> →</p>"), None),
        (Entry("1", content=f"<p>Short.</p><script>{LONG}</script>"), None),
        (Entry("1"), None),
    ],
)
def test_only_a_long_content_that_is_not_cut_off_is_the_whole_article(entry: Entry, text: str | None) -> None:
    assert entry.whole_text() == text


@pytest.mark.parametrize(
    "entry, text",
    [
        (Entry("1", content="<p>Five people died in Almaty.</p>"), "Five people died in Almaty."),
        (Entry("1", content="<p>Five people died in…</p>"), None),
        (Entry("1", content="Gas"), None),
        (Entry("1", summary="<p>Five people died in Almaty.</p>"), None),
        (Entry("1"), None),
    ],
)
def test_a_short_content_is_one_if_it_is_whole_and_a_summary_never(entry: Entry, text: str | None) -> None:
    assert entry.short_text() == text


@pytest.mark.parametrize(
    "ending, cut",
    [
        (" [...]", True),
        ("…»", True),
        (" Read more", True),
        (" Continue reading Gas at 60 tenge →", True),
        ("\n\nПодробнее на сайте", True),
        ("\n\nТолығырақ...", True),
        ("", False),
        (" He said: “Read more books.”", False),
        (" Далее он отправился в Алматы, где его ждали родные и близкие и множество журналистов.", False),
    ],
)
def test_how_a_text_ends_tells_whether_it_goes_on(ending: str, cut: object) -> None:
    assert is_cut(f"{SENTENCE.strip()}{ending}") is cut


def test_an_article_is_what_the_feed_says_and_what_is_stated_stands_above_it() -> None:
    entry = Entry(
        "1", "https://orda.example/gas?utm_source=rss", "Gas", author="A. Reporter", updated=date(2022, 1, 5)
    )
    article = entry.article(SENTENCE, key="k", source="Orda", stated={"language": "en"})
    assert (article.title, article.text, article.author) == ("Gas", SENTENCE, "A. Reporter")
    assert (article.source, article.obtained, article.language) == ("Orda", "feed", "en")
    assert article.published == published("2022-01-05")
    stated = entry.article(SENTENCE, key="k", source="Orda", stated={"source": "Mine", "language": "ru"})
    assert (stated.source, stated.language) == ("Mine", "ru")
    with pytest.raises(InvalidArticle, match="text: there is none"):
        entry.article(" ", key="k", source="Orda", stated={})


@pytest.mark.parametrize(
    "markup, text",
    [
        ("<p>One &amp; two.</p>\n<p>Three <b>fo</b>ur.</p>", "One & two.\n\nThree four."),
        ("One.<br/>Two.<br><br>Three.", "One.\nTwo.\n\nThree."),
        ("<ul><li>First</li><li>Second</li></ul><blockquote>Said.</blockquote>", "First\n\nSecond\n\nSaid."),
        ("<div>a<p>b</p>c</div>d", "a\n\nb\n\nc\n\nd"),
        ("<p>One.</p><script>alert(1)</script><figure><figcaption>Photo</figcaption></figure>", "One."),
        ("<p>Gas.</p><p>The post <a>Gas</a> appeared first on <a>Orda</a>.</p>", "Gas."),
        ("<pre>a\n  b</pre>", "a\nb"),
        ("AT&amp;T\nsaid", "AT&T\nsaid"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<p>no end", "no end"),
        ("<!-- only -->", ""),
        ("", ""),
        ("<p>a\0b \ud800</p>", "ab ?"),
    ],
)
def test_markup_becomes_the_words_it_shows(markup: str, text: str) -> None:
    assert text_of(markup) == text


@pytest.mark.parametrize(
    "written, line",
    [("A &amp;amp; B", "A & B"), ("<b>A</b>\n b", "A b"), ("a < b", "a < b"), ("&quot;A&quot;", '"A"')],
)
def test_a_headline_is_one_line_without_markup(written: str, line: str) -> None:
    assert plain(written) == line


def test_a_last_paragraph_without_an_end_is_read_in_no_time() -> None:
    began = time.process_time()
    text = text_of("<p>Gas.</p><pre>The post " + "a appeared first on " * 50_000 + "\nb</pre>")
    assert text.startswith("Gas.\n\nThe post a appeared first on a")
    assert time.process_time() - began < 2


def test_what_sites_put_between_the_lines_is_not_told() -> None:
    told = "<p>The airport is closed.</p><p>Читайте также: Газ подорожал.</p>"
    assert Entry("1", content=told).short_text() == "The airport is closed."
    assert Entry("1", content="<p>Подписывайтесь на наш канал в Telegram!</p>").short_text() is None
    whole = "<p>Gas costs 60 tenge in Almaty today.</p>" * 20
    told = Entry("1", content=f"{whole}<p>Follow us on Telegram.</p>").whole_text() or ""
    assert (len(told) > WHOLE_CONTENT, "Telegram" in told) == (True, False)


@pytest.mark.parametrize("end", ["Read more", "Подробнее", "Читать далее", "Толығырақ", "Читайте нас…"])
def test_what_goes_on_elsewhere_is_no_whole_text_for_that(end: str) -> None:
    assert Entry("1", content=f"<p>The airport is closed.</p><p>{end}</p>").short_text() is None


def test_an_entry_is_called_by_its_address_and_without_one_by_its_title() -> None:
    assert Entry("1", "https://orda.example/gas", "Gas").called == "https://orda.example/gas"
    assert Entry("1", None, "Gas\nin Almaty").called == r"'Gas\nin Almaty'"
    assert Entry("1").called == "'1'"
