"""The ledger: what may have become of a piece, and what is a loss; so that the kills would show one."""

from __future__ import annotations

import pytest

from tests.kills.ledger import NOT_THERE, Doings, Done, Seen, Standing, problem
from tests.kills.pieces import Origin, Piece

LIVE, REMOVED, PURGED = Seen(Standing.LIVE, 2, 7), Seen(Standing.REMOVED, 0, 7), Seen(Standing.PURGED, 0, 7)
NOTHING = Doings()
ADDED, ADDING = Doings(taken_in=Done.SURELY), Doings(taken_in=Done.MAYBE)
REMOVING, PURGING = Doings(removed=Done.MAYBE), Doings(purged=Done.MAYBE)


@pytest.mark.parametrize(
    "before, after, doings",
    [
        (NOT_THERE, NOT_THERE, ADDING),
        (NOT_THERE, Seen(Standing.LIVE, 3, 7), ADDED),
        (LIVE, LIVE, ADDING),
        (LIVE, Seen(Standing.LIVE, 3, 7), ADDED),
        (LIVE, LIVE, REMOVING),
        (LIVE, REMOVED, REMOVING),
        (LIVE, PURGED, PURGING),
        (REMOVED, Seen(Standing.LIVE, 3, 7), ADDED),
        (PURGED, PURGED, ADDED),
    ],
)
def test_what_may_be_is_no_problem(before: Seen, after: Seen, doings: Doings) -> None:
    assert problem(Piece(1, Origin.ADDED, version=3), before, after, doings) is None


@pytest.mark.parametrize(
    "before, after, doings, wrong",
    [
        (LIVE, NOT_THERE, NOTHING, "was live and is absent"),
        (LIVE, REMOVED, ADDED, "was live and is removed"),
        (NOT_THERE, NOT_THERE, ADDED, "was absent and is absent"),
        (LIVE, LIVE, ADDED, "says version 2, of 3 to 3"),
        (LIVE, Seen(Standing.LIVE, 1, 7), ADDING, "says version 1, of 2 to 3"),
        (LIVE, Seen(Standing.LIVE, 2, 8), NOTHING, "was article 7 and is 8"),
        (LIVE, LIVE, Doings(removed=Done.SURELY), "was live and is live"),
        (PURGED, Seen(Standing.LIVE, 3, 7), ADDED, "was purged and is live"),
    ],
)
def test_what_must_not_be_is_one(before: Seen, after: Seen, doings: Doings, wrong: str) -> None:
    told = problem(Piece(1, Origin.ADDED, version=3), before, after, doings)

    assert told is not None
    assert wrong in told


def test_a_removed_piece_does_not_come_back_by_its_feed() -> None:
    polled = Piece(1, Origin.POLLED, version=3)

    assert problem(polled, REMOVED, Seen(Standing.LIVE, 3, 7), ADDED) is not None
    assert problem(polled, REMOVED, REMOVED, ADDED) is None
