"""Adding articles from files and the web, with a word about each that could not be read."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click

from bot.composition import make_engine, make_fetcher, open_corpus, refresh
from bot.progress import telling, with_progress
from bot.settings import Settings
from bot.visible import visible
from corpus.articles import Article
from corpus.errors import FetchFailed, InvalidArticle, UnreadableSource
from corpus.sources.files import Reading, Rejected, read_files, shown
from corpus.sources.folders import PassedOver
from corpus.sources.formats import PARSERS, WAYS_OUT
from corpus.store import Change, Corpus

#: Seconds of reading after which it is told how far that is.
QUICK_S = 1.0

#: Kinds of files that one line names.
MOST_KINDS = 5

NO_PLACE = "give files, folders, patterns, or addresses that begin with http:// or https://"

#: What is said of an article that nobody brings back.
PURGED = (
    "it was purged on {:%Y-%m-%d}, so it stays away, whatever it says now; "
    "`crisisbot articles list --removed` says why"
)

#: What begins so is an address and no file.
ADDRESS = re.compile(r"https?://", re.IGNORECASE)


def add_all(settings: Settings, places: Sequence[str], stated: Mapping[str, str]) -> bool:
    """Store the articles of files, folders and addresses and index them; return whether all could be read."""
    strange = [Rejected(place or '""', NO_PLACE) for place in places if _is_strange(place)]
    named = [place for place in places if not _is_strange(place)]
    paths = [Path(place) for place in named if not ADDRESS.match(place)]
    addresses = [place for place in named if ADDRESS.match(place)]
    with open_corpus(settings) as corpus:
        with telling("Looking for files"):
            # What was removed comes back when it is named itself, not with a folder in which it lies.
            files = read_files(
                [path for path in paths if path.is_file()], stated=stated, known=corpus.last_said
            )
            others = [path for path in paths if not path.is_file()]
            folders = read_files(others, stated=stated, known=corpus.last_said)
        pages = (_read_address(settings, corpus, address, stated) for address in addresses)
        total = len([*strange, *addresses, *files.selection.files, *folders.selection.files])
        adding = _Adding(corpus)
        try:
            with with_progress("Reading", "files and pages", beside=adding.beside, after_s=QUICK_S) as tell:
                for found in (strange, files, pages, folders):
                    adding.put(found, restore=found is not folders, tell=lambda done: tell(done, total))
            refresh(make_engine(settings, corpus).engine)
        except KeyboardInterrupt:
            if so_far := adding.told():
                click.echo(", ".join(so_far))
            raise
    passed_over = folders.selection.passed_over
    nothing = [f"no articles found: {', '.join(PARSERS)} files are read"]
    click.echo(", ".join([*(adding.told() or nothing), *_told_of(passed_over)]))
    for line in passed_over_lines(passed_over):
        click.echo(f"crisisbot: {line}", err=True)
    return bool(adding.counts) and not adding.rejected


class _Adding:
    """Stores what is read, counts it, and says how far this is."""

    def __init__(self, corpus: Corpus) -> None:
        self.counts: Counter[Change] = Counter()
        self.rejected = 0
        self._corpus = corpus
        self._done = 0

    def put(self, found: Iterable[Article | Rejected], *, restore: bool, tell: Callable[[int], None]) -> None:
        """Store articles; what is no `Reading` of files holds one for each place."""
        before = self._done
        for number, one in enumerate(found, start=1):
            if isinstance(one, Rejected):
                self.rejected += 1
                click.echo(f"crisisbot: {visible(one.place)}: {visible(one.reason)}", err=True)
            else:
                change = self._corpus.put(one, restore=restore)
                self.counts[change] += 1
                if change is Change.STAYS_REMOVED and (day := self._corpus.purged_on(one.key)):
                    click.echo(f"crisisbot: {visible(one.title)}: {PURGED.format(day)}", err=True)
            self._done = before + (found.done if isinstance(found, Reading) else number)
            tell(self._done)

    def beside(self) -> str:
        """Say how many articles there were so far: one file may hold many."""
        return f", {self.counts.total():,} articles"

    def told(self) -> list[str]:
        """Say what became of all."""
        found = [f"{self.counts[change]} {change}" for change in Change if self.counts[change]]
        if self.rejected:
            found.append(f"{self.rejected} not read")
        return found


def _told_of(passed_over: Sequence[PassedOver]) -> list[str]:
    number = sum(kind.number for kind in passed_over)
    kinds = "file of another kind" if number == 1 else "files of other kinds"
    return [f"{number} {kinds} passed over"] if number else []


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
            return read_page(fetcher, url, stated=stated, known=corpus.last_said)
    except (FetchFailed, InvalidArticle, UnreadableSource) as error:
        return Rejected(url, str(error))
