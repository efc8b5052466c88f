"""The JSON form of an answer, version 1; docs/json.md documents it. Pure."""

import json
import re
from collections.abc import Mapping
from typing import Any

from corpus.articles import Published
from corpus.copies import Copy
from corpus.passages import Span
from index.answers import Answer, Candidate, Evidence
from index.confidence import Calibration

#: Grows when a field changes its meaning or goes; new fields may come at any time.
VERSION = 1


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as JSON's own types."""
    return {
        "version": VERSION,
        "question": answer.question.text,
        "outcome": str(answer.outcome),
        "confidence": round(answer.confidence, 4),
        "language": str(answer.question.language),
        "evidence": [evidence_json(one) for one in answer.evidence],
    }


def why_json(answer: Answer, calibration: Calibration) -> list[dict[str, Any]]:
    """Return all passages that were looked at closely, best first, with all that was measured of them."""
    return [_candidate_json(rank, one, calibration) for rank, one in enumerate(answer.considered, start=1)]


def problem_json(question: str, problem: str) -> dict[str, Any]:
    """Return what stands in an answer's place when a question could not be asked."""
    return {"version": VERSION, "question": question, "error": problem}


def json_line(value: Mapping[str, Any]) -> str:
    """Write one line of JSON, with every control character escaped, since terminals obey some of them."""
    line = json.dumps(value, ensure_ascii=False)
    return re.sub("[\x7f-\x9f\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", line)


def evidence_json(one: Evidence) -> dict[str, Any]:
    """Return one passage; `quote` is the revision's text from `start` to `end`, in characters."""
    revision = one.revision
    return {
        "quote": one.quote,
        "start": one.sentence.start,
        "end": one.sentence.end,
        "before": one.before,
        "after": one.after,
        "score": round(one.score, 4),
        "marks": [_span_json(mark) for mark in one.marks],
        "answer": _span_json(one.answer) if one.answer else None,
        "article": {
            "id": revision.article_id,
            "revision": revision.number,
            "title": revision.title,
            "source": revision.source,
            "url": revision.url,
            "published": _date_json(revision.published),
            "language": str(revision.language),
        },
        "also": [_copy_json(copy) for copy in one.also],
    }


def _candidate_json(rank: int, one: Candidate, calibration: Calibration) -> dict[str, Any]:
    evidence = evidence_json(one.evidence)
    thresholds = calibration.models[one.by]
    return {
        "rank": rank,
        "score": round(one.score, 4),
        "by": str(one.by),
        "probability": round(one.probability, 4),
        "outcome": str(one.outcome),
        "answered_from": thresholds.answered,
        "closest_from": thresholds.closest,
        "signals": {str(signal): round(value, 4) for signal, value in one.signals.items()},
        **{field: evidence[field] for field in ("quote", "start", "end", "answer", "article")},
    }


def _copy_json(copy: Copy) -> dict[str, Any]:
    return {
        "id": copy.article_id,
        "title": copy.title,
        "source": copy.source,
        "url": copy.url,
        "published": _date_json(copy.published),
    }


def _date_json(published: Published | None) -> str | None:
    return published.isoformat() if published else None


def _span_json(span: Span) -> list[int]:
    return [span.start, span.end]
