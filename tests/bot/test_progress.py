"""Long work tells how far it is where nobody looks at a bar; Ctrl-C harms nothing and says what is kept."""

from __future__ import annotations

import logging
import re
import threading
from typing import TYPE_CHECKING

import pytest

from bot import progress
from bot.progress import telling, with_progress
from index.encoder import SentenceEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from index.encoder import Encoded
    from tests.fakes.command_line import CommandLine

#: Seconds in which anything comes that is awaited.
SOON = 60


class Lines(logging.Handler):
    """What was told, and a way to wait for a line."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self._came = threading.Condition()

    def emit(self, record: logging.LogRecord) -> None:
        with self._came:
            self.told.append(re.sub(r" \(\d+ s\)$", "", record.getMessage()))
            self._came.notify_all()

    def wait_for(self, line: str) -> None:
        with self._came:
            assert self._came.wait_for(lambda: line in self.told, SOON), self.told


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Lines:
    """All that is told, a thousand times as often as people need it."""
    monkeypatch.setattr(progress, "EVERY_S", 0.005)
    monkeypatch.setattr(progress.log, "level", logging.INFO)
    handler = Lines()
    monkeypatch.setattr(progress.log, "handlers", [handler])
    return handler


def test_what_goes_on_is_told_again_and_again_also_while_nothing_comes_of_it(lines: Lines) -> None:
    with telling("Opening the corpus") as tell:
        lines.wait_for("Opening the corpus")
        tell("Cutting")
        lines.wait_for("Cutting")
        lines.told.clear()
        lines.wait_for("Cutting")


def test_of_work_within_work_only_the_inner_one_is_told(lines: Lines) -> None:
    with telling("outer"):
        with telling("inner"):
            lines.wait_for("inner")
            lines.told.clear()
            lines.wait_for("inner")
            assert set(lines.told) == {"inner"}
        lines.wait_for("outer")


def test_runs_are_told_as_one(lines: Lines) -> None:
    with with_progress("Reading", "sentences", beside=lambda: ", 7 articles") as show:
        lines.wait_for("Reading")
        show(0, 1_000)
        show(1_000, 1_000)
        lines.wait_for("Reading: 1,000 of 1,000 sentences, 7 articles")
        show(0, 500)
        show(200, 500)
        lines.wait_for("Reading: 1,200 of 1,500 sentences, 7 articles")


@pytest.mark.parametrize(
    "command, kept",
    [
        ("sync", "the index in use stays, what was encoded is kept, and the same command goes on"),
        ("add {}", "what is stored stays; the same command goes on, and `crisisbot sync` indexes"),
        ("articles remove 1", "if nothing was said above, nothing was done; else `crisisbot sync` does the"),
        ("articles remove 1 --purge", "run the same command again: it does what is left to do"),
    ],
)
def test_ctrl_c_while_sentences_are_encoded_says_what_is_kept_and_the_next_command_goes_on(
    crisisbot: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, kept: str
) -> None:
    added, unread = tmp_path / "a.txt", tmp_path / "b.jsonl"
    added.write_text("The bridge is closed.", encoding="utf-8")
    unread.write_text('{"text": "A zebra was seen."}\n', encoding="utf-8")
    words = command.format(added).split()

    def interrupt(_self: SentenceEncoder, _texts: Sequence[Sequence[str]]) -> list[list[Encoded]]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(SentenceEncoder, "encode_passages", interrupt)
        assert crisisbot.types("add", unread).exit_code == 1  # so that there is something to encode
        result = crisisbot.types(*words)

    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith(f"crisisbot: interrupted; {kept}")
    again = crisisbot.types(*words)
    assert again.exit_code == (2 if words == ["articles", "remove", "1"] else 0)
    crisisbot.says("sync")
    assert crisisbot.asks("Which zebra was seen?")["evidence"][0]["quote"] == "A zebra was seen."
    assert crisisbot.types("doctor").exit_code == 0
