"""The migrations and `corpus.schema` are one and the same, and a database is only ever moved forwards."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from corpus.database import SCHEMA_REVISION, Database, alembic_config
from corpus.errors import DatabaseUnavailable
from corpus.schema import entries, metadata
from corpus.store import Corpus
from tests.fakes.articles import write_article

ROOT = Path(__file__).resolve().parents[2]
OPEN_AND_COUNT = """
import sys
from contextlib import closing
from corpus.store import Corpus
with closing(Corpus.open(sys.argv[1])) as corpus:
    print(corpus.summary().articles)
"""


def revision_of(database: Database) -> object:
    with database.reading() as connection:
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one()


def test_the_migrations_make_exactly_the_tables_of_the_schema(database_url: str) -> None:
    with closing(Database.open(database_url)) as database, database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})

        assert compare_metadata(context, metadata) == []


def test_constraints_have_the_names_that_later_migrations_will_look_for(database_url: str) -> None:
    with closing(Database.open(database_url)) as database, database.reading() as connection:
        inspector = sa.inspect(connection)

        assert inspector.get_unique_constraints("articles")[0]["name"] == "uq_articles_key"
        assert inspector.get_pk_constraint("passages")["name"] == "pk_passages"
        assert inspector.get_foreign_keys("passages")[0]["name"] == "fk_passages_revision_id_revisions"
        assert inspector.get_indexes("passages")[0]["name"] == "ix_passages_content"


def test_the_program_knows_the_newest_migration_by_name() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_heads() == [SCHEMA_REVISION]


def test_every_migration_can_be_followed_from_the_first_one() -> None:
    scripts = list(ScriptDirectory.from_config(alembic_config()).walk_revisions())

    assert [script.down_revision for script in scripts[:-1]] == [script.revision for script in scripts[1:]]
    assert scripts[-1].down_revision is None


def test_opening_a_fresh_database_makes_the_newest_schema(database_url: str) -> None:
    with closing(Database.open(database_url)) as database:
        assert revision_of(database) == SCHEMA_REVISION


def test_opening_again_keeps_what_is_there(database_url: str) -> None:
    with closing(Corpus.open(database_url)) as corpus:
        corpus.put(write_article(title="Kept"))

    with closing(Corpus.open(database_url)) as corpus:
        assert [revision.title for revision in corpus.articles()] == ["Kept"]


def test_a_database_that_a_newer_program_wrote_is_refused_and_left_alone(database_url: str) -> None:
    with closing(Corpus.open(database_url)) as corpus:
        corpus.put(write_article(title="Kept"))
    with closing(Database(database_url)) as database, database.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(DatabaseUnavailable, match=r"schema '9999', unknown .* update crisisbot$"):
        Corpus.open(database_url)

    with closing(Database(database_url)) as database:
        assert revision_of(database) == "9999"
        assert [revision.title for revision in Corpus(database).articles()] == ["Kept"]


def test_a_migration_that_fails_leaves_nothing_behind(database_url: str) -> None:
    with closing(Database(database_url)) as database, database.writing() as connection:
        connection.execute(sa.text("CREATE TABLE passages (taken INTEGER)"))  # the third that 0001 makes

    with pytest.raises(DatabaseUnavailable, match="passages"):
        Database.open(database_url)

    with closing(Database(database_url)) as database, database.reading() as connection:
        assert sa.inspect(connection).get_table_names() == ["passages"]


def test_entries_that_feeds_call_alike_are_parted_where_they_say_different_things(database_url: str) -> None:
    rows = [(1, "feed:a", "one"), (2, "feed:a", "two"), (1, "feed:b", "same"), (2, "feed:b", "same")]
    rows += [(1, "https://a.kz/1", "one"), (2, "https://a.kz/1", "two"), (2, "feed:c", "alone")]
    with closing(Database(database_url)) as database, database.writing() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        connection.execute(
            sa.text(
                "INSERT INTO feeds (id, url, stated, every_s, added_at, next_at, failures) "
                "VALUES (:id, :url, '{}', 300, '2022-01-05', '2022-01-05', 0)"
            ),
            [{"id": number, "url": str(number)} for number in (1, 2)],
        )
        connection.execute(
            sa.text(
                "INSERT INTO entries (feed_id, entry, digest, article_key, failures, seen_at) "
                "VALUES (:feed, :name, :digest, :key, 0, '2022-01-05')"
            ),
            [{"feed": feed, "name": key, "key": key, "digest": digest} for feed, key, digest in rows],
        )

    with closing(Database.open(database_url)) as database, database.reading() as connection:
        found = connection.execute(
            sa.select(entries.c.feed_id, entries.c.article_key, entries.c.digest).order_by(
                entries.c.entry, entries.c.feed_id
            )
        )
        assert [tuple(row) for row in found] == [
            (1, "feed:a", ""),
            (2, None, ""),
            (1, "feed:b", "same"),
            (2, "feed:b", "same"),
            (2, "feed:c", "alone"),
            (1, "https://a.kz/1", "one"),
            (2, "https://a.kz/1", "two"),
        ]


def test_eight_threads_may_open_a_fresh_database_at_once(database_url: str) -> None:
    together = Barrier(8)

    def open_and_count(_: int) -> int:
        together.wait()
        with closing(Corpus.open(database_url)) as corpus:
            return corpus.summary().articles

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(open_and_count, range(8))) == [0] * 8


@pytest.mark.slow
def test_four_processes_may_open_a_fresh_database_at_once(database_url: str) -> None:
    opening = [sys.executable, "-c", OPEN_AND_COUNT, database_url]
    running = [
        subprocess.Popen(opening, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]

    assert [process.communicate() for process in running] == [("0\n", "")] * 4
