"""Real sentence-transformers models, made in a moment: a layer of BERT or none, random weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Dense, Normalize, Pooling, Transformer
from transformers import BertConfig, BertModel, BertTokenizer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ":", ".", "?"]
ENGLISH = [
    *["query", "passage", "who", "was", "police", "arrested", "the", "former", "mayor", "on", "friday"],
    *["old", "bridge", "over", "river", "closed"],
]

#: Words that mean the same, in English, Russian and Kazakh; none is a name or in the crisis lexicon.
TRANSLATIONS = (
    ("bridge", "мост", "көпір"),
    ("green", "зеленый", "жасыл"),
    ("sofa", "диван", "диван"),
    ("whale", "кит", "кит"),
    ("swims", "плывет", "жүзеді"),
    ("piano", "пианино", "пианино"),
    ("broke", "сломалось", "сынды"),
    ("sleeps", "спит", "ұйықтайды"),
)


def make_model(
    folder: Path,
    *,
    dimension: int = 16,
    pooling: str = "mean",
    last: str = "",
    prompts: Mapping[str, str] | None = None,
    window: int = 64,
) -> Path:
    """Make a model of English words; `last` is what follows the pooling: "normalize", "dense" or nothing."""
    torch.manual_seed(0)
    heads = next(heads for heads in (2, 3, 1) if dimension % heads == 0)
    config = BertConfig(
        vocab_size=len(SPECIAL) + len(ENGLISH),
        hidden_size=dimension,
        num_hidden_layers=1,
        num_attention_heads=heads,
        intermediate_size=16,
        max_position_embeddings=window,
    )
    _save(BertModel(config), [*SPECIAL, *ENGLISH], folder / "bert")
    modules = [Transformer(str(folder / "bert")), Pooling(dimension, pooling_mode=pooling)]
    if last:
        modules.append(Normalize() if last == "normalize" else Dense(dimension, 8))
    SentenceTransformer(modules=modules, prompts=dict(prompts or {})).save(str(folder / "model"))
    return folder / "model"


def make_multilingual_model(folder: Path) -> Path:
    """Make a model without a layer, for which words of `TRANSLATIONS` that mean the same are the same."""
    numbers: dict[str, int] = {}
    for meaning in TRANSLATIONS:
        for word in meaning:
            numbers.setdefault(word, len(SPECIAL) + len(numbers))
    torch.manual_seed(0)
    size = len(SPECIAL) + len(numbers)
    model = BertModel(
        BertConfig(
            vocab_size=size,
            hidden_size=32,
            num_hidden_layers=0,
            num_attention_heads=2,
            intermediate_size=16,
            max_position_embeddings=64,
        )
    )
    random = np.random.default_rng(0)
    with torch.no_grad():
        words = torch.tensor(random.normal(size=(size, 32)), dtype=torch.float32)
        words[: len(SPECIAL)] = 0  # what stands in every text would make all of them alike
        for meaning in TRANSLATIONS:
            for word in meaning:
                words[numbers[word]] = words[numbers[meaning[0]]]
        model.embeddings.word_embeddings.weight[:] = words
        model.embeddings.position_embeddings.weight[:] = 0
        model.embeddings.token_type_embeddings.weight[:] = 0
    _save(model, [*SPECIAL, *numbers], folder / "bert")
    modules = [Transformer(str(folder / "bert")), Pooling(32, pooling_mode="mean")]
    SentenceTransformer(modules=modules).save(str(folder / "multilingual"))
    return folder / "multilingual"


def _save(model: BertModel, vocabulary: Sequence[str], folder: Path) -> None:
    model.save_pretrained(folder)
    # Stripped of its accent, й would be и.
    BertTokenizer(
        vocab={word: number for number, word in enumerate(vocabulary)}, strip_accents=False
    ).save_pretrained(folder)
