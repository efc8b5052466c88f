"""Indexing: what the commands about the index do, and what they say."""

from contextlib import suppress
from pathlib import Path

import click

from bot.answer_json import json_line
from bot.composition import make_engine, open_corpus, refresh
from bot.progress import telling, with_progress
from bot.settings import Settings
from index.current import Current
from index.engine import Engine
from index.errors import SnapshotDamaged, UnknownGeneration
from index.manifests import Manifest, read_manifest
from index.room import insist_on_room
from index.snapshots import Snapshot, Snapshots
from index.sync import SyncReport

MEGABYTE = 1_000_000


def sync(settings: Settings) -> None:
    """Make the index equal to the articles and whole, merge what should be one, and say what was done."""
    with open_corpus(settings) as corpus:
        engine = make_engine(settings, corpus).engine
        report = refresh(engine, closely=True)
        _merge(engine)
    click.echo(_told(report))


def rebuild(settings: Settings) -> None:
    """Cut all articles into sentences and index them by today's rules, beside the index in use.

    Raises:
        NoRoom: when the disk has too little for both; no article is cut then.
        RebuildFailed: when it does not find what it holds; the old one stays in use.
    """
    snapshots = Snapshots(settings.index_folder, settings.model().identity)
    insist_on_room(Current(snapshots, settings.model().identity).usable(None), snapshots.folder)
    with open_corpus(settings) as corpus:
        with with_progress("Cutting articles into sentences", "articles") as progress:
            corpus.recut(progress)
        engine = make_engine(settings, corpus).engine
        with with_progress("Reading the articles", "sentences") as progress:
            report = engine.rebuild(progress)
        _merge(engine)
    click.echo(_told(report))
    click.echo("the index was built anew and is in use; `crisisbot index rollback` goes back")


def _merge(engine: Engine) -> None:
    with telling("Putting segments of the index together"):
        while engine.merge():
            pass


def list_generations(settings: Settings, *, as_json: bool) -> None:
    """Print a line for each generation of each model."""
    mine = Snapshots(settings.index_folder, settings.model().identity)
    found = sorted(settings.index_folder.glob("*/generation-*"))
    for path in found:
        click.echo(_line(path, _is_current(path, mine), as_json=as_json))
    if not found and not as_json:
        click.echo("there is no index yet: the first question builds it, or `crisisbot sync`")


def verify(settings: Settings, name: str | None) -> bool:
    """Read all of a generation, and say what is wrong with it, if anything is."""
    snapshots = Snapshots(settings.index_folder, settings.model().identity)
    chosen, state = name or "the index", None
    try:
        if name is None:
            chosen, state = _in_use(snapshots)
        with telling(f"Reading {chosen}"):
            snapshot = _sound(snapshots, chosen, state)
    except SnapshotDamaged as error:
        if state is not None and not snapshots.points_at(chosen, state):
            return verify(settings, None)  # another one is in use by now, and that one was swept away
        click.echo(f"crisisbot: {chosen}: {error}; `crisisbot sync` makes it whole", err=True)
        return False
    segments = len(snapshot.content.segments)
    click.echo(f"{chosen}: {snapshot.manifest.passages} passages in {segments} segments, all checksums right")
    return True


def roll_back(settings: Settings, name: str | None) -> None:
    """Make an older generation the current one.

    Raises:
        UnknownGeneration: when there is none of that name, or none to go back to.
        SnapshotDamaged: when it is not what was written, or cannot be used.
    """
    with open_corpus(settings) as corpus:
        try:
            back = make_engine(settings, corpus).engine.go_back(name)
        except SnapshotDamaged as error:
            raise SnapshotDamaged(
                f"{error}; `crisisbot sync` mends what is in use, `crisisbot index list` shows the others"
            ) from error
    click.echo(
        f"{back} is in use; a running bot, or `crisisbot sync`, brings it up to date with the articles, "
        "so that answers miss none of them"
    )


def _in_use(snapshots: Snapshots) -> tuple[str, str]:
    pointer = snapshots.pointer()
    if pointer is None and snapshots.generations():
        raise SnapshotDamaged(f"{snapshots.folder / 'CURRENT'} is missing")
    if pointer is None:
        raise UnknownGeneration("there is no index yet: the first question builds it, or `crisisbot sync`")
    return pointer


def _sound(snapshots: Snapshots, name: str, corpus_state: str | None) -> Snapshot:
    snapshot = snapshots.open(name, corpus_state=corpus_state, closely=True)
    if not snapshot.has_sound_tokens():
        raise SnapshotDamaged("word pieces are not what was written")
    return snapshot


def _told(report: SyncReport) -> str:
    return (
        f"{report.added} passages added, {report.removed} removed, {report.kept} kept; "
        f"{report.encoded} sentences encoded"
    )


def _is_current(path: Path, mine: Snapshots) -> bool:
    with suppress(SnapshotDamaged):  # then nobody knows, and `verify` says so
        pointer = mine.pointer() if path.parent == mine.folder else None
        return pointer is not None and pointer[0] == path.name
    return False


def _line(path: Path, is_current: bool, *, as_json: bool) -> str:  # noqa: FBT001 (no caller outside)
    try:
        manifest = read_manifest(path)
    except SnapshotDamaged as error:
        return json_line({"name": path.name, "problem": str(error)}) if as_json else f"  {path.name}  {error}"
    size = sum(_size(path.parent / segment) for segment in manifest.segments)
    if as_json:
        return json_line({**_json(path, manifest), "current": is_current, "bytes": size})
    return (
        f"{'*' if is_current else ' '} {path.name}  {manifest.made_at}  {manifest.passages:>9,} passages  "
        f"{len(manifest.segments):>3} segments  {size / MEGABYTE:>8,.1f} MB  line {manifest.line}  "
        f"{manifest.model.partition('@')[0]}"
    )


def _json(path: Path, manifest: Manifest) -> dict[str, object]:
    return {
        "name": path.name,
        "made_at": manifest.made_at,
        "passages": manifest.passages,
        "segments": len(manifest.segments),
        "line": manifest.line,
        "rules": manifest.rules,
        "model": manifest.model,
    }


def _size(folder: Path) -> int:
    try:
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    except FileNotFoundError:  # it was merged meanwhile
        return 0
