"""Fit and report the confidence: how often the best passage answers, against what the engine says.

    python benchmarks/calibration.py fit FILE... [--language kk]
    python benchmarks/calibration.py report FILE... [--language ru]

FILEs are in SQuAD's format, or JSON lines of `question` and `sentence`. A share of the paragraphs is left out
of the corpus; their questions, and those that are marked impossible, have no answer. Right is a best passage
that holds an accepted answer.
"""

import argparse
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from corpus.articles import Article
from corpus.languages import Language
from corpus.store import Corpus
from index.answers import Question
from index.confidence import Calibration, Outcome, Signals, parse_calibration, read_calibration
from index.encoder import SentenceEncoder
from index.engine import Engine
from index.models import Model

#: With these thresholds every question gets its best passage, however unlikely.
SHOW_ALL = Calibration((0, 0, 0), (0, 0), (0, 0), answered=0.0, closest=0.0, closest_by_words=0.0)

#: What the thresholds are chosen for, on the fitting set.
ANSWERED_PRECISION = 0.90
CLOSEST_PROBABILITY = 0.10
CLOSEST_BY_WORDS = 0.15


@dataclass(frozen=True)
class Case:
    """One question: the best passage's signals, whether that passage answers, whether any could."""

    signals: Signals
    right: bool
    answerable: bool


def cases(path: Path, *, paragraphs: int, leave_out: float, language: Language) -> Iterator[Case]:
    """Ask the real engine every question of a file."""
    chosen = _paragraphs(path, paragraphs)
    drawn = random.Random(2022)  # noqa: S311 (not for secrets)
    kept = [drawn.random() >= leave_out for _ in chosen]
    with tempfile.TemporaryDirectory() as folder:
        corpus = Corpus.open(f"sqlite:///{folder}/corpus.sqlite")
        for number, (title, context, _) in enumerate(chosen):
            if kept[number]:
                corpus.put(_article(number, title, context, language))
        engine = Engine(Path(folder, "index"), corpus, SentenceEncoder(Model.choose()), calibration=SHOW_ALL)
        engine.refresh()
        for (_, _, questions), is_kept in zip(chosen, kept, strict=True):
            for asked in questions:
                case = _case(engine, asked, is_kept=is_kept, language=language)
                if case is not None:
                    yield case
        corpus.close()


#: A title, a text and its questions as SQuAD writes them.
Paragraph = tuple[str, str, list[dict[str, Any]]]


def _paragraphs(path: Path, limit: int) -> list[Paragraph]:
    every = list(_pairs(path) if path.suffix == ".jsonl" else _squad(path))
    random.Random(1).shuffle(every)  # noqa: S311 (not for secrets)
    return every[:limit]


def _pairs(path: Path) -> Iterator[Paragraph]:
    """Read lines of a question and the sentence that answers it, one sentence a paragraph."""
    asked: dict[str, list[dict[str, Any]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        sentence = pair["sentence"]
        asked.setdefault(sentence, []).append({"question": pair["question"], "answers": [{"text": sentence}]})
    return (("untitled", sentence, questions) for sentence, questions in asked.items())


def _squad(path: Path) -> Iterator[Paragraph]:
    data = json.loads(path.read_text(encoding="utf-8"))["data"]
    return (
        (str(article.get("title") or "untitled").replace("_", " "), paragraph["context"], paragraph["qas"])
        for article in data
        for paragraph in article["paragraphs"]
    )


def _article(number: int, title: str, context: str, language: Language) -> Article:
    raw = {"title": title, "text": context, "language": language}
    return Article.parse(raw, key=str(number), obtained="benchmark", source="benchmark")


def _case(engine: Engine, asked: dict[str, Any], *, is_kept: bool, language: Language) -> Case | None:
    answer = engine.ask(Question(str(asked["question"])[:500], language), limit=1)
    if not answer.evidence:
        return None
    best = answer.evidence[0]
    assert best.signals is not None  # noqa: S101 (found, not recalled)
    golden = [str(one["text"]) for one in asked["answers"]]
    answerable = is_kept and not asked.get("is_impossible")
    return Case(best.signals, answerable and any(text in best.quote for text in golden), answerable)


def fit(found: Sequence[Case]) -> dict[str, object]:
    """Fit the logistic models and choose the thresholds."""
    right = np.array([case.right for case in found])
    features = _features(found)
    full = _logistic(features, right)
    sure = full.predict_proba(features)[:, 1]
    return {
        "with_cosine": _numbers(full),
        "words_only": _numbers(_logistic(features[:, 1:], right)),
        "answered": round(_threshold(sure, right), 3),
        "closest": CLOSEST_PROBABILITY,
        "closest_by_words": CLOSEST_BY_WORDS,
    }


def fit_kazakh(found: Sequence[Case]) -> dict[str, object]:
    """Fit what is Kazakh's own. There is no other Kazakh set, so half of this one fits and half reports."""
    half = found[::2]
    return {"kazakh": _numbers(_logistic(_features(half)[:, 1:], np.array([case.right for case in half])))}


def _logistic(features: NDArray[np.float64], right: NDArray[np.bool_]) -> LogisticRegression:
    return LogisticRegression(C=100).fit(features, right)


def _numbers(model: LogisticRegression) -> list[float]:
    return [round(float(number), 4) for number in (model.intercept_[0], *model.coef_[0])]


def _features(found: Sequence[Case]) -> NDArray[np.float64]:
    rows = [(case.signals.cosine or 0.0, case.signals.found) for case in found]
    return np.array(rows)


def _threshold(sure: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the lowest threshold above which the wanted share is right."""
    order = np.argsort(-sure)
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= ANSWERED_PRECISION)
    return float(sure[order][enough[-1]])


def report(name: str, found: Sequence[Case], calibration: Calibration) -> None:
    """Print what the confidence is worth on a set."""
    sure = np.array([calibration.probability(case.signals) for case in found])
    right = np.array([case.right for case in found])
    answerable = np.array([case.answerable for case in found])
    answered = sure >= calibration.answered
    near = np.array([calibration.outcome(case.signals) is not Outcome.NOTHING for case in found])
    edges = np.digitize(sure, np.linspace(0.1, 0.9, 9))
    error = sum(
        abs(sure[edges == b].mean() - right[edges == b].mean()) * (edges == b).mean() for b in set(edges)
    )
    print(f"\n{name}: {len(found)} questions, {answerable.mean():.0%} answerable")
    print(f"  right first            {right[answerable].mean():.3f} of the answerable")
    print(f"  answered               {answered[answerable].mean():.3f} of the answerable (coverage)")
    print(f"  precision of answered  {right[answered].mean() if answered.any() else float('nan'):.3f}")
    print(f"  answered wrongly       {answered[~answerable].mean():.3f} of the unanswerable")
    print(f"  nothing                {1 - near[answerable].mean():.3f} of the answerable, ", end="")
    print(f"{1 - near[~answerable].mean():.3f} of the unanswerable")
    print(f"  calibration error      {error:.3f} (expected, ten equal bins)")


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=["fit", "report"])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--paragraphs", type=int, default=400, help="of each file, drawn at random")
    parser.add_argument("--leave-out", type=float, default=0.33, help="share of them without their text")
    parser.add_argument("--language", type=Language, default=Language.ENGLISH)
    parser.add_argument("--out", type=Path, default=Path("index/calibration.json"))
    options = parser.parse_args()
    sets = {
        path.name: list(
            cases(
                path,
                paragraphs=options.paragraphs,
                leave_out=options.leave_out,
                language=options.language,
            )
        )
        for path in options.files
    }
    calibration = read_calibration()
    if options.what == "fit":
        calibration = _write(options.out, sets, options.language)
    for name, found in sets.items():
        is_half = options.language is Language.KAZAKH
        report(
            f"{name}, every other question" if is_half else name,
            found[1::2] if is_half else found,
            calibration,
        )


def _write(path: Path, sets: dict[str, list[Case]], language: Language) -> Calibration:
    """Write what was fitted into the file, beside what other runs fitted."""
    found = [case for some in sets.values() for case in some]
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    fitted = fit_kazakh(found) if language is Language.KAZAKH else fit(found)
    fitted_on = {**before.get("fitted_on", {}), str(language): f"{', '.join(sets)}: {len(found)} questions"}
    everything = {**before, **fitted, "fitted_on": fitted_on}
    path.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    return parse_calibration(everything)


if __name__ == "__main__":
    main()
