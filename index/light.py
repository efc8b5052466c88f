"""LightModel: the bundled model without torch.

The same weights give the same vectors (to 1e-6) in less time, and a process starts in a quarter of the time
and needs half of the memory (docs/decisions/0006-speed.md).
`training/graph.py` writes the graph.
"""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from index.errors import ModelDamaged
from index.models import WEIGHTS, Model
from index.runtime import open_session

#: How the model reads one text, without its weights, and the file's SHA-256.
GRAPH = Path(__file__).with_name("question.onnx")
GRAPH_SHA256 = "e7d5ce6d8acff3b35c96b2a0fa2f4a9cae71ad933162b10b84a3bd17d369a1d9"

#: Word pieces that it reads of a text, the first and the last one included, as sentence-transformers has it.
LONGEST = 256

#: Weights that no vector depends on.
_UNUSED = ("embeddings.position_ids", "pooler.")


class LightModel:
    """Reads one text at a time. Loaded at the first one and kept; may be used from many threads."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Tokenizer] | None = None

    def read(self, text: str) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return the vectors of a text's word pieces, (t, d), and their characters, (t, 2).

        The first and the last piece stand for no characters.

        Raises:
            ModelUnavailable, ModelDamaged: at the first call, when the model cannot be loaded.
        """
        session, tokenizer = self.load()
        read = tokenizer.encode(text)
        (pieces,) = session.run(None, {"ids": np.array(read.ids, dtype=np.int64)})
        return pieces, np.array(read.offsets, dtype=np.int64).reshape(-1, 2)

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """Return how many word pieces each text has, at most `LONGEST`."""
        _, tokenizer = self.load()
        return [len(one.ids) for one in tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    def load(self) -> tuple[Any, Tokenizer]:
        """Load the model, once.

        Raises:
            ModelUnavailable, ModelDamaged: when it cannot be loaded, or is not what was shipped.
        """
        with self._lock:
            if self._loaded is None:
                self._model.verify()
                folder = Path(self._model.location)
                try:
                    weights = load_file(folder / WEIGHTS)
                except SafetensorError as error:
                    raise ModelDamaged(f"{folder / WEIGHTS} cannot be read: {error}") from error
                session = open_session(
                    GRAPH,
                    sha256=GRAPH_SHA256,
                    instead="install Crisisbot anew",
                    weights={name: one for name, one in weights.items() if not name.startswith(_UNUSED)},
                )
                tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
                tokenizer.no_padding()
                tokenizer.enable_truncation(LONGEST)
                self._loaded = (session, tokenizer)
            return self._loaded
