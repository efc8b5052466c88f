"""The set of wire copies is a gate: what is told of it may not get worse."""

from __future__ import annotations

from collections import Counter

import copies
from copies import DATELINES, LANGUAGES, Row, are_copies, decided, figures, pairs_of, read_set


def rows() -> list[Row]:
    return [row for language in LANGUAGES for row in read_set(language)]


def test_no_near_miss_is_called_a_copy_and_hardly_a_copy_is_missed() -> None:
    told = decided(rows(), errors="")

    assert {half: told[half]["precision"] for half in copies.HALVES} == {"seen": 1.0, "held back": 1.0}
    assert told["held back"]["recall"] >= 0.97
    assert told["seen"]["recall"] == 1.0


def test_datelines_hide_hardly_a_copy_and_tell_near_misses() -> None:
    told = decided([row for name in DATELINES for row in read_set(name)], errors="")

    # Three copies that name nobody may be of any town without a dateline; a near miss is taken for one.
    assert (told["seen"]["precision"], told["seen"]["recall"]) == (0.9231, 0.75)
    assert told["held back"]["precision"] == 1.0
    assert told["held back"]["recall"] >= 0.84


def test_the_set_is_large_and_has_every_kind_in_every_language() -> None:
    for language in LANGUAGES:
        kinds = Counter(row.kind for row in read_set(language))
        assert kinds.keys() >= {"original", "rewritten", "shortened", "retitled", "credited"}
        assert kinds.keys() >= {"template", "update", "other place", "other person"}
    pairs = [*pairs_of(rows(), family=True)]
    assert (len(pairs), sum(are_copies(*pair) for pair in pairs)) == (275, 73)


def test_halves_share_no_family() -> None:
    halves = {(row.article.language, row.family): set[str]() for row in rows()}
    for row in rows():
        halves[row.article.language, row.family].add(row.half)

    assert all(len(some) == 1 for some in halves.values())


def test_precision_and_recall_are_counted_over_pairs() -> None:
    counted = figures([(True, True), (True, False), (False, True), (False, False)])

    assert counted == {"pairs": 4, "copies": 2, "called copies": 2, "precision": 0.5, "recall": 0.5}
