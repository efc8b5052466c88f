"""Stored things: what the corpus hands out, and how it is read from rows of its tables."""

import hashlib
from dataclasses import dataclass
from typing import Any, NewType

import sqlalchemy as sa

from corpus.articles import ArticleId, Revision, RevisionId, Since
from corpus.languages import Language
from corpus.passages import Span

#: 63 bits of a hash over what is indexed of a passage: equal ids are found in the same way.
PassageId = NewType("PassageId", int)


@dataclass(frozen=True, slots=True)
class PassageText:
    """What is indexed of a passage."""

    id: PassageId
    language: Language
    title: str
    paragraph: str
    sentence: str


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """One sentence where it stands: `revision.text[sentence.start:sentence.end]`."""

    id: PassageId
    revision: Revision
    position: int
    sentence: Span
    paragraph: Span


@dataclass(frozen=True, slots=True)
class CorpusSummary:
    """How much the corpus holds, and from when to when it was published (ISO dates, None where unknown).

    `Corpus.summary` leaves `passages` at 0: who knows them or counts them fills it in.
    """

    articles: int = 0
    passages: int = 0
    languages: tuple[Language, ...] = ()
    earliest: str | None = None
    latest: str | None = None


def passage_id(*, language: Language, title: str, paragraph: str, sentence: str) -> PassageId:
    """Hash what is indexed of a passage into 63 bits: FAISS and SQL hold signed 64-bit integers."""
    content = f"{language}\x1f{title}\x1f{paragraph}\x1f{sentence}".encode()
    return PassageId(int.from_bytes(hashlib.blake2b(content, digest_size=8).digest()) >> 1)


def read_revision(row: sa.Row[Any], since: Since = Since.NOTHING) -> Revision:
    """Read a row of `revisions`; what became of its article `since`, is known from other rows."""
    return Revision(
        id=RevisionId(row.id),
        article_id=ArticleId(row.article_id),
        number=row.number,
        title=row.title,
        text=row.text,
        source=row.source,
        author=row.author,
        url=row.url,
        published=row.published,
        language=Language(row.language),
        obtained=row.obtained,
        seen_at=row.seen_at,
        superseded_at=row.superseded_at,
        since=since,
    )


def read_stored_passage(row: sa.Row[Any], revision: Revision) -> StoredPassage:
    """Read a row of `passages` that belongs to this revision."""
    return StoredPassage(
        id=PassageId(row.content),
        revision=revision,
        position=row.position,
        sentence=Span(row.sentence_start, row.sentence_end),
        paragraph=Span(row.paragraph_start, row.paragraph_end),
    )


def passage_text(stored: StoredPassage) -> PassageText:
    """Take from a passage what is indexed of it."""
    revision, sentence, paragraph = stored.revision, stored.sentence, stored.paragraph
    return PassageText(
        id=stored.id,
        language=revision.language,
        title=revision.title,
        paragraph=revision.text[paragraph.start : paragraph.end],
        sentence=revision.text[sentence.start : sentence.end],
    )
