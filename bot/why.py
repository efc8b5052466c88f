"""Why: all passages that were looked at closely for an answer, as a table; pure but for the terminal's width.

For operators, so in English, as all of the command line but the answers is.
"""

import textwrap
from collections.abc import Collection, Sequence

import click

from bot.terminal import width
from bot.visible import visible
from index.answers import Answer, Candidate
from index.confidence import Calibration
from index.signals import Signal

#: How signals are called in the table: a paragraph's like the sentence's own.
_HEADINGS = {signal: signal.replace("paragraph_", "¶") for signal in Signal}

Row = Sequence[str]


def why_text(answer: Answer, calibration: Calibration) -> str:
    """Write two lines for each candidate, best first: what came of it, and its signals."""
    if not answer.considered:
        return "No passage was looked at closely."
    outcomes: list[Row] = [("#", "score", "by", "probability", "outcome", "article", "sentence")]
    outcomes += [_outcome(rank, one) for rank, one in enumerate(answer.considered, start=1)]
    signals: list[Row] = [("", *_HEADINGS.values()), *map(_signals, answer.considered)]
    rows = zip(_aligned(outcomes, left={2, 4, 6}), _aligned(signals), strict=True)
    lines = [part for above, below in rows for part in (_cut(above), click.style(below, dim=True))]
    return "\n".join([*lines, "", click.style(_legend(answer.considered[0], calibration), dim=True)])


def _outcome(rank: int, one: Candidate) -> Row:
    sentence, article = visible(one.evidence.quote), str(one.evidence.revision.article_id)
    return (str(rank), _number(one.score), one.by, _number(one.probability), one.outcome, article, sentence)


def _signals(one: Candidate) -> Row:
    return ("", *(_number(one.signals[signal]) if signal in one.signals else "" for signal in Signal))


def _number(value: float) -> str:
    return f"{value:z.2f}"  # no -0.00


def _aligned(rows: Sequence[Row], *, left: Collection[int] = ()) -> list[str]:
    """Write rows of cells under one another: numbers end alike, words, in the columns `left`, begin alike."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        " ".join(
            cell.ljust(size) if number in left else cell.rjust(size)
            for number, (cell, size) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _cut(line: str) -> str:
    return line if len(line) <= width() else line[: width() - 1] + "…"


def _legend(best: Candidate, calibration: Calibration) -> str:
    thresholds = calibration.models[best.by]
    answered = f"answered from {thresholds.answered:.2f}" if thresholds.answered <= 1 else "never answered"
    return textwrap.fill(
        "score: the weighted sum of the signals, by which passages are ranked; only scores of one question "
        "compare. Signals: the greater, the more speaks for the passage; ¶ is the same of its paragraph; "
        "what was not measured is blank. probability: that the passage answers, made of its signals by what "
        f"is known of passages of its kind (by). By {best.by}: {answered}, closest from "
        f"{thresholds.closest:.2f}, nothing below.",
        width(),
    )
