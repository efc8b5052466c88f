"""Asking from the command line: one question, or a file of them."""

from collections.abc import Iterable
from dataclasses import dataclass

import click

from bot.answer_json import answer_json, json_line, problem_json, why_json
from bot.composition import Parts, open_engine
from bot.messages import messages_for
from bot.render import citations, nothing
from bot.settings import Settings
from bot.terminal import write_terminal
from bot.visible import visible
from bot.why import why_text
from index.answers import Answer, Problem, Question
from index.confidence import Outcome
from index.errors import InvalidQuestion

#: What stands for bytes that are no UTF-8 (`bot.cli.QUESTIONS`), and what is said of a line that has some.
REPLACED, NOT_UTF8 = "\ufffd", "This line is not in UTF-8. `iconv -f cp1251 -t utf-8` mends a file."


@dataclass(frozen=True, slots=True)
class Form:
    """What is printed of an answer: `top` passages at most, as JSON or for people, and `why`."""

    top: int
    as_json: bool
    why: bool


def ask_one(settings: Settings, text: str, form: Form) -> None:
    """Print the answer to one question.

    Raises:
        InvalidQuestion: before anything is opened.
    """
    question = Question.parse(text)
    with open_engine(settings) as parts:
        _print(parts, question, form)


def ask_all(settings: Settings, lines: Iterable[str], form: Form) -> bool:
    """Print the answers to many questions, in order; return whether all could be asked.

    Blank lines do not count.
    """
    with open_engine(settings) as parts:
        asked = [_ask_line(parts, line.strip(), form) for line in lines if line.strip()]
    if not asked:
        click.echo("crisisbot: there is no question in it; write one a line", err=True)
    return all(asked)


def _ask_line(parts: Parts, text: str, form: Form) -> bool:
    try:
        question = _parse_line(text)
    except InvalidQuestion as error:
        if form.as_json:
            click.echo(json_line(problem_json(text, str(error))))
        else:
            click.echo(f"crisisbot: {text[:60]!r}: {error}", err=True)
        return False
    if not form.as_json:
        click.secho(f"\n{visible(question.text)}", underline=True)
    _print(parts, question, form)
    return True


def _parse_line(text: str) -> Question:
    if REPLACED in text:
        raise InvalidQuestion(NOT_UTF8, Problem.NO_WORDS)
    return Question.parse(text)


def _print(parts: Parts, question: Question, form: Form) -> None:
    answer = parts.engine.ask(question, limit=form.top)
    if form.as_json:
        why = {"why": why_json(answer, parts.calibration)} if form.why else {}
        click.echo(json_line({**answer_json(answer), **why}))
        return
    click.echo(answer_text(answer))
    if form.why:
        click.echo("\n" + why_text(answer, parts.calibration))


def answer_text(answer: Answer) -> str:
    """Write an answer for people who read a terminal, with how sure it is."""
    messages = messages_for(answer.question.language)
    if answer.outcome is Outcome.NOTHING:
        is_foreign = answer.question.is_foreign
        return write_terminal(
            nothing(answer.covered, messages, looked_for=answer.looked_for, is_foreign=is_foreign)
        )
    reply = citations(answer.outcome, answer.evidence, messages)
    if answer.outcome is Outcome.CLOSEST:
        return write_terminal(reply)
    sure = messages.say("{percent}% sure that the first one answers.", percent=round(100 * answer.confidence))
    return f"{write_terminal(reply)}\n\n{click.style(sure, dim=True)}"
