"""A short sample of what `make kills` does for long: whole processes die, and nothing is lost."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.kills.processes import ROOT


@pytest.mark.slow
@pytest.mark.parametrize("database, rounds", [("sqlite", 5), ("postgresql", 3)])
def test_nothing_is_lost_however_processes_die(database: str, rounds: int) -> None:
    command = [sys.executable, "-m", "tests.kills.run", "--rounds", str(rounds), "--database", database]

    ended = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)

    if "NoPostgresql" in ended.stderr:
        pytest.skip(ended.stderr.splitlines()[-1])
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"{rounds} rounds, 1 checks" in ended.stdout
    assert ", 0 problems" in ended.stdout
