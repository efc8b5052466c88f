"""Reader: a model that reads question and sentence together.

A cross-encoder grown from the bundled model (`training/`, docs/reader.md): its score says whether the
sentence answers, 0 being as likely as not, and it marks the words that do.
"""

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.passages import Span
from index.models import Model
from index.pairs import Pair, Pairs, padded
from index.runtime import open_session

#: The weights that ship with the bot, and their SHA-256.
WEIGHTS = Path(__file__).with_name("reader.onnx")
WEIGHTS_SHA256 = "ea61d396f6c6eacc6425cc5d484eb861b9dd751df184973a151226b7c0aaa1ee"

#: Sentences read at the same time at most, where nothing else is wanted.
MOST_THREADS = 8

#: Word pieces of an answer at most.
LONGEST_ANSWER = 24


@dataclass(frozen=True, slots=True)
class Read:
    """What the reader makes of a sentence: its score, which characters answer, how likely those are."""

    score: float
    answer: Span
    certainty: float = 1.0


class Reader:
    """The model, loaded at the first question and kept. May be used from many threads.

    `threads` is how many sentences are read at the same time, of all questions together; by default as many
    as there are processors, up to eight.
    """

    def __init__(
        self, weights: Path = WEIGHTS, *, tokenizer: Path | None = None, threads: int | None = None
    ) -> None:
        self._weights = weights
        self._tokenizer = tokenizer
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Pairs] | None = None
        threads = threads or min(MOST_THREADS, _processors())
        self._side_by_side = ThreadPoolExecutor(threads, thread_name_prefix="reader")

    def read(self, question: str, sentences: Sequence[tuple[str, str]]) -> list[Read]:
        """Read a question with sentences, each with the one before it ("" where there is none).

        Raises:
            ModelUnavailable, ModelDamaged: at the first call, when the model cannot be loaded.
        """
        session, pairs = self.load()
        asked = pairs.question(question)

        def read(told: tuple[str, str]) -> Read:
            # One at a time: numbers of eight bits share one scale in a pass, so company would change them.
            pair = pairs.pair(asked, *told)
            ids, mask, types = padded([pair])
            scores, marks = session.run(
                None, {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
            )
            return Read(float(scores[0]), *answer_in(pair, marks[0]))

        return list(self._side_by_side.map(read, sentences))

    def load(self) -> tuple[Any, Pairs]:
        """Load the model, once.

        Raises:
            ModelUnavailable: when its file cannot be read.
            ModelDamaged: when it is not what was shipped, or no model.
        """
        with self._lock:
            if self._loaded is None:
                tokenizer = self._tokenizer or Path(Model.choose().location, "tokenizer.json")
                session = open_session(
                    self._weights,
                    sha256=WEIGHTS_SHA256 if self._weights == WEIGHTS else None,
                    instead="install Crisisbot anew, or do without the reader by CRISISBOT_READER=0",
                )
                self._loaded = (session, Pairs(tokenizer))
            return self._loaded


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not everywhere
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def answer_in(pair: Pair, marks: NDArray[np.float32]) -> tuple[Span, float]:
    """Return the characters between the most likely beginning and end of an answer, and how likely they are.

    `marks` are the logits of beginning and end, (tokens, 2).
    """
    count = len(pair.offsets)
    if not count:
        return Span(0, 0), 0.0
    inside = marks[pair.first : pair.first + count]
    sums = inside[:, None, 0] + inside[None, :, 1]
    allowed = np.triu(np.ones((count, count), dtype=bool)) & ~np.triu(
        np.ones((count, count), dtype=bool), LONGEST_ANSWER
    )
    likely = np.where(allowed, np.exp(sums - sums[allowed].max()), 0.0)
    start, end = np.unravel_index(likely.argmax(), sums.shape)
    span = Span(pair.offsets[int(start)][0], pair.offsets[int(end)][1])
    return span, float(likely[start, end] / likely.sum())
