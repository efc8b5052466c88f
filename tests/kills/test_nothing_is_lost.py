"""A short sample of what `make kills` does for long: whole processes die, and nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.kills.processes import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

#: How many rounds each database sees.
ROUNDS = {"sqlite": 4, "postgresql": 3}


@pytest.fixture(scope="module")
def runs() -> Iterator[dict[str, subprocess.Popen[str]]]:
    """One run for each database, side by side."""
    started = {
        database: subprocess.Popen(
            [sys.executable, "-m", "tests.kills.run", "--rounds", str(rounds), "--database", database],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        for database, rounds in ROUNDS.items()
    }
    yield started
    for run in started.values():
        if run.stdout is not None and not run.stdout.closed:  # its test was not run
            run.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("database", ROUNDS)
def test_nothing_is_lost_however_processes_die(runs: dict[str, subprocess.Popen[str]], database: str) -> None:
    said, _ = runs[database].communicate()

    if "NoPostgresql" in said:
        pytest.skip(said.splitlines()[-1])
    assert runs[database].returncode == 0, said
    assert f"{ROUNDS[database]} rounds, 1 checks" in said
    assert ", 0 problems" in said
