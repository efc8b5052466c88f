"""Adding articles from files and the web, with a word about each that could not be read."""

import logging
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import click

from bot.composition import make_engine, make_fetcher, open_corpus, refresh
from bot.settings import Settings
from bot.visible import visible
from corpus.articles import Article
from corpus.errors import FetchFailed, InvalidArticle, UnreadableSource
from corpus.sources.files import Rejected, read_files, shown
from corpus.sources.folders import PassedOver
from corpus.sources.formats import PARSERS, WAYS_OUT
from corpus.store import Change, Corpus

log = logging.getLogger(__name__)

#: Articles after which it is said how far this is.
TOLD_EVERY = 100

#: Kinds of files that one line names.
MOST_KINDS = 5

NO_PLACE = "give files, folders, patterns, or addresses that begin with http:// or https://"

#: What begins so is an address and no file.
ADDRESS = re.compile(r"https?://", re.IGNORECASE)


def add_all(settings: Settings, places: Sequence[str], stated: Mapping[str, str]) -> bool:
    """Store the articles of files, folders and addresses and index them; return whether all could be read."""
    strange = [Rejected(place or '""', NO_PLACE) for place in places if _is_strange(place)]
    named = [place for place in places if not _is_strange(place)]
    paths = [Path(place) for place in named if not ADDRESS.match(place)]
    with open_corpus(settings) as corpus:
        pages = (_read_address(settings, corpus, place, stated) for place in named if ADDRESS.match(place))
        # What was removed comes back when it is named itself, not with a folder in which it lies.
        files = read_files([path for path in paths if path.is_file()], stated=stated, known=corpus.find)
        folders = read_files([path for path in paths if not path.is_file()], stated=stated, known=corpus.find)
        counts, rejected = _put(corpus, chain(strange, files, pages), restore=True)
        some, others = _put(corpus, folders, restore=False)
        counts, rejected = counts + some, rejected + others
        refresh(make_engine(settings, corpus).engine)
    found = [f"{counts[change]} {change}" for change in Change if counts[change]]
    if rejected:
        found.append(f"{rejected} not read")
    if not found:
        found.append(f"no articles found: {', '.join(PARSERS)} files are read")
    passed_over = folders.selection.passed_over
    if number := sum(kind.number for kind in passed_over):
        kinds = "file of another kind" if number == 1 else "files of other kinds"
        found.append(f"{number} {kinds} passed over")
    click.echo(", ".join(found))
    for line in passed_over_lines(passed_over):
        click.echo(f"crisisbot: {line}", err=True)
    return bool(counts) and not rejected


def passed_over_lines(others: Sequence[PassedOver]) -> Iterator[str]:
    """Name the kinds of files that were passed over: a line each for those that can be made readable."""
    mendable = [kind for kind in others if kind.ending in WAYS_OUT]
    for kind in mendable:
        yield f"passed over: {_of_kind(kind)}, such as {_name(kind)}; {WAYS_OUT[kind.ending]}"
    rest = [kind for kind in others if kind not in mendable]
    if rest:
        left = sum(kind.number for kind in rest[MOST_KINDS:])
        more = [f"{left} others"] if left else []
        named = ", ".join([*map(_of_kind, rest[:MOST_KINDS]), *more])
        yield f"passed over: {named}, such as {_name(rest[0])}"


def _of_kind(kind: PassedOver) -> str:
    return f"{kind.number} {visible(shown(kind.ending)) or 'without an ending'}"


def _name(kind: PassedOver) -> str:
    return visible(shown(kind.example))


def _is_strange(place: str) -> bool:
    return not place.strip() or ("://" in place and not ADDRESS.match(place))


def _read_address(
    settings: Settings, corpus: Corpus, url: str, stated: Mapping[str, str]
) -> Article | Rejected:
    from corpus.sources.pages import read_page  # noqa: PLC0415 (files need no way to the web)

    try:
        with make_fetcher(settings) as fetcher:
            return read_page(fetcher, url, stated=stated, known=corpus.find)
    except (FetchFailed, InvalidArticle, UnreadableSource) as error:
        return Rejected(url, str(error))


def _put(
    corpus: Corpus, found: Iterable[Article | Rejected], *, restore: bool
) -> tuple[Counter[Change], int]:
    counts: Counter[Change] = Counter()
    rejected = 0
    for number, one in enumerate(found, start=1):
        if isinstance(one, Rejected):
            rejected += 1
            click.echo(f"crisisbot: {visible(one.place)}: {visible(one.reason)}", err=True)
        else:
            counts[corpus.put(one, restore=restore)] += 1
        if number % TOLD_EVERY == 0:
            _tell(number)
    return counts, rejected


def _tell(number: int) -> None:
    """Say how far this is: on one line of a terminal, in log lines elsewhere."""
    if sys.stderr.isatty():
        click.echo(f"\r{number:,} articles read ", nl=False, err=True)
    else:
        log.info("%s articles read", number)
