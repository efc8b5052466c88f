"""Mail: an e-mail (.eml) as an article; pure. Runs in the limited child process (`corpus.sources.limited`).

The subject is the title, the sender's name the source, the date that of sending with its zone, and the
Message-ID the key, so that one message in two files is one article. Plain text is preferred to HTML.
Attachments are not read: they are files of their own, to be saved and added; a message of nothing else names
them.
"""

import re
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime

from corpus.errors import InvalidArticle
from corpus.sources.formats import decode, decode_named, decode_page
from corpus.sources.fragments import text_of

#: Names of attachments that are told.
NAMES_TOLD = 5

_NAMED_WITHOUT_LOOKING = (None, "us-ascii", "ascii", "iso-8859-1", "windows-1252")
_HEAD, _HEAD_END = re.compile(r"<head\b", re.IGNORECASE), re.compile(r"</head\s*>", re.IGNORECASE)
_QUOTED = re.compile(r">*")


def prepare() -> None:
    """Load all that is needed to parse."""
    parse_mail(
        b"From: =?utf-8?q?Orda?= <a@b.kz>\nSubject: Gas\nDate: Wed, 05 Jan 2022 14:30:00 +0600\n"
        b"Content-Type: text/html; charset=utf-8\n\n<html><head></head><p>It is out.</p>"
    )
    _nothing_in(message_from_bytes(b"Content-Disposition: attachment; filename=a.txt\n\n"))


def parse_mail(content: bytes) -> dict[str, object]:
    """Read one message: an article's fields, and the `key` that identifies it.

    Raises:
        InvalidArticle: for what is no message, has no text, or is in an encoding that cannot be told.
    """
    try:
        message = message_from_bytes(content)
        if message["From"] is None and message["Subject"] is None:
            raise InvalidArticle("it is no e-mail: it has neither From nor Subject")
        text = "\n\n".join(text.strip("\n") for text in _texts(message) if text.strip())
    except RecursionError as error:
        raise InvalidArticle("its parts are nested too deeply") from error
    if not text:
        raise InvalidArticle(_nothing_in(message))
    return {
        "key": _key(message),
        "title": _line(message, "Subject"),
        "text": text,
        "source": _sender(message),
        "published": _sent(message),
    }


def _texts(part: "Message[str, str]") -> list[str]:
    """Return the texts of a part that are shown with the message, in order."""
    kind = part.get_content_type()
    if part.get_content_disposition() == "attachment" or kind.startswith("message/"):
        return []
    parts = _parts(part)
    if kind == "multipart/alternative":
        plain_first = sorted(parts, key=lambda one: one.get_content_type() != "text/plain")
        return next((texts for one in plain_first if any(map(str.strip, texts := _texts(one)))), [])
    if part.is_multipart():
        return [text for one in parts for text in _texts(one)]
    return [_text(part, kind)] if kind in {"text/plain", "text/html"} else []


def _parts(part: "Message[str, str]") -> list["Message[str, str]"]:
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _text(part: "Message[str, str]", kind: str) -> str:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset()
    if kind == "text/html":
        page = _words(content, charset) if charset else decode_page(content)
        return text_of(_without_head(page))
    text = _words(content, charset)
    flowed = str(part.get_param("format", "")).lower() == "flowed"
    return _unflowed(text, glued=str(part.get_param("delsp", "")).lower() == "yes") if flowed else text


def _without_head(page: str) -> str:
    head = _HEAD.search(page)
    end = _HEAD_END.search(page, head.end()) if head else None
    return page[: head.start()] + page[end.end() :] if head and end else page


def _words(content: bytes, charset: str | None) -> str:
    """Decode a text. What programs name without looking counts only where the text is no UTF-8."""
    if charset not in _NAMED_WITHOUT_LOOKING:
        return decode_named(content, charset)
    try:
        return decode(content)
    except InvalidArticle:
        if charset not in {"iso-8859-1", "windows-1252"}:
            raise
        return decode_named(content, charset)


def _unflowed(text: str, *, glued: bool) -> str:
    """Undo the line breaks that a mail program made (RFC 3676): a line goes on where it ends in a space."""
    lines: list[str] = []
    goes_on, depth = False, 0
    for line in text.split("\n"):
        quoted = _QUOTED.match(line)
        level = quoted.end() if quoted else 0
        words = line[level:].removeprefix(" ")
        if goes_on and level == depth and words != "-- ":
            lines[-1] = (lines[-1][:-1] if glued else lines[-1]) + words
        else:
            lines.append(f"{'>' * level} {words}" if level else words)
        goes_on, depth = words.endswith(" ") and words != "-- ", level
    return "\n".join(lines)


def _line(message: "Message[str, str]", name: str) -> str | None:
    """Read a header, however it is encoded."""
    return _decoded(message[name]) if message[name] is not None else None


def _decoded(written: object) -> str:
    try:
        words = str(make_header(decode_header(str(written))))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):  # as people saw it, then
        words = str(written)
    return " ".join(words.encode(errors="replace").decode().split())


def _sender(message: "Message[str, str]") -> str | None:
    """Return the sender's name, or else where the address belongs: an address is nobody's to publish."""
    name, address = parseaddr(str(message["From"] or ""))
    return _decoded(name) or address.rpartition("@")[2] or None


def _sent(message: "Message[str, str]") -> str | None:
    try:
        return parsedate_to_datetime(str(message["Date"])).isoformat()
    except (TypeError, ValueError, IndexError, OverflowError):  # there is none, or nobody can read it
        return None


def _key(message: "Message[str, str]") -> str:
    id_ = "".join(str(message["Message-ID"] or "").split()).strip("<>")
    return f"mid:{id_}" if id_ else ""


def _nothing_in(message: "Message[str, str]") -> str:
    names = [name for part in message.walk() if (name := part.get_filename())]
    if not names:
        return "text: there is none"
    told = ", ".join(_decoded(name) for name in names[:NAMES_TOLD])
    return f"it has no text, only attachments ({told}); save them, and add them as files"
