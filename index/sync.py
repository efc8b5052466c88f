"""Sync: makes the index equal to the corpus, by the difference of two sets of content hashes."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from filelock import FileLock

from corpus.languages import Language
from corpus.store import Corpus
from corpus.stored import PassageId, PassageText
from index.encoder import Encoder
from index.errors import SnapshotDamaged
from index.glosses import can_read, read_for
from index.keptvectors import KeptVectors
from index.shelves import Kept, Shelf, by_language
from index.snapshots import KEPT, Snapshot, Snapshots

log = logging.getLogger(__name__)

#: Sentences encoded between two writes to disk: what a kill costs at most.
ENCODED_AT_ONCE = 256

#: Called with (sentences encoded so far, sentences to encode), first with 0.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What changed: passages that came, went and stayed, and how many texts had to be encoded."""

    added: int
    removed: int
    kept: int
    encoded: int

    @property
    def changed(self) -> bool:
        """Say whether a new generation was written."""
        return bool(self.added or self.removed)


class Sync:
    """Writes generations into a folder. Processes take turns by a lock file; each does only what is left."""

    def __init__(self, folder: Path, corpus: Corpus, encoder: Encoder) -> None:
        self._folder = folder
        self._corpus = corpus
        self._encoder = encoder
        self._snapshots = Snapshots(folder)

    def run(
        self,
        progress: Progress,
        known: Snapshot | None = None,
        *,
        patience_s: float = -1,
        closely: bool = False,
    ) -> tuple[Snapshot, SyncReport]:
        """Make the index equal to the corpus as it is now, and return it. Running it twice does nothing.

        Args:
            progress: told how many sentences are encoded; what it raises ends this.
            known: a generation that was read before; it is not read again while it is the current one.
            patience_s: how long to wait for another process; -1 is for ever.
            closely: read all word pieces, and make damaged ones anew; else only those that a search met.

        Raises:
            TimeoutError: when another process writes the index for longer than that.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self._folder / "lock", timeout=patience_s):
            self._snapshots.sweep()
            current = self.usable(known)
            state = self._corpus.state()  # before the ids: what comes in between is found the next time
            wanted = self._corpus.passage_ids()
            have = current.passage_ids() if current else set()
            report = SyncReport(
                added=len(wanted - have), removed=len(have - wanted), kept=len(wanted & have), encoded=0
            )
            damaged = current is not None and (
                (current.tokens is not None and current.tokens.is_damaged)
                or (closely and not current.has_sound_tokens())
            )
            if damaged:
                log.warning("some word pieces are damaged and are made anew")
            elif current is not None and not report.changed:
                if current.corpus_state != state:
                    self._snapshots.point(current.name, state)
                    current = replace(current, corpus_state=state)
                return current, report
            texts = list(self._corpus.passage_texts(wanted))
            return self._write(texts, state, report, progress, closely=damaged)

    def usable(self, known: Snapshot | None) -> Snapshot | None:
        """Return the current generation, unless it is damaged or made with another model or other rules."""
        try:
            pointer = self._snapshots.pointer()
            if known is not None and pointer is not None and pointer[0] == known.name:
                return replace(known, corpus_state=pointer[1])
            current = self._snapshots.read()
        except SnapshotDamaged as error:
            log.warning("the index is damaged and is built anew: %s", error)
            return None
        if current is not None and not current.fits(self._encoder.identity):
            log.warning("the index is of another model or of older rules, and is built anew by itself")
            return None
        return current

    def _write(
        self,
        texts: Sequence[PassageText],
        state: str,
        report: SyncReport,
        progress: Progress,
        *,
        closely: bool,
    ) -> tuple[Snapshot, SyncReport]:
        kept = KeptVectors(self._folder / KEPT, self._encoder.identity)
        paragraphs = [one for group in by_language(texts) for one in self._paragraphs(group)]
        encoded = self._encode_missing(paragraphs, kept, progress, closely=closely)
        keys = {id_: key for paragraph in paragraphs for id_, key in paragraph.keys.items()}
        shelves = [Shelf.build(group, _kept_of(group, keys, kept)) for group in by_language(texts)]
        snapshot = self._snapshots.write(shelves, model_identity=self._encoder.identity, corpus_state=state)
        self._snapshots.sweep()
        return snapshot, replace(report, encoded=encoded)

    def _paragraphs(self, texts: Sequence[PassageText]) -> list["_Paragraph"]:
        """Return the paragraphs of texts of one language as the model reads them; none where it cannot."""
        if not can_read(texts[0].language, self._encoder.speaks):
            return []
        grouped: dict[str, dict[str, list[PassageText]]] = {}
        for text in texts:
            grouped.setdefault(text.paragraph, {}).setdefault(text.sentence, []).append(text)
        return [_paragraph(paragraph, found, self._encoder.speaks) for paragraph, found in grouped.items()]

    def _encode_missing(
        self, paragraphs: Sequence["_Paragraph"], kept: KeptVectors, progress: Progress, *, closely: bool
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
            encoded = self._encoder.encode_passages([list(one.sentences.values()) for one in batch])
            kept.append(
                [key for one in batch for key in one.sentences], [e for some in encoded for e in some]
            )
            done, batch = done + size, []
        if total:
            progress(total, total)
        return total


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """Sentences that are encoded together: by key as the model reads them; and the keys of passages."""

    sentences: Mapping[str, str]
    keys: Mapping[PassageId, str]


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


def _kept_of(texts: Sequence[PassageText], keys: Mapping[PassageId, str], kept: KeptVectors) -> Kept | None:
    if texts[0].id not in keys:
        return None
    found, vectors, places = kept.find([keys[text.id] for text in texts])
    if not np.all(found):
        raise SnapshotDamaged("vectors that were just written cannot be read back; is the disk failing?")
    return Kept(vectors, places)
