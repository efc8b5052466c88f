from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from bot import chat
from bot.desk import Desk

if TYPE_CHECKING:
    from corpus.store import Corpus
    from index.engine import Engine
    from tests.fakes.command_line import CommandLine

ARREST = "who was arrested?"


class Talk:
    """A conversation of which everything said is kept."""

    def __init__(
        self, desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self._desk, self._capsys, self._monkeypatch = desk, capsys, monkeypatch

    def types(self, *lines: str | BaseException) -> list[str]:
        """Type lines until they end; return what is said to each, the greeting first."""
        said: list[str] = []
        left = iter(lines)

        def read(prompt: str) -> str:
            assert prompt == "\n> "
            said.append(self._capsys.readouterr().out)
            line = next(left, EOFError())
            if isinstance(line, BaseException):
                raise line
            return line

        self._monkeypatch.setattr("builtins.input", read)
        chat.converse(self._desk)
        return said


@pytest.fixture
def talk(
    engine: Engine, corpus: Corpus, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Talk:
    """Talk over the briefs, with a person whose language is English."""
    monkeypatch.setattr("locale.getlocale", lambda: ("en_GB", "UTF-8"))
    return Talk(Desk(engine, corpus), capsys, monkeypatch)


def test_it_greets_and_says_what_it_covers(talk: Talk) -> None:
    (greeting,) = talk.types()
    assert "Ask me a question." in greeting
    assert "30 articles" in greeting


def test_it_greets_in_the_language_of_the_terminal(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("locale.getlocale", lambda: ("ru_KZ", "UTF-8"))
    (greeting,) = talk.types()
    assert "30 статей" in greeting
    monkeypatch.setattr("locale.getlocale", lambda: (None, None))
    (greeting,) = talk.types()
    assert "30 articles" in greeting


def test_a_question_is_answered_with_buttons_by_number(talk: Talk) -> None:
    _, answer = talk.types(ARREST)
    assert "Karim Massimov, the former head" in answer
    assert "[1] Former security chief Karim Massimov" in answer
    assert "#1 In context" in answer


def test_a_press_shows_the_context_and_leads_back(talk: Talk) -> None:
    _, answer, context, back = talk.types(ARREST, "#1", "# 1")
    assert "Several other officials are in custody with Massimov" in " ".join(
        context.replace("│", "").split()
    )
    assert "#1 Back" in context
    assert back == answer


def test_more_and_back_turn_pages(talk: Talk) -> None:
    _, first, second, again = talk.types("Кого задержали?", "#2", "#2")
    assert "#2 Ещё" in first
    assert "[4] " in second
    assert "[1] " not in second
    assert again == first


def test_a_press_of_no_button_is_said(talk: Talk) -> None:
    said = talk.types("#1", ARREST, "#9", "#0", "#99")
    assert said[1] == "There is no such button now.\n"
    assert said[3:] == ["There is no such button now.\n"] * 3


def test_an_answer_without_passages_takes_the_buttons_away(talk: Talk) -> None:
    *_, nothing, press = talk.types(ARREST, "How do I bake bread?", "#1")
    assert "The articles do not answer this" in nothing
    assert press == "There is no such button now.\n"


def test_start_opens_what_its_link_carries(talk: Talk, corpus: Corpus) -> None:
    packed = base64.urlsafe_b64encode("Кого задержали?".encode()).decode().rstrip("=")
    _, asked, more = talk.types(f"/start ask-{packed}", "#2")
    assert "Карим Масимов арестован" in asked
    assert "[4] " in more  # of the question in the link
    revision = next(one for one in corpus.articles() if "Massimov arrested" in one.title)
    _, seen = talk.types(f"/start see-{revision.id}-0")
    assert "Karim Massimov, the former head" in seen


@pytest.mark.parametrize(
    "payload",
    ["", "see-999999999-0", "see-1", "ask-", "ask-%%%", "ask-/w", "\x1b[2J", "see-" + "9" * 18 + "-0"],
)
def test_start_with_anything_else_greets(talk: Talk, payload: str) -> None:
    greeting, answer = talk.types(f"/start {payload}")
    nothing_asked = "\nAsk me something: write your question after my name or after /ask.\n"
    assert greeting.startswith(answer) or answer == nothing_asked


def test_commands(talk: Talk) -> None:
    _, help_, sources, unknown, asked, empty = talk.types(
        "/help", "/sources", "/dance", f"/ask {ARREST}", "/ask"
    )
    assert "I store neither your name nor your question." in help_
    assert "Crisisbot brief (30)" in sources
    assert "Latest articles" in sources
    assert unknown == help_
    assert "Karim Massimov" in asked
    assert empty == "\nAsk me something: write your question after my name or after /ask.\n"


@pytest.mark.parametrize("end", ["/quit", "/exit", "/q", EOFError(), KeyboardInterrupt()])
def test_it_ends_when_asked_to(talk: Talk, end: str | BaseException) -> None:
    assert len(talk.types(end, "never read")) == 1


@pytest.mark.parametrize(
    "line", ["?", "\x00", "\x1b[31m", "x" * 10_000, "#", "#1x", "#-1", "/", "//", "🙂", "\udcff", "\u202e?"]
)
def test_no_line_ends_the_conversation(talk: Talk, line: str) -> None:
    _, said, after = talk.types(line, ARREST)
    assert said.strip()
    assert "\x1b" not in said
    assert "Karim Massimov" in after


def test_a_blank_line_says_nothing(talk: Talk) -> None:
    assert talk.types("", "   ")[1:] == ["", ""]


def test_the_command_talks_over_standard_input(crisisbot: CommandLine) -> None:
    result = crisisbot.types("chat", given=b"Kto \xff?\n/help\n" + "Кого задержали?".encode())
    assert result.exit_code == 0
    assert "Карим Масимов арестован" in result.stdout
    assert "I store neither" in result.stdout
