"""How addresses of pages are spelt: one spelling for one article, however it was linked; the user of idna.

Pure: nothing here asks the network.
"""

import ipaddress
import re
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

#: The port that each scheme means when none is written.
DEFAULT_PORTS = {"http": 80, "https": 443}

#: What else links carry to tell who came from where; those with a star, whatever goes on like that.
TRACKING = (
    *("utm_*", "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid"),
    *("twclid", "ttclid", "li_fat_id", "igshid", "igsh", "_openstat", "rb_clickid", "mc_cid", "mc_eid"),
    *("mkt_tok", "vero_id", "_hsenc", "_hsmi", "hsctatracking", "oly_enc_id", "oly_anon_id", "s_cid"),
    *("_ga", "_gl", "guccounter", "guce_referrer", "guce_referrer_sig", "__twitter_impression"),
    *("at_medium", "at_campaign*", "at_custom*", "at_link_*", "at_format", "at_bbc_team", "at_ptr_name"),
    *("ns_mchannel", "ns_source", "ns_campaign", "ns_linkname", "ns_fee", "xtor", "cmpid", "ocid"),
    *("ftag", "smid", "wt_mc", "wt.mc_id", "traffic_source", "maca", "spm"),
)
_TRACKING = re.compile("|".join(re.escape(name).replace(r"\*", ".*") for name in TRACKING))

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")

_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_KEPT_IN_PATHS = "%/:@!$&'()*+,;=~"
_KEPT_IN_QUERIES = _KEPT_IN_PATHS + "?"


def canonical(url: str) -> str:
    """Return the spelling that stands for all addresses of one article.

    Scheme and host in small letters, names in IDNA, escapes in one form; no user, default port, fragment or
    tracking parameter. The order of the others is kept, since some sites read it. What is no web address,
    such as the `tag:` of a feed, comes back as it is.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
            return url
        told_apart = "&".join(part for part in parts.query.split("&") if part and not _is_tracking(part))
        path, query = escaped_path(parts.path), escaped_query(told_apart)
        return urlunsplit((parts.scheme, place(parts), path, query, ""))
    except ValueError:
        return url


def place(parts: SplitResult) -> str:
    """Return the host of an address and its port, where that is not the scheme's own.

    Raises:
        ValueError: there is no such host or port.
    """
    host = ascii_host(parts.hostname or "")
    shown = f"[{host}]" if ":" in host else host
    if parts.port is None or parts.port == DEFAULT_PORTS.get(parts.scheme):
        return shown
    return f"{shown}:{parts.port}"


def ascii_host(host: str) -> str:
    """Return a host name in small ASCII letters (IDNA 2008), or an IPv6 address in its short form.

    Raises:
        ValueError: it is neither.
    """
    if ":" in host:
        return str(ipaddress.IPv6Address(host))
    name = (host if host.isascii() else _encoded(host)).lower().removesuffix(".")
    if not _NAME.fullmatch(name):
        raise ValueError(f"no host can be called {host!r}")
    return name


def escaped_path(path: str) -> str:
    """Return a path in ASCII, each character escaped in one way; at least a slash."""
    return _escaped(path, keep=_KEPT_IN_PATHS) or "/"


def escaped_query(query: str) -> str:
    """Return a query in ASCII, each character escaped in one way."""
    return _escaped(query, keep=_KEPT_IN_QUERIES)


def _encoded(host: str) -> str:
    import idna  # noqa: PLC0415 - its tables are large, and most names are ASCII

    return idna.encode(host, uts46=True).decode("ascii")


def _escaped(text: str, *, keep: str) -> str:
    return _ESCAPE.sub(_one_escape, quote(_LONE_PERCENT.sub("%25", text), safe=keep))


def _one_escape(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if _UNRESERVED.fullmatch(character) else found[0].upper()


def _is_tracking(parameter: str) -> bool:
    name = unquote(parameter.partition("=")[0])
    return _TRACKING.fullmatch(name.lower()) is not None
