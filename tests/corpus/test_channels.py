"""Channels whose posts become articles: approved by name, dismissed by number, kept over restarts."""

from __future__ import annotations

from contextlib import closing

from corpus.sources.posts import Publisher
from corpus.store import Corpus

TIDINGS = Publisher(-1_002_000_000_001, "Tidings", "tidings")
CITY = Publisher(-1_009_999_999_999, "City", None)


def test_channels_are_approved_once_and_listed_by_title(corpus: Corpus) -> None:
    assert (corpus.channels.approve(TIDINGS), corpus.channels.approve(CITY)) == (True, True)
    assert corpus.channels.approve(TIDINGS) is False

    assert corpus.channels.all() == [CITY, TIDINGS]
    assert [corpus.channels.is_approved(id_) for id_ in (TIDINGS.id, CITY.id, -1)] == [True, True, False]


def test_a_channel_that_takes_another_name_stays_the_same_channel(corpus: Corpus) -> None:
    corpus.channels.approve(TIDINGS)
    renamed = Publisher(TIDINGS.id, "New Tidings", None)

    assert corpus.channels.approve(renamed) is False

    assert corpus.channels.all() == [renamed]


def test_a_dismissed_channel_is_gone_and_may_be_approved_again(corpus: Corpus) -> None:
    corpus.channels.approve(TIDINGS)

    assert (corpus.channels.dismiss(TIDINGS.id), corpus.channels.dismiss(TIDINGS.id)) == (True, False)

    assert corpus.channels.all() == []
    assert not corpus.channels.is_approved(TIDINGS.id)
    assert corpus.channels.approve(TIDINGS) is True


def test_channels_outlive_the_process(database_url: str) -> None:
    with closing(Corpus.open(database_url)) as corpus:
        corpus.channels.approve(TIDINGS)

    with closing(Corpus.open(database_url)) as corpus:
        assert corpus.channels.all() == [TIDINGS]
