from __future__ import annotations

import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import light
from index.encoder import SentenceEncoder
from index.errors import ModelDamaged, ModelUnavailable
from index.light import GRAPH, GRAPH_SHA256, LONGEST, LightModel
from index.models import WEIGHTS, Model

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]

#: How far two ways of adding up the same numbers may be apart.
CLOSE = 1e-5


ENCODER = SentenceEncoder(Model.choose())


@pytest.fixture(scope="module")
def model() -> LightModel:
    return LightModel(Model.choose())


@pytest.fixture(scope="module")
def with_torch() -> Callable[[str], np.ndarray]:
    """Encode a text by sentence-transformers alone, as its documentation has it."""
    transformer = ENCODER.load()

    def encode(text: str) -> np.ndarray:
        vector: np.ndarray = transformer.encode([text], normalize_embeddings=True)[0]
        return vector

    return encode


WORDS = ["who", "was", "arrested", "in", "Almaty", "on", "5", "January", "?", "Токаев", "қазір", "彼", "😀"]

texts = st.text(max_size=60) | st.lists(
    st.sampled_from(
        ["who", "was", "arrested", "in", "Almaty", "on", "5", "January", "?", "Токаев", "қазір", "彼", "😀"]
    ),
    max_size=300,
).map(" ".join)


@given(texts)
def test_a_question_has_the_vector_that_sentence_transformers_gives_it(
    with_torch: Callable[[str], np.ndarray], text: str
) -> None:
    (found,) = ENCODER.encode_questions([text])

    assert np.abs(found.vector - with_torch(text)).max() < CLOSE


def test_articles_are_encoded_without_torch() -> None:
    code = (
        "import sys; from index.encoder import SentenceEncoder; from index.models import Model\n"
        "[[one, other]] = SentenceEncoder(Model.choose()).encode_passages([['Police came.', 'It rained.']])\n"
        "print(one.vector.shape, *({'torch', 'transformers', 'sentence_transformers'} & sys.modules.keys()))"
    )

    assert subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT) == "(384,)\n"


def test_each_word_piece_knows_its_characters(model: LightModel) -> None:
    text = "Who detained Massimov?"

    pieces, spans = model.read(text)

    assert pieces.shape == (len(spans), 384)
    assert [text[start:end] for start, end in spans.tolist()] == [
        "", "Who", "detained", "Massimo", "v", "?", ""
    ]  # fmt: skip


def test_what_is_longer_than_the_model_reads_is_cut_off(model: LightModel) -> None:
    pieces, spans = model.read("word " * 1000)

    assert len(pieces) == len(spans) == LONGEST
    assert spans[-1].tolist() == [0, 0]


def test_many_threads_read_alike(model: LightModel) -> None:
    asked = [f"who was arrested on {day} January" + " please" * (day % 7) for day in range(1, 32)]
    alone = [model.read(text)[0] for text in asked]

    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda text: model.read(text)[0], asked))

    assert all(np.array_equal(one, other) for one, other in zip(alone, together, strict=True))


def test_the_graph_is_the_one_whose_checksum_is_known() -> None:
    # Where this fails after `training/graph.py`: write the new one down.
    assert hashlib.sha256(GRAPH.read_bytes()).hexdigest() == GRAPH_SHA256


def test_another_graph_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(light, "GRAPH", tmp_path / "question.onnx")
    light.GRAPH.write_bytes(GRAPH.read_bytes()[:-1])

    with pytest.raises(ModelDamaged, match=r"question\.onnx is not what was shipped; install Crisisbot anew"):
        LightModel(Model.choose()).load()


def test_a_missing_graph_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(light, "GRAPH", tmp_path / "question.onnx")

    with pytest.raises(ModelUnavailable, match=r"question\.onnx cannot be read: No such file"):
        LightModel(Model.choose()).load()


def test_weights_that_are_not_the_bundled_ones_are_refused(tmp_path: Path) -> None:
    (tmp_path / WEIGHTS).write_bytes(b"\0" * 100)

    with pytest.raises(ModelDamaged, match=r"model\.safetensors has SHA-256"):
        LightModel(Model(Model.choose().name, str(tmp_path))).load()
