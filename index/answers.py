"""Question, Evidence, Answer, and the rules by which evidence is chosen; pure."""

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from corpus.articles import ArticleId, Revision, RevisionId
from corpus.copies import FARTHEST_DAYS, Copy, days_apart, is_same_sentence, is_telling, wording
from corpus.languages import Language, detect
from corpus.passages import Span
from corpus.stored import CorpusSummary, PassageId, StoredPassage
from index.confidence import Evidenced, Outcome
from index.errors import InvalidQuestion
from index.signals import Signals

#: Characters of a question at most: longer ones are texts, and the model reads about 1,000 characters.
LONGEST_QUESTION = 500

#: A passage is "as good" as a better placed one of an article already shown if its score is at most this
#: much lower; scores are sums of standardised signals (`index.fusion`).
AS_GOOD = 0.75


class Problem(enum.StrEnum):
    """Why a question cannot be looked for."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NO_WORDS = "no_words"


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asked, and in which language."""

    text: str
    language: Language

    @property
    def is_foreign(self) -> bool:
        """Say whether it is in a language that is not understood."""
        return self.language is Language.OTHER

    @classmethod
    def parse(cls, text: str) -> "Question":
        """Make a question out of what somebody typed.

        Raises:
            InvalidQuestion: when it is empty, longer than `LONGEST_QUESTION` or has neither letter nor digit.
        """
        # A terminal hands over bytes that are no UTF-8 as halves of surrogate pairs; no tokeniser reads them.
        words = " ".join(text.encode(errors="replace").decode().split())
        if not words:
            raise InvalidQuestion("The question is empty. Type a question.", Problem.EMPTY)
        if len(words) > LONGEST_QUESTION:
            raise InvalidQuestion(
                f"The question has {len(words):,} characters; at most {LONGEST_QUESTION} are read. "
                "Make it shorter.",
                Problem.TOO_LONG,
            )
        if not any(letter.isalnum() for letter in words):
            raise InvalidQuestion("There is no word in the question. Type it in words.", Problem.NO_WORDS)
        return cls(words, detect(words))


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a passage stands: enough to find it again, whatever happens to the index."""

    revision_id: RevisionId
    position: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """One passage where it stands: all that is shown is a slice of `revision.text`, so no citation gets lost.

    `around` are the spans of its neighbours and of itself; `marks` those of the words in it that made it win,
    and `answer` that of the words that answer, where they are known. `score` compares passages of one answer
    only. `also` are other articles in which the sentence stands in the same or nearly the same words, the
    earliest first.
    """

    passage_id: PassageId
    revision: Revision
    position: int
    sentence: Span
    around: tuple[Span, ...]
    score: float = 0.0
    marks: tuple[Span, ...] = ()
    answer: Span | None = None
    also: tuple[Copy, ...] = ()

    @property
    def quote(self) -> str:
        """The sentence, verbatim."""
        return self.revision.text[self.sentence.start : self.sentence.end]

    @property
    def before(self) -> str:
        """The verbatim text from the beginning of the sentences before to the quote."""
        return self.revision.text[self.around[0].start : self.sentence.start]

    @property
    def after(self) -> str:
        """The verbatim text from the quote to the end of the sentences after."""
        return self.revision.text[self.sentence.end : self.around[-1].end]

    @property
    def reference(self) -> Reference:
        """Where it stands."""
        return Reference(self.revision.id, self.position)

    @property
    def as_copy(self) -> Copy:
        """What is said of it where another article with the same sentence is shown."""
        told = self.revision
        return Copy(
            article_id=told.article_id,
            revision_id=told.id,
            position=self.position,
            title=told.title,
            source=told.source,
            url=told.url,
            published=told.published,
            seen_at=told.seen_at,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question; falsy when nothing was found.

    `covered` says what the articles are about, `considered` all passages that were looked at closely, best
    first, and `looked_for` the words of the question that tell, as they were typed.
    """

    question: Question
    outcome: Outcome
    confidence: float
    evidence: tuple[Evidence, ...]
    covered: CorpusSummary
    considered: tuple["Candidate", ...] = ()
    looked_for: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.outcome is not Outcome.NOTHING


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage on its way to be shown: what speaks for it, how probably it answers, so what to say of it."""

    evidence: Evidence
    score: float
    signals: Signals = field(default_factory=dict)
    paragraph: Span = Span(0, 0)  # noqa: RUF009 (immutable)
    by: Evidenced = Evidenced.WORDS
    probability: float = 0.0
    outcome: Outcome = Outcome.NOTHING

    @property
    def stored(self) -> StoredPassage:
        """The passage as the corpus knows it."""
        one = self.evidence
        return StoredPassage(one.passage_id, one.revision, one.position, one.sentence, self.paragraph)


def choose(candidates: Sequence[Candidate], *, limit: int) -> tuple[Candidate, ...]:
    """Choose up to `limit` passages in the order in which they are shown, the best first.

    A passage of an article that is shown already waits for as long as one of another article scores
    at most `AS_GOOD` less. The same words are not shown twice: of copies the earliest article's sentence is
    shown, with the score of the best one, and names the others. A greater limit only adds passages at the
    end, so that one page never repeats another.
    """
    left = [_as_one(group) for group in _alike(candidates)]
    chosen: list[Candidate] = []
    while left and len(chosen) < limit:
        fresh = _first_of_another_article(left, {_article(candidate) for candidate in chosen})
        best = left[0]
        chosen.append(fresh if fresh is not None and best.score - fresh.score <= AS_GOOD else best)
        left.remove(chosen[-1])
    return tuple(chosen)


def worded_once(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Keep the first of those in the same words: copies take no places from what says something else."""
    by_wording: dict[int, Candidate] = {}
    for one in candidates:
        by_wording.setdefault(wording(one.evidence.quote), one)
    return list(by_wording.values())


def with_copies(candidate: Candidate, found: Sequence[Copy]) -> Candidate:
    """Name further articles in which a candidate's sentence stands."""
    evidence = candidate.evidence
    return replace(candidate, evidence=replace(evidence, also=_others(evidence, [*evidence.also, *found])))


def earlier_copy(evidence: Evidence) -> Copy | None:
    """Return where a sentence stood first, unless it is shown there."""
    first = evidence.also[0] if evidence.also else None
    return first if first is not None and first.order < evidence.as_copy.order else None


def moved(candidate: Candidate, first: Evidence) -> Candidate:
    """Show a candidate where its sentence stood first, and name the article where it was found."""
    found = candidate.evidence
    answer = first.answer
    if answer is None and found.answer is not None and found.quote == first.quote:
        shift = first.sentence.start - found.sentence.start
        answer = Span(found.answer.start + shift, found.answer.end + shift)
    also = _others(first, [*first.also, *found.also, found.as_copy])
    return replace(candidate, evidence=replace(first, also=also, answer=answer))


def _alike(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Put candidates that say the same in the same words together, the best of all first."""
    groups: list[list[Candidate]] = []
    for one in sorted(candidates, key=lambda one: (-one.score, one.evidence.passage_id)):
        group = next((some for some in groups if _says_the_same(some[0].evidence, one.evidence)), None)
        if group is None:
            groups.append([one])
        else:
            group.append(one)
    return groups


def _says_the_same(one: Evidence, other: Evidence) -> bool:
    return wording(one.quote) == wording(other.quote) or _is_copy(one, other)


def _is_copy(one: Evidence, other: Evidence) -> bool:
    """Say whether a sentence is worth naming as another one's copy: it tells something of about that day."""
    language = one.revision.language
    return (
        other.revision.language is language
        and days_apart(one.revision.published, other.revision.published) <= FARTHEST_DAYS
        and is_same_sentence(one.quote, other.quote, language)
        and is_telling(one.quote, language)
    )


def _as_one(group: Sequence[Candidate]) -> Candidate:
    best, *others = group
    copies = [one.evidence for one in others if _is_copy(best.evidence, one.evidence)]
    if not copies:
        return best
    named = with_copies(best, [one.as_copy for one in copies])
    first = min([best.evidence, *copies], key=lambda one: one.as_copy.order)
    return named if first is best.evidence else moved(named, first)


def _others(shown: Evidence, copies: Sequence[Copy]) -> tuple[Copy, ...]:
    """Return copies in other articles than the one shown, each article once, the earliest first."""
    by_article: dict[ArticleId, Copy] = {}
    for copy in sorted(copies, key=lambda copy: copy.order):
        by_article.setdefault(copy.article_id, copy)
    by_article.pop(shown.revision.article_id, None)
    return tuple(by_article.values())


def _first_of_another_article(
    candidates: Sequence[Candidate], shown: Collection[ArticleId]
) -> Candidate | None:
    return next((candidate for candidate in candidates if _article(candidate) not in shown), None)


def _article(candidate: Candidate) -> ArticleId:
    return candidate.evidence.revision.article_id
