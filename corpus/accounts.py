"""Accounts: an article as it is compared with others: what its statements say, and how it was filed; pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Final

from corpus.datelines import Dateline, part
from corpus.statements import OTHER_STEM, STEM, Statement, read_statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.articles import Published
    from corpus.languages import Language

#: Sentences of an article that are looked at: an agency's report hardly ever has more, a book has thousands.
LONGEST_REPORT: Final = 40

#: Telling words of a first sentence that is no dateline.
LEAD: Final = 3


@dataclass(frozen=True)
class Account:
    """One telling of a report: what its statements say, when it was published, and its dateline."""

    statements: tuple[Statement, ...]
    published: Published | None = None
    dateline: Dateline | None = None

    @cached_property
    def stems(self) -> frozenset[str]:
        """All telling words' beginnings."""
        return frozenset(chain.from_iterable(one.stems for one in self.statements))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """All numbers."""
        return frozenset(chain.from_iterable(one.numbers for one in self.statements))

    @cached_property
    def names(self) -> frozenset[str]:
        """All names."""
        return frozenset(chain.from_iterable(one.names for one in self.statements))

    @cached_property
    def denials(self) -> frozenset[str]:
        """All words that say that something is not so."""
        return frozenset(chain.from_iterable(one.denials for one in self.statements))

    @cached_property
    def days(self) -> frozenset[str]:
        """All days of the week and months."""
        return frozenset(chain.from_iterable(one.days for one in self.statements))

    @cached_property
    def sides(self) -> frozenset[str]:
        """All sides of opposites."""
        return frozenset(chain.from_iterable(one.sides for one in self.statements))

    @cached_property
    def filed_in(self) -> frozenset[str]:
        """The place of its dateline, in all its names, as stems are."""
        names = self.dateline.spellings if self.dateline else ()
        return frozenset(name[:length] for name in names for length in (OTHER_STEM, *STEM.values()))

    def is_filed_apart(self, other: Account) -> bool:
        """Say whether another report was filed on another day, or elsewhere while no word joins the places.

        Of "ATYRAU (Agency) - The city's airport is closed" and the same from Uralsk, the dateline alone tells
        where; and where there are no names, what has no dateline may be about any place.
        """
        mine, theirs = self.dateline, other.dateline
        if mine is not None and theirs is not None and mine.is_apart(theirs):
            return True
        if (mine and mine.is_after(other.published)) or (theirs and theirs.is_after(self.published)):
            return True
        if self.filed_in & (other.stems | other.filed_in) or other.filed_in & self.stems:
            return False
        if self.filed_in and other.filed_in:
            return True
        return any(one.filed_in and not one.names for one in (self, other))


def read_account(sentences: Sequence[str], language: Language, published: Published | None = None) -> Account:
    """Read an article's sentences, less what stands before its first statement: a place, a day, an agency."""
    dateline, told = part(sentences[:LONGEST_REPORT])
    read = [read_statement(one, language) for one in told]
    first = next((place for place, one in enumerate(read) if len(one.stems) >= LEAD or one.denials), 0)
    return Account(tuple(read[first:]), published, dateline)
