"""Adding articles from files, with a word about each that could not be read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from bot.composition import make_engine, open_corpus, refresh
from bot.settings import Settings
from bot.visible import visible
from corpus.sources.files import Rejected, read_files
from corpus.store import Change, Corpus


def add_files(settings: Settings, paths: Sequence[Path], stated: Mapping[str, str]) -> bool:
    """Store all articles of files and folders and index them; return whether every one could be read."""
    with open_corpus(settings) as corpus:
        counts, rejected = _put(corpus, paths, stated)
        refresh(make_engine(settings, corpus).engine)
    found = [f"{counts[change]} {change}" for change in Change if counts[change]]
    if rejected:
        found.append(f"{rejected} not read")
    click.echo(", ".join(found) or "no articles found: .txt, .md, .html and .jsonl files are read")
    return bool(counts) and not rejected


def _put(corpus: Corpus, paths: Sequence[Path], stated: Mapping[str, str]) -> tuple[Counter[Change], int]:
    counts: Counter[Change] = Counter()
    rejected = 0
    for found in read_files(paths, stated=stated):
        if isinstance(found, Rejected):
            rejected += 1
            click.echo(f"crisisbot: {visible(found.place)}: {visible(found.reason)}", err=True)
        else:
            counts[corpus.put(found, restore=True)] += 1
    return counts, rejected
