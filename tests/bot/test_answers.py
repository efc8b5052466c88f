"""What people ask about January 2022, and which sentence of the briefs must stand first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from index.answers import Question
from index.confidence import Outcome

if TYPE_CHECKING:
    from index.engine import Engine


@pytest.mark.parametrize(
    "question, beginning",
    [
        (
            "who was arrested?",
            "Karim Massimov, the former head of Kazakhstan's National Security Committee, has",
        ),
        ("Who is the acting prime minister?", "Alikhan Smailov is now Kazakhstan's acting prime minister."),
        ("Why did the protests begin?", "The protests in Kazakhstan began on Sunday 2 January in Zhanaozen"),
        ("Which airline was the first to stop flying to Almaty?", "The first airline that stopped flying to"),
        ("How many people died in the unrest?", "In all, 238 people died in the unrest in Kazakhstan"),
        (
            "When did the CSTO soldiers begin to leave?",
            "The CSTO soldiers began to leave Kazakhstan on 13 January.",
        ),
        (
            "Сколько всего человек погибло во время беспорядков?",
            "Всего во время беспорядков в Казахстане в январе 2022 года погибли 238",
        ),
        (
            "Когда заработал интернет?",
            "Интернет в Казахстане в основном заработал утром в понедельник, 10 января",
        ),
        ("Где начались протесты?", "Протесты в Казахстане начались 2 января в Жанаозене"),
        ("Төтенше жағдай қашан жарияланды?", "Қазақстанда 5 қаңтардан 19 қаңтарға дейін төтенше жағдай"),
        ("Премьер-министрдің міндетін кім атқарады?", "Премьер-министрдің міндетін уақытша Әлихан Смайылов"),
    ],
)
def test_the_right_sentence_stands_first(engine: Engine, question: str, beginning: str) -> None:
    answer = engine.ask(Question.parse(question))
    assert answer, f"{answer.confidence:.2f} sure only"
    best = answer.evidence[0]
    assert best.quote.startswith(beginning)
    assert best.revision.language == answer.question.language


@pytest.mark.parametrize(
    "question",
    [
        "How do I bake bread?",
        "Who won the football world cup?",
        "What is the capital of Australia?",
        "Как приготовить борщ?",
        "Бауырсақты қалай пісіреді?",
    ],
)
def test_what_the_articles_do_not_know_is_not_answered(engine: Engine, question: str) -> None:
    answer = engine.ask(Question.parse(question))
    assert (answer.outcome, answer.evidence) == (Outcome.NOTHING, ())
    assert answer.covered.articles == 30


@pytest.mark.parametrize(
    "question",
    [
        "Who owns Almaty airport?",
        "How many children were killed in Ukraine?",
        "Who is the acting prime minister of Russia?",
        "Did Tokayev resign?",
        "Who is the president of Kazakhstan?",
        "Was Nazarbayeva arrested?",
        "who shot at the protesters?",
        "are russian troops still in kazakhstan",
        "is the curfew still on?",
        "Тоқаев отставкаға кетті ме?",
        "Тоқаев қамауға алынды ма?",
        "Президент Токаев подал в отставку",
        "Токаев арестован",
    ],
)
def test_what_is_only_near_is_not_called_an_answer(engine: Engine, question: str) -> None:
    assert engine.ask(Question.parse(question)).outcome is not Outcome.ANSWERED


@pytest.mark.parametrize(
    "question",
    [
        "who was arrested",
        "how many people died",
        "кого арестовали",
        "қанша адам қаза тапты",
        "why did the protests begin",
    ],
)
def test_whether_a_question_mark_is_typed_makes_no_difference(engine: Engine, question: str) -> None:
    typed, without = (engine.ask(Question.parse(text)) for text in (f"{question}?", question))

    assert (typed.outcome, typed.evidence) == (without.outcome, without.evidence)
    assert typed.confidence == without.confidence


def test_the_words_that_answer_are_marked(engine: Engine) -> None:
    best = engine.ask(Question.parse("When did the CSTO soldiers begin to leave?")).evidence[0]

    assert best.answer is not None
    assert "13 January" in best.revision.text[best.answer.start : best.answer.end]
