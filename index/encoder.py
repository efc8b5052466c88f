"""Encoder: texts to vectors. The only module that knows sentence-transformers and torch."""

import functools
import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.languages import Language
from index.errors import ModelUnavailable
from index.light import LONGEST, LightModel
from index.models import Model
from index.windows import Reach, windows

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Encoding, Tokenizer

#: (n, d) float32, each row of length 1, so that a product of rows is their cosine.
Vectors = NDArray[np.float32]

#: Texts in one forward pass; more gain nothing on a processor.
BATCH = 32

#: Word pieces of one forward pass, however long the texts that a model takes: attention costs their square.
LONGEST_WINDOW = 256


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text as a model reads it: one vector (d,), and one for each of its t word pieces, (t, d).

    `spans` are the word pieces' characters in the text, (t, 2). All vectors have length 1. Where a model's
    vector is not made of its pieces' ones, there are no pieces.
    """

    vector: Vectors
    tokens: Vectors
    spans: NDArray[np.int64]


class Encoder(Protocol):
    """Turns texts into unit vectors whose products say how near two texts are in meaning."""

    @property
    def identity(self) -> str:
        """Name what the vectors depend on: vectors of different identities must not be mixed."""

    def speaks(self, language: Language) -> bool:
        """Say whether vectors of texts in a language mean anything."""

    def encode_questions(self, texts: Sequence[str]) -> list[Encoded]:
        """Encode what people ask."""

    def encode_passages(self, paragraphs: Sequence[Sequence[str]]) -> list[list[Encoded]]:
        """Encode what articles say: the sentences of each paragraph, read together."""


class SentenceEncoder:
    """A sentence-transformers model, loaded at the first text and kept. May be used from many threads."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._loaded: SentenceTransformer | None = None
        self._light = LightModel(model) if model.is_bundled else None

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

    def encode_questions(self, texts: Sequence[str]) -> list[Encoded]:
        """Encode what people ask, with the model's prompt for questions.

        The bundled model does so without torch.

        Raises:
            ModelUnavailable, ModelDamaged: at the first call, when the model cannot be loaded.
        """
        if self._light is not None:
            prompt = self._model.query_prompt or ""
            read = (_lightly(self._light, prompt + text) for text in texts)
            return [
                row.encoded(len(prompt), len(prompt) + len(text), whole=True)
                for text, row in zip(texts, read, strict=True)
            ]
        transformer = self.load()
        prompt = _prompt(self._model.query_prompt, transformer, "query")
        found: list[Encoded] = []
        for first in range(0, len(texts), BATCH):
            some = [prompt + text for text in texts[first : first + BATCH]]
            for text, row in zip(some, _forward(transformer, some), strict=True):
                found.append(row.encoded(len(prompt), len(text), whole=True))
        return found

    def encode_passages(self, paragraphs: Sequence[Sequence[str]]) -> list[list[Encoded]]:
        """Encode the sentences of paragraphs, read together, with the model's prompt for passages.

        A sentence's vector is the mean of its word pieces' ones as they come out of reading the whole
        paragraph, so that "he" has met its name (Günther et al. 2024, https://arxiv.org/abs/2409.04701).
        Models whose vectors are not such means read each sentence alone. Paragraphs longer than the model's
        window are read in windows of whole sentences. The bundled model does so without torch.

        Raises:
            ModelUnavailable, ModelDamaged: at the first call, when the model cannot be loaded.
        """
        if self._light is not None:
            return self._light_passages(self._light, paragraphs)
        transformer = self.load()
        prompt = _prompt(self._model.passage_prompt, transformer, "document")
        with _all_processors():
            read_together = list(windows(_window_of(transformer), paragraphs, prompt))
            read_together.sort(key=lambda window: -window.pieces)  # batches of like lengths waste least
            found: dict[tuple[int, int], Encoded] = {}
            for first in range(0, len(read_together), BATCH):
                some = read_together[first : first + BATCH]
                rows = _forward(transformer, [window.text for window in some])
                for window, row in zip(some, rows, strict=True):
                    for place, start, end in window.sentences:
                        found[place] = row.encoded(start, end, whole=len(window.sentences) == 1)
        return _in_order(found, paragraphs)

    def _light_passages(self, light: LightModel, paragraphs: Sequence[Sequence[str]]) -> list[list[Encoded]]:
        """Encode windows of sentences side by side: one graph runs on one thread."""
        prompt = self._model.passage_prompt or ""
        read_together = list(windows(Reach(light.lengths, LONGEST - 2, together=True), paragraphs, prompt))
        with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
            rows = threads.map(lambda window: _lightly(light, window.text), read_together)
            found = {
                place: row.encoded(start, end, whole=len(window.sentences) == 1)
                for window, row in zip(read_together, rows, strict=True)
                for place, start, end in window.sentences
            }
        return _in_order(found, paragraphs)

    def prepare(self) -> None:
        """Load what questions need, and passages too, so that the first one does not wait for it.

        Raises:
            ModelUnavailable, ModelDamaged: when it cannot be loaded, or is not what was shipped.
        """
        if self._light is not None:
            self._light.load()
        else:
            self.load()

    def load(self) -> "SentenceTransformer":
        """Load the model, once.

        Raises:
            ModelUnavailable, ModelDamaged: when it cannot be loaded, or is not what was shipped.
        """
        with self._lock:
            if self._loaded is None:
                self._model.verify()
                self._loaded = _load(self._model)
            return self._loaded


def _prompt(given: str | None, transformer: "SentenceTransformer", kind: str) -> str:
    own = (
        transformer.prompts.get(kind)
        or transformer.prompts.get("passage" if kind == "document" else "")
        or ""
    )
    return own if given is None else given


@dataclass(frozen=True, slots=True)
class _Row:
    """What came out of reading one text: its vector, and its word pieces' ones with their characters."""

    vector: Vectors
    tokens: Vectors
    spans: NDArray[np.int64]

    def encoded(self, start: int, end: int, *, whole: bool) -> Encoded:
        """Take out the sentence at these characters; `whole`: it is the text, and its vector the model's."""
        starts, ends = self.spans[:, 0], self.spans[:, 1]
        inside = (starts >= start) & (ends <= end) & (ends > starts)
        tokens = self.tokens[inside]
        mean = self.vector if whole or not len(tokens) else tokens.mean(axis=0)
        return Encoded(_unit(mean), _unit(tokens), self.spans[inside] - start)


def _window_of(transformer: "SentenceTransformer") -> Reach:
    return Reach(
        functools.partial(_lengths, transformer),
        min(transformer.max_seq_length or LONGEST_WINDOW, LONGEST_WINDOW) - 2,
        _is_mean(transformer),
    )


def _in_order(
    found: Mapping[tuple[int, int], Encoded], paragraphs: Sequence[Sequence[str]]
) -> list[list[Encoded]]:
    return [[found[i, j] for j in range(len(paragraph))] for i, paragraph in enumerate(paragraphs)]


def _lightly(light: LightModel, text: str) -> _Row:
    pieces, spans = light.read(text)
    return _Row(pieces.mean(axis=0), pieces, spans)


def _lengths(transformer: "SentenceTransformer", texts: Sequence[str]) -> list[int]:
    tokenizer = _tokenizer(transformer)
    if tokenizer is None:
        own: Any = transformer.tokenizer
        return [len(own.tokenize(text)) for text in texts]
    return [len(one) for one in tokenizer.encode_batch(list(texts), add_special_tokens=False)]


@functools.cache
def _tokenizer(transformer: "SentenceTransformer") -> "Tokenizer | None":
    """Return a copy of a model's tokenizer that cuts nothing off; None where it does not tell characters.

    The model's own one keeps what it was told to cut off at the last call, and all threads share it, so it
    must be called in one way only, which is the library's.
    """
    from tokenizers import Tokenizer  # noqa: PLC0415 (it is loaded by now)

    own: Any = transformer.tokenizer
    if not getattr(own, "is_fast", False):
        return None
    copy = Tokenizer.from_str(own.backend_tokenizer.to_str())
    copy.no_truncation()
    copy.no_padding()
    return copy


def _is_mean(transformer: "SentenceTransformer") -> bool:
    """Say whether a text's vector is the mean of its word pieces' ones, with nothing but scaling after it."""
    modules = list(transformer)
    pooling: Any = next((one for one in modules if type(one).__name__ == "Pooling"), None)
    if pooling is None or _tokenizer(transformer) is None:
        return False
    config = pooling.get_config_dict()
    mode = config.get("pooling_mode", "mean" if config.get("pooling_mode_mean_tokens") else "other")
    return mode == "mean" and all(type(one).__name__ in _PLAIN_MODULES for one in modules)


#: Modules of sentence-transformers that leave a mean a mean.
_PLAIN_MODULES = frozenset({"Transformer", "Pooling", "Normalize"})


def _forward(transformer: "SentenceTransformer", texts: Sequence[str]) -> Iterator[_Row]:
    import torch  # noqa: PLC0415 (it is loaded by now)

    with torch.inference_mode():
        features = transformer.preprocess(list(texts))
        found = transformer.forward(features)
        vectors = found["sentence_embedding"].float().numpy()
        tokenizer = _tokenizer(transformer)
        if tokenizer is None or not _is_mean(transformer):
            for vector in vectors:
                none = np.zeros((0, vector.size), dtype=np.float32)
                yield _Row(vector, none, np.zeros((0, 2), dtype=np.int64))
            return
        tokens = found["token_embeddings"].float().numpy()
    for row, read in enumerate(tokenizer.encode_batch(list(texts))):
        spans = _cut_off(read, tokens.shape[1])
        yield _Row(vectors[row], tokens[row, : len(spans)], spans)


def _cut_off(read: "Encoding", length: int) -> NDArray[np.int64]:
    """Return the characters of the pieces that the model read, (t, 2), t at most `length`.

    Special pieces at the end stay.
    """
    spans = np.array(read.offsets, dtype=np.int64).reshape(-1, 2)
    if len(spans) <= length:
        return spans
    at_the_end = read.special_tokens_mask[::-1].index(0)
    return np.concatenate([spans[: length - at_the_end], spans[len(spans) - at_the_end :]])


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
    """Scale vectors, (..., d), to length 1; models differ in whether they do so themselves."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.ascontiguousarray(vectors / np.maximum(lengths, np.finfo(np.float32).tiny), dtype=np.float32)
