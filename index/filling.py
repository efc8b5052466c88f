"""Filling: passages of articles are put into segments, and taken out of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from corpus.changes import Standing
from corpus.store import Corpus
from corpus.stored import PassageId, PassageText
from index.content import Content
from index.encoder import Encoder
from index.encoding import Progress, build
from index.ids import ascending
from index.keptvectors import KeptVectors
from index.parts import Part
from index.postings import Numbers
from index.segments import Segment

#: Makes a segment of what is written into the folder that it is called with.
Write = Callable[[Callable[[Path], None]], Segment]


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What changed: passages that came, went and stayed, and how many sentences had to be encoded."""

    added: int = 0
    removed: int = 0
    kept: int = 0
    encoded: int = 0

    @property
    def changed(self) -> bool:
        """Say whether other passages can be found than before."""
        return bool(self.added or self.removed)

    def then(self, added: int, removed: int, encoded: int) -> "SyncReport":
        """Return the report of this and of what came after it."""
        kept = max(0, self.kept - removed)
        return SyncReport(self.added + added, self.removed + removed, kept, self.encoded + encoded)


class Filled(NamedTuple):
    """Content, and what was done to make it so."""

    content: Content
    report: SyncReport


class Filler:
    """Reads passages from the corpus and encodes them. May be used from many threads."""

    def __init__(self, corpus: Corpus, encoder: Encoder, kept: KeptVectors) -> None:
        self._corpus = corpus
        self._encoder = encoder
        self._kept = kept

    def while_there_is(self, folder: Path) -> "Filler":
        """Return one that keeps nothing any more once a folder is gone, but raises FileNotFoundError.

        Who purges an article deletes the folders of those who may have read it before, and then what is kept.
        """
        return Filler(self._corpus, self._encoder, self._kept.while_there_is(folder))

    def fill(
        self, before: Filled, standing: Standing, progress: Progress, *, write: Write, closely: bool = False
    ) -> Filled:
        """Add the passages that are live and not there, and take out those that are gone.

        Args:
            before: what is there.
            standing: which passages of some articles are live, and which are gone.
            progress: told how many sentences are encoded.
            write: what makes segments.
            closely: read the word pieces that are kept, too, and encode anew what is damaged.
        """
        content, report = self.take_out(before, ascending(standing.gone))
        live = ascending(standing.live)
        held = content.holds(live)
        texts = [] if held.all() else self._paragraphs_of(live, live[~held])
        if not texts:
            return Filled(content, report)
        parts, encoded = build(texts, self._encoder, self._kept, progress, closely=closely)
        ids = ascending([text.id for text in texts])
        moved = ids[content.holds(ids)]
        if len(moved):
            content = content.without(moved)
        content = content.with_segment(write(partial(_write, parts)))
        return Filled(content, report.then(len(texts) - len(moved), 0, encoded))

    def take_out(self, before: Filled, gone: Numbers) -> Filled:
        """Take out those of some passages that are there."""
        content, report = before
        gone = gone[content.holds(gone)]
        if not len(gone):
            return before
        return Filled(content.without(gone), report.then(0, len(gone), 0))

    def _paragraphs_of(self, live: Numbers, missing: Numbers) -> list[PassageText]:
        """Return what is indexed of missing passages, and of whatever else is in their paragraphs.

        A paragraph that is cut otherwise keeps some of its sentences; but it is read as a whole.
        """
        texts = list(self._corpus.passage_texts(map(PassageId, live.tolist())))
        wanted = set(missing.tolist())
        paragraphs = {_paragraph(text) for text in texts if text.id in wanted}
        return [text for text in texts if _paragraph(text) in paragraphs]


def _paragraph(text: PassageText) -> tuple[str, str, str]:
    return text.language, text.title, text.paragraph


def _write(parts: Sequence[Part], folder: Path) -> None:
    for part in parts:
        part.write(folder / part.language)
