"""Doctor: looks at everything that must work, and says what to do where it does not."""

import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import click

from bot.composition import open_corpus
from bot.errors import BotError, InvalidSetting
from bot.explaining import insist_on_corpus
from bot.settings import Settings
from bot.visible import visible
from corpus.errors import CorpusError
from corpus.store import Corpus
from index import ids
from index.encoder import SentenceEncoder
from index.errors import ModelDamaged, ModelUnavailable, RetrievalError, SnapshotDamaged
from index.glosses import GLOSSED, can_read
from index.models import Model
from index.postings import Numbers
from index.reader import Reader
from index.room import room_beside
from index.snapshots import Snapshots

LIBRARIES = ("python-telegram-bot", "sentence-transformers", "torch", "faiss-cpu", "sqlalchemy")

#: What models are tried on.
QUESTION, ANSWER, WEATHER = "Who was arrested?", "Two men were arrested.", "It rained all day."

#: What a check found, a line each.
Findings = Iterator[str]


def examine(settings: Settings) -> bool:
    """Print what each check found; return whether all is well."""
    checks: tuple[tuple[str, Callable[[Settings], Findings]], ...] = (
        ("settings", _settings),
        ("database", _database),
        ("model", _model),
        ("reader", _reader),
        ("index", _index),
    )
    well = [_is_well(name, check, settings) for name, check in checks]  # all of them, whatever one finds
    return all(well)


def _is_well(name: str, check: Callable[[Settings], Findings], settings: Settings) -> bool:
    """Run one check; whatever it raises is its diagnosis."""
    try:
        for finding in check(settings):
            click.echo(f"{click.style('ok', fg='green')}    {name}: {finding}")
    except (BotError, CorpusError, RetrievalError, OSError) as error:
        click.echo(f"{click.style('wrong', fg='red')} {name}: {visible(str(error))}")
        return False
    return True


@contextmanager
def _corpus(settings: Settings) -> Iterator[Corpus]:
    insist_on_corpus(settings)
    with open_corpus(settings) as corpus:
        yield corpus


def _settings(settings: Settings) -> Findings:
    yield _folder(settings)
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    yield f"Python {platform.python_version()}, {libraries}"
    yield (
        "TELEGRAM_BOT_TOKEN is set"
        if settings.token
        else "TELEGRAM_BOT_TOKEN is not set: `crisisbot run` needs it, `crisisbot chat` and `ask` do not"
    )


def _folder(settings: Settings) -> str:
    if settings.is_named and _could_be_made(settings.data):
        return f"data folder {settings.data} is not there (yet)"
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        probe = settings.data / ".doctor"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise InvalidSetting(
            f"the data folder {settings.data} cannot be written ({error.strerror}); "
            "make it writable, or choose another one by CRISISBOT_DATA or --data"
        ) from error
    return f"data folder {settings.data} can be written"


def _could_be_made(folder: Path) -> bool:
    """Say whether a folder is not there and could be; none is made, for its name may be a slip."""
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    return nearest != folder and os.access(nearest, os.W_OK | os.X_OK)


def _database(settings: Settings) -> Findings:
    with _corpus(settings) as corpus:
        corpus.check()
        held, passages = corpus.summary(), corpus.passage_count()
    languages = ", ".join(held.languages) or "no language"
    yield f"{held.articles} articles, {passages} passages in {languages}"


def _model(settings: Settings) -> Findings:
    model = settings.model()
    model.verify()
    yield f"{model.name}" + (", weights have the right checksum" if model.is_bundled else "")
    yield f"it reads {_read_by(model)}; the others are searched by words"
    _probe(model)
    yield "it reads a question"


def _read_by(model: Model) -> str:
    spoken = ", ".join(sorted(model.languages))
    glossed = ", ".join(
        sorted(one for one in GLOSSED if not model.speaks(one) and can_read(one, model.speaks))
    )
    return f"{spoken}, and {glossed} through a dictionary" if glossed else spoken


def _probe(model: Model) -> None:
    encoder = SentenceEncoder(model)
    [near], [far] = encoder.encode_passages([[ANSWER], [WEATHER]])
    [question] = encoder.encode_questions([QUESTION])
    if not float(question.vector @ near.vector) > float(question.vector @ far.vector):
        raise ModelUnavailable(f"the model {model.name!r} does not tell an answer from the weather")


def _reader(settings: Settings) -> Findings:
    if not settings.reader:
        yield "turned off by CRISISBOT_READER"
        return
    near, far = Reader().read(QUESTION, [(ANSWER, ""), (WEATHER, "")])
    if not near.score > far.score:
        raise ModelDamaged("it does not tell an answer from the weather; CRISISBOT_READER=0 does without it")
    yield "its file has the right checksum, and it tells an answer from the weather"


def _index(settings: Settings) -> Findings:
    try:
        snapshots = Snapshots(settings.index_folder, settings.model().identity)
        pointer = snapshots.pointer()
        snapshot = pointer and snapshots.open(pointer[0], corpus_state=pointer[1], closely=True)
    except SnapshotDamaged as error:
        raise SnapshotDamaged(f"{error}; `crisisbot sync` rebuilds it") from error
    if snapshot is None:
        yield "none yet: the first question builds it, or `crisisbot sync`"
        return
    if not snapshot.has_sound_tokens():
        raise SnapshotDamaged("word pieces are not what was written; `crisisbot sync` makes them anew")
    yield f"{snapshot.name} with {snapshot.manifest.passages} passages, all checksums right"
    if not snapshot.fits(settings.model().identity):
        raise SnapshotDamaged("it was made by other rules; `crisisbot sync` rebuilds it")
    with _corpus(settings) as corpus:
        yield _compared(corpus, snapshot.content.ids())
    room = room_beside(snapshot, snapshots.folder)
    yield f"{room}{'' if room.is_enough else '; make room before `crisisbot sync --rebuild`'}"


def _compared(corpus: Corpus, indexed: Numbers) -> str:
    wanted = ids.ascending(corpus.all_passage_ids())
    if behind := len(ids.without(wanted, indexed)) + len(ids.without(indexed, wanted)):
        raise SnapshotDamaged(f"it is {behind} passages behind the articles; `crisisbot sync` brings it up")
    return "it holds exactly the passages of the articles, equal ones once"
