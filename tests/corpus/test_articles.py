"""Untrusted fields become a typed article, or a message that says what is wrong with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.articles import LONGEST_KEY, LONGEST_TEXT, Article, first_words, published
from corpus.errors import InvalidArticle
from corpus.languages import Language
from tests.fakes.articles import write_article

ALMATY = timezone(timedelta(hours=6))


def parse(**raw: object) -> Article:
    return Article.parse({"text": "It was calm.", **raw}, key="key", obtained="test", source="fallback.txt")


def reason(**raw: object) -> str:
    """Why an article with these fields is refused."""
    with pytest.raises(InvalidArticle) as caught:
        parse(**raw)
    return str(caught.value)


# What is known


def test_all_fields_are_taken() -> None:
    article = parse(
        title="Protests",
        source="Agency",
        author="A. Reporter",
        url="https://example.org/1",
        published="2022-01-05",
        language="en",
    )

    assert article == Article(
        key="https://example.org/1",
        title="Protests",
        text="It was calm.",
        source="Agency",
        language=Language.ENGLISH,
        obtained="test",
        author="A. Reporter",
        url="https://example.org/1",
        published=date(2022, 1, 5),
    )


@pytest.mark.parametrize("absent", [None, "", "  "])
def test_what_is_absent_or_blank_falls_back(absent: str | None) -> None:
    article = parse(
        title=absent,
        source=absent,
        author=absent,
        url=absent,
        published=absent,
        language=absent,
        other=absent,
    )

    assert article == Article(
        key="key",
        title="It was calm.",
        text="It was calm.",
        source="fallback.txt",
        language=Language.ENGLISH,
        obtained="test",
    )


def test_lines_lose_their_line_ends_and_outer_spaces_and_texts_keep_theirs() -> None:
    article = parse(title="  Protests\r\n in\tZhanaozen ", text="  First.\r\n\r\nSecond.\rThird. ")

    assert article.title == "Protests in Zhanaozen"
    assert article.text == "  First.\n\nSecond.\nThird. "


def test_numbers_and_dates_are_written_out_as_lines() -> None:
    article = parse(title=164, source=date(2022, 1, 9), author=4.4)

    assert (article.title, article.source, article.author) == ("164", "2022-01-09", "4.4")


# Texts and lines


@pytest.mark.parametrize(
    "text", [None, "", " \n\t\u2003", "\ufeff", "\ufeff \n", 5, b"It was calm.", ["It was calm."]]
)
def test_without_a_text_there_is_no_article(text: object) -> None:
    assert reason(text=text) == "text: there is none"


def test_a_text_as_long_as_a_few_books_is_an_article_and_a_longer_one_is_not() -> None:
    assert len(parse(text="a " * (LONGEST_TEXT // 2), language="en").text) == LONGEST_TEXT
    assert reason(text="a" * (LONGEST_TEXT + 1)) == (
        "text: 5,000,001 characters are too many; the limit is 5,000,000"
    )


@pytest.mark.parametrize("field", ["title", "source", "author"])
def test_a_line_is_not_longer_than_its_limit(field: str) -> None:
    assert getattr(parse(**{field: "a" * 500}), field) == "a" * 500
    assert reason(**{field: "a" * 501}) == f"{field}: 501 characters are too many; the limit is 500"


@pytest.mark.parametrize("field", ["text", "title", "source", "author", "url", "published", "language"])
def test_what_no_database_stores_is_refused_by_the_name_of_its_field(field: str) -> None:
    assert reason(**{field: "a\0b"}) == f"{field}: holds NUL characters, so it is no text"
    assert reason(**{field: "ab\ud83d"}) == f"{field}: holds half a surrogate pair at character 2"


@pytest.mark.parametrize("field", ["title", "source", "author", "url", "published", "language"])
@pytest.mark.parametrize(
    "value", [[], {}, ["a"], {"a": 1}, b"a", (), object()], ids=lambda value: type(value).__name__
)
def test_lists_and_the_like_are_no_lines(field: str, value: object) -> None:
    assert reason(**{field: value}) == f"{field}: expected one line of text, not {type(value).__name__}"


@pytest.mark.parametrize("field", ["title", "url", "published", "language"])
def test_a_field_that_stands_for_gigabytes_is_refused_at_once(field: str) -> None:
    bomb: list[Any] = ["ha"]
    for _ in range(40):
        bomb = [bomb, bomb]

    assert reason(**{field: bomb}) == f"{field}: expected one line of text, not list"


def test_a_number_that_python_does_not_write_out_is_refused() -> None:
    assert reason(title=1 << 100_000).startswith("title: Exceeds the limit")


# URLs


@pytest.mark.parametrize(
    "url, key",
    [
        ("http://example.org", "http://example.org/"),
        ("https://example.org/a?b=c&d=%20#e", "https://example.org/a?b=c&d=%20"),
        ("https://example.org/a?utm_source=rss&id=7", "https://example.org/a?id=7"),
        ("HTTPS://EXAMPLE.ORG:443/", "https://example.org/"),
        ("https://пример.рф/путь", "https://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C"),
        ("https://[::1]:8080/", "https://[::1]:8080/"),
        (f"https://example.org/{'a' * 1980}", f"https://example.org/{'a' * 1980}"),
    ],
)
def test_a_web_address_is_kept_as_it_is_and_identifies_the_article_however_it_is_spelt(
    url: str, key: str
) -> None:
    article = parse(url=f" {url} ")

    assert (article.url, article.key) == (url, key)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://example.org/",
        "tg://resolve?domain=a",
        "//example.org/",
        "example.org/a",
        "https:///path",
        "https://",
        "java\u200bscript:alert(1)",
        5,
    ],
)
def test_what_is_no_web_address_is_refused(url: object) -> None:
    assert reason(url=url) == f"url: {str(url)!r} does not begin with http:// or https:// and a host"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a b",
        "https://a\tb",
        "https://a\u00a0b",
        "https://a\x1bb",
        f"https://a/{'b' * 1991}",
    ],
)
def test_a_url_with_spaces_or_without_end_is_refused(url: str) -> None:
    assert reason(url=url).endswith("holds spaces or is over 2000 characters long")


def test_a_url_that_cannot_be_read_is_refused() -> None:
    assert reason(url="https://[::1/") == "url: 'https://[::1/' cannot be read (Invalid IPv6 URL)"


def test_a_key_that_cannot_be_indexed_is_stood_for_by_its_hash() -> None:
    long = Article.parse({"text": "A."}, key="й" * LONGEST_KEY, obtained="test", source="s").key
    other = Article.parse({"text": "A."}, key="й" * (LONGEST_KEY + 1), obtained="test", source="s").key

    assert long.startswith("sha256:")
    assert len(long) == len("sha256:") + 64
    assert long != other


# Dates


@pytest.mark.parametrize(
    "value, expected",
    [
        ("2022-01-05", date(2022, 1, 5)),
        (" 2022-01-05 ", date(2022, 1, 5)),
        ("20220105", date(2022, 1, 5)),
        (20220105, date(2022, 1, 5)),
        (date(2022, 1, 5), date(2022, 1, 5)),
        ("2022-01-05T14:30:00+06:00", datetime(2022, 1, 5, 14, 30, tzinfo=ALMATY)),
        ("2022-01-05T14:30:00Z", datetime(2022, 1, 5, 14, 30, tzinfo=UTC)),
        ("2022-01-05T14:30:00", datetime(2022, 1, 5, 14, 30, tzinfo=UTC)),
        ("2022-01-05 14:30", datetime(2022, 1, 5, 14, 30, tzinfo=UTC)),
        ("2022-01-05T14:30:00.987654+06:00", datetime(2022, 1, 5, 14, 30, tzinfo=ALMATY)),
        (datetime(2022, 1, 5, 14, 30), datetime(2022, 1, 5, 14, 30, tzinfo=UTC)),  # noqa: DTZ001 (YAML gives such)
        (datetime(2022, 1, 5, 14, 30, tzinfo=ALMATY), datetime(2022, 1, 5, 14, 30, tzinfo=ALMATY)),
        (None, None),
        ("", None),
    ],
    ids=str,
)
def test_a_day_stays_a_day_and_a_moment_keeps_its_zone(value: object, expected: object) -> None:
    read = published(value)

    assert (read, type(read)) == (expected, type(expected))
    if isinstance(read, datetime) and isinstance(expected, datetime):
        assert read.utcoffset() == expected.utcoffset()


@pytest.mark.parametrize(
    "value",
    ["yesterday", "05.01.2022", "2022-13-45", "2022-01", "2022-01-05T25:00:00", "1641340800", 1641340800,
     2022, True, "2022-01-05T14:30:00+99:00", "2022-01-05 (updated)", float("nan")],
)  # fmt: skip
def test_other_dates_are_refused_with_an_example(value: object) -> None:
    assert reason(published=value) == (
        f"published: {str(value)!r} is no ISO date; write 2022-01-05 or 2022-01-05T14:30:00+06:00"
    )


def test_only_the_beginning_of_a_wrong_date_is_shown() -> None:
    assert reason(published="no" * 1000) == (
        f"published: {'no' * 30!r} is no ISO date; write 2022-01-05 or 2022-01-05T14:30:00+06:00"
    )


@given(st.dates() | st.datetimes(timezones=st.timezones() | st.just(ALMATY)))
def test_a_date_written_as_iso_is_read_back_to_the_second(moment: date) -> None:
    expected = moment.replace(microsecond=0) if isinstance(moment, datetime) else moment

    assert str(published(moment.isoformat())) == str(published(moment)) == str(expected)


# Languages


@pytest.mark.parametrize(
    "code, language",
    [
        ("en", Language.ENGLISH),
        ("EN-gb", Language.ENGLISH),
        ("ru_RU", Language.RUSSIAN),
        (" kk ", Language.KAZAKH),
        ("kk-Cyrl-KZ", Language.KAZAKH),
        ("uk", Language.OTHER),
        ("und", Language.OTHER),
        (False, Language.OTHER),  # what YAML makes of Norwegian
    ],
)
def test_a_stated_language_is_believed(code: object, language: Language) -> None:
    assert parse(text="Это по-русски.", language=code).language is language


@pytest.mark.parametrize(
    "text, language",
    [
        ("The government resigned on Wednesday.", Language.ENGLISH),
        ("Правительство ушло в отставку в среду.", Language.RUSSIAN),
        ("Үкімет сәрсенбі күні отставкаға кетті.", Language.KAZAKH),
    ],
)
def test_an_unstated_language_is_told_by_the_text(text: str, language: Language) -> None:
    assert parse(text=text).language is language


# Titles of articles without one


@pytest.mark.parametrize(
    "text, title",
    [
        ("Order returned. Shops opened again.", "Order returned."),
        ("\n \n  Order returned.\n\nShops opened.", "Order returned."),
        ("Gen. Tokayev spoke on TV. He was calm.", "Gen. Tokayev spoke on TV."),
        (
            "Order returned to the\nstreets. Shops\nopened again.\n\nAll slept.",
            "Order returned to the streets.",
        ),
        ("Shops open\n\nOrder returned.", "Shops open"),
        ("a" * 90, "a" * 90),
        ("a" * 91, "a" * 89 + "…"),
        (f"{'word ' * 16}and, then more words follow here.", f"{'word ' * 16}and…"),
        ("……", "……"),
    ],
)
def test_the_title_of_an_untitled_article_is_its_first_sentence(text: str, title: str) -> None:
    assert parse(text=text, language="en").title == title


@given(st.text(st.characters(exclude_categories=["Cs"])).filter(str.strip), st.sampled_from(Language))
def test_first_words_are_one_short_line_that_begins_as_the_text_does(text: str, language: Language) -> None:
    words = first_words(text, language)

    assert 0 < len(words) <= 90
    assert words == " ".join(words.split())
    assert " ".join(text.split()).startswith(words.removesuffix("…"))


# Digests


def test_the_digest_depends_on_all_that_a_reader_sees_and_on_nothing_else() -> None:
    article = write_article(author="None")
    seen_otherwise = [
        replace(article, title="Other"),
        replace(article, text="Other"),
        replace(article, source="Other"),
        replace(article, author=None),
        replace(article, url="https://example.org/"),
        replace(article, published=date(2022, 1, 5)),
        replace(article, published=datetime(2022, 1, 5, tzinfo=UTC)),
        replace(article, published=datetime(2022, 1, 5, tzinfo=ALMATY)),
        replace(article, language=Language.RUSSIAN),
    ]

    assert len({article.digest, *(other.digest for other in seen_otherwise)}) == 10
    assert replace(article, key="other", obtained="file").digest == article.digest


# Anything at all

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.text(st.characters(categories=["Cs", "Cc", "Ll"]))
    | st.binary(max_size=20)
    | st.dates()
    | st.datetimes()
    | st.sampled_from(["https://", "https://a", "http://[", "2022-01-05", "ru", "\ufeff"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.sampled_from(["text", "title", "source", "author", "url", "published", "language", "id"])


@given(st.dictionaries(FIELDS, VALUES), st.text(st.characters()) | st.text())
def test_whatever_comes_becomes_a_storable_article_or_is_refused(raw: dict[str, object], key: str) -> None:
    article: Article | None = None
    blamed = ""
    try:
        article = Article.parse(raw, key=key, obtained="test", source="Test")
    except InvalidArticle as error:
        blamed = str(error).partition(":")[0]

    if article is None:
        assert blamed in raw.keys() | {"text"}
        return
    for line in (article.key, article.title, article.source, article.author or "", article.url or ""):
        assert "\0" not in line
        assert len(line.encode()) <= 4 * LONGEST_KEY
    assert article.text.strip()
    assert article.title
    assert len(article.digest) == 64
