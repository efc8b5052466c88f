"""Where a request may go: which URLs are fetched, and which IP addresses are on the public internet. Pure."""

import ipaddress
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from corpus.errors import FetchFailed, FetchRefused
from corpus.urls import DEFAULT_PORTS, ascii_host, escaped_path, escaped_query

#: Characters of an address; longer ones are no articles', and some servers refuse them.
LONGEST_URL = 2_000

#: The setting by which whoever runs the bot trusts more places.
TRUSTED = "CRISISBOT_FETCH_TRUSTED"

#: Ports of the public internet; whatever else listens somewhere is not there for readers.
PUBLIC_PORTS = frozenset(DEFAULT_PORTS.values())

# Written out, since `is_global` differs between the patch releases of Python that we support.
# https://www.iana.org/assignments/iana-ipv4-special-registry
_FORBIDDEN_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by a carrier's customers; Alibaba's metadata
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's platform, in every virtual machine there
        "169.254.0.0/16",  # link-local; metadata of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocols; Oracle's metadata
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)

# https://www.iana.org/assignments/iana-ipv6-special-registry
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
_FORBIDDEN_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocols: Teredo, ORCHID, benchmarks
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: leads to any IPv4 address, and no site needs it any more
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
#: Networks whose last 32 bits are the IPv4 address that is meant.
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

# What systems read as an IPv4 address: whatever ends in a number, be it decimal, octal or hexadecimal.
# https://url.spec.whatwg.org/#ends-in-a-number-checker
_NUMBER_AT_END = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
_CONTROL = re.compile(
    r"[\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that may be fetched, taken apart: all of it ASCII, without user or fragment."""

    scheme: str
    host: str
    port: int
    path: str  # with the query
    is_trusted: bool = False

    @property
    def place(self) -> str:
        """The host and the port, as `trusted` names them."""
        return f"{self._shown_host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host, and the port where it is not the scheme's own."""
        ending = "" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self._shown_host}{ending}"

    @property
    def url(self) -> str:
        """All of it."""
        return self.origin + self.path

    @property
    def _shown_host(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


def parse_target(url: str, *, trusted: Collection[str] = frozenset()) -> Target:
    """Take a URL apart, if it may be fetched.

    Args:
        url: as a person or a page wrote it.
        trusted: "host:port" of all that may be private and on any port.

    Raises:
        FetchRefused: it is none of http or https, carries a password, is on another port, or means an IP
            address in disguise; the message names the host at most, since the rest may be secret.
    """
    url = url.strip()
    if len(url) > LONGEST_URL:
        raise FetchRefused(f"this address has more than {LONGEST_URL:,} characters, so it is not fetched")
    if _CONTROL.search(url):
        raise FetchRefused("this address has spaces or invisible characters in it; write it without them")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise FetchRefused("this is no web address; one looks like https://news.example/page") from error
    if parts.scheme not in DEFAULT_PORTS or not parts.netloc:
        raise FetchRefused("only addresses that begin with http:// or https:// are fetched")
    if "@" in parts.netloc:
        raise FetchRefused("addresses with a user or a password in them are not fetched")
    name = _checked_host(host)
    path = escaped_path(parts.path) + (f"?{escaped_query(parts.query)}" if parts.query else "")
    target = Target(parts.scheme, name, DEFAULT_PORTS[parts.scheme] if port is None else port, path)
    return _checked_place(target, trusted)


def check_addresses(target: Target, found: Sequence[str]) -> Sequence[str]:
    """Return the IP addresses that a name leads to, if the request may go there.

    One that is not public refuses all: a public site has no reason to name a private address beside its own,
    and whoever tries to reach one would only have to try again.

    Raises:
        FetchFailed: one of them is not on the public internet, and the target is not trusted. A name may lead
            elsewhere tomorrow; providers send those that they block to such addresses, too.
    """
    if not target.is_trusted and not all(map(is_public, found)):
        raise FetchFailed(_not_public(target))
    return found


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the public internet, in whatever form it is wrapped."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # such as a link-local one with its interface: fe80::1%eth0
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return not any(parsed in network for network in _FORBIDDEN_V4)
    if parsed.scope_id is not None:
        return False
    if parsed in _MAPPED or parsed in _NAT64:  # NAT64 is how networks without IPv4 reach the rest
        return is_public(str(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)))
    return parsed in _PUBLIC_V6 and not any(parsed in network for network in _FORBIDDEN_V6)


def is_ip_address(host: str) -> bool:
    """Return whether a host is an IP address and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _checked_host(host: str) -> str:
    try:
        name = ascii_host(host)
    except ValueError as error:
        raise FetchRefused("no host can have the name in this address") from error
    if _NUMBER_AT_END.fullmatch(name) and not is_ip_address(name):
        raise FetchRefused("IP addresses are fetched only where they are written as four decimal numbers")
    return name


def _checked_place(target: Target, trusted: Collection[str]) -> Target:
    if target.place in trusted:
        return Target(target.scheme, target.host, target.port, target.path, is_trusted=True)
    if target.port not in PUBLIC_PORTS:
        raise FetchRefused(
            f"{target.host}: only the ports 80 and 443 are fetched from, not {target.port}"
            f" (whoever runs the bot can trust {target.place} by {TRUSTED})"
        )
    if is_ip_address(target.host) and not is_public(target.host):
        raise FetchRefused(_not_public(target))
    return target


def _not_public(target: Target) -> str:
    return (
        f"{target.host} is not on the public internet, so it is not fetched"
        f" (whoever runs the bot can trust {target.place} by {TRUSTED})"
    )
