"""Attachments: files that came with a message, as articles; pure.

Their names say of which kind they are; no path is made of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from corpus.articles import Article
from corpus.errors import InvalidArticle, UnreadableSource
from corpus.sources.fields import FIELDS, meant_by
from corpus.sources.files import Known, Rejected, key_of, nothing_known
from corpus.sources.formats import PARSERS, Broken, Found, RawArticle

#: A line that begins as a field does: with a word or two, and a colon or what is taken for one.
_LINE = re.compile(r"^[ \t]*([^\W\d_]+(?:[ \t][^\W\d_]+)?)[ \t]*[:=：][ \t]*(\S.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file: the `name` that its sender gave it, what identifies it for ever, and its content."""

    name: str
    id: str
    content: bytes


def ending(name: str) -> str:
    """Return the ending of a name in small letters, by which its kind is told."""
    return PurePosixPath(name).suffix.lower()


def is_readable(name: str) -> bool:
    """Say whether files with such a name are read."""
    return ending(name) in PARSERS


@dataclass(frozen=True, slots=True)
class Misspelt:
    """A line that seems to state a field, and which one it may mean."""

    line: str
    field: str


def stated_in(caption: str) -> RawArticle:
    """Read the fields that a caption states, one a line; whatever else it says is left alone."""
    found = ((name.lower(), value.strip()) for name, value in _LINE.findall(caption))
    return {name: value for name, value in found if name in FIELDS}


def misspelt_in(caption: str) -> list[Misspelt]:
    """Find lines that are meant to state a field and do not; most lines of captions mean nothing such."""
    found = ((match[0].strip(), match[1].lower()) for match in _LINE.finditer(caption))
    return [Misspelt(line, field) for line, name in found if name not in FIELDS and (field := meant_by(name))]


def parse_attachment(
    attachment: Attachment, *, stated: RawArticle, otherwise: RawArticle, known: Known = nothing_known
) -> Iterator[Article | Rejected]:
    """Yield the articles of a file.

    Args:
        attachment: of a readable kind.
        stated: fields that hold whatever the file says.
        otherwise: fields that hold where the file says nothing.
        known: what is known of an article by its key; one that names no source, or no day, keeps what it had.
    """
    try:
        for found in PARSERS[ending(attachment.name)](attachment.content):
            yield _article(attachment, found, {**otherwise, **_said(found), **stated}, known)
    except (UnreadableSource, InvalidArticle) as error:
        yield Rejected(attachment.name, str(error))


def _article(
    attachment: Attachment, found: Found | Broken, raw: RawArticle, known: Known
) -> Article | Rejected:
    place = f"{attachment.name}, {found.place}" if found.place else attachment.name
    if isinstance(found, Broken):
        return Rejected(place, found.reason)
    key = key_of(found, file=f"telegram-file:{attachment.id}")
    try:
        article = Article.parse(raw, key=key, obtained="telegram", source=attachment.name)
    except InvalidArticle as error:
        return Rejected(place, str(error))
    return article.keeping(known(article.key), names_source=bool(raw.get("source")))


def _said(found: Found | Broken) -> RawArticle:
    """Return the fields that a file fills in."""
    if isinstance(found, Broken):
        return {}
    return {field: value for field, value in found.raw.items() if value is not None and value != ""}
