from __future__ import annotations

import re
import time

import pytest

from corpus import robots
from corpus.addresses import parse_target
from corpus.errors import FetchFailed, FetchRefused
from corpus.robots import LARGEST_ROBOTS, Robots
from corpus.turns import Turns
from tests.fakes.passing import Passing


class Sites:
    """Sites that have a robots.txt, or fail in some way; and what was asked of them."""

    def __init__(self) -> None:
        self.passing = Passing()
        self.texts: dict[str, str | FetchFailed] = {}
        self.asked: list[str] = []
        turns = Turns(clock=self.passing.clock, sleep=self.passing.sleep)
        self.robots = Robots(self._read, clock=self.passing.clock, turns=turns)

    def say(self, text: str | FetchFailed, *, origin: str = "https://news.example") -> None:
        self.texts[f"{origin}/robots.txt"] = text

    def allow(self, path: str, *, origin: str = "https://news.example") -> bool:
        try:
            self.robots.check(parse_target(origin + path))
        except FetchRefused as error:
            host = origin.partition("://")[2]
            assert str(error) == f"{host}: its robots.txt asks robots not to fetch this page"  # noqa: PT017
            return False
        return True

    def delay_s(self) -> float:
        return self.robots.check(parse_target("https://news.example/"))

    def failure(self, path: str = "/") -> FetchFailed:
        with pytest.raises(FetchFailed) as caught:
            self.robots.check(parse_target(f"https://news.example{path}"))
        return caught.value

    def _read(self, url: str, is_trusted: bool) -> bytes:  # noqa: FBT001 (as `Robots` asks)
        assert not is_trusted
        self.asked.append(url)
        text = self.texts.get(url, FetchFailed("news.example: it has no such page (404)", status=404))
        if isinstance(text, FetchFailed):
            raise text
        return text.encode()


@pytest.fixture
def sites() -> Sites:
    return Sites()


def test_what_all_robots_are_asked_holds_for_us(sites: Sites) -> None:
    sites.say("User-agent: *\nDisallow: /private/\nDisallow: /*.php$\nAllow: /private/open")
    paths = ["/", "/private/a", "/private/open/a", "/a.php", "/a.php?b=1", "/privat"]
    assert [sites.allow(path) for path in paths] == [True, False, True, False, True, True]


def test_what_we_are_asked_by_name_holds_in_place_of_what_all_are(sites: Sites) -> None:
    sites.say(
        "User-agent: *\nDisallow: /\n\nuser-AGENT: crisisBOT/2 # us\nDisallow: /a\n"
        "User-agent: bot\nDisallow: /b"
    )
    assert [sites.allow(path) for path in ("/", "/a", "/b")] == [True, False, True]


@pytest.mark.parametrize(
    "name", ["Googlebot", "crisis", "crisisbot-news", "bot", "news", "xcrisisbot", "GPTBot*", ""]
)
def test_what_others_are_asked_does_not_hold_for_us(sites: Sites, name: str) -> None:
    sites.say(f"User-agent: {name}\nDisallow: /\nCrawl-delay: 9")
    assert sites.allow("/a")
    assert sites.delay_s() == 0.0


def test_cyrillic_paths_are_compared_as_they_are_sent(sites: Sites) -> None:
    sites.say("User-agent: *\nDisallow: /новости\nDisallow: /%d0%b0")
    assert [sites.allow(path) for path in ("/новости/5", "/а", "/погода")] == [False, False, True]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_a_site_without_rules_allows_everything(sites: Sites, status: int) -> None:
    sites.say(FetchFailed("no", status=status))
    assert sites.allow("/private/a")


def test_a_page_of_another_kind_is_no_rules(sites: Sites) -> None:
    sites.say("<!doctype html><title>Disallow: /</title><p>Not found: /robots.txt")
    assert sites.allow("/a")


@pytest.mark.parametrize("status", [429, 500, 503, None])
def test_nothing_is_fetched_while_the_rules_cannot_be_had(sites: Sites, status: int | None) -> None:
    sites.say(FetchFailed("news.example: it is not available now", status=status, retry_after_s=120.0))
    error = sites.failure("/a?token=secret")
    assert not isinstance(error, FetchRefused)
    assert error.retry_after_s == 120.0
    assert str(error) == (
        "news.example: its robots.txt cannot be read now, so nothing is fetched"
        " (news.example: it is not available now)"
    )
    sites.say("")
    sites.passing.pass_by(119)
    assert sites.failure().retry_after_s == 120.0
    sites.passing.pass_by(1)
    assert sites.allow("/a")


def test_a_site_whose_rules_are_refused_is_refused(sites: Sites) -> None:
    sites.say(FetchRefused("news.example: what it sends is packed so densely that it must be a trap"))
    assert isinstance(sites.failure(), FetchRefused)


def test_rules_are_asked_for_twice_a_day_for_each_site(sites: Sites) -> None:
    other = "http://news.example"
    sites.say("User-agent: *\nDisallow: /a")
    assert not sites.allow("/a")
    sites.say("")
    sites.passing.pass_by(12 * 3600 - 1)
    assert [sites.allow("/a"), sites.allow("/a", origin=other)] == [False, True]
    sites.passing.pass_by(1)
    assert sites.allow("/a")
    assert sites.asked == [
        f"{origin}/robots.txt" for origin in ("https://news.example", other, "https://news.example")
    ]


def test_only_so_many_sites_are_kept_in_mind(sites: Sites, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robots, "SITES_KEPT", 2)
    for name in "abacab":
        assert sites.allow("/", origin=f"https://{name}.example")
    asked = [re.sub(r"https://(.)\.example/robots.txt", r"\1", url) for url in sites.asked]
    assert asked == ["a", "b", "c", "b"]


def test_sites_with_long_rules_are_the_fewer_in_mind(sites: Sites, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robots, "CHARACTERS_KEPT", 5_000)
    for name in "abab":
        sites.say("User-agent: *\n" + "Disallow: /a\n" * 300, origin=f"https://{name}.example")
        assert not sites.allow("/a", origin=f"https://{name}.example")
    assert len(sites.asked) == 4


@pytest.mark.parametrize(
    "said, seconds",
    [("2", 2.0), ("0.5", 0.5), ("600", 30.0), ("soon", 0.0), ("-5", 0.0), ("inf", 0.0), ("nan", 0.0)],
)
def test_a_pause_is_kept_within_reason(sites: Sites, said: str, seconds: float) -> None:
    sites.say(f"User-agent: *\nCrawl-delay: {said}\n")
    assert sites.delay_s() == seconds


def test_many_robots_with_many_rules_cost_no_more_than_one(sites: Sites) -> None:
    names = "".join(f"User-agent: r{number}\n" for number in range(14_000))
    rules = "Disallow: /*a*a*a*b$\n" * 12_000
    text = names + rules
    assert len(text) <= LARGEST_ROBOTS
    sites.say(text + "User-agent: *\nDisallow: /private")  # 168 million rules, if each robot had its own
    assert sites.allow("/" + "a" * 1_900)
    assert not sites.allow("/private")


def test_a_pattern_full_of_stars_is_matched_in_no_time(sites: Sites) -> None:
    sites.say("User-agent: *\nDisallow: /" + "*a" * 50_000 + "b\n" + "Disallow: /" + "a*" * 50_000 + "b$")
    assert sites.allow("/" + "a" * 1_900)


@pytest.mark.parametrize("line", [" " * 400_000, "user" + " -" * 200_000, "user agent" + " " * 400_000 + "*"])
def test_white_space_without_an_end_costs_nothing(sites: Sites, line: str) -> None:
    sites.say(f"{line}\n  User-agent : * \nDisallow: /a")
    began = time.process_time()
    assert [sites.allow("/a"), sites.allow("/b")] == [False, True]
    assert time.process_time() - began < 2
