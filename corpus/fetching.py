"""Fetching pages and feeds from the web without being led astray, blown up, held up, or a burden to anybody.

Whatever is fetched was named by an administrator or stands in a feed that one named. No proxies, no cookies,
no referrers; whoever answers learns that a news bot asked, and nothing of who asked the bot.
"""

import re
import threading
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Self
from urllib.parse import urljoin

from corpus.addresses import Target, parse_target
from corpus.bodies import read_body
from corpus.errors import FetchFailed, FetchRefused
from corpus.exchange import Answer, Limits, Network, exchange
from corpus.robots import LARGEST_ROBOTS, NAME, Robots
from corpus.turns import Turns

#: Bytes of a page or a feed when it is unpacked; packed ones may come to half of it.
LARGEST = 10_000_000

#: Redirects that are followed for one page.
REDIRECTS = 5

#: Seconds for a page with all its redirects, and for one connection.
DEADLINE_S = 30.0
CONNECT_S = 10.0

#: Seconds that a server can make us wait by Retry-After.
LONGEST_RETRY_AFTER_S = 86_400.0

#: Characters of an ETag or a Last-Modified that are kept; they are sent back each time.
LONGEST_VALIDATOR = 500

USER_AGENT = f"{NAME}/{version('crisisbot')} (answers questions from news; respects robots.txt)"

#: The answer that a page or a feed is as it was.
NOT_MODIFIED = 304

_OK, _CLIENT_ERRORS, _SERVER_ERRORS = 200, 400, 500
_REDIRECTING = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_WHY = {
    401: "it asks for a password (401)",
    402: "it asks for payment (402)",
    403: "it does not let us see this page (403)",
    404: "it has no such page (404)",
    410: "this page is gone for good (410)",
    429: "it asks to be left alone for a while (429)",
    451: "it may not show this page for legal reasons (451)",
    503: "it is not available now (503)",
}
_TOO_MANY = 429
_ASKS_TO_WAIT = frozenset({_TOO_MANY, 503})
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([\w.:+-]{1,40})""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page or a feed as it was answered."""

    url: str  # where it ended, after all redirects
    status: int  # 200, or 304: it is what it was
    content: bytes  # unpacked; nothing for a 304
    content_type: str  # the media type in small letters, without parameters; "" if none was said
    charset: str | None
    etag: str | None
    last_modified: str | None
    moved_to: str | None = None  # where it is from now on, if all redirects said "for good"


@dataclass(frozen=True, slots=True)
class Time:
    """How time passes, and what o'clock it is; tests have their own."""

    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    sleep: Callable[[float], object] | None = None  # None: until the fetcher is closed, at most


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a caller wants of a page, wherever it may be by now."""

    kinds: Collection[str] | None  # None: anything
    conditions: Mapping[str, str]
    largest: int
    trusted: frozenset[str]  # the places that count as such, for whoever names the page
    is_uninvited: bool = False
    is_cut: bool = False  # whether too large a body is cut, in place of being refused


class Fetcher:
    """Fetches pages and feeds. One for a process, used by all its threads, closed at its end."""

    def __init__(
        self,
        *,
        trusted: Collection[str] = frozenset(),
        network: Network | None = None,
        time: Time | None = None,
        deadline_s: float = DEADLINE_S,
        connect_s: float = CONNECT_S,
    ) -> None:
        """Make one.

        Args:
            trusted: "host:port" of all that may be private and on any port, as the operator says.
            network: the way out.
            time: how time passes.
            deadline_s: seconds for a page with all its redirects; waiting for a turn does not count.
            connect_s: seconds for one connection.
        """
        self._trusted = frozenset(place.lower() for place in trusted)
        self._network = network or Network()
        self._time = time or Time()
        self._deadline_s = deadline_s
        self._connect_s = connect_s
        self._closing = threading.Event()
        self._peace: dict[str, float] = {}  # until when hosts are left alone that asked for it
        clock = self._time.clock
        self._turns = Turns(clock=clock, sleep=self._time.sleep or self._closing.wait)
        self._robots = Robots(self._read_robots, clock=clock, turns=self._turns)

    def fetch(  # noqa: PLR0913 (all but one by name)
        self,
        url: str,
        *,
        kinds: Collection[str],
        etag: str | None = None,
        last_modified: str | None = None,
        uninvited: bool = False,
        named_by: str | None = None,
        largest: int = LARGEST,
    ) -> Fetched:
        """Fetch a page or a feed.

        Args:
            url: where it is.
            kinds: media types that are accepted, such as "text/html"; "" accepts that none is said.
            etag: of the version that is known already, which is not sent again.
            last_modified: the same, for servers without ETags.
            uninvited: nobody named this page, so what the site asks of robots decides.
            named_by: where the document is that names this page; None, if a person does. The public web must
                not lead us to what is trusted, only persons and what is trusted itself.
            largest: bytes, unpacked.

        Raises:
            FetchRefused: this page is not fetched, now or later.
            FetchFailed: it cannot be had now.
        """
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        given = {name: value for name, value in conditions.items() if value}
        may_lead_inside = named_by is None or self._is_trusted(named_by)
        trusted = self._trusted if may_lead_inside else frozenset()
        return self._follow(url, _Wanted(kinds, given, largest, trusted, is_uninvited=uninvited))

    def close(self) -> None:
        """End all that is waited for; what is being fetched in other threads fails."""
        self._closing.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _follow(self, url: str, wanted: _Wanted) -> Fetched:
        left_s, for_good = self._deadline_s, True
        target = first = parse_target(url, trusted=wanted.trusted)
        for _ in range(REDIRECTS + 1):
            delay_s = self._delay_s(target) if wanted.is_uninvited else 0.0
            with self._turns.of(target.host, pause_s=delay_s):
                since = self._time.clock()
                got = self._ask(target, wanted, until=since + left_s)
                left_s -= self._time.clock() - since
            if isinstance(got, Fetched):
                return replace(got, moved_to=got.url) if for_good and target != first else got
            following, status = got
            for_good = for_good and status in _FOR_GOOD
            if following.host != target.host:
                wanted = replace(wanted, conditions={})
            target = following
        raise FetchFailed(f"{target.host}: it sends us on from page to page without an end")

    def _delay_s(self, target: Target) -> float:
        """Return the seconds to leave between two requests to a site; it may want none at all for now."""
        left_s = self._peace.get(target.host, 0.0) - self._time.clock()
        if left_s > 0:
            raise FetchFailed(
                f"{target.host}: it asked to be left alone for a while, and has not been for long enough",
                status=_TOO_MANY,
                retry_after_s=left_s,
            )
        return self._robots.check(target)

    def _ask(self, target: Target, wanted: _Wanted, *, until: float) -> Fetched | tuple[Target, int]:
        """Ask once; return what came, or where to ask next and the status that says so."""
        clock = self._time.clock
        limits = Limits(clock, until, self._connect_s, wanted.largest, self._closing)
        headers = {
            "User-Agent": USER_AGENT,
            "Accept": ", ".join([*filter(None, wanted.kinds or ()), "*/*;q=0.1"]),
            "Accept-Encoding": "gzip, deflate",
            "Connection": "close",
            **wanted.conditions,
        }
        with exchange(target, headers.items(), network=self._network, limits=limits) as answer:
            if answer.status in _REDIRECTING:
                return self._next(target, answer, wanted), answer.status
            self._check_status(target, answer, wanted)
            if answer.status == NOT_MODIFIED:
                return _fetched(target, answer, b"")
            _check_head(target, answer, wanted)
            coding = answer.headers.get("content-encoding", "")
            body = read_body(
                answer.body, coding, host=target.host, largest=wanted.largest, is_cut=wanted.is_cut
            )
            return _fetched(target, answer, body)

    def _next(self, target: Target, answer: Answer, wanted: _Wanted) -> Target:
        """Return where a redirect leads, checked like any other address.

        What is trusted counts only for redirects from what is trusted: the web must not lead us inside.
        """
        place = _utf8(answer.headers.get("location", ""))
        try:
            following = urljoin(target.url, place)
        except ValueError as error:
            raise FetchFailed(f"{target.host}: it sends us on to no web address") from error
        if not place:
            raise FetchFailed(f"{target.host}: it sends us on, but does not say where to")
        trusted = wanted.trusted if target.is_trusted else frozenset()
        try:
            found = parse_target(following, trusted=trusted)
        except FetchRefused as error:  # tomorrow it may send us elsewhere
            raise FetchFailed(
                f"{target.host}: it sends us on to where nothing is fetched: {error}"
            ) from error
        if target.scheme == "https" and found.scheme == "http":
            raise FetchFailed(f"{target.host}: it sends us on from an encrypted page to one that is not")
        return found

    def _check_status(self, target: Target, answer: Answer, wanted: _Wanted) -> None:
        status = answer.status
        if status == _OK or (status == NOT_MODIFIED and wanted.conditions):
            return
        why = _WHY.get(status) or f"it answers {_kind_of_failure(status)} ({status})"
        wait_s = self._retry_after_s(answer) if status in _ASKS_TO_WAIT else None
        if wait_s and wanted.is_uninvited:
            now = self._time.clock()
            waiting = {host: until for host, until in self._peace.items() if until > now}
            self._peace = {**waiting, target.host: now + wait_s}
        raise FetchFailed(f"{target.host}: {why}", status=status, retry_after_s=wait_s)

    def _retry_after_s(self, answer: Answer) -> float | None:
        said = answer.headers.get("retry-after", "").strip()
        if said.isascii() and said.isdigit():
            return min(float(said[:12]), LONGEST_RETRY_AFTER_S)
        with suppress(ValueError, OverflowError):
            at = parsedate_to_datetime(said)
            wait_s = (at.replace(tzinfo=at.tzinfo or UTC) - self._time.now()).total_seconds()
            return min(max(wait_s, 0.0), LONGEST_RETRY_AFTER_S)
        return None

    def _is_trusted(self, url: str) -> bool:
        try:
            return parse_target(url, trusted=self._trusted).is_trusted
        except FetchRefused:
            return False

    def _read_robots(self, url: str, is_trusted: bool) -> bytes:  # noqa: FBT001 (as `Robots` asks)
        trusted = self._trusted if is_trusted else frozenset()
        return self._follow(url, _Wanted(None, {}, LARGEST_ROBOTS, trusted, is_cut=True)).content


def _check_head(target: Target, answer: Answer, wanted: _Wanted) -> None:
    """Refuse what can be told from the head already to be too large, or the wrong kind, for now."""
    kind = _media_type(answer)
    if wanted.kinds is not None and kind not in wanted.kinds:
        shown = kind[:60] if kind else "something without a kind"
        raise FetchFailed(f"{target.host}: this is {shown}, and not what is read here")
    length = answer.headers.get("content-length", "")
    if length.isdecimal() and int(length) > wanted.largest and not wanted.is_cut:
        raise FetchRefused(f"{target.host}: it sends more than {wanted.largest:,} bytes, which is too much")


def _fetched(target: Target, answer: Answer, content: bytes) -> Fetched:
    return Fetched(
        url=target.url,
        status=answer.status,
        content=content,
        content_type=_media_type(answer),
        charset=_charset(answer),
        etag=_validator(answer, "etag"),
        last_modified=_validator(answer, "last-modified"),
    )


def _media_type(answer: Answer) -> str:
    return answer.headers.get("content-type", "").partition(";")[0].partition(",")[0].strip().lower()


def _charset(answer: Answer) -> str | None:
    """Return the encoding that the head names, if there is such a one."""
    found = _CHARSET.search(answer.headers.get("content-type", ""))
    if found is None:
        return None
    try:
        "a".encode(found[1])
    except (LookupError, ValueError):
        return None
    return found[1].lower()


def _validator(answer: Answer, name: str) -> str | None:
    value = answer.headers.get(name, "")
    return value if value.isascii() and 0 < len(value) <= LONGEST_VALIDATOR else None


def _utf8(header: str) -> str:
    """Read a header that came as Latin-1 as what it mostly is."""
    with suppress(UnicodeError):
        return header.encode("latin-1").decode("utf-8")
    return header


def _kind_of_failure(status: int) -> str:
    if status >= _SERVER_ERRORS:
        return "that it is broken"
    return "that it cannot do this" if status >= _CLIENT_ERRORS else "in a way that means no page"
