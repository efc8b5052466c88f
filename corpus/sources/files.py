"""Articles from files and folders: .txt, .md with a header, .html, .jsonl."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.articles import Article
from corpus.errors import InvalidArticle, UnreadableSource
from corpus.sources.formats import PARSERS, Broken, Found, RawArticle

#: Bytes of one file; the largest news archives in one file are split by the year.
LARGEST_FILE = 200_000_000

#: The briefs that ship with the bot.
BUNDLED = Path(__file__).parent.parent / "bundled"


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something that is no article: where it stands, and why."""

    place: str
    reason: str


def read_files(paths: Sequence[Path], *, stated: RawArticle | None = None) -> Iterator[Article | Rejected]:
    """Yield the articles of files and of all files in folders, one after the other, in order of their names.

    Args:
        paths: files and folders. What is broken is yielded as `Rejected`, and the rest goes on.
        stated: fields that hold for every article here, whatever the files say, such as `source`.
    """
    for path in paths:
        for file in _files_of(path):
            if isinstance(file, Rejected):
                yield file
            else:
                yield from _read_file(file, stated or {})


def read_bundled() -> Iterator[Article]:
    """Yield the briefs that ship with the bot."""
    for path in sorted(BUNDLED.glob("*.md")):
        for found in PARSERS[path.suffix](path.read_bytes()):
            if isinstance(found, Found):
                yield Article.parse(
                    found.raw, key=f"bundled:{path.stem}", obtained="bundled", source="Crisisbot brief"
                )


def bundled_digest() -> str:
    """Return the SHA-256 of the bundled briefs, to see whether an update of the program changed them."""
    digest = hashlib.sha256()
    for path in sorted(BUNDLED.glob("*.md")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def key_of(found: Found, *, file: str) -> str:
    """Name an article without a URL: by its file, and where that holds several by its `id` or its words."""
    if not found.place:
        return file
    id_ = found.raw.get("id")
    if isinstance(id_, str | int) and id_ != "":
        return f"{file}#id={id_}"
    words = re.sub(r"\s+", " ", str(found.raw.get("text")))
    return f"{file}#sha256={hashlib.sha256(words.encode(errors='replace')).hexdigest()}"


def _files_of(path: Path) -> Iterator[Path | Rejected]:
    if (obstacle := _obstacle(path)) is not None:
        yield Rejected(_shown(path), obstacle)
    elif path.is_dir():
        yield from (file for file in sorted(path.rglob("*")) if _is_wanted(file, below=path))
    else:
        yield path


def _obstacle(path: Path) -> str | None:
    """Say why a path that somebody named is not read; None where it is."""
    try:
        if not path.exists():
            return "there is no such file or folder"
    except OSError as error:  # a folder above it is closed to us
        return error.strerror or str(error)
    if path.is_dir():
        return None
    if not path.is_file():
        return "it is neither a file nor a folder"
    if path.suffix.lower() not in PARSERS:
        return f"files ending in {path.suffix or 'nothing'} are not read; {', '.join(PARSERS)} are"
    return None


def _is_wanted(file: Path, *, below: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(below).parts)
    return file.suffix.lower() in PARSERS and not hidden and _may_be_file(file)


def _may_be_file(path: Path) -> bool:
    try:
        return path.is_file()
    except PermissionError:
        return True  # so that reading it says why it cannot be read


def _read_file(path: Path, stated: RawArticle) -> Iterator[Article | Rejected]:
    try:
        for found in PARSERS[path.suffix.lower()](_content(path)):
            yield _article(path, found, stated)
    except (UnreadableSource, InvalidArticle) as error:
        yield Rejected(_shown(path), str(error))


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise UnreadableSource(f"{size:,} bytes are too many; the limit is {LARGEST_FILE:,}")
        return path.read_bytes()
    except OSError as error:
        raise UnreadableSource(error.strerror or str(error)) from error


def _article(path: Path, found: Found | Broken, stated: Mapping[str, object]) -> Article | Rejected:
    place = f"{_shown(path)}, {found.place}" if found.place else _shown(path)
    if isinstance(found, Broken):
        return Rejected(place, found.reason)
    raw = {**found.raw, **stated}
    try:
        return Article.parse(
            raw, key=key_of(found, file=path.resolve().as_uri()), obtained="file", source=_shown(path.name)
        )
    except InvalidArticle as error:
        return Rejected(place, str(error))


def _shown(path: Path | str) -> str:
    """Write a path for people; what is no UTF-8 in it becomes question marks."""
    return str(path).encode(errors="replace").decode()
