"""Many who put at once, and some who are killed at it, lose nothing and leave nothing half done."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from corpus.database import Database
from corpus.errors import UnknownArticle
from corpus.passages import split
from corpus.schema import articles, changes, passages, revisions
from corpus.store import Change, Corpus
from tests.fakes.articles import write_article, write_long_article

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
THREADS = 8
KILLS = 10


@contextlib.contextmanager
def putting(url: str, *, first: int, count: int) -> Iterator[subprocess.Popen[str]]:
    """Run a process that puts long articles; see `tests/corpus/putting.py`."""
    command = [sys.executable, "-m", "tests.corpus.putting", url, str(first), str(count)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        yield process


def titles(corpus: Corpus) -> list[str]:
    return sorted(revision.title for revision in corpus.articles())


def assert_whole(corpus: Corpus) -> None:
    """Every current revision has exactly the passages that its text is split into."""
    for revision in corpus.articles():
        expected = split(revision.text, revision.language)
        places = [(revision.id, position) for position in range(len(expected) + 1)]
        found = corpus.passages_at(places)
        assert [(one.sentence, one.paragraph) for one in found] == [
            (one.sentence, one.paragraph) for one in expected
        ]


def rows(url: str) -> dict[str, int]:
    """How many rows each table has, superseded and removed ones included."""
    with closing(Database(url)) as database, database.reading() as connection:
        return {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in (articles, revisions, passages, changes)
        }


def test_eight_threads_that_put_the_same_articles_store_each_once(corpus: Corpus, database_url: str) -> None:
    together = Barrier(THREADS)

    def put_all(_: int) -> Counter[Change]:
        together.wait()
        return Counter(corpus.put(write_article(str(number))) for number in range(10))

    with ThreadPoolExecutor(THREADS) as threads:
        happened = sum(threads.map(put_all, range(THREADS)), Counter[Change]())

    assert happened == {Change.ADDED: 10, Change.UNCHANGED: 10 * (THREADS - 1)}
    assert rows(database_url) == {"articles": 10, "revisions": 10, "passages": 40, "changes": 10}


def test_eight_threads_that_put_different_articles_lose_none(corpus: Corpus) -> None:
    def put_some(thread: int) -> None:
        for number in range(8):
            corpus.put(write_article(f"{thread}-{number}", title=f"{thread}-{number}"))

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(put_some, range(THREADS)))

    assert titles(corpus) == [f"{thread}-{number}" for thread in range(THREADS) for number in range(8)]
    assert_whole(corpus)


def test_eight_threads_that_revise_one_article_make_one_history(corpus: Corpus, database_url: str) -> None:
    def revise(thread: int) -> None:
        for number in range(5):
            corpus.put(write_article(title=f"Title {thread}-{number}"))

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(revise, range(THREADS)))

    numbers = sa.select(revisions.c.number).order_by(revisions.c.id)
    current = sa.select(sa.func.count()).select_from(revisions).where(revisions.c.superseded_at.is_(None))
    with closing(Database(database_url)) as database, database.reading() as connection:
        assert connection.scalars(numbers).all() == list(range(1, 41))
        assert connection.execute(current).scalar_one() == 1
    assert corpus.articles()[0].number == 40


def test_of_eight_who_remove_an_article_one_does_and_the_others_are_told(corpus: Corpus) -> None:
    corpus.put(write_article())
    article_id = corpus.articles()[0].article_id
    together = Barrier(THREADS)

    def remove(_: int) -> bool:
        together.wait()
        try:
            corpus.remove(article_id, because="wrong")
        except UnknownArticle:
            return False
        return True

    with ThreadPoolExecutor(THREADS) as threads:
        assert sum(threads.map(remove, range(THREADS))) == 1


def test_readers_see_whole_articles_while_others_write(corpus: Corpus) -> None:
    def put_all() -> None:
        for number in range(30):
            corpus.put(write_article(str(number), text="It was calm. Nobody came. All slept."))

    with ThreadPoolExecutor(1) as threads:
        writer = threads.submit(put_all)
        seen = []
        while not writer.done():
            seen.append((len(corpus.articles()), corpus.passage_count(), corpus.summary().articles))
        writer.result()

    assert seen
    assert all(3 * before <= passages <= 3 * after for before, passages, after in seen)
    assert all(passages % 3 == 0 for _, passages, _ in seen)


@pytest.mark.slow
def test_two_processes_that_put_the_same_and_different_articles_keep_all(database_url: str) -> None:
    with (
        putting(database_url, first=0, count=30) as one,
        putting(database_url, first=20, count=30) as other,
    ):
        said = one.communicate()[0] + other.communicate()[0]

    words = Counter(line.partition(" ")[0] for line in said.splitlines())
    with closing(Corpus.open(database_url)) as corpus:
        assert words == {"added": 50, "unchanged": 10}
        assert titles(corpus) == sorted(f"Article {number}" for number in range(50))
        assert_whole(corpus)
    assert rows(database_url) == {"articles": 50, "revisions": 50, "passages": 5_000, "changes": 50}


@pytest.mark.slow
def test_killing_processes_loses_nothing_they_acknowledged_and_leaves_nothing_half(database_url: str) -> None:
    Database.open(database_url).close()

    def put_until_killed(kill: int) -> list[str]:
        with putting(database_url, first=1_000 * kill, count=1_000) as process:
            assert process.stdout
            lines = list(islice(process.stdout, random.Random(kill).randint(1, 25)))  # noqa: S311 (no secret)
            process.kill()
            return [line.split()[1] for line in [*lines, *process.stdout] if line.endswith("\n")]

    with ThreadPoolExecutor(2) as two_at_a_time:
        acknowledged = {key for keys in two_at_a_time.map(put_until_killed, range(KILLS)) for key in keys}

    with closing(Corpus.open(database_url)) as corpus:
        kept = {revision.title.replace("Article ", "article-") for revision in corpus.articles()}
        assert acknowledged <= kept
        assert len(kept - acknowledged) <= KILLS  # each was killed over one article at most
        assert_whole(corpus)
    there = rows(database_url)
    number = there["articles"]
    assert there == {
        "articles": number,
        "revisions": number,
        "passages": 100 * number,
        "changes": number,
    }
    with closing(Corpus.open(database_url)) as corpus:
        assert corpus.put(write_long_article(0)) is Change.UNCHANGED
        assert corpus.put(write_article("after all that")) is Change.ADDED
