"""Slips: whether a word is another one with a typing error; pure.

One letter missing, added, doubled or swapped with its neighbour is a slip; another letter in its place only
where the keys are neighbours or both are vowels, since Karimov is not Kasimov.
"""

import functools
import re

from rapidfuzz.distance import OSA

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
_VOWELS = frozenset("aeiouyаеёиоуыэюяәіөұүй")
_DOUBLED = re.compile(r"(.)\1+")

#: Least letters of a word in which a slip is forgiven, and how many more or fewer it may have.
SHORTEST, FURTHEST = 5, 2


def is_slip(typed: str, meant: str) -> bool:
    """Say whether one normalised word may be another one mistyped; a word is no slip of itself."""
    shorter, longer = sorted((len(typed), len(meant)))
    if typed == meant or shorter < SHORTEST or longer - shorter > FURTHEST:
        return False
    one, other = _single(typed), _single(meant)
    return one == other or _is_near(typed, meant) or _is_near(one, other)


def _is_near(one: str, other: str) -> bool:
    if OSA.distance(one, other, score_cutoff=1) > 1:
        return False
    if len(one) != len(other):
        return True
    parted = [i for i in range(len(one)) if one[i] != other[i]]
    return len(parted) > 1 or _may_be_mistaken(one[parted[0]], other[parted[0]])


def _single(word: str) -> str:
    return _DOUBLED.sub(r"\1", word)


def _may_be_mistaken(one: str, other: str) -> bool:
    return {one, other} <= _VOWELS or other in _neighbours().get(one, "")


@functools.cache
def _neighbours() -> dict[str, str]:
    """Return for each letter those beside it, and above and below it, on its keyboard."""
    found: dict[str, str] = {}
    for rows in (_ROWS[:3], _ROWS[3:]):
        for number, row in enumerate(rows):
            for place, letter in enumerate(row):
                near = row[max(0, place - 1) : place + 2]
                above = rows[number - 1][place : place + 2] if number else ""
                below = rows[number + 1][max(0, place - 1) : place + 1] if number + 1 < len(rows) else ""
                found[letter] = (near + above + below).replace(letter, "")
    return found
