"""The ledger: how each piece stood when somebody looked, and what may have become of it since; pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.kills.pieces import Origin

if TYPE_CHECKING:
    from tests.kills.pieces import Piece


class Standing(enum.StrEnum):
    """What the database says of a piece."""

    ABSENT = "absent"
    LIVE = "live"
    REMOVED = "removed"
    PURGED = "purged"


class Done(enum.IntEnum):
    """Whether a command did its work: it did not run, it was killed, it ended well."""

    NO = 0
    MAYBE = 1
    SURELY = 2


@dataclass(frozen=True)
class Seen:
    """A piece as it was seen in the database."""

    standing: Standing
    version: int = 0
    article_id: int | None = None


NOT_THERE = Seen(Standing.ABSENT)


@dataclass(frozen=True)
class Doings:
    """What commands did to one piece between two looks."""

    taken_in: Done = Done.NO
    removed: Done = Done.NO
    purged: Done = Done.NO


def problem(piece: Piece, before: Seen, after: Seen, doings: Doings) -> str | None:
    """Say what must not have happened to a piece; None where all is well."""
    allowed = _may_be(piece, before.standing, doings)
    if after.standing not in allowed:
        return f"{piece.title} ({piece.origin}) was {before.standing} and is {after.standing}: {doings}"
    if before.article_id is not None and after.article_id != before.article_id:
        return f"{piece.title} was article {before.article_id} and is {after.article_id}"
    if after.standing is not Standing.LIVE:
        return None
    oldest = piece.version if _is_newest(doings) else before.version
    if not oldest <= after.version <= piece.version:
        return f"{piece.title} says version {after.version}, of {oldest} to {piece.version}: {doings}"
    return None


def _is_newest(doings: Doings) -> bool:
    """Say whether the newest version must be there: another one may have come in just before a removal."""
    return doings.taken_in is Done.SURELY and not doings.removed and not doings.purged


def _may_be(piece: Piece, before: Standing, doings: Doings) -> set[Standing]:
    if before is Standing.PURGED:
        return {Standing.PURGED}
    if doings.purged is Done.SURELY:
        return {Standing.PURGED}
    may: set[Standing] = {before}
    comes_back = piece.origin is Origin.ADDED  # who adds a file by name wants it, removed before or not
    if doings.removed:
        if doings.removed is Done.SURELY:
            may = set()
        may |= {Standing.REMOVED} | ({Standing.LIVE} if comes_back and doings.taken_in else set())
    elif doings.taken_in and (before is Standing.ABSENT or comes_back):
        may = {Standing.LIVE} | (may if doings.taken_in is Done.MAYBE else set())
    if doings.purged:
        may |= {Standing.PURGED}
    return may
