"""Part: passages of one language that were indexed together; immutable, on disk, mapped into memory."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.languages import Language
from corpus.stored import PassageText
from index.arrays import read_arrays, read_here_and_there, write_arrays
from index.encoder import Vectors
from index.errors import SnapshotDamaged
from index.fields import FIELDS
from index.ids import rows_among
from index.postings import Numbers, Postings
from index.signals import Signal
from index.tokens import PLACE, Places
from index.vectors import EXACT_UP_TO, VectorIndex

#: Vectors that are written at once.
_AT_ONCE = 16_384


class Kept(NamedTuple):
    """What a model computed of n passages: vectors (n, d), and where their word pieces are, (n,)."""

    vectors: Vectors
    places: Places


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Row i is passage `ids[i]`, and `paragraphs[i]` its paragraph's row; `ids` ascend.

    `vectors`, `paragraph_vectors` and `places` are None where the model cannot read the language. A
    paragraph's vector is the mean of its sentences' ones: as good as encoding it, for nothing
    (docs/decisions/0003-index.md). All sentences of a paragraph are in one part.
    """

    language: Language
    ids: Numbers
    paragraphs: NDArray[np.int32]
    fields: Mapping[Signal, Postings]
    vectors: VectorIndex | None
    paragraph_vectors: Vectors | None
    places: Places | None

    @classmethod
    def build(cls, texts: Sequence[PassageText], kept: Kept | None) -> "Part":
        """Index at least one passage, all of one language, by ascending id; row i of `kept` is of text i."""
        numbers: dict[tuple[str, str], int] = {}
        paragraphs = np.array(
            [numbers.setdefault((text.title, text.paragraph), len(numbers)) for text in texts], dtype=np.int32
        )
        language = texts[0].language
        sentences = [(text.title, text.sentence) for text in texts]
        return cls(
            language=language,
            ids=np.array([text.id for text in texts], dtype=np.int64),
            paragraphs=paragraphs,
            fields={
                signal: field.build(list(numbers) if field.of_paragraphs else sentences, language)
                for signal, field in FIELDS.items()
            },
            vectors=None if kept is None else VectorIndex.build(np.ascontiguousarray(kept.vectors)),
            paragraph_vectors=None if kept is None else _means(kept.vectors, paragraphs, len(numbers)),
            places=None if kept is None else kept.places,
        )

    @classmethod
    def read(cls, folder: Path) -> "Part":
        """Map what `write` wrote into memory.

        Raises:
            SnapshotDamaged: when something cannot be read.
        """
        arrays = read_arrays(folder / "arrays")
        try:
            fields = {signal: Postings.read(arrays, signal) for signal in FIELDS}
            ids, paragraphs, places = arrays["ids"], arrays["paragraphs"], arrays.get("places")
            language = Language(folder.name)
        except (KeyError, ValueError) as error:
            raise SnapshotDamaged(f"{folder}: {error} is missing") from error
        has_vectors = places is not None
        return cls(
            language=language,
            ids=ids,
            paragraphs=paragraphs,
            fields=fields,
            vectors=VectorIndex.read(_mapped(folder / "vectors.npy"), folder / "codes.faiss")
            if has_vectors
            else None,
            paragraph_vectors=_mapped(folder / "paragraphs.npy") if has_vectors else None,
            places=None if places is None else places.view(PLACE)[:, 0],
        )

    def write(self, folder: Path) -> None:
        """Write into a new folder named after the language; once this returns, it outlives a crash.

        Raises:
            OSError: when the disk does not take it.
        """
        folder.mkdir()
        arrays: dict[str, NDArray[Any]] = {"ids": self.ids, "paragraphs": self.paragraphs}
        for signal, postings in self.fields.items():
            arrays |= postings.arrays(signal)
        if self.places is not None:
            arrays["places"] = _as_bytes(self.places)
        write_arrays(folder / "arrays", arrays)
        if self.vectors is not None and self.paragraph_vectors is not None:
            _save(folder / "vectors.npy", self.vectors.vectors)
            _save(folder / "paragraphs.npy", self.paragraph_vectors)
            self.vectors.write(folder / "codes.faiss")

    def __len__(self) -> int:
        return len(self.ids)

    def rows_of(self, ids: Numbers) -> Numbers:
        """Return the rows of those of some ids that are here."""
        rows, is_here = rows_among(ids, self.ids)
        return rows[is_here]


class Living(NamedTuple):
    """A part, and which of its rows are still of use, (n,); None where all are."""

    part: Part
    alive: NDArray[np.bool_] | None = None

    @property
    def ids(self) -> Numbers:
        """The ids of the passages that are still of use, ascending."""
        return self.part.ids if self.alive is None else self.part.ids[self.alive]

    @property
    def number(self) -> int:
        """How many rows are still of use."""
        return len(self.part) if self.alive is None else int(self.alive.sum())


def merge(livings: Sequence[Living], folder: Path) -> None:
    """Write the living rows of parts of one language as one part into a new folder.

    Vectors go from disk to disk, so that little of them is in memory at a time, and after all else, whose
    memory is free by then: learning how to look for them takes some, too.

    Raises:
        OSError: when the disk does not take it.
    """
    rows, number = _moved(livings)
    paragraphs, number_of_paragraphs = _moved_paragraphs(livings)
    folder.mkdir()
    _merge_words([one.part for one in livings], rows, paragraphs, folder)
    if any(one.part.vectors is None for one in livings):
        return
    vectors = [
        (one.part.vectors.vectors, own) for one, own in zip(livings, rows, strict=True) if one.part.vectors
    ]
    above = [
        (one.part.paragraph_vectors, own)
        for one, own in zip(livings, paragraphs, strict=True)
        if one.part.paragraph_vectors is not None
    ]
    _gather(folder / "vectors.npy", vectors, number)
    _gather(folder / "paragraphs.npy", above, number_of_paragraphs)
    VectorIndex.build(_mapped(folder / "vectors.npy")).write(folder / "codes.faiss")


def _merge_words(
    parts: Sequence[Part], rows: Sequence[Numbers], paragraphs: Sequence[Numbers], folder: Path
) -> None:
    """Write all but the vectors of parts, whose rows and paragraphs go to these new ones."""
    number, number_of_paragraphs = (
        1 + max(int(one.max(initial=-1)) for one in some) for some in (rows, paragraphs)
    )
    arrays: dict[str, NDArray[Any]] = {
        "ids": np.empty(number, dtype=np.int64),
        "paragraphs": np.empty(number, dtype=np.int32),
    }
    for part, own, above in zip(parts, rows, paragraphs, strict=True):
        kept = own >= 0
        arrays["ids"][own[kept]] = part.ids[kept]
        arrays["paragraphs"][own[kept]] = above[part.paragraphs[kept]]
    for signal, field in FIELDS.items():
        moved, size = (paragraphs, number_of_paragraphs) if field.of_paragraphs else (rows, number)
        arrays |= Postings.merge([part.fields[signal] for part in parts], moved, size).arrays(signal)
    if all(part.places is not None for part in parts):
        places = np.empty(number, dtype=PLACE)
        for part, own in zip(parts, rows, strict=True):
            if part.places is not None:
                places[own[own >= 0]] = part.places[own >= 0]
        arrays["places"] = _as_bytes(places)
    write_arrays(folder / "arrays", arrays)


def _moved(livings: Sequence[Living]) -> tuple[list[Numbers], int]:
    """Return where the rows of parts go, by ascending id; -1 for those that are of no use any more."""
    living = [np.arange(len(one.part)) if one.alive is None else np.flatnonzero(one.alive) for one in livings]
    ids = np.concatenate([one.part.ids[rows] for one, rows in zip(livings, living, strict=True)])
    places = np.empty(len(ids), dtype=np.int64)
    places[np.argsort(ids)] = np.arange(len(ids))
    return [*_spread(livings, living, places)], len(ids)


def _spread(livings: Sequence[Living], living: Sequence[Numbers], places: Numbers) -> Iterator[Numbers]:
    first = 0
    for one, rows in zip(livings, living, strict=True):
        moved = np.full(len(one.part), -1, dtype=np.int64)
        moved[rows] = places[first : first + len(rows)]
        first += len(rows)
        yield moved


def _moved_paragraphs(livings: Sequence[Living]) -> tuple[list[Numbers], int]:
    """Return where the paragraphs of parts go: part by part, without those of which no sentence is left."""
    moved, number = [], 0
    for part, alive in livings:
        paragraphs = part.paragraphs if alive is None else part.paragraphs[alive]
        used = np.unique(paragraphs)
        all_of_it = len(part.fields[Signal.PARAGRAPH_WORDS])
        rows = np.full(all_of_it, -1, dtype=np.int64)
        rows[used] = number + np.arange(len(used))
        number += len(used)
        moved.append(rows)
    return moved, number


def _gather(path: Path, vectors: Sequence[tuple[Vectors, Numbers]], number: int) -> None:
    """Write the rows of several arrays where they go in a new one of `number` rows."""
    source, row = np.empty(number, dtype=np.int32), np.empty(number, dtype=np.int64)
    for one, (_, rows) in enumerate(vectors):
        kept = np.flatnonzero(rows >= 0)
        source[rows[kept]], row[rows[kept]] = one, kept
    # Not into a mapped file: when the disk is full, that ends the process.
    _write(path, (number, vectors[0][0].shape[1]), _gathered(vectors, source, row))


def _gathered(
    vectors: Sequence[tuple[Vectors, Numbers]], source: NDArray[np.int32], row: Numbers
) -> Iterator[Vectors]:
    for first in range(0, len(row), _AT_ONCE):
        from_, rows = source[first : first + _AT_ONCE], row[first : first + _AT_ONCE]
        some = np.empty((len(rows), vectors[0][0].shape[1]), dtype=np.float32)
        for one, (array, _) in enumerate(vectors):
            some[from_ == one] = array[rows[from_ == one]]
        yield some


def _save(path: Path, vectors: Vectors) -> None:
    _write(
        path, vectors.shape, (vectors[first : first + _AT_ONCE] for first in range(0, len(vectors), _AT_ONCE))
    )


def _write(path: Path, shape: tuple[int, ...], some: Iterable[Vectors]) -> None:
    """Write vectors in NumPy's format, which tells no errors of the disk where it writes arrays itself."""
    header = {"descr": "<f4", "fortran_order": False, "shape": shape}
    with path.open("xb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for vectors in some:
            file.write(np.ascontiguousarray(vectors, dtype="<f4").data.cast("B") if vectors.size else b"")
        file.flush()
        os.fsync(file.fileno())


def _mapped(path: Path) -> Vectors:
    try:
        mapped = np.load(path, mmap_mode="r")
    except (FileNotFoundError, EOFError, ValueError) as error:
        raise SnapshotDamaged(f"{path} cannot be read: {error}") from error
    if len(mapped) > EXACT_UP_TO:
        read_here_and_there(mapped)
    vectors: Vectors = np.asarray(mapped)
    return vectors


def _as_bytes(places: Places) -> NDArray[np.uint8]:
    return np.ascontiguousarray(places).view(np.uint8).reshape(len(places), PLACE.itemsize)


def _means(vectors: Vectors, groups: NDArray[np.int32], number: int) -> Vectors:
    """Return the mean of each group's vectors, scaled to length 1, (number, d)."""
    sums = np.zeros((number, vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, groups, vectors)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    means: Vectors = sums / np.maximum(lengths, np.finfo(np.float32).tiny)
    return means
