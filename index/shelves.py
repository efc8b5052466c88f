"""Shelf: all passages of one language, found by vectors and by words."""

import itertools
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.languages import Language
from corpus.stored import PassageId, PassageText
from index.analysis import analyse
from index.encoder import Vectors
from index.errors import SnapshotDamaged
from index.vectors import Rows, Scores, VectorIndex
from index.words import WordIndex

#: Grows when analysis or what is stored changes, so that older generations are rebuilt.
RULES = 1

#: A paragraph counts half as much as its sentence when candidates are gathered by words.
PARAGRAPH_SHARE = 0.5


class Candidates(NamedTuple):
    """Passages worth a closer look, and what each signal says of them; all (n,), in no order."""

    ids: NDArray[np.int64]
    cosine: Scores | None
    paragraph_cosine: Scores | None
    bm25: Scores
    paragraph_bm25: Scores


@dataclass(frozen=True, slots=True)
class Shelf:
    """Passages of one language, immutable; row i is passage `ids[i]`, `paragraphs[i]` its paragraph's row.

    `vectors` and `paragraph_vectors` are None where the model does not speak the language. A paragraph's
    vector is the mean of its sentences' ones: as good as encoding it, for nothing
    (docs/decisions/0003-index.md).
    """

    language: Language
    ids: NDArray[np.int64]
    paragraphs: Rows
    words: WordIndex
    paragraph_words: WordIndex
    vectors: VectorIndex | None
    paragraph_vectors: Vectors | None

    @classmethod
    def build(cls, texts: Sequence[PassageText], vectors: Vectors | None) -> "Shelf":
        """Index at least one passage, all of one language; row i of `vectors` belongs to text i."""
        numbers: dict[tuple[str, str], int] = {}
        paragraphs = np.array(
            [numbers.setdefault((text.title, text.paragraph), len(numbers)) for text in texts], dtype=np.int64
        )
        language = texts[0].language
        return cls(
            language=language,
            ids=np.array([text.id for text in texts], dtype=np.int64),
            paragraphs=paragraphs,
            words=WordIndex.build([_analyse_under(text.title, text.sentence, language) for text in texts]),
            paragraph_words=WordIndex.build([_analyse_under(*key, language) for key in numbers]),
            vectors=None if vectors is None else VectorIndex.build(vectors),
            paragraph_vectors=None if vectors is None else _means(vectors, paragraphs, len(numbers)),
        )

    @classmethod
    def read(cls, folder: Path) -> "Shelf":
        """Read what `write` wrote.

        Raises:
            SnapshotDamaged: when something cannot be read.
        """
        has_vectors = (folder / "vectors.faiss").exists()
        try:
            return cls(
                language=Language(folder.name),
                ids=np.load(folder / "ids.npy"),
                paragraphs=np.load(folder / "paragraphs.npy"),
                words=WordIndex.read(folder / "words"),
                paragraph_words=WordIndex.read(folder / "paragraph_words"),
                vectors=VectorIndex.read(folder / "vectors.faiss") if has_vectors else None,
                paragraph_vectors=np.load(folder / "paragraph_vectors.npy") if has_vectors else None,
            )
        except (OSError, EOFError, ValueError) as error:
            raise SnapshotDamaged(f"{folder} cannot be read: {error}") from error

    def write(self, folder: Path) -> None:
        """Write into a new folder named after the language."""
        folder.mkdir()
        np.save(folder / "ids.npy", self.ids)
        np.save(folder / "paragraphs.npy", self.paragraphs)
        self.words.write(folder / "words")
        self.paragraph_words.write(folder / "paragraph_words")
        if self.vectors is not None and self.paragraph_vectors is not None:
            self.vectors.write(folder / "vectors.faiss")
            np.save(folder / "paragraph_vectors.npy", self.paragraph_vectors)

    def candidates(self, terms: Sequence[str], vector: Vectors | None, *, limit: int) -> Candidates:
        """Gather the `limit` nearest passages by vectors and by words each, with all signals of all of them.

        Args:
            terms: the question's, analysed in this shelf's language; may be empty.
            vector: the question's, (d,), or None where the model does not speak its language.
            limit: how many passages each way of searching contributes at most.
        """
        bm25 = self.words.scores(terms)
        paragraph_bm25 = self.paragraph_words.scores(terms)[self.paragraphs]
        rows = _largest(bm25 + PARAGRAPH_SHARE * paragraph_bm25, limit)
        cosine = paragraph_cosine = None
        if vector is not None and self.vectors is not None and self.paragraph_vectors is not None:
            rows = np.union1d(rows, self.vectors.search(vector, limit).rows)
            cosine = self.vectors.cosines(vector, rows)
            paragraph_cosine = self.paragraph_vectors[self.paragraphs[rows]] @ vector
        return Candidates(self.ids[rows], cosine, paragraph_cosine, bm25[rows], paragraph_bm25[rows])

    def passage_ids(self) -> set[PassageId]:
        """Return the ids of all passages here."""
        return set(map(PassageId, self.ids.tolist()))


def by_language(texts: Sequence[PassageText]) -> list[list[PassageText]]:
    """Sort passages onto shelves: one list a language, each in ascending order of id."""
    ordered = sorted(texts, key=lambda text: (text.language, text.id))
    return [list(group) for _, group in itertools.groupby(ordered, key=operator.attrgetter("language"))]


def _analyse_under(title: str, text: str, language: Language) -> list[str]:
    """Analyse a text with its article's title: what the title says is often left out below it."""
    return analyse(title, language) + analyse(text, language)


def _largest(scores: Scores, limit: int) -> Rows:
    """Return the rows of the largest scores above zero, in no order."""
    rows = np.flatnonzero(scores > 0)
    if len(rows) <= limit:
        return rows
    best = np.argpartition(scores[rows], -limit)[-limit:]
    return rows[best]


def _means(vectors: Vectors, groups: Rows, number: int) -> Vectors:
    sums = np.zeros((number, vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, groups, vectors)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    means: Vectors = sums / np.maximum(lengths, np.finfo(np.float32).tiny)
    return means
