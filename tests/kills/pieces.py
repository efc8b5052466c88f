"""Pieces: made-up articles that are written, rewritten and purged, each of words that stand in no other."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

_SYLLABLES = [consonant + vowel for consonant in "bdfgkmnprtvz" for vowel in "aeiou"]
_WORDS = len(_SYLLABLES) ** 3

#: Words of one piece; its versions share all but the last twenty.
_WORDS_OF_ONE, _OF_VERSIONS = 40, 20

_TITLE = re.compile(r"Piece (\d+)")
_VERSION = re.compile(r"version (\d+)")


class Origin(enum.StrEnum):
    """By which way a piece comes in."""

    ADDED = "added"
    WATCHED = "watched"
    POLLED = "polled"


@dataclass(frozen=True)
class Piece:
    """A piece as it was published last."""

    number: int
    origin: Origin
    version: int = 1

    @property
    def title(self) -> str:
        return f"Piece {self.number}"

    @property
    def sentences(self) -> list[str]:
        """Return all that it says; the last two are other ones in each version."""
        word = [_coined(_WORDS_OF_ONE * self.number + i) for i in range(_WORDS_OF_ONE)]
        new = word[-1 - self.version % _OF_VERSIONS]
        return [
            *(f"The {word[i]} {word[i + 1]} met {word[i + 2]} by {word[i + 3]}." for i in range(0, 16, 4)),
            f"This is version {self.version} of what {word[16]} told.",
            f"A {word[17]} of {new} saw {word[18]} there.",
        ]

    @property
    def paragraphs(self) -> list[str]:
        one, two, *rest = self.sentences
        return [f"{one} {two}", f"{rest[0]} {rest[1]}", f"{rest[2]} {rest[3]}"]

    @property
    def markdown(self) -> str:
        """Write the file of a piece."""
        head = f"title: {self.title}\nsource: Kills\nlanguage: en\npublished: 2022-01-05"
        return f"---\n{head}\n---\n" + "\n\n".join(self.paragraphs) + "\n"

    @property
    def trunks(self) -> list[bytes]:
        """Return bytes that no other piece has, whatever is done to the ends of words."""
        words = [_coined(_WORDS_OF_ONE * self.number + i) for i in range(_WORDS_OF_ONE)]
        return [word[:6].encode() for word in words]


def number_of(title: str) -> int:
    """Tell the number of a piece from its title."""
    found = _TITLE.fullmatch(title)
    assert found, title
    return int(found[1])


def version_of(text: str) -> int:
    """Tell the version of a piece from its text."""
    found = _VERSION.search(text)
    assert found, text
    return int(found[1])


def _coined(number: int) -> str:
    scattered = number * 48_611 % _WORDS  # so that words one after the other are not alike
    first, rest = divmod(scattered, len(_SYLLABLES) ** 2)
    second, third = divmod(rest, len(_SYLLABLES))
    return _SYLLABLES[first] + _SYLLABLES[second] + _SYLLABLES[third] + "k"
