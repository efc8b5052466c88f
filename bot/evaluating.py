"""Evaluating from the command line: how good the engine that answers users is on a set of questions."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from bot.composition import new_engine
from bot.progress import with_progress
from bot.settings import Settings
from index.encoder import SentenceEncoder
from index.errors import InvalidQuestions
from index.evaluation import Examination, Examined, examine
from index.metrics import Case, ranking, silence
from index.squad import read_squad

#: Questions of a group at least, for its own line.
SMALLEST_GROUP = 10

#: Names of the measures of silence where columns are narrow.
SHORT = {
    "coverage": "coverage",
    "precision of answered": "precision",
    "false answers": "false",
    "false answers at 50% coverage": "false@50%",
    "silent on answerable": "silent+",
    "silent on unanswerable": "silent-",
    "area under precision-coverage": "area",
    "calibration error": "ECE",
}

LEGEND = """\
P@1 … nDCG@10: over the questions that have an answer, among the passages that were looked at closely; ± is
half of the 95% interval, by articles drawn anew (by questions, where articles are fewer than ten). coverage:
answerable questions that were answered. precision: answers whose first sentence is right, of all that were
given. false: unanswerable questions that were answered; false@50%: were the threshold such that half of the
answerable ones are. silent: nothing shown, on answerable (+) and unanswerable (-) questions. area: under
precision over coverage. ECE: expected calibration error, ten bins."""


def evaluate_files(
    settings: Settings,
    paths: Sequence[Path],
    *,
    leave_out: float,
    seed: int,
    limit: int | None,
    write_json: Path | None,
) -> None:
    """Ask the questions of files and print what came of them.

    Raises:
        InvalidQuestions: when a file is not in SQuAD's format.
        ModelUnavailable, ModelDamaged: when a model cannot be loaded.
        OSError: when a file cannot be read or written.
    """
    sets = [read_squad(path) for path in paths]
    for path, questions in zip(paths, sets, strict=True):
        if not questions.questions:
            raise InvalidQuestions(f"{path} has no question")
    if write_json is not None:
        write_json.touch()  # so that a folder that is not there is said now, and not after all the work
    encoder = SentenceEncoder(settings.model())
    reports = []
    for questions in sets:
        with with_progress(questions.name, "questions") as progress:
            found = examine(
                questions,
                lambda folder, corpus, timed: new_engine(settings, folder, corpus, timed),
                encoder,
                leave_out=leave_out,
                seed=seed,
                limit=limit,
                progress=progress,
            )
        report = examination_json(questions.name, found, leave_out=leave_out, seed=seed)
        click.echo("\n".join(lines_of(report)) + "\n")
        reports.append(report)
    click.echo(LEGEND)
    if write_json is not None:
        write_json.write_text(json.dumps(reports, indent=1) + "\n", encoding="utf-8")


def examination_json(name: str, found: Examination, *, leave_out: float, seed: int) -> dict[str, Any]:
    """Return what came of a set as JSON's own types."""
    asked = found.questions
    return {
        "set": name,
        "leave_out": leave_out,
        "seed": seed,
        "articles": found.articles,
        "passages": found.passages,
        "skipped": found.skipped,
        "all": group_json([one.case for one in asked], seed=seed),
        "by_language": _groups(((str(one.language), one) for one in asked), seed=seed),
        "by_question_word": _groups(((str(one.kind), one) for one in asked), seed=seed),
        "times": {
            "indexing_s": round(found.indexing_s, 3),
            "encoding_ms": _milliseconds(found.encoding_s),
            "answer_ms": _milliseconds([one.seconds for one in asked]),
        },
    }


def group_json(cases: Sequence[Case], *, seed: int) -> dict[str, Any]:
    """Return the measures of some questions; a measure of ranking with its 95% interval."""
    return {
        "questions": len(cases),
        "answerable": sum(case.relevant > 0 for case in cases),
        "ranking": {
            name: {"value": round(value, 4), "low": round(low, 4), "high": round(high, 4)}
            for name, (value, low, high) in ranking(cases, seed=seed).items()
        },
        "silence": {name: None if one is None else round(one, 4) for name, one in silence(cases).items()},
    }


def _groups(named: Iterable[tuple[str, Examined]], *, seed: int) -> dict[str, Any]:
    groups: dict[str, list[Case]] = {}
    for name, one in named:
        groups.setdefault(name, []).append(one.case)
    return {name: group_json(cases, seed=seed) for name, cases in sorted(groups.items())}


def _milliseconds(seconds: Sequence[float]) -> dict[str, float] | None:
    if not seconds:
        return None
    median, late = np.percentile(1000 * np.array(seconds), [50, 95])
    return {"median": round(float(median), 2), "p95": round(float(late), 2)}


def lines_of(report: Mapping[str, Any]) -> list[str]:
    """Write a report as lines for a terminal."""
    rows = [("all", report["all"])]
    for group in ("by_language", "by_question_word"):
        named = {n: one for n, one in report[group].items() if one["questions"] >= SMALLEST_GROUP}
        rows += list(named.items()) if len(named) > 1 else []
    whole = report["all"]
    times = report["times"]
    lines = [
        f"{report['set']}: {whole['questions']:,} questions, {whole['answerable']:,} of them answerable, "
        f"{report['passages']:,} passages"
        + (
            f"; {report['leave_out']:.0%} of the articles left out (seed {report['seed']})"
            if report["leave_out"]
            else ""
        )
        + (f"; {report['skipped']} could not be asked" if report["skipped"] else "")
    ]
    names = list(whole["ranking"])
    lines.append(f"  {'':<10}{'n':>6} " + "".join(f"{name:>14}" for name in names))
    lines += [f"  {name:<10}{one['answerable']:>6} " + _ranking_cells(one, names) for name, one in rows]
    lines.append(f"  {'':<10}{'n':>6} " + "".join(f"{short:>11}" for short in SHORT.values()))
    lines += [f"  {name:<10}{one['questions']:>6} " + _silence_cells(one) for name, one in rows]
    lines.append(
        f"  indexing {times['indexing_s']:.1f} s; "
        + "; ".join(
            f"{what} {times[key]['median']:.1f} ms median, {times[key]['p95']:.1f} ms p95"
            for what, key in (("a question's encoding", "encoding_ms"), ("a whole answer", "answer_ms"))
            if times[key]
        )
    )
    return lines


def _ranking_cells(group: Mapping[str, Any], names: Sequence[str]) -> str:
    cells = ""
    for name in names:
        found = group["ranking"].get(name)
        text = "" if found is None else f"{found['value']:.3f} ±{(found['high'] - found['low']) / 2:.3f}"
        cells += f"{text:>14}"
    return cells


def _silence_cells(group: Mapping[str, Any]) -> str:
    values = (group["silence"][name] for name in SHORT)
    return "".join(f"{'' if value is None else f'{value:.3f}':>11}" for value in values)
