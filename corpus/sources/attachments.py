"""Attachments: files that came with a message, as articles; pure.

Their names say of which kind they are; no path is made of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from corpus.articles import Article
from corpus.errors import InvalidArticle, UnreadableSource
from corpus.sources.files import Known, Rejected, key_of, nothing_known
from corpus.sources.formats import PARSERS, Broken, Found, RawArticle

#: Fields that may be stated of an attachment, one a line, such as `source: Orda.kz`.
_STATED = re.compile(r"^(title|source|author|url|published|language):[ \t]*(\S.*)$", re.MULTILINE)


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


def stated_in(caption: str) -> RawArticle:
    """Read the fields that a caption states, one a line; whatever else it says is left alone."""
    return {field: value.strip() for field, value in _STATED.findall(caption)}


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
