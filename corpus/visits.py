"""Visits: what is remembered of an entry's page, to read it again; and how that is kept in a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Visit:
    """When a page is read again, counted from `since`, and never where `at` is None.

    `etag` and `last_modified` are what its server called what was read, `headline` is the hash of the page's
    own title, `problem` why its article could not be read there the last time.
    """

    since: datetime
    at: datetime | None
    etag: str | None = None
    last_modified: str | None = None
    headline: str | None = None
    problem: str | None = None


def columns_of(visit: Visit | None) -> Mapping[str, object]:
    """Write a visit into columns of `entries`."""
    return {
        "visits_since": visit and visit.since,
        "visit_at": visit and visit.at,
        "page_etag": visit and visit.etag,
        "page_modified": visit and visit.last_modified,
        "page_headline": visit and visit.headline,
        "page_problem": visit and visit.problem,
    }


def visit_of(row: sa.Row[Any]) -> Visit | None:
    """Read a visit from a row of `entries`; None where its page is none that was read."""
    if row.visits_since is None:
        return None
    return Visit(
        since=row.visits_since,
        at=row.visit_at,
        etag=row.page_etag,
        last_modified=row.page_modified,
        headline=row.page_headline,
        problem=row.page_problem,
    )
