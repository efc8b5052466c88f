"""What runs beside a question while articles arrive: the indexer of a bot, and whoever stores articles."""

import asyncio
import contextlib
import itertools
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import bot.indexer
from bot.settings import Settings
from corpus.articles import Article
from corpus.database import sqlite_url
from corpus.store import Corpus
from index.engine import Engine
from index.manifests import read_manifest
from index.snapshots import Snapshots
from machine import Spent
from madeup import Made, Newsroom

#: Seconds in which the indexer must have followed, or something is wrong.
PATIENCE_S = 900.0

#: Seconds between two looks for a newer generation, as in the bot.
RENEW_S = 0.25

#: The share of a processor that an idle indexer uses at most.
IDLE = 0.1


def settings_of(data: Path) -> Settings:
    """Return the settings of a bot over this folder, without the bundled briefs."""
    return Settings.read(
        {"CRISISBOT_DATA": str(data), "CRISISBOT_BUNDLED": "0", "CRISISBOT_LOG_LEVEL": "ERROR"}
    )


def open_data(data: Path) -> Corpus:
    """Open the articles of a folder as the bot has it."""
    data.mkdir(parents=True, exist_ok=True)
    return Corpus.open(sqlite_url(data / "corpus.sqlite"))


@dataclass(frozen=True, slots=True)
class Indexer:
    """The process that a running bot starts to keep its index up to date."""

    pid: int
    snapshots: Snapshots
    corpus: Corpus
    give_way: Callable[[], AbstractContextManager[None]]

    def spent(self) -> Spent:
        """Return what it has used up so far."""
        return Spent.by(self.pid)

    @property
    def has_followed(self) -> bool:
        """Say whether all that is stored is indexed."""
        pointer = self.snapshots.pointer()
        return pointer is not None and pointer[1] == self.corpus.state()

    def wait(self, *, idle: bool = True) -> None:
        """Wait until all that is stored is indexed, and the indexer is `idle`: what is combined is, too."""
        patience_ends = time.monotonic() + PATIENCE_S
        while True:
            before = self.spent().cpu_s
            time.sleep(RENEW_S)
            if self.has_followed and (not idle or self.spent().cpu_s - before < IDLE * RENEW_S):
                return
            if time.monotonic() > patience_ends:
                raise TimeoutError("the indexer does not follow the articles")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Have it stand still for a while, in the midst of whatever it does."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    def segments(self) -> int:
        """Return of how many segments the index is."""
        pointer = self.snapshots.pointer()
        return 0 if pointer is None else len(read_manifest(self.snapshots.folder / pointer[0]).segments)


@contextmanager
def indexing(data: Path, corpus: Corpus) -> Iterator[Indexer]:
    """Run the indexer as the bot does, with the real model."""
    settings = settings_of(data)
    process = bot.indexer.Indexer(settings)
    loop = asyncio.new_event_loop()
    keeping = loop.create_task(process.keep())
    thread = threading.Thread(target=_run_until_cancelled, args=(loop, keeping))
    thread.start()
    try:
        while process.pid is None:
            time.sleep(RENEW_S)
        snapshots = Snapshots(settings.index_folder, settings.model().identity)
        yield Indexer(process.pid, snapshots, corpus, process.give_way)
    finally:
        loop.call_soon_threadsafe(keeping.cancel)
        thread.join()


def _run_until_cancelled(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    with contextlib.suppress(asyncio.CancelledError):
        loop.run_until_complete(task)
    loop.close()


@contextmanager
def feeding(data: Path, *, per_second: float) -> Iterator["Feeder"]:
    """Run a process that stores articles at some pace while it is told to."""
    child = subprocess.Popen(
        [sys.executable, __file__, str(data), str(per_second)], stdin=subprocess.PIPE, text=True
    )
    try:
        yield Feeder(child)
    finally:
        child.communicate()  # its input ends, and so does it


@dataclass(frozen=True, slots=True)
class Feeder:
    """Stores articles from `go` to `stop`."""

    process: "subprocess.Popen[str]"

    def go(self) -> None:
        """Begin."""
        self._say("go")

    def stop(self) -> None:
        """Pause."""
        self._say("stop")

    def _say(self, word: str) -> None:
        if self.process.stdin is not None:
            self.process.stdin.write(f"{word}\n")
            self.process.stdin.flush()


def feed(data: Path, per_second: float) -> None:
    """Store articles while standard input says so, until it ends."""
    going, ended = threading.Event(), threading.Event()

    def listen() -> None:
        for line in sys.stdin:
            (going.set if line.strip() == "go" else going.clear)()
        ended.set()
        going.set()

    threading.Thread(target=listen, daemon=True).start()
    corpus = open_data(data)
    name = f"stream-{corpus.newest_change()}"
    for made in Newsroom(seed=corpus.newest_change(), name=name).articles():
        going.wait()
        if ended.is_set():
            break
        began = time.monotonic()
        corpus.put(made.article)
        time.sleep(max(0.0, 1 / per_second - (time.monotonic() - began)))
    corpus.close()


@dataclass(frozen=True, slots=True)
class Switch:
    """When an engine looked for a newer generation, and found one; moments of `time.perf_counter`."""

    began: float
    ended: float


@contextmanager
def renewing(*engines: Engine) -> Iterator[list[Switch]]:
    """Have engines answer from the newest generation, as the bot does; give the list of when they did."""
    stop, switches = threading.Event(), list[Switch]()

    def renew() -> None:
        while not stop.wait(RENEW_S):
            began = time.perf_counter()
            found = [engine.renew() for engine in engines]
            if any(found):
                switches.append(Switch(began, time.perf_counter()))

    renewer = threading.Thread(target=renew)
    renewer.start()
    try:
        yield switches
    finally:
        stop.set()
        renewer.join()


@dataclass(frozen=True, slots=True)
class Told:
    """An article that answers a question which no other one answers."""

    article: Article
    question: str
    place: str


def telling(number: int, made: Made, newsroom: Newsroom) -> Told:
    """Write into a made-up article what can be asked for."""
    place, who, families = newsroom.name(), newsroom.name(), random.Random(number).randrange(20, 900)  # noqa: S311
    said = f"Mayor {who} said that {families} families were moved out of {place} after the river rose."
    text = f"{made.article.text} {said}"
    article = Article(
        key=f"{made.article.key}-told",
        title=made.article.title,
        text=text,
        source=made.article.source,
        language=made.article.language,
        obtained=made.article.obtained,
    )
    return Told(article, f"How many families were moved out of {place}?", place)


def told_articles(corpus: Corpus, count: int) -> Iterator[Told]:
    """Yield articles that no corpus has, each with its question."""
    seed = corpus.newest_change() + 1_000_003
    newsroom = Newsroom(seed=seed, name=f"single-{seed}")
    for number, made in enumerate(itertools.islice(newsroom.articles(), count)):
        yield telling(number, made, newsroom)


if __name__ == "__main__":
    feed(Path(sys.argv[1]), float(sys.argv[2]))
