from __future__ import annotations

import base64
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.buttons import ShowCard, ShowContext, ShowPage, parse
from bot.desk import SOURCES, Desk
from bot.messages import messages_for
from bot.render import PAGE
from bot.tree import Bold, Quote, Reply, plain
from corpus.articles import RevisionId
from corpus.database import sqlite_url
from corpus.store import Corpus
from index.answers import LONGEST_QUESTION, Problem, Reference
from index.confidence import Outcome
from index.engine import Engine
from tests.fakes.encoder import FakeEncoder
from tests.fakes.news import SHOW_ALL, article

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from corpus.articles import Revision

ARRESTED = "who was arrested?"
MASSIMOV = (
    "Karim Massimov, the former head of Kazakhstan's National Security Committee, has been arrested on "
    "suspicion of treason, the committee said on 8 January."
)


def quotes(reply: Reply) -> list[str]:
    return [plain([node]) for node in reply.nodes if isinstance(node, Quote)]


def numbers(reply: Reply) -> list[int]:
    return [int(number) for number in re.findall(r"\[(\d+)\]", plain(reply.nodes))]


def labels(reply: Reply) -> list[str]:
    return [button.label for row in reply.buttons for button in row]


def press_of(reply: Reply, label: str) -> ShowContext | ShowCard | ShowPage:
    [data] = [button.data for row in reply.buttons for button in row if button.label == label]
    press = parse(data)
    assert press is not None
    return press


def ask_payload(question: str) -> str:
    return "ask-" + base64.urlsafe_b64encode(question.encode()).decode().rstrip("=")


def test_a_card_quotes_articles_verbatim(desk: Desk, corpus: Corpus) -> None:
    reply = desk.answer(ARRESTED, "en")

    assert quotes(reply)[0] == MASSIMOV
    assert numbers(reply) == [1, 2, 3][: len(quotes(reply))]
    for quote in quotes(reply):
        assert any(quote in revision.text for revision in corpus.articles())


@pytest.mark.parametrize(
    "question,language,button",
    [
        ("who was arrested?", "kk", "In context"),
        ("кто арестован?", "en", "В контексте"),
        ("кім ұсталды?", "ru", "Контексте"),
    ],
)
def test_the_questions_language_is_spoken(desk: Desk, question: str, language: str, button: str) -> None:
    assert labels(desk.answer(question, language))[0] == button


def test_a_question_in_no_language_of_ours_is_answered_in_the_persons(desk: Desk) -> None:
    reply = desk.answer("彼は逮捕されましたか", "ru")

    assert plain(reply.nodes).startswith("Ответа на это в статьях не нашлось.")


@pytest.mark.parametrize(
    "question,line",
    [
        ("How do I bake bread?", "I looked for: bake, bread"),
        ("Как испечь хлеб?", "Поиск шёл по словам: испечь, хлеб"),
        ("Нанды қалай пісіреді?", "Іздеген сөздерім: Нанды, пісіреді"),
    ],
)
def test_a_refusal_names_the_words_that_were_looked_for(desk: Desk, question: str, line: str) -> None:
    assert plain(desk.answer(question, "en").nodes).splitlines()[1] == line


def test_the_longest_question_is_answered_and_a_longer_one_is_not(desk: Desk) -> None:
    longest = (ARRESTED + " ") * (LONGEST_QUESTION // (len(ARRESTED) + 1))

    assert len(" ".join(longest.split())) <= LONGEST_QUESTION
    assert "500" not in plain(desk.answer(longest, "en").nodes)
    assert plain(desk.answer("a" * (LONGEST_QUESTION + 1), "ru").nodes) == (
        "Для вопроса это слишком длинно: я читаю до 500 знаков. Пожалуйста, сократите."
    )


@pytest.mark.parametrize(
    "text,problem", [("", Problem.EMPTY), (" \n", Problem.EMPTY), ("🙂?!", Problem.NO_WORDS)]
)
def test_what_is_no_question_is_explained(desk: Desk, text: str, problem: Problem) -> None:
    assert desk.answer(text, "kk") == desk.explain(problem, "kk")
    assert desk.explain(problem, "kk") != desk.explain(problem, "en")


def test_links_carry_a_passage_or_a_question(desk: Desk) -> None:
    reference = press_of(desk.answer(ARRESTED, "en"), "In context").references[0]  # type: ignore[union-attr]

    seen = desk.greet("en", f"see-{reference.revision_id}-{reference.position}")

    [quote] = [node for node in seen.nodes if isinstance(node, Quote)]
    assert Bold(MASSIMOV) in quote.children
    assert desk.greet("en", ask_payload(ARRESTED)) == desk.answer(ARRESTED, "en")
    assert desk.greet("en", ask_payload("кім?")) == desk.answer("кім?", "en")
    assert desk.greet("en", ask_payload("")) == desk.explain(Problem.EMPTY, "en")


@pytest.mark.parametrize(
    "payload",
    [
        "", "see-0-0", "see-1", "see-1-999999999", "see-１-1", "see-999999999999999999-0", "ask-!", "ask-_w",
        "ask-a", "ask-w 6w", "utm", "💥",
    ],
)  # fmt: skip
def test_other_links_greet(desk: Desk, payload: str) -> None:
    assert desk.greet("ru", payload) == desk.greet("ru")


def test_help_and_sources_speak_the_persons_language(desk: Desk) -> None:
    assert "/ask" in plain(desk.help("kk").nodes)
    assert len({desk.help(code) for code in ("en", "ru", "kk", None)}) == 3
    assert plain(desk.sources("ru").nodes).count("\n• ") == 1 + 8
    assert "30 статей" in plain(desk.greet("ru").nodes)


# From here on an engine that shows whatever is found, so that there are pages to turn.


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Corpus]:
    opened = Corpus.open(sqlite_url(tmp_path / "corpus.sqlite"))
    for number in range(7):
        text = f"It was cold. The mayor was held on day {number}. Nobody knew why."
        opened.put(article(str(number), text, title=f"Day {number}"))
    yield opened
    opened.close()


@pytest.fixture
def paging(tmp_path: Path, small: Corpus) -> Desk:
    return Desk(Engine(tmp_path / "index", small, FakeEncoder(), calibration=SHOW_ALL), small)


QUESTION = "who was held on which day"


def test_pages_follow_each_other_without_repeating_anything(paging: Desk) -> None:
    pages = [paging.answer(QUESTION, "en")]
    while "More" in labels(pages[-1]):
        following = paging.press(press_of(pages[-1], "More"), QUESTION, "en")
        assert following is not None
        pages.append(following)

    shown = [quote for page in pages for quote in quotes(page)]
    assert len(shown) == len(set(shown)) >= 7
    assert [number for page in pages for number in numbers(page)] == list(range(1, len(shown) + 1))
    assert all(len(quotes(page)) == PAGE for page in pages[:-1])
    assert [labels(page) for page in (pages[0], pages[1], pages[-1])] == [
        ["In context", "More"],
        ["In context", "Back", "More"],
        ["In context", "Back"],
    ]
    assert paging.press(press_of(pages[1], "Back"), QUESTION, "en") == pages[0]


def test_context_leads_back_to_the_very_page(paging: Desk) -> None:
    second = paging.answer(QUESTION, "en", page=1)

    context = paging.press(press_of(second, "In context"), QUESTION, "en")

    assert context is not None
    assert numbers(context) == [4, 5, 6]
    assert paging.press(press_of(context, "Back"), QUESTION, "en") == second


def test_without_the_question_context_and_its_card_are_still_there(paging: Desk) -> None:
    card = paging.answer(QUESTION, "en")

    context = paging.press(press_of(card, "In context"), None, "en")
    assert context is not None
    back = paging.press(press_of(context, "Back"), None, "en")

    assert back is not None
    assert quotes(back) == quotes(card)
    assert labels(back) == ["In context"]
    assert paging.press(press_of(card, "More"), None, "en") is None


@pytest.mark.parametrize("edited", ["", "🙂", "a" * 501])
def test_a_question_that_was_edited_into_none_counts_as_gone(paging: Desk, edited: str) -> None:
    card = paging.answer(QUESTION, "en")

    assert paging.press(press_of(card, "More"), edited, "en") is None
    assert paging.press(press_of(card, "In context"), edited, "en") is not None


def test_buttons_under_a_linked_question_know_it(paging: Desk) -> None:
    card = paging.answer(QUESTION, "en")

    assert paging.press(press_of(card, "More"), ask_payload(QUESTION), "en") == paging.answer(
        QUESTION, "en", page=1
    )


def first_of(press: object, corpus: Corpus) -> Revision:
    """The revision of the first passage that a button shows in context."""
    assert isinstance(press, ShowContext)
    reference = press.references[0]
    return corpus.passages_at([(reference.revision_id, reference.position)])[0].revision


def test_of_a_removed_article_an_old_card_says_only_that_it_was_removed(paging: Desk, small: Corpus) -> None:
    card = paging.answer(QUESTION, "en")
    press = press_of(card, "In context")
    first = first_of(press, small)

    small.remove(first.article_id, because="test")

    left = paging.press(press, QUESTION, "en")
    assert left is not None
    assert numbers(left) == numbers(card)
    assert plain(left.nodes).startswith("[1] This article was removed since.\n\nIt was cold.")
    assert quotes(left) == [
        f"It was cold. {quote} Nobody knew why." for quote in quotes(card) if first.title[-1] not in quote
    ]
    assert first.title not in plain(left.nodes)
    seen = paging.greet("en", f"see-{first.id}-1")
    assert (plain(seen.nodes), seen.buttons) == ("[1] This article was removed since.", ())


def test_of_a_changed_article_an_old_card_shows_what_it_said_and_that_it_changed(
    paging: Desk, small: Corpus
) -> None:
    card = paging.answer(QUESTION, "ru")
    press = press_of(card, "In context")
    first = first_of(press, small)
    key = small.keys()[first.article_id]

    small.put(article(key, "The mayor is free.", title=first.title))

    context = paging.press(press, QUESTION, "en")
    assert context is not None
    assert quotes(context)[0] == first.text
    assert plain(context.nodes).count("changed since") == 1
    assert f"[1] {first.title} — Test, no date given (changed since)\n\n" in plain(context.nodes)
    seen = plain(paging.greet("ru", f"see-{first.id}-1").nodes)
    assert seen.endswith("(с тех пор изменена)")


def test_nothing_is_left_of_a_purged_article_on_an_old_card(paging: Desk, small: Corpus) -> None:
    press = press_of(paging.answer(QUESTION, "en"), "In context")
    assert isinstance(press, ShowContext)
    for revision in small.articles():
        small.purge(revision.article_id, because="test")

    assert paging.press(press, QUESTION, "en") is None
    assert paging.greet("en", f"see-{press.references[0].revision_id}-0") == paging.greet("en")


def test_a_page_beyond_the_last_leads_back(paging: Desk) -> None:
    reply = paging.press(ShowPage(9_999), QUESTION, "en")

    assert reply is not None
    assert plain(reply.nodes) == "That was all."
    assert press_of(reply, "Back") == ShowPage(9_998)


def test_forged_places_show_nothing(paging: Desk) -> None:
    nowhere = (Reference(RevisionId(10**17), 10**8),)

    assert paging.press(ShowContext(Outcome.ANSWERED, 0, nowhere), None, "en") is None
    assert paging.press(ShowCard(Outcome.ANSWERED, 0, nowhere), None, "en") is None


def test_without_articles_it_says_so(tmp_path: Path) -> None:
    empty = Corpus.open(sqlite_url(tmp_path / "empty.sqlite"))
    desk = Desk(Engine(tmp_path / "empty", empty, FakeEncoder()), empty)
    say = messages_for("en").say

    nothing = say("There are no articles yet, so there is nothing to answer from.")

    assert plain(desk.answer(ARRESTED, "en").nodes) == plain(desk.sources("en").nodes) == nothing
    assert "They cover: 0 articles.\n" in plain(desk.greet("en").nodes)
    empty.close()


def test_many_sources_are_listed_up_to_a_limit(paging: Desk, small: Corpus) -> None:
    for number in range(SOURCES + 5):
        rain = article(f"s{number}", "It rained.", title=f"T{number}")
        small.put(replace(rain, source=f"@s{number}"))

    shown = plain(paging.sources("en").nodes).partition("Latest articles")[0]

    assert shown.count("\n• ") == SOURCES
