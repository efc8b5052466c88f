"""Articles from files, folders and patterns: .txt, .md with a header, .html, .jsonl, .pdf, .docx, .eml."""

import errno
import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from corpus.articles import Article, Revision
from corpus.errors import InvalidArticle, UnreadableSource
from corpus.sources.folders import select, together
from corpus.sources.formats import PARSERS, Broken, Found, RawArticle
from corpus.sources.markdown import parse_markdown

#: What stands where a file was found before.
LEADS_OUT = "it is a link by now, and leads out of the folder"

#: Bytes of one file; the largest news archives in one file are split by the year.
LARGEST_FILE = 200_000_000
#: Bytes of one document or message: they hold pictures, but one article.
LARGEST_DOCUMENT = 50_000_000
_DOCUMENTS = frozenset({".pdf", ".docx", ".eml"})

#: The briefs that ship with the bot.
BUNDLED = Path(__file__).parent.parent / "bundled"


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something that is no article: where it stands, and why."""

    place: str
    reason: str


#: What is known of an article by its key: what it said last, or None where it is new.
Known = Callable[[str], Revision | None]


def nothing_known(_key: str) -> None:
    """Take every article for a new one."""


class Reading(Iterator[Article | Rejected]):
    """What is read of files, one after the other, in order of their names; for one thread.

    `selection` says which files these are, and which ones in folders are not read; `done`, how many were.
    """

    def __init__(self, paths: Sequence[Path], stated: RawArticle, known: Known) -> None:
        self._parts = [select(path) for path in paths]
        self.selection = together(self._parts)
        self.done = 0
        self._found = self._read(stated, known)

    def __next__(self) -> Article | Rejected:
        return next(self._found)

    def _read(self, stated: RawArticle, known: Known) -> Iterator[Article | Rejected]:
        yield from (Rejected(shown(path), reason) for path, reason in self.selection.problems)
        for part in self._parts:
            for file in part.files:
                yield from read_file(file, stated=stated, known=known, within=part.within)
                self.done += 1


def read_files(
    paths: Sequence[Path], *, stated: RawArticle | None = None, known: Known = nothing_known
) -> Reading:
    """Read the articles of files, of all files in folders, and of all that fit patterns (news/**/*.pdf).

    Args:
        paths: files, folders, patterns. What is broken is yielded as `Rejected`, and the rest goes on.
        stated: fields that hold for every article here, whatever the files say, such as `source`.
        known: what is known of an article by its key, such as `Corpus.last_said`. An article whose file names
            no source, or no day, keeps the one that was stated of it before.
    """
    return Reading(paths, stated or {}, known)


def read_file(
    path: Path,
    *,
    stated: RawArticle | None = None,
    known: Known = nothing_known,
    within: Path | None = None,
) -> Iterator[Article | Rejected]:
    """Read the articles of one file, whose ending is one of those that are read; see `read_files`.

    One that was found `within` a folder must still be there: a link may have taken its place meanwhile.
    """
    try:
        for found in PARSERS[path.suffix.lower()](_content(path, within)):
            yield _article(path, found, stated or {}, known)
    except (UnreadableSource, InvalidArticle) as error:
        yield Rejected(shown(path), str(error))


def read_bundled() -> Iterator[Article]:
    """Yield the briefs that ship with the bot."""
    for path in sorted(BUNDLED.glob("*.md")):
        raw = parse_markdown(path.read_bytes())
        yield Article.parse(raw, key=f"bundled:{path.stem}", obtained="bundled", source="Crisisbot brief")


def bundled_digest() -> str:
    """Return the SHA-256 of the bundled briefs, to see whether an update of the program changed them."""
    digest = hashlib.sha256()
    for path in sorted(BUNDLED.glob("*.md")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def key_of(found: Found, *, file: str) -> str:
    """Name an article without a URL: by its file, and where that holds several by its `id` or its words."""
    if found.key:
        return found.key
    if not found.place:
        return file
    id_ = found.raw.get("id")
    if isinstance(id_, str | int) and id_ != "":
        return f"{file}#id={id_}"
    words = re.sub(r"\s+", " ", str(found.raw.get("text")))
    return f"{file}#sha256={hashlib.sha256(words.encode(errors='replace')).hexdigest()}"


def shown(path: Path | str) -> str:
    """Write a path for people; what is no UTF-8 in it becomes question marks."""
    return str(path).encode(errors="replace").decode()


def _content(path: Path, within: Path | None) -> bytes:
    largest = LARGEST_DOCUMENT if path.suffix.lower() in _DOCUMENTS else LARGEST_FILE
    try:
        with _opened(path, within) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableSource("it is no file")
            size = status.st_size
            content = file.read(largest + 1) if size <= largest else b""
    except OSError as error:
        raise UnreadableSource(error.strerror or str(error)) from error
    if max(size, len(content)) > largest:  # it may have grown
        raise UnreadableSource(f"{max(size, len(content)):,} bytes are too many; the limit is {largest:,}")
    return content


def _opened(path: Path, within: Path | None) -> BinaryIO:
    """Open a file; one `within` a folder step by step, so that no link that comes meanwhile leads out of it.

    Names are looked up once: what a name stands for now may be another thing than what was opened.
    """
    if within is None:
        return open(path, "rb", opener=_without_waiting)
    folder, real = Path(os.path.realpath(within)), Path(os.path.realpath(path))
    if not real.is_relative_to(folder):
        raise UnreadableSource(LEADS_OUT)
    *folders, name = real.relative_to(folder).parts
    with ExitStack() as opened:
        above = _open_folder(folder, None, opened)
        for one in folders:
            above = _open_folder(one, above, opened)
        try:
            file = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW, dir_fd=above)
        except OSError as error:
            raise _why_closed(error) from error
    return os.fdopen(file, "rb")


def _open_folder(name: str | Path, above: int | None, opened: ExitStack) -> int:
    try:
        folder = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=above)
    except OSError as error:
        raise _why_closed(error) from error
    opened.callback(os.close, folder)
    return folder


def _why_closed(error: OSError) -> Exception:
    """Say what stands where a name was a folder or a plain file before."""
    return UnreadableSource(LEADS_OUT) if error.errno in {errno.ELOOP, errno.ENOTDIR} else error


def _without_waiting(path: str, flags: int) -> int:
    """Open a file, and also a pipe that nobody writes to, at once."""
    return os.open(path, flags | os.O_NONBLOCK)


def _article(path: Path, found: Found | Broken, stated: RawArticle, known: Known) -> Article | Rejected:
    place = f"{shown(path)}, {found.place}" if found.place else shown(path)
    if isinstance(found, Broken):
        return Rejected(place, found.reason)
    raw = {**found.raw, **stated}
    key = key_of(found, file=path.resolve().as_uri())
    try:
        article = Article.parse(raw, key=key, obtained="file", source=shown(path.name))
    except InvalidArticle as error:
        return Rejected(place, str(error))
    return article.keeping(known(article.key), names_source=bool(raw.get("source")))
