"""Composition: where real objects are built, and closed again."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.editor import Editor
from bot.progress import telling, with_progress
from bot.settings import Settings
from bot.visible import visible
from corpus.sources.files import bundled_digest, read_bundled
from corpus.store import Corpus
from index.confidence import Calibration, read_calibration
from index.encoder import Encoder, SentenceEncoder
from index.engine import Engine
from index.reader import Reader
from index.sync import SyncReport

if TYPE_CHECKING:
    from corpus.fetching import Fetcher

log = logging.getLogger(__name__)

#: The mark that says which bundled briefs were put into the corpus.
BUNDLED_MARK = "bundled"

#: Seconds that somebody who asks waits for another process that writes the index.
PATIENCE_S = 5.0


@contextmanager
def open_corpus(settings: Settings) -> Iterator[Corpus]:
    """Open the corpus, with the bundled briefs in it unless settings say otherwise.

    Where somebody named a place without one, it is begun there, and that is said: the name may be a slip.

    Raises:
        DatabaseUnavailable: when it cannot be opened.
        OSError: when the data folder cannot be made.
    """
    begun = settings.missing_corpus()
    settings.data.mkdir(parents=True, exist_ok=True)
    with telling("Opening the corpus"):
        corpus = Corpus.open(settings.database_url)
    try:
        if begun is not None:
            click.echo(f"crisisbot: a new corpus begins in {visible(str(begun))}", err=True)
        if settings.bundled:
            put_bundled(corpus)
        yield corpus
    finally:
        corpus.close()


def put_bundled(corpus: Corpus) -> None:
    """Put the bundled briefs into the corpus, once for every version of them; removed ones stay removed."""
    digest = bundled_digest()
    if corpus.mark(BUNDLED_MARK) == digest:
        return
    for article in read_bundled():
        corpus.put(article)
    corpus.set_mark(BUNDLED_MARK, digest)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a process that answers is made of."""

    corpus: Corpus
    encoder: SentenceEncoder
    reader: Reader | None
    calibration: Calibration
    engine: Engine


@contextmanager
def open_engine(settings: Settings, *, is_followed: bool = False) -> Iterator[Parts]:
    """Open corpus and engine for answering; the index is up to date when this is entered, if that can be.

    `is_followed`: where that would take long, the index on disk does, because another process follows.

    Raises:
        ModelUnavailable, ModelDamaged, DatabaseUnavailable, OSError: with the way out.
    """
    with open_corpus(settings) as corpus:
        parts = make_engine(settings, corpus)
        # Who asked while this was away must not be told that nobody knows what was stored meanwhile.
        if not (is_followed and parts.engine.resume() and parts.engine.is_far_behind):
            _bring_up_to_date(parts.engine)
        yield parts


def make_fetcher(settings: Settings) -> "Fetcher":
    """Build the way to the web; whoever has it closes it."""
    from corpus.fetching import Fetcher  # noqa: PLC0415 (not needed for most commands)

    return Fetcher(trusted=settings.fetch_trusted)


@contextmanager
def open_editor(settings: Settings, corpus: Corpus) -> Iterator[Editor]:
    """Open what admins and channels use to change the articles, with its own way to the web."""
    with make_fetcher(settings) as fetcher:
        yield Editor(corpus, fetcher)


def _bring_up_to_date(engine: Engine) -> None:
    try:
        refresh(engine, patience_s=PATIENCE_S)
    except OSError as error:  # a full disk, or another process that has been writing for long
        if not engine.resume():
            refresh(engine)
        else:
            log.warning("answers come from the index as it was: %s", error)


def make_engine(settings: Settings, corpus: Corpus) -> Parts:
    """Build an engine over a corpus; it is ready after the first refresh."""
    encoder = SentenceEncoder(settings.model())
    reader, calibration = _reader(settings), _calibration(settings)
    engine = Engine(settings.index_folder, corpus, encoder, reader=reader, calibration=calibration)
    return Parts(corpus, encoder, reader, calibration, engine)


def new_engine(settings: Settings, folder: Path, corpus: Corpus, encoder: Encoder) -> Engine:
    """Build an engine that answers as the settings say, over any corpus, with its index in any folder."""
    return Engine(folder, corpus, encoder, reader=_reader(settings), calibration=_calibration(settings))


def _reader(settings: Settings) -> Reader | None:
    return Reader() if settings.reader else None


def _calibration(settings: Settings) -> Calibration:
    measured = read_calibration()
    return measured if settings.sure is None else measured.sure_from(settings.sure)


def refresh(
    engine: Engine, *, patience_s: float = -1, closely: bool = False, label: str = "Reading the articles"
) -> SyncReport:
    """Bring the index up to date, and say how far that is where it takes long."""
    with with_progress(label, "sentences") as progress:
        return engine.refresh(progress, patience_s=patience_s, closely=closely)
