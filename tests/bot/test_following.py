"""The process that indexes whatever comes into the corpus."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from bot.following import Follower
from corpus.database import sqlite_url
from corpus.errors import DatabaseUnavailable
from corpus.store import Corpus
from index import merging
from index.engine import Engine
from index.sync import Sync
from tests.fakes.command_line import START, clean_environment
from tests.fakes.damage import flip
from tests.fakes.encoder import FakeEncoder
from tests.fakes.news import ARREST, BRIDGE, SHOW_ALL, WEIGHTS, put, remove

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.fakes.command_line import CommandLine

#: Seconds in which a thread or a process has done what is waited for, on a busy machine.
SOON = 60.0


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    opened = Corpus.open(sqlite_url(tmp_path / "corpus.sqlite"))
    yield opened
    opened.close()


def wait_until(happened: Callable[[], bool]) -> None:
    patience_ends = time.monotonic() + SOON
    while not happened():
        assert time.monotonic() < patience_ends
        time.sleep(0.01)


class Reader:
    """A process that answers, as far as the index can tell."""

    def __init__(self, folder: Path, corpus: Corpus) -> None:
        self.corpus = corpus
        self.engine = Engine(folder, corpus, FakeEncoder(), calibration=SHOW_ALL, weights=WEIGHTS)

    def is_up_to_date(self) -> bool:
        self.engine.renew()
        return not self.engine.is_behind if self.engine.resume() else False


@contextmanager
def following(folder: Path, corpus: Corpus, encoder: FakeEncoder) -> Iterator[threading.Event]:
    stop = threading.Event()
    follower = Follower(Sync(folder, corpus, encoder), corpus, stop)
    thread = threading.Thread(target=follower.run, args=(0.01,))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(SOON)
        assert not thread.is_alive()


def test_what_comes_changes_and_goes_is_followed(tmp_path: Path, corpus: Corpus) -> None:
    reader = Reader(tmp_path / "index", corpus)
    with following(tmp_path / "index", corpus, FakeEncoder()):
        changes: list[Callable[[], None]] = [
            lambda: put(corpus, "a", ARREST, title="Arrest"),
            lambda: put(corpus, "b", BRIDGE, title="Bridge"),
            lambda: put(corpus, "a", ARREST, BRIDGE, title="Arrest"),
            lambda: remove(corpus, "Bridge"),
        ]
        for change in changes:
            change()
            wait_until(reader.is_up_to_date)
            snapshot = Sync(tmp_path / "index", corpus, FakeEncoder()).usable(None)
            assert snapshot is not None
            assert snapshot.passage_ids() == corpus.passage_ids()


def test_an_end_interrupts_the_encoding_and_keeps_what_is_done(tmp_path: Path, corpus: Corpus) -> None:
    for number in range(3):
        put(corpus, f"{number}", *(f"Sentence {number} {i}." for i in range(300)), title=f"{number}")
    encoder = FakeEncoder(pause=0.2)
    with following(tmp_path / "index", corpus, encoder) as stop:
        wait_until(lambda: len(encoder.encoded) > 0)
        stop.set()

    done = {*encoder.encoded}
    again = FakeEncoder()
    Sync(tmp_path / "index", corpus, again).run(lambda _done, _total: None)

    assert len(done) < 900
    assert len(done) + len(again.encoded) == 900


def test_a_database_that_goes_away_is_waited_for(
    tmp_path: Path, corpus: Corpus, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, fails = corpus.state, [True]

    def unsteady() -> str:
        if fails.pop() if fails else False:
            raise DatabaseUnavailable("the database is away")
        return state()

    reader = Reader(tmp_path / "index", corpus)
    with following(tmp_path / "index", corpus, FakeEncoder()):
        put(corpus, "a", ARREST)
        wait_until(reader.is_up_to_date)
        monkeypatch.setattr(corpus, "state", unsteady)
        wait_until(lambda: "the index cannot follow the articles: the database is away" in caplog.text)
        put(corpus, "b", BRIDGE)
        wait_until(reader.is_up_to_date)


def test_an_index_that_was_exchanged_is_followed_from_there(tmp_path: Path, corpus: Corpus) -> None:
    reader, sync = Reader(tmp_path / "index", corpus), Sync(tmp_path / "index", corpus, FakeEncoder())
    with following(tmp_path / "index", corpus, FakeEncoder()):
        put(corpus, "a", ARREST)
        wait_until(reader.is_up_to_date)
        put(corpus, "b", BRIDGE)
        wait_until(reader.is_up_to_date)
        sync.go_back()
        wait_until(reader.is_up_to_date)

    snapshot = sync.usable(None)
    assert snapshot is not None
    assert snapshot.passage_ids() == corpus.passage_ids()


def test_damage_that_only_a_reader_sees_is_mended(tmp_path: Path, corpus: Corpus) -> None:
    reader = Reader(tmp_path / "index", corpus)
    with following(tmp_path / "index", corpus, FakeEncoder()):
        put(corpus, "a", ARREST)
        wait_until(reader.is_up_to_date)
        put(corpus, "b", BRIDGE)
        wait_until(Reader(tmp_path / "index", corpus).is_up_to_date)
        for file in (tmp_path / "index").glob("*/segment-*/en/arrays"):
            flip(file)
        assert not Reader(tmp_path / "index", corpus).engine.renew()
        wait_until(Reader(tmp_path / "index", corpus).is_up_to_date)


def test_large_segments_are_merged_in_the_background(
    tmp_path: Path, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "SMALLEST", 2)
    monkeypatch.setattr(merging, "AT_ONCE", 0)
    sync = Sync(tmp_path / "index", corpus, FakeEncoder())
    reader = Reader(tmp_path / "index", corpus)

    def segments() -> int:
        snapshot = sync.usable(None)
        return 0 if snapshot is None else len(snapshot.content.segments)

    with following(tmp_path / "index", corpus, FakeEncoder()):
        for number in range(2 * merging.TOGETHER):
            put(corpus, f"{number}", f"One of {number}.", f"Two of {number}.", title=f"{number}")
            wait_until(reader.is_up_to_date)
        wait_until(lambda: 0 < segments() < merging.TOGETHER)

    snapshot = sync.usable(None)
    assert snapshot is not None
    assert snapshot.passage_ids() == corpus.passage_ids()


@pytest.mark.slow
@pytest.mark.parametrize("end", ["its parent is gone", "SIGTERM"])
def test_as_a_process_it_follows_until_its_end(crisisbot: CommandLine, end: str) -> None:
    command = [*START, "--data", str(crisisbot.data), "sync", "--follow", "--tied"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment(CRISISBOT_REFRESH_SECONDS="0.05"),
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        corpus = Corpus.open(sqlite_url(crisisbot.data / "corpus.sqlite"))
        put(corpus, "bakers", "Bakers in Oral went on strike because flour was dear.", title="Bakers")
        corpus.close()
        line = process.stderr.readline().decode()
        if end == "SIGTERM":
            process.send_signal(signal.SIGTERM)
        else:
            process.stdin.close()
        code = process.wait(SOON)

    assert "the index follows: 1 passages came, 0 went" in line
    assert code == 0
    answer = crisisbot.asks("why did the bakers in Oral go on strike?")
    assert answer["evidence"][0]["quote"] == "Bakers in Oral went on strike because flour was dear."
