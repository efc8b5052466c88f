"""A process that puts long articles: `python -m tests.corpus.putting URL FIRST COUNT`.

It prints what became of each and its key, once `put` returned, and not before.
"""

import sys
from contextlib import closing

from corpus.store import Corpus
from tests.fakes.articles import write_long_article


def main(url: str, first: str, count: str) -> None:
    with closing(Corpus.open(url)) as corpus:
        for number in range(int(first), int(first) + int(count)):
            article = write_long_article(number)
            print(corpus.put(article), article.key, flush=True)  # noqa: T201 (it is how it answers)


if __name__ == "__main__":
    main(*sys.argv[1:])
