from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram_html import LONGEST_MESSAGE, MOST_ENTITIES, entities, fitting, length, write_html
from bot.tree import Bold, Link, Name, Node, Quote, Reply, Run, Underline, plain, run
from bot.visible import visible
from tests.fakes.bot_api_text import read_text
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_entities import utf16_length

#: What a text may hold against us: markup, whatever Telegram makes active, and characters of every width.
TROUBLE = [
    "<b>", "</blockquote>", "<code>", "</code>", "&amp;", "&lt", "&", "<", ">", '"', "'", "&#64;", "@durov",
    "a@b.com", "/start", "/start@bot", "#tag", "$TSLA", "tg://user?id=5", "https://e.org/<x>?a=1&b=2",
    "news.kz", "and/or", "24/7", "http://", "://", "@", "/", "😀", "👨\u200d👩\u200d👧", "\u202eabc", "שלום",
    "می\u200cخواهم", "\u200b@x1y", "e\u0301", "Қазақстан", "\ufeff", "\n", "\x1b[31m", ".", ",", " ", "word",
    "слово", "\ud7ff", "\U0010ffff", "t.me/joinchat",
]  # fmt: skip
TEXTS = (
    st.lists(st.one_of(st.sampled_from(TROUBLE), st.text(max_size=5)), max_size=25).map("".join).map(visible)
)
CALLS = {"mention", "text_mention", "bot_command", "url", "email", "hashtag", "cashtag", "phone_number"}


def sent(nodes: tuple[Node, ...]) -> tuple[str, list[dict[str, object]], list[str]]:
    """Send nodes; return the text and the entities that arrive, and what got lost."""
    telegram = FakeTelegram()
    content = read_text(telegram, {"text": "." + write_html(nodes) + ".", "parse_mode": "HTML"})
    return content.text[1:-1], list(content.entities), telegram.defects


@given(before=TEXTS, quote=TEXTS, after=TEXTS, title=TEXTS, source=TEXTS, linked=st.booleans())
def test_whatever_articles_hold_arrives_word_for_word_and_calls_nobody(
    before: str, quote: str, after: str, title: str, source: str, *, linked: bool
) -> None:
    named: Node = Link(title, "https://e.org/a?b=1&c=%22#:~:text=x") if linked else Name(title)
    card = Quote((quote,))
    context = Quote((Bold(quote),), expandable=True, before=before, after=after)

    text, entities, defects = sent((card, "\n", context, "[1] ", named, " — ", Name(source)))

    assert text == f"{quote}\n{before}{quote}{after}[1] {title} — {source}"
    assert {entity["type"] for entity in entities} & CALLS == set()
    links = [entity["url"] for entity in entities if entity["type"] == "text_link"]
    assert links == (["https://e.org/a?b=1&c=%22#:~:text=x"] if linked and title else [])
    assert defects == []


@pytest.mark.parametrize(
    "text,html",
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("ask @durov now", "ask <code>@durov</code> now"),
        ("write to a@b.kz, now", "write to a<code>@b.kz,</code> now"),
        ("press /start", "press <code>/start</code>"),
        ("see https://e.org/?a&b.", "see <code>https://e.org/?a&amp;b.</code>"),
        ("Tengrinews.kz said", "<code>Tengrinews.kz</code> said"),
        ("and/or 24/7, 9 p.m. on 10.01.2022", "and/or 24/7, 9 p.m. on 10.01.2022"),
    ],
)
def test_only_what_would_become_active_is_written_as_code(text: str, html: str) -> None:
    assert write_html((Quote((text,)),)) == f"<blockquote>{html}</blockquote>"
    assert write_html((Name(text),)) == html


def test_where_much_would_become_active_all_of_it_is_code() -> None:
    five, thirteen = ("".join(f"#a{number} & " for number in range(count)) for count in (5, 13))

    assert write_html((Name(five),)) == f"<code>{html.escape(five)}</code>"
    assert write_html((Quote((five,)),)).count("<code>") == 5
    assert write_html((Quote((Bold(thirteen),), before="It was late. "),)) == (
        f"<blockquote><code>It was late. {html.escape(thirteen)}</code></blockquote>"
    )


def test_styles_nest_and_pause_for_code() -> None:
    quote = Quote((Bold("Two "), Underline("men", bold=True), " were ", Underline("held & hidden"), "."))

    assert write_html((quote,)) == (
        "<blockquote><b>Two </b><u><b>men</b></u> were <u>held &amp; hidden</u>.</blockquote>"
    )
    text, arrived, defects = sent((quote,))
    assert (text, defects) == ("Two men were held & hidden.", [])
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in arrived] == [
        ("blockquote", 1, 27), ("bold", 1, 4), ("bold", 5, 3), ("underline", 5, 3), ("underline", 14, 13),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "runs,written",
    [
        (("see ", Underline("news"), ".kz"), "see <code>news.kz</code>"),
        (("ask @", Bold("durov"), " now"), "ask <code>@durov</code> now"),
        ((Underline("ask"), " ", Underline("@du"), "rov"), "<u>ask</u> <code>@durov</code>"),
        ((Bold("a/"), Underline("start", bold=True)), "<b>a/</b><u><b>start</b></u>"),
    ],
)
def test_what_would_become_active_is_seen_across_runs(runs: tuple[Run, ...], written: str) -> None:
    assert write_html((Quote(runs),)) == f"<blockquote>{written}</blockquote>"


def test_bold_pauses_for_code() -> None:
    written = write_html((Quote((Bold("ask @durov now"),), expandable=True),))

    assert written == "<blockquote expandable><b>ask </b><code>@durov</code><b> now</b></blockquote>"
    assert write_html((Bold("a<b"), Link("<t>", 'https://e.org/"'))) == (
        '<b>a&lt;b</b><a href="https://e.org/&quot;">&lt;t&gt;</a>'
    )


def test_our_own_commands_stay_active() -> None:
    text, entities, _ = sent(("/help tells more.",))

    assert text == "/help tells more."
    assert entities == [{"type": "bot_command", "offset": 1, "length": 5}]


def test_a_length_counts_utf16_without_markup() -> None:
    nodes = ("a<", Bold("😀"), Link("b", "https://e.org/long"), Quote(("Қ", Bold("&"))), Name("c"))

    assert length(nodes) == 2 + 2 + 1 + 2 + 1
    assert plain(nodes) == "a<😀bҚ&c"


LONG = st.integers(0, 2_500).map(lambda size: "слово " * (size // 6))


def has_neighbours(quote: Quote) -> bool:
    return bool(quote.before or quote.after)


@given(
    st.lists(st.tuples(LONG, st.integers(1, 1_000), LONG), min_size=1, max_size=5), st.sampled_from("aҚ😀")
)
def test_a_reply_is_cut_at_passages_and_never_in_a_quote(
    passages: list[tuple[str, int, str]], letter: str
) -> None:
    nodes: list[Node] = []
    for number, (before, size, after) in enumerate(passages, start=1):
        children = (Bold(letter * (size - 1)), Underline(letter, bold=True))
        quote = Quote(children, expandable=True, before=before, after=after)
        nodes += [quote, f"\n[{number}] ", Link("t" * 120, "https://e.org/"), " — source\n\n"]

    fitted = fitting(Reply(tuple(nodes)))

    assert 0 < length(fitted) <= LONGEST_MESSAGE == 4096
    assert utf16_length(plain(fitted)) == length(fitted)
    kept = [node for node in fitted if isinstance(node, Quote)]
    asked = [node for node in nodes if isinstance(node, Quote)]
    assert [quote.children for quote in kept] == [quote.children for quote in asked[: len(kept)]]
    whole = [quote in asked for quote in kept]
    assert whole == sorted(whole, reverse=True)  # neighbours go from the end
    assert len(kept) == len(asked) or not any(map(has_neighbours, kept))  # all of them before any passage
    assert len([node for node in fitted if isinstance(node, Link)]) == len(kept)
    text, _, defects = sent(fitted) if length(fitted) < LONGEST_MESSAGE - 2 else ("", [], [])
    assert defects == []
    assert text in ("", plain(fitted))


def test_a_list_that_is_too_long_ends_earlier() -> None:
    lines = tuple(f"• {number:04} {'x' * 90}\n" for number in range(100))

    assert fitting(Reply(lines)) == lines[:41]


def test_quotes_with_too_many_styles_lose_them_from_the_last_one_on_and_never_a_word() -> None:
    quotes = [
        Quote(tuple(run for n in range(20) for run in (f"{q}. ", Underline(f"{n}", bold=True))))
        for q in "abc"
    ]

    fitted = fitting(Reply((*quotes, Link("t", "https://e.org/"))))

    assert fitted[:2] == tuple(quotes[:2])
    assert fitted[2] == Quote((plain(quotes[2].children),))
    assert plain(fitted) == plain((*quotes, "t"))
    assert entities(fitted) == 2 * (1 + 2 * 20) + 1 + 1
    _, arrived, defects = sent(fitted)
    assert (len(arrived), defects) == (84, [])


STYLED = st.lists(
    st.tuples(st.sampled_from(TROUBLE).map(visible), st.booleans(), st.booleans()), max_size=45
).map(lambda runs: tuple(run(text, bold=bold, underlined=under) for text, bold, under in runs))


@given(quotes=st.lists(st.builds(Quote, STYLED, before=TEXTS, after=TEXTS), min_size=1, max_size=3))
def test_whatever_is_styled_arrives_word_for_word_and_calls_nobody(quotes: list[Quote]) -> None:
    fitted = fitting(Reply(tuple(node for quote in quotes for node in (quote, "\n[1] title\n\n"))))

    text, arrived, defects = sent(fitted)

    assert text == plain(fitted)
    assert plain(fitted) == "".join(f"{plain((quote,))}\n[1] title\n\n" for quote in quotes)
    assert {entity["type"] for entity in arrived} & CALLS == set()
    assert defects == []
    assert len(arrived) <= entities(fitted) <= MOST_ENTITIES


def test_what_fits_stays_as_it_is() -> None:
    reply = Reply((Quote(("a" * 4095,)), "b"))

    assert fitting(reply) is reply.nodes
