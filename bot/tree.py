"""Tree: what is said, before it is written as Telegram HTML or for a terminal; pure data.

Text is cut, if ever, as a tree and never as a written string, so that nothing is left open.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bold:
    """Words that stand out."""

    text: str


@dataclass(frozen=True, slots=True)
class Underline:
    """Words that are pointed at; `bold` ones stand out as well."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Name:
    """Source text outside of quotes: a title, a source's name. Like a quote, it must not become active."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Source text, set apart; `expandable` ones are folded where they can be.

    `children` are what is quoted, in runs of one style each; its neighbours `before` and `after` may be left
    out.
    """

    children: tuple["Run", ...]
    expandable: bool = False
    before: str = ""
    after: str = ""

    @property
    def runs(self) -> tuple["Run", ...]:
        """All of it, one after the other."""
        return (self.before, *self.children, self.after)


#: Words of one style; plain ones are `str`.
Run = str | Bold | Underline

#: A piece of a message.
Node = Run | Name | Link | Quote


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press: its words, and what comes back when it is pressed."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One message: its nodes, one after the other, and its rows of buttons."""

    nodes: tuple[Node, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()


def run(text: str, *, bold: bool, underlined: bool) -> Run:
    """Return words in a style."""
    if underlined:
        return Underline(text, bold)
    return Bold(text) if bold else text


def plain(nodes: Sequence[Node]) -> str:
    """Return the words alone."""
    return "".join(
        node if isinstance(node, str) else plain(node.runs) if isinstance(node, Quote) else node.text
        for node in nodes
    )
