"""Coverage: which share of a question's telling words stands in a text; pure."""

import math
from collections.abc import Callable, Sequence

#: The share of a word's pieces, from its beginning, that must stand in a text for the word to count as found
#: there: Kazakh words change at their ends.
BEGINNING = 0.6


def found_share(words: Sequence[Sequence[str]], terms: Sequence[str], idf: Callable[[str], float]) -> float:
    """Return the share of a question's words that a text holds, rare words counting more, 0 to 1.

    Args:
        words: the terms of each word of the question.
        terms: the terms of the text.
        idf: how rare a term is.
    """
    have = set(terms)
    weights = [sum(map(idf, word)) / len(word) for word in words]
    found = [weight for word, weight in zip(words, weights, strict=True) if _is_found(word, have)]
    return sum(found) / total if (total := sum(weights)) > 0 else 0.0


def _is_found(word: Sequence[str], have: set[str]) -> bool:
    return have.issuperset(word[: math.ceil(BEGINNING * len(word))])
