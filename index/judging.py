"""Judging: candidates read closely and put in their last order, each with its probability; words marked."""

import functools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np

from corpus.languages import Language
from corpus.passages import Span
from index.answers import Candidate, Evidence
from index.confidence import Calibration, Evidenced, Outcome
from index.errors import SnapshotDamaged
from index.fusion import Profile, Weights
from index.glosses import Reading, gloss
from index.kinds import asked_for, asks_about_now, has, is_yes_or_no
from index.late import best_matches
from index.matching import Idf, Word, Words, found_share, matches, read_words
from index.question import AskedQuestion
from index.reader import Read, Reader
from index.signals import Signal, Signals
from index.snapshots import Snapshot

#: Candidates that the reader reads: more cost time and bring nothing (docs/decisions/0005-ranking.md).
READ_TOGETHER = 8

#: A word of a sentence is marked when a word piece of the question is this near to it.
NEAR = 0.55

#: Characters of an article in which names are looked for: it introduces them at its beginning.
BEGINNING = 2_000

#: Least reader's score for the words that it marks to be called the answer.
SURE = 0.0

#: Least probability of those words against all others of the sentence.
CERTAIN = 0.5

#: Days after which an article does not tell what is so now.
RECENT_DAYS = 3


class Judge:
    """Reads the best candidates with the reader, where there is one. May be used from many threads."""

    def __init__(
        self,
        reader: Reader | None,
        calibration: Calibration,
        weights: Weights,
        *,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        self._today = today
        self._reader = reader
        self._calibration = calibration
        self._weights = weights

    def judge(
        self, asked: AskedQuestion, candidates: Sequence[Candidate], snapshot: Snapshot
    ) -> list[Candidate]:
        """Return the candidates, best first, with all signals, probabilities and outcomes."""
        read = self._read(asked, candidates)
        own = snapshot.shelves.get(asked.language)
        idf = functools.cache((lambda _: 1.0) if own is None else own.fields[Signal.WORDS].idf)
        lowest = min((made.score for made in read if made is not None), default=0.0)
        weight = self._weights.by_profile[_reader_profile(asked)].get(Signal.READER, 0.0)
        ranked = [
            (replace(one, score=one.score + weight * (lowest if made is None else made.score)), made, number)
            for number, (one, made) in enumerate(zip(candidates, read, strict=True))
        ]
        ranked.sort(key=lambda found: (-found[0].score, found[0].evidence.passage_id))
        judged: list[Candidate] = []
        for one, made, number in ranked:
            signals = self._signals(asked, one, made, idf, closely=number < READ_TOGETHER, is_best=not judged)
            judged.append(self._judged(asked, replace(one, signals=signals), made))
        return judged

    def mark(self, asked: AskedQuestion, candidate: Candidate, snapshot: Snapshot) -> Evidence:
        """Return a candidate's evidence with its winning words marked."""
        evidence = candidate.evidence
        start = evidence.sentence.start
        read = _words_of(evidence.quote, evidence.revision.language)
        spans = _met(asked, read, evidence.revision.language) | self._near(
            asked, evidence, read.words, snapshot
        )
        marks = tuple(
            Span(start + span.start, start + span.end) for span in sorted(spans, key=lambda s: s.start)
        )
        answer = evidence.answer if candidate.outcome is Outcome.ANSWERED else None
        return replace(evidence, marks=marks, answer=answer, score=candidate.score)

    def _read(self, asked: AskedQuestion, candidates: Sequence[Candidate]) -> list[Read | None]:
        none: list[Read | None] = [None] * len(candidates)
        if self._reader is None or asked.language is Language.OTHER:
            return none
        some = candidates[:READ_TOGETHER]
        texts = [_texts(one.evidence) for one in some]
        made = self._reader.read(
            gloss(asked.meant, asked.language).text, [(text.text, before) for text, before in texts]
        )
        for number, (one, (text, _)) in enumerate(zip(made, texts, strict=True)):
            start, end = text.original(one.answer.start, one.answer.end)
            none[number] = replace(one, answer=Span(start, end))
        return none

    def _signals(
        self,
        asked: AskedQuestion,
        one: Candidate,
        read: Read | None,
        idf: Idf,
        *,
        closely: bool,
        is_best: bool,
    ) -> Signals:
        """Return all signals of a candidate; `closely`: what is around the sentence, too, if that matters.

        It matters where the passage might be shown for it, and for the best one.
        """
        signals = one.signals if read is None else {**one.signals, Signal.READER: read.score}
        met, found = _words_found(asked, one, idf)
        kind = has(asked_for(asked.text), one.evidence.quote, one.evidence.revision.language)
        signals = {**signals, Signal.FOUND: found, Signal.KIND: float(kind)}
        if closely and not is_best:
            by = _by(asked, one.evidence.revision.language, has_reader=read is not None)
            most = self._calibration.probability(by, {**signals, Signal.AROUND: 1.0, Signal.NAMED: 1.0})
            closely = self._calibration.outcome(by, most) is not Outcome.NOTHING
        if not closely:
            return {**signals, Signal.AROUND: found, Signal.NAMED: found}
        return {
            **signals,
            Signal.AROUND: _around(asked, one, met, idf) if found < 1 else found,
            Signal.NAMED: _named(asked, one),
        }

    def _judged(self, asked: AskedQuestion, one: Candidate, read: Read | None) -> Candidate:
        signals = one.signals
        evidence = one.evidence if read is None else _answered(one.evidence, read)
        by = _by(asked, evidence.revision.language, has_reader=read is not None)
        probability = self._calibration.probability(by, signals)
        outcome = self._calibration.outcome(by, probability)
        if outcome is Outcome.ANSWERED and not self._may_answer(asked, evidence, read):
            outcome = Outcome.CLOSEST
        return replace(one, evidence=evidence, by=by, probability=probability, outcome=outcome)

    def _may_answer(self, asked: AskedQuestion, evidence: Evidence, read: Read | None) -> bool:
        """Say whether a passage may be called an answer, however probable it is.

        Not one that was passed over when others were read closely, nor one to a question whose name is a
        guess, nor an old one to what is so now, nor one to a yes or no: who did a thing to whom is what the
        reader tells worst, and what a rumour hangs on.
        """
        if read is None and self._reader is not None and asked.language is not Language.OTHER:
            return False
        if asked.is_guess or is_yes_or_no(asked.text, asked.language):
            return False
        return self.is_timely(asked, evidence)

    def is_timely(self, asked: AskedQuestion, evidence: Evidence) -> bool:
        """Say whether a passage is young enough for the question: only what is so now must be."""
        return not asks_about_now(asked.text) or _age_days(evidence, self._today()) <= RECENT_DAYS

    def _near(
        self, asked: AskedQuestion, evidence: Evidence, words: Sequence[Word], snapshot: Snapshot
    ) -> set[Span]:
        """Return the words of a sentence that late interaction found near a telling one of the question."""
        shelf = snapshot.shelves.get(evidence.revision.language)
        place = shelf.place_of(evidence.passage_id) if shelf is not None else None
        if asked.encoded is None or asked.reading is None or place is None or snapshot.tokens is None:
            return set()
        try:
            places, tokens = snapshot.tokens.read(place)
        except SnapshotDamaged:
            return set()  # it was said when it was ranked
        if not len(tokens) or not len(asked.encoded.tokens):
            return set()
        reading = asked.as_read(evidence.quote, evidence.revision.language)
        spans = [Span(*reading.original(start, end)) for start, end in places.tolist()]
        best, cosines = best_matches(asked.encoded.tokens, tokens)
        telling = asked.piece_weights > np.median(asked.piece_weights) / 2
        near = {
            spans[b]
            for b, c, t in zip(best.tolist(), cosines.tolist(), telling, strict=True)
            if t and c >= NEAR
        }
        return {
            word.span
            for word in words
            if any(s.start < word.span.end and s.end > word.span.start for s in near)
        }


def _words_found(asked: AskedQuestion, one: Candidate, idf: Idf) -> tuple[Sequence[Sequence[int]], float]:
    """Return what the question's words meet in a sentence, and the share of them that meet any."""
    language = one.evidence.revision.language
    words = _words_of(one.evidence.quote, language)
    met = matches(asked.words, words, same_language=language is asked.language)
    return met, found_share(asked.words, met, idf)


def _around(asked: AskedQuestion, one: Candidate, met: Sequence[Sequence[int]], idf: Idf) -> float:
    """Return the share of the question's words that a sentence, its title and its paragraph have together."""
    revision = one.evidence.revision
    texts = (revision.title, revision.text[one.paragraph.start : one.paragraph.end])
    same = revision.language is asked.language
    return found_share(asked.words, _met_too(asked.words, met, texts, revision.language, same), idf)


def _named(asked: AskedQuestion, one: Candidate) -> float:
    """Return the share of the question's names in the candidate's paragraph, title or article's beginning."""
    names = [word for word in asked.words if word.is_name]
    if not names:
        return 1.0
    revision = one.evidence.revision
    near = revision.text[one.paragraph.start : one.paragraph.end]
    texts = (near, f"{revision.title} {revision.text[:BEGINNING]}")
    same = revision.language is asked.language
    met = _met_too(names, [()] * len(names), texts, revision.language, same)
    return sum(map(bool, met)) / len(names)


def _met_too(
    words: Sequence[Word],
    met: Sequence[Sequence[int]],
    texts: Iterable[str],
    language: Language,
    same_language: bool,  # noqa: FBT001 (no caller outside)
) -> Sequence[Sequence[int]]:
    """Return what words meet in texts, looking into each only for those not met yet."""
    for text in texts:
        left = [word for word, some in zip(words, met, strict=True) if not some]
        if not left:
            break
        other = iter(matches(left, _words_of(text, language), same_language=same_language))
        met = [some or next(other) for some in met]
    return met


@functools.lru_cache(maxsize=4_000)
def _words_of(text: str, language: Language) -> Words:
    return Words(read_words(text, language))


def _met(asked: AskedQuestion, text: Words, language: Language) -> set[Span]:
    met = matches(asked.words, text, same_language=language is asked.language)
    return {text.words[number].span for some in met for number in some}


def _texts(evidence: Evidence) -> tuple[Reading, str]:
    """Return a sentence and the one before it as an English model reads them."""
    language = evidence.revision.language
    return gloss(evidence.quote, language), gloss(evidence.before, language).text.strip()


def _answered(evidence: Evidence, read: Read) -> Evidence:
    if read.score < SURE or read.certainty < CERTAIN or read.answer.start >= read.answer.end:
        return evidence
    start = evidence.sentence.start
    return replace(evidence, answer=Span(start + read.answer.start, start + read.answer.end))


def _reader_profile(asked: AskedQuestion) -> Profile:
    """Return how the reader reads the question, whatever the model for vectors speaks."""
    return Profile.VECTORS if asked.language is Language.ENGLISH else Profile.GLOSSES


def _age_days(evidence: Evidence, today: date) -> float:
    """Return how many days ago an article was published; for ever where no day is named, or one to come.

    Tomorrow may be today somewhere: that is no error.
    """
    published = evidence.revision.published
    if published is None:
        return math.inf
    days = (today - (published.date() if isinstance(published, datetime) else published)).days
    return days if days >= -1 else math.inf


def _by(asked: AskedQuestion, language: Language, *, has_reader: bool) -> Evidenced:
    if language is not asked.language:
        return Evidenced.FOREIGN
    if has_reader:
        return Evidenced.READER if _reader_profile(asked) is Profile.VECTORS else Evidenced.READER_GLOSSES
    return {
        Profile.WORDS: Evidenced.WORDS,
        Profile.VECTORS: Evidenced.VECTORS,
        Profile.GLOSSES: Evidenced.GLOSSES,
    }[asked.profile]
