"""How a text is cut into paragraphs and sentences, by character offsets; pure.

A text is cut into lines, lines are put together into paragraphs, and `corpus.sentences` says where the
sentences of a paragraph begin. Whatever it says, nothing of the text is lost and no offset shifts: a sentence
reaches from its beginning to the next one's, less the white space between them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from corpus.languages import Language

# A quote must fit into one Telegram message: 4,096 UTF-16 units, its markup and its source included.
LONGEST_SENTENCE = 1_000

# The widths at which programs and people wrap lines; news text with a paragraph a line has longer ones.
_WRAPPED_WIDTHS = range(50, 131)

_SOLID, _SPACE, _SEMICOLON = re.compile(r"\S"), re.compile(r"\s"), re.compile(r";\s")
_LINE_END = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]|\Z")  # those of str.splitlines
_LIST_ITEM = re.compile(r"[-*•‣◦·]\s|[–—]\s+[^\Wa-zа-яёәғқңөұүһі]|\d{1,3}[.)]\s|[(]?[^\W\d_][)]\s")
_DASH = re.compile(r"[–—]\s")
_HEADING = re.compile(r"#{1,6}\s|[=_*-]{3,}$")
_COMPLETE = re.compile(r"[.!?…:;][»”\"'’)\]]*$")


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open character offsets [start, end) into a revision's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence of a text and the paragraph it stands in."""

    sentence: Span
    paragraph: Span


def split(text: str, language: Language) -> tuple[Passage, ...]:
    """Cut a text into its sentences, in order; each knows its paragraph.

    Every character that is not white space is in exactly one sentence. No sentence is longer than
    `LONGEST_SENTENCE`, begins or ends with white space, or crosses the end of a paragraph.
    """
    return tuple(
        Passage(sentence, paragraph)
        for paragraph in _paragraphs(text)
        for sentence in _sentences(text, paragraph, language)
    )


def _sentences(text: str, paragraph: Span, language: Language) -> Iterator[Span]:
    """Cut one paragraph."""
    begins = sentences.starts(text[paragraph.start : paragraph.end], language)
    for start, end in zip(begins, [*begins[1:], paragraph.end - paragraph.start], strict=True):
        yield from _short(text, Span(paragraph.start + start, paragraph.start + end))


def _short(text: str, sentence: Span) -> Iterator[Span]:
    """Cut a sentence that is too long after a semicolon, else at a space, else anywhere."""
    start, last = sentence.start, _trim(text, sentence).end
    while last - start > LONGEST_SENTENCE:
        window = text[start : start + LONGEST_SENTENCE]
        window = window[: _last(_SEMICOLON, window) or _last(_SPACE, window) or LONGEST_SENTENCE]
        yield Span(start, start + len(window.rstrip()))
        start = _trim(text, Span(start + len(window), last)).start
    if start < last:
        yield Span(start, last)


def _last(pattern: re.Pattern[str], window: str) -> int:
    """Give where the last match in the second half of a window ends, or 0."""
    return max((found.end() for found in pattern.finditer(window, len(window) // 2)), default=0)


def _trim(text: str, span: Span) -> Span:
    """Take the white space off both ends of a span."""
    first = _SOLID.search(text, span.start, span.end)
    if first is None:
        return Span(span.start, span.start)
    end = span.end
    while text[end - 1].isspace():
        end -= 1
    return Span(first.start(), end)


def _paragraphs(text: str) -> Iterator[Span]:
    """Put lines together into paragraphs.

    Blank lines end paragraphs. In a text without any, each line is a paragraph of its own.
    """
    blocks = _blocks(text)
    if len(blocks) == 1:
        yield from blocks[0]
        return
    width = max((line.end - line.start for block in blocks for line in block), default=0)
    for block in blocks:
        yield from _joined(text, block, width if width in _WRAPPED_WIDTHS else 0)


def _blocks(text: str) -> list[list[Span]]:
    """Give the lines that hold anything, trimmed, in the blocks that blank lines make of them."""
    blocks: list[list[Span]] = [[]]
    start = 0
    for line_end in _LINE_END.finditer(text):
        line = _trim(text, Span(start, line_end.start()))
        start = line_end.end()
        if line.start < line.end:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _joined(text: str, lines: Sequence[Span], width: int) -> Iterator[Span]:
    """Undo the soft wraps of a block."""
    paragraph = lines[0]
    for line, following in pairwise(lines):
        if _wraps(text, line, following, width=width, first=line.start == paragraph.start):
            paragraph = Span(paragraph.start, following.end)
        else:
            yield paragraph
            paragraph = following
    yield paragraph


def _wraps(text: str, line: Span, following: Span, *, width: int, first: bool) -> bool:
    """Say whether a line break inside a block is a soft wrap: the sentence may go on after it.

    A line wraps when the next word would not have fitted (`width`, 0 when the text is not wrapped), or when
    it does not look complete. A paragraph's first line that no small letter follows is a headline or an item.
    """
    before, after = text[line.start : line.end], text[following.start : following.end]
    if _HEADING.match(before) or _HEADING.match(after) or _LIST_ITEM.match(after):
        return False
    if _DASH.match(after):  # "— сказал он" goes on; "– алматы;" in a list does not
        return not before.endswith((":", ";", "."))
    if width and len(before) + 1 + len(after.split(maxsplit=1)[0]) > width:
        return True
    return not _COMPLETE.search(before) and not (first and not after[0].islower())
