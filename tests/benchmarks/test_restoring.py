"""A shipped reader read back into weights; needs what training needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import reader
from index.models import Model
from index.pairs import Pairs, padded

QUESTION = "Who was arrested?"
SENTENCES = ("Police arrested Karim Massimov on 8 January.", "The old bridge was closed.", "He was arrested.")


def test_weights_that_were_read_back_score_as_those_that_ship() -> None:
    pytest.importorskip("onnx", reason="pip install -e '.[training]'")
    torch = pytest.importorskip("torch")
    from restore import restored  # noqa: PLC0415 (needs onnx)
    from train import Reader  # noqa: PLC0415

    location = Model.choose().location
    model = Reader(location).eval()
    model.load_state_dict(restored(reader.WEIGHTS))
    pairs = Pairs(Path(location, "tokenizer.json"))

    made = [padded([pairs.pair(pairs.question(QUESTION), one, "")]) for one in SENTENCES]
    with torch.no_grad():
        scores = [float(model(*map(torch.from_numpy, one))[0]) for one in made]

    shipped = [one.score for one in reader.Reader().read(QUESTION, [(one, "") for one in SENTENCES])]
    assert scores == pytest.approx(shipped, abs=0.6)
