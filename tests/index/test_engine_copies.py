"""Copies in answers: one sentence of many sources is one passage, the earliest, that names the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from corpus.articles import Article
from index.answers import Answer, Question
from index.confidence import Outcome
from index.engine import READ, Engine
from tests.fakes.encoder import FakeEncoder
from tests.fakes.news import SHOW_ALL

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.store import Corpus

ARREST = "Police in Almaty arrested the former mayor Anna Lee on Friday evening."
BRIDGE = "The old bridge over the river Ili was closed by the city of Konaev for 3 weeks."


@pytest.fixture
def engine(tmp_path: Path, corpus: Corpus) -> Engine:
    return Engine(tmp_path / "index", corpus, FakeEncoder(), calibration=SHOW_ALL)


def put(corpus: Corpus, source: str, text: str, published: str | None = None) -> None:
    raw = {"title": f"News of {source}", "text": text, "source": source, "published": published}
    corpus.put(Article.parse({**raw, "language": "en"}, key=source, obtained="test", source=""))


def ask(engine: Engine, text: str, *, limit: int = 3) -> Answer:
    engine.refresh()
    return engine.ask(Question.parse(text), limit=limit)


def shown(answer: Answer) -> list[tuple[str, list[str]]]:
    """Return of each passage the source that is shown and those that are named."""
    return [(one.revision.source, [copy.source for copy in one.also]) for one in answer.evidence]


def test_the_earliest_article_is_shown_and_names_the_others(corpus: Corpus, engine: Engine) -> None:
    put(corpus, "Late", f"{ARREST} Nobody else was held.", "2022-01-07")
    put(corpus, "Early", f"{ARREST} It was snowing.", "2022-01-06")
    put(corpus, "Undated", f"It was cold. {ARREST}")

    answer = ask(engine, "who was arrested?", limit=1)

    assert shown(answer) == [("Early", ["Late", "Undated"])]
    [one] = answer.evidence
    assert (one.quote, one.after) == (ARREST, " It was snowing.")
    assert [one.revision.text[mark.start : mark.end] for mark in one.marks] == ["arrested"]


def test_more_copies_than_are_read_leave_room_for_something_else(corpus: Corpus, engine: Engine) -> None:
    for number in range(READ + 5):
        put(corpus, f"Copy {number:02}", f"{ARREST} Number {number}.", f"2022-01-06T10:{number:02}:00+06:00")
    put(corpus, "Other", "Another man was arrested in the town of Taldykorgan at 5 in the morning.")

    answer = ask(engine, "who was arrested?")

    assert ("Copy 00", [f"Copy {number:02}" for number in range(1, READ + 5)]) in shown(answer)
    assert ("Other", []) in shown(answer)
    assert [one.quote for one in answer.evidence].count(ARREST) == 1


def test_what_is_copied_today_is_as_old_as_where_it_stood_first(corpus: Corpus, engine: Engine) -> None:
    today = datetime.now(UTC).date()
    put(corpus, "Late", f"{BRIDGE} Nobody was hurt.", today.isoformat())
    alone = ask(engine, "which bridge over the river Ili is closed now?")
    put(corpus, "Early", f"{BRIDGE} It was snowing.", (today - timedelta(days=9)).isoformat())
    copied = ask(engine, "which bridge over the river Ili is closed now?")

    assert (alone.outcome, alone.evidence[0].revision.source) == (Outcome.ANSWERED, "Late")
    assert (copied.outcome, copied.evidence[0].revision.source) == (Outcome.CLOSEST, "Early")


def test_when_the_earliest_is_removed_the_next_one_is_shown(corpus: Corpus, engine: Engine) -> None:
    put(corpus, "Late", f"{ARREST} Nobody else was held.", "2022-01-07")
    put(corpus, "Early", f"{ARREST} It was snowing.", "2022-01-06")
    early = next(one for one in corpus.articles() if one.source == "Early")
    corpus.remove(early.article_id, because="test")

    assert shown(ask(engine, "who was arrested?", limit=1)) == [("Late", [])]


def test_a_passage_that_is_found_again_names_its_copies_too(corpus: Corpus, engine: Engine) -> None:
    put(corpus, "Early", f"{BRIDGE} It was snowing.", "2022-01-06")
    put(corpus, "Late", f"It was snowing. {BRIDGE}", "2022-01-07")
    [one] = ask(engine, "which bridge was closed?", limit=1).evidence

    [again] = engine.recall([one.reference], radius=1)

    assert again.also == one.also
    assert [copy.source for copy in again.also] == ["Late"]
