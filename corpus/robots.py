"""What sites ask of robots (RFC 9309), kept in mind for half a day. The only user of protego."""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from protego import Protego

from corpus.addresses import Target
from corpus.errors import FetchFailed, FetchRefused
from corpus.turns import Turns

#: The name that sites know us by in their robots.txt.
NAME = "Crisisbot"

#: Bytes of a robots.txt that are read: what RFC 9309 asks for at least.
LARGEST_ROBOTS = 512_000

#: Seconds for which rules hold; RFC 9309 allows a day. A site that gave none is asked again sooner.
RULES_HOLD_S = 12 * 3600.0
FAILURE_HOLDS_S = 600.0

#: Seconds between two requests that a site may ask for; no site of news needs more, and threads wait.
LONGEST_DELAY_S = 30.0

#: Rules that are kept: of this many sites, and of no more characters in all, since parsed ones are large.
SITES_KEPT = 256
CHARACTERS_KEPT = 2_000_000

_TOO_MANY_REQUESTS = 429
_USER_AGENT = re.compile(r"(user[\s-]*agent\s*[:\s]\s*)(.*)", re.IGNORECASE | re.DOTALL)
_TOKEN = re.compile(r"\*|[a-z_-]+")


@dataclass(frozen=True, slots=True)
class Rules:
    """What one site asks of us, or why that is not known now."""

    parsed: Protego
    size: int  # characters of its text
    until: float
    failure: str | None = None
    retry_after_s: float | None = None
    status: int | None = None

    @property
    def delay_s(self) -> float:
        """The seconds to leave between two requests, within reason."""
        return min(self.parsed.crawl_delay(NAME) or 0.0, LONGEST_DELAY_S)


class Robots:
    """The rules of all sites that were asked lately; for many threads."""

    def __init__(
        self, read: Callable[[str, bool], bytes], *, clock: Callable[[], float], turns: Turns
    ) -> None:
        """Know how to `read` a robots.txt by its URL, which raises FetchFailed where that fails.

        It is told, too, whether the site is trusted, for whoever names the page.
        """
        self._read = read
        self._clock = clock
        self._turns = turns
        self._guard = threading.Lock()
        self._kept: OrderedDict[tuple[str, bool], Rules] = OrderedDict()

    def check(self, target: Target) -> float:
        """Return the seconds to leave between requests to this site, if it lets robots see this page.

        Raises:
            FetchRefused: it does not.
            FetchFailed: its rules cannot be had now, so nothing is known to be allowed.
        """
        rules = self._rules((target.origin, target.is_trusted))
        if rules.failure is not None:
            raise FetchFailed(
                f"{target.host}: its robots.txt cannot be read now, so nothing is fetched ({rules.failure})",
                status=rules.status,
                retry_after_s=rules.retry_after_s,
            )
        if not rules.parsed.can_fetch(target.url, NAME):
            raise FetchRefused(f"{target.host}: its robots.txt asks robots not to fetch this page")
        return rules.delay_s

    def _rules(self, site: tuple[str, bool]) -> Rules:
        with self._turns.of(f"{site[0]}/robots.txt"):  # who wants the same waits and finds it
            kept = self._still_valid(site)
            if kept is None:
                kept = self._fetched(*site)
                self._keep(site, kept)
            return kept

    def _still_valid(self, site: tuple[str, bool]) -> Rules | None:
        with self._guard:
            rules = self._kept.get(site)
            if rules is None or rules.until <= self._clock():
                return None
            self._kept.move_to_end(site)
            return rules

    def _keep(self, site: tuple[str, bool], rules: Rules) -> None:
        with self._guard:
            self._kept[site] = rules
            self._kept.move_to_end(site)
            while len(self._kept) > SITES_KEPT or self._characters() > CHARACTERS_KEPT:
                self._kept.popitem(last=False)

    def _characters(self) -> int:
        return sum(rules.size for rules in self._kept.values())

    def _fetched(self, origin: str, is_trusted: bool) -> Rules:  # noqa: FBT001 (of a pair)
        try:
            text = _concerning_us(
                self._read(f"{origin}/robots.txt", is_trusted).decode("utf-8-sig", "replace")
            )
        except FetchRefused:  # the page would be, too
            raise
        except FetchFailed as error:
            if _means_no_rules(error.status):
                return Rules(Protego.parse(""), 0, self._clock() + RULES_HOLD_S)
            held = min(error.retry_after_s or FAILURE_HOLDS_S, RULES_HOLD_S)
            return Rules(
                Protego.parse(""), 0, self._clock() + held, str(error), error.retry_after_s, error.status
            )
        return Rules(Protego.parse(text), len(text), self._clock() + RULES_HOLD_S)


def _means_no_rules(status: int | None) -> bool:
    """Return whether a failure says that there are no rules: anything from 400 to 499 but "later"."""
    return status is not None and 400 <= status < 500 and status != _TOO_MANY_REQUESTS  # noqa: PLR2004


def _concerning_us(text: str) -> str:
    """Give all robots that are not us one name, so that thousands of them cost no more than one."""
    return "\n".join(map(_named, text.splitlines()))


def _named(written: str) -> str:
    line = _USER_AGENT.match(written.strip())
    if line is None:
        return written
    token = _TOKEN.match(line[2].lower())
    is_ours = token is not None and token[0] in {"*", NAME.lower()}
    return f"{line[1]}{token[0]}" if token and is_ours else f"{line[1]}another-robot"
