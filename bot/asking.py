"""Asking from the command line: one question, or a file of them."""

from collections.abc import Iterable

import click

from bot.answer_json import answer_json, json_line, problem_json
from bot.composition import Parts, open_engine
from bot.messages import messages_for
from bot.render import citations, nothing
from bot.settings import Settings
from bot.terminal import write_terminal
from bot.visible import visible
from index.answers import Answer, Question
from index.confidence import Outcome
from index.errors import InvalidQuestion


def ask_one(settings: Settings, text: str, *, top: int, as_json: bool) -> None:
    """Print the answer to one question.

    Raises:
        InvalidQuestion: before anything is opened.
    """
    question = Question.parse(text)
    with open_engine(settings) as parts:
        _print(parts.engine.ask(question, limit=top), as_json=as_json)


def ask_all(settings: Settings, lines: Iterable[str], *, top: int, as_json: bool) -> bool:
    """Print the answers to many questions, in order; return whether all could be asked.

    Blank lines do not count.
    """
    with open_engine(settings) as parts:
        asked = [_ask_line(parts, line.strip(), top=top, as_json=as_json) for line in lines if line.strip()]
    return all(asked)


def _ask_line(parts: Parts, text: str, *, top: int, as_json: bool) -> bool:
    try:
        question = Question.parse(text)
    except InvalidQuestion as error:
        if as_json:
            click.echo(json_line(problem_json(text, str(error))))
        else:
            click.echo(f"crisisbot: {text[:60]!r}: {error}", err=True)
        return False
    if not as_json:
        click.secho(f"\n{visible(question.text)}", underline=True)
    _print(parts.engine.ask(question, limit=top), as_json=as_json)
    return True


def _print(answer: Answer, *, as_json: bool) -> None:
    click.echo(json_line(answer_json(answer)) if as_json else answer_text(answer))


def answer_text(answer: Answer) -> str:
    """Write an answer for people who read a terminal, with how sure it is."""
    messages = messages_for(answer.question.language)
    if answer.outcome is Outcome.NOTHING:
        return write_terminal(nothing(answer.covered, messages, is_foreign=answer.question.is_foreign))
    reply = citations(answer.outcome, answer.evidence, messages)
    if answer.outcome is Outcome.CLOSEST:
        return write_terminal(reply)
    sure = messages.say("{percent}% sure that the first one answers.", percent=round(100 * answer.confidence))
    return f"{write_terminal(reply)}\n\n{click.style(sure, dim=True)}"
