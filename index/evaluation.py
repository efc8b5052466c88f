"""Evaluation: a set of questions asked of the engine that answers users, through the same calls."""

import random
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus.articles import ArticleId
from corpus.database import sqlite_url
from corpus.languages import Language
from corpus.passages import Passage, Span, split
from corpus.store import Corpus
from index.answers import LONGEST_QUESTION, Answer, Candidate, Question
from index.confidence import Outcome
from index.encoder import Encoded, Encoder
from index.encoding import Progress
from index.engine import Engine, quietly
from index.errors import InvalidQuestion
from index.kinds import Kind, asked_for
from index.metrics import Case
from index.squad import Asked, QuestionSet

#: Makes the engine that is measured, in a folder, over a corpus, with an encoder that keeps the time.
MakeEngine = Callable[[Path, Corpus, Encoder], Engine]

#: A passage of an article: its key and where it stands.
Place = tuple[str, int, int]


@dataclass
class TimedEncoder:
    """Another encoder, and how long its work took, in seconds."""

    encoder: Encoder
    questions_s: list[float] = field(default_factory=list)

    @property
    def identity(self) -> str:
        """See `Encoder.identity`."""
        return self.encoder.identity

    def speaks(self, language: Language) -> bool:
        """See `Encoder.speaks`."""
        return self.encoder.speaks(language)

    def encode_questions(self, texts: Sequence[str]) -> list[Encoded]:
        """See `Encoder.encode_questions`."""
        began = time.perf_counter()
        found = self.encoder.encode_questions(texts)
        self.questions_s.append(time.perf_counter() - began)
        return found

    def encode_passages(self, paragraphs: Sequence[Sequence[str]]) -> list[list[Encoded]]:
        """See `Encoder.encode_passages`."""
        return self.encoder.encode_passages(paragraphs)


@dataclass(frozen=True, slots=True)
class Examined:
    """One question and what came of it; `seconds` is what the whole answer took."""

    question: str
    language: Language
    kind: Kind
    case: Case
    considered: tuple[Candidate, ...]
    seconds: float

    @property
    def best(self) -> Candidate | None:
        """The first passage, if any was found."""
        return self.considered[0] if self.considered else None


@dataclass(frozen=True, slots=True)
class Examination:
    """What came of a set of questions, and how long encoding took: seconds in all, and of each question."""

    questions: tuple[Examined, ...]
    articles: int
    passages: int
    skipped: int
    indexing_s: float
    encoding_s: tuple[float, ...]


def examine(  # noqa: PLR0913 (all but the first three have defaults)
    questions: QuestionSet,
    make_engine: MakeEngine,
    encoder: Encoder,
    *,
    leave_out: float = 0.0,
    seed: int = 0,
    limit: int | None = None,
    progress: Progress = quietly,
) -> Examination:
    """Ask every question of a set, of a corpus made of its articles.

    Args:
        questions: the set.
        make_engine: makes the engine that answers users.
        encoder: the model.
        leave_out: share of the articles that stay out of the corpus, so that their questions have no answer.
        seed: which ones.
        limit: how many questions at most, drawn with the same seed.
        progress: told how many questions are asked.

    Raises:
        ModelUnavailable, ModelDamaged: when the encoder or the engine's reader cannot be loaded.
    """
    drawn = random.Random(seed)  # noqa: S311 (not for secrets)
    keys = sorted(questions.articles)
    gone = set(drawn.sample(keys, round(leave_out * len(keys))))
    asked = list(questions.questions)
    if limit is not None and limit < len(asked):
        asked = drawn.sample(asked, limit)
    timed = TimedEncoder(encoder)
    with tempfile.TemporaryDirectory() as name:
        corpus = Corpus.open(sqlite_url(Path(name, "corpus.sqlite")))
        try:
            cut = _put(corpus, questions, gone)
            engine = make_engine(Path(name, "index"), corpus, timed)
            began = time.perf_counter()
            engine.refresh()
            indexing = time.perf_counter() - began
            found = list(_ask_all(engine, corpus, asked, cut, progress))
            covered = engine.covered
        finally:
            corpus.close()
    return Examination(
        tuple(one for one in found if one is not None),
        covered.articles,
        covered.passages,
        sum(one is None for one in found),
        indexing,
        tuple(timed.questions_s),
    )


def _put(corpus: Corpus, questions: QuestionSet, gone: Collection[str]) -> dict[str, Sequence[Passage]]:
    """Store the articles that are not left out; return how each was cut."""
    cut: dict[str, Sequence[Passage]] = {}
    for key, article in questions.articles.items():
        if key not in gone:
            cut[key] = questions.cut.get(key) or split(article.text, article.language)
            corpus.put(article, sentences=cut[key])
    return cut


def _ask_all(
    engine: Engine,
    corpus: Corpus,
    questions: Sequence[Asked],
    cut: dict[str, Sequence[Passage]],
    progress: Progress,
) -> Iterable[Examined | None]:
    keys = corpus.keys()
    for number, asked in enumerate(questions):
        progress(number, len(questions))
        yield _ask(engine, asked, right_places(asked.answers, cut.get(asked.article, ())), keys)
    progress(len(questions), len(questions))


def right_places(answers: Sequence[Span], sentences: Sequence[Passage]) -> frozenset[Span]:
    """Return the sentences that hold an accepted answer; where none does, those in which one begins."""
    spans = [passage.sentence for passage in sentences]
    holding = {s for s in spans for a in answers if s.start <= a.start and a.end <= s.end}
    return frozenset(holding or {s for s in spans for a in answers if s.start <= a.start < s.end})


def _ask(
    engine: Engine, asked: Asked, right: frozenset[Span], keys: Mapping[ArticleId, str]
) -> Examined | None:
    try:
        question = Question.parse(asked.text[:LONGEST_QUESTION])
    except InvalidQuestion:
        return None
    began = time.perf_counter()
    answer = engine.ask(question)
    seconds = time.perf_counter() - began
    return examined(
        answer,
        lambda one: (
            keys[one.evidence.revision.article_id] == asked.article and one.evidence.sentence in right
        ),
        relevant=len(right),
        seconds=seconds,
        article=asked.article,
    )


def examined(
    answer: Answer,
    is_right: Callable[[Candidate], bool],
    *,
    relevant: int,
    seconds: float,
    article: str | None = None,
) -> Examined:
    """Hold an answer against what is right; `article` is the one that is asked about, if it is one."""
    considered = answer.considered
    ranks = tuple(rank for rank, one in enumerate(considered, start=1) if is_right(one))
    return Examined(
        question=answer.question.text,
        language=answer.question.language,
        kind=asked_for(answer.question.text),
        case=Case(
            right=ranks,
            relevant=relevant,
            probability=answer.confidence,
            answered=answer.outcome is Outcome.ANSWERED,
            silent=answer.outcome is Outcome.NOTHING,
            article=article,
        ),
        considered=considered,
        seconds=seconds,
    )
