"""Buttons: what their data says, written into at most 64 bytes and read back from untrusted ones; pure.

Data names public passages and pages only, so a forged one shows nothing that asking would not show.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.articles import RevisionId
from index.answers import Reference
from index.confidence import Outcome

#: Bytes of callback data that Telegram takes (https://core.telegram.org/bots/api#inlinekeyboardbutton).
LONGEST_DATA = 64

_LETTERS = {Outcome.ANSWERED: "a", Outcome.CLOSEST: "c"}
_OUTCOMES = {letter: outcome for outcome, letter in _LETTERS.items()}
_REFERENCES = r"\d{1,18}\.\d{1,9}(?:,\d{1,18}\.\d{1,9}){0,9}"


@dataclass(frozen=True, slots=True)
class ShowContext:
    """Show the passages of a card among their neighbours; the rest is what leads back to the card."""

    outcome: Outcome
    page: int
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class ShowCard:
    """Show the card again."""

    outcome: Outcome
    page: int
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class ShowPage:
    """Show another page of what was found for the question."""

    page: int


Press = ShowContext | ShowCard | ShowPage


def write(press: Press) -> str:
    """Write a button's data; references that do not fit are left out from the end."""
    if isinstance(press, ShowPage):
        return f"p:{press.page}"
    head = f"{'x' if isinstance(press, ShowContext) else 'b'}:{_LETTERS[press.outcome]}{press.page}:"
    references = list(press.references)
    while len(data := head + _written(references)) > LONGEST_DATA:
        references.pop()
    return data


def parse(data: str | None) -> Press | None:
    """Read a button's data; None for anything that `write` does not write."""
    if found := re.fullmatch(r"p:(\d{1,4})", data or "", re.ASCII):
        return ShowPage(int(found[1]))
    found = re.fullmatch(rf"([xb]):([ac])(\d{{1,4}}):({_REFERENCES})", data or "", re.ASCII)
    if found is None:
        return None
    kind = ShowContext if found[1] == "x" else ShowCard
    return kind(_OUTCOMES[found[2]], int(found[3]), _references(found[4]))


def _written(references: Sequence[Reference]) -> str:
    return ",".join(f"{one.revision_id}.{one.position}" for one in references)


def _references(text: str) -> tuple[Reference, ...]:
    pairs = (pair.split(".") for pair in text.split(","))
    return tuple(Reference(RevisionId(int(revision)), int(position)) for revision, position in pairs)
