"""Encoder: texts to vectors. The only module that knows sentence-transformers and torch."""

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.languages import Language
from index.errors import ModelUnavailable
from index.models import Model

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

#: (n, d) float32, each row of length 1, so that a product of rows is their cosine.
Vectors = NDArray[np.float32]

#: Texts in one forward pass; more gain nothing on a processor.
BATCH = 32


class Encoder(Protocol):
    """Turns texts into unit vectors whose products say how near two texts are in meaning."""

    @property
    def identity(self) -> str:
        """Name what the vectors depend on: vectors of different identities must not be mixed."""

    def speaks(self, language: Language) -> bool:
        """Say whether vectors of texts in a language mean anything."""

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Encode what people ask, (n, d)."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode what articles say, (n, d)."""


class SentenceEncoder:
    """A sentence-transformers model, loaded at the first text and kept. May be used from many threads."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._loaded: SentenceTransformer | None = None

    @property
    def identity(self) -> str:
        """See `Model.identity`."""
        return self._model.identity

    def speaks(self, language: Language) -> bool:
        """See `Model.speaks`."""
        return self._model.speaks(language)

    def is_needed_for(self, languages: Iterable[Language]) -> bool:
        """Say whether texts in some of these languages have vectors."""
        return any(map(self.speaks, languages))

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Encode what people ask, (n, d), with the model's prompt for questions.

        Raises:
            ModelUnavailable, ModelDamaged: at the first call, when the model cannot be loaded.
        """
        transformer = self.load()
        if len(texts) == 1 and not self._query_prompt(transformer):
            return _unit(_forward(transformer, texts[0]))
        return _unit(
            transformer.encode_query(
                list(texts), prompt=self._model.query_prompt, batch_size=BATCH, show_progress_bar=False
            )
        )

    def _query_prompt(self, transformer: "SentenceTransformer") -> str:
        given = self._model.query_prompt
        return (transformer.prompts.get("query") or "") if given is None else given

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Encode what articles say, (n, d), with the model's prompt for passages.

        Raises:
            ModelUnavailable, ModelDamaged: at the first call, when the model cannot be loaded.
        """
        transformer = self.load()
        with _all_processors():
            return _unit(
                transformer.encode_document(
                    list(texts), prompt=self._model.passage_prompt, batch_size=BATCH, show_progress_bar=False
                )
            )

    def load(self) -> "SentenceTransformer":
        """Load the model, once."""
        with self._lock:
            if self._loaded is None:
                self._model.verify()
                self._loaded = _load(self._model)
            return self._loaded


def _forward(transformer: "SentenceTransformer", text: str) -> NDArray[np.float32]:
    """Encode one text without what `encode` does for many, which costs a tenth of the time."""
    import torch  # noqa: PLC0415 (it is loaded by now)

    with torch.inference_mode():
        found = transformer.forward(transformer.preprocess([text]))["sentence_embedding"]
    vectors: NDArray[np.float32] = found.float().numpy()
    return vectors


@contextmanager
def _all_processors() -> Iterator[None]:
    """Let torch use every processor for many texts.

    One question is as quick on one thread as on two, and does not wait for a busy neighbour's processor;
    questions run side by side instead.
    """
    import torch  # noqa: PLC0415 (it is loaded by now)

    torch.set_num_threads(os.cpu_count() or 1)
    try:
        yield
    finally:
        torch.set_num_threads(1)


def _load(model: Model) -> "SentenceTransformer":
    # Threads that spin while they wait collapse beside a busy neighbour; read by OpenMP when torch loads.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    if model.is_bundled:
        os.environ["HF_HUB_OFFLINE"] = "1"
    # Seconds to load, so only where vectors are needed: `--help` and questions in other scripts do without.
    import torch  # noqa: PLC0415
    from safetensors import SafetensorError  # noqa: PLC0415
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415
    from transformers.utils import logging  # noqa: PLC0415

    logging.disable_progress_bar()  # type: ignore[no-untyped-call] # it draws one for reading 90 MB
    torch.set_num_threads(1)
    try:
        return SentenceTransformer(model.location, device="cpu", local_files_only=model.is_bundled).eval()
    except (OSError, ValueError, TypeError, ImportError, SafetensorError) as error:
        reason = " ".join(str(error).split())[:300]
        raise ModelUnavailable(
            f"the model {model.name!r} cannot be loaded: {reason}. CRISISBOT_MODEL names a folder or "
            "a model of sentence-transformers; without it the bundled one is used"
        ) from error


def _unit(vectors: NDArray[np.float32]) -> Vectors:
    """Scale rows to length 1; models differ in whether they do so themselves."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.ascontiguousarray(vectors / np.maximum(lengths, np.finfo(np.float32).tiny), dtype=np.float32)
