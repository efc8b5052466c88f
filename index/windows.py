"""Windows: which sentences of a paragraph a model reads together; pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences that are read together: (paragraph, sentence), and where each stands in the text."""

    text: str
    sentences: tuple[tuple[tuple[int, int], int, int], ...]
    pieces: int


class Reach(NamedTuple):
    """How a model reads several sentences: how long each is, how many word pieces it takes, if together."""

    lengths: Callable[[Sequence[str]], list[int]]
    limit: int
    together: bool


def windows(reach: Reach, paragraphs: Sequence[Sequence[str]], prompt: str) -> Iterator[Window]:
    """Yield windows of whole sentences, the prompt before each; one that is too long is alone."""
    limit = reach.limit - (sum(reach.lengths([prompt])) if prompt else 0)
    for number, sentences in enumerate(paragraphs):
        lengths = reach.lengths(sentences)
        first = 0
        while first < len(sentences):
            last, pieces = first + 1, lengths[first]
            while reach.together and last < len(sentences) and pieces + lengths[last] <= limit:
                pieces += lengths[last]
                last += 1
            yield _window(prompt, sentences, number, first, last, pieces)
            first = last


def _window(prompt: str, sentences: Sequence[str], number: int, first: int, last: int, pieces: int) -> Window:
    text, places = prompt, []
    for position in range(first, last):
        text += " " if position > first else ""
        places.append(((number, position), len(text), len(text) + len(sentences[position])))
        text += sentences[position]
    return Window(text, tuple(places), pieces)
