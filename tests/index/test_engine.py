"""The engine over the bundled briefs with the bundled model, and over made-up articles with a fake one."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from corpus.articles import Since
from corpus.languages import Language
from corpus.passages import Span
from index.answers import Answer, Question
from index.confidence import Calibration, Evidenced, Outcome, read_calibration
from index.engine import READ, Engine
from index.reader import Reader
from index.signals import Signal
from tests.fakes.encoder import FakeEncoder
from tests.fakes.news import ARREST, BRIDGE, KAZAKH, PRICES, RUSSIAN, SHOW_ALL, WEIGHTS, article, put, remove
from tests.index.test_judging import CALIBRATION, FakeReader

if TYPE_CHECKING:
    from corpus.store import Corpus
    from index.encoder import SentenceEncoder

QUESTIONS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "questions" / "briefs.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
MASSIMOV = (
    "Karim Massimov, the former head of Kazakhstan's National Security Committee, has been arrested "
    "on suspicion of treason, the committee said on 8 January."
)


def ask(engine: Engine, text: str, *, limit: int = 3, skip: int = 0) -> Answer:
    return engine.ask(Question.parse(text), limit=limit, skip=skip)


def quotes(answer: Answer) -> list[str]:
    return [one.quote for one in answer.evidence]


def marked(answer: Answer) -> list[list[str]]:
    """Return the marked words of each passage."""
    return [[one.revision.text[mark.start : mark.end] for mark in one.marks] for one in answer.evidence]


def made_up(
    folder: Path, corpus: Corpus, real_encoder: SentenceEncoder, language: Language, *lines: str
) -> Engine:
    """Return the real model's engine over an article of paragraphs; it shows whatever it finds."""
    corpus.put(article("a", "\n".join(lines), title="", language=language))
    return Engine(folder, corpus, real_encoder, calibration=SHOW_ALL, weights=WEIGHTS)


@pytest.fixture(scope="session")
def generous_engine(
    tmp_path_factory: pytest.TempPathFactory, briefs: Corpus, real_encoder: SentenceEncoder
) -> Engine:
    """The same as `briefs_engine`, but it shows whatever it finds."""
    return Engine(tmp_path_factory.mktemp("index"), briefs, real_encoder, calibration=SHOW_ALL)


def test_who_was_arrested(briefs_engine: Engine) -> None:
    answer = ask(briefs_engine, "who was arrested?")

    assert answer
    assert answer.evidence[0].quote == MASSIMOV
    assert answer.evidence[0].revision.title.startswith("Former security chief")
    assert answer.covered.articles == 30
    assert answer.looked_for == ("arrested",)
    assert "arrested" in marked(answer)[0]


@pytest.mark.parametrize("asked", ["Кого арестовали?", "кого арестовали?"])
def test_who_was_arrested_in_russian(briefs_engine: Engine, asked: str) -> None:
    answer = ask(briefs_engine, asked)

    assert answer
    assert "Масимов арестован" in answer.evidence[0].quote


def test_who_was_arrested_in_kazakh(generous_engine: Engine) -> None:
    evidence = ask(generous_engine, "Кімдер ұсталды?").evidence

    assert evidence[0].revision.language is Language.KAZAKH
    assert "ұстал" in evidence[0].quote


@pytest.mark.parametrize(
    "asked,name",
    [
        ("who is Nazarbaïev", "Nazarbayev"),  # spellings
        ("where is Nazarbaev", "Nazarbayev"),
        ("what did Tokaev say", "Tokayev"),
        ("Назарбаевқа не болды?", "Назарбаевты"),
        ("кто такой Tокаев", "Токаев"),  # with a Latin T
        ("Кто такой Тoкаев", "Токаев"),  # with a Latin o
        ("казакстан укимети кашан отставкага кетти", "үкіметінің"),  # on a Russian keyboard
        ("жанаозенде не болды", "Жаңаөзен"),
        ("was Masimovv arrested", "Massimov|Масимов|Мәсімов"),  # typing errors
        ("was Masimow arrested", "Massimov|Масимов|Мәсімов"),
        ("who is Masimovv", "Massimov|Масимов|Мәсімов"),
        ("кто это Массимов", "Massimov|Масимов|Мәсімов"),
        ("Масимов деген кім", "Мәсімов"),
        ("what did Shiogu tell Putin", "Shoigu"),
        ("where is Nazarbayve", "Nazarbayev"),
        ("где Назарбаефф", "Назарбаев"),
    ],
)
def test_a_name_is_found_in_all_its_spellings_and_with_a_slip(
    generous_engine: Engine, asked: str, name: str
) -> None:
    answer = ask(generous_engine, asked)

    assert re.search(name, answer.evidence[0].quote)
    assert any(re.match(name, word) for word in marked(answer)[0])


@pytest.mark.parametrize(
    "asked,found",
    [
        ("when did the protsets begin", "The protests began on Sunday."),
        ("когда начался протетс", "Протест начался в воскресенье."),
    ],
)
def test_a_word_with_a_slip_is_found(engine: Engine, corpus: Corpus, asked: str, found: str) -> None:
    put(corpus, "a", "The soldiers came on Thursday.", title="Soldiers")
    put(corpus, "b", "The protests began on Sunday.", title="Unrest")
    put(corpus, "c", "Войска пришли в четверг.", title="Войска", language=Language.RUSSIAN)
    put(corpus, "d", "Протест начался в воскресенье.", title="Волнения", language=Language.RUSSIAN)

    answer = ask(engine, asked)

    assert quotes(answer)[0] == found
    assert len(marked(answer)[0]) == 2


def test_a_russian_question_finds_a_russian_article_that_uses_other_words(
    folder: Path, corpus: Corpus, real_encoder: SentenceEncoder
) -> None:
    dog = "Собака укусила почтальона."
    engine = made_up(
        folder, corpus, real_encoder, Language.RUSSIAN, "Погода была ясной.", dog, "Курс валюты вырос."
    )

    answer = ask(engine, "курьер пострадал от пса")

    found = answer.considered[0].signals
    assert quotes(answer)[0] == dog
    assert answer.considered[0].by is Evidenced.GLOSSES
    assert {found[signal] for signal in (Signal.WORDS, Signal.PIECES, Signal.MEANINGS, Signal.FOUND)} == {0.0}
    others = [one.signals[Signal.COSINE] for one in answer.considered[1:]]
    assert found[Signal.COSINE] > max(others) + 0.1


@pytest.mark.parametrize(
    "calibration,outcomes",
    [
        (SHOW_ALL, {Outcome.CLOSEST}),
        (SHOW_ALL.sure_from(0.0), {Outcome.CLOSEST}),
        (read_calibration(), {Outcome.CLOSEST, Outcome.NOTHING}),
    ],
)
def test_an_english_article_is_at_most_the_closest_to_a_russian_question(
    folder: Path,
    corpus: Corpus,
    real_encoder: SentenceEncoder,
    calibration: Calibration,
    outcomes: set[Outcome],
) -> None:
    surgeons = "Surgeons rescued an infant."
    made_up(
        folder, corpus, real_encoder, Language.ENGLISH, "The weather was clear.", surgeons, "The rate rose."
    )
    reader = FakeReader({surgeons: 9.0})
    engine = Engine(folder, corpus, real_encoder, reader=reader, calibration=calibration, weights=WEIGHTS)

    answer = ask(engine, "Кто спас младенца?")

    assert answer.considered[0].evidence.quote == surgeons
    assert answer.considered[0].by is Evidenced.FOREIGN
    assert Signal.WORDS not in answer.considered[0].signals
    assert answer.outcome in outcomes
    assert quotes(answer)[:1] == ([] if answer.outcome is Outcome.NOTHING else [surgeons])


@pytest.mark.parametrize("asked", ["asdfgh qwerty zxcv", "how do i bake sourdough bread", "фывапр олджэ"])
def test_what_no_brief_is_about_gives_nothing(briefs_engine: Engine, asked: str) -> None:
    answer = ask(briefs_engine, asked)

    assert answer.outcome is Outcome.NOTHING
    assert answer.evidence == ()


@pytest.mark.parametrize("asked", [entry["question"] for entry in QUESTIONS])
def test_all_that_is_shown_is_a_slice_of_its_article(generous_engine: Engine, asked: str) -> None:
    shown = ask(generous_engine, asked, limit=5).evidence

    assert shown
    for one in shown:
        text, span = one.revision.text, one.sentence
        whole = one.before + one.quote + one.after
        start = one.around[0].start

        assert one.quote == text[span.start : span.end] != ""
        assert text[start : start + len(whole)] == whole
        assert start + len(one.before) == span.start
        assert one.quote == one.quote.strip()
        last = span.start
        for mark in one.marks:
            assert last <= mark.start < mark.end <= span.end, "marks are words of the quote, in order"
            last = mark.end


@pytest.mark.parametrize(
    "asked", [entry["question"] for entry in QUESTIONS if entry["language"] == "en" and entry["gold"]][::3]
)
def test_pages_go_on_where_the_last_one_ended(generous_engine: Engine, asked: str) -> None:
    pages = [quotes(ask(generous_engine, asked, skip=skip)) for skip in range(0, 12, 3)]

    shown = [quote for page in pages for quote in page]
    assert len(set(shown)) == len(shown) == 12
    assert shown == quotes(ask(generous_engine, asked, limit=12))


def test_the_pages_end(generous_engine: Engine) -> None:
    assert quotes(ask(generous_engine, "who was arrested?", skip=1000)) == []


def test_eight_threads_get_the_answer_that_one_gets(briefs_engine: Engine) -> None:
    asked = [entry["question"] for entry in QUESTIONS[::4]] * 2
    alone = [ask(briefs_engine, text) for text in asked]

    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda text: ask(briefs_engine, text), asked))

    assert [quotes(answer) for answer in together] == [quotes(answer) for answer in alone]
    assert [answer.outcome for answer in together] == [answer.outcome for answer in alone]
    assert [marked(answer) for answer in together] == [marked(answer) for answer in alone]


def test_the_same_question_gets_the_same_answer_from_this_engine_and_from_another(
    tmp_path: Path, briefs: Corpus, real_encoder: SentenceEncoder, briefs_engine: Engine
) -> None:
    asked = [entry["question"] for entry in QUESTIONS[::6]]
    other = Engine(tmp_path / "index", briefs, real_encoder, reader=Reader())
    other.refresh()

    for text in asked:
        first, again, elsewhere = ask(briefs_engine, text), ask(briefs_engine, text), ask(other, text)
        assert again == first
        assert quotes(elsewhere) == quotes(first)
        assert (elsewhere.outcome, marked(elsewhere)) == (first.outcome, marked(first))
        assert elsewhere.confidence == pytest.approx(first.confidence, abs=1e-4)


def test_an_answer_says_what_was_considered_and_how_sure_it_is(briefs_engine: Engine) -> None:
    answer = ask(briefs_engine, "who was arrested?")

    assert len(answer.considered) == READ
    assert answer.considered[0].evidence.quote == answer.evidence[0].quote
    assert (answer.confidence, answer.outcome) == (
        answer.considered[0].probability,
        answer.considered[0].outcome,
    )
    scores = [one.score for one in answer.considered]
    assert scores == sorted(scores, reverse=True)
    assert {one.evidence.passage_id for one in answer.considered} >= {
        one.passage_id for one in answer.evidence
    }
    for one in answer.considered:
        assert {Signal.COSINE, Signal.FOUND, Signal.KIND} <= one.signals.keys()


def test_the_reader_has_the_last_word(folder: Path, corpus: Corpus, encoder: FakeEncoder) -> None:
    put(corpus, "a", ARREST, "He denies it.", title="Arrest")
    put(corpus, "b", BRIDGE, title="Bridge")
    reader = FakeReader({BRIDGE: 50.0, ARREST: -50.0}, answer="river")
    engine = Engine(folder, corpus, encoder, reader=reader, calibration=CALIBRATION, weights=WEIGHTS)

    answer = ask(engine, "who arrested the former mayor?")

    assert quotes(answer) == [BRIDGE], "what it is sure does not answer is not shown"
    assert answer.evidence[0].answer == Span(BRIDGE.index("river"), BRIDGE.index("river") + len("river"))
    assert answer.outcome is Outcome.ANSWERED
    assert ("who arrested the former mayor?", "He denies it.", ARREST) in [
        (question, sentence, before.strip()) for question, sentence, before in reader.given
    ]


def test_evidence_is_recalled_with_more_around_it(briefs_engine: Engine) -> None:
    found = ask(briefs_engine, "who was arrested?").evidence[0]

    (recalled,) = briefs_engine.recall([found.reference], radius=2)

    assert recalled.quote == found.quote
    assert recalled.after.strip().startswith("Several other officials are in custody")
    assert recalled.after.endswith("Massimov had lost his post earlier in the week.")
    assert recalled.before == ""
    assert (recalled.marks, recalled.answer) == ((), None)


def test_evidence_is_recalled_in_the_order_asked_for(briefs_engine: Engine) -> None:
    references = [one.reference for one in ask(briefs_engine, "who was arrested?").evidence]

    recalled = briefs_engine.recall(references[::-1], radius=0)

    assert [one.reference for one in recalled] == references[::-1]
    assert all((one.before, one.after) == ("", "") for one in recalled)


def test_what_is_recalled_of_a_removed_or_revised_article_says_so(engine: Engine, corpus: Corpus) -> None:
    put(corpus, "a", ARREST, title="Arrest")
    put(corpus, "b", BRIDGE, title="Bridge")
    references = [
        ask(engine, text).evidence[0].reference for text in ("former mayor", "bridge over the river")
    ]
    assert [one.quote for one in engine.recall(references, radius=1)] == [ARREST, BRIDGE]

    remove(corpus, "Arrest")
    put(corpus, "b", PRICES, title="Bridge")

    removed, revised = engine.recall(references, radius=1)
    assert (removed.revision.since, removed.quote, removed.before, removed.after) == (
        Since.REMOVED,
        "",
        "",
        "",
    )
    assert (revised.revision.since, revised.quote) == (Since.CHANGED, BRIDGE)
    corpus.purge(revised.revision.article_id, because="wrong")
    assert engine.recall(references[1:], radius=1) == ()
    assert engine.recall([], radius=1) == ()


def test_an_empty_corpus_answers_nothing(engine: Engine, encoder: FakeEncoder) -> None:
    answer = ask(engine, "who was arrested?")

    assert answer.outcome is Outcome.NOTHING
    assert answer.evidence == ()
    assert answer.confidence == 0.0
    assert answer.covered.articles == 0
    assert encoder.asked == []


def test_the_first_question_builds_the_index(engine: Engine, corpus: Corpus) -> None:
    put(corpus, "a", ARREST, BRIDGE)
    behind = [engine.is_behind]

    assert ask(engine, "who arrested the mayor").evidence[0].quote == ARREST
    assert [*behind, engine.is_behind] == [True, False]


def test_new_articles_are_found_from_the_next_refresh_on(engine: Engine, corpus: Corpus) -> None:
    put(corpus, "a", ARREST)
    engine.refresh()
    put(corpus, "b", BRIDGE)

    behind = [engine.is_behind]
    assert quotes(ask(engine, "the bridge")) == [ARREST]

    engine.refresh()
    assert [*behind, engine.is_behind] == [True, False]
    assert quotes(ask(engine, "the bridge"))[0] == BRIDGE


def test_after_a_refresh_an_engine_is_not_behind_even_if_no_sentence_changed(
    engine: Engine, corpus: Corpus
) -> None:
    put(corpus, "a", ARREST, title="Arrest")
    put(corpus, "b", ARREST, title="Arrest")
    engine.refresh()
    remove(corpus, "Arrest")

    report = engine.refresh()

    assert not report.changed
    assert not engine.is_behind
    assert ask(engine, "the mayor").covered.articles == 1


def test_removed_and_revised_sentences_are_never_shown_even_before_the_refresh(
    engine: Engine, corpus: Corpus
) -> None:
    put(corpus, "a", ARREST, title="Arrest")
    put(corpus, "b", BRIDGE, title="Bridge")
    put(corpus, "c", PRICES, title="Prices")
    engine.refresh()

    remove(corpus, "Arrest")
    put(corpus, "b", "It is open.", title="Bridge")

    answer = ask(engine, "mayor bridge prices")
    assert quotes(answer) == [PRICES]
    assert [one.evidence.quote for one in answer.considered] == [PRICES]


def test_a_sentence_in_two_articles_is_shown_once_and_survives_the_removal_of_one(
    engine: Engine, corpus: Corpus
) -> None:
    put(corpus, "a", ARREST, title="News")
    put(corpus, "b", ARREST, title="News")

    assert quotes(ask(engine, "the mayor")) == [ARREST]

    remove(corpus, "News")
    assert quotes(ask(engine, "the mayor")) == [ARREST]


def test_a_language_that_the_model_does_not_read_is_found_by_words(folder: Path, corpus: Corpus) -> None:
    put(corpus, "r", RUSSIAN, title="Новости", language=Language.RUSSIAN)
    put(corpus, "k", KAZAKH, title="Жаңалық", language=Language.KAZAKH)
    russian = FakeEncoder(languages=frozenset({Language.RUSSIAN}))
    engine = Engine(folder, corpus, russian, calibration=SHOW_ALL, weights=WEIGHTS)
    engine.refresh()

    answer = ask(engine, "кімді ұстады?")

    assert quotes(answer)[0] == KAZAKH
    assert answer.considered[0].by is Evidenced.WORDS
    assert not {Signal.COSINE, Signal.LATE} & answer.considered[0].signals.keys()
    assert russian.encoded == [RUSSIAN]
    assert russian.asked == []
    assert marked(answer)[0] == ["ұстады"]


def test_a_model_that_speaks_nothing_leaves_it_to_the_words(folder: Path, corpus: Corpus) -> None:
    put(corpus, "a", ARREST)
    put(corpus, "b", BRIDGE)
    engine = Engine(folder, corpus, FakeEncoder(languages=frozenset()), calibration=SHOW_ALL, weights=WEIGHTS)

    assert quotes(ask(engine, "bridge")) == [BRIDGE]
    assert quotes(ask(engine, "unheard")) == []


def test_an_article_without_a_word_does_not_stop_the_others(engine: Engine, corpus: Corpus) -> None:
    put(corpus, "a", "***", title="🔥", language=Language.OTHER)
    put(corpus, "b", ARREST)

    assert engine.refresh().added == 2
    assert quotes(ask(engine, "who arrested the mayor?"))[0] == ARREST


def test_a_question_with_bytes_that_are_no_text_is_answered(briefs_engine: Engine) -> None:
    assert ask(briefs_engine, b"who was arrested? \xff".decode(errors="surrogateescape"))


def test_a_weak_best_passage_means_that_nothing_is_shown(
    folder: Path, corpus: Corpus, encoder: FakeEncoder
) -> None:
    put(corpus, "a", ARREST)
    strict = Engine(folder, corpus, encoder)

    nothing = ask(strict, "Quantum entanglement of photons")

    assert (nothing.outcome, nothing.evidence) == (Outcome.NOTHING, ())
    assert [one.evidence.quote for one in nothing.considered] == [ARREST]
    assert 0 < nothing.confidence < 0.1
    assert ask(strict, ARREST).outcome is Outcome.ANSWERED


def test_questions_are_answered_while_the_index_is_renewed(engine: Engine, corpus: Corpus) -> None:
    put(corpus, "a", ARREST)
    engine.refresh()

    def grow(number: int) -> int:
        put(corpus, f"more{number}", f"Street number {number} was closed.", title=f"Street {number}")
        return engine.refresh().added

    with ThreadPoolExecutor(5) as threads:
        grown = threads.map(grow, range(8))
        answers = list(threads.map(lambda _: ask(engine, "who arrested the former mayor?"), range(60)))

    assert {answer.evidence[0].quote for answer in answers} == {ARREST}
    assert sum(grown) == 8
    assert quotes(ask(engine, "street number 7"))[0] == "Street number 7 was closed."
