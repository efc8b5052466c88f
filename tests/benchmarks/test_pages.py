"""Pages of news sites are a gate: no sentence of their articles may be lost, and nothing else come along."""

from __future__ import annotations

import itertools

from layouts import no_articles
from newsrooms import NEWSROOMS, newsroom_pages
from pages import measure, ours


def test_of_newsrooms_pages_each_sentence_is_found_and_hardly_another() -> None:
    tally = measure(ours, [*itertools.islice(newsroom_pages(), 3 * len(NEWSROOMS))], show=False)

    assert (tally.found, tally.strange) == (tally.wanted, 3)  # each live blog says when it was updated


def test_no_page_without_an_article_is_taken_for_one() -> None:
    assert measure(ours, [*no_articles()], show=False).taken == 0
