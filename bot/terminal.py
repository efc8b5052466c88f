"""Terminal: a tree written for people who read a terminal; pure but for the terminal's width."""

import shutil
import textwrap
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

import click

from bot.tree import Bold, Link, Name, Node, Quote, Reply, Run, Underline, plain

#: Columns at most: longer lines are hard to read.
WIDEST = 100

#: Columns at least, whatever the terminal says of itself.
NARROWEST = 20

_BAR = "  │ "

#: Whether words are bold, and whether they are underlined.
_Style = tuple[bool, bool]


def write_terminal(reply: Reply) -> str:
    """Write a reply with its words as they are, quotes behind a bar, addresses behind their words."""
    return "".join(_line_breaks(reply.nodes)).strip("\n")


def width() -> int:
    """Return how many columns are written to."""
    return min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)


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


def _write(node: Run | Name | Link) -> str:
    if isinstance(node, Link):
        return f"{node.text} <{node.url}>"
    return node.text if isinstance(node, Name) else _styled(plain((node,)), _style(node))


def _quote(quote: Quote) -> str:
    words = plain(quote.runs)
    lines = textwrap.wrap(
        words,
        width() - len(_BAR),
        expand_tabs=False,
        replace_whitespace=False,
        break_long_words=False,
        break_on_hyphens=False,
    )
    styles = [style for run in quote.runs for style in [_style(run)] * len(plain((run,)))]
    written, end = [], 0
    for line in lines:
        start = words.index(line, end)  # lines are what stands between the spaces at which they were broken
        end = start + len(line)
        written.append(_BAR + _line(line, styles[start:end]))
    return "\n".join(written)


def _line(line: str, styles: Sequence[_Style]) -> str:
    """Write a line whose characters have these styles; on every line they begin anew and end."""
    alike = groupby(zip(styles, line, strict=True), key=itemgetter(0))
    return "".join(_styled("".join(letter for _, letter in some), style) for style, some in alike)


def _style(run: Run) -> _Style:
    return isinstance(run, Bold) or (isinstance(run, Underline) and run.bold), isinstance(run, Underline)


def _styled(text: str, style: _Style) -> str:
    bold, underlined = style
    # None leaves a style as it is; False would turn it off by an escape sequence of its own.
    return click.style(text, bold=bold or None, underline=underlined or None, reset=bold or underlined)
