"""A newsroom of Dana's, who is an admin, and a channel; the web is there where a test asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from corpus.database import sqlite_url
from corpus.store import Corpus
from tests.bot.newsroom import Newsroom, everything, newsroom
from tests.fakes.telegram import Chat, FakeTelegram, Person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from corpus.fetching import Fetcher

NOW = 1_641_371_400


@pytest.fixture
def telegram() -> FakeTelegram:
    """Telegram on 5 January 2022, for ever."""
    return FakeTelegram(clock=lambda: NOW)


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    opened = Corpus.open(sqlite_url(tmp_path / "corpus.sqlite"))
    yield opened
    opened.close()


@pytest.fixture
def dana(telegram: FakeTelegram) -> Person:
    """An admin."""
    return telegram.user("Dana", username="dana_admin", language_code="en")


@pytest.fixture
def channel(telegram: FakeTelegram) -> Chat:
    """A channel that the bot does not follow."""
    return telegram.channel("Tidings", username="tidings")


@pytest.fixture
def fetcher() -> Fetcher | None:
    """The way to the web; None where there is no web."""
    return None


@pytest.fixture
async def room(
    telegram: FakeTelegram, corpus: Corpus, tmp_path: Path, dana: Person, fetcher: Fetcher | None
) -> AsyncIterator[Newsroom]:
    """A newsroom that is refused nothing and keeps nothing of its admin."""
    async with newsroom(telegram, corpus, tmp_path, admins=(dana,), fetcher=fetcher) as at_work:
        yield at_work
    assert telegram.defects == []
    assert b"Dana" not in everything(corpus)
    assert str(dana.id).encode() not in everything(corpus)
