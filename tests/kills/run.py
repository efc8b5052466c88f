"""Kills real processes of `crisisbot` at random moments, and shows that nothing is lost.

python -m tests.kills.run --rounds 300 --seed 1 --database postgresql

Ends with 1 where something was lost, is there twice, is not found, or was purged and is still somewhere.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import feeds
from corpus.database import sqlite_url
from index import merging
from tests.fakes.postgresql import Postgresql
from tests.kills.checking import check, settle
from tests.kills.place import Place
from tests.kills.processes import warm_up
from tests.kills.rounds import LIVES_S, WEIGHTS, Rounds, Tally, words
from tests.kills.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Rounds in one place, and between two checks of it. Then another one begins, so that rounds stay short.
ROUNDS_OF_ONE, CHECKED_EVERY = 40, 20

#: How many pieces a place begins with.
FIRST = 12

#: Passages of the smallest tier of segments: so that there is much to merge among few articles.
SMALLEST = 16

#: For how long a poller that was killed has its feed alone: so that others go on in the same round.
CLAIM = timedelta(seconds=0.5)

#: Makes the URL of a new database for a place in this folder.
NewUrl = Callable[[Path], str]


@dataclass
class Run:
    """All rounds with one database."""

    chance: random.Random
    new_url: NewUrl
    parent: Path
    site: Site
    tally: Tally = field(default_factory=Tally)
    typical_s: Mapping[str, float] = field(default_factory=dict)

    def play(self, number: int) -> None:
        """Play rounds, in one place after the other, until something is wrong."""
        while number > 0 and not self.tally.problems:
            place = self._new_place()
            self.typical_s = self.typical_s or self._measured(place)
            for first in range(0, min(number, ROUNDS_OF_ONE), CHECKED_EVERY):
                self._play(place, min(number - first, CHECKED_EVERY))
            number -= ROUNDS_OF_ONE
            self.tally.count(place)
            if self.tally.problems:
                return
            shutil.rmtree(place.folder)

    def _play(self, place: Place, number: int) -> None:
        """Play rounds in a place, let all come in, and check it."""
        rounds = Rounds(place, self.chance, self.tally, self.typical_s)
        for _ in range(number):
            rounds.play()
            self.tally.rounds += 1
            if self.tally.problems:
                break
        rounds.finish()
        self.tally.problems += settle(place)
        self.tally.problems += check(place, self.chance)
        self.tally.checks += 1
        _print(self.tally.line)

    def _new_place(self) -> Place:
        """Make a place where some pieces have come in already."""
        folder = Path(tempfile.mkdtemp(dir=self.parent))
        (folder / "data").mkdir()
        place = Place(folder, self.new_url(folder), self.site)
        place.publish(self.chance, new=FIRST, changed=0)
        place.run(
            "feed", "add", self.site.url(place.feed), "--every", "10s", "--language", "en", is_cold=False
        )
        self.tally.problems += settle(place)
        return place

    def _measured(self, place: Place) -> dict[str, float]:
        """Return how many seconds each command takes that nobody kills."""
        typical_s = dict(LIVES_S)
        for number, kind in enumerate((kind for kind in WEIGHTS if kind not in LIVES_S), start=1):
            article_id = place.seen[number].article_id
            typical_s[kind] = place.run(*words(kind, place, article_id=article_id), is_cold=False).seconds
        place.seen, twice = place.look()
        self.tally.problems += twice
        return {**typical_s, "start": place.run("articles", "list").seconds}


def main() -> int:
    """Play the rounds; print how they went."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills.run", description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    options = parser.parse_args()
    warm_up()
    merging.SMALLEST, merging.AT_ONCE, feeds.CLAIM = SMALLEST, 4 * SMALLEST, CLAIM
    began, parent = time.monotonic(), Path(tempfile.mkdtemp(prefix="crisisbot-kills-"))
    with _databases(options.database) as new_url, Site() as site:
        chance = random.Random(options.seed)  # noqa: S311 (not for secrets: the same in every run)
        run = Run(chance, new_url, parent, site)
        run.play(options.rounds)
    _print(f"{options.database}, seed {options.seed}: {time.monotonic() - began:.0f} s")
    for line in run.tally.lines():
        _print(line)
    if run.tally.problems:
        _print(f"what is wrong is kept in {parent}")
        return 1
    shutil.rmtree(parent)
    return 0


@contextmanager
def _databases(kind: str) -> Iterator[NewUrl]:
    if kind == "sqlite":
        yield lambda folder: sqlite_url(folder / "data" / "corpus.sqlite")
        return
    with Postgresql() as server:
        yield lambda _: server.new_database()


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201 (a program's output)


if __name__ == "__main__":
    sys.exit(main())
