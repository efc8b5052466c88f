"""Sites: which of those whose pages a feed names are left alone for the rest of a poll."""

from collections import Counter
from urllib.parse import urlsplit

from corpus.errors import FetchFailed, FetchRefused

#: Pages of one site that fail in a row before its others are left for the next poll: it may be down.
PATIENCE = 3

#: Answers that ask for peace, and the one that says "for good".
PEACE, GONE = frozenset({429, 503}), 410
#: Those that say nothing of other pages of the site.
ABOUT_ONE_PAGE = frozenset({401, 402, 403, 404, GONE, 451})


class Sites:
    """What the sites of one poll answered so far; what one of them does says nothing of the others."""

    def __init__(self) -> None:
        self._in_a_row: Counter[str] = Counter()
        self._peace: dict[str, float | None] = {}

    def note(self, url: str | None, error: BaseException | None) -> None:
        """Note what asking for a page came to."""
        host = host_of(url)
        is_down = isinstance(error, FetchFailed) and not isinstance(error, FetchRefused)
        is_page = isinstance(error, FetchFailed) and error.status in ABOUT_ONE_PAGE
        self._in_a_row[host] = self._in_a_row[host] + 1 if is_down and not is_page else 0
        if isinstance(error, FetchFailed) and error.status in PEACE:
            self._peace[host] = error.retry_after_s

    def is_left_alone(self, url: str | None) -> bool:
        """Say whether no more pages of this one's site are asked for."""
        host = host_of(url)
        return host in self._peace or self._in_a_row[host] >= PATIENCE

    def asked_s(self, url: str) -> float | None:
        """Return for how many seconds the site of an address asked to be left alone, if it did."""
        return self._peace.get(host_of(url))


def host_of(url: str | None) -> str:
    """Return the host of an address in small letters, "" where there is none."""
    try:
        return (urlsplit(url or "").hostname or "").rstrip(".")
    except ValueError:
        return ""


def are_kin(one: str, other: str) -> bool:
    """Say whether two hosts are the same site's: one of them is the other, or under it; www. aside."""
    ours, theirs = one.removeprefix("www."), other.removeprefix("www.")
    if not ours or not theirs:
        return False
    return ours == theirs or ours.endswith(f".{theirs}") or theirs.endswith(f".{ours}")
