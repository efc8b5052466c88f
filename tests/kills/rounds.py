"""Rounds: some commands at once, of which some or all are killed, and a look at what became of the pieces."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.kills.ledger import NOT_THERE, Doings, Done, Standing, problem
from tests.kills.pieces import Origin
from tests.kills.processes import HANGS_AFTER_S, Death, Process, until_all_end

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Mapping

    from tests.kills.pieces import Piece
    from tests.kills.place import Place

#: How often each command is chosen. Those that take something away, or put another generation in the place
#: of the one in use, have the most to lose.
WEIGHTS = {
    "add": 4,
    "watch": 1,
    "poll": 3,
    "poll on": 1,
    "remove": 4,
    "purge": 5,
    "sync": 2,
    "follow": 2,
    "rebuild": 4,
    "rollback": 4,
}

#: Seconds in which those that end by a signal only do all there is to do.
LIVES_S = {"watch": 4.0, "poll on": 2.0, "follow": 2.0}

#: By which commands pieces come in.
TAKES_IN = {
    Origin.ADDED: {"add"},
    Origin.WATCHED: {"watch"},
    Origin.POLLED: {"poll", "poll on"},
}

#: What commands may say when another one works against them: nothing is lost by that, and they say it.
MAY_SAY = {
    "remove": ("was removed on", "was purged on", "could not be overwritten yet", "there is no article"),
    "purge": ("could not be overwritten yet",),
    "poll": ("is polled by another process just now",),
    "rollback": ("there is no older generation", "there is no generation"),
}

#: How often: a process is killed, by its phase rather than by the clock, all are killed at once, a process is
#: started from nothing, and one that goes on outlives its round.
KILLED, BY_PHASE, AT_ONCE, COLD, OUTLIVES = 0.85, 0.75, 0.15, 0.1, 0.3

#: Seconds after the beginning of a phase within which a process is killed by that, and by how much earlier
#: moments are likelier: some phases take a millisecond, and others follow them.
WITHIN_PHASE_S, EARLIER = 0.04, 3

#: New pieces in a round: so many that there is always something to take away.
NEW = (1, 3)


@dataclass
class Tally:
    """What all rounds did."""

    started: Counter[str] = field(default_factory=Counter)
    killed_at: dict[str, Counter[str]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    cold: int = 0
    rounds: int = 0
    checks: int = 0
    pieces: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def note(self, kind: str, process: Process) -> None:
        """Note how a process ended, and what it should not have said."""
        if process.was_killed:
            phase = "whatever it did, from nothing" if process.is_cold else process.page.phase
            self.killed_at.setdefault(kind, Counter())[phase] += 1
        elif process.code:
            said = process.told.strip().splitlines()[-1:]
            self.refused[kind] += 1
            if not any(allowed in line for line in said for allowed in MAY_SAY.get(kind, ())):
                self.problems.append(f"{process.name} ended with {process.code}: {process.told[-1500:]}")
        if "Traceback" in process.told:
            self.problems.append(f"{process.name} broke: {process.told[-3000:]}")

    def count(self, place: Place) -> None:
        """Count the pieces of a place by how they stand, and the versions that came in."""
        self.pieces.update(str(one.standing) for one in place.seen.values())
        self.pieces["versions"] += sum(one.version for one in place.seen.values())

    @property
    def line(self) -> str:
        """Write how far it is."""
        return (
            f"{self.rounds} rounds, {self.checks} checks, {self.killed.total()} killed, "
            f"{len(self.problems)} problems"
        )

    @property
    def killed(self) -> Counter[str]:
        """How many processes were killed, by command."""
        return Counter({kind: phases.total() for kind, phases in self.killed_at.items()})

    def lines(self) -> Iterator[str]:
        """Write all of it."""
        yield f"{self.started.total()} processes ({self.cold} from nothing): {_written(self.started)}"
        yield f"{self.killed.total()} killed: {_written(self.killed)}"
        for kind, _ in self.killed.most_common():
            yield f"killed in {kind}, at: {_written(self.killed_at[kind])}"
        yield f"refused: {_written(self.refused)}"
        yield f"pieces: {_written(self.pieces)}"
        yield self.line
        yield from self.problems


@dataclass
class Rounds:
    """Rounds in one place; `typical_s` is how long each command takes when nobody kills it."""

    place: Place
    chance: random.Random
    tally: Tally
    typical_s: Mapping[str, float]
    running: list[tuple[str, Process]] = field(default_factory=list)

    def play(self) -> None:
        """Play one round."""
        self.place.publish(self.chance, new=self.chance.randint(*NEW), changed=self.chance.randint(0, 2))
        outlived = [process for _, process in self.running]
        for kind in self._choose():
            self._begin(kind)
        self._plan_more_deaths(outlived)
        until_all_end([process for _, process in self.running])
        self._look()

    def _plan_more_deaths(self, outlived: list[Process]) -> None:
        """Let all die at one moment, now and then, or one that outlived its round."""
        at_once = self.chance.random() < AT_ONCE
        moment = self.chance.uniform(0, max(self.typical_s.values()))
        for _, process in self.running:
            if at_once or (process in outlived and self.chance.random() > OUTLIVES):
                process.death = Death(process.seconds + moment)

    def finish(self) -> None:
        """Kill what still runs, and look once more."""
        for _, process in self.running:
            process.end()
        self._look()

    def _choose(self) -> list[str]:
        kinds = self.chance.choices([*WEIGHTS], [*WEIGHTS.values()], k=self.chance.randint(1, 4))
        already = {kind for kind, _ in self.running}
        return [kind for kind in dict.fromkeys(kinds) if kind not in already]

    def _begin(self, kind: str) -> None:
        typed, piece = self._words(kind)
        if not typed:
            return
        # A poller from nothing would have its feed alone for minutes; see CLAIM in `tests.kills.run`.
        is_cold = not kind.startswith("poll") and self.chance.random() < COLD
        self.tally.started[kind] += 1
        self.tally.cold += is_cold
        process = self.place.begin(
            *typed,
            death=self._death(kind, is_cold=is_cold),
            piece=piece.number if piece else None,
            is_cold=is_cold,
            goes_on=kind in LIVES_S,
        )
        self.running.append((kind, process))

    def _words(self, kind: str) -> tuple[list[str], Piece | None]:
        """Return how a command is typed; for one about a piece, which."""
        if kind not in {"remove", "purge"}:
            return words(kind, self.place), None
        taken = {process.piece for _, process in self.running}
        live = [one for one in self.place.standing(Standing.LIVE) if one.number not in taken]
        if len(live) < 5:
            return [], None
        piece = self.chance.choice(live)
        return words(kind, self.place, article_id=self.place.seen[piece.number].article_id), piece

    def _death(self, kind: str, *, is_cold: bool) -> Death | None:
        goes_on = kind in LIVES_S
        if self.chance.random() > (1 - OUTLIVES if goes_on else KILLED):
            return None
        typical = self.typical_s[kind] + (self.typical_s["start"] if is_cold else 0)
        if is_cold or self.chance.random() > BY_PHASE:
            return Death(self.chance.uniform(0, 1.2 * typical))
        phase = self.chance.choice(_PHASES[kind])
        latest_s = 2 * typical if goes_on else HANGS_AFTER_S
        return Death(WITHIN_PHASE_S * self.chance.random() ** EARLIER, phase, latest_s)

    def _look(self) -> None:
        """Note how processes ended, and compare how all pieces stand with how they stood."""
        for kind, process in self.running:
            if process.status is not None:
                self.tally.note(kind, process)
        seen, twice = self.place.look()
        self.tally.problems += twice
        for number, after in seen.items():
            piece = self.place.pieces[number]
            before = self.place.seen.get(number, NOT_THERE)
            if wrong := problem(piece, before, after, self._doings(piece)):
                self.tally.problems.append(wrong)
        self.place.seen = seen
        self.running = [(kind, process) for kind, process in self.running if process.status is None]

    def _doings(self, piece: Piece) -> Doings:
        taking = [_done(one) for kind, one in self.running if kind in TAKES_IN[piece.origin]]
        return Doings(
            taken_in=max(taking, default=Done.NO),
            removed=self._done_to(piece, "remove"),
            purged=self._done_to(piece, "purge"),
        )

    def _done_to(self, piece: Piece, what: str) -> Done:
        commands = [one for kind, one in self.running if kind == what and one.piece == piece.number]
        return max(map(_done, commands), default=Done.NO)


def _done(process: Process) -> Done:
    return Done.SURELY if process.status is not None and process.code == 0 else Done.MAYBE


def words(kind: str, place: Place, *, article_id: int | None = None) -> list[str]:
    """Return how a command is typed."""
    return {
        "add": ["add", *place.files],
        "watch": ["watch", str(place.watched), "--every", "0.1"],
        "poll": ["feed", "poll", "1"],
        "poll on": ["feed", "poll", "--follow"],
        "remove": ["articles", "remove", str(article_id)],
        "purge": ["articles", "remove", "--purge", str(article_id)],
        "sync": ["sync"],
        "follow": ["sync", "--follow"],
        "rebuild": ["sync", "--rebuild"],
        "rollback": ["index", "rollback"],
    }[kind]


def _written(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.most_common()) or "none"


_INDEXING = ["encoding", "syncing", "merging", "switching", "sweeping"]

#: What each command is at in its time; what is there twice is chosen twice as often.
_PHASES: dict[str, list[str]] = {
    "add": ["adding", *_INDEXING],
    "watch": ["adding", *_INDEXING],
    "poll": ["polling", "adding"],
    "poll on": ["polling", "adding"],
    "remove": ["removing", "removing", *_INDEXING],
    "purge": ["purging", "scrubbing", "scrubbing", "comparing", "wiping", "wiping", "sweeping"],
    "sync": ["comparing", *_INDEXING],
    "follow": _INDEXING,
    "rebuild": ["rebuilding", "taking over", "taking over", "encoding", "merging", "switching", "sweeping"],
    "rollback": ["going back"],
}
