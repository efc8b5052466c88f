"""Chat: the conversation of the Telegram bot, in the terminal."""

import locale
import re

import click

from bot.buttons import parse
from bot.desk import Desk
from bot.messages import messages_for
from bot.terminal import write_terminal
from bot.tree import Button, Reply

#: What ends the conversation.
FAREWELLS = {"/quit", "/exit", "/q"}


def converse(desk: Desk) -> None:
    """Answer line after line until the input ends or /quit; a button is pressed by its number, as in #1."""
    talk = _Conversation(desk, (locale.getlocale()[0] or "en")[:2])
    talk.show(desk.greet(talk.language))
    say = messages_for(talk.language).say
    click.secho(say("Here, a button is pressed by its number, as in #1; /quit ends."), dim=True)
    while (line := _read()) is not None and line not in FAREWELLS:
        if line:
            talk.hear(line)


class _Conversation:
    """Remembers, for the time it lasts, the last question and the buttons under its answer."""

    def __init__(self, desk: Desk, language: str) -> None:
        self.language = language
        self._desk = desk
        self._question: str | None = None
        self._buttons: list[Button] = []

    def hear(self, line: str) -> None:
        """Answer a question, a command or the press of a button."""
        if pressed := re.fullmatch(r"#\s*(\d{1,2})", line):
            self._press(int(pressed[1]))
            return
        command, _, rest = line.partition(" ")
        if command == "/start":
            self._question = rest.strip()  # it may hold one
            self.show(self._desk.greet(self.language, self._question))
        elif command == "/sources":
            self.show(self._desk.sources(self.language))
        elif command.startswith("/") and command != "/ask":
            self.show(self._desk.help(self.language))
        else:
            self._question = rest.strip() if command == "/ask" else line
            self.show(self._desk.answer(self._question, self.language))

    def show(self, reply: Reply) -> None:
        """Print a reply, and its buttons by their numbers."""
        self._buttons = [button for row in reply.buttons for button in row]
        click.echo("\n" + write_terminal(reply))
        if self._buttons:
            labels = (f"#{number} {button.label}" for number, button in enumerate(self._buttons, start=1))
            click.secho("\n" + "   ".join(labels), dim=True)

    def _press(self, number: int) -> None:
        button = self._buttons[number - 1] if 0 < number <= len(self._buttons) else None
        press = parse(button.data) if button else None
        reply = self._desk.press(press, self._question, self.language) if press else None
        if reply is None:
            click.echo(messages_for(self.language).say("There is no such button now."))
        else:
            self.show(reply)


def _read() -> str | None:
    """Read a line; None at the end of the input."""
    try:
        return input("\n> ").strip()
    except (EOFError, KeyboardInterrupt):
        click.echo()
        return None
