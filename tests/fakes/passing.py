"""Time that passes only when a test says so, or somebody sleeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

BEGINNING = datetime(2022, 1, 5, 12, 0, tzinfo=UTC)


class Passing:
    """A clock, a calendar and a sleeper."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return BEGINNING + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.pass_by(seconds)

    def pass_by(self, seconds: float) -> None:
        self.seconds += seconds
