"""Shelf: all passages of one language, found by vectors and by words."""

import itertools
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.languages import Language
from corpus.stored import PassageId, PassageText
from index.analysis import analyse, pieces
from index.encoder import Encoded, Vectors
from index.errors import SnapshotDamaged
from index.meanings import meanings
from index.signals import Scores, Signal, Table
from index.tokens import PLACE, Places
from index.vectors import Rows, VectorIndex
from index.words import WordIndex

#: Grows when analysis or what is stored changes, so that older generations are rebuilt.
RULES = 3

#: A paragraph counts half as much as its sentence when candidates are gathered by words.
PARAGRAPH_SHARE = 0.5

#: How candidates are gathered by words: a field of sentences, and that of paragraphs which counts beside it.
WAYS = {
    Signal.WORDS: Signal.PARAGRAPH_WORDS,
    Signal.PIECES: None,
    Signal.MEANINGS: Signal.PARAGRAPH_MEANINGS,
}


@dataclass(frozen=True, slots=True)
class Field:
    """A way to compare words: how a text becomes terms, and whether whole paragraphs are compared."""

    terms: Callable[[str, Language], list[str]]
    of_paragraphs: bool
    with_title: bool = True


#: What is compared by BM25. The title is read with each text, since what it says is often left out below it.
FIELDS: Mapping[Signal, Field] = {
    Signal.WORDS: Field(analyse, of_paragraphs=False),
    Signal.PARAGRAPH_WORDS: Field(analyse, of_paragraphs=True),
    Signal.PIECES: Field(pieces, of_paragraphs=False, with_title=False),
    Signal.MEANINGS: Field(meanings, of_paragraphs=False),
    Signal.PARAGRAPH_MEANINGS: Field(meanings, of_paragraphs=True),
}


class Query(NamedTuple):
    """A question as it is compared: terms by field, none for those that do not count; as a model reads it."""

    terms: Mapping[Signal, Sequence[str]]
    encoded: Encoded | None = None


class Candidates(NamedTuple):
    """Passages worth a closer look, and what each signal says of them; all (n,), in no order."""

    rows: Rows
    table: Table


class Kept(NamedTuple):
    """What a model computed of n passages: vectors (n, d), and where their word pieces are, (n,)."""

    vectors: Vectors
    places: Places


@dataclass(frozen=True, slots=True)
class Shelf:
    """Passages of one language, immutable; row i is passage `ids[i]`, `paragraphs[i]` its paragraph's row.

    `ids` ascend.

    `vectors`, `paragraph_vectors` and `places` are None where the model cannot read the language. A
    paragraph's vector is the mean of its sentences' ones: as good as encoding it, for nothing
    (docs/decisions/0003-index.md).
    """

    language: Language
    ids: NDArray[np.int64]
    paragraphs: Rows
    fields: Mapping[Signal, WordIndex]
    vectors: VectorIndex | None
    paragraph_vectors: Vectors | None
    places: Places | None

    @classmethod
    def build(cls, texts: Sequence[PassageText], kept: Kept | None) -> "Shelf":
        """Index at least one passage, all of one language, by ascending id; row i of `kept` is of text i."""
        numbers: dict[tuple[str, str], int] = {}
        paragraphs = np.array(
            [numbers.setdefault((text.title, text.paragraph), len(numbers)) for text in texts], dtype=np.int64
        )
        language = texts[0].language
        sentences = [(text.title, text.sentence) for text in texts]
        return cls(
            language=language,
            ids=np.array([text.id for text in texts], dtype=np.int64),
            paragraphs=paragraphs,
            fields={
                signal: _build_field(field, list(numbers) if field.of_paragraphs else sentences, language)
                for signal, field in FIELDS.items()
            },
            vectors=None if kept is None else VectorIndex.build(kept.vectors),
            paragraph_vectors=None if kept is None else _means(kept.vectors, paragraphs, len(numbers)),
            places=None if kept is None else kept.places,
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
                fields={signal: WordIndex.read(folder / signal) for signal in FIELDS},
                vectors=VectorIndex.read(folder / "vectors.faiss") if has_vectors else None,
                paragraph_vectors=np.load(folder / "paragraph_vectors.npy") if has_vectors else None,
                places=np.load(folder / "places.npy").astype(PLACE) if has_vectors else None,
            )
        except (OSError, EOFError, ValueError) as error:
            raise SnapshotDamaged(f"{folder} cannot be read: {error}") from error

    def write(self, folder: Path) -> None:
        """Write into a new folder named after the language."""
        folder.mkdir()
        np.save(folder / "ids.npy", self.ids)
        np.save(folder / "paragraphs.npy", self.paragraphs)
        for signal, index in self.fields.items():
            index.write(folder / signal)
        if self.vectors is not None and self.paragraph_vectors is not None and self.places is not None:
            self.vectors.write(folder / "vectors.faiss")
            np.save(folder / "paragraph_vectors.npy", self.paragraph_vectors)
            np.save(folder / "places.npy", self.places)

    def candidates(self, query: Query, *, limit: int) -> Candidates:
        """Gather passages by each way of searching, at most `limit` by each, with all signals of all."""
        scores: dict[Signal, Scores] = {}
        for signal, field in FIELDS.items():
            if signal in query.terms:
                found = self.fields[signal].scores(query.terms[signal])
                scores[signal] = found[self.paragraphs] if field.of_paragraphs else found
        chosen = []
        for own, around in WAYS.items():
            if own in scores:
                beside = scores.get(around) if around else None
                way = scores[own] if beside is None else scores[own] + PARAGRAPH_SHARE * beside
                chosen.append(_largest(way, limit))
        vector = None if query.encoded is None else query.encoded.vector
        if vector is not None and self.vectors is not None:
            chosen.append(self.vectors.search(vector, limit).rows)
        rows = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *chosen]))
        table = {signal: values[rows] for signal, values in scores.items()}
        if vector is not None and self.vectors is not None and self.paragraph_vectors is not None:
            table[Signal.COSINE] = self.vectors.cosines(vector, rows)
            table[Signal.PARAGRAPH_COSINE] = self.paragraph_vectors[self.paragraphs[rows]] @ vector
        return Candidates(rows, table)

    def place_of(self, passage_id: PassageId) -> np.void | None:
        """Return where the word pieces of a passage are; None where it is not here or has none."""
        row = int(np.searchsorted(self.ids, passage_id))
        if self.places is None or row == len(self.ids) or self.ids[row] != passage_id:
            return None
        place: np.void = self.places[row]
        return place

    def passage_ids(self) -> set[PassageId]:
        """Return the ids of all passages here."""
        return set(map(PassageId, self.ids.tolist()))


def by_language(texts: Sequence[PassageText]) -> list[list[PassageText]]:
    """Sort passages onto shelves: one list a language, each in ascending order of id."""
    ordered = sorted(texts, key=lambda text: (text.language, text.id))
    return [list(group) for _, group in itertools.groupby(ordered, key=operator.attrgetter("language"))]


def _build_field(field: Field, texts: Sequence[tuple[str, str]], language: Language) -> WordIndex:
    titles = {title: field.terms(title, language) for title in {title for title, _ in texts}}
    return WordIndex.build(
        [
            [*(titles[title] if field.with_title else ()), *field.terms(text, language)]
            for title, text in texts
        ]
    )


def _means(vectors: Vectors, groups: Rows, number: int) -> Vectors:
    """Return the mean of each group's vectors, scaled to length 1, (number, d)."""
    sums = np.zeros((number, vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, groups, vectors)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    means: Vectors = sums / np.maximum(lengths, np.finfo(np.float32).tiny)
    return means


def _largest(scores: Scores, limit: int) -> Rows:
    """Return the rows of the largest scores above zero, in no order."""
    rows = np.flatnonzero(scores > 0)
    if len(rows) <= limit:
        return rows
    best = np.argpartition(scores[rows], -limit)[-limit:]
    return rows[best]
