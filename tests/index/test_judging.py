"""Judging, with a reader of a few lines: which passages it reads, and what becomes of what it says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from corpus.languages import Language
from corpus.passages import Span
from corpus.stored import PassageText
from index.answers import Candidate, Evidence
from index.confidence import Calibration, Evidenced, Logistic, Outcome
from index.content import Content
from index.fusion import Profile, Weights
from index.glosses import gloss
from index.judging import CERTAIN, READ_TOGETHER, SURE, Judge
from index.keptvectors import KeptVectors
from index.manifests import Manifest
from index.question import AskedQuestion, read_question
from index.reader import Read, Reader
from index.signals import Signal
from index.snapshots import Snapshot
from index.sweeping import KEPT
from tests.fakes.damage import flip
from tests.fakes.encoder import FakeEncoder, encode
from tests.fakes.news import evidence
from tests.fakes.shelves import Kept, shelf_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from corpus.articles import Published
    from index.shelves import Shelf

EN, RU, KK, OTHER = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH, Language.OTHER
ARREST, BRIDGE, RAIN = (
    "Police arrested the former mayor.",
    "The old bridge was closed.",
    "It rained on Friday.",
)


class FakeReader(Reader):
    """A reader that looks scores and answers up, and remembers what it was given."""

    def __init__(self, scores: Mapping[str, float], answer: str = "", certainty: float = 1.0) -> None:
        super().__init__()
        self.scores, self.answer, self.certainty = scores, answer, certainty
        self.given: list[tuple[str, str, str]] = []

    def read(self, question: str, sentences: Sequence[tuple[str, str]]) -> list[Read]:
        self.given += [(question, sentence, before) for sentence, before in sentences]
        return [
            Read(self.scores.get(sentence, -5.0), self._span(sentence), self.certainty)
            for sentence, _ in sentences
        ]

    def _span(self, sentence: str) -> Span:
        start = sentence.find(self.answer) if self.answer else -1
        return Span(start, start + len(self.answer)) if start >= 0 else Span(0, 0)


def told(signal: Signal, answered: float = 0.5, closest: float = 0.25) -> Logistic:
    """Return a model that goes by one signal: 0 is as likely as not."""
    return Logistic(0.0, {signal: 1.0}, answered, closest)


CALIBRATION = Calibration(
    {
        Evidenced.READER: told(Signal.READER),
        Evidenced.READER_GLOSSES: told(Signal.READER, answered=0.9),
        Evidenced.VECTORS: told(Signal.COSINE),
        Evidenced.GLOSSES: told(Signal.FOUND, answered=0.7),
        Evidenced.WORDS: told(Signal.FOUND, answered=0.72),
        Evidenced.FOREIGN: told(Signal.FOUND, answered=1.1),
    }
)
WEIGHTS = Weights(
    {
        Profile.VECTORS: {Signal.READER: 2.0},
        Profile.GLOSSES: {Signal.READER: 0.5},
        Profile.WORDS: {Signal.READER: 100.0},
    },
    foreign=0.0,
)


@dataclass
class Place:
    """A snapshot of some passages, asked by one encoder, judged by one judge."""

    folder: Path
    reader: Reader | None = None
    encoder: FakeEncoder = field(default_factory=FakeEncoder)
    shelves: dict[Language, Shelf] = field(default_factory=dict)

    def holds(self, *texts: Evidence) -> None:
        """Shelve evidence, so that its language has rare words and its sentences word pieces."""
        kept = KeptVectors(self.folder / KEPT, self.encoder.identity)
        language = texts[0].revision.language
        read = [gloss(one.quote, language).text if language is KK else one.quote for one in texts]
        kept.append(read, [encode(text) for text in read])
        order = sorted(range(len(texts)), key=lambda row: texts[row].passage_id)
        _, vectors, places = kept.find([read[row] for row in order])
        passages = [
            PassageText(texts[row].passage_id, language, "", texts[row].quote, texts[row].quote)
            for row in order
        ]
        self.shelves[language] = shelf_of(passages, Kept(vectors, places))

    def asked(self, text: str, language: Language) -> AskedQuestion:
        return read_question(text, language, self.shelves, self.encoder)

    def snapshot(self) -> Snapshot:
        tokens = KeptVectors(self.folder / KEPT, self.encoder.identity).tokens()
        return Snapshot("one", Manifest(0, "", 1, 0, "1", "", {}, {}), "1", Content(), self.shelves, tokens)

    def judge(self, text: str, *candidates: Candidate, language: Language = EN) -> list[Candidate]:
        judge = Judge(self.reader, CALIBRATION, WEIGHTS)
        return judge.judge(self.asked(text, language), candidates, self.snapshot())

    def marked(self, text: str, candidate: Candidate, language: Language = EN) -> list[str]:
        """Return the words of a candidate that are marked."""
        judge = Judge(self.reader, CALIBRATION, WEIGHTS)
        found = judge.mark(self.asked(text, language), candidate, self.snapshot())
        assert replace(found, marks=(), score=0.0) == replace(candidate.evidence, score=0.0)
        assert found.score == candidate.score
        return [found.revision.text[mark.start : mark.end] for mark in found.marks]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def candidate(
    quote: str,
    *,
    number: int = 1,
    score: float = 0.0,
    cosine: float = 0.0,
    before: str = "",
    language: Language = EN,
) -> Candidate:
    found = evidence(quote, before=before, number=number, article_id=number, language=language)
    return Candidate(found, score, {Signal.COSINE: cosine})


def in_almaty(quote: str) -> Candidate:
    """Put a sentence into an article that its title places in Almaty, as the end of its last paragraph."""
    text = f"President Tokayev spoke of soldiers.\n\n{RAIN} {quote}"
    start = text.index(quote)
    made = evidence(quote)
    revision = replace(made.revision, title="Unrest in Almaty", text=text)
    sentence = Span(start, start + len(quote))
    found = replace(made, revision=revision, sentence=sentence, around=(sentence,))
    return Candidate(found, 0.0, paragraph=Span(text.index(RAIN), len(text)))


def numbers(judged: Sequence[Candidate]) -> list[int]:
    return [int(one.evidence.passage_id) for one in judged]


def test_the_reader_reads_each_sentence_with_the_one_before(place: Place) -> None:
    place.reader = reader = FakeReader({})

    place.judge("Who was arrested?", candidate(ARREST, before=RAIN), candidate(BRIDGE, number=2))

    assert reader.given == [("Who was arrested?", ARREST, RAIN), ("Who was arrested?", BRIDGE, "")]


def test_what_the_reader_says_is_weighed_against_the_order_of_the_index(place: Place) -> None:
    place.reader = FakeReader({ARREST: 1.0, BRIDGE: -1.0})

    judged = place.judge(
        "Who was arrested?", candidate(BRIDGE, number=1, score=3.0), candidate(ARREST, number=2, score=0.0)
    )
    slower = place.judge(
        "Who was arrested?", candidate(BRIDGE, number=1, score=5.0), candidate(ARREST, number=2, score=0.0)
    )

    assert numbers(judged) == [2, 1]
    assert [one.score for one in judged] == [2.0, 1.0]
    assert numbers(slower) == [1, 2]


def test_a_probability_is_what_the_reader_and_the_calibration_make_of_it(place: Place) -> None:
    place.reader = FakeReader({ARREST: 2.0, BRIDGE: -1.0, RAIN: -4.0})

    judged = place.judge(
        "Who was arrested?", candidate(ARREST), candidate(BRIDGE, number=2), candidate(RAIN, number=3)
    )

    assert [one.outcome for one in judged] == [Outcome.ANSWERED, Outcome.CLOSEST, Outcome.NOTHING]
    assert [one.probability for one in judged] == pytest.approx([0.8807971, 0.2689414, 0.0179862])
    assert [one.signals[Signal.READER] for one in judged] == [2.0, -1.0, -4.0]
    assert {one.by for one in judged} == {Evidenced.READER}


def test_only_the_best_are_read_and_the_rest_are_no_better_than_the_worst_of_them(place: Place) -> None:
    many = [
        candidate(f"Sentence {n}.", number=n, score=-float(n), cosine=1.0) for n in range(READ_TOGETHER + 3)
    ]
    place.reader = reader = FakeReader({f"Sentence {n}.": float(n) for n in range(READ_TOGETHER)})
    place.holds(evidence(ARREST))

    judged = place.judge("Who was arrested?", *many)

    assert [sentence for _, sentence, _ in reader.given] == [f"Sentence {n}." for n in range(READ_TOGETHER)]
    unread = [one for one in judged if Signal.READER not in one.signals]
    assert numbers(unread) == [READ_TOGETHER, READ_TOGETHER + 1, READ_TOGETHER + 2]
    assert {one.by for one in unread} == {Evidenced.VECTORS}
    assert [one.score for one in unread] == [-float(n) for n in numbers(unread)], "the lowest read score is 0"
    assert numbers(judged)[0] == READ_TOGETHER - 1


def test_equal_candidates_come_in_the_order_of_their_ids(place: Place) -> None:
    assert numbers(place.judge("who?", *(candidate(RAIN, number=n) for n in (9, 3, 5)))) == [3, 5, 9]


def test_without_candidates_there_is_nothing_to_judge(place: Place) -> None:
    place.reader = FakeReader({})

    assert place.judge("Who was arrested?") == []


MAYOR = candidate("Полиция задержала мэра.", language=RU)
FRENCH = candidate("La police a arrêté le maire.", language=OTHER)


@pytest.mark.parametrize(
    "asked,language,made,reader,by",
    [
        ("Who was arrested?", EN, candidate(ARREST), "reader", Evidenced.READER),
        ("Who was arrested?", EN, candidate(ARREST), "none", Evidenced.VECTORS),
        ("Кого арестовали?", RU, MAYOR, "reader", Evidenced.READER_GLOSSES),
        ("Кого арестовали?", RU, MAYOR, "none", Evidenced.GLOSSES),
        ("Кого арестовали?", RU, candidate(ARREST), "reader", Evidenced.FOREIGN),
        ("Who was arrested?", EN, MAYOR, "reader", Evidenced.FOREIGN),
        ("Who was arrested?", EN, MAYOR, "none", Evidenced.FOREIGN),
        ("Qui a été arrêté ?", OTHER, FRENCH, "reader", Evidenced.WORDS),
    ],
)
def test_a_probability_is_made_of_what_could_be_measured(
    place: Place, asked: str, language: Language, made: Candidate, reader: str, by: Evidenced
) -> None:
    place.encoder = FakeEncoder(languages=frozenset({EN}))
    place.holds(evidence(ARREST))
    place.reader = FakeReader({}) if reader == "reader" else None

    (judged,) = place.judge(asked, made, language=language)

    assert judged.by is by
    assert judged.probability == CALIBRATION.probability(by, judged.signals)
    assert judged.outcome is CALIBRATION.outcome(by, judged.probability)


def test_a_model_for_vectors_that_reads_the_language_changes_nothing_for_an_english_reader(
    place: Place,
) -> None:
    place.holds(evidence(ARREST))
    place.reader = FakeReader({})
    russian = candidate("Полиция задержала мэра.", language=RU)

    (judged,) = place.judge("Кого арестовали?", russian, language=RU)

    assert judged.by is Evidenced.READER_GLOSSES


def test_another_language_is_at_most_the_closest_however_sure_the_reader_is(place: Place) -> None:
    place.reader = FakeReader({ARREST: 99.0})

    (judged,) = place.judge("Кого арестовали?", candidate(ARREST), language=RU)

    assert judged.signals[Signal.FOUND] == 1.0
    assert judged.outcome is Outcome.CLOSEST


def test_the_reader_reads_russian_and_kazakh_through_glosses(place: Place) -> None:
    place.reader = reader = FakeReader({})
    russian = candidate("Полиция задержала мэра.", before="Мост закрыт.", language=RU)

    place.judge("Кого арестовали?", russian, language=RU)
    place.judge("Кім ұсталды?", candidate("Полиция әкімді ұстады.", language=KK), language=KK)

    assert reader.given == [
        ("whom arrest?", "police detain mayor.", gloss("Мост закрыт.", RU).text),
        (gloss("Кім ұсталды?", KK).text, "police mayor detained.", ""),
    ]
    assert all(text.isascii() for given in reader.given for text in given)


def test_a_question_in_a_strange_language_is_not_read(place: Place) -> None:
    place.reader = reader = FakeReader({})

    place.judge("谁被捕了?", candidate(ARREST), language=OTHER)

    assert reader.given == []


def test_the_words_that_answer_are_marked_where_the_reader_is_sure(place: Place) -> None:
    left = "He left the town."
    place.reader = FakeReader({ARREST: SURE, left: SURE - 0.1}, answer="the")

    sure, unsure = place.judge(
        "Who was arrested?",
        candidate(ARREST, before=RAIN, score=9.0),
        candidate(left, number=2, before=RAIN),
    )

    answer = sure.evidence.answer
    assert answer == Span(len(RAIN) + 1 + 16, len(RAIN) + 1 + 19)
    assert sure.evidence.revision.text[answer.start : answer.end] == "the"
    assert unsure.evidence.answer is None


def test_no_word_answers_where_the_reader_marks_none(place: Place) -> None:
    place.reader = FakeReader({ARREST: 9.0})

    (judged,) = place.judge("Who was arrested?", candidate(ARREST))

    assert judged.evidence.answer is None


def test_an_answer_found_in_a_gloss_is_marked_in_the_original(place: Place) -> None:
    place.reader = FakeReader({"police detain mayor.": 1.0}, answer="mayor")
    russian = candidate("Полиция задержала мэра.", before="Мост закрыт.", language=RU)

    (judged,) = place.judge("Кого арестовали?", russian, language=RU)

    answer = judged.evidence.answer
    assert answer is not None
    assert judged.evidence.revision.text[answer.start : answer.end] == "мэра"


@pytest.mark.parametrize(
    "asked,language,found,kind",
    [
        ("Who was arrested?", EN, 1.0, 0.0),
        ("When was the mayor arrested?", EN, 1.0, 0.0),
        ("Who was detained in Almaty?", EN, 0.5, 0.0),
        ("What of the bridge?", EN, 0.0, 1.0),
        ("кого арестовали", RU, 1.0, 0.0),
    ],
)
def test_words_that_were_found_and_the_kind_of_thing_asked_for_are_signals(
    place: Place, asked: str, language: Language, found: float, kind: float
) -> None:
    (judged,) = place.judge(asked, candidate(ARREST, cosine=0.5), language=language)

    assert judged.signals[Signal.COSINE] == 0.5, "what the index measured stays"
    assert judged.signals[Signal.FOUND] == pytest.approx(found)
    assert judged.signals[Signal.KIND] == kind


@pytest.mark.parametrize(
    "asked,found,around",
    [
        ("who was arrested", 1.0, 1.0),
        ("was the mayor of Almaty arrested", 2 / 3, 1.0),  # its title says so
        ("was the mayor arrested and it rained", 2 / 3, 1.0),  # its paragraph
        ("was the mayor arrested by soldiers", 2 / 3, 2 / 3),  # another paragraph
    ],
)
def test_words_of_the_title_and_the_paragraph_are_found_around_a_sentence(
    place: Place, asked: str, found: float, around: float
) -> None:
    (judged,) = place.judge(asked, in_almaty(ARREST))

    assert judged.signals[Signal.FOUND] == pytest.approx(found)
    assert judged.signals[Signal.AROUND] == pytest.approx(around)


@pytest.mark.parametrize(
    "asked,named",
    [
        ("who was arrested", 1.0),
        ("was the mayor of Almaty arrested", 1.0),
        ("did Tokayev arrest the mayor", 1.0),  # the article begins with him
        ("was Massimov arrested", 0.0),
        ("was Massimov arrested in Almaty", 0.5),
        ("was the mayor arrested in 2011", 0.0),
        ("was massimov arrested", 1.0),  # nobody can tell that this is a name
    ],
)
def test_an_article_that_never_names_what_is_asked_about_is_told(
    place: Place, asked: str, named: float
) -> None:
    (judged,) = place.judge(asked, in_almaty(ARREST))

    assert judged.signals[Signal.NAMED] == named


@pytest.mark.parametrize("cosine,is_looked_around", [(-3.0, False), (-1.0, True)])
def test_around_a_sentence_that_cannot_be_shown_anyhow_nobody_looks(
    place: Place, cosine: float, *, is_looked_around: bool
) -> None:
    place.encoder = FakeEncoder(languages=frozenset({EN}))
    place.holds(evidence(ARREST))
    best = replace(in_almaty(BRIDGE), score=9.0)
    other = in_almaty(ARREST)

    first, second = place.judge(
        "was the mayor of Almaty arrested", best, replace(other, signals={Signal.COSINE: cosine})
    )

    assert first.signals[Signal.NAMED] == 1.0
    assert (second.signals[Signal.AROUND] > second.signals[Signal.FOUND]) is is_looked_around
    assert (second.outcome is Outcome.NOTHING) is not is_looked_around


def test_only_where_the_passage_answers_are_its_words_called_the_answer(place: Place) -> None:
    judge = Judge(None, CALIBRATION, WEIGHTS)
    evidence_of = replace(evidence(ARREST), answer=Span(0, 6))

    def answer(outcome: Outcome) -> Span | None:
        made = Candidate(evidence_of, 0.0, outcome=outcome)
        return judge.mark(place.asked("who was arrested", EN), made, place.snapshot()).answer

    assert answer(Outcome.ANSWERED) == Span(0, 6)
    assert answer(Outcome.CLOSEST) is None


def test_rare_words_that_were_found_count_more(place: Place) -> None:
    place.holds(
        *(evidence(f"The mayor spoke {n} times.", number=n) for n in range(1, 9)), evidence(ARREST, number=9)
    )
    idf = place.shelves[EN].fields[Signal.WORDS].idf

    judged = place.judge("mayor resigned", candidate("The mayor left."))

    assert judged[0].signals[Signal.FOUND] == pytest.approx(idf("mayor") / (idf("mayor") + idf("resign")))
    assert idf("mayor") < idf("resign")


def test_words_that_meet_are_marked_where_they_stand_in_the_article(place: Place) -> None:
    place.holds(evidence(BRIDGE))
    found = candidate("Police detained Karim Massimov on 8 January.", number=7, before=RAIN)

    assert place.marked("was Masimov arrested in january", found) == ["detained", "Massimov", "January"]


def test_words_of_other_languages_are_marked_where_they_mean_the_same(place: Place) -> None:
    found = candidate("Полиция задержала Масимова.", language=RU)

    assert place.marked("was Massimov arrested", found) == ["задержала", "Масимова"]


def test_words_near_in_meaning_are_marked_by_their_word_pieces(place: Place) -> None:
    bridge = evidence("Ескі көпір жабық.", number=5, before="Жаңбыр жауды.", language=KK)
    place.holds(bridge, evidence("Жаңбыр жауды.", number=6, language=KK))
    assert gloss(bridge.quote, KK).text == "old bridge closed."

    # The lexicon does not know it and it sounds different; but the model reads it as the same English word.
    assert place.marked("which bridge", Candidate(bridge, 0.0)) == ["көпір"]
    assert place.marked("which tower fell", Candidate(bridge, 0.0)) == []


def test_a_passage_without_word_pieces_is_marked_by_its_words_alone(place: Place) -> None:
    bridge = evidence("Ескі көпір жабық.", number=5, language=KK)
    place.holds(evidence("Жаңбыр жауды.", number=6, language=KK))

    assert place.marked("which bridge", Candidate(bridge, 0.0)) == []


def test_nothing_is_marked_where_nothing_meets(place: Place) -> None:
    place.holds(evidence(BRIDGE))

    assert place.marked("who was arrested", candidate(RAIN, number=3)) == []


def test_damaged_word_pieces_cost_marks_and_no_answer(place: Place, tmp_path: Path) -> None:
    found = candidate(ARREST)
    place.holds(found.evidence)
    (file,) = (tmp_path / KEPT).glob("*.tokens")
    flip(file)

    assert place.marked("who arrested the mayor", found) == ["arrested", "mayor"]


def test_a_guess_at_a_name_is_never_answered(place: Place) -> None:
    place.reader = FakeReader({ARREST: 9.0})
    (sure,) = place.judge("Who was arrested?", candidate(ARREST))
    asked = replace(place.asked("Who was arrested?", EN), is_guess=True)

    judge = Judge(place.reader, CALIBRATION, WEIGHTS)
    (guessed,) = judge.judge(asked, [candidate(ARREST)], place.snapshot())

    assert (sure.outcome, guessed.outcome) == (Outcome.ANSWERED, Outcome.CLOSEST)
    assert guessed.probability == sure.probability


@pytest.mark.parametrize(
    "question,published,outcome",
    [
        ("Who is arrested now?", date(2022, 1, 5), Outcome.ANSWERED),
        ("Who is arrested now?", datetime(2022, 1, 5, tzinfo=UTC), Outcome.ANSWERED),
        ("Who is arrested now?", date(2022, 1, 4), Outcome.CLOSEST),
        ("Who is arrested now?", date(2022, 1, 9), Outcome.ANSWERED),  # it is tomorrow already in Auckland
        ("Who is arrested now?", date(2022, 1, 10), Outcome.CLOSEST),
        ("Who is arrested now?", None, Outcome.CLOSEST),
        ("Who was arrested?", date(2022, 1, 4), Outcome.ANSWERED),
    ],
)
def test_an_old_article_does_not_answer_what_is_so_now(
    place: Place, question: str, published: Published | None, outcome: Outcome
) -> None:
    place.reader = FakeReader({ARREST: 9.0})
    one = candidate(ARREST)
    revision = replace(one.evidence.revision, published=published)
    judge = Judge(place.reader, CALIBRATION, WEIGHTS, today=lambda: date(2022, 1, 8))

    (judged,) = judge.judge(
        place.asked(question, EN),
        [replace(one, evidence=replace(one.evidence, revision=revision))],
        place.snapshot(),
    )

    assert judged.outcome is outcome


@pytest.mark.parametrize(
    "question,outcome", [("Кого задержали?", Outcome.ANSWERED), ("Мэра задержали?", Outcome.CLOSEST)]
)
def test_word_by_word_no_rumour_is_confirmed(place: Place, question: str, outcome: Outcome) -> None:
    place.reader = FakeReader({"police detain mayor.": 9.0})

    (judged,) = place.judge(question, candidate("Полиция задержала мэра.", language=RU), language=RU)

    assert judged.outcome is outcome


def test_words_of_which_the_reader_is_not_certain_are_not_called_the_answer(place: Place) -> None:
    place.reader = FakeReader({ARREST: 9.0}, answer="mayor", certainty=CERTAIN - 0.01)
    (unsure,) = place.judge("Who was arrested?", candidate(ARREST))
    place.reader = FakeReader({ARREST: 9.0}, answer="mayor", certainty=CERTAIN)
    (sure,) = place.judge("Who was arrested?", candidate(ARREST))

    assert unsure.evidence.answer is None
    assert sure.evidence.answer is not None
