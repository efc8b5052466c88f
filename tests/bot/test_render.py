from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import render
from bot.buttons import ShowCard, ShowContext, ShowPage, parse
from bot.messages import messages_for
from bot.telegram_html import LONGEST_MESSAGE, fitting, length, write_html
from bot.tree import Bold, Link, Name, Quote, Reply, Underline, plain
from bot.visible import visible
from corpus.articles import ArticleId, Published, Revision, RevisionId, Since
from corpus.copies import Copy
from corpus.languages import Language
from corpus.passages import LONGEST_SENTENCE, Span
from corpus.stored import CorpusSummary, PassageId
from index.answers import Evidence, Reference
from index.confidence import Outcome
from tests.fakes.bot_api_text import read_text
from tests.fakes.telegram import FakeTelegram

if TYPE_CHECKING:
    from collections.abc import Sequence

ENGLISH = messages_for("en")
CALLS = {"mention", "text_mention", "bot_command", "url", "email", "hashtag", "cashtag", "phone_number"}
EMPTY = CorpusSummary(0, 0, (), None, None)
SOME = CorpusSummary(21, 99, (Language.RUSSIAN, Language.OTHER), "2022-01-02", "2022-01-19")


def evidence(  # noqa: PLR0913 (each is one thing that an article may hold)
    quote: str = "Two men were held.",
    *,
    before: str = "It was late. ",
    after: str = " Nobody else was.",
    title: str = "Two held",
    source: str = "Gazette",
    url: str | None = None,
    published: Published | None = date(2022, 1, 5),
    number: int = 1,
    language: Language = Language.ENGLISH,
    marks: Sequence[tuple[int, int]] = (),
    answer: tuple[int, int] | None = None,
) -> Evidence:
    """Make evidence; `marks` and `answer` count from the quote's beginning."""
    text = before + quote + after
    start, end = len(before), len(before) + len(quote)
    revision = Revision(
        RevisionId(number), ArticleId(number), 1, title, text, source, None, url, published,
        language, "test", datetime(2022, 1, 6, tzinfo=UTC),
    )  # fmt: skip
    around = (Span(0, max(0, start - 1)), Span(start, end), Span(end + 1, len(text)))
    marked, *winning = [Span(start + a, start + b) for a, b in (answer or (0, 0), *marks)]
    return Evidence(
        PassageId(number), revision, number, Span(start, end), around,
        marks=tuple(winning), answer=marked if answer else None,
    )  # fmt: skip


def test_a_card_quotes_and_cites() -> None:
    reply = render.card(Outcome.ANSWERED, [evidence(), evidence(number=2)], ENGLISH, page=0, more=False)

    assert plain(reply.nodes) == (
        "Two men were held.\n[1] Two held — Gazette, 5 January 2022\n\n"
        "Two men were held.\n[2] Two held — Gazette, 5 January 2022"
    )
    quotes = [node for node in reply.nodes if isinstance(node, Quote)]
    assert quotes == [Quote(("Two men were held.",)), Quote(("Two men were held.",), expandable=True)]
    assert [button.label for row in reply.buttons for button in row] == ["In context"]


def test_a_card_shows_the_words_that_answer_and_those_that_made_it_win() -> None:
    found = evidence("Two men were held.", marks=[(4, 7), (13, 17)], answer=(0, 7))

    card = render.card(Outcome.ANSWERED, [found], ENGLISH, page=0, more=False)

    assert card.nodes[0] == Quote(
        (Bold("Two "), Underline("men", bold=True), " were ", Underline("held"), ".")
    )
    assert write_html(card.nodes).startswith(
        "<blockquote><b>Two </b><u><b>men</b></u> were <u>held</u>.</blockquote>\n"
    )


@pytest.mark.parametrize(
    "asker,language,named",
    [
        ("en", Language.ENGLISH, ""),
        ("en", Language.RUSSIAN, ", in Russian"),
        ("en", Language.KAZAKH, ", in Kazakh"),
        ("en", Language.OTHER, ", in another language"),
        ("ru", Language.RUSSIAN, ""),
        ("ru", Language.ENGLISH, ", на английском"),
        ("ru", Language.KAZAKH, ", на казахском"),
        ("ru", Language.OTHER, ", на другом языке"),
        ("kk", Language.KAZAKH, ""),
        ("kk", Language.ENGLISH, ", ағылшын тілінде"),
        ("kk", Language.RUSSIAN, ", орыс тілінде"),
        ("kk", Language.OTHER, ", басқа тілде"),
    ],
)
def test_a_passage_in_another_language_than_the_askers_says_so(
    asker: str, language: Language, named: str
) -> None:
    messages, found = messages_for(asker), evidence(language=language)
    press = ShowContext(Outcome.ANSWERED, 0, (found.reference,))
    day = messages.date(date(2022, 1, 5))

    for reply in (
        render.card(Outcome.ANSWERED, [found], messages, page=0, more=False),
        render.in_context(press, [found], messages),
        render.alone(found, messages),
    ):
        assert plain(reply.nodes).endswith(f"[1] Two held — Gazette, {day}{named}")


def copies(*sources: str) -> tuple[Copy, ...]:
    """Make places in other articles, of these sources."""
    return tuple(
        Copy(
            ArticleId(50 + number), RevisionId(50 + number), 0, "Two men held", source, None, None,
            datetime(2022, 1, 6, tzinfo=UTC),
        )
        for number, source in enumerate(sources)
    )  # fmt: skip


@pytest.mark.parametrize(
    "number,english,russian,kazakh",
    [
        (1, "also in 1 source", "ещё в 1 источнике", "тағы 1 дереккөзде"),
        (3, "also in 3 sources", "ещё в 3 источниках", "тағы 3 дереккөзде"),
        (5, "also in 5 sources", "ещё в 5 источниках", "тағы 5 дереккөзде"),
        (21, "also in 21 sources", "ещё в 21 источнике", "тағы 21 дереккөзде"),
    ],
)
def test_a_sentence_of_several_sources_says_in_how_many_more_it_stands(
    number: int, english: str, russian: str, kazakh: str
) -> None:
    one = replace(evidence(), also=copies(*(f"Wire {n}" for n in range(number))))

    for language, said in (("en", english), ("ru", russian), ("kk", kazakh)):
        shown = render.card(Outcome.ANSWERED, [one], messages_for(language), page=0, more=False)
        assert plain(shown.nodes).endswith(f" · {said}")


def test_a_source_counts_once_and_the_one_that_is_shown_does_not() -> None:
    several = replace(evidence(source="Gazette"), also=copies("Post", "POST", "gazette", "Times"))
    own = replace(evidence(source="Gazette"), also=copies("Gazette"))

    assert plain(render.alone(several, ENGLISH).nodes).endswith("5 January 2022 · also in 2 sources")
    assert plain(render.alone(own, ENGLISH).nodes).endswith("5 January 2022")


@pytest.mark.parametrize(
    "language,changed,removed",
    [
        ("en", "5 January 2022 (changed since)", "[1] This article was removed since."),
        ("ru", "на английском (с тех пор изменена)", "[1] Эта статья с тех пор удалена."),
        ("kk", "тілінде (содан бері өзгертілді)", "[1] Бұл мақала содан бері алынып тасталды."),
    ],
)
def test_a_citation_says_that_its_article_was_changed_or_removed_since(
    language: str, changed: str, removed: str
) -> None:
    one, messages = evidence(), messages_for(language)
    of_old = replace(one, revision=replace(one.revision, since=Since.CHANGED))
    of_removed = replace(one, revision=replace(one.revision, since=Since.REMOVED))

    assert plain(render.alone(of_old, messages).nodes).endswith(changed)
    assert plain(render.alone(of_removed, messages).nodes) == removed
    card = render.card(Outcome.ANSWERED, [of_removed, one], messages, page=0, more=False)
    assert [one.children for one in card.nodes if isinstance(one, Quote)] == [("Two men were held.",)]
    assert plain(card.nodes).startswith(f"{removed}\n\n")


def test_the_closest_passages_are_called_that() -> None:
    reply = render.card(Outcome.CLOSEST, [evidence()], messages_for("ru"), page=0, more=False)

    assert reply.nodes[0] == "Ясного ответа в статьях нет. Самые близкие отрывки:"


def test_a_later_page_goes_on_counting_and_leads_both_ways() -> None:
    reply = render.card(Outcome.ANSWERED, [evidence(number=7)], ENGLISH, page=2, more=True)

    assert "[7] " in plain(reply.nodes)
    assert [button.label for button in reply.buttons[0]] == ["In context", "Back", "More"]
    presses = [parse(button.data) for button in reply.buttons[0]]
    here = (Reference(RevisionId(7), 7),)
    assert presses == [ShowContext(Outcome.ANSWERED, 2, here), ShowPage(1), ShowPage(3)]


def test_context_shows_the_quote_in_bold_among_its_neighbours() -> None:
    press = ShowContext(Outcome.CLOSEST, 1, (Reference(RevisionId(1), 1),))

    reply = render.in_context(press, [evidence(url="https://e.org/a")], ENGLISH)

    assert reply.nodes[:3] == (
        Quote(
            (Bold("Two men were held."),), expandable=True, before="It was late. ", after=" Nobody else was."
        ),
        "\n[4] ",
        Link("Two held", "https://e.org/a#:~:text=Two%20men%20were%20held."),
    )
    [[back]] = reply.buttons
    assert (back.label, parse(back.data)) == ("Back", ShowCard(Outcome.CLOSEST, 1, press.references))


def test_a_passage_alone_has_no_buttons() -> None:
    reply = render.alone(evidence(published=None, title="@all"), ENGLISH)

    assert (
        plain(reply.nodes)
        == "It was late. Two men were held. Nobody else was.\n[1] @all — Gazette, no date given"
    )
    assert Name("@all") in reply.nodes
    assert reply.buttons == ()


def test_the_end_leads_back() -> None:
    reply = render.end(ENGLISH, page=3)

    assert reply.nodes == ("That was all.",)
    assert parse(reply.buttons[0][0].data) == ShowPage(2)
    assert parse(render.end(ENGLISH, page=0).buttons[0][0].data) == ShowPage(0)


def test_nothing_says_what_the_articles_cover() -> None:
    assert plain(render.nothing(EMPTY, ENGLISH).nodes) == (
        "There are no articles yet, so there is nothing to answer from."
    )
    assert plain(render.sources(EMPTY, [], [], ENGLISH).nodes) == plain(render.nothing(EMPTY, ENGLISH).nodes)
    assert "21 article" in plain(render.nothing(SOME, ENGLISH).nodes)


@pytest.mark.parametrize(
    "language,line",
    [
        ("en", "I looked for: arrested, Massimov"),
        ("ru", "Поиск шёл по словам: arrested, Massimov"),
        ("kk", "Іздеген сөздерім: arrested, Massimov"),
    ],
)
def test_nothing_says_what_was_looked_for(language: str, line: str) -> None:
    messages = messages_for(language)

    said = plain(render.nothing(SOME, messages, looked_for=["arrested", "Massimov"]).nodes).splitlines()

    assert said[:3] == [messages.say("The articles do not answer this, as far as I can find."), line, ""]


@pytest.mark.parametrize(
    "words,named",
    [
        (["one", "One", "ONE", "two"], "one, two"),
        (list("abcdefgh"), "a, b, c, d, e, f, g, h"),
        (list("abcdefghijk"), "a, b, c, d, e, f, g, h, …"),
        (["x" * 40, "y" * 41], f"{'x' * 40}, {'y' * 39}…"),
        (["so\u00adft\u202e", "a\x1b[2J"], "soft, a [2J"),
    ],
)
def test_the_words_that_were_looked_for_are_few_and_harmless(words: list[str], named: str) -> None:
    nodes = render.nothing(SOME, ENGLISH, looked_for=words).nodes

    assert plain(nodes).splitlines()[1] == f"I looked for: {named}"
    assert Name(named) in nodes


def test_where_no_word_tells_nothing_is_named() -> None:
    assert "I looked for" not in plain(render.nothing(SOME, ENGLISH).nodes)


@pytest.mark.parametrize(
    "language,covered",
    [
        ("en", "21 articles; published 2 January 2022 – 19 January 2022; Russian, other languages."),
        ("ru", "21 статья; опубликованы с 2 января 2022 г. по 19 января 2022 г.; русский, другие языки."),
        ("kk", "21 мақала; жарияланған күндері: 2022 ж. 2 қаңтар – 2022 ж. 19 қаңтар; орыс, басқа тілдер."),
    ],
)
def test_coverage_is_one_sentence(language: str, covered: str) -> None:
    assert render.coverage(SOME, messages_for(language)).replace("\u202f", " ") == covered


def test_sources_are_listed_with_the_latest_articles() -> None:
    latest = [evidence(url="https://e.org/a").revision, evidence(title="@b", published=None).revision]

    reply = render.sources(SOME, [("Gazette", 20), ("@channel", 1)], latest, ENGLISH)

    assert plain(reply.nodes).splitlines()[2:] == [
        "Sources",
        "• Gazette (20)",
        "• @channel (1)",
        "",
        "Latest articles",
        "• Two held — 5 January 2022",
        "• @b — no date given",
    ]
    assert {Name("@channel"), Link("Two held", "https://e.org/a"), Name("@b")} <= set(reply.nodes)


def test_names_are_shortened_and_quotes_are_not() -> None:
    quote = "word " * (LONGEST_SENTENCE // 5 - 1) + "word."

    shown = plain(
        render.card(Outcome.ANSWERED, [evidence(quote, title="t" * 300)], ENGLISH, page=0, more=False).nodes
    )

    assert shown == f"{quote}\n[1] {'t' * 119}… — Gazette, 5 January 2022"


ODD = st.sampled_from(
    [
        "<b>", "</code>", "&amp;", "<", "&", '"', "@durov", "a@b.com", "/start", "#tag", "tg://user?id=5",
        "news.kz", "https://e.org/<x>", "😀", "\u202eabc", "שלום", "\u200b@x1y", "می\u200cخ", "\n", "\r",
        "\x1b[31m", " ",
    ]
)  # fmt: skip
TEXTS = st.lists(st.one_of(ODD, st.text(st.characters(exclude_categories=["Cs"]), max_size=6)), max_size=20)
LINES = TEXTS.map("".join)
URLS = st.sampled_from([None, "https://e.org/a?b=1&c=2", 'https://e.org/"quoted"/<x>#y', "http://қаз.kz/жол"])
SPANS = st.tuples(st.integers(0, 40), st.integers(0, 20)).map(lambda pair: (pair[0], sum(pair)))
FOUND = st.lists(
    st.builds(
        evidence, LINES, before=LINES, after=LINES, title=LINES, source=LINES, url=URLS,
        marks=st.lists(SPANS, max_size=5), answer=st.none() | SPANS,
    ),
    min_size=1,
    max_size=3,
)  # fmt: skip


@given(found=FOUND, in_context=st.booleans(), language=st.sampled_from(["en", "ru", "kk"]))
def test_whatever_articles_hold_a_card_quotes_it_word_for_word(
    found: list[Evidence],
    *,
    in_context: bool,
    language: str,
) -> None:
    messages, telegram = messages_for(language), FakeTelegram()
    press = ShowContext(Outcome.CLOSEST, 0, tuple(one.reference for one in found))
    reply = (
        render.in_context(press, found, messages)
        if in_context
        else render.card(Outcome.CLOSEST, found, messages, page=0, more=True)
    )
    nodes = (".", *fitting(reply))  # Telegram strips what a message begins with

    content = read_text(telegram, {"text": write_html(nodes), "parse_mode": "HTML"})

    assert content.text == plain(nodes).rstrip(" \n")
    assert {entity["type"] for entity in content.entities} & CALLS == set()
    assert telegram.defects == []
    assert length(fitting(reply)) <= LONGEST_MESSAGE
    quotes = [node for node in reply.nodes if isinstance(node, Quote)]
    assert [plain([quote]) for quote in quotes] == (
        [visible(one.before) + visible(one.quote) + visible(one.after) for one in found]
        if in_context
        else [visible(one.quote) for one in found]
    )


@given(st.lists(st.tuples(st.integers(1, 1000), st.sampled_from("aҚ😀")), min_size=1, max_size=3))
def test_the_longest_quotes_stay_whole(sizes: list[tuple[int, str]]) -> None:
    found = [evidence(letter * size, title="t" * 300, source="s" * 300) for size, letter in sizes]

    reply = render.card(Outcome.CLOSEST, found, ENGLISH, page=0, more=True)
    fitted = fitting(reply)

    kept = [node for node in fitted if isinstance(node, Quote)]
    assert 1 <= len(kept) <= len(found)
    assert [plain([quote]) for quote in kept] == [one.quote for one in found[: len(kept)]]
    assert length(fitted) <= LONGEST_MESSAGE
    assert isinstance(reply, Reply)
