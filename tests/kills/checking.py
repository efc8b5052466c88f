"""Checking: after all the kills, every piece is there once and found, and nothing is left of purged ones."""

from __future__ import annotations

import json
import os
import re
import sys
import time
import traceback
from contextlib import closing
from typing import TYPE_CHECKING

from corpus.store import Corpus
from index.answers import Question
from index.encoder import SentenceEncoder
from index.engine import Engine
from index.models import Model
from index.snapshots import Snapshots
from tests.fakes.news import SHOW_ALL
from tests.kills.ledger import Standing
from tests.kills.pieces import Origin, number_of

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kills.pieces import Piece
    from tests.kills.place import Place

#: Sentences of the pieces that are looked for.
ASKED = 40

#: Seconds in which all has come in.
PATIENCE_S = 60.0

#: Bytes that are searched at once.
_AT_ONCE = 1 << 24


def settle(place: Place) -> list[str]:
    """Let all that was published come in, with nobody killing; return what went wrong."""
    for words in (["add", *place.files], ["feed", "poll", "1"], ["watch", str(place.watched)]):
        _let_come(place, words)
    place.seen, twice = place.look()
    return twice + [f"{one.title} ({one.origin}) was lost" for one in _missing(place)]


def check(place: Place, chance: random.Random) -> list[str]:
    """Return all that is wrong after one sync."""
    return [
        *_failures(place, ("sync",), ("doctor",)),
        *_listed_wrongly(place),
        *_asked_wrongly(place, chance),
        *_leftovers(place),
        *_traces(place),
    ]


def _failures(place: Place, *commands: tuple[str, ...]) -> list[str]:
    processes = [place.run(*words) for words in commands]
    return [f"{one.name} ended with {one.code}: {one.told[-2000:]}" for one in processes if one.code]


def _let_come(place: Place, words: list[str]) -> None:
    """Run a command, again if need be, until all that comes by it is there."""
    origin = {"add": Origin.ADDED, "feed": Origin.POLLED, "watch": Origin.WATCHED}[words[0]]
    process, began = None, time.monotonic()
    while time.monotonic() - began < PATIENCE_S and _misses(place, origin):
        if process is None or process.look():
            process = place.begin(*words)
        time.sleep(0.1)
    if process is not None:
        process.end()


def _misses(place: Place, origin: Origin) -> bool:
    place.seen, _ = place.look()
    return any(piece.origin is origin for piece in _missing(place))


def _missing(place: Place) -> list[Piece]:
    """Return the pieces that should be there in their newest version, and are not."""
    gone = {Standing.PURGED, Standing.REMOVED}
    return [
        piece
        for number, piece in place.pieces.items()
        if place.seen[number].standing not in gone and place.seen[number].version != piece.version
    ]


def _listed_wrongly(place: Place) -> Iterator[str]:
    lines = place.run("articles", "list", "--json").told.splitlines()
    listed = sorted(number_of(json.loads(line)["title"]) for line in lines)
    wanted = sorted(piece.number for piece in place.standing(Standing.LIVE))
    if listed != wanted:
        yield f"articles list shows {listed}, and {wanted} are there"


def _asked_wrongly(place: Place, chance: random.Random) -> list[str]:
    """Ask for sentences of the pieces, in another process: models start threads, which no fork outlives."""
    seed, (reading, writing) = chance.random(), os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reading)
            os.write(writing, json.dumps(list(_not_found(place, type(chance)(seed)))).encode())
            os._exit(0)
        except BaseException:  # noqa: BLE001 (the outermost edge of this process)
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    _, status = os.waitpid(pid, 0)
    wrong: list[str] = json.loads(told) if status == 0 else ["asking broke; see above"]
    return wrong


def _not_found(place: Place, chance: random.Random) -> Iterator[str]:
    encoder = SentenceEncoder(Model.choose())
    folder = place.data / "index"
    with closing(Corpus.open(place.database_url)) as corpus:
        snapshot = Snapshots(folder, encoder.identity).read()
        if snapshot is None or snapshot.passage_ids() != corpus.passage_ids():
            yield "the index does not hold exactly the passages of the articles"
            return
        engine = Engine(folder, corpus, encoder, calibration=SHOW_ALL)
        said = [(one, sentence) for one in place.standing(Standing.LIVE) for sentence in one.sentences]
        for piece, sentence in chance.sample(said, min(ASKED, len(said))):
            evidence = engine.ask(Question.parse(sentence)).evidence
            if not evidence or (evidence[0].revision.title, evidence[0].quote) != (piece.title, sentence):
                yield f"{piece.title} is not found by {sentence!r}"


def _leftovers(place: Place) -> Iterator[str]:
    for kind in ("writing", "merging", "rebuilding"):
        for path in (place.data / "index").glob(f"*/{kind}-*"):
            yield f"{path.name} is left in the index"


def _traces(place: Place) -> Iterator[str]:
    """Yield where words of purged pieces still are."""
    for piece in place.standing(Standing.PURGED):
        pattern = re.compile(b"|".join(piece.trunks))
        for path in sorted(place.data.rglob("*")):
            if path.is_file() and (found := _found_in(path, pattern)):
                yield f"{found.decode()} of the purged {piece.title} is in {path.relative_to(place.data)}"


def _found_in(path: Path, pattern: re.Pattern[bytes]) -> bytes | None:
    overlap = b""
    with path.open("rb") as file:
        while content := file.read(_AT_ONCE):
            if found := pattern.search(overlap + content):
                return found[0]
            overlap = content[-16:]
    return None
