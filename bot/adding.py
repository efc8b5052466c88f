"""Adding articles from files and the web, with a word about each that could not be read."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path

import click

from bot.composition import make_engine, make_fetcher, open_corpus, refresh
from bot.settings import Settings
from bot.visible import visible
from corpus.articles import Article
from corpus.errors import FetchFailed, InvalidArticle, UnreadableSource
from corpus.sources.files import Rejected, read_files
from corpus.store import Change, Corpus

#: What begins so is an address and no file.
ADDRESS = re.compile(r"https?://", re.IGNORECASE)


def add_all(settings: Settings, places: Sequence[str], stated: Mapping[str, str]) -> bool:
    """Store the articles of files, folders and addresses and index them; return whether all could be read."""
    paths = [Path(place) for place in places if not ADDRESS.match(place)]
    pages = (_read_address(settings, place, stated) for place in places if ADDRESS.match(place))
    with open_corpus(settings) as corpus:
        counts, rejected = _put(corpus, chain(read_files(paths, stated=stated), pages))
        refresh(make_engine(settings, corpus).engine)
    found = [f"{counts[change]} {change}" for change in Change if counts[change]]
    if rejected:
        found.append(f"{rejected} not read")
    click.echo(", ".join(found) or "no articles found: .txt, .md, .html and .jsonl files are read")
    return bool(counts) and not rejected


def _read_address(settings: Settings, url: str, stated: Mapping[str, str]) -> Article | Rejected:
    from corpus.sources.pages import read_page  # noqa: PLC0415 (files need no way to the web)

    try:
        with make_fetcher(settings) as fetcher:
            return read_page(fetcher, url, stated=stated)
    except (FetchFailed, InvalidArticle, UnreadableSource) as error:
        return Rejected(url, str(error))


def _put(corpus: Corpus, found: Iterable[Article | Rejected]) -> tuple[Counter[Change], int]:
    counts: Counter[Change] = Counter()
    rejected = 0
    for one in found:
        if isinstance(one, Rejected):
            rejected += 1
            click.echo(f"crisisbot: {visible(one.place)}: {visible(one.reason)}", err=True)
        else:
            counts[corpus.put(one, restore=True)] += 1
    return counts, rejected
