from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.languages import Language
from corpus.passages import Span
from corpus.stored import CorpusSummary
from index.answers import (
    AS_GOOD,
    LONGEST_QUESTION,
    Answer,
    Candidate,
    Problem,
    Question,
    choose,
    earlier_copy,
    moved,
    with_copies,
    worded_once,
)
from index.confidence import Outcome
from index.errors import InvalidQuestion
from tests.fakes.news import evidence

if TYPE_CHECKING:
    import random


def ranked(number: int, article: int, score: float, quote: str | None = None) -> Candidate:
    return Candidate(evidence(quote or f"Sentence {number}.", number=number, article_id=article), score)


candidates = st.lists(
    st.builds(
        ranked,
        number=st.integers(0, 10**6),
        article=st.integers(1, 4),
        score=st.floats(-5, 5),
        quote=st.none() | st.sampled_from(["Same words.", "same  WORDS."]),
    ),
    max_size=20,
    unique_by=lambda candidate: candidate.evidence.passage_id,
)


def numbers(chosen: tuple[Candidate, ...]) -> list[int]:
    return [int(one.evidence.passage_id) for one in chosen]


def article_of(one: Candidate) -> int:
    return int(one.evidence.revision.article_id)


def test_another_article_comes_first_where_it_is_as_good() -> None:
    passages = [ranked(1, 1, 5.0), ranked(2, 1, 4.9), ranked(3, 2, 5.0 - AS_GOOD), ranked(4, 1, 4.1)]

    assert numbers(choose(passages, limit=3)) == [1, 3, 2]


def test_another_article_waits_where_it_is_much_worse() -> None:
    passages = [ranked(1, 1, 5.0), ranked(2, 1, 4.9), ranked(3, 2, 4.0)]

    assert numbers(choose(passages, limit=3)) == [1, 2, 3]


def test_the_same_words_are_shown_once() -> None:
    passages = [ranked(1, 1, 2.0, "Five  people died."), ranked(2, 2, 3.0, "five people DIED.")]

    assert numbers(choose(passages, limit=3)) == [2]


TOLL = "The ministry said 26 armed men were killed in Almaty on Friday night."
SAME = "26 armed men were killed in Almaty on Friday night, the ministry said that."
OTHER = TOLL.replace("26", "28")


def told(number: int, score: float, quote: str, published: date | None = None) -> Candidate:
    """Rank a sentence of an article of its own, whose source bears its number."""
    one = ranked(number, number, score, quote)
    revision = replace(one.evidence.revision, published=published, source=f"Source {number}")
    return replace(one, evidence=replace(one.evidence, revision=revision))


def sources(one: Candidate) -> list[str]:
    """Return the source that is shown and those that are named."""
    return [one.evidence.revision.source, *(copy.source for copy in one.evidence.also)]


def test_copies_are_shown_as_one_the_earliest_first_with_the_best_score() -> None:
    late, early = told(1, 3.0, TOLL, date(2022, 1, 9)), told(2, 2.0, SAME, date(2022, 1, 8))

    [shown] = choose([late, early, told(3, 1.0, TOLL, date(2022, 1, 10))], limit=3)

    assert sources(shown) == ["Source 2", "Source 1", "Source 3"]
    assert (shown.score, shown.evidence.quote) == (3.0, SAME)


def test_of_candidates_in_the_same_words_only_the_first_is_read() -> None:
    some = [told(1, 3.0, TOLL), told(2, 2.0, TOLL.upper()), told(3, 1.0, OTHER)]

    assert worded_once(some) == [some[0], some[2]]


def test_another_number_is_shown_by_itself() -> None:
    shown = choose([told(1, 3.0, TOLL), told(2, 2.0, OTHER)], limit=3)

    assert [sources(one) for one in shown] == [["Source 1"], ["Source 2"]]


def test_the_same_words_of_another_week_are_shown_once_and_named_nowhere() -> None:
    shown = choose([told(1, 3.0, TOLL, date(2022, 1, 9)), told(2, 2.0, TOLL, date(2021, 1, 9))], limit=3)

    assert [sources(one) for one in shown] == [["Source 1"]]


def test_further_copies_are_named_in_order_and_each_article_once() -> None:
    one = told(2, 1.0, TOLL, date(2022, 1, 8))
    others = [told(n, 1.0, TOLL, date(2022, 1, n)).evidence.as_copy for n in (9, 7, 9, 2)]

    named = with_copies(with_copies(one, others), others)

    assert sources(named) == ["Source 2", "Source 7", "Source 9"]


def test_a_sentence_moves_to_where_it_stood_first_with_the_words_that_answer() -> None:
    first = told(1, 1.0, TOLL, date(2022, 1, 5))
    found = Candidate(
        replace(evidence(TOLL, before="Before it.", number=2, article_id=2), answer=Span(29, 31)), 4.0
    )
    found = with_copies(found, [first.evidence.as_copy])
    assert found.evidence.revision.text[29:31] == "26"

    earlier = earlier_copy(found.evidence)
    assert earlier == first.evidence.as_copy
    there = moved(found, first.evidence)

    assert (there.evidence.revision, there.score) == (first.evidence.revision, 4.0)
    assert there.evidence.answer == Span(18, 20)
    assert there.evidence.also == (found.evidence.as_copy,)
    assert earlier_copy(there.evidence) is None


@given(candidates, st.integers(0, 25))
def test_the_best_comes_first_and_the_limit_is_kept(passages: list[Candidate], limit: int) -> None:
    chosen = choose(passages, limit=limit)
    wordings = {" ".join(one.evidence.quote.casefold().split()) for one in passages}

    assert len(chosen) == min(limit, len(wordings))
    assert len(set(numbers(chosen))) == len(chosen)
    assert not chosen or chosen[0].score == max(one.score for one in passages)


@given(candidates, st.integers(0, 20), st.randoms(use_true_random=False))
def test_the_order_in_which_candidates_come_does_not_matter(
    passages: list[Candidate], limit: int, shuffling: random.Random
) -> None:
    shuffled = passages.copy()
    shuffling.shuffle(shuffled)

    assert choose(shuffled, limit=limit) == choose(passages, limit=limit)


@given(candidates, st.integers(0, 19))
def test_a_greater_limit_only_adds_at_the_end(passages: list[Candidate], limit: int) -> None:
    assert choose(passages, limit=limit + 1)[:limit] == choose(passages, limit=limit)


@given(candidates)
def test_an_article_comes_again_only_while_no_other_one_is_as_good(passages: list[Candidate]) -> None:
    chosen = choose(passages, limit=len(passages))

    for place, one in enumerate(chosen):
        shown = {article_of(earlier) for earlier in chosen[:place]}
        if article_of(one) in shown:
            fresh = [later.score for later in chosen[place + 1 :] if article_of(later) not in shown]
            assert all(one.score - score > AS_GOOD for score in fresh)


def test_of_equal_scores_the_smaller_id_comes_first() -> None:
    passages = [ranked(9, 1, 1.0), ranked(3, 2, 1.0), ranked(5, 3, 1.0)]

    assert numbers(choose(passages, limit=3)) == [3, 5, 9]


def test_what_is_chosen_is_handed_on_unchanged() -> None:
    passages = [ranked(1, 1, 5.0), ranked(2, 2, 4.9)]

    assert choose(passages, limit=2) == tuple(passages)


def test_evidence_is_slices_of_its_article() -> None:
    one = evidence("Two men were held.", before="It began.", after="It ended.")

    assert one.revision.text == "It began. Two men were held. It ended."
    assert (one.before, one.quote, one.after) == ("It began. ", "Two men were held.", " It ended.")
    assert one.sentence == Span(10, 28)
    assert (one.reference.revision_id, one.reference.position) == (one.revision.id, one.position)


def test_a_question_is_one_line_in_its_language() -> None:
    assert Question.parse("  who was\n arrested? ") == Question("who was arrested?", Language.ENGLISH)
    assert Question.parse("кого арестовали?").language is Language.RUSSIAN
    assert Question.parse("кімді қамады?").language is Language.KAZAKH


@pytest.mark.parametrize(
    "text,problem",
    [
        ("", Problem.EMPTY),
        (" \n\t", Problem.EMPTY),
        ("?!", Problem.NO_WORDS),
        ("🔥🔥", Problem.NO_WORDS),
        ("x" * (LONGEST_QUESTION + 1), Problem.TOO_LONG),
    ],
)
def test_what_is_no_question_is_refused_with_its_problem(text: str, problem: Problem) -> None:
    with pytest.raises(InvalidQuestion) as refused:
        Question.parse(text)

    assert refused.value.problem == problem


def test_the_longest_question_is_read_and_white_space_does_not_count() -> None:
    longest = "x" * LONGEST_QUESTION

    assert Question.parse(f" {longest}\n\n").text == longest


@given(st.text())
def test_whatever_is_typed_becomes_a_question_that_can_be_encoded_or_is_refused(text: str) -> None:
    try:
        question = Question.parse(text)
    except InvalidQuestion:
        return
    assert question.text.encode().decode() == " ".join(question.text.split())


def test_bytes_of_a_terminal_that_are_no_text_do_not_stop_a_question() -> None:
    typed = b"who was \xff arrested?".decode(errors="surrogateescape")

    assert Question.parse(typed).text == "who was ? arrested?"


@pytest.mark.parametrize("outcome,found", [("answered", True), ("closest", True), ("nothing", False)])
def test_an_answer_is_falsy_when_nothing_was_found(outcome: str, *, found: bool) -> None:
    covered = CorpusSummary(0, 0, (), None, None)

    assert bool(Answer(Question.parse("who?"), Outcome(outcome), 0.5, (), covered)) is found
