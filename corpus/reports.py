"""Reports: which stored articles are wire copies of one, and which sentences stand in several articles.

Functions over a connection, inside the transactions of `corpus.store`; `corpus.copies` says what is a copy.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from corpus import copies
from corpus.articles import ArticleId
from corpus.copies import Account, contradict, is_same_report, read_account
from corpus.languages import Language
from corpus.reading import live
from corpus.schema import articles, bands, passages, revisions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from corpus.articles import Article
    from corpus.passages import Passage

#: Articles that are looked for by one band, the latest ones: a phrase that all articles of a source share
#: would otherwise make each new one slower to store than the one before.
ARTICLES_OF_A_BAND: Final = 50

#: Articles that are compared with a new one: those that share most bands with it.
CANDIDATES: Final = 12

#: Copies of one report with which a further one must not disagree: the first ones that were stored.
MEMBERS: Final = 12


@dataclass(frozen=True, slots=True)
class _Told:
    """A stored article as it is compared."""

    article_id: ArticleId
    report_id: int
    account: Account


def wordings(article: Article, sentences: Sequence[Passage]) -> list[int]:
    """Return what belongs into `passages.wording`, for each sentence."""
    return [copies.wording(sentence) for sentence in _cut(article.text, sentences)]


def note_copies(
    connection: sa.Connection, article_id: ArticleId, article: Article, sentences: Sequence[Passage]
) -> None:
    """Note of which report an article is a copy, or that it is the first of its own.

    Call it in the transaction that stores the article or a new revision of it. What was noted of an earlier
    revision is forgotten.
    """
    account = read_account(_cut(article.text, sentences), article.language, article.published)
    forget_copies(connection, article_id)
    looked_for = copies.bands(account, article.language)
    found = _told(connection, _candidates(connection, looked_for))
    same = [one for one in found if is_same_report(account, one.account)]
    same.sort(key=lambda one: (-copies.overlap(account, one.account), one.article_id))
    _join(connection, article_id, _agreeing(connection, account, [one.report_id for one in same]))
    if looked_for:
        connection.execute(
            bands.insert(), [{"band": band, "article_id": article_id} for band in copies.kept(looked_for)]
        )


def forget_copies(connection: sa.Connection, article_id: ArticleId) -> None:
    """Take an article out of its report, and out of those that further copies are compared with."""
    connection.execute(bands.delete().where(bands.c.article_id == article_id))
    others = sa.select(sa.func.min(articles.c.id)).where(
        articles.c.report_id == article_id, articles.c.id != article_id
    )
    heir = connection.scalar(others)
    connection.execute(articles.update().where(articles.c.id == article_id).values(report_id=None))
    if heir is not None:
        connection.execute(articles.update().where(articles.c.report_id == article_id).values(report_id=heir))


def _candidates(connection: sa.Connection, looked_for: Collection[int]) -> list[ArticleId]:
    """Return the articles that share most bands, the most first."""
    if not looked_for:
        return []
    ones = [
        sa.select(
            sa.select(bands.c.article_id)
            .where(bands.c.band == band)
            .order_by(bands.c.article_id.desc())
            .limit(ARTICLES_OF_A_BAND)
            .subquery()
        )
        for band in looked_for
    ]
    found = sa.union_all(*ones).subquery()
    shared = sa.func.count()
    statement = (
        sa.select(found.c.article_id)
        .group_by(found.c.article_id)
        .order_by(shared.desc(), found.c.article_id.desc())
        .limit(CANDIDATES)
    )
    return [ArticleId(article_id) for article_id in connection.scalars(statement)]


def _agreeing(connection: sa.Connection, account: Account, reports: Iterable[int]) -> list[int]:
    """Return of these reports, best first, those of which no copy contradicts the new one or each other.

    A short copy may fit two reports that differ in a number which it leaves out. It joins the first.
    """
    agreed: list[int] = []
    members = [account]
    for report in dict.fromkeys(reports):
        told = [one.account for one in _told(connection, _members(connection, report))]
        if not any(contradict(one, other) for one in told for other in members):
            agreed.append(report)
            members += told
    return agreed


def _members(connection: sa.Connection, report: int) -> list[ArticleId]:
    statement = sa.select(articles.c.id).where(articles.c.report_id == report)
    return [ArticleId(one) for one in connection.scalars(statement.order_by(articles.c.id).limit(MEMBERS))]


def _join(connection: sa.Connection, article_id: ArticleId, reports: Sequence[int]) -> None:
    """Make one report of an article and of those that it is a copy of."""
    report = min(article_id, *reports) if reports else article_id
    connection.execute(
        articles.update()
        .where((articles.c.id == article_id) | articles.c.report_id.in_(reports))
        .values(report_id=report)
    )


def _told(connection: sa.Connection, ids: Collection[ArticleId]) -> list[_Told]:
    """Read articles that are not removed, as they are compared."""
    rows = connection.execute(
        live(
            sa.select(
                revisions.c.id, revisions.c.article_id, revisions.c.text, revisions.c.language,
                revisions.c.published, articles.c.report_id,
            )
        ).where(articles.c.id.in_(ids), articles.c.report_id.is_not(None))
    ).all()  # fmt: skip
    cut = _sentences(connection, {row.id: row.text for row in rows})
    return [
        _Told(row.article_id, row.report_id, read_account(cut[row.id], Language(row.language), row.published))
        for row in rows
    ]


def _sentences(connection: sa.Connection, texts: dict[int, str]) -> dict[int, list[str]]:
    """Return the first sentences of revisions, by their ids."""
    rows = connection.execute(
        sa.select(passages.c.revision_id, passages.c.sentence_start, passages.c.sentence_end)
        .where(passages.c.revision_id.in_(texts), passages.c.position < copies.LONGEST_REPORT)
        .order_by(passages.c.revision_id, passages.c.position)
    )
    found: defaultdict[int, list[str]] = defaultdict(list)
    for revision_id, start, end in rows:
        found[revision_id].append(texts[revision_id][start:end])
    return found


def _cut(text: str, sentences: Sequence[Passage]) -> list[str]:
    return [text[one.sentence.start : one.sentence.end] for one in sentences]
