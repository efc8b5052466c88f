"""Articles as sources hand them over, and revisions as the corpus keeps them."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NewType
from urllib.parse import urlsplit

from corpus.errors import InvalidArticle
from corpus.languages import Language, detect

ArticleId = NewType("ArticleId", int)
RevisionId = NewType("RevisionId", int)

#: When an article says it was published: a day, or a moment with its zone.
Published = date | datetime

#: Characters of text in one article; a book is about a million.
LONGEST_TEXT = 5_000_000
#: Characters of a title, a source's name, an author.
LONGEST_LINE = 500
#: Characters of a URL, as most servers and browsers accept them.
LONGEST_URL = 2_000


@dataclass(frozen=True, slots=True)
class Article:
    """An article as a source hands it over; the same `key` with other content is a new revision of it."""

    key: str
    title: str
    text: str
    source: str
    language: Language
    obtained: str
    author: str | None = None
    url: str | None = None
    published: Published | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, object], *, key: str, obtained: str, source: str) -> "Article":
        """Make a typed article out of untrusted fields.

        Args:
            raw: `text`, and where known `title`, `source`, `author`, `url`, `published`, `language`.
            key: what identifies the article across its revisions, unless it has a URL.
            obtained: how it came to us, such as "file".
            source: the name to fall back on when `raw` names no source.

        Raises:
            InvalidArticle: naming the field and what is wrong with it.
        """
        text = _text(raw.get("text"))
        url = _url(raw.get("url"))
        return cls(
            key=url or key,
            title=_line(raw, "title") or first_words(text),
            text=text,
            source=_line(raw, "source") or source,
            language=_language(raw.get("language"), text),
            obtained=obtained,
            author=_line(raw, "author"),
            url=url,
            published=published(raw.get("published")),
        )

    @property
    def digest(self) -> str:
        """SHA-256 over all that a reader sees: equal digests are the same revision."""
        shown = (self.title, self.text, self.source, self.author, self.url, self.published, self.language)
        return hashlib.sha256("\x1f".join(map(str, shown)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Revision:
    """One stored state of an article. Offsets of passages count characters of `text`."""

    id: RevisionId
    article_id: ArticleId
    number: int
    title: str
    text: str
    source: str
    author: str | None
    url: str | None
    published: Published | None
    language: Language
    obtained: str
    seen_at: datetime


def published(value: object) -> Published | None:
    """Read a publication date: ISO 8601, a day or a moment; a moment without a zone is taken as UTC.

    Raises:
        InvalidArticle: for anything else, with an example.
    """
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return value
    try:
        text = str(value).strip()
        return (
            date.fromisoformat(text)
            if len(text) <= len("2022-01-05")
            else published(datetime.fromisoformat(text))
        )
    except ValueError as error:
        raise InvalidArticle(
            f"published: {str(value)[:60]!r} is no ISO date; write 2022-01-05 or 2022-01-05T14:30:00+06:00"
        ) from error


def first_words(text: str, limit: int = 90) -> str:
    """Return the beginning of a text, for articles that came without a title; … marks where it was cut."""
    line = next(line.strip() for line in text.splitlines() if line.strip())
    if len(line) <= limit:
        return line
    return line[: limit - 1].rsplit(None, 1)[0].rstrip(",;:—–- ") + "…"


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidArticle("text: there is none")
    if len(value) > LONGEST_TEXT:
        raise InvalidArticle(f"text: {len(value):,} characters are too many; the limit is {LONGEST_TEXT:,}")
    _refuse_unstorable(value, "text")
    return value.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _line(raw: Mapping[str, object], field: str) -> str | None:
    value = raw.get(field)
    if value is None:
        return None
    if not isinstance(value, str | int | float | date):
        raise InvalidArticle(f"{field}: expected one line of text, not {type(value).__name__}")
    line = re.sub(r"\s+", " ", str(value)).strip()
    _refuse_unstorable(line, field)
    if len(line) > LONGEST_LINE:
        raise InvalidArticle(f"{field}: {len(line):,} characters are too many; the limit is {LONGEST_LINE}")
    return line or None


def _refuse_unstorable(value: str, field: str) -> None:
    """Refuse what no database stores as text: NUL and halves of surrogate pairs."""
    if "\0" in value:
        raise InvalidArticle(f"{field}: holds NUL characters, so it is no text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InvalidArticle(f"{field}: holds half a surrogate pair at character {error.start}") from error


def _url(value: object) -> str | None:
    if value is None or value == "":
        return None
    url = str(value).strip()
    if len(url) > LONGEST_URL or any(unicodedata.category(c) in {"Cc", "Zs", "Cs"} for c in url):
        raise InvalidArticle(f"url: {url[:80]!r} holds spaces or is over {LONGEST_URL} characters long")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise InvalidArticle(f"url: {url[:80]!r} cannot be read ({error})") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InvalidArticle(f"url: {url[:80]!r} does not begin with http:// or https:// and a host")
    return url


def _language(value: object, text: str) -> Language:
    if value is None or value == "":
        return detect(text)
    code = str(value).strip().lower().replace("_", "-").partition("-")[0]
    try:
        return Language(code)
    except ValueError:
        return Language.OTHER
