"""A crowd of made-up articles in a database, for what has to be as fast among 100,000 as among 1,000."""

import itertools
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from corpus import copies
from corpus.accounts import read_account
from corpus.articles import Article
from corpus.database import Database
from corpus.languages import Language
from corpus.schema import articles, bands, passages, revisions


@dataclass(frozen=True)
class Drawn:
    """A made-up sentence, and what is stored of it."""

    text: str
    wording: int
    bands: tuple[int, ...]


class Writer:
    """Makes articles up of made-up sentences, of which each stands in about a score of them.

    In a sentence, each word follows one that it follows somewhere in real news; numbers are drawn.
    """

    def __init__(self, news: Mapping[Language, Sequence[str]], *, seed: int, sentences: int) -> None:
        self._draw = random.Random(seed)  # noqa: S311 (nothing secret)
        self._number = 0
        self._sentences = {
            language: [*self._made_up(language, texts, sentences // len(news))]
            for language, texts in news.items()
        }

    def article(self) -> Article:
        """Write an article."""
        return self.written()[0]

    def written(self) -> tuple[Article, list[Drawn]]:
        """Write an article of 8 to 16 sentences, one space between them, and return these, too."""
        language = self._draw.choice([*self._sentences])
        self._number += 1
        drawn = self._draw.sample(self._sentences[language], self._draw.randint(8, 16))
        article = Article(
            key=f"made-up-{self._number}",
            title="Made up",
            text=" ".join(one.text for one in drawn),
            source="Nobody",
            language=language,
            obtained="file",
            published=datetime(2022, 1, 1 + self._number % 28, tzinfo=UTC),
        )
        return article, drawn

    def _made_up(self, language: Language, news: Sequence[str], number: int) -> Iterator[Drawn]:
        after: dict[str, list[str]] = defaultdict(list)
        for text in news:
            for one, other in itertools.pairwise(["", *text.split()]):
                after[one].append(other)
        for _ in range(number):
            text = self._sentence(after)
            found = copies.bands(read_account([text], language), language)
            yield Drawn(text, copies.wording(text), found)

    def _sentence(self, after: dict[str, list[str]]) -> str:
        words = [self._draw.choice(after[""])]
        length = self._draw.randint(8, 22)
        while len(words) < length:
            words.append(self._draw.choice(after.get(words[-1]) or after[""]))
        written = " ".join(word.strip(".?!…") for word in words)
        return re.sub(r"\d+", lambda _: str(self._draw.randint(2, 3000)), written) + "."


def fill(database: Database, writer: "Writer", size: int) -> None:
    """Store made-up articles, with their bands, without comparing them to each other."""
    with database.reading() as connection:
        last = connection.scalar(sa.select(sa.func.max(articles.c.id))) or 0
    now = datetime.now(UTC)
    for start in range(0, size, 1_000):
        tables: dict[sa.Table, list[dict[str, object]]] = {
            articles: [],
            revisions: [],
            passages: [],
            bands: [],
        }
        for id_ in range(last + start + 1, last + min(start + 1_000, size) + 1):
            article, drawn = writer.written()
            tables[articles].append({"id": id_, "key": article.key, "added_at": now, "report_id": id_})
            tables[revisions].append(
                {
                    "id": id_, "article_id": id_, "number": 1, "title": article.title, "text": article.text,
                    "source": article.source, "published": article.published, "language": article.language,
                    "obtained": article.obtained, "digest": "", "seen_at": now,
                }
            )  # fmt: skip
            begin = 0
            for position, one in enumerate(drawn):
                end = begin + len(one.text)
                tables[passages].append(
                    {
                        "revision_id": id_, "position": position, "content": one.wording,
                        "wording": one.wording, "sentence_start": begin, "sentence_end": end,
                        "paragraph_start": 0, "paragraph_end": len(article.text),
                    }
                )  # fmt: skip
                begin = end + 1
            found = dict.fromkeys(itertools.chain.from_iterable(one.bands for one in drawn))
            tables[bands] += [{"band": band, "article_id": id_} for band in copies.kept([*found])]
        with database.writing() as connection:
            for table, rows in tables.items():
                connection.execute(table.insert(), rows)
