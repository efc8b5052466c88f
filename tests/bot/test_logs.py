from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from bot.logs import start_logging

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "123456789:AAF-fake_token_of_thirty_characters"  # noqa: S105 (opens nothing)


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    root.handlers = []
    yield
    root.handlers = handlers
    root.setLevel(level)
    for name in logging.root.manager.loggerDict:
        logging.getLogger(name).setLevel(levels.get(name, logging.NOTSET))


@pytest.mark.parametrize("shown", [TOKEN, TOKEN.replace(":", "%3A"), TOKEN.replace(":", "%3a")])
def test_tokens_are_taken_out_of_messages_and_their_arguments(
    capsys: pytest.CaptureFixture[str], shown: str
) -> None:
    start_logging("INFO")

    logging.getLogger("x").info("GET https://api.telegram.org/bot%s/getMe failed", shown)

    written = capsys.readouterr().err
    assert "GET https://api.telegram.org/bot[token]/getMe failed" in written
    assert "fake_token" not in written


def test_tokens_are_taken_out_of_tracebacks(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging("INFO")
    try:
        int(TOKEN)
    except ValueError:
        logging.getLogger("x").exception("refused")

    written = capsys.readouterr().err
    assert "ValueError: invalid literal for int() with base 10: '[token]'" in written
    assert "fake_token" not in written


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING", "ERROR"])
def test_libraries_never_tell_what_went_over_the_wire(capsys: pytest.CaptureFixture[str], level: str) -> None:
    start_logging(level)

    logging.getLogger("httpx").info("HTTP Request: POST /bot1/getMe")
    logging.getLogger("httpcore.connection").debug("connect")
    logging.getLogger("telegram.Bot").debug("question")
    logging.getLogger("telegram.ext.Application").debug("Processing update with question")
    logging.getLogger("sqlalchemy.engine.Engine").info("SELECT")

    assert capsys.readouterr().err == ""


def test_the_level_holds_for_ourselves(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging("WARNING")
    logging.getLogger("bot.app").info("small")
    logging.getLogger("bot.app").warning("great")
    written = capsys.readouterr().err
    assert written.endswith(" WARNING bot.app: great\n")
    assert "small" not in written

    start_logging("ERROR")
    logging.getLogger("httpx").warning("not now")
    assert "not now" not in capsys.readouterr().err
