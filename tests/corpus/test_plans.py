"""How SQLite looks things up: what a question needs must not be looked for among all articles."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from corpus.database import sqlite_url
from corpus.reading import live_passages
from corpus.schema import passages
from corpus.store import Corpus

if TYPE_CHECKING:
    from pathlib import Path


def test_passages_are_looked_up_by_their_content(tmp_path: Path) -> None:
    Corpus.open(sqlite_url(tmp_path / "corpus.sqlite")).close()
    statement = live_passages(sa.select(passages)).where(passages.c.content.in_([1, 2]))
    written = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})

    with closing(sqlite3.connect(tmp_path / "corpus.sqlite")) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {written}").fetchall()

    assert "ix_passages_content" in plan[0][3]
    assert not any("ix_revisions_current" in step[3] for step in plan)
