"""Encoding: what a model computes of passages, each paragraph once in the life of an index."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.languages import Language
from corpus.stored import PassageId, PassageText
from index.encoder import Encoder
from index.errors import SnapshotDamaged
from index.glosses import can_read, read_for
from index.keptvectors import KeptVectors
from index.parts import Kept, Part
from index.shelves import by_language

#: Sentences encoded between two writes to disk: what a kill costs at most.
ENCODED_AT_ONCE = 256

#: Called with (sentences encoded so far, sentences to encode), first with 0.
Progress = Callable[[int, int], None]


def build(
    texts: Sequence[PassageText],
    encoder: Encoder,
    kept: KeptVectors,
    progress: Progress,
    *,
    closely: bool = False,
) -> tuple[list[Part], int]:
    """Index passages, a part for each language; return the parts, and how many sentences were encoded.

    Args:
        texts: what is indexed, all sentences of a paragraph together.
        encoder: the model.
        kept: what was encoded before, to which is added what was not.
        progress: told how many sentences are encoded; what it raises ends this, and nothing is lost.
        closely: read the word pieces that are kept, too, and encode anew what is damaged.
    """
    groups = by_language(texts)
    paragraphs = [one for group in groups for one in _paragraphs(group, encoder)]
    encoded = _encode_missing(paragraphs, encoder, kept, progress, closely=closely)
    keys = {id_: key for paragraph in paragraphs for id_, key in paragraph.keys.items()}
    return [Part.build(group, _kept_of(group, keys, kept)) for group in groups], encoded


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """Sentences that are encoded together: by key as the model reads them; and the keys of passages."""

    sentences: Mapping[str, str]
    keys: Mapping[PassageId, str]


def _paragraphs(texts: Sequence[PassageText], encoder: Encoder) -> list[_Paragraph]:
    """Return the paragraphs of texts of one language as the model reads them; none where it cannot."""
    if not can_read(texts[0].language, encoder.speaks):
        return []
    grouped: dict[str, dict[str, list[PassageText]]] = {}
    for text in texts:
        grouped.setdefault(text.paragraph, {}).setdefault(text.sentence, []).append(text)
    return [_paragraph(paragraph, found, encoder.speaks) for paragraph, found in grouped.items()]


def _paragraph(
    paragraph: str, found: Mapping[str, Sequence[PassageText]], speaks: Callable[[Language], bool]
) -> _Paragraph:
    """Put the sentences of a paragraph in their order; a key says a sentence and all that is read with it."""
    ordered = sorted(found, key=paragraph.find)
    language = found[ordered[0]][0].language
    readings = [read_for(one, language, speaks) for one in ordered]
    whole = " ".join(reading.text for reading in readings if reading)
    sentences: dict[str, str] = {}
    keys: dict[PassageId, str] = {}
    for sentence, reading in zip(ordered, readings, strict=True):
        key = f"{reading.text if reading else sentence}\x1f{whole}"
        sentences[key] = reading.text if reading else sentence
        keys |= {text.id: key for text in found[sentence]}
    return _Paragraph(sentences, keys)


def _encode_missing(
    paragraphs: Sequence[_Paragraph],
    encoder: Encoder,
    kept: KeptVectors,
    progress: Progress,
    *,
    closely: bool,
) -> int:
    """Encode the paragraphs of which a sentence was never encoded in them; return how many sentences."""
    keys = [key for paragraph in paragraphs for key in paragraph.sentences]
    found = dict(zip(keys, kept.find(keys, closely=closely)[0].tolist(), strict=True))
    missing = {
        tuple(one.sentences): one for one in paragraphs if not all(found[key] for key in one.sentences)
    }
    # Batches of like lengths waste least.
    ordered = sorted(
        missing.values(), key=lambda one: (-sum(map(len, one.sentences.values())), *one.sentences)
    )
    total, done, batch = sum(len(one.sentences) for one in ordered), 0, list[_Paragraph]()
    for number, paragraph in enumerate(ordered, start=1):
        batch.append(paragraph)
        size = sum(len(one.sentences) for one in batch)
        if size < ENCODED_AT_ONCE and number < len(ordered):
            continue
        progress(done, total)
        encoded = encoder.encode_passages([list(one.sentences.values()) for one in batch])
        kept.append([key for one in batch for key in one.sentences], [e for some in encoded for e in some])
        done, batch = done + size, []
    if total:
        progress(total, total)
    return total


def _kept_of(texts: Sequence[PassageText], keys: Mapping[PassageId, str], kept: KeptVectors) -> Kept | None:
    if texts[0].id not in keys:
        return None
    found, vectors, places = kept.find([keys[text.id] for text in texts])
    if not np.all(found):
        raise SnapshotDamaged("vectors that were just written cannot be read back; is the disk failing?")
    return Kept(vectors, places)
