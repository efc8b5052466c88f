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
    """Source text, set apart; `expandable` ones are folded where they can be."""

    children: tuple["str | Bold", ...]
    expandable: bool = False


#: A piece of a message; plain words are `str`.
Node = str | Bold | Name | Link | Quote


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


def plain(nodes: Sequence[Node]) -> str:
    """Return the words alone."""
    return "".join(
        node
        if isinstance(node, str)
        else "".join(child if isinstance(child, str) else child.text for child in node.children)
        if isinstance(node, Quote)
        else node.text
        for node in nodes
    )
