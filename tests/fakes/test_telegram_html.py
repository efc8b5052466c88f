import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.telegram_entities import Entity, Words, find_entities, settle, trim, utf16_cut, utf16_length
from tests.fakes.telegram_html import InvalidMarkup, parse_html
from tests.fakes.telegram_link import checked_link, mentioned_user


@pytest.mark.parametrize(
    "tag,type_",
    [
        ("b", "bold"),
        ("strong", "bold"),
        ("i", "italic"),
        ("em", "italic"),
        ("u", "underline"),
        ("ins", "underline"),
        ("s", "strikethrough"),
        ("strike", "strikethrough"),
        ("del", "strikethrough"),
        ("tg-spoiler", "spoiler"),
        ("code", "code"),
        ("pre", "pre"),
        ("blockquote", "blockquote"),
    ],
)
def test_each_allowed_tag_becomes_its_entity(tag: str, type_: str) -> None:
    assert parse_html(f"a <{tag}>b c</{tag}> d") == Words("a b c d", (Entity(type_, 2, 3),))


@pytest.mark.parametrize(
    "html,entity",
    [
        ('<span class="tg-spoiler">x</span>', Entity("spoiler", 0, 1)),
        ("<span class='tg-spoiler'>x</span>", Entity("spoiler", 0, 1)),
        ("<blockquote expandable>x</blockquote>", Entity("expandable_blockquote", 0, 1)),
        (
            '<a href="https://e.org/?a=1&amp;b=2">x</a>',
            Entity("text_link", 0, 1, url="https://e.org/?a=1&b=2"),
        ),
        ("<a href=E.org>x</a>", Entity("text_link", 0, 1, url="http://e.org/")),
        ('<a href="tg://user?id=42">x</a>', Entity("text_mention", 0, 1, user_id=42)),
        ('<tg-emoji emoji-id="77">x</tg-emoji>', Entity("custom_emoji", 0, 1, custom_emoji_id="77")),
        ('<pre><code class="language-py">x</code></pre>', Entity("pre", 0, 1, language="py")),
        ('<code class="language-py">x</code>', Entity("code", 0, 1)),
        ("<B>x</b>", Entity("bold", 0, 1)),
        ("<b>x</>", Entity("bold", 0, 1)),
    ],
)
def test_attributes_say_what_they_say_in_telegram(html: str, entity: Entity) -> None:
    assert parse_html(html) == Words("x", (entity,))


@pytest.mark.parametrize(
    "html,text",
    [
        ("&lt;&gt;&amp;&quot;", '<>&"'),
        ("&#1178;&#x49A;", "ҚҚ"),
        ("&lt x", "< x"),
        ("&nbsp;&apos;&laquo;&hellip;", "&nbsp;&apos;&laquo;&hellip;"),
        ("&amp;lt;", "&lt;"),
        ("a & b > c", "a & b > c"),
        ("&#0;&#99999999;", "&#0;&#99999999;"),
    ],
)
def test_only_four_names_and_numbers_decode(html: str, text: str) -> None:
    assert parse_html(html) == Words(text)


@pytest.mark.parametrize(
    "html,complaint",
    [
        ("Қ <p>x</p>", 'Unsupported start tag "p" at byte offset 3'),
        ("2 <3", "Unclosed start tag at byte offset 2"),
        ("2 < 3 > 1", 'Unsupported start tag "" at byte offset 2'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("🏙<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("🏙<b>x</i>", 'Unmatched end tag at byte offset 8, expected "</b>", found "</i>"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<a href='https://e.org/>x</a>", "Unclosed start tag at byte offset 0"),
        ("<a href=https://e.org/>x</a>", "Unexpected end of name token at byte offset 8"),
        ("<a ", "Unclosed start tag at byte offset 0"),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ("<a ='x'>x</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji emoji-id='x'>x</tg-emoji>", "Invalid custom emoji identifier specified"),
        (
            "&#xD800;",
            (
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            ),
        ),
    ],
)
def test_bad_markup_is_refused_with_its_byte_offset(html: str, complaint: str) -> None:
    with pytest.raises(InvalidMarkup) as refused:
        parse_html(html)
    assert str(refused.value) == complaint


def test_offsets_count_utf16_units() -> None:
    assert parse_html("🏙Қ<b>🏙</b>").entities == (Entity("bold", 3, 2),)


def test_entities_of_nothing_disappear() -> None:
    assert parse_html("a<b></b>") == Words("a")


def test_entities_come_in_telegrams_order() -> None:
    words = parse_html("<i><b><code>x</code></b> y</i>")
    assert [entity.type for entity in words.entities] == ["italic", "code", "bold"]


@pytest.mark.parametrize(
    "href", ["", "javascript:alert(1)", "https://", "https://localhost/", "ftp://e.org/", "/a"]
)
def test_an_invalid_href_vanishes_and_is_a_defect(href: str) -> None:
    words = parse_html(f'<a href="{href}">source</a>')
    assert words.entities == ()
    assert words.defects == (f"invalid href {href or 'source'!r} is dropped at UTF-16 offset 0",)


def test_an_unknown_attribute_is_a_defect() -> None:
    assert parse_html("<b class='x'>y</b>").defects == ('attribute "class" of the tag "b" is ignored',)


@pytest.mark.parametrize(
    "href,link",
    [
        ("https://Example.ORG", "https://example.org/"),
        ("https://e.org?q=a b", "https://e.org/?q=a%20b"),
        ("http://user@e.org:8080/a", "http://user@e.org:8080/a"),
        ("https://қаз.kz/жол", "https://қаз.kz/жол"),
        ("http://[::1]/", "http://[::1]/"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("e.org/x", "http://e.org/x"),
        ("https://e.org:99999/", None),
        ("https://e..org/", None),
        ("https://e org/", None),
        ("mailto:a@e.org", None),
    ],
)
def test_links_are_written_as_telegram_writes_them(href: str, link: str | None) -> None:
    assert checked_link(href) == link


def test_a_user_link_names_its_user() -> None:
    assert mentioned_user("tg://user?id=7") == 7
    assert mentioned_user("https://e.org/") is None


def test_a_link_in_a_link_is_dropped_and_a_defect() -> None:
    words = settle(parse_html('<a href="https://a.org/">x <a href="https://b.org/">y</a></a>'))
    assert [entity.url for entity in words.entities] == ["https://a.org/"]
    assert words.defects == ("text_link inside text_link is dropped at UTF-16 offset 2",)


def test_a_blockquote_in_a_blockquote_is_dropped_and_a_defect() -> None:
    words = settle(parse_html("<blockquote>x <blockquote expandable>y</blockquote></blockquote>"))
    assert words.entities == (Entity("blockquote", 0, 3),)
    assert words.defects == ("expandable_blockquote inside blockquote is dropped at UTF-16 offset 2",)


def test_a_blockquote_may_hold_links_and_code() -> None:
    words = settle(parse_html('<blockquote><a href="https://a.org/">x</a> <code>y</code></blockquote>'))
    assert [entity.type for entity in words.entities] == ["blockquote", "text_link", "code"]
    assert words.defects == ()


def test_bold_stops_where_code_begins() -> None:
    words = settle(parse_html("<b>x <code>y</code> z</b>"))
    assert words.entities == (Entity("bold", 0, 2), Entity("code", 2, 1), Entity("bold", 3, 2))
    assert words.defects == ("bold does not reach into code at UTF-16 offset 0",)


def test_bold_in_bold_is_one_bold() -> None:
    assert settle(parse_html("<b>x <b>y</b></b>")) == Words("x y", (Entity("bold", 0, 3),))


def test_styles_and_links_may_overlap() -> None:
    words = settle(parse_html('<b>x <a href="https://a.org/"><i>y</i></a></b>'))
    assert [entity.type for entity in words.entities] == ["bold", "text_link", "italic"]
    assert words.defects == ()


def test_ends_are_trimmed_and_entities_follow() -> None:
    assert trim(parse_html(" \n x <b>y </b>\n")) == Words("x y", (Entity("bold", 2, 1),))
    assert trim(parse_html("<b> x</b>")) == Words(" x", (Entity("bold", 0, 2),))
    assert trim(Words(" \n ")) == Words("")


@pytest.mark.parametrize(
    "text,found",
    [
        ("@crisisbot hi", [("mention", "@crisisbot")]),
        ("🏙 @crisisbot", [("mention", "@crisisbot")]),
        ("/ask what", [("bot_command", "/ask")]),
        ("/ask@CrisisBot what", [("bot_command", "/ask@CrisisBot")]),
        ("see https://e.org/a_(b), or e.org.", [("url", "https://e.org/a_(b"), ("url", "e.org")]),
        ("#Алматы and #2022", [("hashtag", "#Алматы")]),
        ("a@e.org", [("email", "a@e.org")]),
        ("and/or 1/2 me@", []),
        ("https://e.org/@name/#x", [("url", "https://e.org/@name/#x")]),
    ],
)
def test_plain_text_has_the_entities_telegram_finds(text: str, found: list[tuple[str, str]]) -> None:
    entities = find_entities(text)
    assert [(e.type, utf16_cut(text, e.offset, e.length)) for e in entities] == found


def test_nothing_is_found_in_code_or_links() -> None:
    words = parse_html('<code>@someone</code> <a href="https://e.org/">#tag</a>')
    assert [e.type for e in find_entities(words.text, words.entities)] == ["code", "text_link"]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_escaped_text_comes_back_whole(text: str) -> None:
    html = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    words = parse_html(f"<b>{html}</b>")
    assert words.text == text
    assert words.entities == ((Entity("bold", 0, utf16_length(text)),) if text else ())


@given(st.text("<>/&;#ab \"='ҚZ🏙", max_size=40))
def test_any_text_parses_or_is_refused(html: str) -> None:
    try:
        words = settle(parse_html(html))
    except InvalidMarkup:
        return
    assert all(e.offset >= 0 and e.end <= utf16_length(words.text) for e in words.entities)
