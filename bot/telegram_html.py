"""Telegram HTML: a tree written as Telegram reads it; pure.

https://core.telegram.org/bots/api#html-style
"""

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from bot.tree import Bold, Link, Name, Node, Quote, Reply, Run, Underline, plain

#: UTF-16 code units of a message after its markup is read.
LONGEST_MESSAGE = 4096

#: Entities of a message: links, quotes, words in bold and the like. Telegram ignores those after them.
MOST_ENTITIES = 100

#: What Telegram would turn into something to tap, or into a call to a person, though it is only quoted:
#: @names (of mail, too), /commands, #tags, $TICKERS, and addresses with or without a scheme. As `code` the
#: words stay as they are.
_ACTIVE = re.compile(
    r"[@#$/]$|(?:@\w|(?<!\w)[#$]\w|(?<![A-Za-z0-9_])/[A-Za-z0-9_]|\w+://)[^\s<>]*"
    r"|(?:[\w-]+\.)+[^\W\d_]{2,}(?:[/?#:][^\s<>]*)?"
)

#: Pieces of one name, and of one quote, that are written as `code` by themselves. Where there are more, all
#: of it is, or a message's entities would be too many.
MOST_ACTIVE = 4
MOST_ACTIVE_QUOTED = 12

#: The tags around a run of words, the outermost first.
Tags = tuple[str, ...]


def write_html(nodes: Sequence[Node]) -> str:
    """Write nodes as Telegram HTML."""
    return "".join(map(_write, nodes))


def length(nodes: Sequence[Node]) -> int:
    """Count a message's length as Telegram does: UTF-16 code units without markup."""
    return len(plain(nodes).encode("utf-16-le")) // 2


def entities(nodes: Sequence[Node]) -> int:
    """Count the entities that a message's markup makes: each tag is one, since words are escaped."""
    return len(re.findall("<[a-z]", write_html(nodes)))


def fitting(reply: Reply) -> tuple[Node, ...]:
    """Return what of a reply one message holds. Quotes are never cut: neighbours go first, then passages.

    Where there are too many entities, quotes lose the styles of their words, the last one first.
    """
    nodes = reply.nodes
    while length(nodes) > LONGEST_MESSAGE:
        nodes = _shorter(nodes)
    while entities(nodes) > MOST_ENTITIES and (plainer := _plainer(nodes)) != nodes:
        nodes = plainer
    return nodes


def _shorter(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Leave out the last neighbours; where there are none, the last passage; else the last node."""
    quotes = [(place, node) for place, node in enumerate(nodes) if isinstance(node, Quote)]
    for place, quote in reversed(quotes):
        if quote.before or quote.after:
            return (*nodes[:place], replace(quote, before="", after=""), *nodes[place + 1 :])
    return nodes[: quotes[-1][0]] if len(quotes) > 1 else nodes[:-1]


def _plainer(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Take the styles off the words of the last quote that has any."""
    for place, node in reversed(list(enumerate(nodes))):
        if isinstance(node, Quote) and not all(isinstance(child, str) for child in node.children):
            return (*nodes[:place], replace(node, children=(plain(node.children),)), *nodes[place + 1 :])
    return nodes


def _write(node: Node) -> str:
    if isinstance(node, str):
        return _escape(node)
    if isinstance(node, Link):
        return f'<a href="{html.escape(node.url, quote=True)}">{_escape(node.text)}</a>'
    if isinstance(node, Quote):
        opened = "<blockquote expandable>" if node.expandable else "<blockquote>"
        return f"{opened}{_quoted(node.runs, most=MOST_ACTIVE_QUOTED)}</blockquote>"
    return _quoted((node,), most=MOST_ACTIVE)


def _quoted(runs: Sequence[Run | Name], *, most: int) -> str:
    """Write source text so that nothing in it can be tapped or calls somebody, however it is cut into runs.

    Styles pause for `code`, which cannot share its words with them.
    """
    text = plain(runs)
    tags: list[Tags] = [_tags(run) for run in runs for _ in plain((run,))]
    found = [active.span() for active in _ACTIVE.finditer(text)]
    for start, end in found if len(found) <= most else [(0, len(text))]:
        tags[start:end] = [("code",)] * (end - start)
    alike = groupby(zip(tags, text, strict=True), key=itemgetter(0))
    return "".join(_tagged("".join(letter for _, letter in some), around) for around, some in alike)


def _tags(run: Run | Name) -> Tags:
    if isinstance(run, Underline):
        return ("u", "b") if run.bold else ("u",)
    return ("b",) if isinstance(run, Bold) else ()


def _tagged(text: str, tags: Tags) -> str:
    opened = "".join(f"<{tag}>" for tag in tags)
    closed = "".join(f"</{tag}>" for tag in reversed(tags))
    return f"{opened}{_escape(text)}{closed}"


def _escape(text: str) -> str:
    return html.escape(text, quote=False)
