"""The command line over the bundled briefs, for all tests that type."""

from __future__ import annotations

import functools
import logging
import shutil
import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

import bot.composition
import index.encoder
from index.light import LightModel
from index.reader import Reader
from tests.fakes.command_line import CommandLine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Speed is measured in benchmarks/; an example may be the one for which a dictionary is read.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_configure() -> None:
    """Take Ctrl-C as from a terminal: what a shell starts in the background ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--exhaustive", action="store_true", help="die at every step on the disk, not only at some (minutes)"
    )


@pytest.fixture(scope="session")
def one_model() -> Iterator[None]:
    """Every command of this process loads its models; the real ones are loaded the first time only."""
    load = index.encoder._load  # noqa: SLF001 (tests see the model through the front door, but once)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index.encoder, "_load", functools.cache(load))
        patch.setattr(index.encoder, "LightModel", functools.cache(LightModel))
        patch.setattr(bot.composition, "Reader", functools.cache(Reader))
        yield


@pytest.fixture(scope="session")
def indexed_briefs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the bundled briefs and their index; to be copied, never changed."""
    request.getfixturevalue("one_model")
    folder = tmp_path_factory.mktemp("indexed") / "data"
    briefs = CommandLine(folder)
    briefs.begins()
    briefs.says("sync")
    return folder


@pytest.fixture
def quiet_logging() -> Iterator[None]:
    """Commands start logging for their whole process; here, many of them share one."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


@pytest.fixture
def nothing_yet(request: pytest.FixtureRequest, tmp_path: Path) -> CommandLine:
    """The command line over a folder that is not there yet."""
    request.getfixturevalue("one_model")
    request.getfixturevalue("quiet_logging")
    return CommandLine(tmp_path / "new")


@pytest.fixture
def crisisbot(request: pytest.FixtureRequest, tmp_path: Path, indexed_briefs: Path) -> CommandLine:
    """The command line over a copy of the briefs and their index."""
    request.getfixturevalue("quiet_logging")
    return CommandLine(shutil.copytree(indexed_briefs, tmp_path / "data"))
