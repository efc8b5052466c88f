"""What the real encoder promises: with the bundled model, and with a tiny one of another make in a folder."""

from __future__ import annotations

import shutil
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from corpus.languages import Language
from index import models
from index.answers import Question
from index.confidence import Outcome
from index.encoder import SentenceEncoder
from index.engine import Engine
from index.errors import ModelDamaged, ModelUnavailable
from index.models import WEIGHTS, Model
from tests.fakes.news import ARREST, BRIDGE, RUSSIAN, SHOW_ALL, put
from tests.index.test_models import flip_last_byte

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.store import Corpus

VOCABULARY = [
    *["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ":", ".", "?"],
    *["query", "passage", "who", "was", "police", "arrested", "the", "former", "mayor", "on", "friday"],
    *["old", "bridge", "over", "river", "closed"],
]


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real sentence-transformers model of the E5 family by its name: one layer of BERT, random weights."""
    import torch  # noqa: PLC0415 (heavy; only here)
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 (heavy; only here)
    from sentence_transformers.sentence_transformer.modules import (  # noqa: PLC0415 (heavy; only here)
        Pooling,
        Transformer,
    )
    from transformers import BertConfig, BertModel, BertTokenizer  # noqa: PLC0415 (heavy; only here)

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("models")
    config = BertConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder / "bert")
    BertTokenizer(vocab={word: number for number, word in enumerate(VOCABULARY)}).save_pretrained(
        folder / "bert"
    )
    transformer = Transformer(str(folder / "bert"))
    SentenceTransformer(modules=[transformer, Pooling(16)]).save(str(folder / "tiny-e5"))
    return folder / "tiny-e5"


def test_vectors_have_length_1_and_say_what_is_near(real_encoder: SentenceEncoder) -> None:
    asked = real_encoder.encode_questions(["Who was arrested?"])
    passages = real_encoder.encode_passages(["The police detained a man.", "It rained in May."])

    assert passages.shape == (2, 384)
    assert passages.dtype == np.float32
    assert np.linalg.norm(passages, axis=1).tolist() == pytest.approx([1, 1])
    assert float(asked[0] @ passages[0]) > float(asked[0] @ passages[1]) + 0.2


def test_a_text_has_the_same_vector_alone_and_among_others(real_encoder: SentenceEncoder) -> None:
    texts = [
        "Police arrested the mayor.",
        "A bridge.",
        "A long sentence about bread, its price and who pays it.",
    ]

    together = real_encoder.encode_passages(texts)

    for text, vector in zip(texts, together, strict=True):
        assert real_encoder.encode_passages([text])[0].tolist() == pytest.approx(vector.tolist(), abs=1e-5)


def test_many_threads_encode_alike_on_an_encoder_that_none_has_used_yet() -> None:
    encoder = SentenceEncoder(Model.choose())
    texts = [f"Sentence {number} about a river." * (number + 1) for number in range(8)]

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda text: encoder.encode_passages([text])[0], texts))

    for text, vector in zip(texts, found, strict=True):
        assert encoder.encode_passages([text])[0].tolist() == pytest.approx(vector.tolist(), abs=1e-5)


def test_an_encoder_knows_who_it_is_without_loading_the_model() -> None:
    encoder = SentenceEncoder(Model("missing", "/no/such/folder", languages=frozenset({Language.KAZAKH})))

    assert encoder.identity.startswith("missing@")
    assert encoder.speaks(Language.KAZAKH)
    assert not encoder.speaks(Language.ENGLISH)


def test_damaged_bundled_weights_are_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(Model.choose().location, tmp_path / "copy")
    flip_last_byte(tmp_path / "copy" / WEIGHTS)
    monkeypatch.setattr(models, "_bundled_folder", lambda: tmp_path / "copy")

    with pytest.raises(ModelDamaged):
        SentenceEncoder(Model.choose()).encode_questions(["Who was arrested?"])


def test_prompts_stand_before_the_texts(tiny_model: Path) -> None:
    prompted = SentenceEncoder(Model.choose(str(tiny_model)))
    plain = SentenceEncoder(Model.choose(str(tiny_model), query_prompt="", passage_prompt=""))

    asked = prompted.encode_questions(["who was arrested"])
    passage = prompted.encode_passages(["who was arrested"])

    assert asked.tolist() == plain.encode_questions(["query: who was arrested"]).tolist()
    assert passage.tolist() == plain.encode_passages(["passage: who was arrested"]).tolist()
    assert asked.tolist() != passage.tolist()


def test_a_model_in_a_folder_finds_and_answers(tiny_model: Path, corpus: Corpus, folder: Path) -> None:
    put(corpus, "a", ARREST, BRIDGE)
    put(corpus, "b", RUSSIAN, title="Новости", language=Language.RUSSIAN)
    engine = Engine(folder, corpus, SentenceEncoder(Model.choose(str(tiny_model))), calibration=SHOW_ALL)

    report = engine.refresh()
    answer = engine.ask(Question.parse("Who arrested the former mayor?"))

    assert report.encoded == 3
    assert answer.outcome is Outcome.ANSWERED
    assert answer.evidence[0].quote == ARREST
    assert all(one.signals is not None and one.signals.cosine is not None for one in answer.evidence)


def test_another_prompt_is_another_index(tiny_model: Path, corpus: Corpus, folder: Path) -> None:
    put(corpus, "a", ARREST, BRIDGE)
    encoder = SentenceEncoder(Model.choose(str(tiny_model)))
    other = SentenceEncoder(Model.choose(str(tiny_model), passage_prompt="text: "))

    encoded = [Engine(folder, corpus, each).refresh().encoded for each in (encoder, other, encoder)]

    assert encoded == [2, 2, 0]


@pytest.mark.parametrize(
    "name", [WEIGHTS, "config.json", "modules.json", "tokenizer.json", "1_Pooling/config.json"]
)
def test_a_model_whose_file_was_cut_off_is_unavailable(tiny_model: Path, tmp_path: Path, name: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(tiny_model, copy)
    content = (copy / name).read_bytes()
    (copy / name).write_bytes(content[: len(content) // 2])

    with pytest.raises(ModelUnavailable, match=r"cannot be loaded.*CRISISBOT_MODEL"):
        SentenceEncoder(Model.choose(str(copy))).load()


@pytest.mark.parametrize("name", [WEIGHTS, "config.json", "1_Pooling/config.json"])
def test_a_model_without_one_of_its_files_is_unavailable(tiny_model: Path, tmp_path: Path, name: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(tiny_model, copy)
    (copy / name).unlink()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ModelUnavailable, match=r"cannot be loaded.*CRISISBOT_MODEL"):
            SentenceEncoder(Model.choose(str(copy))).load()
