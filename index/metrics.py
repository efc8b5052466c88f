"""Metrics of ranking and of silence; pure.

Intervals are percentiles of the bootstrap (Efron 1979) over articles: questions on one article are easy or
hard together, so that drawing them one by one would make intervals look narrower than they are (Davison and
Hinkley 1997, section 3.8). A set of few articles is drawn question by question.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Resamples of the bootstrap, and the part of them that an interval leaves out at each end.
RESAMPLES, TAIL = 1_000, 2.5

#: Articles at least that can stand for others.
ARTICLES = 10

#: Bins of the calibration error, all equally wide (Naeini et al. 2015; Guo et al. 2017, arXiv 1706.04599).
BINS = 10


@dataclass(frozen=True, slots=True)
class Case:
    """What came of one question.

    `right` are the ranks, from 1, of the right passages among those that were considered; `relevant` is how
    many right ones there are, 0 where the question has no answer. `probability` is that of the best passage,
    `article` the key of the one that the question is about, where it is about one.
    """

    right: tuple[int, ...]
    relevant: int
    probability: float
    answered: bool
    silent: bool
    article: str | None = None

    @property
    def is_right(self) -> bool:
        """Say whether the first passage is right."""
        return 1 in self.right


Measure = Callable[[Case], float]


def hit_at(k: int) -> Measure:
    """Return 1 for a question that has a right passage among its first k."""
    return lambda case: float(any(rank <= k for rank in case.right))


def reciprocal_rank(case: Case) -> float:
    """Return 1 / the rank of the first right passage, 0 without one."""
    return 1 / min(case.right) if case.right else 0.0


def average_precision(case: Case) -> float:
    """Return the mean of the precisions at the ranks of right passages; those never found count as 0."""
    found = sum(number / rank for number, rank in enumerate(sorted(case.right), start=1))
    return found / case.relevant if case.relevant else 0.0


def gain_at(k: int) -> Measure:
    """Return nDCG@k with gains of 0 and 1 (Järvelin and Kekäläinen 2002)."""

    def gain(case: Case) -> float:
        found = sum(1 / np.log2(rank + 1) for rank in case.right if rank <= k)
        best = sum(1 / np.log2(rank + 1) for rank in range(1, min(k, case.relevant) + 1))
        return float(found / best) if best else 0.0

    return gain


RANKING: Mapping[str, Measure] = {
    "P@1": hit_at(1),
    "R@5": hit_at(5),
    "R@10": hit_at(10),
    "MRR": reciprocal_rank,
    "mAP": average_precision,
    "nDCG@10": gain_at(10),
}


def ranking(cases: Sequence[Case], *, seed: int) -> dict[str, tuple[float, float, float]]:
    """Return each measure of ranking over the answerable questions: its mean and the 95% interval's ends."""
    answerable = [case for case in cases if case.relevant]
    if not answerable:
        return {}
    groups = _groups(answerable)
    count = int(groups.max()) + 1
    drawn = np.random.default_rng(seed).integers(0, count, (RESAMPLES, count))
    return {
        name: _with_interval(np.array([measure(case) for case in answerable]), groups, drawn)
        for name, measure in RANKING.items()
    }


def _groups(cases: Sequence[Case]) -> NDArray[np.int64]:
    """Return the number of each case's group, (n,): its article, or itself where articles are few."""
    keys = [number if case.article is None else case.article for number, case in enumerate(cases)]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    if len(numbers) < ARTICLES:
        return np.arange(len(cases))
    return np.array([numbers[key] for key in keys])


def _with_interval(
    values: NDArray[np.float64], groups: NDArray[np.int64], drawn: NDArray[np.int64]
) -> tuple[float, float, float]:
    """Return the mean of values, (n,), and the interval's ends; `drawn` are groups, (RESAMPLES, groups)."""
    sums, counts = np.bincount(groups, values), np.bincount(groups)
    low, high = np.percentile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), [TAIL, 100 - TAIL])
    return float(values.mean()), float(low), float(high)


def silence(cases: Sequence[Case]) -> dict[str, float | None]:
    """Return what answering and keeping silent are worth; None where there is nothing to measure it on."""
    answerable = [case for case in cases if case.relevant]
    unanswerable = [case for case in cases if not case.relevant]
    answered = [case for case in cases if case.answered]
    return {
        "coverage": _share([case.answered for case in answerable]),
        "precision of answered": _share([case.is_right for case in answered]),
        "false answers": _share([case.answered for case in unanswerable]),
        "false answers at 50% coverage": false_answers_at(cases, coverage=0.5),
        "silent on answerable": _share([case.silent for case in answerable]),
        "silent on unanswerable": _share([case.silent for case in unanswerable]),
        "area under precision-coverage": area(cases),
        "calibration error": calibration_error(cases),
    }


def _share(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None


def false_answers_at(cases: Sequence[Case], *, coverage: float) -> float | None:
    """Return the share of the unanswerable at least as probable as that share of the answerable questions."""
    sure = sorted((case.probability for case in cases if case.relevant), reverse=True)
    others = [case.probability for case in cases if not case.relevant]
    if not sure or not others:
        return None
    threshold = sure[max(0, int(np.ceil(coverage * len(sure))) - 1)]
    return sum(one >= threshold for one in others) / len(others)


def area(cases: Sequence[Case]) -> float | None:
    """Return the mean precision over all coverages, the surest questions answered first."""
    if not cases:
        return None
    right = np.array([case.is_right for case in sorted(cases, key=lambda case: -case.probability)])
    return float(np.mean(np.cumsum(right) / np.arange(1, len(right) + 1)))


def calibration_error(cases: Sequence[Case]) -> float | None:
    """Return the expected calibration error: how far probabilities are from the shares that are right."""
    if not cases:
        return None
    sure = np.array([case.probability for case in cases])
    right = np.array([case.is_right for case in cases], dtype=float)
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [
        abs(sure[bins == one].mean() - right[bins == one].mean()) * (bins == one).mean()
        for one in set(bins.tolist())
    ]
    return float(sum(gaps))
