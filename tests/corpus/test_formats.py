"""Bytes of any file become raw articles, word for word, or a message that says what is wrong with them."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from datetime import UTC, date, datetime
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.articles import Article
from corpus.errors import InvalidArticle
from corpus.sources.formats import (
    PARSERS,
    Broken,
    Found,
    RawArticle,
    decode,
    decode_page,
    parse_json_lines,
    parse_text,
)
from corpus.sources.markdown import parse_markdown, split_header
from corpus.sources.webpage import parse_html

if TYPE_CHECKING:
    from collections.abc import Callable

PARAGRAPH = (
    "Протесты начались второго января в Жанаозене из-за цены на газ, сообщили местные жители. "
    "Через три дня правительство ушло в отставку, и президент объявил чрезвычайное положение."
)


def markdown(text: str) -> RawArticle:
    """The only article in a Markdown file."""
    return parse_markdown(dedent(text).encode())


def plain(text: str) -> RawArticle:
    """The only article in a text file."""
    (found,) = parse_text(text.encode())
    assert isinstance(found, Found)
    return found.raw


def page(*, head: str = "", body: str = f"<p>{PARAGRAPH}</p>", declared: str = "") -> str:
    """A web page with one article and a menu."""
    menu = "<nav><a href='/'>Главная</a> <a href='/news'>Новости</a></nav>"
    return (
        f"{declared}<html><head>{head}<title>Заголовок</title></head>"
        f"<body>{menu}<article><h1>Заголовок</h1>{body}</article></body></html>"
    )


def html(content: bytes | str) -> RawArticle:
    """The only article in a web page."""
    return parse_html(content.encode() if isinstance(content, str) else content)


# Encodings


@pytest.mark.parametrize(
    "content",
    [
        "Тоқаев.\nЕкі.".encode(),
        "\ufeffТоқаев.\nЕкі.".encode(),
        "Тоқаев.\r\nЕкі.".encode(),
        "Тоқаев.\rЕкі.".encode(),
        "Тоқаев.\nЕкі.".encode("utf-16"),
        b"\xff\xfe" + "Тоқаев.\r\nЕкі.".encode("utf-16-le"),
        b"\xfe\xff" + "Тоқаев.\nЕкі.".encode("utf-16-be"),
    ],
    ids=["utf-8", "bom", "crlf", "cr", "utf-16", "utf-16-le", "utf-16-be"],
)
def test_unicode_is_read_whatever_its_form(content: bytes) -> None:
    assert decode(content) == "Тоқаев.\nЕкі."


@pytest.mark.parametrize(
    "content, complaint",
    [
        ("Газ".encode("cp1251"), "not UTF-8 (byte 0xc3 at offset 0);"),
        (b"Gas \xff", "not UTF-8 (byte 0xff at offset 4);"),
        (b"\xef\xbb\xbfGas \xff", "not UTF-8 (byte 0xff at offset 7);"),
        ("Газ".encode()[:-1], "not UTF-8 (byte 0xd0 at offset 4);"),
        (b"\xed\xa0\x80", "not UTF-8 (byte 0xed at offset 0);"),
        (b"\xff\xfea", "not UTF-16 (byte 0x61 at offset 2);"),
        (b"\xff\xfe\x00\xd8", "not UTF-16 (byte 0x00 at offset 2);"),
    ],
)
def test_other_bytes_are_not_guessed_but_refused_with_a_way_out(content: bytes, complaint: str) -> None:
    with pytest.raises(InvalidArticle) as caught:
        decode(content)

    assert str(caught.value) == (
        f"{complaint} if it is text in another encoding, convert it, for example: iconv -f cp1251 -t utf-8"
    )


@pytest.mark.parametrize(
    "content",
    [b"a\0b", "Газ и свет".encode("utf-16-le"), "Газ".encode("utf-32")],
    ids=["nul", "utf-16-le", "utf-32"],
)
def test_nul_characters_are_refused_whatever_the_format(content: bytes) -> None:
    for parse in (decode, lambda it: list(parse_text(it)), parse_markdown):
        with pytest.raises(InvalidArticle, match="holds NUL characters, so it is no text"):
            parse(content)


@given(st.binary())
def test_bytes_are_read_to_the_letter_or_refused(content: bytes) -> None:
    try:
        text = decode(content)
    except InvalidArticle:
        return
    if not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        expected = content.decode().removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        assert text == expected


# Plain text


@pytest.mark.parametrize(
    "text, title, body",
    [
        (
            "Gas prices rise\n\nPeople came.\n\nThey stayed.",
            "Gas prices rise",
            "People came.\n\nThey stayed.",
        ),
        ("\n\nWho resigned?\n\n\n\nThe government did.\n", "Who resigned?", "The government did."),
        ("Gas prices rise\r\n\r\nPeople came.", "Gas prices rise", "People came."),
        ("People came.\n\nThey stayed.", None, "People came.\n\nThey stayed."),
        ("He said:\n\n- Go.", None, "He said:\n\n- Go."),
        ("Two lines\nof text\n\nThey stayed.", None, "Two lines\nof text\n\nThey stayed."),
        ("Only a line", None, "Only a line"),
        (f"{'long ' * 31}\n\nThey stayed.", None, f"{'long ' * 31}\n\nThey stayed."),
        ("", None, ""),
    ],
)
def test_a_short_first_line_of_its_own_is_the_headline(text: str, title: str | None, body: str) -> None:
    raw = plain(text)

    assert (raw.get("title"), raw["text"]) == (title, body)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_no_word_of_a_plain_text_is_lost(text: str) -> None:
    raw = plain(text)

    kept = f"{raw.get('title', '')} {raw['text']}"
    assert kept.split() == text.removeprefix("\ufeff").split()


# Markdown


def test_a_header_names_the_fields_and_the_markup_is_taken_off() -> None:
    raw = markdown("""\
        ---
        title: Gas prices rise
        published: 2022-01-05
        url: https://example.org/1
        reports: [1, 2]
        ---

        # Not the title

        People *came* to the [square](https://example.org) in **Zhanaozen**,
        `early` in the morning.

        - One.
        - Two & three &amp; \\*four\\*.

        > He said "go".

            indented
        """)

    assert raw == {
        "title": "Gas prices rise",
        "published": date(2022, 1, 5),
        "url": "https://example.org/1",
        "reports": [1, 2],
        "text": "Not the title\n\n"
        "People came to the square in Zhanaozen, early in the morning.\n\n"
        "One.\n\n"
        "Two & three & *four*.\n\n"
        'He said "go".\n\n'
        "indented",
    }


def test_a_moment_in_a_header_keeps_its_zone() -> None:
    raw = markdown("---\npublished: 2022-01-05T14:30:00+06:00\n---\nText.")

    assert raw["published"] == datetime(2022, 1, 5, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text, title, body",
    [
        ("# Gas\n\nPeople came.", "Gas", "People came."),
        ("Gas\n===\n\nPeople came.", "Gas", "People came."),
        ("## Gas\n\nPeople came.", None, "Gas\n\nPeople came."),
        ("People came.\n\n# Gas", None, "People came.\n\nGas"),
        ("---\n---\n# Gas\n\nPeople came.", "Gas", "People came."),
        ("\ufeff---\r\ntitle: Gas\r\n---\r\nPeople came.\r\n", "Gas", "People came."),
        ("---\ntitle: Gas\n---", "Gas", ""),
        ("---\nPeople came.", None, "People came."),
        ("", None, ""),
    ],
)
def test_the_first_heading_is_the_title_where_the_header_names_none(
    text: str, title: str | None, body: str
) -> None:
    raw = markdown(text)

    assert (raw.get("title"), raw["text"]) == (title, body)


def test_words_inside_html_are_kept_and_its_tags_are_not() -> None:
    raw = markdown("""\
        <div class="lead">
        People &amp; police <b>met</b>.
        </div>

        They <i>stayed</i>.<br>

        <!-- never shown -->

        <script>
        alert("never shown")
        </script>
        """)

    assert raw["text"] == "People & police met.\n\nThey stayed."


def test_a_hard_break_is_a_line_end_and_a_soft_one_a_space() -> None:
    assert markdown("One  \nTwo\\\nThree\nfour.")["text"] == "One\nTwo\nThree four."


@pytest.mark.parametrize(
    "header, complaint",
    [
        ("title: [", "the header between the --- lines is no YAML: "),
        ("title: Gas: prices", "the header between the --- lines is no YAML: "),
        ("\ttitle: Gas", "the header between the --- lines is no YAML: "),
        ("a: !!python/object/apply:os.system [id]", "the header between the --- lines is no YAML: "),
        ("title: \x07", "the header between the --- lines is no YAML: "),
        ("? [a]\n: b", "the header between the --- lines is no YAML: "),
        ("just words", "the header between the --- lines has no `field: value` lines"),
        ("- a\n- b", "the header between the --- lines has no `field: value` lines"),
        ("published: 2022-13-45", "the header between the --- lines: month must be in 1..12"),
        ("a: " + "[" * 1_000, "the header between the --- lines: maximum recursion depth exceeded"),
        ("a: " + "9" * 5_000, "the header between the --- lines: Exceeds the limit (4300 digits)"),
        (
            "a: &x 1\nb: *x",
            "the header between the --- lines holds YAML aliases (*name); write the values out",
        ),
    ],
    ids=lambda part: part[:20],
)
def test_a_broken_header_is_refused(header: str, complaint: str) -> None:
    with pytest.raises(InvalidArticle) as caught:
        split_header(f"---\n{header}\n---\nText.")

    assert str(caught.value).startswith(complaint)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("kind", ["list", "merge"])
def test_a_header_that_stands_for_gigabytes_is_refused_at_once(kind: str) -> None:
    lines = ["a0: &a0 {x: 1}"]
    for i in range(30):
        aliases = ", ".join([f"*a{i}"] * 9)
        value = f"[{aliases}]" if kind == "list" else f"{{<<: [{aliases}]}}"
        lines.append(f"a{i + 1}: &a{i + 1} {value}")

    with pytest.raises(InvalidArticle, match="holds YAML aliases"):
        split_header("---\n" + "\n".join(lines) + "\n---\nText.")


@pytest.mark.parametrize(
    "line, field", [("sorce: Orda", "source"), ("Source: Orda", "source"), ("date: 2022-01-05", "published")]
)
def test_a_misspelt_field_of_a_header_is_named_with_the_one_that_is_meant(line: str, field: str) -> None:
    name = line.partition(":")[0]
    with pytest.raises(InvalidArticle, match=f"states `{name}`, which is no field; write `{field}`"):
        split_header(f"---\ntitle: Gas\n{line}\n---\nText.")


def test_other_fields_of_a_header_are_left_alone() -> None:
    header = "title: Gas\nsubtitle: 60\nauthors: [A, B]\ntags: gas\nlayout: post"
    assert split_header(f"---\n{header}\n---\nText.")[1] == "Text."


@pytest.mark.parametrize(
    "header", ["title: Gas\nsource: Orda", "id: 7\nsorce: Orda", "layout: post\ntitle: x"]
)
def test_a_header_that_is_not_closed_is_no_text(header: str) -> None:
    for rest in ("\n\nText.", "\nText.", ""):
        with pytest.raises(InvalidArticle, match="is not closed; write a line of --- after its last field"):
            split_header(f"---\n{header}{rest}")


def test_what_stands_below_a_line_is_no_header_that_is_not_closed() -> None:
    text = "---\nAstana: ten people were held.\n\ntitle: of what"
    assert split_header(text) == ({}, text)


def test_what_only_looks_like_a_header_is_text() -> None:
    for text in ("--- title: a\n---\nText.", "----\na: b\n----\nText.", "Text.\n---\na: b\n---\n"):
        assert split_header(text) == ({}, text)


def test_deeply_nested_markdown_is_read() -> None:
    assert markdown("> " * 15 + "deep")["text"] == "deep"
    assert markdown("*" * 20_000 + "deep")["text"] == "*" * 20_000 + "deep"
    assert markdown("> " * 5_000 + "deeper than anybody writes")["text"] == ""


# Hostile files


def paused_for(read: Callable[[], object]) -> float:
    """Return for how many seconds at most another thread waited while something was read."""
    longest, over = 0.0, threading.Event()

    def watch() -> None:
        nonlocal longest
        last = time.monotonic()
        while not over.wait(0.01):
            longest, last = max(longest, time.monotonic() - last), time.monotonic()

    watcher = threading.Thread(target=watch)
    watcher.start()
    read()
    over.set()
    watcher.join()
    return longest


@pytest.mark.parametrize(
    "ending, content",
    [
        (".html", page(head=f"<meta name='author' content='{'{' * 16_000}'>").encode()),
        (".md", b"<div>\n" + b"<!-- " * 20_000),
        (".md", b"<div>\n" + b"<script " * 20_000),
        (".eml", b"From: a\nSubject: b\nContent-Type: text/html; charset=utf-8\n\n" + b"<head " * 16_000),
        (".eml", b"From: a\nSubject: b\nContent-Type: text/plain; charset=punycode\n\nabc-" + b"a" * 80_000),
    ],
    ids=["meta", "comments", "scripts", "heads", "punycode"],
)
def test_a_file_that_keeps_its_parser_busy_holds_nobody_else_up(ending: str, content: bytes) -> None:
    def read() -> None:
        with suppress(InvalidArticle):
            list(PARSERS[ending](content))

    assert paused_for(read) < 1


def test_what_is_read_in_another_process_is_the_same() -> None:
    header = "published: 2022-01-05T14:30:00+06:00\nreports: [1, 2]\nbytes: !!binary aGk="
    whole = f"---\n{header}\n---\n# Gas\n\nIt is out."
    (found,) = PARSERS[".md"](whole.encode())
    assert isinstance(found, Found)
    assert found.raw == {
        "published": "2022-01-05 14:30:00+06:00",
        "reports": [1, 2],
        "bytes": [],
        "title": "Gas",
        "text": "It is out.",
    }
    here = Article.parse(markdown(whole), key="k", obtained="file", source="s")
    assert Article.parse(found.raw, key="k", obtained="file", source="s") == here
    (found,) = PARSERS[".html"](page().encode("cp1251").replace(b"<head>", b"<head><meta charset=cp1251>"))
    assert isinstance(found, Found)
    assert found.raw == html(page())


# Web pages


def test_items_and_cells_of_a_page_are_its_own_words_and_a_flash_is_one_sentence() -> None:
    listed = f"<p>{PARAGRAPH}</p><ul><li>Первое, как сказали.</li></ul><table><tr><td>Газ.</td></tr></table>"
    assert html(page(body=listed))["text"] == f"{PARAGRAPH}\n\nПервое, как сказали.\n\nГаз."
    flash = "<span>14:30</span><p>В Алматы начались подземные толчки, сообщило министерство.</p>"
    assert html(page(body=flash))["text"] == f"14:30\n\n{flash[len('<span>14:30</span><p>') : -len('</p>')]}"


def test_the_article_of_a_page_is_found_without_its_menu() -> None:
    head = (
        "<meta property='og:site_name' content='Агентство'>"
        "<link rel='canonical' href='https://example.org/news/1'>"
        "<meta property='article:published_time' content='2022-01-05T14:30:00+06:00'>"
        "<meta name='author' content='Айгуль Репортёрова'>"
    )

    assert html(page(head=head, body=f"<p>{PARAGRAPH}</p><p>Второй абзац, и в нём одна фраза.</p>")) == {
        "title": "Заголовок",
        "text": f"{PARAGRAPH}\n\nВторой абзац, и в нём одна фраза.",
        "source": "Агентство",
        "author": "Айгуль Репортёрова",
        "url": "https://example.org/news/1",
        "published": "2022-01-05",
        "language": None,
    }


def test_comments_and_scripts_of_a_page_are_not_its_article() -> None:
    body = f"<p>{PARAGRAPH}</p><script>var a = 'тайна';</script><!-- тайна --><style>p {{}}</style>"

    assert html(page(body=body))["text"] == PARAGRAPH


@pytest.mark.parametrize(
    "content",
    [
        page(head="<meta charset='windows-1251'>").encode("cp1251"),
        page(head="<meta charset=cp1251>").encode("cp1251"),
        page(head='<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">').encode("koi8-r"),
        page(declared='<?xml version="1.0" encoding="windows-1251"?>').encode("cp1251"),
        page(declared='<?xml version="1.0" encoding="utf-8"?>').encode(),
        page(head="<meta charset='windows-1251'>").encode(),
        page().encode(),
        page().encode("utf-16"),
    ],
    ids=["meta", "unquoted", "http-equiv", "xml", "xml-utf-8", "wrongly-declared", "undeclared", "utf-16"],
)
def test_a_page_is_read_in_the_encoding_it_names(content: bytes) -> None:
    assert html(content)["text"] == PARAGRAPH


def test_latin_1_in_a_page_is_what_browsers_take_it_for() -> None:
    content = "<meta charset='iso-8859-1'>“Café”".encode("cp1252")

    assert decode_page(content) == "<meta charset='iso-8859-1'>“Café”"


@pytest.mark.parametrize(
    "head, complaint",
    [
        ("", "not UTF-8 (byte 0xc7 at offset 19); if"),
        ("<meta charset='utf-8'>", "not UTF-8 (byte 0xc7 at offset 41); if"),
        ("<meta charset='martian'>", "it names an encoding that is not known here: martian"),
        ("<meta charset='hex'>", "cannot be read as hex"),
        ("<meta charset='undefined'>", "cannot be read as undefined"),
    ],
)
def test_a_page_in_an_encoding_that_cannot_be_told_is_refused(head: str, complaint: str) -> None:
    with pytest.raises(InvalidArticle) as caught:
        html(page(head=head).encode("cp1251"))

    assert str(caught.value).startswith(complaint)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "  \n",
        "<",
        "<html></html>",
        "just a line without any markup",
        "<html><body><nav><a href='/'>Home</a> <a href='/news'>News</a></nav></body></html>",
        "<html><body><script>alert('a.')</script></body></html>",
        "<!DOCTYPE html><html><head><title>Not found.</title></head><body></body></html>",
    ],
)
def test_a_page_without_an_article_is_refused(content: str) -> None:
    with pytest.raises(InvalidArticle, match="no article text was found in the page"):
        html(content)


def test_a_deeply_nested_page_does_no_harm() -> None:
    try:
        text = html(page(body="<div>" * 5_000 + f"<p>{PARAGRAPH}</p>" + "</div>" * 5_000))["text"]
    except InvalidArticle:
        return
    assert text == PARAGRAPH


# JSON lines


def test_each_line_is_an_article_and_a_broken_one_does_not_stop_the_rest() -> None:
    lines = [
        '\ufeff{"id": 1, "text": "A.", "title": "Ж"}\r',
        "",
        '{"text": "B."',
        '["C."]',
        "5",
        "null",
        '"D."',
        '{"text": "E\\ud83d"}',
        '{"text": "a\tb"}',
        "{'text': 'F.'}",
        '{"text": "G.", "nested": {"a": [1, null, true]}}',
    ]

    assert list(parse_json_lines("\n".join(lines).encode())) == [
        Found("line 1", {"id": 1, "text": "A.", "title": "Ж"}),
        Broken("line 3", "no JSON (Expecting ',' delimiter: line 1 column 14 (char 13))"),
        Broken("line 4", "expected an object {...}, not list"),
        Broken("line 5", "expected an object {...}, not int"),
        Broken("line 6", "expected an object {...}, not NoneType"),
        Broken("line 7", "expected an object {...}, not str"),
        Found("line 8", {"text": "E\ud83d"}),
        Broken("line 9", "no JSON (Invalid control character at: line 1 column 12 (char 11))"),
        Broken(
            "line 10", "no JSON (Expecting property name enclosed in double quotes: line 1 column 2 (char 1))"
        ),
        Found("line 11", {"text": "G.", "nested": {"a": [1, None, True]}}),
    ]


def test_nan_is_an_absent_value() -> None:
    content = b'{"title": NaN, "author": Infinity, "source": -Infinity, "text": "A."}'

    assert list(parse_json_lines(content)) == [
        Found("line 1", {"title": None, "author": None, "source": None, "text": "A."})
    ]


def test_an_id_is_used_once_in_a_file() -> None:
    lines = [
        b'{"id": "a", "text": "One."}',
        b'{"id": "b", "text": "Two."}',
        b'{"id": "a", "text": "Three."}',
        b'{"text": "Four."}',
    ]

    found = list(parse_json_lines(b"\n".join(lines)))

    assert [one for one in found if isinstance(one, Broken)] == [
        Broken("line 3", "id: 'a' was used in line 1 already")
    ]
    assert [one.place for one in found if isinstance(one, Found)] == ["line 1", "line 2", "line 4"]


def test_unusual_line_ends_inside_a_text_do_not_end_the_line() -> None:
    content = '{"text": "A.\u2028B.\u0085C.\\nD."}'.encode()

    assert list(parse_json_lines(content)) == [Found("line 1", {"text": "A.\u2028B.\u0085C.\nD."})]


@pytest.mark.parametrize("line", ["[" * 100_000, '{"a":' * 100_000, '{"a": ' + "9" * 5_000 + "}"], ids=len)
def test_json_that_python_cannot_hold_is_a_broken_line(line: str) -> None:
    broken, found = parse_json_lines(f'{line}\n{{"text": "A."}}'.encode())

    assert isinstance(broken, Broken)
    assert broken.reason.startswith("no JSON (")
    assert found == Found("line 2", {"text": "A."})


def test_an_empty_file_holds_no_lines() -> None:
    for content in (b"", b"\xef\xbb\xbf\r\n\n"):
        with pytest.raises(InvalidArticle, match="there is nothing in it"):
            list(parse_json_lines(content))


@given(
    st.lists(
        st.dictionaries(
            st.text().filter(lambda field: field != "id"),  # two lines of one id are told elsewhere
            st.text() | st.none() | st.integers() | st.booleans(),
        ),
        min_size=1,
    )
)
def test_what_json_wrote_is_read_back(raws: list[RawArticle]) -> None:
    content = "\n".join(map(json.dumps, raws)).encode()

    assert list(parse_json_lines(content)) == [
        Found(f"line {number}", raw) for number, raw in enumerate(raws, start=1)
    ]


def test_of_a_file_of_broken_lines_not_all_are_told() -> None:
    found = list(parse_json_lines(b"1\n" * 999 + b'{"text": "A."}\n' + b"1\n" * 100_000))

    assert len(found) == 1_002
    assert found[-1] == Broken("line 1001", "1,000 lines are broken, so what follows was not read")
    assert found[-3] == Found("line 1000", {"text": "A."})


# Anything at all

PIECES = st.sampled_from(
    [b"---\n", b"title: ", b"&a ", b"*a", b"[", b"{", b"# ", b"<p>", b"</p>", b"<!--", b"<meta charset=",
     b"hex>", b"\xff\xfe", b"\xef\xbb\xbf", b"\0", b"\r\n", b"\n\n", b'{"text": "', b'"}', b"NaN",
     b"2022-13-45"]
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # loading a parser counts as slow
@given(st.lists(PIECES | st.binary(max_size=20), max_size=20).map(b"".join), st.sampled_from(sorted(PARSERS)))
def test_whatever_bytes_come_they_are_read_or_refused(content: bytes, ending: str) -> None:
    try:
        found = list(PARSERS[ending](content))
    except InvalidArticle:
        return
    assert all(isinstance(one, Found | Broken) for one in found)
