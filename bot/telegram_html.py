"""Telegram HTML: a tree written as Telegram reads it; pure.

https://core.telegram.org/bots/api#html-style
"""

import html
import re
from collections.abc import Sequence

from bot.tree import Bold, Link, Name, Node, Quote, Reply, plain

#: UTF-16 code units of a message after its markup is read.
LONGEST_MESSAGE = 4096

#: What Telegram would turn into something to tap, or into a call to a person, though it is only quoted:
#: @names (of mail, too), /commands, #tags, $TICKERS, and addresses with or without a scheme. As `code` the
#: words stay as they are.
_ACTIVE = re.compile(
    r"[@#$/]$|(?:@\w|(?<!\w)[#$]\w|(?<![A-Za-z0-9_])/[A-Za-z0-9_]|\w+://)[^\s<>]*"
    r"|(?:[\w-]+\.)+[^\W\d_]{2,}(?:[/?#:][^\s<>]*)?"
)

#: Pieces of one text that are written as `code` by themselves. Where there are more, all of it is: of one
#: message's entities Telegram reads a hundred.
MOST_ACTIVE = 4


def write_html(nodes: Sequence[Node]) -> str:
    """Write nodes as Telegram HTML."""
    return "".join(map(_write, nodes))


def length(nodes: Sequence[Node]) -> int:
    """Count a message's length as Telegram does: UTF-16 code units without markup."""
    return len(plain(nodes).encode("utf-16-le")) // 2


def fitting(reply: Reply) -> tuple[Node, ...]:
    """Return what of a reply one message holds. Quotes are never cut: neighbours go first, then passages."""
    nodes = reply.nodes
    while length(nodes) > LONGEST_MESSAGE:
        nodes = _shorter(nodes)
    return nodes


def _shorter(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Leave out the last neighbours; where there are none, the last passage; else the last node."""
    quotes = [(place, node) for place, node in enumerate(nodes) if isinstance(node, Quote)]
    for place, quote in reversed(quotes):
        bold = tuple(child for child in quote.children if isinstance(child, Bold))
        if 0 < len(bold) < len(quote.children):
            return (*nodes[:place], Quote(bold), *nodes[place + 1 :])
    return nodes[: quotes[-1][0]] if len(quotes) > 1 else nodes[:-1]


def _write(node: Node) -> str:
    if isinstance(node, str):
        return _escape(node)
    if isinstance(node, Bold):
        return _bold(node.text)
    if isinstance(node, Name):
        return _quoted(node.text)
    if isinstance(node, Link):
        return f'<a href="{html.escape(node.url, quote=True)}">{_escape(node.text)}</a>'
    opened = "<blockquote expandable>" if node.expandable else "<blockquote>"
    children = "".join(
        _bold(child.text) if isinstance(child, Bold) else _quoted(child) for child in node.children
    )
    return f"{opened}{children}</blockquote>"


def _quoted(text: str) -> str:
    """Write source text so that nothing in it can be tapped or calls somebody."""
    found = list(_ACTIVE.finditer(text))
    if len(found) > MOST_ACTIVE:
        return f"<code>{_escape(text)}</code>"
    written, end = [], 0
    for active in found:
        written += [_escape(text[end : active.start()]), f"<code>{_escape(active[0])}</code>"]
        end = active.end()
    return "".join([*written, _escape(text[end:])])


def _bold(text: str) -> str:
    """Write bold source text; `code` cannot stand inside bold, so bold pauses for it."""
    parts = re.split(r"(<code>.*?</code>)", _quoted(text))
    return "".join(part if part.startswith("<code>") else f"<b>{part}</b>" for part in parts if part)


def _escape(text: str) -> str:
    return html.escape(text, quote=False)
