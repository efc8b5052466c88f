"""The gate of quality: what the engine reaches on pinned questions, against floors that only move up.

    python benchmarks/quality.py [--sets FOLDER] [--raise] [--lower NAME --because "..."]

Always asked: `quality/briefs.jsonl`, questions on the bundled briefs in three languages, written before the
engine's answers were seen. Asked where a folder of public sets is there: XQuAD-R, KazQAD, SQuAD 2.0, and
questions in other words than those of a news article (`quality/paraphrased.jsonl`; the article is known by
its hash). Floors are in `quality/baseline.json`. Exit code 1 when a measure is below its floor.
"""

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from corpus.articles import Article
from corpus.database import sqlite_url
from corpus.languages import Language
from corpus.passages import Span, split
from corpus.sources.files import read_bundled
from corpus.store import Corpus
from index.answers import Candidate, Question
from index.encoder import Encoder, SentenceEncoder
from index.engine import Engine
from index.evaluation import Examined, MakeEngine, examine, examined
from index.metrics import ranking, silence
from index.models import Model
from index.reader import Reader
from index.squad import read_squad

HERE = Path(__file__).with_name("quality")
BASELINE = HERE / "baseline.json"

#: SHA-256 of the article of the paraphrased questions: its text is not part of this project.
ARTICLE_SHA256 = "d1902dc7f6e3bad1aebf161d4529ee2fc8df00887caa96a968feae9448833722"

#: Measures that are better the smaller they are; their floors are ceilings.
SMALLER = ("false answers", "false answers at 50% coverage", "calibration error")

#: How far a measure may be beyond its floor for arithmetic that differs between processors.
SLACK = 0.006

#: The same in a small set, over the number of questions that a measure counts: one of them may turn, since
#: processors multiply eight-bit numbers in different ways.
FLIPS = 1.05

SEED = 1


@dataclass(frozen=True)
class Task:
    """A set of questions, and the measures of it that have floors."""

    name: str
    measures: tuple[str, ...]
    ask: Callable[[], Sequence[Examined]]


def tasks(sets: Path) -> Iterator[Task]:
    """Yield what can be asked: the briefs always, the others where their files are."""
    encoder, reader = SentenceEncoder(Model.choose()), Reader()

    def engine(folder: Path, corpus: Corpus, timed: Encoder) -> Engine:
        return Engine(folder, corpus, timed, reader=reader)

    lines = [json.loads(line) for line in (HERE / "briefs.jsonl").read_text(encoding="utf-8").splitlines()]
    for language in (Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH):
        some = [line for line in lines if line["language"] == language]
        yield Task(
            f"briefs {language}",
            ("P@1", "MRR", "coverage", "precision of answered", "false answers"),
            partial(_ask_briefs, some, engine, encoder),
        )
    article = next((path for path in sets.rglob("*.txt") if _sha256(path) == ARTICLE_SHA256), None)
    if article is None:
        article = next(
            (path for path in sets.parent.glob("seed/*.txt") if _sha256(path) == ARTICLE_SHA256), None
        )
    if article is not None:
        yield Task(
            "paraphrased news",
            ("P@1", "MRR", "false answers"),
            partial(_ask_paraphrased, article, engine, encoder),
        )
    for name, file, leave_out, limit, measures in (
        ("XQuAD-R en", "xquad-r-en.json", 0.0, None, ("P@1", "MRR")),
        ("XQuAD-R ru", "xquad-r-ru.json", 0.0, None, ("P@1", "MRR")),
        ("KazQAD", "kazqad-kk-half.json", 0.0, None, ("P@1", "MRR")),
        (
            "XQuAD-R en, a third left out",
            "xquad-r-en.json",
            1 / 3,
            None,
            ("false answers", "calibration error"),
        ),
        (
            "XQuAD-R ru, a third left out",
            "xquad-r-ru.json",
            1 / 3,
            None,
            ("false answers", "calibration error"),
        ),
        ("SQuAD 2.0", "squad2-half.json", 0.0, 1_500, ("P@1", "false answers at 50% coverage")),
    ):
        path = sets / file
        if path.is_file():
            yield Task(
                name,
                measures,
                partial(_ask_squad, path, engine, encoder, leave_out=leave_out, limit=limit),
            )


def _ask_squad(
    path: Path, engine: MakeEngine, encoder: Encoder, *, leave_out: float, limit: int | None
) -> Sequence[Examined]:
    return examine(read_squad(path), engine, encoder, leave_out=leave_out, seed=SEED, limit=limit).questions


def _ask_briefs(lines: Sequence[Mapping[str, Any]], engine: MakeEngine, encoder: Encoder) -> list[Examined]:
    with tempfile.TemporaryDirectory() as name:
        corpus = Corpus.open(sqlite_url(Path(name, "corpus.sqlite")))
        for article in read_bundled():
            corpus.put(article)
        keys = corpus.keys()
        asking = engine(Path(name, "index"), corpus, encoder)
        found = []
        for line in lines:
            gold = {(one["article"], one["sentence"]) for one in line["gold"]}

            def is_right(one: Candidate, gold: set[tuple[str, str]] = gold) -> bool:
                evidence = one.evidence
                return any(
                    keys[evidence.revision.article_id].endswith(article) and evidence.quote == sentence
                    for article, sentence in gold
                )

            answer = asking.ask(Question.parse(line["question"]))
            found.append(examined(answer, is_right, relevant=len(gold), seconds=0.0))
        corpus.close()
    return found


def _ask_paraphrased(path: Path, engine: MakeEngine, encoder: Encoder) -> list[Examined]:
    text = path.read_text(encoding="utf-8")
    lines = [
        json.loads(line) for line in (HERE / "paraphrased.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    with tempfile.TemporaryDirectory() as name:
        corpus = Corpus.open(sqlite_url(Path(name, "corpus.sqlite")))
        corpus.put(
            Article(
                key="article",
                title="Kazakhstan, 8 January 2022",
                text=text,
                source="test",
                language=Language.ENGLISH,
                obtained="quality",
            )
        )
        asking = engine(Path(name, "index"), corpus, encoder)
        sentences = split(text, Language.ENGLISH)
        found = []
        for line in lines:
            gold = [Span(*one) for one in line["gold"]]

            def is_right(one: Candidate, gold: list[Span] = gold) -> bool:
                return overlaps(one.evidence.sentence, gold)

            answer = asking.ask(Question.parse(line["question"]))
            relevant = sum(overlaps(one.sentence, gold) for one in sentences)
            found.append(examined(answer, is_right, relevant=relevant, seconds=0.0))
        corpus.close()
    return found


def overlaps(sentence: Span, gold: Sequence[Span]) -> bool:
    """Say whether a sentence shares a character with some span."""
    return any(sentence.start < span.end and sentence.end > span.start for span in gold)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def measured(found: Sequence[Examined]) -> dict[str, float]:
    """Return all measures of a set by name."""
    cases = [one.case for one in found]
    values = {name: value for name, (value, _, _) in ranking(cases, seed=SEED).items()}
    return values | {name: value for name, value in silence(cases).items() if value is not None}


def counted(measure: str, found: Sequence[Examined]) -> int:
    """Return how many questions of a set a measure counts, 1 at least."""
    counts = {
        "precision of answered": sum(one.case.answered for one in found),
        "false answers": sum(not one.case.relevant for one in found),
        "calibration error": len(found),
    }
    return max(1, counts.get(measure, sum(one.case.relevant > 0 for one in found)))


def is_below(name: str, value: float, floor: float, slack: float = SLACK) -> bool:
    """Say whether a measure is on the wrong side of its floor, by more than the slack."""
    return value > floor + slack if name in SMALLER else value < floor - slack


def main() -> None:
    """Read the arguments, ask, and compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sets", type=Path, default=Path(), help="folder of public sets")
    parser.add_argument("--raise", dest="lift", action="store_true", help="move floors up to what is reached")
    parser.add_argument(
        "--lower", action="append", default=[], metavar="SET/MEASURE", help="move a floor down"
    )
    parser.add_argument("--because", help="why; goes into the file")
    parser.add_argument("--only", default="", help="only sets whose name begins so")
    options = parser.parse_args()
    if options.lower and not options.because:
        parser.error("--lower needs --because: a floor goes down for a reason")
    baseline = json.loads(BASELINE.read_text(encoding="utf-8"))
    failed: list[str] = []
    for task in tasks(options.sets):
        if task.name.startswith(options.only):
            failed += _hold(task, baseline, options)
    unknown = set(options.lower) - {f"{name}/{m}" for name, some in baseline["floors"].items() for m in some}
    if unknown:
        parser.error(f"--lower: there is no floor {', '.join(sorted(unknown))}")
    if options.lift or options.lower:
        BASELINE.write_text(json.dumps(baseline, indent=1) + "\n", encoding="utf-8")
    if failed:
        sys.exit(f"below the floor: {', '.join(failed)}")


def _hold(task: Task, baseline: dict[str, Any], options: argparse.Namespace) -> list[str]:
    """Hold a task's measures against their floors, moving those that may move; return what is below."""
    found = task.ask()
    values = measured(found)
    floors: dict[str, float] = baseline["floors"].setdefault(task.name, {})
    failed = []
    for measure in task.measures:
        value, floor, full = values.get(measure), floors.get(measure), f"{task.name}/{measure}"
        mark, slack = "ok", max(SLACK, FLIPS / counted(measure, found))
        if value is None:
            print(f"{full:<50} cannot be measured: nothing was answered", flush=True)
            failed += [full] if floor is not None else []
            continue
        if floor is None:
            mark, floors[measure] = "new", round(value, 4)
            failed += [] if options.lift else [f"{full} (has no floor yet: --raise)"]
        elif full in options.lower:
            floors[measure] = round(value, 4)
            baseline["lowered"].append(
                {"floor": full, "from": floor, "to": floors[measure], "because": options.because}
            )
        elif is_below(measure, value, floor, slack):
            mark = "BELOW"
            failed.append(full)
        elif options.lift and is_below(measure, floor, value):
            floors[measure] = round(value, 4)
        print(
            f"{full:<50} {value:7.3f}   floor {'-' if floor is None else f'{floor:.3f}'}   {mark}",
            flush=True,
        )
    return failed


if __name__ == "__main__":
    main()
