"""Wire copies: how many are told, how many are taken for copies wrongly, and what a stored article costs.

    python benchmarks/copies.py [--sizes 1000,10000,100000] [--errors seen] [--out FILE]

The set lies in `benchmarks/copies/`: articles in three languages, in families of one event each. Those of one
`report` are copies (rewritten, shortened, retitled, credited to an agency); the others of a family are near
misses (another number, day, place or person; an update; a denial; the same form filled in anew). Every second
family is held back: rules and thresholds were made while the errors of the other half were looked at.
`datelines.jsonl` came later: reports that begin with a place, a day and an agency, copies that begin with
others or with none, and near misses of which the dateline alone tells the place or the day. Its errors were
looked at; those of `datelines_held_back.jsonl`, which was written after the rules, were not.

"decided" is the rule alone, over all pairs of a language. "stored" is what came of it when the articles were
stored one by one among made-up ones (words of real news, each after one that it follows there), which came
between each report's first article and its copies.
"""

import argparse
import itertools
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import sqlalchemy as sa

from corpus.accounts import Account, read_account
from corpus.articles import Article, ArticleId
from corpus.copies import is_same_report
from corpus.database import Database, sqlite_url
from corpus.languages import Language
from corpus.passages import Passage
from corpus.passages import split as cut_text
from corpus.reports import note_copies, wordings
from corpus.schema import articles, bands, passages, revisions
from crowd import Writer, fill

HERE = Path(__file__).parent
LANGUAGES = (Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH)
HALVES = ("seen", "held back")
#: Sets of one half each.
DATELINES = {"datelines": "seen", "datelines_held_back": "held back"}
NEWS = HERE.parent / "training" / "news"

#: Made-up articles that are stored with the clock running.
TIMED = 200


@dataclass(frozen=True)
class Row:
    """An article of the set: of which half, family and report it is, and how it was made."""

    half: str
    family: str
    report: str
    kind: str
    article: Article

    @property
    def name(self) -> str:
        """Name it for people."""
        return f"{self.article.language} {self.family} {self.report} {self.kind}"


def read_set(name: str) -> list[Row]:
    """Read the articles of one language, or those with datelines."""
    lines = (HERE / "copies" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    raw = [json.loads(line) for line in lines]
    families = [*dict.fromkeys(one["family"] for one in raw)]
    return [
        Row(
            DATELINES.get(name, HALVES[families.index(one["family"]) % 2]),
            one["family"],
            one["report"],
            one["kind"],
            Article.parse({"language": name, **one}, key=f"{name}-{n}", obtained="file", source=""),
        )
        for n, one in enumerate(raw)
    ]


def account(article: Article) -> Account:
    """Read an article as it is compared."""
    return read_account(
        cut(article, cut_text(article.text, article.language)), article.language, article.published
    )


def cut(article: Article, sentences: Sequence[Passage]) -> list[str]:
    """Return an article's sentences."""
    return [article.text[one.sentence.start : one.sentence.end] for one in sentences]


def figures(pairs: Iterable[tuple[bool, bool]]) -> dict[str, float]:
    """Count pairs (are copies, were called copies)."""
    counted = list(pairs)
    right = sum(are and called for are, called in counted)
    called, are = sum(called for _, called in counted), sum(are for are, _ in counted)
    return {
        "pairs": len(counted),
        "copies": are,
        "called copies": called,
        "precision": round(right / max(called, 1), 4),
        "recall": round(right / max(are, 1), 4),
    }


def pairs_of(rows: Sequence[Row], *, family: bool) -> Iterator[tuple[Row, Row]]:
    """Yield all pairs of one language and half; `family`: only those of one family."""
    for one, other in itertools.combinations(rows, 2):
        same_side = one.half == other.half and one.article.language is other.article.language
        if same_side and (not family or one.family == other.family):
            yield one, other


def are_copies(one: Row, other: Row) -> bool:
    """Say whether two articles were written as copies of one report."""
    return (one.family, one.report) == (other.family, other.report)


def decided(rows: Sequence[Row], *, errors: str) -> dict[str, dict[str, float]]:
    """Compare all pairs by the rule alone."""
    accounts = {row.article.key: account(row.article) for row in rows}
    found: dict[str, dict[str, float]] = {}
    for half in HALVES:
        called = [
            (one, other, is_same_report(accounts[one.article.key], accounts[other.article.key]))
            for one, other in pairs_of([row for row in rows if row.half == half], family=False)
        ]
        if errors == half:
            for one, other, is_called in called:
                if is_called != are_copies(one, other):
                    print(f"   called {'a copy' if is_called else 'none'}: {one.name} | {other.name}")
        found[half] = figures((are_copies(one, other), is_called) for one, other, is_called in called)
        near = [one for one in called if one[0].family == one[1].family]
        found[half] |= {"pairs of one family": len(near)}
    return found


def stored(rows: Sequence[Row], size: int) -> dict[str, Any]:
    """Store the set among so many made-up articles; return what was made one report, and times in ms."""
    first = {(row.article.language, row.family, row.report): row for row in reversed(rows)}
    firsts = [*first.values()]
    copies_of_them = [row for row in rows if row not in firsts]
    writer = Writer(all_news(), seed=size, sentences=min(12 * size, 48_000))
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Database.open(sqlite_url(Path(folder) / "copies.sqlite"))) as database,
    ):
        ids = put_all(database, [row.article for row in firsts])[0]
        fill(database, writer, size)
        more, _ = put_all(database, [row.article for row in copies_of_them])
        made_up, times = put_all(database, [writer.article() for _ in range(TIMED)])
        with database.reading() as connection:
            reports = {
                row.id: row.report_id
                for row in connection.execute(sa.select(articles.c.id, articles.c.report_id))
            }
            rows_of_bands = connection.scalar(sa.select(sa.func.count()).select_from(bands)) or 0
    by_key = {
        row.article.key: reports[id_] for row, id_ in zip([*firsts, *copies_of_them], ids + more, strict=True)
    }
    found = {
        half: figures(
            (are_copies(one, other), by_key[one.article.key] == by_key[other.article.key])
            for one, other in pairs_of([row for row in rows if row.half == half], family=False)
        )
        for half in HALVES
    }
    return {
        **found,
        "processor_ms_p50": round(statistics.median(times) * 1000, 1),
        "processor_ms_p95": round(statistics.quantiles(times, n=20)[-1] * 1000, 1),
        "bands_per_article": round(rows_of_bands / len(reports), 1),
        "made-up articles called copies": sum(reports[id_] != id_ for id_ in made_up),
    }


def put_all(database: Database, some: Sequence[Article]) -> tuple[list[int], list[float]]:
    """Store articles as the corpus does; return their ids, and the processor's seconds for its copies."""
    ids: list[int] = []
    times: list[float] = []
    for article in some:
        sentences = cut_text(article.text, article.language)
        with database.writing() as connection:
            ids.append(insert(connection, article, sentences))
            started = time.thread_time()
            note_copies(connection, ArticleId(ids[-1]), article, sentences)
            times.append(time.thread_time() - started)
    return ids, times


def insert(connection: sa.Connection, article: Article, sentences: Sequence[Passage]) -> int:
    """Store an article without looking for its copies."""
    now = datetime.now(UTC)
    key = connection.execute(articles.insert().values(key=article.key, added_at=now)).inserted_primary_key
    assert key is not None  # noqa: S101 (for the types)
    revision = connection.execute(
        revisions.insert().values(
            article_id=key[0], number=1, title=article.title, text=article.text, source=article.source,
            published=article.published, language=article.language, obtained=article.obtained,
            digest=article.digest, seen_at=now,
        )
    ).inserted_primary_key  # fmt: skip
    assert revision is not None  # noqa: S101 (for the types)
    rows = [
        {
            "revision_id": revision[0], "position": position, "content": wording, "wording": wording,
            "sentence_start": one.sentence.start, "sentence_end": one.sentence.end,
            "paragraph_start": one.paragraph.start, "paragraph_end": one.paragraph.end,
        }
        for position, (one, wording) in enumerate(zip(sentences, wordings(article, sentences), strict=True))
    ]  # fmt: skip
    connection.execute(passages.insert(), rows)
    return int(key[0])


def all_news() -> dict[Language, list[str]]:
    """Return news of the repository to make up others from: those to train the reader on, and the set."""
    found: dict[Language, list[str]] = {}
    for language in LANGUAGES:
        read = [row.article.text for row in read_set(language)]
        for path in sorted(NEWS.glob(f"{language}*.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                read += texts_in(json.loads(line))
        found[language] = read
    return found


def texts_in(value: object) -> Iterator[str]:
    """Yield all texts of more than three words in a JSON value."""
    if isinstance(value, str):
        yield from [value] if len(value.split()) > 3 else []  # noqa: PLR2004
    elif isinstance(value, dict | list):
        for held in value.values() if isinstance(value, dict) else value:
            yield from texts_in(held)


def main() -> None:
    """Print the figures, and write them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--errors", choices=HALVES, default="", help="show the pairs that were told wrongly")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    rows = [row for language in LANGUAGES for row in read_set(language)]
    result: dict[str, Any] = {"articles": len(rows), "decided": decided(rows, errors=options.errors)}
    result["decided"] |= {
        str(language): decided(read_set(language), errors="")["held back"] for language in LANGUAGES
    }
    with_datelines = [row for name in DATELINES for row in read_set(name)]
    result["datelines"] = decided(with_datelines, errors=options.errors)
    print(json.dumps(result, indent=2))
    result["stored"] = {}
    for size in map(int, filter(None, options.sizes.split(","))):
        result["stored"][str(size)] = stored(rows, size)
        print(json.dumps({size: result["stored"][str(size)]}))
    if options.out:
        options.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
