"""What one question costs at scale: from its text to its answer, with and without the reader.

On one thread, and with the reader on all processors as well, as the bot has it.

    python benchmarks/question.py [--passages 100000] [--json FILE]

Articles are made of this project's own news with other names and numbers. What the model would have computed
of them is drawn at random, because encoding 100,000 sentences takes a quarter of an hour and their vectors'
values change nothing about the time; questions are encoded by the real model and read by the real reader.
"""

import argparse
import itertools
import json
import os
import random
import re
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from corpus.articles import Article
from corpus.database import sqlite_url
from corpus.languages import Language
from corpus.store import Corpus
from index.answers import Question
from index.encoder import Encoded, SentenceEncoder
from index.engine import Engine
from index.models import Model
from index.reader import Reader

NEWS = sorted((Path(__file__).parents[1] / "training" / "news").glob("en-*.jsonl"))

#: Word pieces of a sentence of news, in the middle.
PIECES = 28

DIMENSION = 384

#: The share of names that stay as they are: articles about one crisis share some.
SAME_NAMES = 0.5

_NAME_OR_NUMBER = re.compile(r"(?<!^)\b(?:[A-Z][a-z]{3,}|\d{2,})\b")


class DrawnEncoder(SentenceEncoder):
    """The real model for questions, random vectors for passages."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._drawn = np.random.default_rng(1)

    def encode_passages(self, paragraphs: Sequence[Sequence[str]]) -> list[list[Encoded]]:
        """Draw vectors."""
        return [[self._encoded() for _ in paragraph] for paragraph in paragraphs]

    def _encoded(self) -> Encoded:
        tokens = self._drawn.normal(size=(PIECES + 1, DIMENSION)).astype(np.float32)
        tokens /= np.linalg.norm(tokens, axis=1, keepdims=True)
        spans = np.stack([np.arange(PIECES) * 4, np.arange(PIECES) * 4 + 3], axis=1)
        return Encoded(tokens[0], tokens[1:], spans)


def articles(passages: int) -> Iterator[Article]:
    """Yield articles until there are that many sentences, each copy with other names and numbers."""
    drawn = random.Random(1)  # noqa: S311 (not for secrets)
    reports = [json.loads(line) for path in NEWS for line in path.read_text(encoding="utf-8").splitlines()]
    made = number = 0
    while made < passages:
        report = reports[number % len(reports)]

        def other(found: re.Match[str]) -> str:
            word = found[0]
            if word.isdigit():
                return str(drawn.randrange(10, 10_000))
            return (
                word
                if drawn.random() < SAME_NAMES
                else word[:2] + "".join(drawn.sample("abdegiklmnorstuvz", 4))
            )

        sentences = [_NAME_OR_NUMBER.sub(other, sentence) for sentence in report["sentences"]]
        text = " ".join(sentences)
        yield Article(
            key=f"made-{number}",
            title=report["title"],
            text=text,
            source="made",
            language=Language.ENGLISH,
            obtained="benchmark",
        )
        made += len(sentences)
        number += 1


def questions(count: int) -> list[str]:
    """Return questions of the news, as people ask them."""
    asked = [
        one["question"]
        for path in NEWS
        for line in path.read_text(encoding="utf-8").splitlines()
        for one in json.loads(line)["questions"]
    ]
    return random.Random(2).sample(asked, count)  # noqa: S311 (not for secrets)


def milliseconds(engine: Engine, asked: Sequence[str]) -> list[float]:
    """Ask, and return what each question took."""
    took = []
    for text in asked:
        question = Question.parse(text)
        began = time.perf_counter()
        engine.ask(question)
        took.append(1000 * (time.perf_counter() - began))
    return took


def main() -> None:
    """Read the arguments, build, ask in turns, and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        corpus = Corpus.open(sqlite_url(Path(name, "corpus.sqlite")))
        for article in articles(options.passages):
            corpus.put(article)
        encoder, folder = DrawnEncoder(Model.choose()), Path(name, "index")
        engines = {
            "without": Engine(folder, corpus, encoder),
            "with the reader": Engine(folder, corpus, encoder, reader=Reader(threads=1)),
            f"with the reader, {os.cpu_count()} processors": Engine(folder, corpus, encoder, reader=Reader()),
        }
        began = time.perf_counter()
        engines["without"].refresh()
        indexing = time.perf_counter() - began
        asked = questions(options.questions + 10)
        for engine in engines.values():
            engine.refresh()
            milliseconds(engine, asked[:10])  # models load, pages come in
        took: dict[str, list[float]] = {key: [] for key in engines}
        # In turns, so that a busy neighbour meets all; each its own: one finds what the other has read.
        for text, (key, engine) in zip(asked[10:], itertools.cycle(engines.items()), strict=False):
            took[key] += milliseconds(engine, [text])
        report = {
            "passages": engines["without"].covered.passages,
            "indexing_without_encoding_s": round(indexing, 1),
            **{
                key: {
                    "median_ms": round(statistics.median(values), 1),
                    "p95_ms": round(float(np.percentile(values, 95)), 1),
                }
                for key, values in took.items()
            },
        }
        corpus.close()
    print(json.dumps(report, indent=1))
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
