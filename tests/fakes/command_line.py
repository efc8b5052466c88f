"""CommandLine: `crisisbot` as people type it, over one data folder; in this process, or in one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from bot.cli import main
from bot.settings import VARIABLES
from corpus.database import sqlite_url
from corpus.store import Corpus

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

#: What starts `crisisbot` in a process of its own.
START = (sys.executable, "-c", "from bot.cli import main; main(prog_name='crisisbot')")


@dataclass(frozen=True)
class CommandLine:
    """Types commands; the environment holds nothing of ours but what a call gives.

    With `colours` it is a terminal that obeys escape sequences, so that they are not taken out. What it
    starts in a process of its own, `start` starts.
    """

    data: Path
    colours: bool = False
    start: tuple[str, ...] = START

    def begins(self) -> None:
        """Begin a corpus there, with nothing in it."""
        self.data.mkdir(parents=True)
        Corpus.open(sqlite_url(self.data / "corpus.sqlite")).close()

    def types(self, *words: str | Path, given: str | bytes = "", **environment: str) -> Result:
        """Run a command here. An exception that is no exit ends the test."""
        nothing: dict[str, str | None] = dict.fromkeys(VARIABLES)
        return CliRunner().invoke(
            main,
            ["--data", str(self.data), *map(str, words)],
            input=given,
            env={**nothing, **environment},
            catch_exceptions=False,
            prog_name="crisisbot",
            color=self.colours,
        )

    def says(self, *words: str | Path, **environment: str) -> str:
        """Run a command that must succeed; return its standard output."""
        result = self.types(*words, **environment)
        assert result.exit_code == 0, result.output
        return result.stdout

    def asks(self, question: str, *options: str) -> dict[str, Any]:
        """Ask with --json."""
        answer: dict[str, Any] = json.loads(self.says("ask", question, "--json", *options))
        return answer

    def titles(self) -> dict[str, int]:
        """Return the titles of all articles with their ids."""
        lines = self.says("articles", "list", "--json").splitlines()
        return {article["title"]: article["id"] for article in map(json.loads, lines)}

    def starts(self, *words: str | Path, **environment: str) -> subprocess.Popen[str]:
        """Start a command in a process of its own, with pipes."""
        return subprocess.Popen(
            [*self.start, "--data", str(self.data), *map(str, words)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=clean_environment(**environment),
        )


def clean_environment(**environment: str) -> dict[str, str]:
    """Return this process's environment without variables of ours, and with these."""
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return {**kept, **environment}
