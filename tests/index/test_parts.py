from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.languages import Language
from index import parts as module
from index.arrays import read_arrays, write_arrays
from index.errors import SnapshotDamaged
from index.fields import FIELDS
from index.parts import Living, Part, merge
from index.signals import Signal
from tests.fakes.damage import full_disk
from tests.fakes.encoder import vector
from tests.fakes.shelves import kept, text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from corpus.stored import PassageText

EN = Language.ENGLISH
TWO = "Police arrested the mayor. He is silent."


def ordered(*texts: PassageText) -> list[PassageText]:
    return sorted(texts, key=lambda one: one.id)


TEXTS = ordered(
    text("Police arrested the mayor.", paragraph=TWO),
    text("He is silent.", paragraph=TWO),
    text("The bridge was closed."),
    text("***", title="***"),
)


def paragraph_of(part: Part, sentence: str) -> int:
    (row,) = part.rows_of(np.array([next(one.id for one in TEXTS if one.sentence == sentence)])).tolist()
    return int(part.paragraphs[row])


def test_every_passage_has_a_row_by_ascending_id_and_every_paragraph_one() -> None:
    part = Part.build(TEXTS, None)

    assert part.ids.tolist() == [one.id for one in TEXTS]
    assert paragraph_of(part, "He is silent.") == paragraph_of(part, "Police arrested the mayor.")
    assert sorted(set(part.paragraphs.tolist())) == [0, 1, 2]


def test_equal_paragraphs_under_other_titles_are_others() -> None:
    twice = ordered(text("Same.", title="One"), text("Same.", title="Other"))

    assert Part.build(twice, None).paragraphs.tolist() == [0, 1]


def test_a_paragraphs_vector_is_the_mean_of_its_sentences_scaled_to_length_1() -> None:
    part = Part.build(TEXTS, kept(TEXTS))
    mean = vector("Police arrested the mayor.") + vector("He is silent.")

    assert part.paragraph_vectors is not None
    assert part.paragraph_vectors[paragraph_of(part, "He is silent.")].tolist() == pytest.approx(
        (mean / np.linalg.norm(mean)).tolist(), abs=1e-6
    )
    assert np.linalg.norm(part.paragraph_vectors, axis=1).tolist() == pytest.approx([1, 1, 1])


def test_sentences_that_point_apart_make_no_nan() -> None:
    pair = ordered(text("One.", paragraph="One. Two."), text("Two.", paragraph="One. Two."))
    one = vector("One.")

    part = Part.build(pair, kept(pair, np.array([one, -one])))

    assert part.paragraph_vectors is not None
    assert part.paragraph_vectors.tolist() == [[0.0] * len(one)]


def test_rows_of_strangers_are_left_out() -> None:
    part = Part.build(TEXTS, None)
    asked = np.array([part.ids[2], 0, part.ids[0], 2**63 - 1, part.ids[1] + 1])

    assert part.rows_of(asked).tolist() == [2, 0]
    assert set(Living(part, np.array([True, False, False, True])).ids.tolist()) == {TEXTS[0].id, TEXTS[3].id}


def assert_same(one: Part, other: Part) -> None:
    """Check that two parts say the same of the same passages; paragraphs may be numbered otherwise."""
    assert one.language is other.language
    assert one.ids.tolist() == other.ids.tolist()
    for signal, field in FIELDS.items():
        mine, its = one.fields[signal], other.fields[signal]
        rows = (one.paragraphs, other.paragraphs) if field.of_paragraphs else (np.arange(len(one)),) * 2
        assert mine.lengths[rows[0]].tolist() == its.lengths[rows[1]].tolist()
        assert mine.terms_of_all_texts == its.terms_of_all_texts
        assert mine.hashes.tolist() == its.hashes.tolist()
        for length in range(1, 20):
            for term in mine.of_length(length):
                assert _counts(one, signal, term)[rows[0]].tolist() == (
                    _counts(other, signal, term)[rows[1]].tolist()
                ), (signal, term)
    assert (one.vectors is None, one.places is None) == (other.vectors is None, other.places is None)
    if one.vectors is not None and other.vectors is not None:
        assert one.vectors.vectors.tolist() == other.vectors.vectors.tolist()
        assert one.places is not None
        assert other.places is not None
        assert one.places.tolist() == other.places.tolist()
        assert one.paragraph_vectors is not None
        assert other.paragraph_vectors is not None
        near = one.paragraph_vectors[one.paragraphs] - other.paragraph_vectors[other.paragraphs]
        assert np.abs(near).max() < 1e-6


def _counts(part: Part, signal: Signal, term: str) -> np.ndarray:
    counts = np.zeros(len(part.fields[signal]), dtype=np.int64)
    having = part.fields[signal].having(term)
    if having is not None:
        counts[having.texts] = having.counts
    return counts


@pytest.mark.parametrize("with_vectors", [True, False])
def test_what_was_written_is_read(tmp_path: Path, *, with_vectors: bool) -> None:
    built = Part.build(TEXTS, kept(TEXTS) if with_vectors else None)
    built.write(tmp_path / EN)

    read = Part.read(tmp_path / EN)

    assert_same(read, built)
    assert sorted(path.name for path in (tmp_path / EN).iterdir()) == (
        ["arrays", "paragraphs.npy", "vectors.npy"] if with_vectors else ["arrays"]
    )


@pytest.mark.parametrize("content", [None, b"", b"\x93NUMPY", b"rubbish"])
@pytest.mark.parametrize("name", ["arrays", "paragraphs.npy", "vectors.npy"])
def test_a_file_that_is_no_array_is_called_damaged(tmp_path: Path, name: str, content: bytes | None) -> None:
    Part.build(TEXTS, kept(TEXTS)).write(tmp_path / EN)
    (tmp_path / EN / name).unlink()
    if content is not None:
        (tmp_path / EN / name).write_bytes(content)

    with pytest.raises(SnapshotDamaged, match="cannot be read"):
        Part.read(tmp_path / EN)


def test_an_array_that_is_missing_is_named(tmp_path: Path) -> None:
    Part.build(TEXTS, None).write(tmp_path / EN)
    arrays = {name: one for name, one in read_arrays(tmp_path / EN / "arrays").items() if name != "ids"}
    (tmp_path / EN / "arrays").unlink()
    write_arrays(tmp_path / EN / "arrays", arrays)

    with pytest.raises(SnapshotDamaged, match="'ids' is missing"):
        Part.read(tmp_path / EN)


@pytest.mark.parametrize("size", [100, 700, 5_000])
def test_a_full_disk_is_an_error_of_the_disk(tmp_path: Path, size: int) -> None:
    texts = ordered(*(text(f"Sentence number {number}.") for number in range(60)))
    part = Part.build(texts, kept(texts))

    with full_disk(size), pytest.raises(OSError, match="File too large"):
        part.write(tmp_path / EN)
    with full_disk(size), pytest.raises(OSError, match="File too large"):
        merge([Living(part)], tmp_path / "merged")


WORDS = ("mayor", "bridge", "police", "2022", "Massimov", "is", "arrested", "***", "ran")
paragraphs = st.lists(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join), min_size=1, max_size=3),
    max_size=7,
)


def passages(paragraphs: Sequence[Sequence[str]]) -> list[list[PassageText]]:
    """Return the passages of paragraphs, each with a title of its own, so that none is there twice."""
    return [
        [text(one, paragraph=". ".join(sentences), title=f"T{number}") for one in dict.fromkeys(sentences)]
        for number, sentences in enumerate(paragraphs)
    ]


@given(st.data(), paragraphs, st.booleans(), st.sampled_from([1, 2, 16_384]))
def test_merged_parts_are_what_would_be_built_of_what_is_left(
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
    made: list[list[str]],
    with_vectors: bool,  # noqa: FBT001 (hypothesis gives it)
    at_once: int,
) -> None:
    groups = passages(made)
    numbers = [data.draw(st.integers(0, 2)) for _ in groups]
    livings, left = [], []
    for number in range(3):
        own = ordered(
            *(one for group, its in zip(groups, numbers, strict=True) if its == number for one in group)
        )
        if own:
            # A paragraph is lost as a whole: its sentences' ids are hashes of it, too.
            lost = {title for title in {one.title for one in own} if data.draw(st.booleans())}
            alive = np.array([one.title not in lost for one in own])
            livings.append(Living(Part.build(own, kept(own) if with_vectors else None), alive))
            left += [one for one in own if one.title not in lost]
    left = ordered(*left)
    if not left:
        return
    folder = tmp_path_factory.mktemp("merged") / EN

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_AT_ONCE", at_once)
        merge(livings, folder)

    assert_same(Part.read(folder), Part.build(left, kept(left) if with_vectors else None))


def test_of_a_paragraph_that_lost_a_sentence_the_others_stay_as_they_were(tmp_path: Path) -> None:
    part = Part.build(TEXTS, kept(TEXTS))
    gone = next(row for row, one in enumerate(TEXTS) if one.sentence == "He is silent.")

    merge([Living(part, np.arange(len(TEXTS)) != gone)], tmp_path / EN)
    merged = Part.read(tmp_path / EN)

    assert merged.ids.tolist() == [one.id for row, one in enumerate(TEXTS) if row != gone]
    assert merged.paragraph_vectors is not None
    assert part.paragraph_vectors is not None
    arrest = paragraph_of(merged, "Police arrested the mayor.")
    assert (
        merged.paragraph_vectors[arrest].tolist()
        == part.paragraph_vectors[paragraph_of(part, "He is silent.")].tolist()
    )
    assert merged.fields[Signal.PARAGRAPH_WORDS].number_having("silent") == 1
    assert merged.fields[Signal.WORDS].having("silent") is None
