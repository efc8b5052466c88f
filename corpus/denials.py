"""Denials: the words by which somebody says that something is not so; pure."""

import re
from typing import Final

# With one of them an article is another report than without, and no place is called so.
_REFUSALS = (
    "denied denies deny denial refuted refutes false fake rumour rumours hoax withdrawn retracted "
    "опроверг опровергла опровергли опровергло опровергнуто опровержение опровергает "
    "опровергают отрицает отрицают ложь ложная неправда неправду фейк фейком слухи "
    "жалған өтірік фейк қауесет растаған растамады теріске"
)
DENIALS: Final = frozenset(_REFUSALS.split())

_WORD = re.compile(r"\w+")


def denies(words: str) -> bool:
    """Say whether some words have one of them."""
    return not DENIALS.isdisjoint(_WORD.findall(words.casefold()))
