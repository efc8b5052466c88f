"""Smoke: what is built anew is tried while articles come and go."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from index.smoke import accept
from index.snapshots import Snapshots
from tests.fakes.encoder import FakeEncoder
from tests.fakes.news import ARREST, BRIDGE, PRICES, WEIGHTS, put, remove

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from corpus.store import Corpus
    from index.encoder import Encoded
    from index.engine import Engine


def test_an_article_that_is_removed_while_it_is_looked_for_fails_no_rebuild(
    corpus: Corpus, engine: Engine, folder: Path
) -> None:
    put(corpus, "a", ARREST, title="Arrest")
    put(corpus, "b", BRIDGE, title="Bridge")
    put(corpus, "c", PRICES, title="Prices")
    engine.refresh()

    class Removing(FakeEncoder):
        """Reads the first question just before an article is removed."""

        def encode_questions(self, texts: Sequence[str]) -> list[Encoded]:
            if not self.asked:
                remove(corpus, "Bridge")
            return super().encode_questions(texts)

    encoder = Removing()
    built = Snapshots(folder, encoder.identity).read()

    assert built is not None
    accept(built, corpus, encoder, WEIGHTS)
    assert len(encoder.asked) == 3
    assert len(corpus.articles()) == 2


def test_sentences_that_many_others_are_like_count_as_found_among_these(
    corpus: Corpus, engine: Engine, folder: Path
) -> None:
    for group in range(100):  # of ten sentences of the same words each, none of which comes before the others
        words = [f"word{group}x{number}y" for number in range(6)]
        orders = itertools.islice(itertools.permutations(words), 10)
        text = " ".join(f"{' '.join(order).capitalize()}." for order in orders)
        put(corpus, f"group-{group}", text, title=f"Group {group}")
    engine.refresh()
    encoder = FakeEncoder()
    built = Snapshots(folder, encoder.identity).read()

    assert built is not None
    assert built.content.number == 1_000
    accept(built, corpus, encoder, WEIGHTS)
