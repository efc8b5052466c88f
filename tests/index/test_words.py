from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index.errors import SnapshotDamaged
from index.words import K1, B, WordIndex

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = [["police", "arrest", "mayor"], ["bridge", "close"], ["police", "police", "bridge", "river"]]


def bm25(term: str, text: list[str], texts: list[list[str]]) -> float:
    """Lucene's BM25, written out."""
    having = sum(term in other for other in texts)
    idf = math.log(1 + (len(texts) - having + 0.5) / (having + 0.5))
    length = len(text) / (sum(map(len, texts)) / len(texts))
    frequency = text.count(term)
    return idf * frequency / (frequency + K1 * (1 - B + B * length))


@pytest.mark.parametrize("question", [["police"], ["bridge", "river"], ["police", "unknown"], ["mayor"] * 2])
def test_scores_are_those_of_lucene(question: list[str]) -> None:
    expected = [sum(bm25(term, text, TEXTS) for term in question) for text in TEXTS]

    assert WordIndex.build(TEXTS).scores(question).tolist() == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("question", [[], ["unknown"]])
def test_no_known_term_scores_nothing(question: list[str]) -> None:
    assert WordIndex.build(TEXTS).scores(question).tolist() == [0.0, 0.0, 0.0]


def test_a_rarer_term_has_the_greater_idf_and_an_unknown_one_the_greatest() -> None:
    index = WordIndex.build(TEXTS)

    assert index.idf("police") == pytest.approx(math.log(1.6))
    assert index.idf("police") < index.idf("mayor") < index.idf("unknown")


@pytest.mark.parametrize("texts", [[[]], [[], []], [[], ["police"]]])
def test_texts_without_a_term_can_be_indexed(texts: list[list[str]], tmp_path: Path) -> None:
    WordIndex.build(texts).write(tmp_path / "words")

    index = WordIndex.read(tmp_path / "words")

    assert len(index) == len(texts)
    assert index.scores(["bridge"]).tolist() == [0.0] * len(texts)
    assert (index.scores(["police"]) > 0).tolist() == ["police" in text for text in texts]


def test_what_was_written_is_read(tmp_path: Path) -> None:
    built = WordIndex.build(TEXTS)
    built.write(tmp_path / "words")

    read = WordIndex.read(tmp_path / "words")

    assert len(read) == len(built) == 3
    assert np.array_equal(read.scores(["police", "river"]), built.scores(["police", "river"]))
    assert read.idf("bridge") == built.idf("bridge")


@pytest.mark.parametrize("content", [None, b"", b"\xff\x00 no index"])
@pytest.mark.parametrize("number", range(5))
def test_a_file_that_is_no_index_is_called_damaged(
    tmp_path: Path, number: int, content: bytes | None
) -> None:
    WordIndex.build(TEXTS).write(tmp_path / "words")
    file = sorted((tmp_path / "words").iterdir())[number]
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)

    with pytest.raises(SnapshotDamaged, match="is no BM25 index"):
        WordIndex.read(tmp_path / "words")
