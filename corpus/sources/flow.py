"""Flow: printed lines, with their places on pages, put back together into paragraphs; pure.

What is quoted from a printed page is what is printed there: no letter is added, moved or taken out, and no
hyphen either, but for two things that are said of the page and not of its words. A line break inside a
paragraph becomes a space. A word broken at a line's end is written as one, with its hyphen; only where the
same pages spell the word without one, it is a soft hyphen (U+00AD), which nobody sees ("из-за" stays what
it is, and a guess by a dictionary would be quoted). Heads, feet and numbers that come again on page after
page are left out, because they would stand in the middle of sentences.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

#: Shares of a line's height: two heights differ; a line is indented; lines are further apart than usual.
OTHER_HEIGHT, INDENTED, APART = 0.2, 0.7, 1.3
#: Heights from one line to the next at most in one column.
FURTHEST = 3.0
#: How many of the highest and lowest lines of a page may be its head or foot, and how many heights away from
#: the others.
AT_THE_EDGE, ALONE = 3, 1.5
#: On how many pages a head comes again at least, and on which share of them: left and right ones differ.
PAGES_WITH_HEAD, SHARE_WITH_HEAD = 3, 1 / 3
#: From how many lines on a column tells how wide it is.
LINES_OF_COLUMN = 3

_COMPLETE = re.compile(r"[.!?…:;][»”\"'’)\]]*$")
_BULLET = re.compile(r"[•‣◦▪●■]\s")
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")
_FIRST, _LAST = re.compile(r"[^\W\d_]+"), re.compile(r"[^\W\d_]+(?=[-‐]$)")
_BROKEN = re.compile(r"\w[-‐]$")
#: Words before which a hyphen ends its own word, as in "pre- and post-war".
_SUSPENDING = re.compile(r"(?:and|or|to|и|или|және)\b")


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line; its edges in points from the left and lower edges of the page."""

    text: str
    page: int
    left: float
    right: float
    bottom: float
    top: float

    @property
    def height(self) -> float:
        """How high its letters are, from the lowest to the highest that the font has."""
        return self.top - self.bottom


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph on one line, how high its letters are, and the page on which it begins."""

    text: str
    height: float
    page: int


@dataclass(frozen=True, slots=True)
class _Column:
    """Lines that follow one another downwards, and what is usual among them."""

    lines: list[Line]

    @property
    def left(self) -> float:
        return min(line.left for line in self.lines)

    @property
    def right(self) -> float:
        return max(line.right for line in self.lines)

    @property
    def leading(self) -> float:
        """From one line to the next, as in most paragraphs; those of one line count for less."""
        steps = sorted(above.bottom - below.bottom for above, below in pairwise(self.lines))
        return steps[len(steps) // 4]


def flow(lines: Sequence[Line]) -> tuple[Paragraph, ...]:
    """Put lines together into paragraphs, in the order in which they were given."""
    body = [line for line in _without_heads(lines) if line.text.strip()]
    groups: list[list[Line]] = []
    goes_on = False
    for column in _columns(body):
        for number, group in enumerate(_paragraphs(column)):
            if number == 0 and goes_on and _continues(groups[-1][-1], group[0]):
                groups[-1] += group
            else:
                groups.append(group)
        goes_on = _may_go_on(column)
    spelled = _spelled(body)
    return tuple(
        Paragraph(_joined(group, spelled), median(line.height for line in group), group[0].page)
        for group in groups
    )


def _without_heads(lines: Sequence[Line]) -> list[Line]:
    """Leave out heads, feet and page numbers: what comes again at the same height of several pages."""
    pages: dict[int, list[Line]] = {}
    for line in lines:
        pages.setdefault(line.page, []).append(line)
    edges = {page: {_place(line) for line in _at_the_edges(of_page)} for page, of_page in pages.items()}
    counts = Counter(place for places in edges.values() for place in places)
    often = max(PAGES_WITH_HEAD, math.ceil(len(pages) * SHARE_WITH_HEAD))
    heads = {place for place, count in counts.items() if count >= (2 if place[0] == "#" else often)}
    return [line for line in lines if _place(line) not in edges[line.page] & heads]


def _at_the_edges(lines: list[Line]) -> list[Line]:
    """Return the highest and the lowest lines of a page that stand apart from the others."""
    upwards = sorted(lines, key=lambda line: line.bottom)
    return _apart(upwards) + _apart(upwards[::-1])


def _apart(lines: list[Line]) -> list[Line]:
    for number, (edge, inner) in enumerate(pairwise(lines[: AT_THE_EDGE + 1]), start=1):
        if abs(edge.bottom - inner.bottom) > ALONE * max(edge.height, inner.height):
            return lines[:number]
    return []


def _place(line: Line) -> tuple[str, int]:
    """Name a line by its height on the page and its words, whatever numbers are in them."""
    return _NUMBER.sub("#", line.text.strip()), round(line.bottom)


def _columns(lines: Sequence[Line]) -> Iterator[_Column]:
    column: list[Line] = []
    for line in lines:
        if column and not _is_below(column[-1], line):
            yield _Column(column)
            column = []
        column.append(line)
    if column:
        yield _Column(column)


def _is_below(above: Line, line: Line) -> bool:
    step = above.bottom - line.bottom
    height = max(above.height, line.height)
    overlaps = line.left < above.right and above.left < line.right
    return above.page == line.page and overlaps and height / 4 < step <= FURTHEST * height


def _paragraphs(column: _Column) -> Iterator[list[Line]]:
    paragraph = column.lines[:1]
    for above, line in pairwise(column.lines):
        if _begins(column, above, line):
            yield paragraph
            paragraph = []
        paragraph.append(line)
    yield paragraph


def _begins(column: _Column, above: Line, line: Line) -> bool:
    """Say whether a paragraph begins with a line, by the places of both, and by how the one above ends.

    A line of other letters, such as a word of code begins, may still go on with the sentence above.
    """
    if above.bottom - line.bottom > APART * column.leading:
        return True
    if _BROKEN.search(above.text[-2:]):
        return False
    complete = bool(_COMPLETE.search(above.text))
    indented = complete and line.left - max(above.left, column.left) > INDENTED * line.height
    other = _had_room(column, above, line) or not _is_as_high(above, line)
    return indented or (other and (complete or not line.text[0].islower())) or bool(_BULLET.match(line.text))


def _had_room(column: _Column, above: Line, line: Line) -> bool:
    """Say whether a line's first word would have fitted on the line above, with a space before it."""
    width = (line.right - line.left) / len(line.text)
    word = line.text.split(maxsplit=1)[0]
    return above.right + (len(word) + 1) * width < column.right


def _is_as_high(one: Line, other: Line) -> bool:
    return abs(one.height - other.height) <= OTHER_HEIGHT * max(one.height, other.height)


def _may_go_on(column: _Column) -> bool:
    """Say whether a column's last line leads to the next column: it ends at the edge, inside a sentence."""
    last = column.lines[-1]
    if _COMPLETE.search(last.text):
        return False
    return len(column.lines) >= LINES_OF_COLUMN and last.right > column.right - FURTHEST * last.height


def _continues(last: Line, first: Line) -> bool:
    """Say whether the first line of a column goes on with the last one of the column before."""
    return _is_as_high(last, first) and not _BULLET.match(first.text)


def _spelled(lines: Sequence[Line]) -> set[str]:
    """Return the words that stand on a line as a whole, in small letters."""
    words: set[str] = set()
    broken = False
    for line in lines:
        found = _WORD.findall(line.text.casefold())
        ends = bool(_BROKEN.search(line.text[-2:]))
        words.update(found[broken : len(found) - ends])
        broken = ends
    return words


def _joined(lines: Sequence[Line], spelled: set[str]) -> str:
    pieces = [lines[0].text.strip()]
    for line in lines[1:]:
        last, following = pieces[-1], line.text.strip()
        if not _BROKEN.search(last[-2:]) or _SUSPENDING.match(following):
            pieces.append(" ")
        elif _is_whole(last, following, spelled):
            pieces[-1] = f"{last[:-1]}\u00ad"
        pieces.append(following)
    return "".join(pieces)


def _is_whole(last: str, following: str, spelled: set[str]) -> bool:
    """Say whether the word that a hyphen breaks is spelled without one elsewhere."""
    before, after = _LAST.search(last), _FIRST.match(following)
    return bool(before and after and (before[0] + after[0]).casefold() in spelled)
