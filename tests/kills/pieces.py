"""Pieces: made-up articles that are written, rewritten and purged, each of words that stand in no other."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

_SYLLABLES = [consonant + vowel for consonant in "bdfgkmnprtvz" for vowel in "aeiou"]
_BASE = len(_SYLLABLES)

#: Syllables of a word: so many that words which an index keeps in pieces never look like another one.
_LENGTH = 5

#: Words of one piece; its versions share all but the last twenty.
_WORDS_OF_ONE, _OF_VERSIONS = 80, 20

#: How many of them are in sentences that stay the same, four in each; enough for an entry of a feed to
#: be the whole article.
_STAYING = 36

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
            *(
                f"The {word[i]} {word[i + 1]} met {word[i + 2]} by {word[i + 3]}."
                for i in range(0, _STAYING, 4)
            ),
            f"This is version {self.version} of what {word[_STAYING]} told.",
            f"A {word[_STAYING + 1]} of {new} saw {word[_STAYING + 2]} there.",
        ]

    @property
    def paragraphs(self) -> list[str]:
        said = self.sentences
        return [" ".join(said[first : first + 2]) for first in range(0, len(said), 2)]

    @property
    def markdown(self) -> str:
        """Write the file of a piece."""
        head = f"title: {self.title}\nsource: Kills\nlanguage: en\npublished: 2022-01-05"
        return f"---\n{head}\n---\n" + "\n\n".join(self.paragraphs) + "\n"

    def item(self, url: str) -> str:
        """Write the entry of a feed, which holds all of the piece."""
        content = "".join(f"<p>{paragraph}</p>" for paragraph in self.paragraphs)
        return (
            f"<item><title>{self.title}</title><link>{url}</link><guid>{url}?v={self.version}</guid>"
            f"<pubDate>Wed, 05 Jan 2022 10:00:00 +0000</pubDate>"
            f"<content:encoded><![CDATA[{content}]]></content:encoded></item>"
        )

    @property
    def trunks(self) -> list[bytes]:
        """Return bytes that no other piece has, whatever is done to the ends of words."""
        words = [_coined(_WORDS_OF_ONE * self.number + i) for i in range(_WORDS_OF_ONE)]
        return [word[:-1].encode() for word in words]


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
    """Make the word of this number; those of numbers one after the other are not alike."""
    left, syllables = number * 486_187_739 % _BASE**_LENGTH, []
    for _ in range(_LENGTH):
        left, syllable = divmod(left, _BASE)
        syllables.append(_SYLLABLES[syllable])
    return "".join(syllables) + "k"
