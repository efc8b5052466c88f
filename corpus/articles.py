"""Articles as sources hand them over, and revisions as the corpus keeps them."""

import enum
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import NewType
from urllib.parse import urlsplit

from corpus.errors import InvalidArticle
from corpus.languages import Language, detect
from corpus.passages import split
from corpus.urls import canonical

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
#: Bytes of a key: PostgreSQL indexes no more than 2,704.
LONGEST_KEY = 2_000
#: Characters of a text that are looked at for a title.
BEGINNING = 2_000


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
            key: what identifies the article across its revisions, unless it has a URL: then that does.
            obtained: how it came to us, such as "file".
            source: the name to fall back on when `raw` names no source.

        Raises:
            InvalidArticle: naming the field and what is wrong with it.
        """
        text = _text(raw.get("text"))
        url = _url(raw)
        language = _language(raw, text)
        return cls(
            key=_key(canonical(url) if url else key),
            title=_line(raw, "title") or first_words(text, language),
            text=text,
            source=_line(raw, "source") or source,
            language=language,
            obtained=obtained,
            author=_line(raw, "author"),
            url=url,
            published=published(raw.get("published")),
        )

    def keeping(self, before: "Revision | None", *, names_source: bool) -> "Article":
        """Return itself with what is not said of it now as it was before: who published it, and when.

        `names_source`: its source is what it says, and not a name to fall back on.
        """
        if before is None:
            return self
        source = self.source if names_source else before.source
        return replace(self, source=source, published=self.published or before.published)

    @property
    def digest(self) -> str:
        """SHA-256 over all that a reader sees: equal digests are the same revision."""
        shown = (self.title, self.text, self.source, self.author, self.url, self.published, self.language)
        fields = ("" if field is None else str(field) for field in shown)
        return hashlib.sha256("\x1f".join(fields).encode()).hexdigest()


class Since(enum.StrEnum):
    """What became of an article since a revision of it was current."""

    NOTHING = "nothing"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Revision:
    """One stored state of an article. Offsets of passages count characters of `text`.

    `superseded_at` is None for the current one; `since` says whether the article says something else now, or
    was removed.
    """

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
    superseded_at: datetime | None = None
    since: Since = Since.NOTHING

    @property
    def withheld(self) -> "Revision":
        """Itself without anything that it said, for a place at which no word of it may be shown."""
        return replace(self, title="", text="", source="", author=None, url=None, published=None)


def published(value: object) -> Published | None:
    """Read a publication date: ISO 8601, a day or a moment; a moment without a zone is taken as UTC.

    Raises:
        InvalidArticle: for anything else, with an example.
    """
    if isinstance(value, datetime):
        return value.replace(microsecond=0, tzinfo=value.tzinfo or UTC)
    if isinstance(value, date):
        return value
    text = _plain(value, "published")
    try:
        if len(text) <= len("2022-01-05"):
            return date.fromisoformat(text) if text else None
        return published(datetime.fromisoformat(text))
    except ValueError as error:
        raise InvalidArticle(
            f"published: {text[:60]!r} is no ISO date; write 2022-01-05 or 2022-01-05T14:30:00+06:00"
        ) from error


def is_address(url: str) -> bool:
    """Say whether an article may have this address."""
    try:
        return _url({"url": url}) is not None and urlsplit(url).port != 0
    except (InvalidArticle, ValueError):  # a port that is no number
        return False


def first_words(text: str, language: Language, limit: int = 90) -> str:
    """Return the first sentence of a text, for an article without a title; … marks where it was cut."""
    beginning = text.lstrip()[:BEGINNING]
    first = split(beginning, language)[0].sentence
    sentence = " ".join(beginning[first.start : first.end].split())
    if len(sentence) <= limit:
        return sentence
    return sentence[: limit - 1].rsplit(None, 1)[0].rstrip(",;:—–- ") + "…"


def _text(value: object) -> str:
    text = value.removeprefix("\ufeff") if isinstance(value, str) else ""
    if not text.strip():
        raise InvalidArticle("text: there is none")
    if len(text) > LONGEST_TEXT:
        raise InvalidArticle(f"text: {len(text):,} characters are too many; the limit is {LONGEST_TEXT:,}")
    _refuse_unstorable(text, "text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _line(raw: Mapping[str, object], field: str) -> str | None:
    line = _plain(raw.get(field), field)
    if len(line) > LONGEST_LINE:
        raise InvalidArticle(f"{field}: {len(line):,} characters are too many; the limit is {LONGEST_LINE}")
    return line or None


def _plain(value: object, field: str) -> str:
    """Write a field out as one line, "" where it is absent."""
    if value is None:
        return ""
    # Lists are not written out: a few lines of YAML can stand for gigabytes.
    if not isinstance(value, str | int | float | date):
        raise InvalidArticle(f"{field}: expected one line of text, not {type(value).__name__}")
    try:
        line = re.sub(r"\s+", " ", str(value)).strip()
    except ValueError as error:  # a number of thousands of digits
        raise InvalidArticle(f"{field}: {error}") from error
    _refuse_unstorable(line, field)
    return line


def _key(name: str) -> str:
    """Make a name one that every database stores and indexes; most are so already."""
    written = name.encode(errors="backslashreplace").replace(b"\0", b"\\0")
    if len(written) > LONGEST_KEY:
        return f"sha256:{hashlib.sha256(written).hexdigest()}"
    return written.decode()


def _refuse_unstorable(value: str, field: str) -> None:
    """Refuse what no database stores as text: NUL and halves of surrogate pairs."""
    if "\0" in value:
        raise InvalidArticle(f"{field}: holds NUL characters, so it is no text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InvalidArticle(f"{field}: holds half a surrogate pair at character {error.start}") from error


def _url(raw: Mapping[str, object]) -> str | None:
    url = _plain(raw.get("url"), "url")
    if not url:
        return None
    if len(url) > LONGEST_URL or any(unicodedata.category(c) in {"Cc", "Zs", "Cs"} for c in url):
        raise InvalidArticle(f"url: {url[:80]!r} holds spaces or is over {LONGEST_URL} characters long")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise InvalidArticle(f"url: {url[:80]!r} cannot be read ({error})") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InvalidArticle(f"url: {url[:80]!r} does not begin with http:// or https:// and a host")
    return url


def _language(raw: Mapping[str, object], text: str) -> Language:
    name = _plain(raw.get("language"), "language")
    if not name:
        return detect(text)
    code = name.lower().replace("_", "-").partition("-")[0]
    try:
        return Language(code)
    except ValueError:
        # A code of another language; or a language's name, and then the text itself tells more.
        # "false" is what YAML makes of the code of Norwegian.
        return Language.OTHER if len(code) == len("en") or code == "false" else detect(text)
