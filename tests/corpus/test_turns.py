from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from corpus import turns
from corpus.errors import FetchFailed
from corpus.turns import Turns
from tests.fakes.passing import Passing


def test_one_has_a_turn_at_a_time_and_nothing_is_kept_afterwards() -> None:
    passing = Passing()
    waiting = Turns(clock=passing.clock, sleep=passing.sleep)
    inside, most = 0, 0

    def take(_: int) -> None:
        nonlocal inside, most
        for _ in range(50):
            with waiting.of("news.example"):
                inside += 1
                most = max(most, inside)
                inside -= 1

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(take, range(8)))
    assert (most, inside, len(waiting)) == (1, 0, 0)


def test_turns_of_different_names_are_had_side_by_side() -> None:
    passing = Passing()
    waiting = Turns(clock=passing.clock, sleep=passing.sleep)
    both = threading.Barrier(2, timeout=20)

    def take(name: str) -> None:
        with waiting.of(name):
            both.wait()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(take, ["a.example", "b.example"]))


def test_the_pause_is_counted_from_the_end_of_the_last_turn() -> None:
    passing = Passing()
    waiting = Turns(clock=passing.clock, sleep=passing.sleep)
    for seconds in (3.0, 0.0, 20.0, 0.0):
        with waiting.of("news.example", pause_s=10.0):
            pass
        passing.pass_by(seconds)
    assert passing.slept == [7.0, 10.0]


def test_who_fails_gives_the_turn_back() -> None:
    passing = Passing()
    waiting = Turns(clock=passing.clock, sleep=passing.sleep)
    with pytest.raises(KeyError), waiting.of("news.example"):
        raise KeyError
    with waiting.of("news.example"):
        assert len(waiting) == 1


def test_nobody_waits_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST_WAIT_S", 0.01)
    passing = Passing()
    waiting = Turns(clock=passing.clock, sleep=passing.sleep)
    with waiting.of("news.example"):
        with pytest.raises(FetchFailed, match=r"^news\.example: too much else"), waiting.of("news.example"):
            pass
        assert len(waiting) == 1


def test_hosts_asked_long_ago_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "HOSTS_REMEMBERED", 2)
    passing = Passing()
    waiting = Turns(clock=passing.clock, sleep=passing.sleep)
    for name in "abca":
        with waiting.of(name, pause_s=5.0):
            pass
    assert passing.slept == []
