"""Copies: whether two articles are one report, and two sentences one statement; pure.

Agencies' reports are printed by many, shortened, retitled and reworded. Copies say the same with the same
names and numbers; an article of the same event with another number, day or name is another report. What the
rules are worth, and why they are ours, is in docs/decisions/0007-wire-copies.md.
"""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final

from corpus.datelines import are_filed_apart, without_dateline
from corpus.statements import OTHER_STEM, Statement, are_opposite, read_statement, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from corpus.accounts import Account
    from corpus.articles import ArticleId, Published, RevisionId
    from corpus.languages import Language

#: Bands that are stored of an article; a table of them is larger than that of its sentences.
MOST_BANDS: Final = 32

#: How many telling words in a row are hashed together.
IN_A_ROW: Final = (2, 3)

#: Characters of a text, and the share of its longer words in the other one, that make it worth comparing.
GLANCED_AT: Final = 8_000
WORTH_COMPARING: Final = 0.4

#: The share of the shorter one's telling words that stand in the same statements of the longer one.
SAME_REPORT: Final = 0.6

#: The share from which on two statements are about one thing, so that their numbers should agree.
SAME_MATTER: Final = 0.5

#: The share from which on two statements say the same, or the contrary.
NEARLY: Final = 0.8

#: The share of the shorter one's names that the longer one has.
SAME_NAMES: Final = 0.8

#: Days between the publication of copies at most.
FARTHEST_DAYS: Final = 3

#: Telling words of a sentence that is the same wherever it stands; shorter ones stand in any article.
ENOUGH_WORDS: Final = 6

#: The share of the telling words of a longer sentence that a shorter one of the same statement has.
SAME_WORDS: Final = 0.75

#: The share of the telling words of an article's first statement that stand in one of the other article.
SAME_LEAD: Final = 0.3

#: The share of the longer words of the sentence with fewer that two of one statement share: reading them
#: closely takes a hundred times as long. Less than all, for each may say whom it has it from.
SAME_LONG_WORDS: Final = 0.5

_LONG_WORD = re.compile(r"\w{4,}")


@dataclass(frozen=True, slots=True)
class Copy:
    """Where a sentence that is shown stands as well: an article, and the place in this revision of it."""

    article_id: ArticleId
    revision_id: RevisionId
    position: int
    title: str
    source: str
    url: str | None
    published: Published | None
    seen_at: datetime

    @property
    def order(self) -> tuple[datetime, RevisionId]:
        """By which the earliest of several is told."""
        return came(self.published, self.seen_at), self.revision_id


@functools.lru_cache(maxsize=10_000)
def wording(sentence: str) -> int:
    """Hash a sentence's words into 63 bits; its dateline, case, punctuation and white space do not count."""
    return _hash(" ".join(words_of(without_dateline(sentence))))


def bands(account: Account, language: Language) -> tuple[int, ...]:
    """Return the hashes by which copies find each other: of each statement one of two words, one of three.

    Each is the least of all that the statement has (MinHash, Broder 1997). Many articles share two words in a
    row; few copies are so reworded that they share no two.
    """
    found: dict[int, None] = {}
    for statement in account.statements:
        for number in IN_A_ROW if statement.stems else ():
            runs = _runs(statement.stems, number)
            found[min(_hash(f"{language}\x1f{number}\x1f{run}") for run in runs)] = None
    return tuple(found)


def kept(looked_for: Sequence[int]) -> list[int]:
    """Return of an article's bands those that are stored: the least, which its copies keep, too."""
    return sorted(looked_for)[:MOST_BANDS]


def may_be_copies(one: str, other: str) -> bool:
    """Say at a glance at two texts whether it is worth comparing them."""
    small, large = sorted((_glance(one[:GLANCED_AT]), _glance(other[:GLANCED_AT])), key=len)
    return _share(small, large) >= WORTH_COMPARING


def is_same_report(one: Account, other: Account) -> bool:
    """Say whether two articles are copies of one report."""
    small, large = sorted((one, other), key=lambda account: (len(account.stems), sorted(account.stems)))
    return (
        days_apart(one.published, other.published) <= FARTHEST_DAYS
        and shared(small, large) >= SAME_REPORT
        and _names_met(small, large) >= SAME_NAMES
        and small.denials == large.denials
        and _has_lead_of(small, large)
        and _has_lead_of(large, small)
        and small.numbers <= large.numbers
        and not _begin_otherwise(one, other)
        and not contradict(one, other)
    )


def _names_met(small: Account, large: Account) -> float:
    """Return the share of the names that another article has, too, of statements that it shares."""
    names = {name for mine, _, share in _pairs(small, large) if share >= SAME_MATTER for name in mine.names}
    return _share(names, large.stems | large.filed_in)


def _has_lead_of(one: Account, other: Account) -> bool:
    """Say whether a statement of an article is about what another one begins with, so about its news."""
    lead = frozenset(other.statements[0].stems) if other.statements else frozenset()
    return any(_share(lead, frozenset(mine.stems)) >= SAME_LEAD for mine in one.statements)


def contradict(one: Account, other: Account) -> bool:
    """Say whether two articles say of one matter different numbers, names or days, or the contrary."""
    return one.is_filed_apart(other) or any(
        _differ(mine.numbers - other.numbers, theirs.numbers - one.numbers)
        or _differ(mine.names - other.stems, theirs.names - one.stems)
        or _differ(mine.days - other.days, theirs.days - one.days)
        or mine.denials != theirs.denials
        or are_opposite(mine.sides - other.sides, theirs.sides - one.sides)
        or (_alike(mine, theirs) >= NEARLY and _clash(mine, theirs))
        for mine, theirs, share in _pairs(one, other)
        if share >= SAME_MATTER
    )


def overlap(one: Account, other: Account) -> float:
    """Return the share of both articles' telling words that both have."""
    return len(one.stems & other.stems) / max(len(one.stems | other.stems), 1)


def shared(small: Account, large: Account) -> float:
    """Return the share of an article's telling words that stand in the same statements of another."""
    total = sum(len(set(one.stems)) for one in small.statements)
    met = sum(share * len(set(mine.stems)) for mine, _, share in _pairs(small, large) if share >= SAME_MATTER)
    return met / max(total, 1)


def is_same_sentence(one: str, other: str, language: Language) -> bool:
    """Say whether two sentences say the same in nearly the same words, with the same numbers and names."""
    if are_filed_apart(one, other):
        return False
    if wording(one) == wording(other):
        return True
    if not _share_long_words(one, other):
        return False
    mine, theirs = read_statement(one, language), read_statement(other, language)
    small, large = sorted((mine.telling, theirs.telling), key=len)
    return (
        len(small) >= ENOUGH_WORDS
        and small <= large
        and len(small) >= SAME_WORDS * len(large)
        and mine.numbers == theirs.numbers
        and mine.names == theirs.names
        and mine.denials == theirs.denials
        and mine.negations == theirs.negations
        and mine.sides == theirs.sides
    )


def is_telling(sentence: str, language: Language) -> bool:
    """Say whether a sentence says so much that it is a copy wherever else it stands."""
    statement = read_statement(sentence, language)
    return len(statement.telling) >= ENOUGH_WORDS and bool(statement.names or statement.numbers)


def came(published: Published | None, seen_at: datetime) -> datetime:
    """Return when an article came: when it was published, a day being its noon in UTC, or else first seen."""
    if published is None:
        return seen_at
    if isinstance(published, datetime):
        return published
    return datetime.combine(published, time(12), UTC)


def days_apart(one: Published | None, other: Published | None) -> float:
    """Return how many days lie between two articles; none where one of them has no date."""
    if one is None or other is None:
        return 0.0
    unseen = datetime.min.replace(tzinfo=UTC)
    return abs(came(one, unseen) - came(other, unseen)).total_seconds() / 86_400


def _pairs(one: Account, other: Account) -> Iterator[tuple[Statement, Statement, float]]:
    """Yield each statement with the one of the other article that is most like it, and how much it is."""
    theirs = [(statement, frozenset(statement.stems)) for statement in other.statements]
    for statement in one.statements:
        mine = frozenset(statement.stems)
        best, share = max(
            ((that, _share(mine, stems)) for that, stems in theirs),
            key=lambda pair: pair[1],
            default=(None, 0.0),
        )
        if best is not None:
            yield statement, best, share


def _share(some: AbstractSet[str], of: AbstractSet[str]) -> float:
    return len(some & of) / len(some) if some else 1.0


def _share_long_words(one: str, other: str) -> bool:
    small, large = sorted((_long_words(one), _long_words(other)), key=len)
    return _share(small, large) >= SAME_LONG_WORDS


@functools.lru_cache(maxsize=2_000)
def _long_words(sentence: str) -> frozenset[str]:
    return frozenset(_LONG_WORD.findall(sentence.casefold()))


@functools.lru_cache(maxsize=100)
def _glance(text: str) -> frozenset[str]:
    return frozenset(word[:OTHER_STEM] for word in _LONG_WORD.findall(text.casefold()))


def _alike(one: Statement, other: Statement) -> float:
    """Return the lesser share of two statements' telling words that the other one has."""
    mine, theirs = frozenset(one.stems), frozenset(other.stems)
    return min(_share(mine, theirs), _share(theirs, mine))


def _clash(mine: Statement, theirs: Statement) -> bool:
    """Say whether two statements in nearly the same words differ in what matters, whatever else is told."""
    return (
        _differ(mine.numbers - theirs.numbers, theirs.numbers - mine.numbers)
        or _differ(mine.names.difference(theirs.stems), theirs.names.difference(mine.stems))
        or mine.negations != theirs.negations
        or are_opposite(mine.sides - theirs.sides, theirs.sides - mine.sides)
    )


def _begin_otherwise(one: Account, other: Account) -> bool:
    """Say whether two articles begin with other words, perhaps names, and go on in nearly the same ones.

    Further on, copies call Putin the president.
    """
    mine, theirs = one.statements[0], other.statements[0]
    return (
        _alike(mine, theirs) >= NEARLY
        and mine.first not in {None, *theirs.stems}
        and theirs.first not in {None, *mine.stems}
    )


def _differ(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    return bool(mine) and bool(theirs)


def _runs(stems: Sequence[str], number: int) -> Iterator[str]:
    """Yield so many words in a row, in whatever order they stand: rewording turns them round."""
    for start in range(max(1, len(stems) - number + 1)):
        yield " ".join(sorted(stems[start : start + number]))


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1
