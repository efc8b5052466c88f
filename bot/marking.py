"""Marking: in a quote, the words that made it win and those that answer; pure.

Spans count the source's characters, so they are moved to what is shown of it, and never end inside a word.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from bot.tree import Run, run
from bot.visible import visible
from corpus.passages import Span
from index.answers import Evidence

#: What is not torn apart: letters with all that is written over or joined to them, emoji, and what stands
#: between two letters of one word, such as an apostrophe or the point of a number or an address.
_LETTERS = r"[\w\u0300-\u167f\u1681-\u1fff\u200c\u200d\u2070-\u2fff\u3040-\U0010ffff]+"
_WORD = re.compile(rf"{_LETTERS}(?:['’.,]{_LETTERS})*")


def marked(one: Evidence) -> tuple[Run, ...]:
    """Return a quote as it is shown, the words that answer in bold, those that made it win underlined."""
    shown = visible(one.quote)
    bold = _places(one, (one.answer,) if one.answer else (), shown)
    underlined = _places(one, one.marks, shown)
    alike = groupby(range(len(shown)), key=lambda place: (place in bold, place in underlined))
    return tuple(
        run("".join(shown[place] for place in places), bold=is_bold, underlined=is_underlined)
        for (is_bold, is_underlined), places in alike
    )


def _places(one: Evidence, spans: Iterable[Span], shown: str) -> set[int]:
    """Return which characters of what is shown belong to spans; words side by side become one piece."""
    places: set[int] = set()
    last = 0
    for start, end in sorted(_whole_words(one, spans, shown)):
        is_next = bool(places) and shown[last:start].isspace()
        places.update(range(last if is_next else start, end))
        last = max(last, end)
    return places


def _whole_words(one: Evidence, spans: Iterable[Span], shown: str) -> Iterator[tuple[int, int]]:
    """Move spans to what is shown, widened to whole words; those without a word are left out."""
    for span in spans:
        start, end = (_shown_before(one, place) for place in (span.start, span.end))
        words = [word for word in _WORD.finditer(shown) if word.start() < end and word.end() > start]
        if words:
            inside = shown[start:end]
            start += len(inside) - len(inside.lstrip())
            end -= len(inside) - len(inside.rstrip())
            yield min(start, words[0].start()), max(end, words[-1].end())


def _shown_before(one: Evidence, place: int) -> int:
    """Return how many characters of the quote are shown before a place of the text.

    What is shown of a text's beginning is always the beginning of what is shown of the text.
    """
    return len(visible(one.quote[: max(0, place - one.sentence.start)]))
