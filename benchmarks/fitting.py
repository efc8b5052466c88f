"""Fit how much each signal counts (index/weights.json) and what makes a probability (index/calibration.json).

    python benchmarks/fitting.py weights PAIRS.jsonl
    python benchmarks/fitting.py reader PAIRS.jsonl
    python benchmarks/fitting.py confidence PAIRS.jsonl

Fitted on what the reader was not trained on: a sixth of this project's English news, half of its Russian and
Kazakh news, an eighth of the pairs. None of it is in a set that is reported. Weights by conditional logit
(McFadden 1974): the probability that the right one of the candidates is first. Confidence by logistic
regression (Platt 1999), with a fifth of the articles left out, so that their questions have no answer.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from corpus.database import sqlite_url
from corpus.languages import Language
from corpus.store import Corpus
from index.answers import Candidate
from index.confidence import Evidenced
from index.encoder import Encoder, SentenceEncoder
from index.engine import Engine, quietly
from index.evaluation import Examined, MakeEngine, examine, right_places
from index.fusion import FIRST, Profile, fuse, read_weights, standardise
from index.models import Model
from index.question import read_question
from index.ranking import LATE, gather, late
from index.reader import Reader
from index.signals import Signal
from index.squad import QuestionSet
from index.sync import Sync
from sets import BARE, PARAPHRASED, held_news, held_pairs

ROOT = Path(__file__).parents[1]
NEWS = ROOT / "training" / "news"
WEIGHTS, CALIBRATION = ROOT / "index" / "weights.json", ROOT / "index" / "calibration.json"

#: Signals that are weighed before the reader, in the order of columns.
WEIGHED = (*FIRST, Signal.LATE)

#: What the thresholds are chosen for on the fitting sets: the share of "answered" whose first sentence is the
#: one that is expected. On this project's news that is more, on the pairs less: of those, one right sentence
#: alone is known (decisions/0004).
PRECISION = 0.87

#: Questions of a set at most, drawn at random: more move no weight by more than its noise.
ASKED = 600

#: How much the squares of weights cost, so that those of signals that say the same stay small.
PENALTY = 0.002

#: A smaller weight is left out: it moves nothing.
SMALLEST = 0.005

#: Share of the articles that are left out of the corpus; nearly half of the news' questions has no answer.
LEFT_OUT = 0.1

#: Below this probability a passage is not shown at all.
CLOSEST = 0.20

#: A probability that nothing reaches.
NEVER = 1.1

_BY_WORDS = (Signal.FOUND, Signal.AROUND, Signal.NAMED, Signal.KIND)
_BY_VECTORS = (Signal.COSINE, Signal.LATE, *_BY_WORDS)
_BY_READER = (Signal.READER, *_BY_VECTORS)

#: What a logistic model may use.
USED = {
    Evidenced.READER: _BY_READER,
    Evidenced.READER_GLOSSES: _BY_READER,
    Evidenced.VECTORS: _BY_VECTORS,
    Evidenced.GLOSSES: _BY_VECTORS,
    Evidenced.WORDS: _BY_WORDS,
}

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """The candidates of a question: their standardised signals, (n, columns), and which are right, (n,)."""

    signals: Matrix
    right: NDArray[np.bool_]


def news(*languages: Language, everyday: bool = False) -> QuestionSet:
    """Return this project's news of some languages, as far as the reader was not trained on it.

    `everyday`: without questions that were made to share no word with their answers. Few people ask so, and
    weights that were fitted on many of those would count words for little.
    """
    paths = sorted(path for path in NEWS.glob("*.jsonl") if path.stem.split("-")[0] in languages)
    return held_news(*paths, without=(BARE, PARAPHRASED) if everyday else (BARE,))


def choices(questions: QuestionSet, encoder: Encoder) -> Iterator[Choice]:
    """Ask the index of all articles of a set, and yield the candidates of each answerable question."""
    weights = read_weights()
    with tempfile.TemporaryDirectory() as name:
        corpus = Corpus.open(sqlite_url(Path(name, "corpus.sqlite")))
        for key, article in questions.articles.items():
            corpus.put(article, sentences=questions.cut.get(key))
        snapshot, _ = Sync(Path(name, "index"), corpus, encoder).run(quietly)
        keys = corpus.keys()
        places = {
            (keys[stored[0].revision.article_id], stored[0].sentence): id_
            for id_, stored in corpus.passages(corpus.passage_ids()).items()
        }
        corpus.close()
        drawn = random.Random(7).sample(questions.questions, min(ASKED, len(questions.questions)))  # noqa: S311
        for asked in drawn:
            right = right_places(asked.answers, questions.cut[asked.article])
            ids = [places[asked.article, span] for span in right if (asked.article, span) in places]
            if not ids:
                continue
            language = questions.articles[asked.article].language
            read = read_question(asked.text, language, snapshot.shelves, encoder)
            found = gather(snapshot.shelves.values(), read)
            first = fuse(found.table, weights.by_profile[read.profile])
            near = np.lexsort((found.ids, -first))[:LATE]
            columns = [
                standardise(found.table[signal])[near] if signal in found.table else np.zeros(len(near))
                for signal in FIRST
            ]
            if snapshot.tokens is not None:
                columns.append(
                    standardise(late(read, [found.places[i] for i in near.tolist()], snapshot.tokens))
                )
            else:
                columns.append(np.zeros(len(near)))
            yield Choice(np.stack(columns, axis=1).astype(np.float64), np.isin(found.ids[near], ids))


def fit_weights(some: Sequence[Choice], columns: Sequence[int]) -> Matrix:
    """Return the weights of some columns, (columns,), none below 0."""
    useful = [one for one in some if one.right.any() and not one.right.all()]

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        total, slope = 0.0, np.zeros_like(weights)
        for one in useful:
            signals = one.signals[:, columns]
            scores = signals @ weights
            likely = np.exp(scores - scores.max())
            likely /= likely.sum()
            right = likely[one.right].sum()
            total -= float(np.log(right + 1e-12))
            share = np.where(one.right, likely / (right + 1e-12), 0.0)
            slope += signals.T @ (likely - share)
        mean, mean_slope = total / len(useful), slope / len(useful)
        return mean + PENALTY * float(weights @ weights), mean_slope + 2 * PENALTY * weights

    bounds = [(0.0, None)] * len(columns)
    found: Matrix = minimize(loss, np.full(len(columns), 0.3), jac=True, method="L-BFGS-B", bounds=bounds).x
    return found


def first_right(some: Sequence[Choice], weights: Matrix, columns: Sequence[int]) -> float:
    """Return P@1 of a set with these weights."""
    return float(np.mean([one.right[np.argmax(one.signals[:, columns] @ weights)] for one in some]))


def weights_of(pairs: Path) -> dict[str, dict[str, float]]:
    """Fit the weights of each profile."""
    encoder = SentenceEncoder(Model.choose())
    silent = SentenceEncoder(Model.choose(languages=frozenset()))
    english = [
        list(choices(one, encoder)) for one in (news(Language.ENGLISH, everyday=True), held_pairs(pairs))
    ]
    languages = (Language.RUSSIAN, Language.KAZAKH)
    others = [list(choices(news(language, everyday=True), encoder)) for language in languages]
    by_words = [list(choices(news(language, everyday=True), silent)) for language in languages]
    found = {}
    for profile, some, without in (
        (Profile.VECTORS, english, {Signal.PIECES}),
        (Profile.GLOSSES, others, set[Signal]()),
        (Profile.WORDS, by_words, {Signal.COSINE, Signal.PARAGRAPH_COSINE, Signal.LATE}),
    ):
        columns = [number for number, signal in enumerate(WEIGHED) if signal not in without]
        weights = fit_weights([choice for one in some for choice in one], columns)
        scores = ", ".join(f"{first_right(one, weights, columns):.3f}" for one in some)
        print(f"{profile}: P@1 {scores}", file=sys.stderr)
        found[str(profile)] = {
            str(WEIGHED[number]): round(float(weight), 3)
            for number, weight in zip(columns, weights, strict=True)
            if weight > SMALLEST
        }
    return found


def reader_weight(found: Sequence[Examined]) -> tuple[float, float]:
    """Return how much what was fused and the reader's score count together, from answers without it."""
    some = [
        Choice(
            np.array([[one.score, one.signals[Signal.READER]] for one in read]),
            np.array([rank in examined.case.right for rank in ranks]),
        )
        for examined in found
        for ranks, read in [_read(examined)]
        if examined.case.relevant and read
    ]
    fused, reader = fit_weights(some, [0, 1])
    return float(fused), float(reader)


def _read(examined: Examined) -> tuple[list[int], list[Candidate]]:
    ranked = [(rank, one) for rank, one in enumerate(examined.considered, 1) if Signal.READER in one.signals]
    return [rank for rank, _ in ranked], [one for _, one in ranked]


def engine_with(*, reader: bool) -> MakeEngine:
    """Return a maker of engines with the shipped reader or without."""
    loaded = Reader() if reader else None
    return lambda folder, corpus, encoder: Engine(folder, corpus, encoder, reader=loaded)


def confidence_of(pairs: Path) -> dict[str, object]:
    """Fit the logistic model of each kind of evidence, and its thresholds."""
    encoder = SentenceEncoder(Model.choose())
    silent = SentenceEncoder(Model.choose(languages=frozenset()))
    english = (news(Language.ENGLISH, everyday=True), held_pairs(pairs))
    others = (news(Language.RUSSIAN, everyday=True), news(Language.KAZAKH, everyday=True))
    found: dict[str, dict[str, object]] = {}
    for by, sets, model, reader in (
        (Evidenced.READER, english, encoder, True),
        (Evidenced.READER_GLOSSES, others, encoder, True),
        (Evidenced.VECTORS, english, encoder, False),
        (Evidenced.GLOSSES, others, encoder, False),
        (Evidenced.WORDS, others, silent, False),
    ):
        asked = [
            one
            for some in sets
            for one in examine(
                some, engine_with(reader=reader), model, leave_out=LEFT_OUT, seed=7, limit=ASKED
            ).questions
        ]
        found[str(by)] = _fit_confidence(
            by, [one for one in asked if one.best is not None and one.best.by is by]
        )
    # No set has questions in one language and articles in another: the cautious side of what is known.
    careful = {"answered": NEVER, "closest": 0.2, "fitted": "not fitted"}
    return {**found, str(Evidenced.FOREIGN): found[str(Evidenced.GLOSSES)] | careful}


def _fit_confidence(by: Evidenced, asked: Sequence[Examined]) -> dict[str, object]:
    signals = USED[by]
    rows = np.array([[one.best.signals.get(s, 0.0) for s in signals] for one in asked if one.best])
    right = np.array([one.case.is_right for one in asked])
    intercept, weights = _logistic(rows, right)
    sure = 1 / (1 + np.exp(-(intercept + rows @ weights)))
    order = np.argsort(-sure)
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= PRECISION)
    answered = float(sure[order][enough[-1]]) if len(enough) else NEVER
    print(
        f"{by}: {len(asked)} questions, {right.mean():.3f} right, answered from {answered:.3f}",
        file=sys.stderr,
    )
    return {
        "intercept": round(intercept, 4),
        "weights": {str(s): round(float(w), 4) for s, w in zip(signals, weights, strict=True) if w > 0},
        "answered": round(max(answered, 0.5), 3),
        "closest": CLOSEST,
        "fitted": f"{len(asked)} questions",
    }


def _logistic(rows: Matrix, right: NDArray[np.bool_]) -> tuple[float, Matrix]:
    """Fit a logistic model whose weights are none below 0: no signal may speak against what it stands for."""
    signs = np.where(right, 1.0, -1.0)

    def loss(numbers: Matrix) -> tuple[float, Matrix]:
        margins = signs * (numbers[0] + rows @ numbers[1:])
        slope = -signs / (1 + np.exp(margins)) / len(rows)
        penalty = 0.0001
        total = float(np.logaddexp(0, -margins).mean() + penalty * numbers[1:] @ numbers[1:])
        return total, np.concatenate([[slope.sum()], slope @ rows + 2 * penalty * numbers[1:]])

    bounds = [(None, None), *([(0.0, None)] * rows.shape[1])]
    found = minimize(loss, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    return float(found[0]), found[1:]


def main() -> None:
    """Read the arguments and fit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=["weights", "reader", "confidence"])
    parser.add_argument("pairs", type=Path, help="lines of question and sentence")
    options = parser.parse_args()
    if options.what == "confidence":
        CALIBRATION.write_text(json.dumps(confidence_of(options.pairs), indent=1) + "\n", encoding="utf-8")
        return
    before = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    if options.what == "weights":
        before |= weights_of(options.pairs)
    else:
        before = with_reader(before, options.pairs)
    WEIGHTS.write_text(json.dumps(before, indent=1) + "\n", encoding="utf-8")


def with_reader(before: dict[str, dict[str, float]], pairs: Path) -> dict[str, dict[str, float]]:
    """Scale the weights so that the reader's score can be added, and say how much it counts."""
    encoder = SentenceEncoder(Model.choose())
    for profile, sets in (
        (Profile.VECTORS, (news(Language.ENGLISH, everyday=True), held_pairs(pairs))),
        (Profile.GLOSSES, tuple(news(one, everyday=True) for one in (Language.RUSSIAN, Language.KAZAKH))),
    ):
        before[profile].pop(Signal.READER, None)
        WEIGHTS.write_text(json.dumps(before, indent=1) + "\n", encoding="utf-8")
        read_weights.cache_clear()
        found = [
            one
            for some in sets
            for one in examine(some, engine_with(reader=True), encoder, limit=ASKED).questions
        ]
        fused, reader = reader_weight(found)
        print(f"{profile}: fused {fused:.3f}, reader {reader:.3f}", file=sys.stderr)
        before[profile] = {name: round(weight * fused, 3) for name, weight in before[profile].items()}
        before[profile][str(Signal.READER)] = round(reader, 3)
    return before


if __name__ == "__main__":
    main()
