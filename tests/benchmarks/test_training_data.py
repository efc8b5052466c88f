"""What the reader learns from, as far as it is this project's own: whole, each answer where it should be."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

TRAINING = Path(__file__).parents[2] / "training"
NEWS = sorted((TRAINING / "news").glob("*.jsonl"))
KINDS = {None, "bare", "paraphrased", "misleading"}


@pytest.mark.parametrize("path", NEWS, ids=lambda path: path.stem)
def test_each_answer_of_the_news_stands_in_the_sentence_that_it_names(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        report = json.loads(line)
        sentences = report["sentences"]
        assert report["paragraphs"] == sorted(set(report["paragraphs"]) | {0})
        assert report["paragraphs"][-1] < len(sentences)
        for one in report["questions"]:
            assert one["question"].strip()
            assert one.get("kind") in KINDS
            if one["sentence"] is None:
                assert not one["answer"]
            else:
                assert one.get("kind") != "misleading"
                assert one["answer"]
                assert one["answer"] in sentences[one["sentence"]]


def test_doubts_are_questions_in_their_sentences_order_each_asked_once() -> None:
    lines = (TRAINING / "doubts.jsonl").read_text(encoding="utf-8").splitlines()
    doubts = [json.loads(line) for line in lines]

    assert [one["id"] for one in doubts] == sorted({one["id"] for one in doubts})
    for one in doubts:
        assert re.fullmatch("[0-9a-f]{8}", one["of"])
        assert len(one["no"]) == 3
        assert len(one["yes"]) == 1
        assert one["answer"].strip()
    asked = Counter(question for one in doubts for question in one["no"] + one["yes"])
    assert asked.most_common(1)[0][1] == 1
