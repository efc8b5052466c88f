"""Reports: which stored articles are wire copies of one, and which sentences stand in several articles.

Functions over a connection, inside the transactions of `corpus.store`; `corpus.copies` says what is a copy.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from corpus import copies
from corpus.accounts import LONGEST_REPORT, Account, read_account
from corpus.articles import ArticleId
from corpus.copies import Copy, contradict, is_same_report
from corpus.datelines import are_filed_apart
from corpus.languages import Language
from corpus.reading import live, live_passages
from corpus.schema import articles, bands, passages, revisions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from corpus.articles import Article, Revision
    from corpus.passages import Passage
    from corpus.stored import PassageId, StoredPassage

#: Articles that are looked for by one band, the latest ones: a phrase that all articles of a source share
#: would otherwise make each new one slower to store than the one before.
ARTICLES_OF_A_BAND: Final = 50

#: Articles that are glanced at, and compared with a new one where that looks worth it: those that share most
#: bands with it.
CANDIDATES: Final = 40

#: First sentences by which an article's copies are looked for, too: a report of one sentence has two bands,
#: and many articles may have these.
FIRST_SENTENCES: Final = 3

#: Copies of one report with which a further one must not disagree: the first ones that were stored.
MEMBERS: Final = 12


#: Articles in which one sentence is looked for; what stands in more of them is a footer and no report.
ARTICLES_OF_A_SENTENCE: Final = 100


#: Sentences of a report's copies that are compared with one that is shown.
SENTENCES_OF_A_REPORT: Final = 400


# Made once: an article asks them dozens of times, and making one takes longer than running it.
_BY_BAND: Final[sa.Select[Any]] = (
    sa.select(bands.c.article_id)
    .where(bands.c.band == sa.bindparam("hash"))
    .order_by(bands.c.article_id.desc())
    .limit(sa.bindparam("most"))
)
_BY_WORDING: Final[sa.Select[Any]] = (
    live_passages(sa.select(revisions.c.article_id))
    .where(passages.c.wording == sa.bindparam("hash"))
    .limit(sa.bindparam("most"))
)
_TO_PLACE: Final[sa.Select[Any]] = live_passages(
    sa.select(
        revisions.c.id, revisions.c.article_id, revisions.c.title, revisions.c.source, revisions.c.url,
        revisions.c.published, revisions.c.seen_at, revisions.c.language, passages.c.position,
        sa.func.substr(
            revisions.c.text,
            passages.c.sentence_start + 1,
            passages.c.sentence_end - passages.c.sentence_start,
        ).label("sentence"),
    )
)  # fmt: skip
_PLACES_BY_WORDING: Final[sa.Select[Any]] = _TO_PLACE.where(passages.c.wording == sa.bindparam("hash")).limit(
    sa.bindparam("most")
)
_PLACES_BY_ARTICLE: Final[sa.Select[Any]] = _TO_PLACE.where(
    articles.c.id.in_(sa.bindparam("ids", expanding=True))
).limit(sa.bindparam("most"))
_REPORTS: Final[sa.Select[Any]] = sa.select(articles.c.id, articles.c.report_id).where(
    articles.c.id.in_(sa.bindparam("ids", expanding=True)), articles.c.report_id.is_not(None)
)


@dataclass(frozen=True, slots=True)
class _Told:
    """A stored article as it is compared."""

    article_id: ArticleId
    report_id: int
    account: Account


@dataclass(frozen=True, slots=True)
class _Place:
    """A sentence in a current article."""

    copy: Copy
    language: Language
    sentence: str


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
    cut = _cut(article.text, sentences)
    account = read_account(cut, article.language, article.published)
    forget_copies(connection, article_id)
    looked_for = copies.bands(account, article.language)
    first = {copies.wording(one) for one in cut[:FIRST_SENTENCES]}
    found = _told(connection, _candidates(connection, looked_for, first), like=article.text)
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


def also_in(connection: sa.Connection, stored: Sequence[StoredPassage]) -> dict[PassageId, tuple[Copy, ...]]:
    """Find where else these sentences stand in current articles: each article once, the earliest first.

    That is in nearly the same words in copies of its article's report, and in the same words in any article
    of about the same day, if these tell something.
    """
    worded = _places_by_wording(connection, {copies.wording(_quote(one)) for one in stored})
    mates = _places_by_report(connection, {one.revision.article_id for one in stored})
    found: dict[PassageId, tuple[Copy, ...]] = {}
    for one in stored:
        quote, revision = _quote(one), one.revision
        copies_of_it = {
            place.copy.article_id: place.copy
            for place in mates.get(revision.article_id, ())
            if copies.is_same_sentence(quote, place.sentence, revision.language)
        }
        if copies.is_telling(quote, revision.language):
            for place in worded.get(copies.wording(quote), ()):
                if _is_near(place, revision) and not are_filed_apart(quote, place.sentence):
                    copies_of_it.setdefault(place.copy.article_id, place.copy)
        copies_of_it.pop(revision.article_id, None)
        found[one.id] = tuple(sorted(copies_of_it.values(), key=lambda copy: copy.order))
    return found


def _candidates(
    connection: sa.Connection, looked_for: Collection[int], first: Collection[int]
) -> list[ArticleId]:
    """Return the articles that share most bands and first sentences; what many have counts less."""
    shared: defaultdict[int, float] = defaultdict(float)
    asked = [*((_BY_BAND, band) for band in looked_for), *((_BY_WORDING, wording) for wording in first)]
    for statement, hash_ in asked:
        found = connection.scalars(statement, {"hash": hash_, "most": ARTICLES_OF_A_BAND}).all()
        for article_id in found:
            shared[article_id] += 1 / (1 + math.log2(len(found)))
    most = sorted(shared, key=lambda article_id: (-shared[article_id], -article_id))
    return [ArticleId(article_id) for article_id in most[:CANDIDATES]]


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


def _told(connection: sa.Connection, ids: Collection[ArticleId], *, like: str | None = None) -> list[_Told]:
    """Read articles that are not removed, as they are compared; only what may be a copy, `like` a text."""
    told = revisions.c
    rows = connection.execute(
        live(
            sa.select(
                told.id, told.article_id, told.text, told.language, told.published, articles.c.report_id
            )
        ).where(articles.c.id.in_(ids), articles.c.report_id.is_not(None))
    ).all()
    if like is not None:
        rows = [row for row in rows if copies.may_be_copies(like, row.text)]
    cut = _sentences(connection, {row.id: row.text for row in rows})
    return [
        _Told(row.article_id, row.report_id, read_account(cut[row.id], Language(row.language), row.published))
        for row in rows
    ]


def _sentences(connection: sa.Connection, texts: dict[int, str]) -> dict[int, list[str]]:
    """Return the first sentences of revisions, by their ids."""
    rows = connection.execute(
        sa.select(passages.c.revision_id, passages.c.sentence_start, passages.c.sentence_end)
        .where(passages.c.revision_id.in_(texts), passages.c.position < LONGEST_REPORT)
        .order_by(passages.c.revision_id, passages.c.position)
    )
    found: defaultdict[int, list[str]] = defaultdict(list)
    for revision_id, start, end in rows:
        found[revision_id].append(texts[revision_id][start:end])
    return found


def _places_by_wording(connection: sa.Connection, looked_for: Collection[int]) -> dict[int, list[_Place]]:
    """Find sentences by their words; those in too many articles are left out."""
    found: dict[int, list[_Place]] = {}
    for wording in looked_for:
        asked = {"hash": wording, "most": ARTICLES_OF_A_SENTENCE + 1}
        places = _places(connection.execute(_PLACES_BY_WORDING, asked))
        if len(places) <= ARTICLES_OF_A_SENTENCE:
            found[wording] = places
    return found


def _places_by_report(connection: sa.Connection, ids: Collection[ArticleId]) -> dict[ArticleId, list[_Place]]:
    """Find the sentences of all copies of these articles' reports, by article."""
    reports = connection.execute(_REPORTS, {"ids": list(ids)}).all()
    by_report: dict[int, list[_Place]] = {}
    for report in {row.report_id for row in reports}:
        of_it = _members(connection, report)
        asked = {"ids": list(of_it), "most": SENTENCES_OF_A_REPORT}
        by_report[report] = _places(connection.execute(_PLACES_BY_ARTICLE, asked)) if len(of_it) > 1 else []
    return {ArticleId(row.id): by_report[row.report_id] for row in reports}


def _places(rows: Iterable[sa.Row[Any]]) -> list[_Place]:
    return [_Place(_copy(row), Language(row.language), row.sentence) for row in rows]


def _copy(row: sa.Row[Any]) -> Copy:
    return Copy(
        article_id=row.article_id,
        revision_id=row.id,
        position=row.position,
        title=row.title,
        source=row.source,
        url=row.url,
        published=row.published,
        seen_at=row.seen_at,
    )


def _is_near(place: _Place, revision: Revision) -> bool:
    """Say whether a sentence with equal words is of about the same day, so that it means the same."""
    apart = copies.days_apart(place.copy.published, revision.published)
    return place.language is revision.language and apart <= copies.FARTHEST_DAYS


def _quote(one: StoredPassage) -> str:
    return one.revision.text[one.sentence.start : one.sentence.end]


def _cut(text: str, sentences: Sequence[Passage]) -> list[str]:
    return [text[one.sentence.start : one.sentence.end] for one in sentences]
