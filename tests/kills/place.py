"""A place: one data folder with its database, the files written for it, and what became of those."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.settings import VARIABLES
from corpus.database import Database
from corpus.store import Corpus
from tests.kills.ledger import NOT_THERE, Seen, Standing
from tests.kills.pieces import Origin, Piece, number_of, version_of
from tests.kills.processes import Death, Process, until_all_end

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from tests.kills.site import Site


@dataclass
class Place:
    """Where processes live and die; `pieces` are as they were published last, `seen` as they stood last."""

    folder: Path
    database_url: str
    site: Site
    pieces: dict[int, Piece] = field(default_factory=dict)
    seen: dict[int, Seen] = field(default_factory=dict)
    commands: int = 0

    def __post_init__(self) -> None:
        for folder in (self.added, self.watched, self.outs):
            folder.mkdir(parents=True)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def added(self) -> Path:
        return self.folder / "added"

    @property
    def files(self) -> list[str]:
        """The files that are added, by name, so that removed ones come back; without any, their folder."""
        return [str(file) for file in sorted(self.added.iterdir())] or [str(self.added)]

    @property
    def watched(self) -> Path:
        return self.folder / "watched"

    @property
    def feed(self) -> str:
        """The path of its feed on the site."""
        return f"/{self.folder.name}"

    @property
    def outs(self) -> Path:
        return self.folder / "outs"

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of commands: nothing of ours but what this place needs."""
        kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
        ours = {
            "CRISISBOT_DATA": str(self.data),
            "DATABASE_URL": self.database_url,
            "CRISISBOT_BUNDLED": "0",
            "CRISISBOT_REFRESH_SECONDS": "0.05",
            "CRISISBOT_FETCH_TRUSTED": self.site.place,
        }
        return {**kept, **ours}

    def publish(self, chance: random.Random, *, new: int, changed: int) -> None:
        """Write some new pieces, and others of some that are there."""
        first = len(self.pieces) + 1
        fresh = [Piece(number, chance.choice([*Origin])) for number in range(first, first + new)]
        known = chance.sample([*self.pieces.values()], min(changed, len(self.pieces)))
        for piece in [*fresh, *(replace(one, version=one.version + 1) for one in known)]:
            self.pieces[piece.number] = piece
            if piece.origin is not Origin.POLLED:
                self._write(piece)
        self.site.says(self.feed, [one for one in self.pieces.values() if one.origin is Origin.POLLED])

    def begin(
        self,
        *words: str,
        death: Death | None = None,
        piece: int | None = None,
        is_cold: bool = False,
        goes_on: bool = False,
    ) -> Process:
        """Start a command."""
        self.commands += 1
        out = self.outs / f"{self.commands:05}-{words[0]}"
        process = Process(words, death, out, piece=piece, is_cold=is_cold, goes_on=goes_on)
        process.start(self.environment)
        return process

    def run(self, *words: str, is_cold: bool = True) -> Process:
        """Run a command to its end, in a process from nothing, as people do."""
        process = self.begin(*words, is_cold=is_cold)
        until_all_end([process])
        return process

    def look(self) -> tuple[dict[int, Seen], list[str]]:
        """Return how all pieces stand in the database, and which are there twice."""
        self._wait_for_the_dead()
        with closing(Corpus.open(self.database_url)) as corpus:
            live = [(number_of(one.title), one) for one in corpus.articles()]
            gone = corpus.removed()
        seen = {number: Seen(Standing.LIVE, version_of(one.text), one.article_id) for number, one in live}
        numbers = {one.article_id: number for number, one in self.seen.items()}
        for history in gone:
            [last] = history.revisions
            number = number_of(last.title) if last.title else numbers[history.article_id]
            standing = Standing.PURGED if history.purged_at else Standing.REMOVED
            if number in seen:
                live.append((number, last))
            seen[number] = Seen(standing, article_id=history.article_id)
        twice = [number for number, count in Counter(number for number, _ in live).items() if count > 1]
        everything = {number: seen.get(number, NOT_THERE) for number in self.pieces}
        return everything, [f"Piece {number} is there twice" for number in twice]

    def _wait_for_the_dead(self) -> None:
        """Wait until PostgreSQL has done what it was told by processes that were killed since.

        Whoever changes something takes turns to the commit; who comes after them all sees what they did.
        """
        with closing(Database(self.database_url)) as database, database.changing():
            pass

    def standing(self, standing: Standing) -> list[Piece]:
        """Return the pieces that stood so at the last look."""
        return [self.pieces[number] for number, one in self.seen.items() if one.standing is standing]

    def _write(self, piece: Piece) -> None:
        folder = self.added if piece.origin is Origin.ADDED else self.watched
        aside = self.folder / "written.part"
        aside.write_text(piece.markdown, encoding="utf-8")
        aside.rename(folder / f"piece-{piece.number}.md")
