"""Which hrefs Telegram keeps, and how it writes them down. Pure."""

from __future__ import annotations

import re

_WITH_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>.*)", re.DOTALL)
_PARTS = re.compile(r"(?P<authority>[^/?#]*)(?P<path>.*)", re.DOTALL)
_HOST = re.compile(r"[^\x00-\x20\x7f<>\"\\^`{}|@:\[\]%]+")
_IPV6 = re.compile(r"\[[0-9A-Fa-f:.]+\]")
_MENTION = re.compile(r"tg://user\?id=(?P<id>[0-9]{1,15})")
_WEB = frozenset({"http", "https"})
_OWN = frozenset({"tg", "ton", "tonsite"})
_LAST_PORT = 65535


def mentioned_user(href: str) -> int | None:
    """Return the user a tg://user?id= link names: such a link becomes a mention."""
    match = _MENTION.fullmatch(href.strip())
    return int(match["id"]) if match else None


def checked_link(href: str) -> str | None:
    """Write a link as Telegram would; None where Telegram silently drops it."""
    match = _WITH_SCHEME.fullmatch(href.strip())
    scheme, rest = (match["scheme"].lower(), match["rest"]) if match else ("http", href.strip())
    if scheme in _OWN:
        return f"{scheme}://{_escape_spaces(rest)}" if rest else None
    is_address = match is None and "@" in rest.partition("/")[0]  # mailto:a@b and a@b are no web pages
    if scheme not in _WEB or is_address:
        return None
    return _web_link(scheme, rest)


def _web_link(scheme: str, rest: str) -> str | None:
    parts = _PARTS.fullmatch(rest)
    if parts is None:
        return None
    authority = _authority(parts["authority"])
    if authority is None:
        return None
    path = parts["path"] if parts["path"].startswith("/") else "/" + parts["path"]
    return f"{scheme}://{authority}{_escape_spaces(path)}"


def _authority(authority: str) -> str | None:
    user, at, address = authority.rpartition("@")
    host, port = _split_port(address)
    if not _is_host(host) or (port and not _is_port(port)):
        return None
    return f"{user}{at}{host.lower()}{':' + port if port else ''}"


def _split_port(address: str) -> tuple[str, str]:
    if address.startswith("["):
        host, bracket, port = address.partition("]")
        return host + bracket, port.removeprefix(":")
    host, _, port = address.partition(":")
    return host, port


def _is_host(host: str) -> bool:
    if _IPV6.fullmatch(host):
        return True
    return bool(_HOST.fullmatch(host)) and "." in host.strip(".") and ".." not in host


def _is_port(port: str) -> bool:
    return port.isascii() and port.isdigit() and 1 <= int(port) <= _LAST_PORT


def _escape_spaces(text: str) -> str:
    return re.sub(r"[\x00-\x20\x7f]", lambda match: f"%{ord(match[0]):02X}", text)
