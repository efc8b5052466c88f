"""Terminal: a tree written for people who read a terminal; pure but for the terminal's width."""

import shutil
import textwrap
from collections.abc import Sequence

import click

from bot.tree import Bold, Link, Name, Node, Quote, Reply

#: Columns at most: longer lines are hard to read.
WIDEST = 100

#: Columns at least, whatever the terminal says of itself.
NARROWEST = 20

_BAR = "  │ "


def write_terminal(reply: Reply) -> str:
    """Write a reply with its words as they are, quotes behind a bar, addresses behind their words."""
    return "".join(_line_breaks(reply.nodes)).strip("\n")


def _line_breaks(nodes: Sequence[Node]) -> list[str]:
    """Put every quote on lines of its own."""
    written: list[str] = []
    after_quote = False
    for node in nodes:
        text = _quote(node) if isinstance(node, Quote) else _write(node)
        starts_anew = text.startswith("\n") or not written or written[-1].endswith("\n")
        if (isinstance(node, Quote) or after_quote) and not starts_anew:
            written.append("\n")
        written.append(text)
        after_quote = isinstance(node, Quote)
    return written


def _write(node: str | Bold | Name | Link) -> str:
    if isinstance(node, Bold):
        return click.style(node.text, bold=True)
    if isinstance(node, Link):
        return f"{node.text} <{node.url}>"
    return node if isinstance(node, str) else node.text


def _quote(quote: Quote) -> str:
    words = "".join(child if isinstance(child, str) else _marked(child.text) for child in quote.children)
    width = min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)
    lines = textwrap.wrap(words, width - len(_BAR), break_long_words=False, break_on_hyphens=False)
    return "\n".join(_BAR + line for line in _unmark(lines))


#: Characters that stand for "bold on" and "bold off" while lines are broken, for an escape sequence would
#: count as several columns. `bot.visible` lets no control character of a source through.
_ON, _OFF = "\x01", "\x02"


def _marked(text: str) -> str:
    return f"{_ON}{text}{_OFF}"


def _unmark(lines: Sequence[str]) -> list[str]:
    """Write bold as escape sequences that begin and end on every line."""
    written, bold = [], False
    for line in lines:
        parts, now = [], bold
        for piece in _pieces(line):
            if piece == _ON:
                now = True
            elif piece == _OFF:
                now = False
            else:
                parts.append(click.style(piece, bold=True) if now else piece)
        written.append("".join(parts))
        bold = now
    return written


def _pieces(line: str) -> list[str]:
    return [part for part in line.replace(_ON, f"\0{_ON}\0").replace(_OFF, f"\0{_OFF}\0").split("\0") if part]
