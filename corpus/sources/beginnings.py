"""Beginnings: what a page shows of an article before it asks to pay, told from a shorter correction; pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from corpus.errors import InvalidArticle

#: Of a beginning, less than this share of the article is left.
_LEFT = 0.5
#: What is added to it is at most such a share of the article, and so many times what is left: a wall's words.
_ADDED, _ADDED_TO_LEFT = 0.25, 3
#: Of a line with other words than it had, this share of its pairs of words stands in one line of the article.
_ALIKE = 0.5
#: Words from which on a line can be told to be like another one.
_FEWEST = 3
#: Characters from which on words that stand somewhere within a line are no chance.
_TELLING = 20
#: Lines that are looked at closely, and lines in which a pair of words is looked for: pages may be made to
#: take hours.
_MOST_LINES, _MOST_PLACES = 200, 1_000

_WORD = re.compile(r"\w+")
_CUT = re.compile(r"…|\.\.\.")


def refuse_beginning(text: str, whole: str) -> None:
    """Refuse what a page shows of an article where it is but its beginning.

    Raises:
        InvalidArticle: it is.
    """
    if is_beginning(text, whole):
        raise InvalidArticle("its page shows no more than the beginning of the article")


def is_beginning(text: str, whole: str) -> bool:
    """Say whether a text is a small part of another one, with no more beside it than a wall says.

    Who corrects an article and shortens it changes words of what stays. Where only some is left out, and
    little added, nobody can tell; what people were answered from stays then.
    """
    lines = [line for one in text.split("\n") if (line := one.strip())]
    added = _added(lines, whole)
    size = sum(map(len, added))
    left = sum(map(len, lines)) - size
    if left >= _LEFT * len(whole) or size > min(_ADDED * len(whole), _ADDED_TO_LEFT * left):
        return False
    return not _has_other_words(added[:_MOST_LINES], whole.split("\n"))


def _added(lines: Iterable[str], whole: str) -> list[str]:
    """Return the lines that are not in a text."""
    known, within = {line.strip() for line in whole.split("\n")}, f"\n{whole}"
    others = [line for line in lines if line not in known]
    close = [line for line in others[:_MOST_LINES] if not _stands(line, within)]
    return close + others[_MOST_LINES:]


def _stands(line: str, within: str) -> bool:
    """Say whether what of a line stands before a cut is in a text; a few words only where a line begins."""
    shown = _CUT.split(line)[0].rstrip(" .")
    return f"\n{shown}" in within or (len(shown) >= _TELLING and shown in within)


def _has_other_words(lines: Iterable[str], whole: Sequence[str]) -> bool:
    """Say whether one of these lines is one of a text that says something else now."""
    places: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for number, one in enumerate(whole):
        for pair in _pairs(one):
            if len(places[pair]) < _MOST_PLACES:
                places[pair].add(number)
    return any(_is_alike([*_pairs(line)], places) for line in lines)


def _is_alike(pairs: Sequence[tuple[str, str]], places: defaultdict[tuple[str, str], set[int]]) -> bool:
    if len(pairs) < _FEWEST - 1:
        return False
    found = Counter(number for pair in pairs for number in places.get(pair, ()))
    return max(found.values(), default=0) >= _ALIKE * len(pairs)


def _pairs(line: str) -> Iterator[tuple[str, str]]:
    return pairwise(_WORD.findall(line.lower()))
